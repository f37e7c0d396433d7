// bench: small measurements from inside a process: a call to a server and back, reads with and without a call, a pipe, starting a process.
// Numbers for people, of this moment; the comparisons that must hold are in the repository's `bench`.

import { Failure } from "../api/failure.ts";
import { Open, type NativeSystem } from "../api/native-system.ts";
import { writeFile } from "../api/streams.ts";
import { table } from "../utilities/table.ts";
import { utility, type Tool } from "../utilities/utility.ts";

interface Benchmark {
  name: string;
  describe: string;
  /** Prepares, and gives the operation and the clean-up. */
  setup(system: NativeSystem, program: string): { run: () => Failure | unknown; teardown?: () => void } | Failure;
  /** Operations a sample. */
  batch: number;
}

const FILE = "/tmp/.bench";

function openFile(system: NativeSystem, shared: boolean): ReturnType<Benchmark["setup"]> {
  const written = writeFile(system, FILE, new Uint8Array(65536).fill(7));
  if (written instanceof Failure) return written;
  const fd = system.open(FILE, Open.Read);
  if (fd instanceof Failure) return fd;
  if (shared) {
    // Held by a child as well, the file's position is the server's, and reading is a call.
    const child = system.spawn({ path: "/usr/bin/true", args: ["true"], env: system.env, fds: new Map([[0, fd]]) });
    if (child instanceof Failure) return child;
    system.wait(child.pid);
  }
  return { run: () => { system.seek(fd, 0, 0); return system.read(fd, 4096); }, teardown: () => { system.close(fd); system.unlink(FILE); } };
}

const benchmarks: readonly Benchmark[] = [
  { name: "clock", describe: "asking the kernel for the time", batch: 1000, setup: (system) => ({ run: () => system.monotonic() }) },
  { name: "call", describe: "a call to the VFS and back (stat of /)", batch: 50, setup: (system) => ({ run: () => system.stat("/") }) },
  { name: "open", describe: "opening and closing a file", batch: 20, setup: (system) => {
    const written = writeFile(system, FILE, new Uint8Array(1));
    if (written instanceof Failure) return written;
    return { run: () => { const fd = system.open(FILE, Open.Read); return fd instanceof Failure ? fd : system.close(fd); }, teardown: () => { system.unlink(FILE); } };
  } },
  { name: "read", describe: "4 KiB of a file, straight from its Dataspace", batch: 200, setup: (system) => openFile(system, false) },
  { name: "read-call", describe: "the same by a call to the file system", batch: 50, setup: (system) => openFile(system, true) },
  { name: "pipe", describe: "4 KiB through a pipe", batch: 50, setup: (system) => {
    const ends = system.pipe();
    if (ends instanceof Failure) return ends;
    const data = new Uint8Array(4096);
    return { run: () => { const written = system.write(ends.writer, data); return written instanceof Failure ? written : system.read(ends.reader, 4096); }, teardown: () => { system.close(ends.reader); system.close(ends.writer); } };
  } },
  { name: "spawn", describe: "starting a program (/usr/bin/true, or another one) and awaiting its end", batch: 1, setup: (system, program) => ({ run: () => {
    const child = system.spawn({ path: program, args: [program], env: system.env });
    return child instanceof Failure ? child : system.wait(child.pid);
  } }) },
];

/** Median nanoseconds of an operation. */
function measure(system: NativeSystem, benchmark: Benchmark, samples: number, program: string): number | Failure {
  const prepared = benchmark.setup(system, program);
  if (prepared instanceof Failure) return prepared;
  const times: number[] = [];
  let problem: Failure | undefined;
  for (let sample = -1; sample < samples && !problem; sample++) {
    const started = system.monotonic();
    for (let round = 0; round < benchmark.batch; round++) {
      const result = prepared.run();
      if (result instanceof Failure) { problem = result; break; }
    }
    if (sample >= 0) times.push(Number(system.monotonic() - started) / benchmark.batch);
  }
  prepared.teardown?.();
  if (problem) return problem;
  times.sort((a, b) => a - b);
  return times[times.length >> 1]!;
}

function show(nanoseconds: number): string {
  return nanoseconds < 1000 ? `${nanoseconds.toFixed(0)} ns` : nanoseconds < 1e6 ? `${(nanoseconds / 1000).toFixed(1)} us` : `${(nanoseconds / 1e6).toFixed(2)} ms`;
}

export const bench = utility({ usage: "bench [-n SAMPLES] [-p PROGRAM] [NAME...]", values: "np" }, (tool: Tool) => {
  const samples = Math.max(tool.number("n") ?? 15, 1);
  for (const name of tool.operands) if (!benchmarks.some((one) => one.name === name)) tool.quit(`there is no '${name}'; there are ${benchmarks.map((one) => one.name).join(", ")}`, 2);
  const rows: string[][] = [];
  for (const benchmark of benchmarks.filter(({ name }) => tool.operands.length === 0 || tool.operands.includes(name))) {
    const result = measure(tool.system, benchmark, benchmark.name === "spawn" ? Math.min(samples, 5) : samples, tool.value("p") ?? "/usr/bin/true");
    if (result instanceof Failure) tool.complain(`${benchmark.name}: ${result.message}`);
    else rows.push([benchmark.name, show(result), benchmark.describe]);
  }
  tool.out.text(table(["NAME", "MEDIAN>", "WHAT"], rows));
});
