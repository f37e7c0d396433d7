// The one place where the kernel waits on a word. Never inlined, and nothing is alive across the wait: the baseline compiler of V8
// (11.3, Node 20) loses a local variable that it keeps in the register of the wait's result, so a lock that waited in a loop went on
// with address 0. A test counts the wait instructions of the built module.

import { machineLog } from "../machine";

const NEVER: i64 = i64.MIN_VALUE;

/** Wait while the word at `address` is `value`, at most `timeout` nanoseconds (-1: for ever): 0 woken, 1 another value, 2 timed out. */
export function sleep(address: usize, value: i32, timeout: i64): i32 {
  // The call keeps optimizers from inlining.
  if (timeout == NEVER) machineLog(0, 0, 0);
  return atomic.wait<i32>(address, value, timeout);
}
