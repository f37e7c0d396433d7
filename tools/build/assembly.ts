// Step `wasm`: compiles every AssemblyScript module, inserts poll points, checks the images, and writes build/wasm/ with
// images.json: { NAME: { file, size, hash } }; and stub-allowances.json, what each client stub may cost: { STUB: instructions }.

import { readdirSync, rmSync } from "node:fs";
import { loadDefinitions } from "../../abi/gen/load.ts";
import { buildModel, of } from "../../abi/gen/model.ts";
import { rewrite } from "../../kernel-wasm/rewriter/index.ts";
import { assemblyModules, type AssemblyModule } from "./assembly-modules.ts";
import { faultsOf } from "./check-image.ts";
import { compileAssembly } from "./compile-assembly.ts";
import { hash, writeWhole } from "./content-cache.ts";
import { DIRECT, directLibrary } from "./direct-library.ts";
import { linkedModules } from "./linked-modules.ts";
import { inRoot } from "./paths.ts";

export interface BuiltModule { readonly file: string; readonly size: number; readonly hash: string }

async function buildModule(module: AssemblyModule): Promise<Uint8Array> {
  const compiled = await compileAssembly(module);
  const bytes = module.polled ? rewrite(compiled, { pollPoints: true, pollPlace: module.pollPlace ?? 0 }) : compiled;
  const faults = faultsOf(module, bytes);
  if (faults.length) throw new Error(`${module.name}: ${faults.join("; ")}`);
  return bytes;
}

/** 30 instructions, and 4 for each word and range that a call carries, both ways. */
async function stubAllowances(): Promise<Record<string, number>> {
  const { interfaces } = buildModel(await loadDefinitions(inRoot("abi/idl"), ["server", "test"]));
  return Object.fromEntries(interfaces.flatMap((each) => each.methods.map((method) => {
    const carried = [...method.args, ...of(method.results, "range")].filter((parameter) => parameter.register !== "cap").length;
    return [`${each.name}_${method.name}`, 30 + 4 * carried];
  })));
}

export async function buildAssembly(): Promise<void> {
  const built: Record<string, BuiltModule> = {};
  const failures: string[] = [];
  const keep = (name: string, bytes: Uint8Array): void => {
    const file = `${name}.wasm`;
    writeWhole(inRoot(`build/wasm/${file}`), bytes);
    built[name] = { file, size: bytes.length, hash: hash(bytes) };
  };
  for (const module of assemblyModules()) {
    try {
      keep(module.name, await buildModule(module));
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  try {
    keep(DIRECT, await directLibrary());
    for (const [name, bytes] of await linkedModules()) keep(name, bytes);
  } catch (error) {
    failures.push((error as Error).message);
  }
  // What no source makes any more goes; what failed now stays as it was last.
  if (!failures.length) {
    for (const file of readdirSync(inRoot("build/wasm"))) {
      if (file.endsWith(".wasm") && !(file.slice(0, -5) in built)) rmSync(inRoot(`build/wasm/${file}`));
    }
  }
  writeWhole(inRoot("build/wasm/images.json"), `${JSON.stringify(built, null, 1)}\n`);
  writeWhole(inRoot("build/wasm/stub-allowances.json"), `${JSON.stringify(await stubAllowances(), null, 1)}\n`);
  console.log(`wasm: ${Object.entries(built).map(([name, { size }]) => `${name} ${size}`).join(", ")} bytes`);
  if (failures.length) throw new Error(failures.join("\n"));
}
