// Parking and waking. A thread parks on its park word until it finds the token 1 there, and takes it.
//
// (1) The waker ends the thread's blocking state and leaves the token in one step under the kernel lock, after all that the
// thread will read; it notifies later. (2) The parked thread takes the token and only then reads. A token is left exactly once
// for each blocking state that is ended (I8). Should the waker be terminated before it notified, `detach` does it for it.

import { T_PARK, T_STATE, THREAD_RUNNING } from "../../../abi/layout/kernel-memory";
import { me } from "../identity";
import { sleep } from "./sleep";

/** Wait for the token at most `timeout` nanoseconds (-1: for ever): whether it came. */
export function park(timeout: i64): bool {
  while (atomic.cmpxchg<i32>(me + T_PARK, 1, 0) != 1) {
    if (sleep(me + T_PARK, 0, timeout) == 2) return atomic.cmpxchg<i32>(me + T_PARK, 1, 0) == 1;
  }
  return true;
}

/** Whether the token is there; takes it. */
export function tryPark(): bool { return atomic.cmpxchg<i32>(me + T_PARK, 1, 0) == 1; }

/** Notify a thread that `runnable` left the token for; no lock needed. */
@inline export function wake(thread: usize): void {
  // All: an event loop may have left an older Atomics.waitAsync on the word.
  atomic.notify(thread + T_PARK, -1);
}

/** End a thread's blocking state: from here on it may go on. Kernel lock held; everything it will read is written before. */
@inline export function runnable(thread: usize): void {
  // Both at once, so that the thread never finds itself running and its token missing.
  atomic.store<u64>(thread + T_PARK, <u64>THREAD_RUNNING << 32 | 1);
}

/** Whether this thread has a wait that is not finished: blocked, or its token not taken yet. It can then not begin another one:
 *  code with an event loop may try, and an inline server that has saved its caller's reply (I17). */
@inline export function busy(): bool { return load<u64>(me + T_PARK) != <u64>THREAD_RUNNING << 32; }
