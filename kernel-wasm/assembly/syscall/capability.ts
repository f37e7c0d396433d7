// capMint, capCopy, capMove, capDelete, capRevoke, capInfo, capWatch, capGrant.

import { C_BADGE, C_KIND, CAP_FLAG_WATCHED, C_OBJECT, D_NUMBER, D_STATE, DOMAIN_CREATED } from "../../../abi/layout/kernel-memory";
import { OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NONE, OBJECT_REPLY, RIGHT_ALL, RIGHT_MANAGE, RIGHT_RECEIVE, SLOT_SELF } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, NO_RIGHT, OK, PEER_DIED } from "../status";
import { current } from "../identity";
import { badgeOf, capAt, deleteCap, fillSlot, findSlot, kindOf, moveCap, objectOf, reserveSlot, revokeSome, rightsOf } from "../object/capability";
import { setEndpointOwner } from "../object/endpoint";
import { isDead } from "../object/domain";
import { clearWordsFrom, setWord } from "../registers";
import { lockKernel, unlockKernel } from "../sched/lock";
import { probeStack } from "../sched/probe";
import { obeyFlags } from "../sched/thread";

const STEP: i32 = 32;

/** Derive a copy of `source` into domain `to`; the slot or a negated error. `wanted` -1: any slot. */
function derive(source: i32, rights: i32, badge: i32, to: usize, wanted: i32): i32 {
  const cap = capAt(current, source), kind = kindOf(cap);
  if (kind == OBJECT_NONE || kind == OBJECT_REPLY) return BAD_HANDLE;
  if (badge != 0 && badgeOf(cap) != 0) return NO_RIGHT;
  // A badge says who calls: only those who receive on the endpoint may give one, or anybody could pose as anybody.
  if (badge != 0 && kind == OBJECT_ENDPOINT && !(rightsOf(cap) & RIGHT_RECEIVE)) return NO_RIGHT;
  const slot = wanted < 0 ? findSlot(to) : reserveSlot(to, wanted);
  if (slot < 0) return slot;
  fillSlot(to, slot, kind, rightsOf(cap) & rights, objectOf(cap), badge ? badge : badgeOf(cap), cap);
  return slot;
}

export function capMint(source: i32, rights: i32, badge: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  const slot = derive(source, rights, badge, current, -1);
  unlockKernel();
  return slot;
}

export function capCopy(source: i32): i32 { return capMint(source, RIGHT_ALL, 0); }

/** Moving keeps the place in the tree: what is derived from it stays so, and a watch goes with it. */
export function capMove(source: i32, to: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  const cap = capAt(current, source), kind = kindOf(cap);
  const slot = kind == OBJECT_NONE || kind == OBJECT_REPLY ? BAD_HANDLE : to < 0 ? findSlot(current) : reserveSlot(current, to);
  if (slot >= 0) moveCap(cap, slot);
  unlockKernel();
  return slot;
}

export function capGrant(domain: i32, source: i32, rights: i32, badge: i32, to: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  let slot: i32;
  const cap = capAt(current, domain);
  if (kindOf(cap) != OBJECT_DOMAIN) slot = BAD_HANDLE;
  else if (!(rightsOf(cap) & RIGHT_MANAGE)) slot = NO_RIGHT;
  else if (isDead(objectOf(cap))) slot = PEER_DIED;
  // Domains that never ran could hold each other, and live for ever (I9).
  else if (kindOf(capAt(current, source)) == OBJECT_DOMAIN && load<i32>(objectOf(cap) + D_STATE) == DOMAIN_CREATED) slot = BAD_ARGUMENT;
  else slot = derive(source, rights, badge, objectOf(cap), to);
  // Whoever makes a server gives it the endpoint to receive on: from then on the endpoint is the server's, and dies with it.
  if (slot == SLOT_SELF && to == SLOT_SELF) {
    const given = capAt(objectOf(cap), slot);
    if (kindOf(given) == OBJECT_ENDPOINT && (rightsOf(given) & RIGHT_RECEIVE) && badgeOf(given) == 0) setEndpointOwner(objectOf(given), objectOf(cap));
  }
  unlockKernel();
  return slot;
}

export function capDelete(slot: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  const cap = capAt(current, slot);
  const found = kindOf(cap) != OBJECT_NONE;
  if (found) deleteCap(cap);
  unlockKernel();
  return found ? OK : BAD_HANDLE;
}

/** In steps, the lock released between them, so that a large tree holds up nobody. */
export function capRevoke(slot: i32): i32 {
  obeyFlags();
  probeStack();
  let first = true, word: u64 = 0;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot);
    if (kindOf(cap) == OBJECT_NONE || kindOf(cap) == OBJECT_REPLY) { unlockKernel(); return BAD_HANDLE; }
    // Between two steps somebody may have revoked it, and something else come into the slot: that is not to be touched.
    if (first) { first = false; word = load<u64>(cap); }
    else if (<u32>(load<u64>(cap) >> 32) != <u32>(word >> 32)) { unlockKernel(); return OK; }
    const done = revokeSome(cap, STEP);
    unlockKernel();
    if (done) return OK;
    obeyFlags();
  }
}

export function capInfo(slot: i32): i32 {
  const cap = capAt(current, slot), kind = kindOf(cap);
  clearWordsFrom(0);
  if (kind == OBJECT_NONE) return BAD_HANDLE;
  setWord(0, <i64>badgeOf(cap));
  setWord(1, kind == OBJECT_DOMAIN ? <i64>load<i32>(objectOf(cap) + D_NUMBER) : <i64>objectOf(cap));
  return kind | rightsOf(cap) << 8;
}

export function capWatch(slot: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  const cap = capAt(current, slot);
  const status = kindOf(cap) != OBJECT_ENDPOINT ? BAD_HANDLE : badgeOf(cap) == 0 ? BAD_ARGUMENT : OK;
  if (status == OK) store<u32>(cap, load<u32>(cap, C_KIND) | CAP_FLAG_WATCHED, C_KIND);
  unlockKernel();
  return status;
}
