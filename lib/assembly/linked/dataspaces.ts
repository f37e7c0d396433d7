// Reading and writing Dataspaces from a member of a linked module. One that another member pages would be asked of the group's own
// endpoint, where nobody can answer while this thread is inside; the kernel refuses that (WouldDeadlock), and the page is asked of the
// member here, by a function call.
//
// PAGERS says whose a Dataspace is: buckets of PAGER_WAYS entries by its object number, the most recent first. One that is gone stays
// until others push it out; then its number names either nothing or a Dataspace that is entered anew.

import * as kernel from "../kernel";
import { BadArgument, WouldDeadlock } from "../../../abi/generated/assembly/errors";
import { LABEL_PAGE_FAULT, SLOT_SELF } from "../../../abi/layout/limits";
import { BADGE_MASK, enter, memberOf, rootBadge } from "./calls";
import { inside } from "./frame";
import { PAGERS, PAGER_BUCKETS, PAGER_WAYS } from "./layout";

const PAGE_BITS: i64 = 12;
/** How often a page may vanish again between its arrival and our look at it. */
const PATIENCE: i32 = 64;

@inline function bucket(object: u32): usize { return PAGERS + <usize>(((object >> 6) ^ object) & (PAGER_BUCKETS - 1)) * PAGER_WAYS * 8; }

export function dataspaceSetPager(member: i32, dataspace: i32, endpoint: i32, badge: i32): i32 {
  if (endpoint != SLOT_SELF) return kernel.dataspaceSetPager(dataspace, endpoint, badge);
  if (<u32>badge & ~BADGE_MASK) return BadArgument;
  const status = kernel.dataspaceSetPager(dataspace, endpoint, rootBadge(member) | badge);
  if (status >= 0 && kernel.capInfo(dataspace) >= 0) enterPager(<u32>kernel.w1, <u32>(rootBadge(member) | badge));
  return status;
}

function enterPager(object: u32, badge: u32): void {
  const first = bucket(object);
  let at = first;
  while (at < first + (PAGER_WAYS - 1) * 8 && load<u32>(at) && load<u32>(at) != object) at += 8;
  for (; at > first; at -= 8) store<u64>(at, load<u64>(at - 8));
  store<u32>(first, object);
  store<u32>(first, badge, 4);
}

/** The badge with which a member pages the Dataspace, or -1. */
function pagerOf(slot: i32): i64 {
  if (kernel.capInfo(slot) < 0) return -1;
  const object = <u32>kernel.w1, first = bucket(object);
  for (let at = first; at < first + PAGER_WAYS * 8; at += 8) if (load<u32>(at) == object) return <i64><u64>load<u32>(at, 4);
  return -1;
}

@inline export function dataspaceRead(slot: i32, offset: i64, selector: i32, destination: usize, length: i32): i32 {
  const got = kernel.dataspaceRead(slot, offset, selector, destination, length);
  return got == length ? got : goOn(slot, offset, selector, destination, length, got, false);
}

@inline export function dataspaceWrite(slot: i32, offset: i64, selector: i32, source: usize, length: i32): i32 {
  const got = kernel.dataspaceWrite(slot, offset, selector, source, length);
  return got == length ? got : goOn(slot, offset, selector, source, length, got, true);
}

/** Less than `length` was copied: at the end, for an error, or before an absent page of a member's. Keeps the message registers. */
function goOn(slot: i32, offset: i64, selector: i32, address: usize, length: i32, got: i32, writing: bool): i32 {
  const w0 = kernel.w0, w1 = kernel.w1, w2 = kernel.w2, w3 = kernel.w3, w4 = kernel.w4, w5 = kernel.w5, w6 = kernel.w6, w7 = kernel.w7;
  const c0 = kernel.c0, c1 = kernel.c1, c2 = kernel.c2, c3 = kernel.c3, label = kernel.label, badge = kernel.badge, rights = kernel.rights;
  const s0a = kernel.s0a, s0n = kernel.s0n, s1a = kernel.s1a, s1n = kernel.s1n, r0a = kernel.r0a, r0n = kernel.r0n, shape = kernel.shape, answer = kernel.answer;
  let done = 0;
  for (let attempts = 0; attempts < PATIENCE; attempts++) {
    if (got > 0) { done += got; attempts = 0; }
    if (done == length || (got < 0 && got != WouldDeadlock)) break;
    const asked = askMember(slot, offset + <i64>done, length - done, writing);
    if (asked != 0) { got = asked < 0 ? asked : got; break; }
    got = writing ? kernel.dataspaceWrite(slot, offset + <i64>done, selector, address + <usize>done, length - done)
      : kernel.dataspaceRead(slot, offset + <i64>done, selector, address + <usize>done, length - done);
  }
  kernel.w0 = w0; kernel.w1 = w1; kernel.w2 = w2; kernel.w3 = w3; kernel.w4 = w4; kernel.w5 = w5; kernel.w6 = w6; kernel.w7 = w7;
  kernel.c0 = c0; kernel.c1 = c1; kernel.c2 = c2; kernel.c3 = c3; kernel.label = label; kernel.badge = badge; kernel.rights = rights;
  kernel.s0a = s0a; kernel.s0n = s0n; kernel.s1a = s1a; kernel.s1n = s1n; kernel.r0a = r0a; kernel.r0n = r0n; kernel.shape = shape; kernel.answer = answer;
  return done > 0 ? done : got;
}

/** Have a member make the page at `at` present: 0 if it did, 1 if there is nothing that one could ask, or a negated error. */
function askMember(slot: i32, at: i64, rest: i32, writing: bool): i32 {
  const pager = pagerOf(slot);
  if (pager < 0 || kernel.dataspaceInfo(slot) < 0 || at >= kernel.w0) return 1;
  const member = memberOf(<u32>pager);
  if (inside & 1 << member) return WouldDeadlock;
  const page = at >> PAGE_BITS, end = min(at + <i64>rest, kernel.w0);
  kernel.w0 = page;
  kernel.w1 = ((end - 1) >> PAGE_BITS) - page + 1;
  kernel.w2 = writing && (at & 4095) == 0 && end - at >= 4096 ? 1 : 0;
  if (writing) kernel.w1 = 1;
  return min(enter(member, LABEL_PAGE_FAULT, <i32>(<u32>pager & BADGE_MASK), 0, 3, true, 0, 0, 0, 0, 0, 0), 0);
}
