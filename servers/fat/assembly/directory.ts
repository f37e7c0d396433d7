// Operations on directories: what each of them does to entries. Nothing is changed before everything is known to work; names are in volume.wideA
// and wideB, as UTF-16. The callers have the volume's mutex and know that it may be written.

import * as kernel from "../../../lib/assembly/kernel";
import { Exists, IsDirectory, NoMemory, NotDirectory, NotEmpty, NotFound } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTE_ARCHIVE, ATTRIBUTE_DIRECTORY, ATTRIBUTE_READ_ONLY, SLOT_CLUSTER_HIGH, SLOT_CLUSTER_LOW } from "../../../lib/formats/fat";
import { chainExtend, chainLoad } from "./chain";
import { STEP_NOW, commit } from "./commit";
import { addEntry, forgetMoves, removeEntry } from "./entry-change";
import { entryFailure, entryFill, entryInode } from "./entry";
import { extentsLength } from "./extents";
import { Inode, entryChanged, inodeChanged, inodeCreate, inodePlace, inodeRenumber, inodeRest, isNoInode, isRoot } from "./inode";
import { NameRecord, indexLoad, isNoName, nameFind, wasThere, whyMissing } from "./name-index";
import { writeThrough } from "./sectors";
import { truncated, truncatedDay } from "./times";
import { clusterBytes, sectorOf } from "./volume";

/** 0 if it is a directory whose names are in memory, and (`alive`) still has a name itself. */
export function directoryReady(directory: Inode, alive: bool): i32 {
  if (isNoInode(directory)) return NotFound;
  if (!directory.isDirectory) return NotDirectory;
  if (!directory.linked) return alive ? NotFound : 0;
  return indexLoad(directory);
}

/** The inode that a record of the directory names, or null; then nameFailure tells why. */
@inline export function nameInode(directory: Inode, record: NameRecord): Inode { return entryInode(directory, record.index, record.longSlots); }
@inline export function nameFailure(directory: Inode, record: NameRecord): i32 { return entryFailure(directory, record.index); }

export function present(): u64 { return truncated(<u64>kernel.wallClock()); }

export function directoryChanged(directory: Inode): void {
  directory.modified = present();
  if (directory.linked) entryChanged(directory);
}

/** A new file or directory: nameFind finds it afterwards. 0, or a negated error and nothing is changed. */
export function create(directory: Inode, name: usize, units: i32, kind: u32, mode: u32): i32 {
  const ready = directoryReady(directory, true);
  if (ready < 0) return ready;
  const volume = directory.owner;
  if (!isNoName(nameFind(directory, name, units))) return Exists;
  if (volume.unread < 0) return volume.unread;
  // A name that another entry had a moment ago waits until that has gone from the disk, or a crash might leave both.
  const waited = wasThere(directory, name, units) ? commit(volume) : 0;
  if (waited < 0) return waited;
  // Its place is not known yet; any that nothing has will do.
  const inode = inodeCreate(volume, NO_PLACE, directory, kind);
  if (isNoInode(inode)) return NoMemory;
  // A commit that comes in between must neither write an entry that is not there nor end what has none.
  inode.linked = false;
  inode.holds = 1;
  inode.loaded = true;
  inode.attributes = kind == FileKind.Directory ? ATTRIBUTE_DIRECTORY : ATTRIBUTE_ARCHIVE | (mode & 0o200 ? 0 : ATTRIBUTE_READ_ONLY);
  const now = <u64>kernel.wallClock();
  inode.created = now - now % 10_000_000;
  inode.modified = truncated(now);
  inode.accessed = truncatedDay(now);
  let status = kind == FileKind.Directory ? firstCluster(inode, directory) : 0;
  if (!status) status = addEntry(inode, directory, name, units, 0, 0, 0);
  inode.holds = 0;
  if (status < 0) { inodeRest(inode); return status; }
  inode.linked = true;
  inodeRenumber(inode);
  inodeChanged(inode);
  directoryChanged(directory);
  return 0;
}

const NO_PLACE: u64 = 1 << 62;

/** The first cluster of a new directory, with `.` and `..`; nothing refers to it yet, so it may be written at once. */
function firstCluster(inode: Inode, parent: Inode): i32 {
  let status = chainExtend(inode, 1);
  if (status < 0) return status;
  const volume = inode.owner;
  memory.fill(volume.transfer, 0, clusterBytes(volume));
  for (let dots: usize = 0; dots < 2; dots++) {
    const slot = volume.transfer + dots * 32;
    entryFill(inode, slot);
    memory.fill(slot, 0x20, 11);
    memory.fill(slot, 0x2e, dots + 1);
    if (dots) putCluster(slot, isRoot(parent) ? 0 : parent.cluster, volume.type);
  }
  status = writeThrough(volume, sectorOf(volume, inode.cluster), volume.transfer, <i32>clusterBytes(volume));
  return status;
}

export function putCluster(slot: usize, cluster: u32, type: u32): void {
  store<u16>(slot, <u16>cluster, SLOT_CLUSTER_LOW);
  store<u16>(slot, type == 32 ? <u16>(cluster >> 16) : 0, SLOT_CLUSTER_HIGH);
}

/** A directory is about to lose its name: old names of renames out of it, which say where their files are, must not become unreachable before these
 *  are written. 0 or a negated error. */
export function beforeDirectoryGoes(directory: Inode): i32 { return extentsLength(directory.owner.moving) ? commit(directory.owner) : 0; }

/** An inode has lost its name. */
export function unlinked(inode: Inode): void {
  inode.linked = false;
  inode.entryChanged = false;
  forgetMoves(inode);
  inodePlace(inode, 0);
  // Its clusters are given up when the last user is gone; they must be known by then.
  chainLoad(inode);
  inodeRest(inode);
}

export function unlink(directory: Inode, name: usize, units: i32, directoryWanted: bool): i32 {
  let status = directoryReady(directory, true);
  if (status < 0) return status;
  const record = nameFind(directory, name, units);
  if (isNoName(record)) return whyMissing(directory);
  const inode = nameInode(directory, record);
  if (isNoInode(inode)) return nameFailure(directory, record);
  if (directoryWanted && !inode.isDirectory) return NotDirectory;
  if (!directoryWanted && inode.isDirectory) return IsDirectory;
  status = inode.isDirectory ? indexLoad(inode) : chainLoad(inode);
  if (!status && inode.isDirectory) status = inode.entries ? NotEmpty : beforeDirectoryGoes(inode);
  if (!status) status = removeEntry(directory, inode.index, inode.longSlots, STEP_NOW, changetype<Inode>(0), false);
  if (status < 0) { inodeRest(inode); return status; }
  directoryChanged(directory);
  unlinked(inode);
  return 0;
}
