// The calling thread's duties on entering the kernel, and ending a wait early.

import { T_FLAGS, T_STATE, T_DEPTH, T_NUMBER, T_PINS, FAR_WINDOWS, NEAR_THREADS, FLAG_CONDEMNED, FLAG_DEAD, FLAG_SUSPENDED, THREAD_RUNNING, THREADS, THREAD_SIZE } from "../../../abi/layout/kernel-memory";
import { WINDOW_SIZE } from "../../../abi/layout/limits";
import { interruptThread, isDead } from "../object/domain";
import { TIMEOUT } from "../status";
import { current, me } from "../identity";
import { machineLeave } from "../machine";
import { park } from "./park";
import { lockKernel, unlockKernel } from "./lock";
import { sleep } from "./sleep";

@inline export function threadAt(number: i32): usize { return THREADS + <usize>number * THREAD_SIZE; }
@inline export function threadNumber(thread: usize): i32 { return load<i32>(thread + T_NUMBER); }
/** Address of the thread's transfer window, in page memory. */
@inline export function windowOf(thread: usize): i32 {
  const number = threadNumber(thread);
  return number * WINDOW_SIZE + (number < NEAR_THREADS ? 0 : FAR_WINDOWS - NEAR_THREADS * WINDOW_SIZE);
}

/** Nanoseconds between two looks at a pin. */
export const PIN_WAIT: i64 = 50000;
/** Waits longer than this many microseconds (a century) are for ever. */
const LONGEST: i64 = 3155760000000000;

/** A dead thread leaves for good, a suspended one waits. Inside an inline server neither applies: that code is the server's. But
 *  if that server has died, its code here ends by a trap. */
@inline export function obeyFlags(): void { if (load<i32>(me + T_FLAGS) != 0) obeyFlagsSlowly(); }

function obeyFlagsSlowly(): void {
  if (load<i32>(me + T_DEPTH) != 0) {
    expelled();
    return;
  }
  while (true) {
    const flags = atomic.load<i32>(me + T_FLAGS);
    if (flags & FLAG_CONDEMNED) machineLeave();
    if (flags & FLAG_DEAD) machineLeave();
    if (!(flags & FLAG_SUSPENDED)) return;
    sleep(me + T_FLAGS, flags, -1);
  }
}

/** Inside a server that has died: trap, which the machine's frame around the server's code catches. No lock is held. */
export function expelled(): void { if (isDead(current)) unreachable(); }

/** Park until the wait ends, at most `timeout` microseconds (-1: for ever). The status is in T_STATUS afterwards. */
export function parkUntil(timeout: i64): void {
  if (!park(timeout < 0 || timeout > LONGEST ? -1 : timeout * 1000)) breakOff(TIMEOUT);
}

/** A thread that is copying to or from our window has checked that we wait; let it finish before the window is used again. */
export function awaitPins(): void {
  let pinned: i32;
  while ((pinned = atomic.load<i32>(me + T_PINS)) != 0) sleep(me + T_PINS, pinned, PIN_WAIT);
}

/** End the own wait with `status`, unless it has ended meanwhile; takes the token. The token is there as soon as the lock is ours. */
export function breakOff(status: i32): void {
  lockKernel();
  if (load<i32>(me + T_STATE) != THREAD_RUNNING) interruptThread(me, status);
  unlockKernel();
  park(-1);
}
