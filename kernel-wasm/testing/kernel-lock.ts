// The kernel lock as the machine's thread (number 0) takes it: for tests that look at kernel memory while the system runs.

import { H_LOCK } from "../../abi/layout/kernel-memory.ts";

const MACHINE = 1;
const WAITERS = 0x10000;

export function withKernelLock<T>(memory: WebAssembly.Memory, look: () => T): T {
  const words = new Int32Array(memory.buffer), lock = H_LOCK >> 2, deadline = performance.now() + 10000;
  while (Atomics.compareExchange(words, lock, 0, MACHINE) !== 0) if (performance.now() > deadline) throw new Error(`the kernel lock is held by ${words[lock]! & 0xffff}`);
  try { return look(); } finally { if (Atomics.exchange(words, lock, 0) & WAITERS) Atomics.notify(words, lock, 1); }
}
