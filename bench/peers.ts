// A pair of peers: see peer-worker.ts.

import { ask, type Bench } from "./context.ts";
import type { PeerAnswer, PeerMessage, Way } from "./peer-worker.ts";

export class Peers {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) { this.#workers = workers; }

  static async start(bench: Bench): Promise<Peers> {
    const floor = await WebAssembly.compileStreaming(fetch(new URL("wasm/bench-floor.wasm", bench.base)));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const plain = new MessageChannel(), comlink = new MessageChannel();
    const peers = new Peers([bench.worker("peer", "peer that asks"), bench.worker("peer", "peer that answers")]);
    await Promise.all([0, 1].map((index) => {
      const port = index ? plain.port2 : plain.port1, other = index ? comlink.port2 : comlink.port1;
      return peers.#tell(index, { kind: "set-up", floor, memory, port, comlink: other, asks: index === 0 }, [port, other]);
    }));
    return peers;
  }

  #tell(index: number, message: PeerMessage, transfer: Transferable[] = []): Promise<PeerAnswer> { return ask(this.#workers[index]!, message, transfer); }

  /** Microseconds of one round trip, on average over `count`. */
  async roundTrip(way: Way, count: number): Promise<number> {
    const answers = this.#tell(1, { kind: "run", way, count });
    const { time } = await this.#tell(0, { kind: "run", way, count });
    await answers;
    return time * 1000 / count;
  }

  stop(): void { for (const worker of this.#workers) worker.terminate(); }
}
