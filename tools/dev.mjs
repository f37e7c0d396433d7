// `npm run dev`: vite's development server, with the AssemblyScript modules rebuilt when they change. See tools/serve/dev.ts.

import { run } from "./run/typescript.mjs";

await run("serve/dev.ts");
