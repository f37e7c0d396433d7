// ARC (Megiddo and Modha, FAST 2003). Pages are given up before it is known which come in, so the target adapts after the replacement and not before.
//
//   list 0  T1: pages seen once lately     list 1  T2: pages seen at least twice lately
//   list 2  B1: ghosts from T1             list 3  B2: ghosts from T2              target: pages that T1 should have

import { ghostAdd, ghostFind, ghostRemove, ghostsTrim } from "./ghosts";
import { PolicyEntry, PolicyState, addHottest, coldest, countOf, makeHottest } from "./policy-state";

export function arcAdd(policy: PolicyState, entry: PolicyEntry, capacity: u32): void {
  const ghost = ghostFind(policy, entry.object, entry.index);
  if (!changetype<usize>(ghost)) { addHottest(policy, 0, entry); return; }
  const b1 = countOf(policy, 2), b2 = countOf(policy, 3);
  if (ghost.list == 2) policy.target = min(capacity, policy.target + max(b2 / b1, 1));
  else policy.target -= min(policy.target, max(b1 / b2, 1));
  ghostRemove(policy, ghost);
  addHottest(policy, 1, entry);
}

export function arcTouch(policy: PolicyState, entry: PolicyEntry): void { makeHottest(policy, 1, entry); }

export function arcFirst(policy: PolicyState): PolicyEntry {
  const t1 = countOf(policy, 0);
  return coldest(policy, t1 > 0 && (t1 > policy.target || !countOf(policy, 1)) ? 0 : 1);
}

/** Ghosts: at most `capacity` of T1 and B1 together, and of all four at most twice that. */
export function arcRemoved(policy: PolicyState, entry: PolicyEntry, list: i32, capacity: u32): void {
  ghostAdd(policy, list + 2, entry.object, entry.index);
  const t1 = countOf(policy, 0), t2 = countOf(policy, 1);
  ghostsTrim(policy, 2, capacity > t1 ? capacity - t1 : 0);
  const rest = t1 + t2 + countOf(policy, 2);
  const most = capacity << 1;
  ghostsTrim(policy, 3, most > rest ? most - rest : 0);
}
