// Modules for the rewriter's tests: AssemblyScript and text format, compiled on the spot.

import asc from "assemblyscript/asc";
import loadWabt from "wabt";

/** Compiles AssemblyScript as servers are compiled, on an imported memory (env.memory) of 1 to 16 pages. */
export async function compileAssemblyScript(source: string, shared = true): Promise<Uint8Array<ArrayBuffer>> {
  const memory = shared ? ["--sharedMemory", "--enable", "threads,simd"] : ["--enable", "simd"];
  const options = { optimizeLevel: 3, runtime: "stub", importMemory: true, initialMemory: 1, maximumMemory: 16, noAssert: true };
  const flags = Object.entries(options).flatMap(([key, value]) => (value === true ? [`--${key}`] : [`--${key}`, `${value}`]));
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["input.ts", "--outFile", "output.wasm", "--noExportMemory", ...flags, ...memory], {
    readFile: (name: string) => (name === "input.ts" ? source : null),
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name === "output.wasm" && typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (!binary) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  return Uint8Array.from(binary);
}

/** Assembles the text format with every feature that the rewriter knows. */
export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const wabt = await loadWabt();
  const features = {
    threads: true, multi_memory: true, bulk_memory: true, reference_types: true, simd: true, exceptions: true, tail_call: true,
    multi_value: true, sign_extension: true, sat_float_to_int: true, mutable_globals: true,
  };
  const module = wabt.parseWat("test.wat", text, features);
  try {
    return Uint8Array.from(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}
