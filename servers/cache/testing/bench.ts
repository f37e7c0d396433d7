// A policy of the cache by itself (assembly/policy-bench.ts), compiled as the cache is.

import { compile } from "../../../lib/testing/compile.ts";
import type { Model, Outcome } from "./models.ts";

interface Exports { start(kind: number): number; refer(at: number, capacity: number, page: number): number; change(at: number, kind: number, capacity: number): number }

export class PolicyBench implements Model {
  private constructor(private readonly exports: Exports, private readonly at: number, private readonly capacity: number) {}

  static async start(kind: number, capacity: number): Promise<PolicyBench> {
    const module = await compile("servers/cache/assembly/policy-bench.ts"), memory = new WebAssembly.Memory({ initial: 512, maximum: 1024, shared: true });
    const kernel = Object.fromEntries(WebAssembly.Module.imports(module).filter(({ module: from, kind: sort }) => from === "kernel" && sort === "function").map(({ name }) => [name, () => { throw new Error(`a policy calls ${name}`); }]));
    const { exports } = await WebAssembly.instantiate(module, { env: { memory }, kernel });
    return new PolicyBench(exports as unknown as Exports, (exports as unknown as Exports).start(kind), capacity);
  }

  refer(page: number): Outcome {
    const outcome = this.exports.refer(this.at, this.capacity, page);
    return outcome === -1 ? "hit" : outcome === -2 ? "free" : outcome;
  }
  /** Switch to another kind; the pages it holds. */
  change(kind: number): number { return this.exports.change(this.at, kind, this.capacity); }
}
