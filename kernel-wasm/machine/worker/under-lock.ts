// The machine's functions that the kernel calls under its lock: under-lock.wat says why none is JavaScript.

import { decodeBase64 } from "../../../lib/ts/base64.ts";
import { underLockModule as text } from "./generated/under-lock.ts";

export interface UnderLock {
  /** The kernel's import `grow`: how many frames page memory has room for, after an attempt to make that at least `frames`. */
  grow(frames: number): number;
  /** The kernel's import `clock`, a function of the engine itself. */
  clock(): number;
}

/** Compiled once, by the machine. */
export function underLockModule(): WebAssembly.Module { return new WebAssembly.Module(decodeBase64(text)); }

export function underLock(module: WebAssembly.Module, memory: WebAssembly.Memory): UnderLock {
  const { grow } = new WebAssembly.Instance(module, { a: { memory } }).exports as unknown as Pick<UnderLock, "grow">;
  return { grow, clock: Date.now };
}
