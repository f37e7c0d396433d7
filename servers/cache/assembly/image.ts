// The disk's own pages (the image) and sectors that pages of files hold as well: keeping them coherent. The caller holds the volume's mutex. What is
// clean in the image is what is on the disk.

import * as kernel from "../../../lib/assembly/kernel";
import { MARK_PAGES } from "../../../abi/layout/limits";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { CacheObject } from "./object";
import { Page, isDirty, pageFind, pageRemove } from "./page";
import { PAGE_SIZE, SECTOR } from "./state";
import { Volume } from "./volume-record";

const PAGE_SECTORS: u32 = <u32>(PAGE_SIZE / SECTOR);
/** Wherever it begins, it touches no more pages than one look at their marks covers. */
const PIECE: i32 = (MARK_PAGES - 1) * PAGE_SIZE;

/** `length` bytes were written to the disk from `sector` on, not from the image: what it has of them is the same from now on. Of a page without memory to
 *  do that it has nothing. */
export function imageWritten(volume: Volume, sector: u32, source: usize, length: i32): void {
  for (let done = 0; done < length; done += PIECE) pieceWritten(volume, sector + <u32>(done / SECTOR), source + <usize>done, min(PIECE, length - done));
}

function pieceWritten(volume: Volume, sector: u32, source: usize, length: i32): void {
  const image = changetype<CacheObject>(<usize>volume.image), first = sector / PAGE_SECTORS, start = <u64>sector * SECTOR, end = start + <u64>length;
  let present = presentBits(image, first, end);
  for (; present; present &= present - 1) {
    const index = first + <u32>ctz(present), page = pageFind(image, index);
    const from = max(start, <u64>index * PAGE_SIZE), to = min(end, <u64>(index + 1) * PAGE_SIZE), bytes = source + <usize>(from - start);
    if (changetype<usize>(page) && !isDirty(page) && replaceClean(volume, page, <i32>(from & <u64>(PAGE_SIZE - 1)), bytes, <i32>(to - from))) continue;
    kernel.dataspaceWrite(image.dataspace, <i64>from, 0, bytes, <i32>(to - from));
  }
}

/** Change `length` bytes of a page of the image from `offset` on, which stays clean; false if it has become dirty. Somebody who reads it meanwhile waits for
 *  the mutex, as for one that is absent. */
function replaceClean(volume: Volume, page: Page, offset: i32, source: usize, length: i32): bool {
  const image = page.target, index = page.index, place = <i64>index * PAGE_SIZE, buffer = allocateRaw(PAGE_SIZE);
  const whole = buffer ? kernel.dataspaceRead(image.dataspace, place, 0, buffer, PAGE_SIZE) : 0;
  const clean = kernel.dataspaceReclaim(image.dataspace, <i32>index, 1) == 1;
  let kept = false;
  if (clean && whole >= offset + length) {
    memory.copy(buffer + <usize>offset, source, <usize>length);
    kept = kernel.dataspaceSupply(image.dataspace, place, buffer, whole) == whole;
  }
  if (clean && !kept) {
    volume.evictions++;
    pageRemove(page, true);
  }
  release(buffer);
  return clean;
}

/** `length` bytes were read from the disk at `sector`: put what the image has newer over them. */
export function imageNewer(volume: Volume, sector: u32, target: usize, length: i32): void {
  for (let done = 0; done < length; done += PIECE) pieceNewer(volume, sector + <u32>(done / SECTOR), target + <usize>done, min(PIECE, length - done));
}

function pieceNewer(volume: Volume, sector: u32, target: usize, length: i32): void {
  const image = changetype<CacheObject>(<usize>volume.image), first = sector / PAGE_SECTORS, start = <u64>sector * SECTOR, end = start + <u64>length;
  let present = presentBits(image, first, end);
  const marked = <u64>kernel.w1;
  for (let left = present; left; left &= left - 1) {
    const bit = <u32>ctz(left), index = first + bit, page = pageFind(image, index);
    if (!(marked >> bit & 1) && !(changetype<usize>(page) && isDirty(page))) continue;
    const from = max(start, <u64>index * PAGE_SIZE), to = min(end, <u64>(index + 1) * PAGE_SIZE);
    kernel.dataspaceRead(image.dataspace, <i64>from, 0, target + <usize>(from - start), <i32>(to - from));
  }
}

/** Which pages of the image are present, from `first` to the one before byte `end`; w1: which of them are marked dirty. */
function presentBits(image: CacheObject, first: u32, end: u64): u64 {
  const count = <i32>((end + PAGE_SIZE - 1) / PAGE_SIZE - first);
  return kernel.dataspaceMarks(image.dataspace, <i32>first, count, 0) < 0 ? 0 : <u64>kernel.w0;
}
