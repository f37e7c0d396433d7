// Writing for want of room: the dirty pages that the policy would give up first. The caller holds the volume's mutex.

import * as kernel from "../../../lib/assembly/kernel";
import { MARK_DIRTY } from "../../../abi/layout/limits";
import { BATCH_LIMIT } from "./batch";
import { pageCount } from "./evict";
import { isImage } from "./object";
import { Page, isBusy, isDirty } from "./page";
import { policyFirst, policyNext } from "./policy";
import { PAGE_SIZE, SECTOR } from "./state";
import { Volume, volumeCapacity } from "./volume-record";
import { collectPage, writeBatch } from "./write-back";

/** Pages that are written at once. */
const SOME: u32 = 256;

/** How many pages are clean that were not. The disk's own and those of files go in batches of their own. */
export function writeColdest(volume: Volume): u32 {
  if (volume.readOnly) return 0;
  const before = volume.writeBacks;
  collect(volume, true);
  let error = writeBatch(volume);
  collect(volume, false);
  error = min(error, writeBatch(volume));
  volume.lastError = error;
  return <u32>(volume.writeBacks - before);
}

function collect(volume: Volume, image: bool): void {
  const policy = volume.policy;
  let entry = policyFirst(policy, volumeCapacity(volume));
  if (!changetype<usize>(entry)) return;
  const first = entry.list;
  let found: u32 = 0;
  for (let steps = pageCount(volume); steps && changetype<usize>(entry) && found < SOME; steps--) {
    const page = changetype<Page>(entry), object = page.target;
    entry = policyNext(policy, entry, first);
    if (isBusy(page) || page.pending || isImage(object) != image) continue;
    if (volume.batchCount + <u32>(PAGE_SIZE / SECTOR) > BATCH_LIMIT) return;
    // Also that of one that is DIRTY: it is read later than this, and once is enough.
    const marked = kernel.dataspaceMarks(object.dataspace, <i32>page.index, 1, MARK_DIRTY) >= 0 && (kernel.w1 & 1) != 0;
    if (!marked && !isDirty(page)) continue;
    collectPage(volume, page);
    found++;
  }
}
