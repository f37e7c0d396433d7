// Page memory: transfer windows and frames. It begins small and grows when the kernel has no frame left, so that a Worker is not handed
// a gigabyte at birth (abi/layout/kernel-memory.ts says why that matters).

import * as L from "../../abi/layout/kernel-memory.ts";
import { WINDOW_SIZE } from "../../abi/layout/limits.ts";
import { currentBuffer } from "./growth.ts";

/** Where the thread's window begins. */
export const windowOf = (thread: number): number =>
  thread * WINDOW_SIZE + (thread < L.NEAR_THREADS ? 0 : L.FAR_WINDOWS - L.NEAR_THREADS * WINDOW_SIZE);

/** Its bytes, as long as somebody needs them. */
export class PageBytes {
  #bytes: Uint8Array;
  constructor(readonly memory: WebAssembly.Memory) { this.#bytes = new Uint8Array(memory.buffer); }

  /** At least those before `end`, if there are so many. */
  upTo(end: number): Uint8Array {
    if (end > this.#bytes.length) this.#bytes = new Uint8Array(currentBuffer(this.memory));
    return this.#bytes;
  }
}
