// What reading costs when the file system is a server of its own and the program cannot touch its memory: 4 KiB at a time of a file on
// the tmpfs, by an ordinary WASI program. Against the same loop, library and tmpfs in one module without any protection (`linked`),
// and against the same program on a WASI shim that keeps the file in a JavaScript array.

import { benchmark } from "./benchmark.ts";
import { ask } from "./context.ts";
import { median, Rounds } from "./rounds.ts";
import type { ShimResult, ShimRun } from "./shim-worker.ts";

const PIECES = 100_000, TRIES = 5, ROUNDS = 12, WARM = 2;
/** 1 MiB. */
const FILE_PIECES = 256, ARGUMENTS = [`${PIECES}`, `${TRIES}`, `${FILE_PIECES}`, "read-bench-file"];
const PROGRAM = "/tmp/read-bench";

export default benchmark({
  name: "read",
  describe: "4 KiB re-reads of a file on the tmpfs by a WASI program, in nanoseconds.",

  async setup(bench) {
    const get = async (name: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await (await fetch(new URL(`wasm/${name}.wasm`, bench.base))).arrayBuffer());
    const [bytes, linkedBytes] = await Promise.all([get("bench-read-program"), get("bench-read-linked")]);
    const [module, linkedModule] = await Promise.all([WebAssembly.compile(bytes), WebAssembly.compile(linkedBytes)]);
    const system = await bench.shellSystem();
    await system.program(PROGRAM, bytes);
    const linked = bench.worker("linked", "linked"), shim = bench.worker("shim", "shim");
    const sum = await ask<number>(linked, { module: linkedModule, filePieces: FILE_PIECES });
    return { system, linked, shim, module, sum };
  },

  async run({ system, linked, shim, module, sum }, bench) {
    // The program prints the checksum of what it read, then the nanoseconds of each try; the first one warms up.
    const times = (output: string): number => {
      const [read, ...lines] = output.trim().split(/\s+/).map(Number);
      if (read !== sum || lines.length !== TRIES) throw new Error(`the program read something else: ${output}`);
      return median(lines.slice(1)) / PIECES;
    };
    const rounds = new Rounds();
    bench.say("reading");
    await rounds.take({
      inline_read: async () => times(await system.run(`${PROGRAM} ${ARGUMENTS.join(" ")}`)),
      linked_read: async () => median((await ask<number[]>(linked, { pieces: PIECES, rounds: TRIES })).slice(1)) / PIECES,
      shim_read: async () => times((await ask<ShimResult>(shim, { module, args: ["read-bench", ...ARGUMENTS], files: {} } satisfies ShimRun)).output),
    }, ROUNDS, WARM);
    return {
      metrics: Object.fromEntries(["inline_read", "linked_read", "shim_read"].map((name) => [name, rounds.metric(name, "ns")])),
      ratios: { inline_over_linked: rounds.ratio("inline_read", "linked_read"), shim_over_inline: rounds.ratio("shim_read", "inline_read") },
    };
  },

  async teardown({ system, linked, shim }) {
    linked.terminate();
    shim.terminate();
    system.stop();
  },
});
