// A mutex in shared memory that MAY be held across kernel calls that block: a server's own lock is dropped during every call, page fault and
// wait, so other threads come in; who must keep them from his data meanwhile takes a mutex.
//
//   mutexCreate(mutex)                               once: 0, or a negated error
//   const held = mutexAcquire(mutex);                first thing in the handler, after it has read the message registers it needs
//   if (held < 0) return held;
//   ... calls, page faults, waits ...
//   mutexRelease(mutex);                             on every path out
//
// Whoever finds it taken waits on a Notification, which drops the server's lock. mutexAcquire clobbers the message words (w0–w7). It
// fails only if the wait is broken off for good reason: Interrupted when the machine wants a killed client's thread out of the server, and
// the Notification's errors. An inline client that is killed while it holds the mutex finishes its call first, so it releases it; one that
// traps takes the server, and the mutex with it, down. Do not acquire it twice in one thread: that waits for ever.
//
//   word: 0 free    1 held    2 held, and someone may wait      (Drepper, "Futexes Are Tricky", mutex 2)
//
// (1) A waiter sets the word to 2 before it waits, and takes the mutex by the same step. (2) A release that finds 2 signals; a signal that
// comes before the wait stays in the Notification. So a wake-up cannot be missed. One that nobody needs is taken by a later waiter, who looks
// again. (3) Who has waited leaves the word at 2, so its release wakes the next one. A wait that is broken off takes no signal.

import { Timeout } from "../../../abi/generated/assembly/errors";
import { notificationCreate, signal, wait } from "../kernel";

const FREE: i32 = 0;
const HELD: i32 = 1;
const CONTENDED: i32 = 2;
/** Microseconds. */
const SLICE: i64 = 100_000;

@unmanaged export class Mutex {
  word: i32;
  /** Slot of the Notification. */
  notification: i32;
}

/** Make it free: 0, or a negated error. */
export function mutexCreate(mutex: Mutex): i32 {
  const slot = notificationCreate();
  if (slot < 0) return slot;
  mutex.notification = slot;
  atomic.store<i32>(changetype<usize>(mutex), FREE);
  return 0;
}

/** Take it if it is free. */
@inline export function mutexTry(mutex: Mutex): bool { return atomic.cmpxchg<i32>(changetype<usize>(mutex), FREE, HELD) == FREE; }

/** 0, or a negated error, and then it is not held. */
export function mutexAcquire(mutex: Mutex): i32 {
  if (mutexTry(mutex)) return 0;
  while (atomic.xchg<i32>(changetype<usize>(mutex), CONTENDED) != FREE) {
    const status = wait(mutex.notification, SLICE);
    if (status != 0 && status != Timeout) return status;
  }
  return 0;
}

/** Whether someone may wait for it; the caller holds it. */
@inline export function mutexContended(mutex: Mutex): bool { return atomic.load<i32>(changetype<usize>(mutex)) == CONTENDED; }

export function mutexRelease(mutex: Mutex): void {
  if (atomic.xchg<i32>(changetype<usize>(mutex), FREE) == CONTENDED) signal(mutex.notification, 1);
}
