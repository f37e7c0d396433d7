// Calls of a linked module's members. One to another member is a function call: its dispatch runs at once, on the caller's ranges, and
// the kernel is not asked. It looks to both as a call through the kernel does: same checks, same registers, same errors; but the
// domain's lock is kept, and no trace shows it. Any other call goes to the kernel.

import * as kernel from "../kernel";
import { BadHandle, BadMessage, Canceled, NoRight, WouldDeadlock } from "../../../abi/generated/assembly/errors";
import { MESSAGE_CAPS, MESSAGE_WORDS, NOT_RELAYED, RIGHT_ALL, RIGHT_GRANT, RIGHT_WRITE, SLOT_SELF } from "../../../abi/layout/limits";
import {
  delivered, direct, inside, receive, room, send0, send0Length, send1, send1Length, setDelivered, setInside, setReceive, setSends,
} from "./frame";
import { BADGE_BITS } from "./group";
import { dispatchMember } from "./members";
import { badgeOf, capsArrived, isOwn, renewed, rightsOf, slotKnown } from "./slots";

export const BADGE_MASK: u32 = (1 << BADGE_BITS) - 1;
const FOR_EVER: i64 = -1;

@inline export function rootBadge(member: i32): i32 { return member << BADGE_BITS; }
@inline export function memberOf(badge: u32): i32 { return <i32>(badge >> BADGE_BITS); }

@inline export function call(member: i32, endpoint: i32, label: i32, shape: i32): i32 {
  const known = slotKnown(endpoint);
  if (isOwn(known)) return callOwn(member, endpoint, known, label, shape);
  return shape >> 4 & 7 ? callOutside(member, endpoint, label, shape, FOR_EVER) : arrived(kernel.call(endpoint, label, shape));
}

@inline export function callTimed(member: i32, endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
  const known = slotKnown(endpoint);
  return isOwn(known) ? callOwn(member, endpoint, known, label, shape) : callOutside(member, endpoint, label, shape, timeout);
}

export function send(member: i32, endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
  const known = slotKnown(endpoint);
  if (!isOwn(known)) {
    const lent = lendSelf(member, shape);
    const status = kernel.send(endpoint, label, shape, timeout);
    if (lent > 0) kernel.capDelete(lent);
    return lent < 0 ? lent : status;
  }
  const status = callOwn(member, endpoint, known, label, shape);
  for (let i = 0; i < MESSAGE_CAPS; i++) if (capRegister(i)) kernel.capDelete(capRegister(i));
  return status == WouldDeadlock || status == NoRight || status == BadMessage ? status : 0;
}

/** To another member with the ranges of the current call, be it from a member or from outside. */
export function relay(member: i32, endpoint: i32, label: i32, shape: i32): i32 {
  const known = slotKnown(endpoint);
  if (!isOwn(known)) return direct || shape >> 4 & 7 ? NOT_RELAYED : arrived(kernel.relay(endpoint, label, shape));
  const sends = shape >> 7 & 3, before = delivered;
  // As the kernel does it: who has saved the reply, or hides a range, calls for himself.
  if (inside < 0 || ((sends > 0 ? 0 : send0Length) | (sends > 1 ? 0 : send1Length) | (shape >> 9 & 1 ? 0 : room)) != 0) return NOT_RELAYED;
  const status = callMember(member, endpoint, known, label, shape, direct, send0, sends > 0 ? send0Length : 0, send1, sends > 1 ? send1Length : 0, receive, shape >> 9 & 1 ? room : 0);
  if (direct) setDelivered(max(before, kernel.r0n));
  return status;
}

@inline function callOwn(member: i32, endpoint: i32, known: u64, label: i32, shape: i32): i32 {
  const sends = shape >> 7 & 3;
  return callMember(member, endpoint, known, label, shape, true,
    kernel.s0a, sends > 0 ? max(kernel.s0n, 0) : 0, kernel.s1a, sends > 1 ? max(kernel.s1n, 0) : 0, kernel.r0a, shape >> 9 & 1 ? max(kernel.r0n, 0) : 0);
}

function arrived(status: i32): i32 {
  capsArrived();
  return status;
}

function callOutside(member: i32, endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
  const lent = lendSelf(member, shape);
  if (lent < 0) return failed(lent);
  const status = timeout < 0 ? kernel.call(endpoint, label, shape) : kernel.callTimed(endpoint, label, shape, timeout);
  capsArrived();
  if (lent > 0) kernel.capDelete(lent);
  return status;
}

/** Who sends its SLOT_SELF means itself, not the group: a capability with the member's badge, to be deleted after the call, takes its
 *  place. 0: none was sent. */
function lendSelf(member: i32, shape: i32): i32 {
  let lent = 0;
  for (let i = shape >> 4 & 7; i-- > 0;) {
    if (capRegister(i) != SLOT_SELF || member == 0) continue;
    if (!lent) lent = renewed(kernel.capMint(SLOT_SELF, RIGHT_ALL, rootBadge(member)));
    if (lent < 0) return lent;
    setCapRegister(i, lent);
  }
  return lent;
}

/** `known`: of the slot `endpoint`. Ranges: of the group's memory if `within`, else those of the call from outside, of which only the lengths are known here. */
function callMember(member: i32, endpoint: i32, known: u64, label: i32, shape: i32, within: bool, s0: usize, s0Length: i32, s1: usize, s1Length: i32, r: usize, rLength: i32): i32 {
  const target = endpoint == SLOT_SELF ? member : memberOf(badgeOf(known)), badge = <i32>(badgeOf(known) & BADGE_MASK);
  if ((shape & 15) > MESSAGE_WORDS || (shape >> 4 & 7) > MESSAGE_CAPS || (shape >> 7 & 3) > 2 || <u32>shape >= 1024) return failed(BadMessage);
  if (!(rightsOf(known) & RIGHT_WRITE)) return failed(NoRight);
  if (inside & 1 << target) return failed(WouldDeadlock);
  if (shape >> 4 & 7) {
    const copied = copyCaps(member, shape >> 4 & 7);
    if (copied < 0) return failed(copied);
  }
  return enter(target, label, badge, rightsOf(known), shape, within, s0, s0Length, s1, s1Length, r, rLength);
}

/** Run a member's dispatch on a message whose words and capabilities are in the registers. */
export function enter(target: i32, label: i32, badge: i32, rights: i32, shape: i32, within: bool, s0: usize, s0Length: i32, s1: usize, s1Length: i32, r: usize, rLength: i32): i32 {
  const oInside = inside, oDirect = direct, oSend0 = send0, oSend0Length = send0Length, oSend1 = send1, oSend1Length = send1Length;
  const oReceive = receive, oRoom = room, oDelivered = delivered;
  setInside(oInside | 1 << target, within);
  setSends(s0, s0Length, s1, s1Length);
  setReceive(r, rLength, 0);
  kernel.s0n = s0Length;
  kernel.s1n = s1Length;
  kernel.r0n = rLength;
  kernel.label = label;
  kernel.badge = badge;
  kernel.rights = rights;
  kernel.shape = shape;
  kernel.answer = 0;
  let status = dispatchMember(target, label, badge);
  // Nobody can answer it later: saveReply is refused.
  if (status > 0) status = Canceled;
  kernel.r0n = delivered;
  if (status < 0 || !(kernel.answer >> 4 & 7)) { kernel.c0 = 0; kernel.c1 = 0; kernel.c2 = 0; kernel.c3 = 0; }
  setInside(oInside, oDirect);
  setSends(oSend0, oSend0Length, oSend1, oSend1Length);
  setReceive(oReceive, oRoom, oDelivered);
  return status;
}

/** The callee gets capabilities of its own, in the table that both use. */
function copyCaps(member: i32, count: i32): i32 {
  for (let i = 0; i < count; i++) {
    const slot = capRegister(i);
    const copy = slot == 0 ? 0 : slot == SLOT_SELF && member ? kernel.capMint(SLOT_SELF, RIGHT_ALL, rootBadge(member)) : copyToPass(slot);
    if (copy < 0) {
      for (let j = 0; j < i; j++) if (capRegister(j)) kernel.capDelete(capRegister(j));
      return copy;
    }
    setCapRegister(i, renewed(copy));
  }
  return 0;
}

function copyToPass(slot: i32): i32 {
  const w0 = kernel.w0, w1 = kernel.w1, w2 = kernel.w2, w3 = kernel.w3, w4 = kernel.w4, w5 = kernel.w5, w6 = kernel.w6, w7 = kernel.w7;
  const info = kernel.capInfo(slot);
  kernel.w0 = w0; kernel.w1 = w1; kernel.w2 = w2; kernel.w3 = w3; kernel.w4 = w4; kernel.w5 = w5; kernel.w6 = w6; kernel.w7 = w7;
  return info < 0 ? BadHandle : info >> 8 & RIGHT_GRANT ? kernel.capCopy(slot) : NoRight;
}

@inline function capRegister(index: i32): i32 { return index == 0 ? kernel.c0 : index == 1 ? kernel.c1 : index == 2 ? kernel.c2 : kernel.c3; }
function setCapRegister(index: i32, slot: i32): void {
  if (index == 0) kernel.c0 = slot;
  else if (index == 1) kernel.c1 = slot;
  else if (index == 2) kernel.c2 = slot;
  else kernel.c3 = slot;
}

/** An answer that carries nothing. */
function failed(status: i32): i32 {
  kernel.c0 = 0;
  kernel.c1 = 0;
  kernel.c2 = 0;
  kernel.c3 = 0;
  kernel.r0n = 0;
  return status;
}
