// Builds everything: `node tools/build.mjs [wasm] [node] [images] [site]` (nothing named: all). Steps and what they write are in
// tools/build/main.ts; this file only makes Node read TypeScript.

import { register } from "tsx/esm/api";

register();
const { build } = await import("./build/main.ts");
process.exitCode = (await build(process.argv.slice(2))) ? 0 : 1;
