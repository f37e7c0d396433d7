// What a call costs before it reaches the kernel: the instructions of each generated AssemblyScript client stub, counted in the
// built Wasm. SawMill lost its performance to stubs of 150 instructions where 30 were enough. All instructions of the
// function count, so a path that refuses bad lengths counts as if it were taken.

import { benchmark, type Report } from "./benchmark.ts";
import { median, round } from "./rounds.ts";
import { countInstructions } from "../kernel-wasm/rewriter/instruction-count.ts";

interface Built { counts: Map<string, number>; allowances: Record<string, number> }

export default benchmark<Built>({
  name: "stub",
  describe: "Instructions of each generated client stub, against 30 and 4 per word and range.",

  async setup(bench) {
    const get = async (path: string): Promise<Response> => {
      const response = await fetch(new URL(path, bench.base));
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response;
    };
    const module = new Uint8Array(await (await get("wasm/bench-stubs.wasm")).arrayBuffer());
    return { counts: countInstructions(module), allowances: await (await get("wasm/stub-allowances.json")).json() };
  },

  async run({ counts, allowances }, bench): Promise<Report> {
    const stubs = Object.entries(allowances).map(([name, allowance]) => {
      const instructions = counts.get(name);
      if (instructions === undefined) throw new Error(`no stub ${name} in the built module`);
      return { name, instructions, share: instructions / allowance };
    });
    const worst = stubs.reduce((a, b) => (b.share > a.share ? b : a));
    bench.say(`the worst of ${stubs.length} stubs is ${worst.name}: ${worst.instructions} instructions, ${allowances[worst.name]} allowed`);
    const all = stubs.map((stub) => stub.instructions);
    return {
      metrics: {
        stub_instructions: { median: median(all), unit: "instructions", runs: all.length },
        worst_stub_instructions: { median: worst.instructions, unit: "instructions", runs: 1 },
      },
      ratios: { worst_stub_over_allowance: round(worst.share) },
    };
  },

  async teardown() {},
});
