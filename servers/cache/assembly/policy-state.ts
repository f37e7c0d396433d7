// What replacement policies keep: for each volume up to four lists of pages, from the coldest (next to be given up) to the hottest, and for each page its
// place in one of them. What each list is for is said in the policy's file.

import { HashLink } from "../../../lib/assembly/memory/hash-table";
import { LIST_LINK_SIZE, listAppend, listInitialize, listRemove } from "../../../lib/assembly/memory/list";

@unmanaged export class PolicyState {
  list0: u64;
  list1: u64;
  list2: u64;
  list3: u64;
  count0: u32;
  count1: u32;
  count2: u32;
  count3: u32;
  /** ARC: pages that list 0 should have. */
  target: u32;
  /** A ReplacementPolicy. */
  kind: u32;
}

/** First part of a page's record, and of a ghost's. */
@unmanaged export class PolicyEntry extends HashLink {
  next: u32;
  previous: u32;
  /** Number of the object (0: the disk's own). */
  object: u32;
  /** Page number in the object. */
  index: u32;
  /** The volume's PolicyState: the same object number may occur in several. */
  policy: u32;
  /** Which list it is in; -1: none. */
  list: i32;
  /** Clock: it was referenced since the hand passed. */
  referenced: bool;
}

const LINK: usize = offsetof<PolicyEntry>("next");

@inline export function entryOf(link: usize): PolicyEntry { return changetype<PolicyEntry>(link - LINK); }
@inline export function linkOf(entry: PolicyEntry): usize { return changetype<usize>(entry) + LINK; }
@inline export function listOf(policy: PolicyState, list: i32): usize { return changetype<usize>(policy) + (<usize>list << 3); }
@inline export function countOf(policy: PolicyState, list: i32): u32 { return load<u32>(changetype<usize>(policy) + offsetof<PolicyState>("count0") + (<usize>list << 2)); }
@inline function addCount(policy: PolicyState, list: i32, by: i32): void {
  const at = changetype<usize>(policy) + offsetof<PolicyState>("count0") + (<usize>list << 2);
  store<u32>(at, load<u32>(at) + by);
}

export function listsInitialize(policy: PolicyState): void {
  memory.fill(changetype<usize>(policy), 0, offsetof<PolicyState>());
  for (let list = 0; list < 4; list++) listInitialize(listOf(policy, list));
}

/** Put an entry that is in no list at the hot end. */
export function addHottest(policy: PolicyState, list: i32, entry: PolicyEntry): void {
  listAppend(listOf(policy, list), linkOf(entry));
  entry.list = list;
  addCount(policy, list, 1);
}

export function takeOut(policy: PolicyState, entry: PolicyEntry): void {
  if (entry.list < 0) return;
  listRemove(linkOf(entry));
  addCount(policy, entry.list, -1);
  entry.list = -1;
}

/** Move to the hot end of a list. */
export function makeHottest(policy: PolicyState, list: i32, entry: PolicyEntry): void {
  takeOut(policy, entry);
  addHottest(policy, list, entry);
}

/** The coldest entry of a list, or null. */
export function coldest(policy: PolicyState, list: i32): PolicyEntry { return warmerThan(policy, list, listOf(policy, list)); }

/** The entry after a link of a list, or null at the hot end. */
export function warmerThan(policy: PolicyState, list: i32, link: usize): PolicyEntry {
  const next = <usize>load<u32>(link);
  return next == listOf(policy, list) ? changetype<PolicyEntry>(0) : entryOf(next);
}

if (LIST_LINK_SIZE != 8) ERROR("a list's head is not 8 bytes");
