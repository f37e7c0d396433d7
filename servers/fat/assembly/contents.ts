// Contents of files: an object of the cache each, made when first needed, whose Dataspace is as long as the file. Clients read it themselves, and only
// read: what they find absent is asked of pageFault. All writing is done here, in whole pages: a page may be reclaimed between any two steps, and a
// whole one does not depend on what was there. What was mapped stays until it is written, however long that takes, as the volume's mutex keeps all others
// from mapping and at most 16 pages are mapped at a time (cache.idl.ts, (3)).
//
// Every byte between an old end and a new one is written, so nobody ever reads what a cluster held before. Whoever shrinks a file tells the cache
// which places of its last page are gone, so that they are not written when they belong to another.

import * as kernel from "../../../lib/assembly/kernel";
import { Io, NoMemory, NoSpace, QuotaExceeded, TooLarge, TooManyOpen, WouldDeadlock } from "../../../abi/generated/assembly/errors";
import { volume_fill, volume_map, volume_object, volume_object_dataspace, volume_object_object, volume_unmap } from "../../../abi/generated/assembly/client/volume";
import { MAX_FILE_SIZE } from "../../../lib/formats/fat";
import { SLOT_SELF } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { numberAdd, numberFind, numberRemove } from "../../../lib/assembly/memory/number-table";
import { chainCut, chainExtend, chainLoad } from "./chain";
import { commit } from "./commit";
import { present } from "./directory";
import { SHORT_CHAIN, damaged } from "./damage";
import { extentAt, extentFind } from "./extents";
import { Inode, clustersOf, entryChanged, inodeForgetOldest } from "./inode";
import { writeThrough } from "./sectors";
import { HANDLE_PAGER, handles } from "./state";
import { PLACES, TRANSFER, Volume, clusterBytes, sectorOf } from "./volume";

const PAGE: u32 = 4096;
/** Pages that a reader who goes on where he stopped is given at the most. */
const WINDOW_LIMIT: u32 = 256;
/** Attempts to keep pages present for as long as it takes to read them. */
const ATTEMPTS: i32 = 16;
/** Zeros of this many bytes and more are written to the disk without going through the cache. */
const BULK: u32 = 262144;

/** What the badge of a pager names. */
@unmanaged class Pager {
  kind: u32;
  inode: u32;
}

/** The inode whose Dataspace has this pager badge, or null. */
export function pagerInode(badge: u32): Inode {
  const pager = changetype<Pager>(numberFind(handles(), badge));
  return changetype<Inode>(changetype<usize>(pager) && pager.kind == HANDLE_PAGER ? <usize>pager.inode : 0);
}

@inline function full(status: i32): i32 { return status == QuotaExceeded ? NoMemory : status; }

/** Make sure that the chain is known and long enough, and that there is an object: 0 or a negated error. */
export function contentsEnsure(inode: Inode): i32 {
  const loaded = chainLoad(inode);
  if (loaded < 0) return loaded;
  const volume = inode.owner;
  if (<u64>clustersOf(inode) << volume.clusterShift < inode.size) return damaged(volume, SHORT_CHAIN, inode.cluster, inode.size);
  if (inode.object) return 0;
  let status = volume_object(volume.cache);
  while (status == TooManyOpen && inodeForgetOldest(volume)) status = volume_object(volume.cache);
  if (status < 0) return status;
  const object = volume_object_object();
  const data = volume_object_dataspace();
  const pager = changetype<Pager>(allocate(<i32>offsetof<Pager>()));
  const badge = changetype<usize>(pager) ? numberAdd(handles(), changetype<usize>(pager)) : 0;
  inode.object = object;
  inode.data = data;
  inode.pager = badge;
  inode.pagerRecord = <u32>changetype<usize>(pager);
  if (badge) {
    pager.kind = HANDLE_PAGER;
    pager.inode = <u32>changetype<usize>(inode);
    status = kernel.dataspaceResize(data, inode.size);
    if (status >= 0) status = kernel.dataspaceSetPager(data, SLOT_SELF, <i32>badge);
    if (status >= 0) return 0;
  } else status = NoMemory;
  contentsDiscard(inode);
  return status;
}

/** Give up an object that holds nothing yet. */
function contentsDiscard(inode: Inode): void {
  dropCap(inode.data);
  if (inode.pager) numberRemove(handles(), inode.pager);
  release(<usize>inode.pagerRecord);
  inode.object = 0;
  inode.data = 0;
  inode.pager = 0;
  inode.pagerRecord = 0;
}

/** Bytes of a block, as the cache is told places: a cluster, or a page of one. */
@inline function blockBytes(volume: Volume): u32 { return min(clusterBytes(volume), PAGE); }

/** Write the places of pages [page, page + pages) to volume.places, 0 where the chain has no cluster: their count in bytes. */
function putPlaces(inode: Inode, page: u32, pages: u32): i32 {
  const volume = inode.owner;
  const block = blockBytes(volume);
  const count = pages * (PAGE / block);
  const clusters = clustersOf(inode);
  let offset = <u64>page * PAGE;
  let run: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const index = <u32>(offset >> volume.clusterShift);
    let place: u32 = 0;
    if (index < clusters) {
      if (i == 0 || index >= extentAt(inode.runs, run).first + extentAt(inode.runs, run).count || index < extentAt(inode.runs, run).first) run = extentFind(inode.runs, index);
      const extent = extentAt(inode.runs, run);
      place = sectorOf(volume, extent.start + (index - extent.first)) + ((<u32>offset & clusterBytes(volume) - 1) >> 9);
    }
    store<u32>(volume.places + (<usize>i << 2), place);
    offset += block;
  }
  return <i32>(count << 2);
}

/** The most pages that one call can tell the places of. */
@inline function pagesLimit(volume: Volume): u32 { return <u32>PLACES / (PAGE / blockBytes(volume)); }

/** Make pages present: at least `wanted`, perhaps up to `more`. */
function fill(inode: Inode, page: u32, wanted: u32, more: u32): i32 {
  const volume = inode.owner;
  const limit = pagesLimit(volume);
  const last = inode.size ? (inode.size - 1) / PAGE : 0;
  if (page > last) return 0;
  wanted = min(min(wanted, last - page + 1), limit);
  const pages = max(wanted, min(min(more, last - page + 1), limit));
  const bytes = putPlaces(inode, page, pages);
  return full(volume_fill(volume.cache, inode.object, page, blockBytes(volume), wanted, volume.places, bytes));
}

/** A reader found pages absent. */
export function pageFault(inode: Inode, page: u32, count: u32): i32 {
  const status = contentsEnsure(inode);
  if (status < 0) return status;
  // One within the last window is a reader's who has caught up with what the cache reads ahead.
  const window = page && page <= inode.expected && page + inode.window > inode.expected ? min(max(inode.window, 2) << 1, WINDOW_LIMIT) : count;
  const pages = max(count, window);
  inode.window = window;
  inode.expected = page + pages;
  return fill(inode, page, max(min(count, 16), 1), pages);
}

/** Read `length` bytes at `position`, all of them within the file, into own memory. */
function readBytes(inode: Inode, position: u32, address: usize, length: i32): i32 {
  let done = 0;
  for (let attempt = 0; done < length && attempt < ATTEMPTS;) {
    const read = kernel.dataspaceRead(inode.data, <i64>position + done, 0, address + <usize>done, length - done);
    if (read > 0) { done += read; continue; }
    if (read != WouldDeadlock) return read < 0 ? read : Io;
    // The pager is this server: make them present and try again.
    attempt++;
    const page = (position + <u32>done) / PAGE;
    const wanted = (position + <u32>length - 1) / PAGE - page + 1;
    const status = fill(inode, page, wanted, page == inode.expected ? wanted + WINDOW_LIMIT : wanted);
    inode.expected = page + wanted;
    if (status < 0) return status;
  }
  return done < length ? Io : 0;
}

/** Answer with up to `room` bytes from `position`: how many, or a negated error. */
export function contentsRead(inode: Inode, position: u64, room: i32): i32 {
  if (position >= inode.size || room <= 0) return 0;
  const ensured = contentsEnsure(inode);
  if (ensured < 0) return ensured;
  const wanted = <i32>min<u64>(<u64>room, inode.size - position);
  const buffer = inode.owner.transfer;
  for (let done = 0; done < wanted;) {
    const part = min(wanted - done, TRANSFER);
    const status = readBytes(inode, <u32>position + <u32>done, buffer, part);
    if (status < 0) return done ? done : status;
    const given = kernel.deliver(0, done, buffer, part);
    if (given < part) return given < 0 ? given : done + given;
    done += part;
  }
  return wanted;
}

/** Make room for a file of `size` bytes: 0, or an error and nothing is changed. */
function reserve(inode: Inode, size: u64): i32 {
  if (size > <u64>MAX_FILE_SIZE) return TooLarge;
  const ensured = contentsEnsure(inode);
  if (ensured < 0) return ensured;
  const volume = inode.owner;
  const needed = <u32>((size + clusterBytes(volume) - 1) >> volume.clusterShift);
  const clusters = clustersOf(inode);
  return needed > clusters ? chainExtend(inode, needed - clusters) : 0;
}

/** Write [from, to), where from is at most the size: the bytes of the call's send range from `source` on, or zeros if it is negative. Clusters are
 *  there. Returns the bytes written; fewer than asked if memory or the disk fails, and `volume.lastError` tells. */
function writeRange(inode: Inode, from: u32, to: u32, source: i32): i32 {
  const volume = inode.owner;
  const buffer = volume.page;
  let at = from;
  let mapped: u32 = 0;
  while (at < to) {
    const page = at / PAGE;
    const start = page * PAGE;
    const end = <u32>min<u64>(<u64>start + PAGE, to);
    const size = inode.size;
    let status = 0;
    if (page >= mapped) {
      const pages = min((to - 1) / PAGE - page + 1, min<u32>(pagesLimit(volume), 16));
      status = volume_map(volume.cache, inode.object, page, blockBytes(volume), volume.places, putPlaces(inode, page, pages));
      mapped = page + pages;
    }
    const old = size > start ? min(size - start, PAGE) : 0;
    // What stays of the page: what is before, and what is behind.
    if (status >= 0 && old && (at > start || size > end)) status = readBytes(inode, start, buffer, <i32>old);
    if (status < 0) return failed(volume, status, at - from);
    if (old < PAGE) memory.fill(buffer + old, 0, PAGE - old);
    const count = <i32>(end - at);
    if (source < 0) memory.fill(buffer + (at - start), 0, count);
    else {
      const got = kernel.fetch(0, 0, source + <i32>(at - from), buffer + (at - start), count);
      if (got != count) return failed(volume, got < 0 ? got : Io, at - from);
    }
    const length = max(size, end);
    if (length > size) status = kernel.dataspaceResize(inode.data, length);
    const whole = <i32>min<u64>(PAGE, <u64>length - start);
    if (status >= 0) status = kernel.dataspaceWrite(inode.data, start, 0, buffer, whole);
    if (status != whole) {
      if (length > size) kernel.dataspaceResize(inode.data, size);
      return failed(volume, status < 0 ? full(status) : NoMemory, at - from);
    }
    inode.size = length;
    at = end;
  }
  return <i32>(to - from);
}

function failed(volume: Volume, status: i32, done: u32): i32 {
  volume.lastError = status;
  return <i32>done;
}

/** Zeros from the end of the file to `size`; clusters are there. 0 or a negated error, with the file as long as it got. */
function extendTo(inode: Inode, size: u32): i32 {
  const volume = inode.owner;
  while (inode.size < size) {
    const from = inode.size;
    if (!(from & PAGE - 1) && size - from >= BULK) {
      const status = zeroBulk(inode, from, size & ~(PAGE - 1));
      if (status < 0) return status;
      continue;
    }
    const to = size - from >= BULK ? (from + PAGE - 1) & ~(PAGE - 1) : size;
    if (writeRange(inode, from, max(to, from + 1), -1) < <i32>(max(to, from + 1) - from)) return volume.lastError < 0 ? volume.lastError : NoSpace;
  }
  return 0;
}

/** Zeros to [from, to), whole pages behind the end, straight to the disk. */
function zeroBulk(inode: Inode, from: u32, to: u32): i32 {
  const volume = inode.owner;
  const shift = volume.clusterShift;
  let at = from;
  memory.fill(volume.transfer, 0, TRANSFER);
  while (at < to) {
    const index = at >> shift;
    const extent = extentAt(inode.runs, extentFind(inode.runs, index));
    const within = at & clusterBytes(volume) - 1;
    const rest = (<u64>(extent.first + extent.count - index) << shift) - within;
    const length = <i32>min<u64>(min<u64>(rest, to - at), TRANSFER);
    const status = writeThrough(volume, sectorOf(volume, extent.start + (index - extent.first)) + (within >> 9), volume.transfer, length);
    if (status < 0) return status;
    at += <u32>length;
  }
  const status = kernel.dataspaceResize(inode.data, to);
  if (status < 0) return status;
  inode.size = to;
  return 0;
}

function touched(inode: Inode): void {
  inode.modified = present();
  entryChanged(inode);
}

/** Write the `length` bytes of the call's send range at `position`: the bytes written, or a negated error if none. */
export function contentsWrite(inode: Inode, position: u64, length: i32): i32 {
  if (length <= 0) return 0;
  if (position > <u64>MAX_FILE_SIZE - <u64>length) return TooLarge;
  const size = inode.size;
  let status = reserve(inode, position + <u64>length);
  if (status < 0) return status;
  if (position > size) status = extendTo(inode, <u32>position);
  const done = status < 0 ? 0 : writeRange(inode, <u32>position, <u32>position + <u32>length, 0);
  if (done <= 0) {
    if (status >= 0) status = inode.owner.lastError;
    shrink(inode, size);
    return status < 0 ? status : Io;
  }
  // Clusters that nothing was written to must not stay behind the file's end.
  if (done < length) shrink(inode, inode.size);
  touched(inode);
  return done;
}

/** Truncate, or extend with zeros: 0 or a negated error, and then nothing is changed. */
export function contentsResize(inode: Inode, size: u64): i32 {
  if (size > <u64>MAX_FILE_SIZE) return TooLarge;
  const old = inode.size;
  let status = size > old ? reserve(inode, size) : contentsEnsure(inode);
  // Without clusters, the old name of a rename that is on its way could not be given back: it ends first.
  if (!size && inode.moved && inode.cluster && status >= 0) status = commit(inode.owner);
  if (status < 0) return status;
  if (size > old) {
    status = extendTo(inode, <u32>size);
    if (status < 0) { shrink(inode, old); return status; }
  } else shrink(inode, <u32>size);
  touched(inode);
  return 0;
}

/** Cut the file, its contents in the cache, and its chain. */
function shrink(inode: Inode, size: u32): void {
  const volume = inode.owner;
  const keep = <u32>((<u64>size + clusterBytes(volume) - 1) >> volume.clusterShift);
  if (inode.size > size) {
    inode.size = size;
    volume_unmap(volume.cache, inode.object, <u32>((<u64>size + PAGE - 1) / PAGE));
    kernel.dataspaceResize(inode.data, size);
  }
  if (keep >= clustersOf(inode)) return;
  chainCut(inode, keep);
  if (size & PAGE - 1) volume_map(volume.cache, inode.object, size / PAGE, blockBytes(volume), volume.places, putPlaces(inode, size / PAGE, 1));
}
