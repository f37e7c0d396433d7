// What must hold of the cache's state whenever no thread is inside it. For tests: not part of the image.

import * as kernel from "../../../lib/assembly/kernel";
import { HashTable } from "../../../lib/assembly/memory/hash-table";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { CacheObject, isImage, pageList } from "./object";
import { BUSY, DIRTY, Page, pageFind, pageOfLink } from "./page";
import { PolicyState, coldest, countOf, linkOf, warmerThan } from "./policy-state";
import { ghostFind } from "./ghosts";
import { ghostTable, pageTable, state, volumeList } from "./state";
import { Volume, objectList, recentCount, volumeLimit } from "./volume-record";

/** 0, or the number of what does not hold. */
export function brokenInvariant(): i32 {
  let used: u32 = 0, guaranteed: u32 = 0, records: u32 = 0, ghosts: u32 = 0;
  for (let link = listFirst(volumeList()); link != volumeList(); link = listAfter(link)) {
    const volume = changetype<Volume>(link), policy = volume.policy, broken = brokenVolume(volume);
    if (broken) return broken;
    used += volume.pages;
    guaranteed += volume.guaranteed;
    records += countOf(policy, 0) + countOf(policy, 1);
    ghosts += countOf(policy, 2) + countOf(policy, 3);
  }
  if (state().used != used) return 1;
  if (used > state().total) return 2;
  if (state().guaranteed != guaranteed || guaranteed > state().total) return 3;
  if (changetype<HashTable>(pageTable()).count != records) return 4;
  return changetype<HashTable>(ghostTable()).count != ghosts ? 5 : 0;
}

function brokenVolume(volume: Volume): i32 {
  if (volume.pages > volumeLimit(volume)) return 10;
  if (volume.users || volume.batchCount) return 11;
  let pages: u32 = 0, objects: u32 = 0, recent: u32 = 0;
  for (let link = listFirst(objectList(volume)); link != objectList(volume); link = listAfter(link)) {
    const object = changetype<CacheObject>(link);
    let dirty: u32 = 0, own: u32 = 0;
    objects++;
    for (let at = listFirst(pageList(object)); at != pageList(object); at = listAfter(at)) {
      const page = pageOfLink(at), broken = brokenPage(volume, object, page);
      if (broken) return broken;
      if (page.flags & DIRTY) dirty++;
      recent += page.recent;
      own++;
    }
    if (dirty != object.dirtyPages) return 12;
    // Every page that is present has a record.
    if (kernel.dataspaceInfo(object.dataspace) < 0 || <u32>kernel.w1 > own) return 13;
    pages += own;
  }
  if (objects != volume.objects) return 14;
  // Nothing is promised.
  if (pages != volume.pages) return 15;
  if (recent != recentCount(volume)) return 16;
  const policy = volume.policy;
  for (let list = 0; list < 4; list++) if (lengthOf(policy, list) != <i32>countOf(policy, list)) return 17;
  return countOf(policy, 0) + countOf(policy, 1) != pages ? 18 : 0;
}

function brokenPage(volume: Volume, object: CacheObject, page: Page): i32 {
  if (page.flags & BUSY || page.pending) return 20;
  if (<usize>page.owner != changetype<usize>(object) || page.object != object.number) return 21;
  if (changetype<usize>(pageFind(object, page.index)) != changetype<usize>(page)) return 22;
  if (page.list != 0 && page.list != 1) return 23;
  if (<usize>page.policy != changetype<usize>(volume.policy)) return 24;
  if (changetype<usize>(ghostFind(volume.policy, page.object, page.index))) return 25;
  if (page.flags & DIRTY && (kernel.dataspaceMarks(object.dataspace, <i32>page.index, 1, 0) < 0 || !(kernel.w0 & 1)) && isImage(object)) return 26;
  return 0;
}

/** Entries of a list, or -1 if one says that it is in another. */
function lengthOf(policy: PolicyState, list: i32): i32 {
  let length = 0;
  for (let entry = coldest(policy, list); changetype<usize>(entry); entry = warmerThan(policy, list, linkOf(entry))) {
    if (entry.list != list) return -1;
    length++;
  }
  return length;
}
