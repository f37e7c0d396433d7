// Runs one of the TypeScript tools: makes Node read TypeScript, then calls the module's `main` with the arguments; what it
// resolves to is the exit status.

import { install } from "./install.mjs";

/** `module`: relative to tools/. */
export async function run(module) {
  install();
  const { register } = await import("tsx/esm/api");
  register();
  const { main } = await import(new URL(`../${module}`, import.meta.url).href);
  process.exitCode = await main(process.argv.slice(2));
}
