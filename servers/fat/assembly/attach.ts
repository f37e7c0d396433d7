// A volume's life: recognized, repaired if it was not unmounted cleanly, marked as in use; at the end written out and marked as clean.

import * as kernel from "../../../lib/assembly/kernel";
import { Busy, Io, NoMemory, NoSpace, ReadOnly, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { FileKind, MountFlags } from "../../../abi/generated/assembly/enums";
import { volume_barrier, volume_abandon, volume_detach, volume_flush } from "../../../abi/generated/assembly/client/volume";
import { CLEAN_16, CLEAN_32 } from "../../../lib/formats/fat";
import { dropCap, handleMint } from "../../../lib/assembly/ipc/handle";
import { listAppend, listRemove } from "../../../lib/assembly/memory/list";
import { numberAdd, numberRemove } from "../../../lib/assembly/memory/number-table";
import { bootSectorRead } from "./boot-sector";
import { commit, storeInfo } from "./commit";
import { MARKED_CLEAN, damaged } from "./damage";
import { Inode, inodeAny, inodeCreate, inodeFree, isNoInode } from "./inode";
import { indexFree, indexLoad } from "./name-index";
import { REASON_READ, REASON_READ_ONLY, REASON_REPAIR, REASON_ROOT_CHAIN, because, reasonClear } from "./reason";
import { recover } from "./recovery";
import { KIND_FAT, KIND_SLOTS, sectorView, sectorsForget, sectorsWrite } from "./sectors";
import { handles, volumeList } from "./state";
import { entryWrite, tableLoad } from "./table";
import { Volume, isNoVolume, volumeCreate, volumeFree, volumeLink } from "./volume";

@inline export function rootInode(volume: Volume): Inode { return changetype<Inode>(<usize>volume.rootInode); }

/** Attach; takes the two capabilities over. The badge of the new volume, or a negated error whose reason is told. */
export function volumeAttach(flags: u32, size: u64, cache: i32, image: i32): i32 {
  reasonClear();
  const volume = volumeCreate();
  if (isNoVolume(volume)) {
    dropCap(cache);
    dropCap(image);
    return NoMemory;
  }
  volume.cache = cache;
  volume.image = image;
  volume.readOnly = (flags & MountFlags.ReadOnly) != 0;
  let status = recognize(volume, size);
  if (!status) status = publish(volume);
  if (status < 0) close(volume);
  return status;
}

function recognize(volume: Volume, size: u64): i32 {
  let status = bootSectorRead(volume, size);
  if (status < 0) return status;
  const clean = cleanBit(volume);
  if (clean < 0) return because(clean, REASON_READ, -clean);
  status = tableLoad(volume);
  if (status < 0) return because(status, REASON_READ, -status);
  const root = inodeCreate(volume, 0, changetype<Inode>(0), FileKind.Directory);
  if (isNoInode(root)) return NoMemory;
  volume.rootInode = <u32>changetype<usize>(root);
  root.cluster = volume.rootCluster;
  root.modified = <u64>kernel.wallClock();
  root.created = root.modified;
  root.accessed = root.modified;
  status = indexLoad(root);
  if (status < 0) return because(status, REASON_ROOT_CHAIN, -status);
  if (volume.readOnly) return 0;
  // A disk that cannot be written, or not be repaired, is served as it is.
  if (!clean || volume.type == 12) {
    status = recover(volume);
    // What was read of the root before may have changed.
    indexFree(root);
    if (status >= 0) status = indexLoad(root);
    if (status < 0) return serveReadOnly(volume, REASON_REPAIR, status);
  }
  status = setClean(volume, false);
  return status < 0 ? serveReadOnly(volume, REASON_READ_ONLY, status) : 0;
}

function serveReadOnly(volume: Volume, reason: i32, status: i32): i32 {
  sectorsForget(volume, KIND_FAT);
  sectorsForget(volume, KIND_SLOTS);
  volume.readOnly = true;
  because(status, reason, -status);
  return 0;
}

/** Put it where its badge finds it. */
function publish(volume: Volume): i32 {
  const number = numberAdd(handles(), changetype<usize>(volume));
  if (!number) return TooManyOpen;
  const root = handleMint(number);
  if (root < 0) { numberRemove(handles(), number); return root; }
  volume.number = number;
  volume.root = root;
  listAppend(volumeList(), volumeLink(volume));
  return <i32>number;
}

/** Whether the volume is marked as clean: 1, 0, or a negated error. FAT12 has no mark. */
function cleanBit(volume: Volume): i32 {
  if (volume.type == 12) return 1;
  const view = sectorView(volume, volume.fatStart + volume.activeFat * volume.fatSectors, KIND_FAT);
  if (!view) return Io;
  return volume.type == 16 ? (load<u16>(view, 2) & CLEAN_16 ? 1 : 0) : load<u32>(view, 4) & CLEAN_32 ? 1 : 0;
}

/** Mark it, and see to it that the mark is on stable storage. */
function setClean(volume: Volume, clean: bool): i32 {
  if (volume.type == 12) return 0;
  const view = sectorView(volume, volume.fatStart + volume.activeFat * volume.fatSectors, KIND_FAT);
  if (!view) return Io;
  const bit: u32 = volume.type == 16 ? CLEAN_16 : CLEAN_32;
  const old = volume.type == 16 ? <u32>load<u16>(view, 2) : load<u32>(view, 4);
  let status = entryWrite(volume, 1, clean ? old | bit : old & ~bit);
  if (status >= 0) status = sectorsWrite(volume, KIND_FAT, 0);
  return status < 0 ? status : volume_flush(volume.cache);
}

/** An unmount has failed, and may have marked the volume as clean: it is in use again, or nothing more is written to it. */
function markInUse(volume: Volume): void {
  const status = setClean(volume, false);
  // On a disk that is full for the moment the next commit writes the mark, before anything that matters: the changed sector stays among its copies.
  if (status < 0 && status != NoSpace) damaged(volume, MARKED_CLEAN, <u32>-status, 0);
}

/** Everything written, marked as clean, gone. Busy if files are open or inodes held; with `forced` they are closed, and errors do not count. */
export function volumeDetach(volume: Volume, forced: bool): i32 {
  if (!forced && (volume.opens || volume.holds)) return Busy;
  let status = commit(volume), marking = false;
  if (status >= 0 && !volume.readOnly && !volume.damaged) {
    status = storeInfo(volume);
    // The mark comes after all else, what the last commit has freed included.
    if (status >= 0) status = volume_barrier(volume.cache);
    if (status >= 0) {
      marking = true;
      status = setClean(volume, true);
    }
  }
  // The volume of the cache ends with this one: whoever gave it may want the disk at once.
  if (status >= 0) status = volume_detach(volume.cache);
  if (status < 0) {
    if (!forced) {
      if (marking) markInUse(volume);
      return status;
    }
    volume_abandon(volume.cache);
  }
  listRemove(volumeLink(volume));
  numberRemove(handles(), volume.number);
  dropCap(volume.root);
  volume.root = 0;
  volume.detached = true;
  close(volume);
  return 0;
}

/** The end of all that a volume has in memory, and of itself once nobody waits for it. */
function close(volume: Volume): void {
  for (let inode = inodeAny(volume); !isNoInode(inode); inode = inodeAny(volume)) inodeFree(inode);
  if (volume.rootInode) inodeFree(rootInode(volume));
  sectorsForget(volume, KIND_FAT);
  sectorsForget(volume, KIND_SLOTS);
  // Whoever holds the mutex frees it when he leaves.
  if (!volume.users) volumeFree(volume);
}

/** 0, or ReadOnly. */
@inline export function writable(volume: Volume): i32 { return volume.readOnly || volume.damaged ? ReadOnly : 0; }
