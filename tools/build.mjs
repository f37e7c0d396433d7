// Builds everything: `node tools/build.mjs [wasm] [images] [site]` (nothing named: all). See tools/build/main.ts.

import { run } from "./run/typescript.mjs";

await run("build/main.ts");
