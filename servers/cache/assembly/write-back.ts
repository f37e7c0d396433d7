// Writing back. The caller holds the volume's mutex, so no page is on its way to the disk twice, and no old contents overtake new ones.
//
// (1) A page's mark is cleared and its record becomes DIRTY, in one step under the server's lock. (2) It is read and written. (3) It is no longer
// DIRTY, unless it has got places meanwhile (AGAIN). A write that comes after (1) sets the mark again; what fails between leaves it DIRTY, so it is
// written again later. The disk's own pages and those of files never go in one batch: what a file's page puts on the disk is put into the disk's own
// page as well (image.ts), so an old copy of the same sectors, there, must not follow it.

import * as kernel from "../../../lib/assembly/kernel";
import { MARK_DIRTY, MARK_PAGES, MARK_REFERENCED } from "../../../abi/layout/limits";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { BATCH_LIMIT, batchAdd, batchCopy, batchSort, partAt } from "./batch";
import { diskWrite } from "./disk-io";
import { imageWritten } from "./image";
import { CacheObject, isImage, pageList } from "./object";
import { AGAIN, Page, isDirty, pageFind, pageOfLink, placeAt, sectorOfImage, setClean, setDirty } from "./page";
import { PAGE_LIMIT, PAGE_SIZE, SECTOR, TRANSFER } from "./state";
import { Volume, objectList } from "./volume-record";

/** Parts that a group of marked pages may add. */
const GROUP: u32 = <u32>MARK_PAGES * <u32>(PAGE_SIZE / SECTOR);

/** Write back all that is dirty: 0, or the first error. */
export function writeBackAll(volume: Volume): i32 {
  const image = writeBackObject(volume, changetype<CacheObject>(<usize>volume.image)), files = writeBackFiles(volume);
  return image < 0 ? image : files;
}

/** All objects but the disk's own. */
export function writeBackFiles(volume: Volume): i32 {
  let error: i32 = 0;
  for (let link = listFirst(objectList(volume)); link != objectList(volume); link = listAfter(link)) {
    const object = changetype<CacheObject>(link);
    if (!isImage(object)) error = firstError(error, collectObject(volume, object));
  }
  return done(volume, firstError(error, writeBatch(volume)));
}

export function writeBackObject(volume: Volume, object: CacheObject): i32 {
  const error = collectObject(volume, object);
  return done(volume, firstError(error, writeBatch(volume)));
}

@inline function firstError(error: i32, next: i32): i32 { return error < 0 ? error : next; }

function done(volume: Volume, status: i32): i32 {
  volume.lastError = status;
  return status;
}

/** Put all dirty pages into the batch, which is written whenever it is full. */
function collectObject(volume: Volume, object: CacheObject): i32 {
  if (volume.readOnly) return 0;
  let error = collectKnown(volume, object);
  object.dirtySince = 0;
  for (let next = kernel.dataspaceNextDirty(object.dataspace, 0); next >= 0; next = kernel.dataspaceNextDirty(object.dataspace, next)) {
    if (volume.batchCount + GROUP > BATCH_LIMIT) error = firstError(error, writeBatch(volume));
    if (kernel.dataspaceMarks(object.dataspace, next, MARK_PAGES, 0) < 0) break;
    collectMarked(volume, object, next, <u64>kernel.w1);
    next += MARK_PAGES;
    if (<u32>next >= PAGE_LIMIT) break;
  }
  return error;
}

/** Pages of a group that are marked. One without a record was written by somebody who had not mapped it: its mark stays until that is made good. */
function collectMarked(volume: Volume, object: CacheObject, first: i32, marked: u64): void {
  while (marked) {
    const from = <i32>ctz(marked);
    let end = from;
    while (end < MARK_PAGES && marked >> <u64>end & 1 && changetype<usize>(pageFind(object, <u32>(first + end)))) end++;
    if (end == from) { marked &= marked - 1; continue; }
    kernel.dataspaceMarks(object.dataspace, first + from, end - from, MARK_DIRTY);
    for (let i = from; i < end; i++) collectPage(volume, pageFind(object, <u32>(first + i)));
    marked = end < MARK_PAGES ? marked >> <u64>end << <u64>end : 0;
  }
}

/** Those that were found dirty before and could not be written. */
function collectKnown(volume: Volume, object: CacheObject): i32 {
  if (!object.dirtyPages) return 0;
  let link = listFirst(pageList(object));
  while (link != pageList(object)) {
    const page = pageOfLink(link);
    link = listAfter(link);
    if (!isDirty(page) || page.pending) continue;
    if (volume.batchCount + GROUP > BATCH_LIMIT) {
      const error = writeBatch(volume);
      if (error < 0) return error;
      // Clean pages may have been given up meanwhile.
      link = listFirst(pageList(object));
      continue;
    }
    // It is read later than this: once is enough.
    kernel.dataspaceMarks(object.dataspace, <i32>page.index, 1, MARK_DIRTY);
    collectPage(volume, page);
  }
  return 0;
}

/** A page whose mark was cleared is DIRTY from now on; its blocks that have a place join the batch, neighbours as one part. */
export function collectPage(volume: Volume, page: Page): void {
  setDirty(page);
  if (page.pending) return;
  if (isImage(page.target)) {
    const sector = sectorOfImage(page);
    batchAdd(volume, sector, page, 0, min(PAGE_SIZE, <i32>(volume.sectors - sector) * SECTOR));
    return;
  }
  const size = <i32>page.blockSize, sectors = <u32>(size / SECTOR);
  let start: i32 = 0, sector: u32 = 0, length: i32 = 0;
  for (let block = 0; block < PAGE_SIZE / size; block++) {
    const place = load<u32>(placeAt(page, block));
    if (length && place && place == sector + <u32>(length / SECTOR)) { length += size; continue; }
    if (length) batchAdd(volume, sector, page, start, length);
    start = block * size;
    sector = place;
    length = place ? <i32>(sectors * SECTOR) : 0;
  }
  if (length) batchAdd(volume, sector, page, start, length);
}

/** Write the batch, and empty it: 0, or the first error; the pages of what failed stay DIRTY. */
export function writeBatch(volume: Volume): i32 {
  let error: i32 = 0, failed: u32 = 0;
  batchSort(volume);
  for (let at: u32 = 0; at < volume.batchCount;) {
    const from = at, sector = partAt(volume, at).sector;
    let length: i32 = 0;
    // As many parts as lie one behind the other.
    while (at < volume.batchCount) {
      const part = partAt(volume, at);
      if (part.sector != sector + <u32>(length / SECTOR) || length + <i32>part.length > TRANSFER) break;
      if (!readPage(part.whole, part.offset, volume.transfer + <usize>length, part.length)) break;
      length += part.length;
      at++;
    }
    // A page that was cut off its object is not wanted on the disk any more.
    if (at == from) { written(volume, partAt(volume, at++).whole); continue; }
    const status = diskWrite(volume, sector, volume.transfer, length);
    if (status == 0 && !isImage(partAt(volume, from).whole.target)) imageWritten(volume, sector, volume.transfer, length);
    error = firstError(error, status);
    // A page that is clean may go as soon as the lock is dropped: only those that failed are looked at again.
    for (let i = from; i < at; i++) {
      if (status == 0) written(volume, partAt(volume, i).whole);
      else batchCopy(volume, i, failed++);
    }
  }
  for (let i: u32 = 0; i < failed; i++) {
    const page = partAt(volume, i).whole;
    page.pending = 0;
    page.flags &= ~AGAIN;
  }
  volume.batchCount = 0;
  return error;
}

/** A part of a page is on the disk. */
function written(volume: Volume, page: Page): void {
  if (--page.pending) return;
  if (page.flags & AGAIN) {
    page.flags &= ~AGAIN;
    return;
  }
  setClean(page);
  volume.writeBacks++;
}

/** Copy from a page, zeros behind the object's end; false if it is not present. Reading here is no reference. */
function readPage(page: Page, offset: i32, buffer: usize, length: i32): bool {
  const dataspace = page.target.dataspace;
  if (kernel.dataspaceMarks(dataspace, <i32>page.index, 1, 0) < 0 || !(kernel.w0 & 1)) return false;
  const referenced = (kernel.w2 & 1) != 0;
  const got = kernel.dataspaceRead(dataspace, <i64>page.index * PAGE_SIZE + offset, 0, buffer, length);
  if (got < 0) return false;
  if (got < length) memory.fill(buffer + <usize>got, 0, <usize>(length - got));
  if (!referenced) kernel.dataspaceMarks(dataspace, <i32>page.index, 1, MARK_REFERENCED);
  return true;
}
