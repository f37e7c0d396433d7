// From starting a tiny WASI program at the process server to knowing that it has ended, against starting an empty Worker.

import { benchmark } from "./benchmark.ts";
import { Rounds } from "./rounds.ts";

const PROGRAM = "/tmp/nothing", EACH = 5;
// (module (memory (export "memory") 1) (func (export "_start")))
const NOTHING = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1,
  7, 19, 2, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 6, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0, 10, 4, 1, 2, 0, 0x0b,
]);

export default benchmark({
  name: "spawn",
  describe: "Milliseconds from the start of a tiny WASI program to its end, and to start an empty Worker.",

  async setup(bench) {
    const system = await bench.shellSystem();
    await system.program(PROGRAM, NOTHING);
    // It must end well, or its end would be measured.
    await system.run(PROGRAM);
    return { system };
  },

  async run({ system }, bench) {
    const rounds = new Rounds();
    bench.say("starting processes and Workers");
    await rounds.take({
      // The system's own measure, so that the shell is not in it: "spawn 3.21 ms …".
      spawn: async () => {
        const output = await system.run(`bench -n ${EACH} -p ${PROGRAM} spawn`), [, figure, unit] = /spawn\s+([\d.]+) (ms|us)/.exec(output) ?? [];
        if (!figure) throw new Error(`no figure in: ${output}`);
        return unit === "us" ? Number(figure) / 1000 : Number(figure);
      },
      worker: async () => {
        let total = 0;
        for (let i = 0; i < EACH; i++) {
          const began = performance.now(), worker = bench.worker("empty", "empty");
          await new Promise((resolve, reject) => { worker.onmessage = resolve; worker.onerror = reject; });
          total += performance.now() - began;
          worker.terminate();
        }
        return total / EACH;
      },
    }, 15, 2);
    return {
      metrics: { spawn: rounds.metric("spawn", "ms"), worker: rounds.metric("worker", "ms") },
      ratios: { spawn_over_worker: rounds.ratio("spawn", "worker") },
    };
  },

  async teardown({ system }) { system.stop(); },
});
