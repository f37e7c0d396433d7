// Transactions: all metadata that the requests of some seconds change, which reaches the disk at once or not at all.
//
//   const status = changeBegin(v, blocks);    before the first change of a request, with the most blocks that it will change
//   ...                                       changes of private copies (buffer.ts); nothing here may commit
//   commit(v)                                 makes all of it stable; also for fsync, when it is full, and after COMMIT_AGE
//
// The order of a commit (docs/invariants.md). In one piece, if the journal has checksums, and the file data that must not come later is little:
//   1. that data (orderedLog), the private copies, the revoked numbers and the commit block, to the journal; flush: from here on a replay does it, and
//      what arrived in part has a wrong checksum;
//   2. the private copies to their places in the image, from where the cache writes them when it likes.
// In two pieces otherwise:
//   1. file data of the inodes on the ordered list, to its place (orderedWrite);
//   2. the private copies and the revoked numbers, to the journal; flush;
//   3. the commit block; flush: from here on a replay does it;
//   4. as 2. above.
// checkpoint: barrier, so that 4. is on the disk, and only then the journal's tail moves.

import * as kernel from "../../../lib/assembly/kernel";
import { volume_barrier, volume_flush, volume_writeBack } from "../../../abi/generated/assembly/client/volume";
import { Io, NoMemory, NoSpace, ReadOnly } from "../../../abi/generated/assembly/errors";
import { freeBytes } from "../../../lib/assembly/memory/allocator";
import { Buffer, bufferRemove } from "./buffer";
import { imageWrite, sayStart, volumeFail } from "./image";
import { Inode } from "./inode";
import { REVOKED_SAFE, logAdvance, logCommit, logNeeds, logReset, logRoom, logWrite } from "./journal";
import { logOpen } from "./journal-use";
import { loggedLimit, orderedAdd, orderedForget, orderedLog, orderedWrite } from "./ordered";
import { sayIo } from "./phrases";
import { loggedClear, loggedCount } from "./revoke";
import { unsyncedClear, unsyncedCount } from "./unsynced";
import { Volume } from "./volume";

/** Nanoseconds. */
export const COMMIT_AGE: i64 = 5_000_000_000;
/** Memory that a transaction leaves free. */
const MARGIN: usize = 256 << 10;

/** 0, or why nothing may be changed. May commit what was changed before. */
export function changeBegin(v: Volume, blocks: u32): i32 {
  if (v.readOnly) return ReadOnly;
  let status = logReopen(v);
  if (status < 0) return status;
  // Space that was freed but not committed cannot be had yet.
  const full = v.bufferCount + (v.revokedCount >> 6) + blocks > v.bufferLimit || scarce(v, blocks);
  if (full || v.pendingFree && v.freeBlocks < v.pendingFree + (blocks << 1)) {
    status = commit(v);
    if (status < 0) return status;
    if (scarce(v, blocks)) return NoMemory;
  }
  if (!v.began) v.began = max<i64>(kernel.monotonic(), 1);
  return 0;
}

@inline function scarce(v: Volume, blocks: u32): bool { return freeBytes() < <usize>blocks * (<usize>v.blockSize + 128) + MARGIN; }

/** Whether a request that is about to be made needs a commit first, and how old the transaction is. */
export function commitIfOld(v: Volume, now: i64): i32 { return v.began && now - v.began >= COMMIT_AGE && !v.readOnly ? commit(v) : 0; }

function failed(v: Volume, status: i32): i32 {
  // A disk that is full for the moment can be tried again; nothing has been lost.
  if (status == NoSpace) return status;
  const t = sayStart();
  if (changetype<usize>(t)) sayIo(t);
  return volumeFail(v, t, Io);
}

/** An unmount has failed: the journal is taken into use again before anything is changed, as a private copy of the superblock
 *  would have its flag as it is now. 0 or a negated error: NoSpace leaves it to the next change. */
export function logReopen(v: Volume): i32 {
  if (!v.logClosed || v.readOnly) return 0;
  const status = logOpen(v);
  return status < 0 ? failed(v, status) : 0;
}

/** Whether the running transaction is to be committed in one piece. Its file data is in it then. */
function inOnePiece(v: Volume): bool { return v.logAsync != 0 && !v.orderedFlush && v.revokedCount <= REVOKED_SAFE && orderedLog(v); }

/** The second half of a commit in two pieces is the commit block; both end with a flush. */
function write(v: Volume, whole: bool): i32 {
  let status = whole ? 0 : orderedWrite(v);
  if (status == 0) status = logWrite(v, whole);
  if (status == 0 && !whole) {
    status = volume_flush(v.volume);
    if (status == 0) status = logCommit(v);
  }
  return status == 0 ? volume_flush(v.volume) : status;
}

/** 0, or a negated error: then nothing was committed. */
export function commit(v: Volume): i32 {
  if (v.readOnly) return v.aborted ? Io : 0;
  if (!v.bufferCount && !v.revokedCount) { v.began = 0; return 0; }
  let status = 0;
  if (logNeeds(v, loggedLimit(v), loggedCount(v)) > logRoom(v)) {
    status = checkpoint(v);
    if (status < 0) return status;
  }
  const whole = inOnePiece(v);
  if (v.readOnly) return Io;
  status = write(v, whole);
  if (status < 0) {
    // A disk that is full for the moment is tried again: what is in the journal of this attempt must not join what the next one writes.
    v.orderedFlush = 1;
    orderedForget(v);
    return failed(v, status);
  }
  v.commits++;
  v.commitBlocks += <u64>v.bufferCount;
  if (whole) v.quickCommits++;
  logAdvance(v);
  return transactionEnd(v);
}

/** The last step; the transaction is over. */
export function transactionEnd(v: Volume): i32 {
  let status = 0;
  while (v.firstBuffer) {
    const buffer = changetype<Buffer>(<usize>v.firstBuffer);
    if (buffer.ofFile) v.quickBlocks++;
    else if (imageWrite(v, <u64>buffer.block << v.blockShift, buffer.data, <i32>v.blockSize) < 0) status = Io;
    bufferRemove(v, buffer);
  }
  while (v.ordered) {
    const inode = changetype<Inode>(<usize>v.ordered);
    v.ordered = inode.orderedNext;
    inode.isOrdered = 0;
    unsyncedClear(inode);
  }
  v.orderedFlush = 0;
  v.revokedCount = 0;
  v.pendingFree = 0;
  v.began = 0;
  v.sequence++;
  return status < 0 ? failed(v, status) : 0;
}

/** All that was committed is in its place: the journal is empty again. */
export function checkpoint(v: Volume): i32 {
  let status = logReopen(v);
  if (status < 0) return status;
  status = volume_barrier(v.volume);
  if (status == 0) status = logReset(v, v.logHead);
  if (status == 0) status = volume_flush(v.volume);
  v.checkpoints++;
  if (status < 0) return failed(v, status);
  loggedClear(v);
  return 0;
}

/** fsync: data and attributes of an inode are stable when this returns. */
export function inodeSync(v: Volume, inode: Inode): i32 {
  if (v.readOnly) return v.aborted ? Io : 0;
  if (inode.transaction == v.sequence && v.bufferCount) {
    if (inode.object && unsyncedCount(inode)) orderedAdd(v, inode);
    return commit(v);
  }
  let status = inode.object ? volume_writeBack(v.volume, inode.object) : 0;
  if (status == 0) status = volume_flush(v.volume);
  if (status < 0) return failed(v, status);
  unsyncedClear(inode);
  return 0;
}

/** All data and metadata are stable when this returns. */
export function volumeSync(v: Volume): i32 {
  if (v.readOnly) return v.aborted ? Io : 0;
  const status = volume_writeBack(v.volume, 0);
  if (status < 0) return failed(v, status);
  if (v.bufferCount || v.revokedCount) return commit(v);
  const flushed = volume_flush(v.volume);
  return flushed < 0 ? failed(v, flushed) : 0;
}
