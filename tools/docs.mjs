// `npm run docs`: checks the documentation. See tools/docs/main.ts.

import { run } from "./run/typescript.mjs";

await run("docs/main.ts");
