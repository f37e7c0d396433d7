// A policy by itself, over pages that are nothing but a number: for tests against models, and for comparing policies. Not part of the image.

import { initializeAllocator } from "../../../lib/assembly/memory/allocator";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { policyAdd, policyFirst, policyInitialize, policyRemove, policySwitch, policyTouch } from "./policy";
import { PolicyEntry, PolicyState, countOf } from "./policy-state";
import { initializeState, pageTable } from "./state";

/** A policy of this kind; its address. */
export function start(kind: u32): usize {
  initializeAllocator();
  if (!initializeState()) return 0;
  const policy = allocate(<i32>offsetof<PolicyState>());
  policyInitialize(changetype<PolicyState>(policy), kind);
  return policy;
}

function find(page: u32): PolicyEntry {
  for (let node = hashFirst(pageTable(), hashNumber(page)); node; node = hashNext(node)) {
    if (changetype<PolicyEntry>(node).index == page) return changetype<PolicyEntry>(node);
  }
  return changetype<PolicyEntry>(0);
}

/** Refer to a page in a memory of `capacity` pages: -1 if it was there, -2 if it came into a free one, else the page that was given up for it. */
export function refer(at: usize, capacity: u32, page: u32): i32 {
  const policy = changetype<PolicyState>(at), known = find(page);
  if (changetype<usize>(known)) {
    policyTouch(policy, known);
    return -1;
  }
  let gone: i32 = -2;
  if (countOf(policy, 0) + countOf(policy, 1) == capacity) {
    const victim = policyFirst(policy, capacity);
    gone = <i32>victim.index;
    policyRemove(policy, victim, true, capacity);
    hashRemove(pageTable(), changetype<usize>(victim));
    release(changetype<usize>(victim));
  }
  const entry = changetype<PolicyEntry>(allocate(<i32>offsetof<PolicyEntry>()));
  entry.index = page;
  entry.list = -1;
  hashInsert(pageTable(), changetype<usize>(entry), hashNumber(page));
  policyAdd(policy, entry, capacity);
  return gone;
}

/** Go on with another kind; how many pages it has. */
export function change(at: usize, kind: u32, capacity: u32): u32 {
  const policy = changetype<PolicyState>(at);
  policySwitch(policy, kind, capacity);
  return countOf(policy, 0) + countOf(policy, 1);
}
