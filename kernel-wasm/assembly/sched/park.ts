// Parking and waking. A thread parks on its park word until it finds the token 1 there, and takes it.
//
// (1) The waker changes the thread's state under the kernel lock, then leaves the token. (2) The parked thread takes the token
// and only then reads what the waker wrote. A token is left exactly once for each blocking state that is ended.

import { T_PARK, T_STATE, THREAD_RUNNING } from "../../../abi/layout/kernel-memory";
import { me } from "../identity";

/** Wait for the token at most `timeout` nanoseconds (-1: for ever): whether it came. */
export function park(timeout: i64): bool {
  while (atomic.cmpxchg<i32>(me + T_PARK, 1, 0) != 1) {
    if (atomic.wait<i32>(me + T_PARK, 0, timeout) == 2) return atomic.cmpxchg<i32>(me + T_PARK, 1, 0) == 1;
  }
  return true;
}

/** Whether the token is there; takes it. */
export function tryPark(): bool { return atomic.cmpxchg<i32>(me + T_PARK, 1, 0) == 1; }

@inline export function wake(thread: usize): void {
  atomic.store<i32>(thread + T_PARK, 1);
  // All: an event loop may have left an older Atomics.waitAsync on the word.
  atomic.notify(thread + T_PARK, -1);
}

@inline export function runnable(thread: usize): void { store<i32>(thread + T_STATE, THREAD_RUNNING); }
