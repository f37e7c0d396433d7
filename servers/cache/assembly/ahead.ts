// Reading ahead. What a `fill` offers beyond the pages that are waited for is noted here, and read by the home Worker, a transfer at a time, while the
// reader works on what he has. A reader who comes to a page that is under way waits for it (arrival.ts) and does not read it again.
//
//   aheadAsk     after a fill: one request an object, the newest
//   aheadForget  places of the object change (map), or its pages go (unmap, drop): what was noted of it counts no more. What is under way then is
//                safe: unmap and drop wait for the mutex; map is followed by a write of the whole page, which supplying leaves as it is
//   aheadStep    the home Worker, whenever no message waits
//
// Nobody waits for it, so it fails silently, takes only pages that are free or clean, and never a page that has a record: that may be
// newer than the request.

import * as kernel from "../../../lib/assembly/kernel";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { mutexAcquire, mutexContended, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { CacheObject, objectFind } from "./object";
import { pageFind } from "./page";
import { makeRecords, placeBytes, presentBits, readAbsent, settle } from "./reading";
import { promiseClean, unpromise } from "./shares";
import { PAGE_SIZE, aheadList, state } from "./state";
import { Volume, chunkOf, volumeLeave, volumeLimit } from "./volume-record";

/** Requests of all volumes. */
const MAX_REQUESTS: u32 = 64;

@unmanaged class Request {
  next: u32;
  previous: u32;
  /** The Volume. */
  volume: u32;
  /** Of the object. */
  number: u32;
  /** Pages [first, end) are to be read. */
  first: u32;
  end: u32;
  /** Which page the places begin with. */
  base: u32;
  blockSize: u32;

  @inline placesOf(page: u32): usize { return changetype<usize>(this) + offsetof<Request>() + <usize>(page - this.base) * placeBytes(this.blockSize); }
}

/** How many pages beyond those that are waited for may be asked of a volume: not so many that they push out one another. */
export function aheadMost(volume: Volume): i32 { return <i32>(min(volumeLimit(volume), state().total) >> 2); }

/** Room for a request of pages [first, end) of an object, in place of what was asked before: where its places go, or 0. */
export function aheadAsk(volume: Volume, number: u32, first: u32, end: u32, blockSize: u32): usize {
  aheadForget(volume, number, 0, end);
  if (state().aheadCount >= MAX_REQUESTS) return 0;
  const request = changetype<Request>(allocateRaw(<i32>(offsetof<Request>() + <usize>(end - first) * placeBytes(blockSize))));
  if (!changetype<usize>(request)) return 0;
  request.volume = <u32>changetype<usize>(volume);
  request.number = number;
  request.first = first;
  request.base = first;
  request.end = end;
  request.blockSize = blockSize;
  listAppend(aheadList(), changetype<usize>(request));
  state().aheadCount++;
  return request.placesOf(first);
}

/** The request is complete. */
export function aheadRing(): void {
  if (state().awake || !state().bell) return;
  state().awake = true;
  kernel.signal(state().bell, 1);
}

@inline export function aheadWaits(): bool { return state().aheadCount != 0; }

/** Forget what was asked of an object if it touches pages [first, end). */
export function aheadForget(volume: Volume, number: u32, first: u32, end: u32): void {
  for (let link = listFirst(aheadList()); link != aheadList();) {
    const request = changetype<Request>(link);
    link = listAfter(link);
    if (request.number == number && <usize>request.volume == changetype<usize>(volume) && request.first < end && first < request.end) remove(request);
  }
}

function remove(request: Request): void {
  listRemove(changetype<usize>(request));
  release(changetype<usize>(request));
  state().aheadCount--;
}

/** Read a transfer of the request that has waited longest. */
export function aheadStep(): void {
  const link = listFirst(aheadList());
  if (link == aheadList()) return;
  const volume = changetype<Volume>(<usize>changetype<Request>(link).volume);
  volume.users++;
  if (mutexAcquire(volume.mutex) == 0) {
    // The lock was dropped.
    const request = requestOf(volume);
    if (changetype<usize>(request)) readSome(volume, request);
    state().givesWay = mutexContended(volume.mutex);
    mutexRelease(volume.mutex);
  }
  volumeLeave(volume);
}

function requestOf(volume: Volume): Request {
  for (let link = listFirst(aheadList()); link != aheadList(); link = listAfter(link)) {
    const request = changetype<Request>(link);
    if (<usize>request.volume == changetype<usize>(volume)) return request;
  }
  return changetype<Request>(0);
}

function readSome(volume: Volume, request: Request): void {
  const number = request.number, object = objectFind(volume, number), end = changetype<usize>(object) ? min(request.end, pagesIn(object)) : 0, most = chunkOf(volume);
  let first = request.first, count: i32 = 0;
  while (first < end && changetype<usize>(pageFind(object, first))) first++;
  while (count < most && first + <u32>count < end && !changetype<usize>(pageFind(object, first + <u32>count))) count++;
  const room = count ? promiseClean(volume, <u32>count) : 0;
  if (!room) { remove(request); return; }
  const made = makeRecords(object, first, <i32>room, request.blockSize, request.placesOf(first));
  unpromise(volume, room - made);
  request.first = first + made;
  // From here on the request may be forgotten: the lock is dropped.
  if (made < <u32>count || request.first >= end) remove(request);
  else {
    listRemove(changetype<usize>(request));
    listAppend(aheadList(), changetype<usize>(request));
  }
  if (!made) return;
  const before = presentBits(object, first, <i32>made), status = readAbsent(volume, object, first, 0, <i32>made, before);
  if (status == 0) {
    kernel.dataspaceSupply(object.dataspace, <i64>first * PAGE_SIZE, volume.transfer, <i32>made * PAGE_SIZE);
    volume.readAhead += popcnt(presentBits(object, first, <i32>made) & ~before);
  } else aheadForget(volume, number, 0, -1);
  settle(volume, object, first, <i32>made, 0);
}

function pagesIn(object: CacheObject): u32 {
  return kernel.dataspaceInfo(object.dataspace) < 0 ? 0 : <u32>((<u64>kernel.w0 + PAGE_SIZE - 1) / PAGE_SIZE);
}
