// The memories of AssemblyScript servers: a fixed pool, since every Worker is given all of them at birth. A server takes one for its life; it is
// given on, cleared, only when no thread is inside the server or on its way in (I14).
// They are small until the server's allocator makes them larger (lib/assembly/memory/page-runs.ts), and do not shrink.

import * as L from "../../abi/layout/kernel-memory.ts";
import { MAX_THREADS } from "../../abi/layout/limits.ts";
import { MEMORY_LIMIT } from "../../lib/assembly/memory/addresses.ts";
import { currentBuffer } from "./growth.ts";
import type { Inspector } from "./inspect.ts";

/** The first belongs to the emulation library. */
const MEMORIES = 16;

export class ServerMemories {
  readonly memories: readonly WebAssembly.Memory[] = Array.from({ length: MEMORIES }, () => new WebAssembly.Memory({ initial: L.SERVER_MEMORY_FIRST_PAGES, maximum: L.SERVER_MEMORY_PAGES, shared: true }));
  readonly #users: (number | undefined)[] = [0];
  readonly #dirty = new Set<number>();
  constructor(private readonly inspector: Inspector) {}

  /** Give the domain one, full of zeros, if it has none: its number; -1 if all are taken. */
  take(domain: number): number {
    const known = this.of(domain), index = known > 0 ? known : this.memories.findIndex((_, at) => this.#users[at] === undefined);
    if (index < 0) return -1;
    const buffer = currentBuffer(this.memories[index]!);
    if (this.#dirty.has(index)) new Uint8Array(buffer).fill(0);
    this.#dirty.add(index);
    new Uint32Array(buffer)[MEMORY_LIMIT >> 2] = L.SERVER_MEMORY_PAGES;
    this.#users[index] = domain;
    this.inspector.setServerMemory(domain, index);
    return index;
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
