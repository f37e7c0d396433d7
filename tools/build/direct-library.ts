// Makes `linux-direct.wasm`, the emulation library for engines with multi-memory: the library, its accessors of the program's memory
// (kernel-wasm/machine/copier/program-access.wat) and the kernel's short way of reading (kernel-wasm/assembly/direct with
// page-access.wat) merged into one module and optimized again, so that what were calls between instances become instructions.
//
//   memory 0  the library's          memory 2  the kernel's
//   memory 1  the program's          memory 3  of pages
//
// The library is compiled and validated by itself before, with one memory. An instruction names its memory by a constant, so the
// merged library reaches memories 2 and 3 as little as it did before; only the kernel's own code, merged beside it, does. What the library calls at
// one place only (dataspaceReadNow, by fd_read) the optimizer puts there.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rewrite } from "../../kernel-wasm/rewriter/index.ts";
import { kernelDirect, linux, type AssemblyModule } from "./assembly-modules.ts";
import { compileAssembly } from "./compile-assembly.ts";
import { cached, hash } from "./content-cache.ts";
import { inRoot } from "./paths.ts";

const ACCESS = "kernel-wasm/machine/copier/program-access.wat", PAGE = "kernel-wasm/machine/copier/page-access.wat", SELF = "tools/build/direct-library.ts";
const FEATURES = ["multimemory", "threads", "bulk-memory", "mutable-globals", "sign-ext", "nontrapping-float-to-int"].map((name) => `--enable-${name}`);

export const DIRECT = "linux-direct";

export async function directLibrary(): Promise<Uint8Array> {
  const library = await compileAssembly(linux), kernel = await compileAssembly(kernelDirect);
  return cached(`assembly/${DIRECT}`, JSON.stringify([library, kernel].map(hash)), async () => {
    const folder = mkdtempSync(join(tmpdir(), "grailos-merge-"));
    try { return { bytes: rewrite(await optimized(merged(folder, library, kernel), library), { pollPoints: true }), inputs: [ACCESS, PAGE, SELF] }; }
    finally { rmSync(folder, { recursive: true, force: true }); }
  });
}

/** A module that imports memories.NAME and exports it: whatever imports its `memory` shares one import, and one number. */
const memory = (name: string, limits: string): string => `(module (import "memories" "${name}" (memory $m ${limits})) (export "memory" (memory $m)))`;
const limitsOf = ({ pages: [initial, maximum] }: AssemblyModule): string => `${initial} ${maximum} shared`;

function merged(folder: string, library: Uint8Array, kernel: Uint8Array): Uint8Array {
  const merge = (output: string, ...parts: [file: string, contents: string | Uint8Array, name: string][]): Uint8Array => {
    for (const [file, contents] of parts) writeFileSync(`${folder}/${file}`, contents);
    execFileSync(process.execPath, [
      inRoot("node_modules/binaryen/bin/wasm-merge"), ...parts.flatMap(([file, , name]) => [file, name]), "-o", output, "--rename-export-conflicts", ...FEATURES,
    ], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    return readFileSync(`${folder}/${output}`);
  };
  const short = merge("short.wasm", ["own.wat", memory("kernel", limitsOf(kernelDirect)), "env"], ["kernel.wasm", kernel, "kernel"], ["page.wat", readFileSync(inRoot(PAGE), "utf8"), "page-access"]);
  return merge("merged.wasm",
    ["own.wat", memory("library", limitsOf(linux)), "env"], ["program.wat", memory("program", "0"), "program-memory"], ["library.wasm", library, "library"],
    ["access.wat", readFileSync(inRoot(ACCESS), "utf8"), "program"], ["short.wasm", short, "kernel"]);
}

async function optimized(bytes: Uint8Array, library: Uint8Array): Promise<Uint8Array> {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(bytes);
  const { MultiMemory, Atomics, BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt, NontrappingFPToInt } = binaryen.Features;
  module.setFeatures(MultiMemory | Atomics | BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt | NontrappingFPToInt);
  // Only what the library exports is for the outside.
  const own = new Set(WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(library))).map(({ name }) => name));
  const names = Array.from({ length: module.getNumExports() }, (_, index) => binaryen.getExportInfo(module.getExportByIndex(index)).name);
  for (const name of names) if (!own.has(name)) module.removeExport(name);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  module.optimize();
  const result = module.emitBinary();
  module.dispose();
  return result;
}
