// 2Q, full version (Johnson and Shasha, VLDB 1994), with Kin a quarter and Kout half of the capacity.
//
//   list 0  A1in: pages seen once, first in first out     list 1  Am: pages seen again after they had left A1in, least recently used first
//   list 2  A1out: ghosts of pages that left A1in

import { ghostAdd, ghostFind, ghostRemove, ghostsTrim } from "./ghosts";
import { PolicyEntry, PolicyState, addHottest, coldest, countOf, makeHottest } from "./policy-state";

export function twoQueuesAdd(policy: PolicyState, entry: PolicyEntry): void {
  const ghost = ghostFind(policy, entry.object, entry.index);
  if (changetype<usize>(ghost)) ghostRemove(policy, ghost);
  addHottest(policy, changetype<usize>(ghost) ? 1 : 0, entry);
}

/** References while a page is in A1in are correlated: they do not count. */
export function twoQueuesTouch(policy: PolicyState, entry: PolicyEntry): void { if (entry.list == 1) makeHottest(policy, 1, entry); }

export function twoQueuesFirst(policy: PolicyState, capacity: u32): PolicyEntry {
  const list = countOf(policy, 0) > max(capacity >> 2, 1) || !countOf(policy, 1) ? 0 : 1;
  return coldest(policy, list);
}

export function twoQueuesRemoved(policy: PolicyState, entry: PolicyEntry, list: i32, capacity: u32): void {
  if (list != 0) return;
  ghostAdd(policy, 2, entry.object, entry.index);
  ghostsTrim(policy, 2, max(capacity >> 1, 1));
}
