// Starting a WASI program: its module on its own memory, beside it the emulation library of the Linux personality on the library's
// shared memory, in an instance of its own. The program sees only the library's functions, and they are what its imports are: no
// JavaScript and no trampoline is on the way of a call. This needs the program's memory before the program, as the library is
// instantiated with it: the machine's rewriter has made it an import.
//
// Where the engine has multi-memory the library has the program's memory as one of its own, and a part of the kernel's merged in, which reads
// pages (tools/build/direct-library.ts). Elsewhere, or if the program's memory is shared, accessors and copiers do the same.

import * as L from "../../../abi/layout/kernel-memory.ts";
import { FAULT_MISSING_IMPORT, FAULT_TRAP } from "../../../abi/layout/limits.ts";
import { accessorsFor } from "../copier/index.ts";
import { reach } from "../growth.ts";
import type { KernelExports } from "./kernel-instance.ts";
import type { Birth, Run } from "./messages.ts";
import { ProgramFault } from "./trap.ts";

/** Each thread's region of the library's memory. */
const REGIONS = 1 << 20;
const REGION_SIZE = 256 << 10;
export const WASI = "wasi_snapshot_preview1";
/** What WASI called itself before preview 1. The calls that were different then have a function of their own in the library. */
const OLD_WASI = "wasi_unstable", OLD = "unstable_";
/** Exports of the library that are for the machine. */
const MACHINES_OWN: readonly string[] = ["init", "begin"];

type Use = (memory: WebAssembly.Memory, partners: "all" | number[]) => number;

export function startLinuxProgram(run: Run, birth: Birth, kernel: KernelExports, offered: WebAssembly.ModuleImports, use: Use): number {
  const module = run.module!, libraryMemory = birth.serverMemories[0]!;
  const calls = WebAssembly.Module.exports(birth.modules[run.image.number]!)
    .flatMap(({ kind, name }) => kind === "function" && !MACHINES_OWN.includes(name) && !name.startsWith(OLD) ? [name] : []);
  const memory = memoryOf(run);
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === "memory" || kind === "function" && (from === WASI || from === OLD_WASI) && calls.includes(name)) continue;
    throw new ProgramFault(FAULT_MISSING_IMPORT, 126, `imports ${kind} ${from}.${name}, which WASI preview 1 does not have`);
  }
  const region = REGIONS + birth.thread * REGION_SIZE;
  if (!reach(libraryMemory, region + REGION_SIZE)) throw new ProgramFault(FAULT_TRAP, 126, "no memory is left for the emulation library");
  const own = use(libraryMemory, "all"), beside = use(memory, [own]);
  const library = instantiateLibrary(run, birth, kernel, offered, memory);
  const imports: WebAssembly.Imports = {
    [WASI]: Object.fromEntries(calls.map((name) => [name, library[name]!])),
    [OLD_WASI]: Object.fromEntries(calls.map((name) => [name, library[OLD + name] ?? library[name]!])),
  };
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) if (kind === "memory") (imports[from] ??= {})[name] = memory;

  kernel.runDomain(run.domain, own, beside);
  const status = library.init!(region, REGION_SIZE);
  if (status < 0) throw new ProgramFault(FAULT_MISSING_IMPORT, 126, `the emulation library could not start (${status})`);
  const program = instantiateProgram(module, imports);
  if (typeof program._start !== "function") throw new ProgramFault(FAULT_MISSING_IMPORT, 126, "the module does not export `_start`: it is a library, not a program");
  library.begin!();
  (program._start as () => void)();
  kernel.exit(0);
  return memory.buffer.byteLength;
}

function memoryOf(run: Run): WebAssembly.Memory {
  if (run.memory) return run.memory;
  if (!run.memoryLimits) throw new ProgramFault(FAULT_MISSING_IMPORT, 126, "the module does not export its memory");
  const { minimum, maximum } = run.memoryLimits;
  try { return new WebAssembly.Memory({ initial: minimum, ...(maximum === undefined ? {} : { maximum }) }); } catch {
    throw new ProgramFault(FAULT_TRAP, 126, `its memory of ${minimum} pages of 64 KiB cannot be had`);
  }
}

function instantiateProgram(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Exports {
  try { return new WebAssembly.Instance(module, imports).exports; } catch (error) {
    if (error instanceof WebAssembly.LinkError) throw new ProgramFault(FAULT_MISSING_IMPORT, 126, error.message);
    throw error;
  }
}

type Library = Record<string, (...a: number[]) => number>;

function instantiateLibrary(run: Run, birth: Birth, kernel: KernelExports, offered: WebAssembly.ModuleImports, memory: WebAssembly.Memory): Library {
  const env = { memory: birth.serverMemories[0]!, abort: () => { throw new WebAssembly.RuntimeError("abort"); } };
  if (!birth.direct || memory === run.memory) {
    const accessors = accessorsFor(memory, env.memory);
    const program = { ...accessors, load8: accessors.load8_u, load16: accessors.load16_u } as unknown as WebAssembly.ModuleImports;
    return new WebAssembly.Instance(birth.modules[run.image.number]!, { env, kernel: { ...offered, dataspaceReadNow: offered.dataspaceRead! }, program }).exports as Library;
  }
  return new WebAssembly.Instance(birth.direct, {
    env, kernel: offered,
    memories: { library: env.memory, program: memory, kernel: birth.kernelMemory, page: birth.pageMemory },
    short: {
      thread: L.THREADS + birth.thread * L.THREAD_SIZE, domain: L.DOMAINS + run.domain * L.DOMAIN_SIZE,
      dataspaceRead: kernel.dataspaceRead as unknown as WebAssembly.ImportValue,
    },
  }).exports as Library;
}
