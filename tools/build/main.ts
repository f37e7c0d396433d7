// The build's steps, in order. Each is incremental, so that running all of them again costs about a second.
//
//   wasm     AssemblyScript modules                 -> build/wasm/*.wasm, images.json
//   images   the tree of files that webfs serves    -> build/images/
//   site     the page, with wasm and images         -> dist/

import { buildAssembly } from "./assembly.ts";
import { buildImageTree } from "./image-tree.ts";
import { buildSite } from "./site.ts";

const steps: Record<string, () => Promise<void>> = {
  wasm: buildAssembly,
  images: buildImageTree,
  site: buildSite,
};

/** Runs the named steps, or all. Says what went wrong and returns false if one fails. */
export async function build(names: readonly string[]): Promise<boolean> {
  const unknown = names.find((name) => !(name in steps));
  if (unknown) {
    console.error(`build: no step ${unknown}; there are ${Object.keys(steps).join(", ")}`);
    return false;
  }
  for (const [name, step] of Object.entries(steps)) {
    if (names.length && !names.includes(name)) continue;
    try {
      await step();
    } catch (error) {
      console.error(`build ${name}: ${(error as Error).message}`);
      if (process.env.DEBUG) console.error(error);
      return false;
    }
  }
  return true;
}

/** The command line. */
export async function main(names: string[]): Promise<number> {
  return (await build(names)) ? 0 : 1;
}
