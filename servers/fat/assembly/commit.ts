// The group commit. Whatever moment the world stops at, every entry on the disk points to a whole chain of its own, as long as its file; the worst
// is clusters that nobody owns. (1) to (3) are the phases; between two of them everything is on stable storage (flush).
//
//   (1) data of files, and chains of new clusters, to which nothing refers yet
//  (1b) links from old chains to new clusters: a chain is longer than its file for a moment, never shorter
//   (2) entries of directories. Those that a rename has written anew come in a step of their own, after the old ones are gone, so that two
//       names never own one chain; for a directory that changes its parent, first `..`, then the new name. What names are between two steps,
//       the old entry's MOVING tells. A file without clusters cannot be found again by them, and cannot be shared: its old name goes last.
//   (3) ends of chains that were cut; and after them, entries that become free: only from then on may the clusters be used again
//
// An error leaves everything to be done again by the next commit.

import { volume_flush, volume_writeBack } from "../../../abi/generated/assembly/client/volume";
import { FSINFO_FREE_AT, FSINFO_NEXT_AT, SLOT_CASE, SLOT_CREATED_TENTHS } from "../../../lib/formats/fat";
import { listAfter, listFirst, listIsEmpty } from "../../../lib/assembly/memory/list";
import { entryFill, entryStore } from "./entry";
import { Extents, extentAt, extentsLength } from "./extents";
import { Inode, clustersOf, inodeOfChanged, inodeRest, inodeUnchanged, isNoInode, isRoot } from "./inode";
import { KIND_FAT, KIND_SLOTS, imageRead, isNoCopy, sectorCopy, sectorsForget, sectorsWrite, writeThrough } from "./sectors";
import { entryWrite, writeCuts, writeFrees } from "./table";
import { Volume, changedList } from "./volume";

/** Steps of the second phase. */
export const STEP_NOW: u32 = 0;
export const STEP_RENAMED: u32 = 1;
export const STEP_TURNED: u32 = 2;
export const LAST_STEP: u32 = 3;

/** Everything that was done so far is on stable storage when this returns 0. Errors are negated. */
export function commit(volume: Volume): i32 {
  if (!hasChanges(volume)) { volume.changedSince = 0; return 0; }
  const status = phases(volume);
  volume.lastError = status;
  if (status < 0) return status;
  finish(volume);
  return 0;
}

function hasChanges(volume: Volume): bool {
  return !listIsEmpty(changedList(volume)) || volume.slotCopies != 0 || volume.fatCopies != 0 || extentsLength(volume.freed) != 0 || extentsLength(volume.cuts) != 0;
}

function phases(volume: Volume): i32 {
  let status = storeEntries(volume);
  storeMoves(volume);
  // (1)
  if (status >= 0) status = volume_writeBack(volume.cache, 0);
  if (status >= 0) status = sectorsWrite(volume, KIND_FAT, 0);
  if (status >= 0) status = volume_flush(volume.cache);
  // (1b)
  if (status >= 0) status = storeLinks(volume);
  if (status >= 0 && volume.fatCopies) status = flushTable(volume);
  // (2)
  for (let step: u32 = 0; step <= LAST_STEP && status >= 0 && volume.slotCopies; step++) {
    if (step && !(volume.steps >> step & 1)) continue;
    status = sectorsWrite(volume, KIND_SLOTS, step);
    if (status >= 0) status = volume_flush(volume.cache);
  }
  if (status >= 0 && extentsLength(volume.moving)) {
    status = settleMoves(volume);
    if (status >= 0) status = volume_flush(volume.cache);
  }
  // (3)
  if (status >= 0 && extentsLength(volume.cuts)) {
    status = writeCuts(volume);
    if (status >= 0) status = flushTable(volume);
  }
  if (status >= 0 && extentsLength(volume.freed)) {
    status = writeFrees(volume);
    if (status >= 0) status = sectorsWrite(volume, KIND_FAT, 0);
  }
  return status < 0 ? status : storeInfo(volume);
}

function flushTable(volume: Volume): i32 {
  const status = sectorsWrite(volume, KIND_FAT, 0);
  return status < 0 ? status : volume_flush(volume.cache);
}

function storeEntries(volume: Volume): i32 {
  const head = changedList(volume);
  for (let link = listFirst(head); link != head; link = listAfter(link)) {
    const inode = inodeOfChanged(link);
    if (!inode.entryChanged || !inode.linked || isRoot(inode)) continue;
    const status = entryStore(inode);
    if (status < 0) return status;
  }
  return 0;
}

/** Old entries that may have to give a file's name back: with its clusters and size as they are in this commit. (A file is not emptied in the commit
 *  that renames it.) */
function storeMoves(volume: Volume): void {
  for (let i: u32 = 0; i < extentsLength(volume.moving); i++) {
    const extent = extentAt(volume.moving, i);
    const inode = changetype<Inode>(<usize>extent.count);
    const copy = sectorCopy(volume, extent.start);
    if (isNoInode(inode) || !inode.cluster || isNoCopy(copy)) continue;
    const slot = copy.bytes + <usize>(extent.first << 5);
    const first = load<u8>(slot, SLOT_CREATED_TENTHS);
    entryFill(inode, slot);
    store<u8>(slot, first, SLOT_CREATED_TENTHS);
  }
}

function storeLinks(volume: Volume): i32 {
  const head = changedList(volume);
  for (let link = listFirst(head); link != head; link = listAfter(link)) {
    const inode = inodeOfChanged(link);
    if (!inode.linkFrom) continue;
    const status = entryWrite(volume, inode.linkFrom, inode.linkTo);
    if (status < 0) return status;
  }
  return 0;
}

/** The renames are over: what their old entries tell must be gone before clusters are freed that one of them may speak of. */
function settleMoves(volume: Volume): i32 {
  for (let i: u32 = 0; i < extentsLength(volume.moving); i++) {
    const extent = extentAt(volume.moving, i);
    const copy = sectorCopy(volume, extent.start);
    if (isNoCopy(copy)) continue;
    store<u8>(copy.bytes + <usize>(extent.first << 5), 0, SLOT_CASE);
    const status = writeThrough(volume, extent.start, copy.bytes, 512);
    if (status < 0) return status;
  }
  if (volume.moving) changetype<Extents>(volume.moving).length = 0;
  return 0;
}

/** FSInfo is a hint, and kept up as one. */
export function storeInfo(volume: Volume): i32 {
  if (!volume.fsInfo) return 0;
  const status = imageRead(volume, <u64>volume.fsInfo << 9, volume.page, 512);
  if (status < 0) return status;
  if (load<u32>(volume.page, FSINFO_FREE_AT) == volume.free && load<u32>(volume.page, FSINFO_NEXT_AT) == volume.hint) return 0;
  store<u32>(volume.page, volume.free, FSINFO_FREE_AT);
  store<u32>(volume.page, volume.hint, FSINFO_NEXT_AT);
  return writeThrough(volume, volume.fsInfo, volume.page, 512);
}

function finish(volume: Volume): void {
  sectorsForget(volume, KIND_SLOTS);
  const head = changedList(volume);
  while (!listIsEmpty(head)) {
    const inode = inodeOfChanged(listFirst(head));
    inode.fresh = clustersOf(inode);
    inode.linkFrom = 0;
    inode.linkTo = 0;
    inode.cut = false;
    inode.moved = false;
    inode.entryChanged = false;
    inodeUnchanged(inode);
    inodeRest(inode);
  }
  volume.steps = 0;
  if (volume.gone) changetype<Extents>(volume.gone).length = 0;
  volume.changedSince = 0;
  volume.commits++;
}

/** Make clusters that were given up usable, if that helps to get `count`: 0, or a negated error of the disk. */
export function reclaim(volume: Volume, count: u32): i32 {
  return volume.freedClusters && volume.freedClusters + volume.free >= count ? commit(volume) : 0;
}
