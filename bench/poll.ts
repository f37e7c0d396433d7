// What poll points cost: the same module before and after rewriting, on the same work; and how fast the rewriter is.

import { benchmark } from "./benchmark.ts";
import { Rounds } from "./rounds.ts";
import { rewrite } from "../kernel-wasm/rewriter/index.ts";

interface Compute { sieve(limit: number): number; fib(n: number): number; hash(length: number): number }

/** About a few milliseconds each. */
const WORK: Record<keyof Compute, number> = { sieve: 400_000, fib: 25, hash: 4_000_000 };
const names = Object.keys(WORK) as (keyof Compute)[];
const ROUNDS = 40;
const WARM = 10;

async function start(bytes: Uint8Array<ArrayBuffer>): Promise<Compute> {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 1024, shared: true });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as unknown as Compute;
}

export default benchmark({
  name: "poll",
  describe: "Loops and calls with a poll point in each, against the same module without; and the rewriter's speed on a large module.",

  async setup(bench) {
    const bytes = async (path: string) => new Uint8Array(await (await fetch(new URL(path, bench.base))).arrayBuffer());
    const module = await bytes("wasm/bench-compute.wasm");
    const [plain, polled] = await Promise.all([start(module), start(rewrite(module, { pollPoints: true }))]);
    return { plain, polled, kernel: await bytes("wasm/kernel.wasm") };
  },

  async run({ plain, polled, kernel }) {
    const rounds = new Rounds();
    const time = (side: Compute, name: keyof Compute) => async () => {
      const start = performance.now();
      side[name](WORK[name]);
      return performance.now() - start;
    };
    for (const name of names) {
      if (plain[name](WORK[name]) !== polled[name](WORK[name])) throw new Error(`${name} gives another result when polled`);
      await rounds.take({ [`${name}_plain`]: time(plain, name), [`${name}_polled`]: time(polled, name) }, ROUNDS, WARM);
    }
    const rewriteOnce = async (): Promise<number> => {
      const start = performance.now();
      rewrite(kernel, { pollPoints: true });
      return kernel.length / 1e3 / (performance.now() - start);
    };
    await rounds.take({ rewriter: rewriteOnce }, ROUNDS, WARM);
    const metrics = names.flatMap((name) => [`${name}_plain`, `${name}_polled`]).map((key) => [key, rounds.metric(key, "ms")]);
    return {
      metrics: { ...Object.fromEntries(metrics), rewriter: rounds.metric("rewriter", "MB/s") },
      ratios: Object.fromEntries(names.map((name) => [`${name}_polled_over_plain`, rounds.ratio(`${name}_polled`, `${name}_plain`)])),
    };
  },

  async teardown() {},
});
