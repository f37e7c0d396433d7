// Capabilities: the only authority. A capability sits in a slot of a domain's table and names an object with rights and a
// badge; what is derived from it hangs below it in a tree, so that revoking reaches everything (I1, I3).
//
//   table: D_DIRECTORY[slot >> 8] -> chunk, chunk + (slot & 255) * 64 -> capability
//   an absent chunk is chunk 0, which stays empty, so that a look-up needs no test
//
// Looking up takes no lock: kind, rights and object are one aligned 64-bit word. Changing the tree needs the kernel lock.

import {
  CHUNKS, CHUNK_SIZE, MAX_CHUNKS, C_KIND, C_OBJECT, C_BADGE, C_PARENT, C_FIRST_CHILD, C_NEXT, C_PREVIOUS, C_WHERE, C_EXTRA,
  C_ORPHAN_NEXT, CAP_FLAG_WATCHED, CAP_FLAG_ORPHAN_QUEUED, D_DIRECTORY, D_FREE_SLOT, D_NEXT_SLOT, D_CAPS, D_CAP_QUOTA, D_HOLDERS, D_NUMBER,
  DOMAINS, DOMAIN_SIZE, H_FREE_CHUNK, H_NEXT_CHUNK, H_COUNT_CAPS, H_COUNT_REPLIES, E_ORPHANS,
} from "../../../abi/layout/kernel-memory";
import { FAULT_KILLED, OBJECT_DOMAIN, OBJECT_NONE, OBJECT_ENDPOINT, OBJECT_REPLY, RIGHT_ALL, SLOT_FIRST_FREE } from "../../../abi/layout/limits";
import { QUOTA_EXCEEDED, BAD_ARGUMENT } from "../status";
import { takeFromPool, giveToPool, bump } from "./pool";
import { reference, unreference } from "./reference";
import { killDomain } from "./domain";
import { cancelCaller } from "./endpoint";
import { offerNotice } from "./endpoint-queue";

const SLOTS: i32 = 65536;

/** Address of the capability in a slot (an empty one for slots that do not exist). */
@inline export function capAt(domain: usize, slot: i32): usize {
  const index = <u32>slot < <u32>SLOTS ? <u32>slot : 0;
  return <usize>load<u32>(domain + D_DIRECTORY + (<usize>(index >> 8) << 2)) + (<usize>(index & 255) << 6);
}
@inline export function kindOf(cap: usize): i32 { return <i32>load<u8>(cap); }
@inline export function rightsOf(cap: usize): i32 { return <i32>load<u8>(cap, 1); }
@inline export function objectOf(cap: usize): usize { return <usize>load<u32>(cap, C_OBJECT); }
@inline export function badgeOf(cap: usize): i32 { return load<i32>(cap, C_BADGE); }
@inline export function domainOf(cap: usize): usize { return DOMAINS + <usize>(load<u32>(cap, C_WHERE) >> 16) * DOMAIN_SIZE; }
@inline export function slotOf(cap: usize): i32 { return <i32>(load<u32>(cap, C_WHERE) & 0xffff); }

function setUpChunk(domain: usize, index: i32): usize {
  const chunk = takeFromPool(H_FREE_CHUNK, H_NEXT_CHUNK, CHUNKS, CHUNK_SIZE, MAX_CHUNKS, C_EXTRA);
  if (chunk) store<u32>(domain + D_DIRECTORY + (<usize>index << 2), <u32>chunk);
  return chunk;
}

/** A domain's directory before it has capabilities. */
export function emptyTable(domain: usize): void {
  for (let i: usize = 0; i < 256; i++) store<u32>(domain + D_DIRECTORY + (i << 2), CHUNKS);
  store<i32>(domain + D_FREE_SLOT, 0);
  store<i32>(domain + D_NEXT_SLOT, SLOT_FIRST_FREE);
}

/** Give all chunks back; the table must be empty. */
export function freeTable(domain: usize): void {
  for (let i: usize = 0; i < 256; i++) {
    const entry = domain + D_DIRECTORY + (i << 2);
    const chunk = <usize>load<u32>(entry);
    if (chunk != CHUNKS) { giveToPool(H_FREE_CHUNK, chunk, C_EXTRA); store<u32>(entry, CHUNKS); }
  }
}

/** A free slot, or a negated error. */
export function findSlot(domain: usize): i32 {
  if (load<i32>(domain + D_CAPS) >= load<i32>(domain + D_CAP_QUOTA)) return QUOTA_EXCEEDED;
  const free = load<i32>(domain + D_FREE_SLOT);
  if (free) return free;
  const next = load<i32>(domain + D_NEXT_SLOT);
  if (next >= SLOTS) return QUOTA_EXCEEDED;
  if (load<u32>(domain + D_DIRECTORY + (<usize>(next >> 8) << 2)) == CHUNKS && !setUpChunk(domain, next >> 8)) return QUOTA_EXCEEDED;
  return next;
}

/** Whether slot `slot` can be filled: below SLOT_FIRST_FREE and empty; makes its chunk. */
export function reserveSlot(domain: usize, slot: i32): i32 {
  if (slot <= 0 || slot >= SLOT_FIRST_FREE) return BAD_ARGUMENT;
  if (load<u32>(domain + D_DIRECTORY) == CHUNKS && !setUpChunk(domain, 0)) return QUOTA_EXCEEDED;
  if (kindOf(capAt(domain, slot)) != OBJECT_NONE) return BAD_ARGUMENT;
  return slot;
}

/** `slot`, at `cap`, is free no more. */
function takeSlot(domain: usize, slot: i32, cap: usize): void {
  if (slot < SLOT_FIRST_FREE) return;
  if (slot == load<i32>(domain + D_FREE_SLOT)) store<i32>(domain + D_FREE_SLOT, load<i32>(cap, C_EXTRA));
  else store<i32>(domain + D_NEXT_SLOT, slot + 1);
}

function freeSlot(domain: usize, slot: i32, cap: usize): void {
  if (slot < SLOT_FIRST_FREE) return;
  store<i32>(cap, load<i32>(domain + D_FREE_SLOT), C_EXTRA);
  store<i32>(domain + D_FREE_SLOT, slot);
}

/** Fill a slot that findSlot or reserveSlot gave. `parent` 0: a root of a tree of its own. Takes a reference on the object. */
export function fillSlot(domain: usize, slot: i32, kind: i32, rights: i32, object: usize, badge: i32, parent: usize): usize {
  const cap = capAt(domain, slot);
  takeSlot(domain, slot, cap);
  // What it says is 0 still. Its badge goes from one capability's to another's: (1) in sched/inline.
  store<i32>(cap, badge, C_BADGE);
  memory.fill(cap + C_PARENT, 0, 64 - C_PARENT);
  store<u32>(cap, load<u32>(domain + D_NUMBER) << 16 | <u32>slot, C_WHERE);
  if (parent) {
    const first = load<u32>(parent, C_FIRST_CHILD);
    store<u32>(cap, <u32>parent, C_PARENT);
    store<u32>(cap, first, C_NEXT);
    if (first) store<u32>(<usize>first, <u32>cap, C_PREVIOUS);
    store<u32>(parent, <u32>cap, C_FIRST_CHILD);
  }
  if (kind == OBJECT_REPLY) bump(H_COUNT_REPLIES, 1); else reference(kind, object);
  if (kind == OBJECT_DOMAIN) bump(object + D_HOLDERS, 1);
  store<i64>(cap, <i64>(<u64>object << 32 | <u64>(rights & RIGHT_ALL) << 8 | <u64>kind));
  bump(domain + D_CAPS, 1);
  bump(H_COUNT_CAPS, 1);
  return cap;
}

/** Delete one capability. The object goes with its last one. A watched parent that has no children left sends its notice. */
export function deleteCap(cap: usize): void {
  const kind = kindOf(cap);
  if (kind == OBJECT_NONE) return;
  const object = objectOf(cap), badge = badgeOf(cap), parent = <usize>load<u32>(cap, C_PARENT), domain = domainOf(cap), slot = slotOf(cap);
  if (load<u32>(cap, C_KIND) & CAP_FLAG_ORPHAN_QUEUED) withdrawOrphan(cap, object);
  unlinkCap(cap);
  store<i64>(cap, 0);
  freeSlot(domain, slot, cap);
  bump(domain + D_CAPS, -1);
  bump(H_COUNT_CAPS, -1);
  if (kind == OBJECT_REPLY) {
    bump(H_COUNT_REPLIES, -1);
    // Whoever gives up the right to answer tells the caller so.
    cancelCaller(object, badge);
  } else {
    // Nobody could manage the domain any more.
    if (kind == OBJECT_DOMAIN) { bump(object + D_HOLDERS, -1); if (load<i32>(object + D_HOLDERS) == 0) killDomain(object, FAULT_KILLED, 137); }
    unreference(kind, object);
  }
  if (parent) noticeIfOrphaned(parent);
}

/** Move a capability to a slot that reserveSlot or findSlot gave. Its place in the tree, its watch and a notice that waits go with it. */
export function moveCap(cap: usize, slot: i32): void {
  const domain = domainOf(cap), old = slotOf(cap), to = capAt(domain, slot), word = load<u64>(cap);
  takeSlot(domain, slot, to);
  memory.copy(to + 8, cap + 8, 56);
  store<u32>(to, load<u32>(domain + D_NUMBER) << 16 | <u32>slot, C_WHERE);
  const parent = <usize>load<u32>(cap, C_PARENT), next = <usize>load<u32>(cap, C_NEXT), previous = <usize>load<u32>(cap, C_PREVIOUS);
  if (previous) store<u32>(previous, <u32>to, C_NEXT);
  else if (parent) store<u32>(parent, <u32>to, C_FIRST_CHILD);
  if (next) store<u32>(next, <u32>to, C_PREVIOUS);
  for (let child = <usize>load<u32>(cap, C_FIRST_CHILD); child; child = <usize>load<u32>(child, C_NEXT)) store<u32>(child, <u32>to, C_PARENT);
  if (<u32>word & CAP_FLAG_ORPHAN_QUEUED) {
    let link = objectOf(cap) + E_ORPHANS;
    while (<usize>load<u32>(link) != cap) link = <usize>load<u32>(link) + C_ORPHAN_NEXT;
    store<u32>(link, <u32>to);
  }
  store<u64>(cap, 0);
  store<u64>(to, word);
  freeSlot(domain, old, cap);
}

/** Take a capability out of its tree; its children go to its parent. */
function unlinkCap(cap: usize): void {
  // First out of the list of siblings, then its children to the parent: so the order in that list does not matter.
  const parent = <usize>load<u32>(cap, C_PARENT), next = <usize>load<u32>(cap, C_NEXT), previous = <usize>load<u32>(cap, C_PREVIOUS);
  if (previous) store<u32>(previous, <u32>next, C_NEXT);
  else if (parent) store<u32>(parent, <u32>next, C_FIRST_CHILD);
  if (next) store<u32>(next, <u32>previous, C_PREVIOUS);
  let child = <usize>load<u32>(cap, C_FIRST_CHILD);
  while (child) {
    const after = <usize>load<u32>(child, C_NEXT);
    const first: usize = parent ? <usize>load<u32>(parent, C_FIRST_CHILD) : 0;
    store<u32>(child, <u32>parent, C_PARENT);
    store<u32>(child, 0, C_PREVIOUS);
    store<u32>(child, <u32>first, C_NEXT);
    if (first) store<u32>(first, <u32>child, C_PREVIOUS);
    if (parent) store<u32>(parent, <u32>child, C_FIRST_CHILD);
    child = after;
  }
}

/** A watched capability whose last derived one is gone: tell the endpoint, once. */
export function noticeIfOrphaned(cap: usize): void {
  const word = load<u32>(cap, C_KIND);
  if (!(word & CAP_FLAG_WATCHED) || (word & CAP_FLAG_ORPHAN_QUEUED) || load<u32>(cap, C_FIRST_CHILD)) return;
  if ((word & 255) != OBJECT_ENDPOINT) return;
  store<u32>(cap, (word | CAP_FLAG_ORPHAN_QUEUED) & ~CAP_FLAG_WATCHED, C_KIND);
  const endpoint = objectOf(cap);
  store<u32>(cap, load<u32>(endpoint, E_ORPHANS), C_ORPHAN_NEXT);
  store<u32>(endpoint, <u32>cap, E_ORPHANS);
  offerNotice(endpoint);
}

function withdrawOrphan(cap: usize, endpoint: usize): void {
  let link = endpoint + E_ORPHANS;
  while (load<u32>(link)) {
    const found = <usize>load<u32>(link);
    if (found == cap) { store<u32>(link, load<u32>(cap, C_ORPHAN_NEXT)); return; }
    link = found + C_ORPHAN_NEXT;
  }
}

/** Delete up to `limit` capabilities derived from `cap`, leaves first: whether all are gone. Restartable. */
export function revokeSome(cap: usize, limit: i32): bool {
  let at = cap;
  while (limit > 0) {
    const first = <usize>load<u32>(at, C_FIRST_CHILD);
    if (first) { at = first; continue; }
    if (at == cap) return true;
    const parent = <usize>load<u32>(at, C_PARENT);
    deleteCap(at);
    at = parent;
    limit--;
  }
  return load<u32>(cap, C_FIRST_CHILD) == 0;
}
