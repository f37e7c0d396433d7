// What the cache tells of a volume.

import * as kernel from "../../../lib/assembly/kernel";
import { VolumeStatistics } from "../../../abi/generated/assembly/records";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { CacheObject, pageList } from "./object";
import { isDirty, pageOfLink } from "./page";
import { Volume, objectList, volumeBorrowed, volumeLimit } from "./volume-record";

/** Fill a record of VOLUME_STATISTICS_SIZE bytes. */
export function fillStatistics(volume: Volume, buffer: usize): void {
  const figures = VolumeStatistics.at(buffer);
  figures.pages = volume.pages;
  figures.guaranteed = volume.guaranteed;
  figures.limit = volumeLimit(volume);
  figures.dirty = dirtyPages(volume);
  figures.hits = volume.hits;
  figures.misses = volume.misses;
  figures.readAhead = volume.readAhead;
  figures.evictions = volume.evictions;
  figures.writeBacks = volume.writeBacks;
  figures.barriers = volume.barriers;
  figures.diskReads = volume.diskReads;
  figures.diskWrites = volume.diskWrites;
  figures.failures = volume.failures;
  figures.objects = volume.objects;
  figures.borrowed = volumeBorrowed(volume);
  figures.lastError = volume.lastError;
  figures.policy = volume.policy.kind;
}

/** Dirty pages: those of the objects that have any are looked at one by one. */
function dirtyPages(volume: Volume): u64 {
  let dirty: u64 = 0;
  for (let link = listFirst(objectList(volume)); link != objectList(volume); link = listAfter(link)) {
    const object = changetype<CacheObject>(link);
    if (!object.dirtyPages && kernel.dataspaceNextDirty(object.dataspace, 0) < 0) continue;
    for (let at = listFirst(pageList(object)); at != pageList(object); at = listAfter(at)) {
      const page = pageOfLink(at);
      if (isDirty(page) || (kernel.dataspaceMarks(object.dataspace, <i32>page.index, 1, 0) >= 0 && kernel.w1 & 1)) dirty++;
    }
  }
  return dirty;
}
