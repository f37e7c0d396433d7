// data=ordered: the inodes that got blocks in the running transaction, grew, or were written where the journal has a copy. What was written of them
// must be stable before the transaction counts, so that no committed inode names blocks with what was in them before. Two ways:
//
//   orderedLog(v)      it is little: it goes to the journal with the transaction, and to its place when the cache likes (as data=journal does)
//   orderedWrite(v)    it is written to its place, and flushed before the commit block; copies of it in the journal from before are revoked
//
// Whoever writes to a file says so (orderedWritten), before it does.

import * as kernel from "../../../lib/assembly/kernel";
import { volume_writeBack } from "../../../abi/generated/assembly/client/volume";
import { NoSpace } from "../../../abi/generated/assembly/errors";
import { freeBytes } from "../../../lib/assembly/memory/allocator";
import { blockOf } from "./block-map";
import { Buffer, bufferAdd, bufferFind, bufferRemove } from "./buffer";
import { Inode } from "./inode";
import { hasLogged, loggedAdd, loggedRevoke } from "./revoke";
import { unsyncedAdd, unsyncedCount, unsyncedEnd, unsyncedFirst, unsyncedRanges } from "./unsynced";
import { Volume } from "./volume";

/** The most bytes of files that a transaction logs: writing them twice must cost less than a write and a flush of their own. */
const LOGGED_LIMIT: u32 = 32768;
/** With less free memory nothing is logged. */
const SCARCE: usize = 128 << 10;
@inline export function loggedLimit(v: Volume): u32 { return LOGGED_LIMIT >> v.blockShift; }

export function orderedAdd(v: Volume, inode: Inode): void {
  if (inode.isOrdered) return;
  inode.isOrdered = 1;
  inode.orderedNext = v.ordered;
  v.ordered = <u32>changetype<usize>(inode);
}

/** Blocks [first, end) of a file are about to be written. `before`: their data must be stable before the transaction counts. */
export function orderedWritten(v: Volume, inode: Inode, first: u32, end: u32, before: bool): void {
  unsyncedAdd(inode, first, end);
  if (before) orderedAdd(v, inode);
}

function orderedRemove(v: Volume, inode: Inode): void {
  inode.isOrdered = 0;
  let at = changetype<usize>(v) + offsetof<Volume>("ordered");
  while (load<u32>(at) && load<u32>(at) != <u32>changetype<usize>(inode)) at = <usize>load<u32>(at) + offsetof<Inode>("orderedNext");
  if (load<u32>(at)) store<u32>(at, inode.orderedNext);
}

/** The object of an inode is about to go; `written`: its data lies in its place, or it is of no interest any more. */
export function orderedGone(v: Volume, inode: Inode, written: bool): void {
  if (!inode.isOrdered) return;
  orderedRemove(v, inode);
  if (!written) return;
  v.orderedFlush = 1;
  loggedRevoke(v, inode.number);
}

/** The running transaction is about to give up pages of a file. What is committed still has them, and it may be that only the journal has their data, whose tail
 *  can move before the commit: to its place with it. A checkpoint makes it stable. 0 or a negated error. */
export function orderedKeep(v: Volume, inode: Inode): i32 {
  const status = inode.object && hasLogged(v, inode.number) ? volume_writeBack(v.volume, inode.object) : 0;
  // Who makes room on a disk that is full must not fail for it; there is no checkpoint on one, either.
  return status == NoSpace ? 0 : status;
}

/** Copy what was written of the ordered inodes into the transaction: false if it is too much, or not at hand; then nothing is copied. */
export function orderedLog(v: Volume): bool {
  if (freeBytes() < SCARCE) return false;
  let count: u32 = 0;
  for (let at = <usize>v.ordered; at; at = <usize>changetype<Inode>(at).orderedNext) {
    count += unsyncedCount(changetype<Inode>(at));
    if (count > loggedLimit(v)) return false;
  }
  for (let at = <usize>v.ordered; at; at = <usize>changetype<Inode>(at).orderedNext) {
    if (logInode(v, changetype<Inode>(at))) continue;
    orderedForget(v);
    return false;
  }
  return true;
}

function logInode(v: Volume, inode: Inode): bool {
  const end = <u32>((inode.size + <u64>(v.blockSize - 1)) >> v.blockShift);
  for (let i: usize = 0; i < unsyncedRanges(); i++) {
    const last = min(unsyncedEnd(inode, i), end);
    for (let logical = unsyncedFirst(inode, i); logical < last; logical++) {
      const block = blockOf(v, inode, logical);
      if (block < 0) return false;
      // Ranges may overlap.
      if (block && !changetype<usize>(bufferFind(v, <u32>block)) && !logBlock(v, inode, logical, <u32>block)) return false;
    }
  }
  return true;
}

function logBlock(v: Volume, inode: Inode, logical: u32, block: u32): bool {
  const at = <u64>logical << v.blockShift, length = <i32>min(inode.size - at, <u64>v.blockSize);
  if (!inode.object || !loggedAdd(v, block, inode.number)) return false;
  const buffer = bufferAdd(v, block);
  if (!changetype<usize>(buffer)) return false;
  buffer.ofFile = 1;
  // Without Manage: a page that was given up is not zeros.
  if (kernel.dataspaceRead(inode.writer, <i64>at, 0, buffer.data, length) != length) return false;
  memory.fill(buffer.data + <usize>length, 0, <usize>(v.blockSize - length));
  return true;
}

/** Take what orderedLog has copied out of the transaction again. */
export function orderedForget(v: Volume): void {
  let at = <usize>v.firstBuffer;
  while (at) {
    const buffer = changetype<Buffer>(at);
    at = <usize>buffer.next;
    if (buffer.ofFile) bufferRemove(v, buffer);
  }
}

/** Write the data of the ordered inodes to its place: 0 or a negated error. */
export function orderedWrite(v: Volume): i32 {
  for (let at = <usize>v.ordered; at; at = <usize>changetype<Inode>(at).orderedNext) {
    const object = changetype<Inode>(at).object, status = object ? volume_writeBack(v.volume, object) : 0;
    if (status < 0) return status;
  }
  return loggedRevoke(v, 0) ? 0 : v.status;
}
