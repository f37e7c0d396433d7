// `npm run check`: everything that can be said about the sources without running them. See tools/check/main.ts.

import { run } from "./run/typescript.mjs";

await run("check/main.ts");
