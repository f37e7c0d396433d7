// fetch, deliver: moving a call's data ranges, once, between the caller's memory (inline) or window (another Worker) and the
// memory of the server's code. Copies run outside the lock: a pin on the caller's window keeps the caller from using it again,
// and a caller that has gone is noticed before.

import {
  T_CLIENT, T_CLIENT_SERIAL, T_DELIVERED, T_PINS, T_RECEIVE, T_ROOM, T_SEND0, T_SEND0_LENGTH, T_SEND1, T_SEND1_LENGTH, T_SERIAL, T_STATE,
  THREAD_REPLY,
} from "../../../abi/layout/kernel-memory";
import { OBJECT_REPLY } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, CANCELED, FAULT } from "../status";
import {
  callerDomain, callerDelivered, callerMemory, callerReceive, callerRoom, callerSaved, callerSend0, callerSend0Length, callerSend1, callerSend1Length,
  current, currentMemory, mark, me, setDelivered,
} from "../identity";
import { copyBetween, inMemory } from "../machine";
import { badgeOf, capAt, kindOf, objectOf } from "../object/capability";
import { probeStack } from "../sched/probe";
import { obeyFlags, PIN_WAIT, threadAt } from "../sched/thread";
import { sleep } from "../sched/sleep";

let pinnedCaller: usize = 0;
let pinnedSerial: i32 = 0;

/** Find the caller that `slot` (0: the current call) would answer, and pin its window: 0, or a negated error. */
function pin(slot: i32): i32 {
  if (slot == 0) {
    const number = load<i32>(me + T_CLIENT);
    if (number == 0) return BAD_HANDLE;
    pinnedCaller = threadAt(number - 1);
    pinnedSerial = load<i32>(me + T_CLIENT_SERIAL);
  } else {
    const cap = capAt(current, slot);
    if (kindOf(cap) != OBJECT_REPLY) return BAD_HANDLE;
    pinnedCaller = objectOf(cap);
    pinnedSerial = badgeOf(cap);
  }
  // The pin names its owner, so that it can be taken from one that was terminated (I15).
  while (true) {
    const other = atomic.cmpxchg<i32>(pinnedCaller + T_PINS, 0, mark);
    if (other == 0) break;
    sleep(pinnedCaller + T_PINS, other, PIN_WAIT);
  }
  // (1) The caller waits for its pins to go after its wait has ended; so if it waits still, it waits until we are done.
  if (atomic.load<i32>(pinnedCaller + T_STATE) == THREAD_REPLY && atomic.load<i32>(pinnedCaller + T_SERIAL) == pinnedSerial) return 0;
  unpin();
  return CANCELED;
}

function unpin(): void {
  atomic.store<i32>(pinnedCaller + T_PINS, 0);
}

export function fetch(slot: i32, which: i32, offset: i32, destination: i32, length: i32): i32 {
  if (<u32>which > 1 || offset < 0 || length < 0) return BAD_ARGUMENT;
  if (slot == 0 && callerDomain) {
    if (callerSaved) return BAD_HANDLE;
    const source = which ? callerSend1 : callerSend0, rest = (which ? callerSend1Length : callerSend0Length) - offset;
    if (rest <= 0) return 0;
    const count = length < rest ? length : rest;
    // The caller's range was checked when it called, and memories never shrink.
    if (!inMemory(me, currentMemory, destination, count)) return FAULT;
    copyBetween(currentMemory, destination, callerMemory, source + offset, count);
    return count;
  }
  obeyFlags();
  probeStack();
  const status = pin(slot);
  if (status < 0) return status;
  const rest = load<i32>(pinnedCaller + (which ? T_SEND1_LENGTH : T_SEND0_LENGTH)) - offset;
  let count = length < rest ? length : rest;
  if (count > 0) {
    if (inMemory(me, currentMemory, destination, count)) copyBetween(currentMemory, destination, 0, load<i32>(pinnedCaller + (which ? T_SEND1 : T_SEND0)) + offset, count);
    else count = FAULT;
  } else count = 0;
  unpin();
  return count;
}

export function deliver(slot: i32, offset: i32, source: i32, length: i32): i32 {
  if (offset < 0 || length < 0) return BAD_ARGUMENT;
  if (slot == 0 && callerDomain) {
    if (callerSaved) return BAD_HANDLE;
    const rest = callerRoom - offset;
    if (rest <= 0) return 0;
    const count = length < rest ? length : rest;
    if (!inMemory(me, currentMemory, source, count)) return FAULT;
    copyBetween(callerMemory, callerReceive + offset, currentMemory, source, count);
    if (offset + count > callerDelivered) setDelivered(offset + count);
    return count;
  }
  obeyFlags();
  probeStack();
  const status = pin(slot);
  if (status < 0) return status;
  const rest = load<i32>(pinnedCaller + T_ROOM) - offset;
  let count = length < rest ? length : rest;
  if (count > 0) {
    if (inMemory(me, currentMemory, source, count)) {
      copyBetween(0, load<i32>(pinnedCaller + T_RECEIVE) + offset, currentMemory, source, count);
      if (offset + count > load<i32>(pinnedCaller + T_DELIVERED)) store<i32>(pinnedCaller + T_DELIVERED, offset + count);
    } else count = FAULT;
  } else count = 0;
  unpin();
  return count;
}
