// Reading: making pages present with what is on the disk. At most CHUNK pages at a time, through the volume's transfer buffer.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, Io, NoMemory, QuotaExceeded } from "../../../abi/generated/assembly/errors";
import { mutexAcquire, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { arrivalAwait, arrivalTell } from "./arrival";
import { diskRead } from "./disk-io";
import { evictClean } from "./evict";
import { imageNewer } from "./image";
import { CacheObject, isImage, objectFind } from "./object";
import { BUSY, Page, isBusy, isMapped, pageAdd, pageFind, pageRemove, placeAt, sectorOfImage, setDirty, setPlaces } from "./page";
import { promise, unpromise } from "./shares";
import { MAX_TOTAL, PAGE_SIZE, SECTOR, SMALL_CHUNK, state } from "./state";
import { Volume, keepFilled } from "./volume-record";

const ATTEMPTS: i32 = 64;

/** Whether `places` are sectors of the disk, or 0, for blocks of this size. */
export function arePlaces(volume: Volume, blockSize: u32, places: usize, count: i32): bool {
  const sectors = blockSize / SECTOR;
  for (let i = 0; i < count; i++) {
    const place = load<u32>(places + (<usize>i << 2));
    if (place > volume.sectors || (place && volume.sectors - place < sectors)) return false;
  }
  return true;
}

/** Make `count` (at most CHUNK) pages of an object present, of which `wanted` must be: how many are from the first, or a negated error if not
 *  even those. `places`: as in the call, ignored for the image. */
export function readPages(volume: Volume, number: u32, first: u32, count: i32, wanted: i32, blockSize: u32, places: usize): i32 {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let object = objectFind(volume, number);
    if (!changetype<usize>(object)) return BadArgument;
    // Somebody is reading them, perhaps ahead: they come without another call.
    while (underWay(object, first, wanted) && arrivalAwait(volume)) {
      object = objectFind(volume, number);
      if (!changetype<usize>(object)) return BadArgument;
    }
    const missing = countMissing(object, first, count);
    if (!missing && presentBits(object, first, count) == allBits(count)) return nameAll(volume, object, first, count, wanted, blockSize, places);
    let status = promise(volume, missing);
    if (status < 0) return status;
    status = mutexAcquire(volume.mutex);
    if (status < 0) {
      unpromise(volume, missing);
      return status;
    }
    object = objectFind(volume, number);
    const found = changetype<usize>(object) != 0 && !volume.ended, need = found ? countMissing(object, first, count) : 0, enough = need <= missing;
    let made: u32 = 0, result: i32 = found ? NoMemory : BadArgument;
    if (found && enough) {
      made = makeRecords(object, first, count, blockSize, places);
      if (made == need) result = makePresent(volume, object, first, count, wanted);
      settle(volume, object, first, count, result < 0 ? 0 : wanted);
    }
    mutexRelease(volume.mutex);
    unpromise(volume, missing - made);
    if (enough) return result;
  }
  return NoMemory;
}

/** Whether one of `count` pages is absent but being read. */
function underWay(object: CacheObject, first: u32, count: i32): bool {
  const present = count ? presentBits(object, first, count) : 0;
  for (let i = 0; i < count; i++) {
    const page = pageFind(object, first + <u32>i);
    if (!(present >> i & 1) && changetype<usize>(page) && isBusy(page)) return true;
  }
  return false;
}

function countMissing(object: CacheObject, first: u32, count: i32): u32 {
  let missing: u32 = 0;
  for (let i = 0; i < count; i++) if (!changetype<usize>(pageFind(object, first + <u32>i))) missing++;
  return missing;
}

/** Which pages are present: bits from the first on. */
export function presentBits(object: CacheObject, first: u32, count: i32): u64 {
  return kernel.dataspaceMarks(object.dataspace, <i32>first, count, 0) < 0 ? 0 : <u64>kernel.w0;
}

@inline function allBits(count: i32): u64 { return count >= 64 ? -1 : (<u64>1 << count) - 1; }

/** All are there already: remember where they belong. */
function nameAll(volume: Volume, object: CacheObject, first: u32, count: i32, wanted: i32, blockSize: u32, places: usize): i32 {
  for (let i = 0; i < count; i++) {
    const page = pageFind(object, first + <u32>i);
    if (!isImage(object)) setPlaces(page, blockSize, places + <usize>i * placeBytes(blockSize));
    if (i < wanted) keepFilled(volume, page);
  }
  return count;
}

/** Bytes of the places of one page. */
@inline export function placeBytes(blockSize: u32): usize { return <usize>(PAGE_SIZE / blockSize) << 2; }

/** Records for all pages, which are BUSY from now on: how many are new; fewer than were missing without memory. */
export function makeRecords(object: CacheObject, first: u32, count: i32, blockSize: u32, places: usize): u32 {
  const present = presentBits(object, first, count);
  let made: u32 = 0;
  for (let i = 0; i < count; i++) {
    let page = pageFind(object, first + <u32>i);
    if (!changetype<usize>(page)) {
      page = pageAdd(object, first + <u32>i, 0);
      if (!changetype<usize>(page)) return made;
      made++;
      // Nobody said so, but it was written: it may not be lost.
      if (present >> i & 1) setDirty(page);
    }
    page.flags |= BUSY;
    if (!isImage(object)) setPlaces(page, blockSize, places + <usize>i * placeBytes(blockSize));
  }
  return made;
}

/** The end of reading: nothing is BUSY, pages that did not come have no record unless they were mapped meanwhile, those that were waited for are named. */
export function settle(volume: Volume, object: CacheObject, first: u32, count: i32, named: i32): void {
  const present = presentBits(object, first, count);
  for (let i = 0; i < count; i++) {
    const page = pageFind(object, first + <u32>i);
    if (!changetype<usize>(page)) continue;
    page.flags &= ~BUSY;
    if (!(present >> i & 1)) { if (!page.recent && !isMapped(page)) pageRemove(page, false); } else if (i < named) keepFilled(volume, page);
  }
  arrivalTell(volume);
}

/** Read what is absent, and supply it: how many pages are present from the first, or a negated error if fewer than `wanted`. */
function makePresent(volume: Volume, object: CacheObject, first: u32, count: i32, wanted: i32): i32 {
  const before = presentBits(object, first, count), absent = ~before & allBits(count);
  let good = count, status = readAbsent(volume, object, first, 0, count, before);
  if (status < 0 && count > 1) {
    // One of them is bad: those ahead of it are not.
    for (good = 0, status = 0; good < count; good++) {
      status = before >> good & 1 ? 0 : readAbsent(volume, object, first, good, good + 1, before);
      if (status < 0) break;
    }
  } else if (status < 0) good = 0;
  if (good < wanted) return status;
  const short = supply(volume, object, first, good, before);
  if (short < 0) return short;
  volume.misses += popcnt(absent & allBits(good));
  if (wanted < good) volume.readAhead += popcnt(absent & allBits(good) & ~allBits(wanted));
  return good;
}

/** Put the bytes of the absent ones of pages from … to-1 into the transfer buffer, where page `first` is its start: neighbours on the disk by one call. */
export function readAbsent(volume: Volume, object: CacheObject, first: u32, from: i32, to: i32, present: u64): i32 {
  const image = isImage(object);
  let at: i32 = 0, sector: u32 = 0, length: i32 = 0;
  for (let i = from; i < to; i++) {
    if (present >> i & 1) continue;
    const page = pageFind(object, first + <u32>i), size = image ? imageBytes(volume, page) : <i32>page.blockSize, blocks = image ? 1 : PAGE_SIZE / size;
    for (let block = 0; block < blocks; block++) {
      const target = i * PAGE_SIZE + block * size, place = image ? sectorOfImage(page) : load<u32>(placeAt(page, block));
      if (!place && !image) { memory.fill(volume.transfer + <usize>target, 0, <usize>size); continue; }
      if (length && place == sector + <u32>(length / SECTOR) && target == at + length) { length += size; continue; }
      const status = readRun(volume, image, sector, at, length);
      if (status < 0) return status;
      at = target;
      sector = place;
      length = size;
    }
  }
  return readRun(volume, image, sector, at, length);
}

/** Bytes of a page of the disk: fewer than a page at its end. */
function imageBytes(volume: Volume, page: Page): i32 { return min(PAGE_SIZE, <i32>(volume.sectors - sectorOfImage(page)) * SECTOR); }

function readRun(volume: Volume, image: bool, sector: u32, at: i32, length: i32): i32 {
  if (!length) return 0;
  const target = volume.transfer + <usize>at, status = diskRead(volume, sector, target, length);
  if (status == 0 && !image) imageNewer(volume, sector, target, length);
  return status;
}

/** Supply those of `count` pages that are not `present` from the transfer buffer: 0, or a negated error. What was cut off meanwhile stays absent. */
function supply(volume: Volume, object: CacheObject, first: u32, count: i32, present: u64): i32 {
  // Whoever has the Dataspace might cut it or give its pages up all the time.
  for (let attempt = 0; attempt < 2 * ATTEMPTS; attempt++, present = presentBits(object, first, count)) {
    const absent = ~present & allBits(count), done = <i32>ctz(absent);
    if (!absent) return 0;
    const status = kernel.dataspaceSupply(object.dataspace, <i64>(first + <u32>done) * PAGE_SIZE, volume.transfer + <usize>(done * PAGE_SIZE), (count - done) * PAGE_SIZE);
    if (status > 0) continue;
    if (status != QuotaExceeded && status != NoMemory) return status < 0 ? Io : 0;
    // There are fewer frames than pages: make do with what there is.
    const wanted = <u32>popcnt(absent);
    state().total = max(state().used - min(wanted, state().used), <u32>SMALL_CHUNK);
    let evicted: u32 = 0;
    while (evicted < wanted && evictClean(volume, MAX_TOTAL)) evicted++;
    if (!evicted) return NoMemory;
  }
  return NoMemory;
}
