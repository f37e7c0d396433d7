// Adding a journal to a volume that has none, as tune2fs -j does, so that it can be written at all.
//
// The journal's blocks are free so far, so filling them harms nobody. What makes them the journal's is the first transaction in it: bitmaps,
// descriptors, inode, superblock. It is found by two writes, each of one block: (1) the inode, (2) the superblock with has_journal and
// needs_recovery. A crash before (2) leaves a volume without a journal, whose next attach starts again; after it, the replay does the rest.

import { volume_flush, volume_writeThrough } from "../../../abi/generated/assembly/client/volume";
import { Io, NoSpace } from "../../../abi/generated/assembly/errors";
import * as kernel from "../../../lib/assembly/kernel";
import {
  COMPATIBLE_JOURNAL, INCOMPATIBLE_RECOVER, INODE_JOURNAL, JBD_MAGIC, JBD_SUPER_2, JOURNAL_FROM_BLOCKS, JOURNAL_MAX_BLOCKS, JOURNAL_MIN_BLOCKS, JS_BLOCKS, JS_BLOCK_SIZE, JS_FIRST,
  JS_COMPATIBLE, JS_COMPATIBLE_CHECKSUM, JS_INCOMPATIBLE, JS_INCOMPATIBLE_ASYNC_COMMIT, JS_INCOMPATIBLE_REVOKE, JS_SEQUENCE, JS_START, JS_USERS, MODE_REGULAR, SB_COMPATIBLE, SB_INCOMPATIBLE, SB_JOURNAL_BACKUP_TYPE, SB_JOURNAL_BLOCKS, SB_JOURNAL_INODE,
  SUPER_OFFSET,
} from "../../../lib/formats/ext2";
import { blockEnsure } from "./block-map";
import { Buffer, bufferFind, bufferRemove } from "./buffer";
import { storeBig } from "./endian";
import { isFileBlock } from "./group";
import { Inode, inodeBlock, inodeClear, inodeWrite, noInode, pointerAt } from "./inode";
import { inodeForget, inodeKnown, inodeRecord } from "./inode-cache";
import { logAdvance, logBlock, logCommit, logWrite } from "./journal";
import { mapRead } from "./journal-load";
import { superModify } from "./superblock";
import { TRANSFER_SIZE, Volume } from "./volume";

/** Blocks of a journal for the volume, as mke2fs chooses; 0: no room. */
function journalSize(v: Volume): u32 {
  if (v.blocks < <u32>JOURNAL_FROM_BLOCKS) return 0;
  let size: u32 = JOURNAL_MIN_BLOCKS;
  if (v.blocks >= 32768) size = 4096;
  if (v.blocks >= 262144) size = 8192;
  if (v.blocks >= 524288) size = 16384;
  if (v.blocks >= 4194304) size = JOURNAL_MAX_BLOCKS;
  while (size > <u32>JOURNAL_MIN_BLOCKS && v.freeBlocks < size << 2) size >>= 1;
  return v.freeBlocks < size + (size >> 3) + 64 ? 0 : max(size, JOURNAL_MIN_BLOCKS);
}

/** Make one: 0; NoSpace, and then nothing has changed; or another negated error. */
export function journalCreate(v: Volume): i32 {
  const size = journalSize(v);
  if (!size) return NoSpace;
  const known = inodeKnown(v, INODE_JOURNAL);
  if (!noInode(known)) inodeForget(v, known);
  const inode = inodeRecord(v, INODE_JOURNAL);
  if (noInode(inode) || !inodeClear(v, inode)) return v.status;
  inode.mode = MODE_REGULAR | 0o600;
  inode.links = 1;
  inode.size = <u64>size << v.blockShift;
  inode.modified = <u64>kernel.wallClock();
  inode.accessed = inode.modified;
  inode.changed = inode.modified;
  let status = 0;
  for (let i: u32 = 0; i < size; i++) {
    const block = blockEnsure(v, inode, i, 0);
    if (block < 0) { status = <i32>block; break; }
  }
  if (status == 0 && !inodeWrite(v, inode)) status = v.status;
  if (status == 0) status = mapRead(v, inode, size);
  if (status == 0) status = install(v, inode, size);
  if (status < 0) while (v.firstBuffer) bufferRemove(v, changetype<Buffer>(<usize>v.firstBuffer));
  inodeForget(v, inode);
  return status;
}

function install(v: Volume, inode: Inode, size: u32): i32 {
  v.logFirst = 1;
  v.logHead = 1;
  v.logTail = 1;
  v.logUsed = 0;
  v.sequence = 1;
  v.journalInode = INODE_JOURNAL;
  v.logChecked = 1;
  v.logAsync = 1;
  const s = superModify(v);
  if (!s) return v.status;
  v.compatible |= COMPATIBLE_JOURNAL;
  v.incompatible |= INCOMPATIBLE_RECOVER;
  store<u32>(s, v.compatible, SB_COMPATIBLE);
  store<u32>(s, v.incompatible, SB_INCOMPATIBLE);
  store<u32>(s, INODE_JOURNAL, SB_JOURNAL_INODE);
  store<u8>(s, 1, SB_JOURNAL_BACKUP_TYPE);
  memory.copy(s + SB_JOURNAL_BLOCKS, pointerAt(inode, 0), 60);
  store<u32>(s, 0, SB_JOURNAL_BLOCKS + 60);
  store<u32>(s, <u32>inode.size, SB_JOURNAL_BLOCKS + 64);
  let status = fillLog(v, size);
  // The indirect blocks above it, so that it can be found.
  for (let at = <usize>v.firstBuffer; at && status == 0; at = <usize>changetype<Buffer>(at).next) {
    if (isFileBlock(v, changetype<Buffer>(at).block)) status = writeCopy(v, changetype<Buffer>(at).block);
  }
  if (status == 0) status = logWrite(v, false);
  if (status == 0) status = volume_flush(v.volume);
  if (status == 0) status = logCommit(v);
  if (status == 0) status = writeCopy(v, inodeBlock(v, INODE_JOURNAL));
  if (status == 0) status = volume_flush(v.volume);
  if (status == 0) status = volume_writeThrough(v.volume, SUPER_OFFSET, s, 512);
  if (status == 0) status = volume_flush(v.volume);
  if (status == 0) logAdvance(v);
  return status;
}

/** Write a private copy to its place at once. */
function writeCopy(v: Volume, block: u32): i32 {
  const buffer = bufferFind(v, block);
  return changetype<usize>(buffer) ? volume_writeThrough(v.volume, <u64>block << v.blockShift, buffer.data, <i32>v.blockSize) : Io;
}

/** An empty journal: zeros, so that nothing that was there before looks like a transaction. */
function fillLog(v: Volume, size: u32): i32 {
  memory.fill(v.transfer, 0, TRANSFER_SIZE);
  for (let i: u32 = 0; i < size;) {
    let run: u32 = 1;
    while (i + run < size && run < <u32>TRANSFER_SIZE >> v.blockShift && logBlock(v, i + run) == logBlock(v, i) + run) run++;
    const status = volume_writeThrough(v.volume, <u64>logBlock(v, i) << v.blockShift, v.transfer, <i32>(run << v.blockShift));
    if (status < 0) return status;
    i += run;
  }
  const s = v.transfer;
  storeBig(s, JBD_MAGIC, 0);
  storeBig(s, JBD_SUPER_2, 4);
  storeBig(s, v.blockSize, JS_BLOCK_SIZE);
  storeBig(s, size, JS_BLOCKS);
  storeBig(s, 1, JS_FIRST);
  storeBig(s, 1, JS_SEQUENCE);
  storeBig(s, 1, JS_START);
  storeBig(s, JS_COMPATIBLE_CHECKSUM, JS_COMPATIBLE);
  storeBig(s, JS_INCOMPATIBLE_REVOKE | JS_INCOMPATIBLE_ASYNC_COMMIT, JS_INCOMPATIBLE);
  storeBig(s, 1, JS_USERS);
  return volume_writeThrough(v.volume, <u64>logBlock(v, 0) << v.blockShift, s, <i32>v.blockSize);
}
