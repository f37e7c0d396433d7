// The kernel, an emulation library so that the machine can start, and test servers, compiled as the build does: the folder that has
// them under wasm/. What has not changed is not compiled again.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { SERVER_MEMORY_FIRST_PAGES, SERVER_MEMORY_PAGES } from "../../abi/layout/kernel-memory.ts";
import { rewrite } from "../rewriter/index.ts";
import { kernel, type AssemblyModule } from "../../tools/build/assembly-modules.ts";
import { faultsOf } from "../../tools/build/check-image.ts";
import { compileAssembly } from "../../tools/build/compile-assembly.ts";

export const SITE = `${process.cwd()}/.cache/kernel-tests`;

let compiled: Promise<string> | undefined;

export function kernelModules(): Promise<string> { return compiled ??= compile(); }

async function compile(): Promise<string> {
  mkdirSync(`${SITE}/wasm`, { recursive: true });
  writeFileSync(`${SITE}/wasm/kernel.wasm`, await compileAssembly(kernel));
  if (!existsSync(`${SITE}/wasm/linux.wasm`)) writeFileSync(`${SITE}/wasm/linux.wasm`, new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  return SITE;
}

/** Compile a server of a test (or a program, with `polled` as it needs) from its entry file, or as the build describes it: its site path. */
export async function testModule(name: string, entry: string | AssemblyModule): Promise<string> {
  mkdirSync(`${SITE}/wasm`, { recursive: true });
  const module: AssemblyModule = typeof entry === "object" ? entry : { name: `test-${name}`, entries: [entry], pages: [SERVER_MEMORY_FIRST_PAGES, SERVER_MEMORY_PAGES], polled: true, flags: [], privateGlobals: 0 };
  const bytes = rewrite(await compileAssembly(module), { pollPoints: true }), faults = faultsOf(module, bytes);
  if (faults.length) throw new Error(`${name}: ${faults.join("; ")}`);
  writeFileSync(`${SITE}/wasm/test-${name}.wasm`, bytes);
  return `wasm/test-${name}.wasm`;
}
