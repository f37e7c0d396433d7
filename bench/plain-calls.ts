// Unprotected calls from one Wasm instance into another, in a Worker of their own: see assembly/plain-caller.ts.

import { ask, type Bench } from "./context.ts";

export class PlainCalls {
  readonly #worker: Worker;
  private constructor(worker: Worker) { this.#worker = worker; }

  static async start(bench: Bench): Promise<PlainCalls> {
    const [caller, callee] = await Promise.all(["caller", "callee"].map((name) => WebAssembly.compileStreaming(fetch(new URL(`wasm/bench-plain-${name}.wasm`, bench.base)))));
    const plain = new PlainCalls(bench.worker("plain", "plain calls"));
    await ask(plain.#worker, { caller, callee });
    return plain;
  }

  /** Nanoseconds of one call, on average over `count`. */
  async run(count: number): Promise<number> { return await ask<number>(this.#worker, { count }) * 1e6 / count; }

  stop(): void { this.#worker.terminate(); }
}
