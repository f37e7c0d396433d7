// Replacement policies behind one interface. A volume's pages are entries of its policy; the rest of the cache says
//
//   policyAdd(policy, page, capacity)       a page came in (capacity: pages that the volume may count on)
//   policyTouch(policy, page)               it was found referenced
//   policyFirst / policyNext                the pages in the order in which they should be given up; the caller takes the first that it can
//   policyRemove(policy, page, evicted, capacity)   it goes: `evicted` for want of room, or for good
//
// References are learned from the kernel's marks, in batches, so "recently" is as fine as the cache looks (age.ts, shares.ts).

import { ReplacementPolicy } from "../../../abi/generated/assembly/enums";
import { arcAdd, arcFirst, arcRemoved, arcTouch } from "./policy-arc";
import { clockFirst } from "./policy-clock";
import { PolicyEntry, PolicyState, addHottest, coldest, linkOf, listsInitialize, makeHottest, takeOut, warmerThan } from "./policy-state";
import { ghostsTrim } from "./ghosts";
import { twoQueuesAdd, twoQueuesFirst, twoQueuesRemoved, twoQueuesTouch } from "./policy-two-queues";

export const POLICIES: u32 = 4;

export function policyInitialize(policy: PolicyState, kind: u32): void {
  listsInitialize(policy);
  policy.kind = kind;
}

export function policyAdd(policy: PolicyState, entry: PolicyEntry, capacity: u32): void {
  entry.referenced = false;
  entry.policy = <u32>changetype<usize>(policy);
  switch (policy.kind) {
    case ReplacementPolicy.TwoQueues: twoQueuesAdd(policy, entry); break;
    case ReplacementPolicy.Arc: arcAdd(policy, entry, capacity); break;
    default: addHottest(policy, 0, entry);
  }
}

export function policyTouch(policy: PolicyState, entry: PolicyEntry): void {
  switch (policy.kind) {
    case ReplacementPolicy.Clock: entry.referenced = true; break;
    case ReplacementPolicy.TwoQueues: twoQueuesTouch(policy, entry); break;
    case ReplacementPolicy.Arc: arcTouch(policy, entry); break;
    default: makeHottest(policy, 0, entry);
  }
}

/** The page to give up first, or null. */
export function policyFirst(policy: PolicyState, capacity: u32): PolicyEntry {
  switch (policy.kind) {
    case ReplacementPolicy.Clock: return clockFirst(policy);
    case ReplacementPolicy.TwoQueues: return twoQueuesFirst(policy, capacity);
    case ReplacementPolicy.Arc: return arcFirst(policy);
  }
  return coldest(policy, 0);
}

/** The one to give up if `entry` cannot be, or null. `first`: the one that policyFirst gave. */
export function policyNext(policy: PolicyState, entry: PolicyEntry, first: i32): PolicyEntry {
  const next = warmerThan(policy, entry.list, linkOf(entry));
  if (changetype<usize>(next) || entry.list != first) return next;
  // The other list of pages; the policies of one list have nothing there.
  return coldest(policy, 1 - first);
}

export function policyRemove(policy: PolicyState, entry: PolicyEntry, evicted: bool, capacity: u32): void {
  const list = entry.list;
  takeOut(policy, entry);
  if (!evicted) return;
  if (policy.kind == ReplacementPolicy.TwoQueues) twoQueuesRemoved(policy, entry, list, capacity);
  else if (policy.kind == ReplacementPolicy.Arc) arcRemoved(policy, entry, list, capacity);
}

/** Go on with another policy: pages keep their order, from the coldest list to the hottest; what was remembered is forgotten. */
export function policySwitch(policy: PolicyState, kind: u32, capacity: u32): void {
  policyForget(policy);
  // All pages pass through list 3, which is empty now.
  for (let list = 0; list < 2; list++) {
    for (let entry = coldest(policy, list); changetype<usize>(entry); entry = coldest(policy, list)) makeHottest(policy, 3, entry);
  }
  policy.kind = kind;
  policy.target = 0;
  for (let entry = coldest(policy, 3); changetype<usize>(entry); entry = coldest(policy, 3)) {
    const referenced = entry.referenced;
    takeOut(policy, entry);
    policyAdd(policy, entry, capacity);
    if (referenced) policyTouch(policy, entry);
  }
}

/** Forget all ghosts. */
export function policyForget(policy: PolicyState): void {
  ghostsTrim(policy, 2, 0);
  ghostsTrim(policy, 3, 0);
}
