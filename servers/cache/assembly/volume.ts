// The interface `volume`: a disk in the cache as its file system uses it. The badge names the volume.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, NoMemory, ReadOnly } from "../../../abi/generated/assembly/errors";
import { VOLUME_STATISTICS_SIZE } from "../../../abi/generated/assembly/records";
import { RANGE_LIMIT } from "../../../abi/layout/limits";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { mutexAcquire, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { aheadAsk, aheadForget, aheadMost, aheadRing } from "./ahead";
import { diskFlush, diskWrite } from "./disk-io";
import { answer_fill, answer_object } from "./generated/volume-dispatch";
import { imageWritten } from "./image";
import { mapBegin, mapPages } from "./mapping";
import { CacheObject, objectAdd, objectFind, objectForget, objectRemove } from "./object";
import { pageFind } from "./page";
import { arePlaces, placeBytes, readPages } from "./reading";
import { CHUNK, PAGE_LIMIT, PAGE_SIZE, SECTOR, SMALL_CHUNK, state } from "./state";
import { fillStatistics } from "./statistics";
import { volumeAbandon, volumeDetach } from "./volume-end";
import { Volume, chunkOf, isNull, volumeEnter, volumeLeave } from "./volume-record";
import { writeBackAll, writeBackFiles, writeBackObject } from "./write-back";

export function object(badge: u32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  const made = objectAdd(volume, 0, false);
  let status = changetype<usize>(made) ? 0 : <i32>kernel.w0;
  if (status == 0) {
    const copy = kernel.capCopy(made.dataspace);
    if (copy > 0) answer_object(made.number, copy);
    else {
      objectRemove(made);
      status = copy;
    }
  }
  volumeLeave(volume);
  return status;
}

/** Pages that places speak of, or a negated error. */
function pagesOf(blockSize: u32, placesLength: i32, page: u32): i32 {
  if (blockSize < <u32>SECTOR || blockSize > <u32>RANGE_LIMIT || blockSize & (blockSize - 1) || placesLength & 3 || placesLength > RANGE_LIMIT) return BadArgument;
  const blocks = placesLength >> 2, perPage = blockSize < <u32>PAGE_SIZE ? PAGE_SIZE / <i32>blockSize : 1, pages = (blocks + perPage - 1) / perPage;
  return page >= PAGE_LIMIT || <u32>pages > PAGE_LIMIT - page ? BadArgument : pages;
}

/** Pages of an object that has `size` bytes, from `page` on. */
function pagesLeft(target: CacheObject, page: u32): i32 {
  if (kernel.dataspaceInfo(target.dataspace) < 0) return 0;
  const pages = <i64>((<u64>kernel.w0 + PAGE_SIZE - 1) / PAGE_SIZE) - page;
  return <i32>max<i64>(pages, 0);
}

/** Fetch the places of `count` pages, the first of which is `done` pages from the start; those that were not given are 0. */
function fetchPlaces(buffer: usize, blockSize: u32, done: i32, count: i32, length: i32): i32 {
  const each = <i32>placeBytes(blockSize), offset = done * each, size = count * each, given = min(size, length - offset);
  memory.fill(buffer, 0, <usize>size);
  return given > 0 && kernel.fetch(0, 0, offset, buffer, given) != given ? BadArgument : 0;
}

export function fill(badge: u32, number: u32, page: u32, blockSize: u32, wanted: u32, placesLength: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  let status = pagesOf(blockSize, placesLength, page);
  const target = number ? objectFind(volume, number) : changetype<CacheObject>(0);
  if (status >= 0 && !changetype<usize>(target)) status = BadArgument;
  if (status >= 0) status = fillAll(volume, target, number, page, min(blockSize, <u32>PAGE_SIZE), status, wanted, placesLength);
  volumeLeave(volume);
  if (status < 0) return status;
  answer_fill(<u32>status);
  return 0;
}

function fillAll(volume: Volume, target: CacheObject, number: u32, page: u32, blockSize: u32, pages: i32, wanted: u32, length: i32): i32 {
  const count = min(pages, pagesLeft(target, page)), waited = <i32>min<u32>(wanted, <u32>count);
  // The rest is left to the home Worker; a reader who has caught up with it waits for no more than he wants.
  const now = !state().serving ? count : changetype<usize>(pageFind(target, page)) ? max(waited, 1) : max(waited, chunkOf(volume));
  const places = allocateRaw(CHUNK * <i32>placeBytes(blockSize));
  if (!places) return NoMemory;
  let done: i32 = 0, status: i32 = 0, chunk = chunkOf(volume);
  while (done < count && done < now) {
    const some = min(min(count, now) - done, chunk);
    status = fetchPlaces(places, blockSize, done, some, length);
    if (status == 0 && !arePlaces(volume, blockSize, places, <i32>(placeBytes(blockSize) >> 2) * some)) status = BadArgument;
    if (status == 0) status = readPages(volume, number, page + <u32>done, some, max(min(waited - done, some), 0), blockSize, places);
    // Others hold what is not guaranteed.
    if (status == NoMemory && chunk > SMALL_CHUNK) { chunk = SMALL_CHUNK; continue; }
    if (status <= 0) break;
    done += status;
    if (status < some) break;
  }
  release(places);
  if (status >= 0 && done >= now && done < count) askAhead(volume, number, page, done, min(count, done + aheadMost(volume)), blockSize, length);
  // What nobody waits for may fail.
  return status < 0 && (done < waited || status == BadArgument) ? status : done;
}

/** Have pages `from` … to-1 of those that the message is about read ahead. */
function askAhead(volume: Volume, number: u32, page: u32, from: i32, to: i32, blockSize: u32, length: i32): void {
  const places = to > from && changetype<usize>(objectFind(volume, number)) ? aheadAsk(volume, number, page + <u32>from, page + <u32>to, blockSize) : 0;
  if (!places) return;
  if (fetchPlaces(places, blockSize, from, to - from, length) == 0 && arePlaces(volume, blockSize, places, <i32>(placeBytes(blockSize) >> 2) * (to - from))) aheadRing();
  else aheadForget(volume, number, 0, -1);
}

export function map(badge: u32, number: u32, page: u32, blockSize: u32, placesLength: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  let status = volume.readOnly ? ReadOnly : pagesOf(blockSize, placesLength, page);
  if (status >= 0 && (!number || !changetype<usize>(objectFind(volume, number)))) status = BadArgument;
  if (status > 0) mapBegin(objectFind(volume, number));
  if (status > 0) status = mapAll(volume, number, page, min(blockSize, <u32>PAGE_SIZE), status, placesLength);
  // What takes up the room cannot be written: that is what the writer has to be told.
  if (status == NoMemory && volume.lastError < 0) status = volume.lastError;
  volumeLeave(volume);
  return min(status, 0);
}

function mapAll(volume: Volume, number: u32, page: u32, blockSize: u32, pages: i32, length: i32): i32 {
  const places = allocateRaw(SMALL_CHUNK * <i32>placeBytes(blockSize));
  if (!places) return NoMemory;
  let status: i32 = 0;
  for (let done = 0; done < pages && status == 0; done += SMALL_CHUNK) {
    const some = min(pages - done, SMALL_CHUNK);
    status = fetchPlaces(places, blockSize, done, some, length);
    if (status == 0 && !arePlaces(volume, blockSize, places, <i32>(placeBytes(blockSize) >> 2) * some)) status = BadArgument;
    if (status == 0) status = mapPages(volume, number, page + <u32>done, some, blockSize, places);
  }
  release(places);
  return status;
}

export function unmap(badge: u32, number: u32, page: u32): i32 { return end(badge, number, page, false); }

export function drop(badge: u32, number: u32): i32 { return end(badge, number, 0, true); }

function end(badge: u32, number: u32, page: u32, whole: bool): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  let status = mutexAcquire(volume.mutex);
  if (status == 0) {
    const target = number ? objectFind(volume, number) : changetype<CacheObject>(0);
    if (!changetype<usize>(target)) status = BadArgument;
    else if (whole) objectRemove(target);
    else if (page < PAGE_LIMIT) objectForget(target, page);
    mutexRelease(volume.mutex);
  }
  volumeLeave(volume);
  return status;
}

export function writeBack(badge: u32, number: u32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  let status = mutexAcquire(volume.mutex);
  if (status == 0) {
    const target = number ? objectFind(volume, number) : changetype<CacheObject>(0);
    status = !number ? writeBackFiles(volume) : changetype<usize>(target) ? writeBackObject(volume, target) : BadArgument;
    mutexRelease(volume.mutex);
  }
  volumeLeave(volume);
  return status;
}

export function writeThrough(badge: u32, offset: u64, dataLength: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  const size = <u64>volume.sectors * SECTOR;
  let status = volume.readOnly ? ReadOnly : offset % SECTOR || dataLength % SECTOR || dataLength > RANGE_LIMIT || offset > size || <u64>dataLength > size - offset ? BadArgument : 0;
  if (status == 0 && dataLength) status = writeThroughHeld(volume, <u32>(offset / SECTOR), dataLength);
  volumeLeave(volume);
  return status;
}

function writeThroughHeld(volume: Volume, sector: u32, length: i32): i32 {
  let status = mutexAcquire(volume.mutex);
  if (status < 0) return status;
  status = kernel.fetch(0, 0, 0, volume.transfer, length) == length ? diskWrite(volume, sector, volume.transfer, length) : BadArgument;
  if (status == 0) imageWritten(volume, sector, volume.transfer, length);
  mutexRelease(volume.mutex);
  return status;
}

export function barrier(badge: u32): i32 { return stable(badge, true); }

export function flush(badge: u32): i32 { return stable(badge, false); }

/** Flush the disk, after what is dirty was written, if `all`. */
function stable(badge: u32, all: bool): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  let status = mutexAcquire(volume.mutex);
  if (status == 0) {
    if (all) {
      volume.barriers++;
      status = writeBackAll(volume);
    }
    const flushed = volume.readOnly ? 0 : diskFlush(volume);
    status = min(status, 0) < 0 ? status : flushed;
    mutexRelease(volume.mutex);
  }
  volumeLeave(volume);
  return status;
}

export function statistics(badge: u32, room: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  const buffer = allocateRaw(VOLUME_STATISTICS_SIZE);
  let status = NoMemory;
  if (buffer) {
    fillStatistics(volume, buffer);
    status = min(kernel.deliver(0, 0, buffer, VOLUME_STATISTICS_SIZE), 0);
    release(buffer);
  }
  volumeLeave(volume);
  return status;
}

export function abandon(badge: u32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  volumeAbandon(volume);
  volumeLeave(volume);
  return 0;
}

export function detach(badge: u32): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return BadHandle;
  const status = volumeDetach(volume);
  volumeLeave(volume);
  return status;
}
