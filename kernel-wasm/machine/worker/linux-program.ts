// Starting a WASI program: its module on its own memory, beside it the emulation library of the Linux personality on the library's
// shared memory, in an instance of its own. The program sees only the library's functions.
//
// A program that defines its memory must be instantiated before the library, which needs that memory; but it imports the
// library's functions. So it imports trampolines, which jump through a table that is filled afterwards (GrailOS's second way to
// catch a system call). No JavaScript is on the way of a call.

import { FAULT_MISSING_IMPORT } from "../../../abi/layout/limits.ts";
import { accessorsFor } from "../copier/index.ts";
import type { KernelExports } from "./kernel-instance.ts";
import type { Birth, Run } from "./messages.ts";
import { ProgramFault } from "./trap.ts";

/** Each thread's region of the library's memory. */
const REGIONS = 1 << 20;
const REGION_SIZE = 256 << 10;
export const WASI = "wasi_snapshot_preview1";
/** What WASI called itself before preview 1. The calls that were different then have a function of their own in the library. */
const OLD_WASI = "wasi_unstable", OLD = "unstable_";

type Use = (memory: WebAssembly.Memory, partners: "all" | number[]) => number;

export function startLinuxProgram(run: Run, birth: Birth, kernel: KernelExports, offered: WebAssembly.ModuleImports, use: Use): number {
  const module = run.module!, libraryMemory = birth.serverMemories[0]!;
  const trampolines = new WebAssembly.Instance(birth.trampolines!, {}).exports as Record<string, WebAssembly.ExportValue>;
  const calls = Object.keys(trampolines).filter((name) => name !== "init" && name !== "table" && !name.startsWith(OLD));
  const imports: WebAssembly.Imports = {
    [WASI]: Object.fromEntries(calls.map((name) => [name, trampolines[name]!])),
    [OLD_WASI]: Object.fromEntries(calls.map((name) => [name, trampolines[OLD + name] ?? trampolines[name]!])),
  };
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === "function" && (from === WASI || from === OLD_WASI) && Object.hasOwn(imports[from]!, name)) continue;
    if (kind === "memory" && run.memory) { (imports[from] ??= {})[name] = run.memory; continue; }
    throw new ProgramFault(FAULT_MISSING_IMPORT, 126, `imports ${kind} ${from}.${name}, which WASI preview 1 does not have`);
  }
  let program: WebAssembly.Exports;
  try { program = new WebAssembly.Instance(module, imports).exports; } catch (error) {
    if (error instanceof WebAssembly.LinkError) throw new ProgramFault(FAULT_MISSING_IMPORT, 126, error.message);
    throw error;
  }
  const memory = (program.memory as WebAssembly.Memory | undefined) ?? run.memory;
  if (!(memory instanceof WebAssembly.Memory)) throw new ProgramFault(FAULT_MISSING_IMPORT, 126, "the module does not export its memory");
  if (typeof program._start !== "function") throw new ProgramFault(FAULT_MISSING_IMPORT, 126, "the module does not export `_start`: it is a library, not a program");

  const own = use(libraryMemory, "all"), beside = use(memory, [own]);
  const accessors = accessorsFor(memory, libraryMemory);
  const library = new WebAssembly.Instance(birth.modules[run.image.number]!, {
    env: { memory: libraryMemory, abort: () => { throw new WebAssembly.RuntimeError("abort"); } },
    kernel: offered,
    program: { ...accessors, load8: accessors.load8_u, load16: accessors.load16_u } as unknown as WebAssembly.ModuleImports,
  }).exports as Record<string, (...a: number[]) => number>;
  const table = trampolines.table as WebAssembly.Table;
  WebAssembly.Module.exports(birth.trampolines!).filter(({ kind }) => kind === "function").forEach(({ name }, slot) => table.set(slot, library[name]!));

  kernel.runDomain(run.domain, own, beside);
  const status = library.init!(REGIONS + birth.thread * REGION_SIZE, REGION_SIZE);
  if (status < 0) throw new ProgramFault(FAULT_MISSING_IMPORT, 126, `the emulation library could not start (${status})`);
  (program._start as () => void)();
  kernel.exit(0);
  return memory.buffer.byteLength;
}
