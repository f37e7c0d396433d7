// Page memory: transfer windows and frames. It begins small and grows when the kernel has no frame left, so that a Worker is not handed
// a gigabyte at birth (abi/layout/kernel-memory.ts says why that matters).

import * as L from "../../abi/layout/kernel-memory.ts";
import { FRAME_SIZE, WINDOW_SIZE } from "../../abi/layout/limits.ts";
import { currentBuffer, reach } from "./growth.ts";

/** Grown by at least this, and by half of what there is: few times in all, as each is told to every thread. */
const STEP = 16 << 20;

/** Where the thread's window begins. */
export const windowOf = (thread: number): number =>
  thread * WINDOW_SIZE + (thread < L.NEAR_THREADS ? 0 : L.FAR_WINDOWS - L.NEAR_THREADS * WINDOW_SIZE);

const framesIn = (memory: WebAssembly.Memory): number => Math.floor((memory.buffer.byteLength - L.FRAMES_BASE) / FRAME_SIZE);

/** The kernel's import `grow`. */
export function growFrames(memory: WebAssembly.Memory, frames: number): number {
  const end = L.FRAMES_BASE + frames * FRAME_SIZE, { byteLength } = currentBuffer(memory);
  // Near its maximum it gets what there is.
  for (let step = Math.max(STEP, byteLength / 2); !reach(memory, Math.max(end, byteLength + step)) && step >= 65536; step /= 2);
  return framesIn(memory);
}

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
