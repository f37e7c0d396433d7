// Ageing: what the home Worker does once a second. For each object: references that the kernel has marked are told to the policy, and when it has been dirty
// for AGE it is written. One object at a time holds the volume's mutex, so that nobody waits for more than that.

import * as kernel from "../../../lib/assembly/kernel";
import { MARK_REFERENCED } from "../../../abi/layout/limits";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { mutexAcquire, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { CacheObject, objectFind, pageList } from "./object";
import { BLANK, Page, isDirty, pageOfLink, pageRemove } from "./page";
import { policyTouch } from "./policy";
import { AGE, volumeList } from "./state";
import { Volume, objectList, volumeLeave } from "./volume-record";
import { writeBackObject } from "./write-back";

/** Microseconds from one round to the next. */
export const ROUND: i64 = 1_000_000;

export function ageAll(): void {
  const now = <u64>kernel.monotonic();
  let link = listFirst(volumeList());
  while (link != volumeList()) {
    const volume = changetype<Volume>(link);
    volume.users++;
    ageVolume(volume, now);
    link = listAfter(link);
    volumeLeave(volume);
  }
}

function ageVolume(volume: Volume, now: u64): void {
  volume.ageCursor = <u32>listFirst(objectList(volume));
  while (<usize>volume.ageCursor != objectList(volume) && !volume.ended) {
    const object = changetype<CacheObject>(<usize>volume.ageCursor);
    volume.ageCursor = object.next;
    ageObject(volume, object, now);
  }
}

function ageObject(volume: Volume, object: CacheObject, now: u64): void {
  let link = listFirst(pageList(object));
  while (link != pageList(object)) {
    const page = pageOfLink(link);
    link = listAfter(link);
    agePage(volume, object, page);
  }
  if (!object.dirtyPages && kernel.dataspaceNextDirty(object.dataspace, 0) < 0) { object.dirtySince = 0; return; }
  if (!object.dirtySince) { object.dirtySince = now; return; }
  if (now - object.dirtySince < AGE) return;
  const number = object.number;
  if (mutexAcquire(volume.mutex) < 0) return;
  // Dropped while we waited: its record may be another's.
  if (changetype<usize>(objectFind(volume, number)) == changetype<usize>(object) && !volume.ended) writeBackObject(volume, object);
  mutexRelease(volume.mutex);
}

function agePage(volume: Volume, object: CacheObject, page: Page): void {
  if (kernel.dataspaceMarks(object.dataspace, <i32>page.index, 1, MARK_REFERENCED) < 0) return;
  const dirty = (kernel.w1 & 1) != 0;
  if (kernel.w2 & 1) {
    volume.hits++;
    policyTouch(volume.policy, page);
  }
  if (!(page.flags & BLANK) || page.recent) return;
  page.flags &= ~BLANK;
  // It was supplied to be overwritten, and was not.
  if (!dirty && !isDirty(page) && kernel.dataspaceReclaim(object.dataspace, <i32>page.index, 1) == 1) pageRemove(page, true);
}
