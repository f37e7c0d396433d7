// Moving a message between threads: words, capabilities and the bookkeeping of who answers whom. Kernel lock held.

import {
  T_STATE, T_WAITS_ON, T_SERIAL, T_SERVER, T_STATUS, T_LABEL, T_BADGE, T_RIGHTS, T_SHAPE, T_CALLER_DOMAIN, T_DELIVERED, T_WORDS, T_CAPS,
  T_CLIENT, T_CLIENT_SERIAL, T_SEND0_LENGTH, T_SEND1_LENGTH, T_ROOM, T_NUMBER, THREAD_REPLY, E_DOMAIN, THREAD_SENDING,
} from "../../../abi/layout/kernel-memory";
import { OBJECT_NONE, RIGHT_GRANT, OBJECT_REPLY } from "../../../abi/layout/limits";
import { BAD_HANDLE, BAD_MESSAGE, CANCELED, LAST_ERROR, NO_RIGHT, OK } from "../status";
import { badgeOf, capAt, deleteCap, fillSlot, findSlot, kindOf, objectOf, rightsOf } from "./capability";
import { getCap, saveWords, setCap } from "../registers";
import { runnable } from "../sched/park";

@inline export function wordsOf(shape: i32): i32 { return shape & 15; }
@inline export function capsOf(shape: i32): i32 { return (shape >> 4) & 7; }
@inline export function sendsOf(shape: i32): i32 { return (shape >> 7) & 3; }
@inline export function receivesOf(shape: i32): i32 { return (shape >> 9) & 1; }
/** Whether the counts are within their limits. */
@inline export function shapeValid(shape: i32): bool { return <u32>shape < 1024 && wordsOf(shape) <= 8 && capsOf(shape) <= 4 && sendsOf(shape) <= 2; }

/** Copy one capability to another domain's table: its new slot, 0 for none, or a negated error. Only one that is moved away
 *  afterwards may lack the right Grant. */
export function copyCap(from: usize, slot: i32, to: usize, moving: bool): i32 {
  if (slot == 0) return 0;
  const cap = capAt(from, slot), kind = kindOf(cap);
  if (kind == OBJECT_NONE || kind == OBJECT_REPLY) return BAD_HANDLE;
  if (!moving && !(rightsOf(cap) & RIGHT_GRANT)) return NO_RIGHT;
  const free = findSlot(to);
  if (free < 0) return free;
  fillSlot(to, free, kind, rightsOf(cap), objectOf(cap), badgeOf(cap), cap);
  return free;
}

/** Copy the capabilities in the registers c0… (slots of `from`) to `to`; the registers then hold its slots. All or none.
 *  `moving` (an answer): they leave `from`'s table in any case. */
export function transferRegisters(from: usize, to: usize, count: i32, moving: bool): i32 {
  const a = getCap(0), b = getCap(1), c = getCap(2), d = getCap(3);
  let status: i32 = OK;
  for (let i = 0; i < count; i++) {
    const slot = copyCap(from, getCap(i), to, moving);
    if (slot < 0) {
      for (let j = 0; j < i; j++) if (getCap(j)) deleteCap(capAt(to, getCap(j)));
      status = slot;
      break;
    }
    setCap(i, slot);
  }
  if (moving) {
    deleteSlot(from, a);
    if (count > 1) deleteSlot(from, b);
    if (count > 2) deleteSlot(from, c);
    if (count > 3) deleteSlot(from, d);
  }
  return status;
}

function deleteSlot(domain: usize, slot: i32): void {
  if (slot) deleteCap(capAt(domain, slot));
}

/** The same for slots kept in a control block at `caps`; writes the new slots to `target`. */
function transferStored(from: usize, caps: usize, to: usize, target: usize, count: i32): i32 {
  for (let i = 0; i < 4; i++) {
    const slot = i < count ? copyCap(from, load<i32>(caps + (<usize>i << 2)), to, false) : 0;
    if (slot < 0) {
      for (let j = 0; j < i; j++) { const done = load<i32>(target + (<usize>j << 2)); if (done) deleteCap(capAt(to, done)); }
      return slot;
    }
    store<i32>(target + (<usize>i << 2), slot);
  }
  return OK;
}

/** Hand the message staged in `sender` to `receiver`, a thread of the domain that owns the endpoint. On an error nothing happened. */
export function deliverMessage(sender: usize, receiver: usize, domain: usize): i32 {
  const shape = load<i32>(sender + T_SHAPE);
  const status = transferStored(<usize>load<u32>(sender + T_CALLER_DOMAIN), sender + T_CAPS, domain, receiver + T_CAPS, capsOf(shape));
  if (status < 0) return status;
  store<i32>(receiver + T_STATUS, OK);
  store<i32>(receiver + T_LABEL, load<i32>(sender + T_LABEL));
  store<i32>(receiver + T_BADGE, load<i32>(sender + T_BADGE));
  store<i32>(receiver + T_RIGHTS, load<i32>(sender + T_RIGHTS));
  store<i32>(receiver + T_SHAPE, shape);
  memory.copy(receiver + T_WORDS, sender + T_WORDS, 64);
  store<i32>(receiver + T_SEND0_LENGTH, load<i32>(sender + T_SEND0_LENGTH));
  store<i32>(receiver + T_SEND1_LENGTH, load<i32>(sender + T_SEND1_LENGTH));
  store<i32>(receiver + T_ROOM, load<i32>(sender + T_ROOM));
  store<i32>(receiver + T_CLIENT, load<i32>(sender + T_NUMBER) + 1);
  store<i32>(receiver + T_CLIENT_SERIAL, load<i32>(sender + T_SERIAL));
  return OK;
}

/** From now on `sender` waits for `domain` to answer. */
export function awaitReply(sender: usize, domain: usize): void {
  store<i32>(sender + T_STATE, THREAD_REPLY);
  store<u32>(sender + T_SERVER, <u32>domain);
  store<i32>(sender + T_DELIVERED, 0);
}

/** Answer a waiting caller with the registers, capabilities from `from`'s table: 0 or a negated error. The caller then only
 *  needs to be woken. If a capability cannot be passed, the caller gets that error. */
export function answerCaller(caller: usize, serial: i32, from: usize, status: i32, shape: i32): i32 {
  if (status > 0 || status < LAST_ERROR) status = BAD_MESSAGE;
  // An answer moves its capabilities, also if there is nobody left to get them; one with an error carries none.
  const caps = status < 0 ? 0 : capsOf(shape);
  if (load<i32>(caller + T_STATE) != THREAD_REPLY || load<i32>(caller + T_SERIAL) != serial) {
    for (let i = 0; i < caps; i++) deleteSlot(from, getCap(i));
    return CANCELED;
  }
  let result = status;
  store<i64>(caller + T_CAPS, 0);
  store<i64>(caller + T_CAPS + 8, 0);
  if (caps > 0) {
    const to = <usize>load<u32>(caller + T_CALLER_DOMAIN);
    for (let i = 0; i < caps; i++) {
      const slot = copyCap(from, getCap(i), to, true);
      if (slot < 0) {
        for (let j = 0; j < i; j++) { const done = load<i32>(caller + T_CAPS + (<usize>j << 2)); if (done) deleteCap(capAt(to, done)); }
        store<i64>(caller + T_CAPS, 0);
        store<i64>(caller + T_CAPS + 8, 0);
        result = slot;
        break;
      }
      store<i32>(caller + T_CAPS + (<usize>i << 2), slot);
    }
  }
  for (let i = 0; i < caps; i++) deleteSlot(from, getCap(i));
  saveWords(caller + T_WORDS, wordsOf(shape));
  store<i32>(caller + T_SHAPE, shape);
  store<i32>(caller + T_STATUS, result);
  store<i32>(caller + T_SERIAL, serial + 1);
  runnable(caller);
  return OK;
}
