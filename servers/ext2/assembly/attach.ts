// Attaching: recognizing a file system, replaying its journal, and deciding whether it may be written. What is wrong is said (reason).
//
// Written volumes have a journal. One that has none gets one (journal-create.ts); where there is no room for it the volume is read-only, as
// are those that are marked faulty, were not cleanly unmounted without a journal, or have features that only readers may ignore.

import * as kernel from "../../../lib/assembly/kernel";
import { volume_flush } from "../../../abi/generated/assembly/client/volume";
import { Corrupt, Io, NoMemory, NoSpace, NotFound, ReadOnly, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { MountFlags } from "../../../abi/generated/assembly/enums";
import { handleMint } from "../../../lib/assembly/ipc/handle";
import { allocate, allocateRaw, freeBytes } from "../../../lib/assembly/memory/allocator";
import { hashInitialize } from "../../../lib/assembly/memory/hash-table";
import { listInitialize } from "../../../lib/assembly/memory/list";
import { numberAdd } from "../../../lib/assembly/memory/number-table";
import { mutexCreate } from "../../../lib/assembly/sync/mutex";
import {
  COMPATIBLE_JOURNAL, INCOMPATIBLE_RECOVER, INODE_ROOT, SB_JOURNAL_INODE, SB_LAST_ORPHAN, SB_MOUNT_COUNT, SB_MOUNT_TIME, SB_STATE, STATE_ERROR, STATE_VALID, SUPER_OFFSET, SUPER_SIZE,
} from "../../../lib/formats/ext2";
import { blockPeek } from "./buffer";
import { volumeDiscard } from "./detach";
import { groupsRead } from "./group";
import { imageRead, sayDone, sayStart } from "./image";
import { noInode } from "./inode";
import { inodeForget, inodeGet, inodeKnown, inodeList } from "./inode-cache";
import { journalCreate } from "./journal-create";
import { journalLoad } from "./journal-load";
import { logReset } from "./journal";
import { logOpen } from "./journal-use";
import { orphansFinish } from "./orphan";
import {
  sayDiskReadOnly, sayFaulty, sayNoRoom, sayNotClean, sayOldRevision, sayOutOfMemory, sayReadOnly, sayRoot, saySuperblock, sayTooSmall,
} from "./phrases";
import { replay } from "./replay";
import { TAG_VOLUME, numbers, state } from "./state";
import { superModify, superRead, superReadersOnly } from "./superblock";
import { changeBegin, commit, transactionEnd } from "./transaction";
import { NAME_SIZE, PLACES_SIZE, RECORD_SIZE, TRANSFER_SIZE, Volume, buffersOf, inodesOf, isNull, loggedOf, mutexOf, volumeLink } from "./volume";

const WHY_FAULTY: i32 = 0;
const WHY_NOT_CLEAN: i32 = 1;
const WHY_NO_ROOM: i32 = 2;
const WHY_OLD: i32 = 3;
const WHY_DISK: i32 = 4;

function becomeReadOnly(v: Volume, why: i32): void {
  v.readOnly = 1;
  const t = sayStart();
  if (!changetype<usize>(t)) return;
  sayReadOnly(t);
  switch (why) {
    case WHY_FAULTY: sayFaulty(t); break;
    case WHY_NOT_CLEAN: sayNotClean(t); break;
    case WHY_NO_ROOM: sayNoRoom(t); break;
    case WHY_OLD: sayOldRevision(t); break;
    default: sayDiskReadOnly(t);
  }
  sayDone(t, true);
}

/** The record with its buffers, or null. */
function create(): Volume {
  const v = changetype<Volume>(allocate(<i32>offsetof<Volume>()));
  if (isNull(v)) return v;
  v.tag = TAG_VOLUME;
  v.scratch = allocateRaw(4096);
  v.block2 = allocateRaw(4096);
  v.transfer = allocateRaw(TRANSFER_SIZE);
  v.sectors = allocateRaw(PLACES_SIZE);
  v.fresh = allocateRaw(TRANSFER_SIZE >> 9);
  v.nameA = allocateRaw(NAME_SIZE);
  v.nameB = allocateRaw(NAME_SIZE);
  v.record = allocateRaw(RECORD_SIZE);
  listInitialize(inodeList(v));
  const whole = v.scratch && v.block2 && v.transfer && v.sectors && v.fresh && v.nameA && v.nameB && v.record;
  if (whole && hashInitialize(buffersOf(v)) && hashInitialize(loggedOf(v)) && hashInitialize(inodesOf(v)) && mutexCreate(mutexOf(v)) == 0) return v;
  volumeDiscard(v);
  return changetype<Volume>(0);
}

/** Attach: the volume, served under its badge, or null with `status` of the attempt in `refused`. The capabilities are taken over in any case. */
export function volumeAttach(flags: u32, size: u64, volumeCap: i32, image: i32): Volume {
  const v = create();
  if (isNull(v)) {
    kernel.capDelete(volumeCap);
    kernel.capDelete(image);
    state().refused = NoMemory;
    return v;
  }
  v.volume = volumeCap;
  v.image = image;
  v.size = size;
  v.readOnly = flags & MountFlags.ReadOnly ? 1 : 0;
  let status = recognize(v);
  if (status == 0) {
    v.badge = numberAdd(numbers(), changetype<usize>(v));
    v.root = v.badge ? handleMint(v.badge) : TooManyOpen;
    status = min(v.root, 0);
  }
  if (status < 0) {
    if (status == NoMemory && !state().reasonLength) { const t = sayStart(); if (changetype<usize>(t)) sayOutOfMemory(t); sayDone(t, true); }
    volumeDiscard(v);
    state().refused = status;
    return changetype<Volume>(0);
  }
  volumeLink(v);
  return v;
}

/** Read the superblock, of which a copy may be private, to the record buffer. */
function readSuper(v: Volume): i32 {
  const at = v.blockShift ? blockPeek(v, SUPER_OFFSET >> v.blockShift, v.scratch) : 0;
  if (at) memory.copy(v.record, at + (<usize>SUPER_OFFSET & <usize>(v.blockSize - 1)), SUPER_SIZE);
  else if (imageRead(v, SUPER_OFFSET, v.record, SUPER_SIZE) < 0) return Io;
  return superRead(v, v.record);
}

function recognize(v: Volume): i32 {
  if (v.size < <u64>(SUPER_OFFSET + SUPER_SIZE)) {
    const t = sayStart();
    if (changetype<usize>(t)) { saySuperblock(t); sayTooSmall(t); t.decimal(<i64>v.size); }
    sayDone(t, true);
    return Corrupt;
  }
  let status = readSuper(v);
  if (status == 0) status = groupsRead(v);
  if (status == 0 && v.compatible & COMPATIBLE_JOURNAL) status = recover(v);
  if (status < 0) return status;
  status = readSuper(v);
  if (status < 0) return status;
  const first = load<u32>(v.record, SB_LAST_ORPHAN), flags = load<u16>(v.record, SB_STATE);
  v.bufferLimit = 0;
  if (!v.readOnly) {
    if (superReadersOnly(v)) v.readOnly = 1;
    else if (flags & STATE_ERROR || v.journalError) becomeReadOnly(v, WHY_FAULTY);
    else if (!v.log && !(flags & STATE_VALID)) becomeReadOnly(v, WHY_NOT_CLEAN);
    else if (!v.revision) becomeReadOnly(v, WHY_OLD);
  }
  if (!v.readOnly) status = activate(v);
  if (status == 0 && !v.readOnly && first) status = orphansFinish(v, first);
  if (status == 0 && !v.readOnly) status = commit(v);
  if (status == 0 && v.aborted) status = Corrupt;
  if (status < 0) return status;
  const root = inodeGet(v, INODE_ROOT);
  if (!noInode(root) && root.isDirectory) return 0;
  if (noInode(root) && v.status != NotFound && v.status != Corrupt) return v.status;
  const t = sayStart();
  if (changetype<usize>(t)) sayRoot(t);
  sayDone(t, true);
  return Corrupt;
}

/** Load the journal, and replay it if it is to be replayed. */
function recover(v: Volume): i32 {
  let status = journalLoad(v, load<u32>(v.record, SB_JOURNAL_INODE));
  if (status < 0 || !v.logTail) return status;
  const first = v.sequence;
  status = replay(v, v.logTail, first);
  if (status == ReadOnly) {
    // The disk is read-only, which the first write tells.
    v.readOnly = 1;
    status = replay(v, v.logTail, first);
  }
  if (status < 0) return status;
  if (!v.readOnly) {
    status = volume_flush(v.volume);
    v.sequence++;
    if (status == 0) status = logReset(v, 0);
    if (status == 0) status = volume_flush(v.volume);
    if (status < 0) return status;
  }
  // What was read before may have changed: inodes above all.
  const known = inodeKnown(v, v.journalInode);
  if (!noInode(known)) inodeForget(v, known);
  return 0;
}

/** Get ready to be written. */
function activate(v: Volume): i32 {
  v.bufferLimit = u32.MAX_VALUE;
  let status = 0;
  if (!v.log) {
    status = journalCreate(v);
    if (status == NoSpace) { becomeReadOnly(v, WHY_NO_ROOM); return 0; }
  } else {
    v.logHead = v.logFirst;
    status = logOpen(v);
  }
  if (status == ReadOnly) {
    v.incompatible &= ~INCOMPATIBLE_RECOVER;
    becomeReadOnly(v, WHY_DISK);
    return 0;
  }
  if (status < 0) return status;
  // A quarter of the ring, and not more than a quarter of the memory.
  v.bufferLimit = min(min((v.logBlocks - v.logFirst) >> 2, 2048), max(<u32>(freeBytes() >> 2 >> (v.blockShift + 1)), 192));
  status = v.bufferCount ? transactionEnd(v) : 0;
  if (status == 0) status = changeBegin(v, 2);
  if (status < 0) return status;
  const s = superModify(v);
  if (!s) return v.status;
  store<u16>(s, load<u16>(s, SB_MOUNT_COUNT) + 1, SB_MOUNT_COUNT);
  store<u32>(s, <u32>(<u64>kernel.wallClock() / 1_000_000_000), SB_MOUNT_TIME);
  return 0;
}
