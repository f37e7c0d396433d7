// `npm test`: from a clean clone to a verdict, in one command. See tools/test/main.ts.

import { run } from "./run/typescript.mjs";

await run("test/main.ts");
