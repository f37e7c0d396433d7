// The memories of AssemblyScript servers: a fixed pool, since every Worker is given all of them at birth. A server takes one for its life; it is
// given on, cleared, only when no thread is inside the server or on its way in (I14).
//
// There are two sizes: an engine counts the bytes of what a Worker is handed as if they were the Worker's own, and collects garbage each time
// the sum has grown by half. So servers that keep little get a small one.

import * as L from "../../abi/layout/kernel-memory.ts";
import { MAX_THREADS } from "../../abi/layout/limits.ts";
import type { Inspector } from "./inspect.ts";

/** Of 64 MiB, the most that a server can import. The first belongs to the emulation library. */
const LARGE = 8, LARGE_PAGES = 1024;
/** Of 16 MiB. */
const SMALL = 8, SMALL_PAGES = 256;

export class ServerMemories {
  readonly memories: readonly WebAssembly.Memory[] = [LARGE_PAGES, SMALL_PAGES].flatMap((pages, small) =>
    Array.from({ length: small ? SMALL : LARGE }, () => new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })));
  readonly #users: (number | undefined)[] = [0];
  readonly #dirty = new Set<number>();
  constructor(private readonly inspector: Inspector) {}

  /** Give the domain one, full of zeros, if it has none: its number; -1 if all are taken. `small`: that is enough for it. If those of its size are
   *  all taken it gets one of the other. */
  take(domain: number, small: boolean): number {
    const known = this.of(domain), first = small ? LARGE : 0;
    const index = known > 0 ? known : this.#free(first) ?? this.#free(0) ?? -1;
    if (index < 0) return -1;
    if (this.#dirty.has(index)) new Uint8Array(this.memories[index]!.buffer).fill(0);
    this.#dirty.add(index);
    this.#users[index] = domain;
    this.inspector.setServerMemory(domain, index);
    return index;
  }

  /** A free one's number, from `first` on. */
  #free(first: number): number | undefined {
    const index = this.memories.findIndex((_, at) => at >= first && this.#users[at] === undefined);
    return index < 0 ? undefined : index;
  }

  /** The number of the domain's; -1: it has none. */
  of(domain: number): number { return this.#users.indexOf(domain, 1); }

  /** By number: the domain's may be another one's by then. */
  release(index: number): void { this.#users[index] = undefined; }

  /** Whether a thread may still be on the domain's memory. */
  visited(domain: number): boolean {
    const { inspector } = this, address = L.DOMAINS + domain * L.DOMAIN_SIZE;
    // A caller on its way in has the lock before it tells where it is.
    if (inspector.u32(address + L.D_LOCK) !== 0) return true;
    for (let thread = 1; thread < MAX_THREADS; thread++) {
      const at = L.THREADS + thread * L.THREAD_SIZE;
      if (inspector.u32(at + L.T_STATE) === L.THREAD_NONE) continue;
      const depth = inspector.u32(at + L.T_DEPTH);
      for (let i = 0; i < depth && i < L.MAX_DEPTH; i++) if (inspector.u32(at + L.T_INSIDE + i * 4) === address) return true;
    }
    return false;
  }

  /** Tell the system what the servers' heaps have in use. */
  measure(heapUse: (memory: WebAssembly.Memory) => number): void {
    this.#users.forEach((domain, index) => { if (domain) this.inspector.setMemoryPages(domain, Math.ceil(heapUse(this.memories[index]!) / 65536)); });
  }
}
