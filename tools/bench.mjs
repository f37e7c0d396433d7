// `npm run -s bench -- NAME [--json]`: runs one benchmark of bench/. See tools/bench/main.ts.

import { run } from "./run/typescript.mjs";

await run("bench/main.ts");
