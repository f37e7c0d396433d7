// Giving up pages of one volume: what its policy offers first and that is clean, not busy, not named recently and not mapped a moment ago. Under the server's
// lock alone, so it may be any volume's. On the way, references that the kernel has marked are told to the policy.

import * as kernel from "../../../lib/assembly/kernel";
import { MARK_REFERENCED } from "../../../abi/layout/limits";
import { Page, isBusy, isDirty, isMapped, pageRemove } from "./page";
import { policyFirst, policyNext, policyTouch } from "./policy";
import { PolicyEntry, countOf } from "./policy-state";
import { state } from "./state";
import { Volume, volumeCapacity } from "./volume-record";

/** Dirty pages after which it is time to write some. */
export const DIRTY_SKIPS: u32 = 64;

@inline export function pageCount(volume: Volume): u32 { return countOf(volume.policy, 0) + countOf(volume.policy, 1); }

/** Give up one clean page; false if there is none, or none before `skips` dirty ones. */
export function evictClean(volume: Volume, skips: u32): bool {
  const policy = volume.policy;
  let entry = policyFirst(policy, volumeCapacity(volume));
  if (!changetype<usize>(entry)) return false;
  const first = entry.list;
  let dirty: u32 = 0, touched = false;
  // A page that was referenced goes to the hot end and may come once more.
  for (let steps = 2 * pageCount(volume) + 2; steps && changetype<usize>(entry) && dirty < skips; steps--) {
    const page = changetype<Page>(entry);
    entry = policyNext(policy, entry, first);
    const tried = tryToEvict(volume, page);
    if (tried == EVICTED) return true;
    if (tried == STAYS_DIRTY) dirty++;
    touched = touched || tried == TOUCHED;
    if (changetype<usize>(entry) || !touched) continue;
    touched = false;
    entry = policyFirst(policy, volumeCapacity(volume));
  }
  return false;
}

const STAYS: i32 = 0;
const STAYS_DIRTY: i32 = 1;
const TOUCHED: i32 = 2;
const EVICTED: i32 = 3;

function tryToEvict(volume: Volume, page: Page): i32 {
  if (isBusy(page) || page.recent) return STAYS;
  if (isDirty(page)) return STAYS_DIRTY;
  if (isMapped(page)) {
    state().mappedSeen++;
    return STAYS;
  }
  const dataspace = page.target.dataspace, index = <i32>page.index;
  if (kernel.dataspaceMarks(dataspace, index, 1, MARK_REFERENCED) < 0) return STAYS;
  const present = (kernel.w0 & 1) != 0, dirty = (kernel.w1 & 1) != 0, marked = (kernel.w2 & 1) != 0;
  if (marked || page.referenced) {
    page.referenced = false;
    if (!marked) return TOUCHED;
    volume.hits++;
    policyTouch(volume.policy, page);
    return TOUCHED;
  }
  if (dirty || (present && kernel.dataspaceReclaim(dataspace, index, 1) != 1)) return STAYS_DIRTY;
  if (present) volume.evictions++;
  pageRemove(page, true);
  return EVICTED;
}
