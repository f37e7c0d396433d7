// From navigation to a shell's prompt, with everything in the browser's caches, against a page that only starts as many Workers (with
// the same script) and compiles the same modules.

import { benchmark } from "./benchmark.ts";
import { DIRECT_PATH, KERNEL_PATH, MODULE_PATHS } from "../kernel-wasm/machine/images.ts";
import { Rounds } from "./rounds.ts";

/** Boots differ by a tenth from one to the next: the median of nine pairs did so from run to run. */
const ROUNDS = 21;

export default benchmark({
  name: "boot",
  describe: "Milliseconds from opening the page to a prompt that can be used.",

  async setup(bench) {
    const system = await bench.shellSystem();
    const workers = await system.workers();
    system.stop();
    return { floor: `bench-floor.html?workers=${workers}&modules=${[KERNEL_PATH, ...Object.values(MODULE_PATHS), DIRECT_PATH].join(",")}` };
  },

  async run({ floor }, bench) {
    const rounds = new Rounds();
    bench.say("opening pages");
    await rounds.take({
      boot: async () => (await bench.visit("./")).time,
      boot_floor: async () => (await bench.visit(floor)).time,
    }, ROUNDS, 2);
    return {
      metrics: { boot: rounds.metric("boot", "ms"), boot_floor: rounds.metric("boot_floor", "ms") },
      ratios: { boot_over_floor: rounds.ratio("boot", "boot_floor") },
    };
  },

  async teardown() {},
});
