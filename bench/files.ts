// Many small files: 10,000 of 1 KiB are created and written, read, asked for their attributes and deleted by an ordinary WASI program, on the
// tmpfs with its servers inline and in Workers of their own, and on a WASI shim that keeps files in JavaScript objects.

import { benchmark } from "./benchmark.ts";
import { ask } from "./context.ts";
import { median, round, Rounds } from "./rounds.ts";
import type { ShimResult, ShimRun } from "./shim-worker.ts";

const COUNT = 10_000, TRIES = 2, ROUNDS = 9, WORKER_ROUNDS = 3, WARM = 1;
const PROGRAM = "/tmp/files-program";
const PARTS = ["create", "read", "stat", "delete"] as const;

export default benchmark({
  name: "files",
  describe: "10,000 files of 1 KiB created, read, asked about and deleted by a WASI program, in microseconds per file.",

  async setup(bench) {
    const bytes = new Uint8Array(await (await fetch(new URL("wasm/bench-files-program.wasm", bench.base))).arrayBuffer());
    const module = await WebAssembly.compile(bytes);
    const system = await bench.shellSystem();
    await system.program(PROGRAM, bytes);
    return { system, module, shim: bench.worker("shim", "shim") };
  },

  async run({ system, module, shim }, bench) {
    const rounds = new Rounds(), parts: Record<string, number[]> = {};
    // Four lines a try; the first try of a process warms up, and so does the first round (WARM) of each side.
    const times = (side: string, output: string): number => {
      const lines = output.trim().split(/\s+/).map(Number);
      if (lines.length !== PARTS.length * TRIES || lines.some(Number.isNaN)) throw new Error(`the program failed: ${output}`);
      const last = lines.slice(-PARTS.length).map((time) => time / COUNT / 1000);
      PARTS.forEach((part, index) => { (parts[`${side}_${part}`] ??= []).push(last[index]!); });
      return last.reduce((sum, time) => sum + time, 0);
    };
    const args = [`${COUNT}`, `${TRIES}`];
    const ours = (side: string) => async (): Promise<number> => times(side, await system.run([PROGRAM, ...args].join(" ")));
    bench.say("files");
    await rounds.take({
      inline_files: ours("inline"),
      shim_files: async () => times("shim", (await ask<ShimResult>(shim, { module, args: ["files", ...args], files: {} } satisfies ShimRun)).output),
    }, ROUNDS, WARM);
    bench.say("files, with the servers in their Workers");
    await system.run("place vfs worker; place tmpfs worker");
    await rounds.take({ worker_files: ours("worker") }, WORKER_ROUNDS, WARM);
    return {
      metrics: {
        ...Object.fromEntries(["inline_files", "shim_files", "worker_files"].map((name) => [name, rounds.metric(name, "µs")])),
        ...Object.fromEntries(Object.entries(parts).map(([name, [, ...samples]]) => [name, { median: round(median(samples)), unit: "µs", runs: samples.length }])),
      },
      ratios: { files_over_shim: rounds.ratio("inline_files", "shim_files"), worker_files_over_inline: round(rounds.metric("worker_files", "µs").median / rounds.metric("inline_files", "µs").median) },
    };
  },

  async teardown({ system, shim }) {
    shim.terminate();
    system.stop();
  },
});
