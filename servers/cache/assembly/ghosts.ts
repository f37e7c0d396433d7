// Ghosts: what 2Q and ARC remember of pages that were given up. A ghost is an entry of a list like a page, and found by its key in one table.

import { HashTable, hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { PolicyEntry, PolicyState, addHottest, coldest, countOf, takeOut } from "./policy-state";
import { ghostTable } from "./state";

@inline function hashOf(policy: PolicyState, object: u32, index: u32): u32 { return hashNumber(<u64>object << 32 | index) ^ <u32>changetype<usize>(policy); }
@inline function table(): HashTable { return ghostTable(); }

/** The ghost of a page, or null. */
export function ghostFind(policy: PolicyState, object: u32, index: u32): PolicyEntry {
  for (let node = hashFirst(table(), hashOf(policy, object, index)); node; node = hashNext(node)) {
    const ghost = changetype<PolicyEntry>(node);
    if (ghost.object == object && ghost.index == index && <usize>ghost.policy == changetype<usize>(policy)) return ghost;
  }
  return changetype<PolicyEntry>(0);
}

/** Remember a page in `list`, as its hottest. Without memory it is forgotten. */
export function ghostAdd(policy: PolicyState, list: i32, object: u32, index: u32): void {
  const ghost = changetype<PolicyEntry>(allocate(<i32>offsetof<PolicyEntry>()));
  if (!changetype<usize>(ghost)) return;
  ghost.object = object;
  ghost.index = index;
  ghost.policy = <u32>changetype<usize>(policy);
  ghost.list = -1;
  hashInsert(table(), changetype<usize>(ghost), hashOf(policy, object, index));
  addHottest(policy, list, ghost);
}

export function ghostRemove(policy: PolicyState, ghost: PolicyEntry): void {
  takeOut(policy, ghost);
  hashRemove(table(), changetype<usize>(ghost));
  release(changetype<usize>(ghost));
}

/** Forget the coldest ghosts of a list until it has at most `most`. */
export function ghostsTrim(policy: PolicyState, list: i32, most: u32): void {
  while (countOf(policy, list) > most) ghostRemove(policy, coldest(policy, list));
}
