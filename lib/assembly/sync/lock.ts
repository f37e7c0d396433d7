// A lock in shared memory: one 32-bit word, 0 when free.
//
//   lockAcquire(word) ... lockRelease(word)
//
// The kernel already takes a server's lock around every entry, so a server needs this only for data that it also touches
// while that lock is dropped (around calls). It must not be held across a kernel call that blocks. Waiting parks in slices:
// the loop's poll point is where a killed domain leaves.
//
//   0 free    1 held    2 held, and someone may be parked      (Drepper, "Futexes Are Tricky", mutex 2)

import { monotonic } from "../kernel";

const FREE: i32 = 0;
const HELD: i32 = 1;
const CONTENDED: i32 = 2;
const SPINS: i32 = 100;
const SLICE: i64 = 10_000_000; // ns

/** Take the lock if it is free. */
@inline export function lockTry(word: usize): bool { return atomic.cmpxchg<i32>(word, FREE, HELD) == FREE; }

export function lockAcquire(word: usize): void {
  for (let i = 0; i < SPINS; i++) if (atomic.load<i32>(word) == FREE && lockTry(word)) return;
  // Whoever had to wait leaves the word at CONTENDED: it cannot know whether it was the last one.
  while (atomic.xchg<i32>(word, CONTENDED) != FREE) sleep(word);
}

/** In a function of its own, which the call keeps optimizers from inlining: V8's baseline compiler (11.3) loses a local variable of the
 *  function that waits (see kernel-wasm/assembly/sched/sleep.ts). */
function sleep(word: usize): void {
  if (word == 0) monotonic();
  atomic.wait<i32>(word, CONTENDED, SLICE);
}

export function lockRelease(word: usize): void {
  if (atomic.xchg<i32>(word, FREE) == CONTENDED) atomic.notify(word, 1);
}
