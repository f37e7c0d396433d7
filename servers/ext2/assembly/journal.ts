// The journal (JBD, as ext3's): a file whose blocks are a ring.
//
//   block 0: superblock | first … last: transactions, each: descriptor (tags: where the next blocks belong), the blocks, … , revoked numbers, commit
//
// The checksum in a commit block is of the transaction's descriptors and the blocks that they describe, in this order; not of the revoked numbers.
//
// s_start and s_sequence say where the oldest transaction that may have to be replayed begins, and its number; s_start 0: nothing to replay.
// Everything here is written through the cache, and is big-endian. Who may write when: transaction.ts.

import { volume_writeThrough } from "../../../abi/generated/assembly/client/volume";
import { Io } from "../../../abi/generated/assembly/errors";
import {
  CHECKSUM_CRC32, CHECKSUM_SIZE, COMMIT_CHECKSUM, COMMIT_SIZE, COMMIT_TYPE, JBD_COMMIT, JBD_DESCRIPTOR, JBD_HEADER, JBD_MAGIC, JBD_REVOKE, JBD_SUPER_2, JBD_TAG, JBD_UUID, JS_COMPATIBLE,
  JS_COMPATIBLE_CHECKSUM, JS_ERROR, JS_INCOMPATIBLE, JS_INCOMPATIBLE_ASYNC_COMMIT, JS_INCOMPATIBLE_REVOKE, JS_SEQUENCE, JS_START, REVOKE_HEADER, TAG_ESCAPED, TAG_LAST, TAG_SAME_UUID,
} from "../../../lib/formats/ext2";
import { Buffer } from "./buffer";
import { CHECKSUM_START, checksum } from "./checksum";
import { loadBig, storeBig } from "./endian";
import { imageRead } from "./image";
import { TRANSFER_SIZE, Volume } from "./volume";

@inline export function logBlock(v: Volume, index: u32): u32 { return load<u32>(v.log + (<usize>index << 2)); }
@inline export function logNext(v: Volume, index: u32): u32 { return index + 1 == v.logBlocks ? v.logFirst : index + 1; }
@inline function tagsPerBlock(v: Volume): u32 { return (v.blockSize - JBD_HEADER - JBD_UUID) / JBD_TAG; }
@inline function revokesPerBlock(v: Volume): u32 { return (v.blockSize - REVOKE_HEADER) >> 2; }

/** So many revoked numbers lie in one sector, which is there or not. With more a transaction is not written in one piece, as no checksum covers them. */
export const REVOKED_SAFE: u32 = (512 - REVOKE_HEADER) >> 2;

/** Blocks of the ring that the running transaction takes, if `blocks` and `revoked` numbers are added to it. */
export function logNeeds(v: Volume, blocks: u32, revoked: u32): u32 {
  blocks += v.bufferCount;
  revoked += v.revokedCount;
  return blocks + (blocks + tagsPerBlock(v) - 1) / tagsPerBlock(v) + (revoked + revokesPerBlock(v) - 1) / revokesPerBlock(v) + 1;
}

/** Blocks that are free; one stays free, so that head and tail differ. */
export function logRoom(v: Volume): u32 { return v.logBlocks - v.logFirst - v.logUsed - 1; }

/** Fill in the header of a journal block at `at`. */
export function logHeader(v: Volume, at: usize, type: u32): void {
  memory.fill(at, 0, <usize>v.blockSize);
  storeBig(at, JBD_MAGIC, 0);
  storeBig(at, type, 4);
  storeBig(at, v.sequence, 8);
}

// Blocks gathered in the transfer buffer, to be written in one piece as long as they lie side by side on the disk: `pending` of them, of
// which the first belongs to disk block `start`. They are passed along as one value, start << 8 | pending.

/** Write out what is gathered: 0 or a negated error. */
function spill(v: Volume, gathered: u64): i32 {
  const pending = <u32>gathered & 255;
  return pending ? volume_writeThrough(v.volume, gathered >> 8 << v.blockShift, v.transfer, <i32>(pending << v.blockShift)) : 0;
}

/** Room for the block at ring position `index`: its address is that of the last one gathered. 0 in `status` or an error. */
function gather(v: Volume, gathered: u64, index: u32): u64 {
  const block = logBlock(v, index), pending = <u32>gathered & 255;
  if (pending && <u64>block == (gathered >> 8) + pending && pending + 1 <= <u32>TRANSFER_SIZE >> v.blockShift) return gathered + 1;
  const status = spill(v, gathered);
  if (status < 0) v.status = status;
  return <u64>block << 8 | 1;
}

@inline function last(v: Volume, gathered: u64): usize { return v.transfer + (((<usize>gathered & 255) - 1) << v.blockShift); }

/** The block that was gathered last is whole, and one that the checksum is of. */
@inline function sum(v: Volume, gathered: u64): void { if (v.logChecked) v.logChecksum = checksum(v.logChecksum, last(v, gathered), v.blockSize); }

/** Everything of the running transaction but the commit block; and that, too, if `whole`. */
export function logWrite(v: Volume, whole: bool): i32 {
  let gathered: u64 = 0, index = v.logHead, left = v.bufferCount;
  v.status = 0;
  v.logChecksum = CHECKSUM_START;
  let buffer = changetype<Buffer>(<usize>v.firstBuffer);
  while (left && !v.status) {
    const count = min(left, tagsPerBlock(v));
    gathered = gather(v, gathered, index);
    index = logNext(v, index);
    const descriptor = last(v, gathered);
    logHeader(v, descriptor, JBD_DESCRIPTOR);
    let at = descriptor + JBD_HEADER, ahead = buffer;
    for (let i: u32 = 0; i < count; i++) {
      // A block that looks like one of the journal's is written without its first word.
      const escaped = loadBig(ahead.data, 0) == JBD_MAGIC ? TAG_ESCAPED : 0;
      storeBig(at, ahead.block, 0);
      storeBig(at, escaped | (i ? TAG_SAME_UUID : 0) | (i + 1 == count ? TAG_LAST : 0), 4);
      at += JBD_TAG + (i ? 0 : JBD_UUID);
      ahead = changetype<Buffer>(<usize>ahead.next);
    }
    sum(v, gathered);
    for (let i: u32 = 0; i < count && !v.status; i++) {
      gathered = gather(v, gathered, index);
      index = logNext(v, index);
      memory.copy(last(v, gathered), buffer.data, <usize>v.blockSize);
      if (loadBig(buffer.data, 0) == JBD_MAGIC) store<u32>(last(v, gathered), 0);
      sum(v, gathered);
      buffer = changetype<Buffer>(<usize>buffer.next);
    }
    left -= count;
  }
  for (let done: u32 = 0; done < v.revokedCount && !v.status;) {
    const count = min(v.revokedCount - done, revokesPerBlock(v));
    gathered = gather(v, gathered, index);
    index = logNext(v, index);
    const block = last(v, gathered);
    logHeader(v, block, JBD_REVOKE);
    storeBig(block, REVOKE_HEADER + (count << 2), JBD_HEADER);
    for (let i: u32 = 0; i < count; i++) storeBig(block + REVOKE_HEADER + (<usize>i << 2), load<u32>(v.revoked + (<usize>(done + i) << 2)), 0);
    done += count;
  }
  if (whole && !v.status) {
    gathered = gather(v, gathered, index);
    fillCommit(v, last(v, gathered));
  }
  const status = v.status ? v.status : spill(v, gathered);
  v.status = 0;
  return status;
}

function fillCommit(v: Volume, at: usize): void {
  logHeader(v, at, JBD_COMMIT);
  if (!v.logChecked) return;
  store<u8>(at, CHECKSUM_CRC32, COMMIT_TYPE);
  store<u8>(at, CHECKSUM_SIZE, COMMIT_SIZE);
  storeBig(at, v.logChecksum, COMMIT_CHECKSUM);
}

/** Where the commit block of the running transaction belongs. */
function commitPlace(v: Volume): u32 {
  const at = v.logHead + logNeeds(v, 0, 0) - 1;
  return at >= v.logBlocks ? at - (v.logBlocks - v.logFirst) : at;
}

/** The commit block, behind what logWrite has written. */
export function logCommit(v: Volume): i32 {
  fillCommit(v, v.transfer);
  return volume_writeThrough(v.volume, <u64>logBlock(v, commitPlace(v)) << v.blockShift, v.transfer, <i32>v.blockSize);
}

/** The running transaction is stable: the next one goes behind it. */
export function logAdvance(v: Volume): void {
  const size = logNeeds(v, 0, 0);
  v.logHead = logNext(v, commitPlace(v));
  v.logUsed += size;
}

/** Say in the journal's superblock that the ring is empty: the next transaction starts at `start` (0: nothing to replay at all). Features that
 *  transactions have are said as long as there may be some; an old superblock has no place for them. */
export function logReset(v: Volume, start: u32): i32 {
  const place = <u64>logBlock(v, 0) << v.blockShift;
  if (imageRead(v, place, v.transfer, 512) < 0) return Io;
  storeBig(v.transfer, v.sequence, JS_SEQUENCE);
  storeBig(v.transfer, start, JS_START);
  storeBig(v.transfer, v.journalError, JS_ERROR);
  v.logChecked = start != 0 && loadBig(v.transfer, 4) == JBD_SUPER_2 ? 1 : 0;
  v.logAsync = v.logChecked;
  if (loadBig(v.transfer, 4) == JBD_SUPER_2) {
    storeBig(v.transfer, loadBig(v.transfer, JS_COMPATIBLE) & ~JS_COMPATIBLE_CHECKSUM | (v.logChecked ? JS_COMPATIBLE_CHECKSUM : 0), JS_COMPATIBLE);
    const others = (loadBig(v.transfer, JS_INCOMPATIBLE) | JS_INCOMPATIBLE_REVOKE) & ~JS_INCOMPATIBLE_ASYNC_COMMIT;
    storeBig(v.transfer, others | (v.logAsync ? JS_INCOMPATIBLE_ASYNC_COMMIT : 0), JS_INCOMPATIBLE);
  }
  const status = volume_writeThrough(v.volume, place, v.transfer, 512);
  if (status < 0) return status;
  v.logTail = v.logHead;
  v.logUsed = 0;
  return 0;
}
