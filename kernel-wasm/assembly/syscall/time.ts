// monotonic, wallClock, log.

import { FAULT, OK } from "../status";
import { currentMemory, me } from "../identity";
import { inMemory, machineLog, machineMonotonic, machineWall } from "../machine";

export function monotonic(): i64 { return machineMonotonic(); }
export function wallClock(): i64 { return machineWall(); }

/** At most 4 KiB of text. */
export function log(text: i32, length: i32): i32 {
  if (length > 4096 || !inMemory(me, currentMemory, text, length)) return FAULT;
  machineLog(currentMemory, text, length);
  return OK;
}
