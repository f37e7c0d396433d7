// Contents of regular files, as pages of an object in the cache (contents-object.ts). Who may do what to a page:
//
//   fillPages     makes pages present that the cache has not: with what the disk has, zeros for holes
//   contentsWrite allocates the blocks that are missing, tells the cache where the pages belong, then writes them
//
// Pages may be reclaimed at any time while they are clean, so a part of a page is written through the capability without Manage, which says
// WouldDeadlock if the page is gone; it is then filled again. A page that is written whole, or has no block yet, needs no filling: it stays from `map` to its
// write, however long that takes, as the volume's mutex keeps all others from mapping and a piece has at most 17 pages (cache.idl.ts, (3)).

import * as kernel from "../../../lib/assembly/kernel";
import { volume_fill, volume_fill_filled, volume_map, volume_unmap } from "../../../abi/generated/assembly/client/volume";
import { Io, NoMemory, NoSpace, QuotaExceeded, TooLarge, WouldDeadlock } from "../../../abi/generated/assembly/errors";
import { blockEnsure, blockOf, blockUndo } from "./block-map";
import { bufferFind } from "./buffer";
import { contentsEnsure } from "./contents-object";
import { sayStart, volumeFail } from "./image";
import { Inode, inodeModified, inodeWrite } from "./inode";
import { maxSize } from "./inode-cache";
import { orderedKeep, orderedWritten } from "./ordered";
import { ORPHAN_BLOCKS, orphanAdd, orphanCut } from "./orphan";
import { isLogged, placeToRead } from "./revoke";
import { changeBegin } from "./transaction";
import { unsyncedCut } from "./unsynced";
import { PLACES_SIZE, TRANSFER_SIZE, Volume } from "./volume";

const PAGE: u32 = 4096;
/** How often a page may be reclaimed before it could be used. */
const PATIENCE: i32 = 64;
/** Pages filled at once: after a fault somewhere, and at the most. */
const WINDOW_FIRST: u32 = 8;
const WINDOW_MOST: u32 = 256;

@inline function pagesOf(size: u64): u32 { return <u32>((size + (PAGE - 1)) >> 12); }
@inline function blocksPerPage(v: Volume): u32 { return PAGE >> v.blockShift; }

/** Write the sectors of `pages` pages from `page` on to the buffer: their bytes, or a negated error. Blocks of which `fresh` says that they
 *  were just allocated count as holes if `old`; its first byte belongs to block `freshFrom`. */
function placesOf(v: Volume, inode: Inode, page: u32, pages: u32, old: bool, freshFrom: u32, freshTo: u32): i32 {
  const count = pages * blocksPerPage(v), first = page * blocksPerPage(v);
  const end = <u32>((inode.size + <u64>(v.blockSize - 1)) >> v.blockShift);
  for (let i: u32 = 0; i < count; i++) {
    const logical = first + i;
    let sector: u32 = 0;
    if (logical < end || !old) {
      const block = blockOf(v, inode, logical);
      if (block < 0) return <i32>block;
      sector = (old ? placeToRead(v, <u32>block) : <u32>block) * v.sectorsPerBlock;
      if (old && logical >= freshFrom && logical < freshTo && load<u8>(v.fresh + <usize>(logical - freshFrom))) sector = 0;
    }
    store<u32>(v.sectors + (<usize>i << 2), sector);
  }
  return <i32>(count << 2);
}

/** Make pages present, and more behind them: 0 or a negated error. */
export function fillPages(v: Volume, inode: Inode, page: u32, wanted: u32, window: u32): i32 { return fillOld(v, inode, page, wanted, window, 0, 0); }

function fillOld(v: Volume, inode: Inode, page: u32, wanted: u32, window: u32, freshFrom: u32, freshTo: u32): i32 {
  const end = pagesOf(inode.size);
  if (page >= end) return 0;
  const pages = min(min(max(wanted, window), end - page), <u32>PLACES_SIZE / (blocksPerPage(v) << 2));
  const length = placesOf(v, inode, page, pages, true, freshFrom, freshTo);
  if (length < 0) return length;
  const status = volume_fill(v.volume, inode.object, page, v.blockSize, min(wanted, pages), v.sectors, length);
  if (status < 0) return status;
  const filled = volume_fill_filled();
  v.filled += <u64>filled;
  if (v.logRead) putEscaped(v, inode, page, filled);
  return filled ? 0 : Io;
}

/** Blocks that are not as they should be on the disk nor in the journal: they have no place, and are put into the pages that were filled. */
function putEscaped(v: Volume, inode: Inode, page: u32, pages: u32): void {
  for (let logical = page * blocksPerPage(v); logical < (page + pages) * blocksPerPage(v); logical++) {
    const block = blockOf(v, inode, logical), at = <u64>logical << v.blockShift;
    if (block <= 0 || at >= inode.size || placeToRead(v, <u32>block)) continue;
    const buffer = bufferFind(v, <u32>block);
    if (changetype<usize>(buffer)) kernel.dataspaceWrite(inode.writer, <i64>at, 0, buffer.data, <i32>min(inode.size - at, <u64>v.blockSize));
  }
}

/** How many pages to fill after a fault: more each time if faults follow one another. One within the last window is a reader's who has caught up with
 *  what the cache reads ahead. */
export function windowFor(inode: Inode, page: u32, wanted: u32): u32 {
  inode.window = page && page <= inode.nextFault && page + inode.window > inode.nextFault ? min(inode.window << 1, WINDOW_MOST) : max(WINDOW_FIRST, min(wanted, WINDOW_MOST));
  if (!inode.window) inode.window = WINDOW_FIRST;
  inode.nextFault = page + max(inode.window, wanted);
  return inode.window;
}

/** Give the answer's buffer up to `room` bytes from `position`: the bytes given, or a negated error. */
export function contentsRead(v: Volume, inode: Inode, position: u64, room: i32): i32 {
  if (position >= inode.size || room <= 0) return 0;
  const status = contentsEnsure(v, inode);
  if (status < 0) return status;
  // Kept in memory only, and written with the next change.
  if (inode.accessed <= inode.modified) inode.accessed = <u64>kernel.wallClock();
  let done = 0, patience = PATIENCE;
  while (done < room) {
    const at = position + <u64>done;
    const read = kernel.dataspaceRead(inode.writer, <i64>at, 0, v.transfer, min(room - done, TRANSFER_SIZE));
    if (read == WouldDeadlock && patience--) {
      const page = <u32>(at >> 12), wanted = pagesOf(min(position + <u64>room, inode.size)) - page;
      const filled = fillPages(v, inode, page, min(wanted, WINDOW_MOST), windowFor(inode, page, wanted));
      if (filled < 0) return done ? done : filled;
      continue;
    }
    if (read <= 0) return done ? done : read < 0 ? Io : 0;
    const given = kernel.deliver(0, done, v.transfer, read);
    if (given < 0) return given;
    done += read;
    if (given < read) break;
  }
  return done;
}

/** The most blocks that writing `length` bytes changes. */
@inline function blocksFor(v: Volume, length: i32): u32 { return (<u32>length >> v.blockShift) * 2 + 24; }

/** Write the `length` bytes of the message's send range at `position`: the bytes written, or a negated error if none. */
export function contentsWrite(v: Volume, inode: Inode, position: u64, length: i32): i32 {
  if (length == 0) return 0;
  const limit = maxSize(v);
  if (position >= limit || position > limit - <u64>length) return TooLarge;
  let done = 0;
  while (done < length) {
    const at = position + <u64>done;
    // Pieces end at page boundaries.
    const part = min(length - done, TRANSFER_SIZE - <i32>(at & (PAGE - 1)));
    const written = writePart(v, inode, at, done, part);
    if (written < 0) return done ? done : written;
    done += written;
    if (written < part) break;
  }
  return done;
}

function writePart(v: Volume, inode: Inode, position: u64, from: i32, length: i32): i32 {
  let status = changeBegin(v, blocksFor(v, length));
  if (status == 0) status = contentsEnsure(v, inode);
  if (status < 0) return status;
  if (position > inode.size) {
    status = zeroTail(v, inode, position);
    if (status < 0) return status;
  }
  const got = kernel.fetch(0, 0, from, v.transfer, length);
  if (got <= 0) return got < 0 ? got : Io;
  const first = <u32>(position >> v.blockShift);
  let end = position + <u64>got, blocks = <u32>((end - 1) >> v.blockShift) - first + 1, anyFresh = false, anyLogged = false;
  memory.fill(v.fresh, 0, <usize>blocks);
  for (let i: u32 = 0; i < blocks; i++) {
    const block = blockEnsure(v, inode, first + i, v.fresh + <usize>i);
    if (block < 0) {
      if (v.aborted) return <i32>block;
      // What fits is a short write.
      if (!i) { inodeWrite(v, inode); return <i32>block; }
      blocks = i;
      end = <u64>(first + i) << v.blockShift;
      break;
    }
    if (load<u8>(v.fresh + <usize>i)) anyFresh = true;
    else if (isLogged(v, <u32>block)) anyLogged = true;
  }
  const oldSize = inode.size;
  orderedWritten(v, inode, first, first + blocks, anyFresh || anyLogged || end > oldSize);
  if (end > inode.size) {
    status = kernel.dataspaceResize(inode.contents, <i64>end);
    if (status == 0) inode.size = end;
  }
  if (status == 0) status = put(v, inode, position, end, oldSize, first, first + blocks, anyFresh);
  if (status < 0) {
    // Blocks that hold nothing of ours yet must not stay: what was in them before would come to light.
    if (!v.aborted) {
      if (inode.size > oldSize) {
        volume_unmap(v.volume, inode.object, pagesOf(oldSize));
        kernel.dataspaceResize(inode.contents, <i64>oldSize);
        inode.size = oldSize;
      }
      for (let i: u32 = 0; i < blocks; i++) if (load<u8>(v.fresh + <usize>i)) blockUndo(v, inode, first + i);
      const pages = pagesOf(end) - <u32>(position >> 12);
      const places = placesOf(v, inode, <u32>(position >> 12), pages, false, 0, 0);
      if (places > 0) volume_map(v.volume, inode.object, <u32>(position >> 12), v.blockSize, v.sectors, places);
      inodeWrite(v, inode);
    }
    return status;
  }
  return inodeModified(v, inode) ? <i32>(end - position) : v.status;
}

/** Write the transfer buffer to [position, end), of which blocks [first, last) are allocated now: 0 or a negated error. */
function put(v: Volume, inode: Inode, position: u64, end: u64, oldSize: u64, first: u32, last: u32, anyFresh: bool): i32 {
  const firstPage = <u32>(position >> 12), lastPage = <u32>((end - 1) >> 12);
  const headPart = (position & (PAGE - 1)) != 0 || firstPage == lastPage && end < inode.size && (end & (PAGE - 1)) != 0;
  const tailPart = lastPage != firstPage && (end & (PAGE - 1)) != 0 && end < inode.size;
  // Pages written in part that have something on the disk: what is there, without the new blocks.
  let status = headPart ? prepare(v, inode, firstPage, first, last, oldSize) : 0;
  // The cache knows its places; it does not know those of blocks that were there behind the end.
  const simple = status > 0 && !anyFresh && firstPage == lastPage;
  if (status >= 0 && tailPart) status = prepare(v, inode, lastPage, first, last, oldSize);
  if (status < 0) return status;
  if (!simple && (status = mapPages(v, inode, firstPage, lastPage - firstPage + 1)) < 0) return status;
  for (let page = firstPage; page <= lastPage;) {
    const partial = page == firstPage && headPart || page == lastPage && tailPart;
    const from = max(position, <u64>page << 12);
    let to = min(end, <u64>(page + 1) << 12), next = page + 1;
    // Whole pages go in one piece.
    if (!partial) {
      next = tailPart ? lastPage : lastPage + 1;
      to = min(end, <u64>next << 12);
    }
    status = putPiece(v, inode, from, to, v.transfer + <usize>(from - position), partial, page, first, last, oldSize);
    if (status < 0) return status;
    page = next;
  }
  return 0;
}

/** Whether a page had blocks on the disk before this write. */
function hadBlocks(v: Volume, inode: Inode, page: u32, first: u32, last: u32, oldSize: u64): bool {
  if (<u64>page << 12 >= oldSize) return false;
  for (let i: u32 = 0; i < blocksPerPage(v); i++) {
    const logical = page * blocksPerPage(v) + i;
    if (<u64>logical << v.blockShift >= oldSize) break;
    if (logical >= first && logical < last && load<u8>(v.fresh + <usize>(logical - first))) continue;
    if (blockOf(v, inode, logical) != 0) return true;
  }
  return false;
}

/** Tell the cache where pages belong that are written next: 0 or a negated error. */
function mapPages(v: Volume, inode: Inode, page: u32, pages: u32): i32 {
  const length = placesOf(v, inode, page, pages, false, 0, 0);
  return length < 0 ? length : full(volume_map(v.volume, inode.object, page, v.blockSize, v.sectors, length));
}

/** Make a page present that is written in part: 1, 0 if it had nothing on the disk, or a negated error. */
function prepare(v: Volume, inode: Inode, page: u32, first: u32, last: u32, oldSize: u64): i32 {
  if (!hadBlocks(v, inode, page, first, last, oldSize)) return 0;
  const status = fillOld(v, inode, page, 1, 1, first, last);
  return status < 0 ? status : 1;
}

function putPiece(v: Volume, inode: Inode, from: u64, to: u64, source: usize, partial: bool, page: u32, first: u32, last: u32, oldSize: u64): i32 {
  // A page without blocks before is zeros, present or not: who has Manage makes it so.
  const through = partial && hadBlocks(v, inode, page, first, last, oldSize) ? inode.writer : inode.contents;
  let at = from, patience = PATIENCE;
  while (at < to) {
    const written = kernel.dataspaceWrite(through, <i64>at, 0, source + <usize>(at - from), <i32>(to - at));
    if (written > 0) { at += <u64>written; continue; }
    if (patience-- == 0) return written < 0 ? full(written) : Io;
    if (written == WouldDeadlock) {
      let status = prepare(v, inode, page, first, last, oldSize);
      if (status >= 0) status = mapPages(v, inode, page, 1);
      if (status < 0) return status;
    } else return written < 0 ? full(written) : Io;
  }
  return 0;
}

/** Want of memory in the cache is a full disk to a client. */
function full(status: i32): i32 { return status == QuotaExceeded || status == NoMemory ? NoSpace : status; }

/** The file is about to end behind `position`: what lies behind its end in its last block, or in one that was there behind it, must read as zeros from
 *  then on. */
function zeroTail(v: Volume, inode: Inode, position: u64): i32 {
  const within = <u32>(inode.size & <u64>(v.blockSize - 1)), old = inode.size, block = blockOf(v, inode, <u32>(old >> v.blockShift));
  if (block <= 0) return <i32>block;
  const to = min(position, old - <u64>within + <u64>v.blockSize);
  let status = fillPages(v, inode, <u32>(old >> 12), 1, 1);
  // What was filled has no place yet for a block behind the end.
  if (status == 0 && !within) status = mapPages(v, inode, <u32>(old >> 12), 1);
  if (status == 0) status = kernel.dataspaceResize(inode.contents, <i64>to);
  if (status < 0) return full(status);
  inode.size = to;
  orderedWritten(v, inode, <u32>(old >> v.blockShift), <u32>(old >> v.blockShift) + 1, true);
  memory.fill(v.record, 0, <usize>(to - old));
  for (let patience = PATIENCE; patience > 0; patience--) {
    const written = kernel.dataspaceWrite(inode.writer, <i64>old, 0, v.record, <i32>(to - old));
    if (written == <i32>(to - old)) return inodeWrite(v, inode) ? 0 : v.status;
    if (written != WouldDeadlock) break;
    status = fillPages(v, inode, <u32>(old >> 12), 1, 1);
    if (status < 0) return status;
  }
  return volumeFail(v, sayStart(), Io);
}

/** Truncate or extend: 0 or a negated error. */
export function contentsResize(v: Volume, inode: Inode, size: u64): i32 {
  if (size > maxSize(v)) return TooLarge;
  let status = changeBegin(v, 24 + ORPHAN_BLOCKS);
  if (status < 0) return status;
  if (size == inode.size) return inodeModified(v, inode) ? 0 : v.status;
  status = contentsEnsure(v, inode);
  if (status < 0) return status;
  if (size > inode.size) {
    status = zeroTail(v, inode, size);
    if (status == 0) status = kernel.dataspaceResize(inode.contents, <i64>size);
    if (status < 0) return full(status);
    inode.size = size;
    return inodeModified(v, inode) ? 0 : v.status;
  }
  const block = size & <u64>(v.blockSize - 1) ? blockOf(v, inode, <u32>(size >> v.blockShift)) : 0;
  if (block < 0) return <i32>block;
  // Then the cut zeroes the rest of the last block.
  if (block) status = fillPages(v, inode, <u32>(size >> 12), 1, 1);
  if (status == 0) status = orderedKeep(v, inode);
  if (status == 0) status = volume_unmap(v.volume, inode.object, pagesOf(size));
  if (status == 0) status = kernel.dataspaceResize(inode.contents, <i64>size);
  if (status < 0) return full(status);
  const last = <u32>(size >> 12);
  inode.size = size;
  unsyncedCut(inode, <u32>((size + <u64>(v.blockSize - 1)) >> v.blockShift));
  if (!orphanAdd(v, inode) || !inodeModified(v, inode)) return v.status;
  // Blocks of the last page that are about to be freed are not its places any more.
  if (status == 0 && size & (PAGE - 1)) {
    const length = placesOf(v, inode, last, 1, true, 0, 0);
    if (length < 0) return length;
    status = volume_map(v.volume, inode.object, last, v.blockSize, v.sectors, length);
  }
  if (status < 0) return full(status);
  return orphanCut(v, inode);
}
