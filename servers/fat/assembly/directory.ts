// Operations on directories: what each of them does to entries. Nothing is changed before everything is known to work; names are in volume.wideA
// and wideB, as UTF-16. The callers have the volume's mutex and know that it may be written.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, Exists, Io, IsDirectory, NoMemory, NoSpace, NotDirectory, NotEmpty, NotFound } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import {
  ATTRIBUTE_ARCHIVE, ATTRIBUTE_DIRECTORY, ATTRIBUTE_LONG_NAME, ATTRIBUTE_READ_ONLY, LONG_CHECKSUM, LONG_LAST, LONG_UNITS, MOVING, SLOT_ATTRIBUTES, SLOT_CASE, SLOT_CLUSTER_HIGH, SLOT_CLUSTER_LOW,
  SLOT_CREATED_TENTHS, SLOT_END, SLOT_FREE,
} from "../../../lib/formats/fat";
import { chainExtend, chainLoad } from "./chain";
import { entryFailure, entryFill, entryInode, entryName, unitOffset } from "./entry";
import { extentsAdd, extentsCluster } from "./extents";
import { Inode, clustersOf, entryChanged, inodeChanged, inodeCreate, inodeMove, inodePlace, inodeRenumber, inodeRest, isNoInode, isRoot } from "./inode";
import { NameRecord, indexAdd, indexLoad, indexRemove, isNoName, nameFind } from "./name-index";
import { isNoCopy, sectorCopy, writeThrough } from "./sectors";
import { checksum, shortAttempt, shortFrom, shortText } from "./short-name";
import { isReserved, slotCapacity, slotCopy, slotIn, slotLevel, slotLevelOf, slotPlace, slotReserve, slotSector, slotView } from "./slot";
import { truncated, truncatedDay } from "./times";
import { clusterBytes, sectorOf } from "./volume";

/** Short names that are tried before a name is given up. */
const ATTEMPTS: u32 = 100_000;

/** 0 if it is a directory whose names are in memory, and (`alive`) still has a name itself. */
export function directoryReady(directory: Inode, alive: bool): i32 {
  if (isNoInode(directory)) return NotFound;
  if (!directory.isDirectory) return NotDirectory;
  if (!directory.linked) return alive ? NotFound : 0;
  return indexLoad(directory);
}

/** The inode that a record of the directory names, or null; then nameFailure tells why. */
@inline export function nameInode(directory: Inode, record: NameRecord): Inode { return entryInode(directory, record.index, record.longSlots); }
@inline function nameFailure(directory: Inode, record: NameRecord): i32 { return entryFailure(directory, record.index); }

export function present(): u64 { return truncated(<u64>kernel.wallClock()); }

function directoryChanged(directory: Inode): void {
  directory.modified = present();
  if (directory.linked) entryChanged(directory);
}

/** A new file or directory: nameFind finds it afterwards. 0, or a negated error and nothing is changed. */
export function create(directory: Inode, name: usize, units: i32, kind: u32, mode: u32): i32 {
  const ready = directoryReady(directory, true);
  if (ready < 0) return ready;
  if (!isNoName(nameFind(directory, name, units))) return Exists;
  const volume = directory.owner;
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

function putCluster(slot: usize, cluster: u32, type: u32): void {
  store<u16>(slot, <u16>cluster, SLOT_CLUSTER_LOW);
  store<u16>(slot, type == 32 ? <u16>(cluster >> 16) : 0, SLOT_CLUSTER_HIGH);
}

/** Add a cluster of free slots. */
function extend(directory: Inode): i32 {
  const volume = directory.owner;
  if (isRoot(directory) && volume.type != 32) return NoSpace;
  if (<u64>(clustersOf(directory) + 1) << volume.clusterShift > 2097152) return NoSpace;
  const status = chainExtend(directory, 1);
  if (status < 0) return status;
  memory.fill(volume.transfer, 0, clusterBytes(volume));
  return writeThrough(volume, sectorOf(volume, extentsCluster(directory.runs, clustersOf(directory) - 1)), volume.transfer, <i32>clusterBytes(volume));
}

/** The first of `count` free slots in a row: its index, or a negated error. Slots that a rename of this commit has left are not free yet. */
function freeSlots(directory: Inode, count: u32): i32 {
  let run: u32 = 0;
  let first = directory.end;
  for (let index = directory.freeFrom; index < directory.end; index++) {
    const slot = slotView(directory, index);
    if (!slot) return Io;
    if (load<u8>(slot) != SLOT_FREE || isReserved(sectorCopy(directory.owner, slotSector(directory, index)), index)) { run = 0; continue; }
    if (first == directory.end) first = index;
    if (++run == count) { directory.freeFrom = first; return <i32>(index + 1 - count); }
  }
  directory.freeFrom = first;
  const start = directory.end - run;
  while (start + count > slotCapacity(directory)) {
    const status = extend(directory);
    if (status < 0) return status;
  }
  return <i32>start;
}

/** Find a short name that is not taken in the directory; how much of the name it keeps, as shortFrom says, or NoSpace. */
function chooseShort(directory: Inode, name: usize, units: i32, short: usize): i32 {
  const volume = directory.owner;
  const lost = shortFrom(name, units, short);
  if (!lost) return 0;
  // The twelfth byte, which shortText looks at, is 0: no flags of case.
  store<u8>(short, 0, 12);
  let attempt: u32 = lost == 1 ? 0 : 1;
  for (; attempt < ATTEMPTS; attempt++) {
    if (attempt) shortAttempt(name, units, attempt, short);
    const text = volume.page;
    if (isNoName(nameFind(directory, text, shortText(short, text)))) return lost;
  }
  return NoSpace;
}

/** Write the entry of an inode under a new name, which is not there; the inode becomes that of this entry. Its slots are for step `level` of the
 *  commit, or for `near` if they come into sector `oldSector`. 0 or a negated error, and then nothing is changed. */
function addEntry(inode: Inode, directory: Inode, name: usize, units: i32, level: u32, oldSector: u32, near: u32): i32 {
  const volume = directory.owner;
  const short = volume.slots;
  const lost = chooseShort(directory, name, units, short);
  if (lost < 0) return lost;
  const longSlots: u32 = lost ? <u32>((units + LONG_UNITS - 1) / LONG_UNITS) : 0;
  const start = freeSlots(directory, longSlots + 1);
  if (start < 0) return start;
  const index = <u32>start + longSlots;
  if (slotSector(directory, index) == oldSector) level = near;
  const sum = checksum(short);
  for (let at = <u32>start; at <= index; at++) {
    const copy = slotCopy(directory, at);
    if (isNoCopy(copy)) { unwrite(directory, <u32>start, at); return NoMemory; }
    const slot = slotIn(copy, at);
    if (at == index) {
      memory.fill(slot, 0, 32);
      memory.copy(slot, short, 11);
      entryFill(inode, slot);
    } else putPart(slot, name, units, index - at, index - at == longSlots, sum);
    slotLevel(copy, at, level);
  }
  const status = indexAdd(directory, index, longSlots);
  if (status < 0) { unwrite(directory, <u32>start, index + 1); return status; }
  if (index + 1 > directory.end) {
    directory.end = index + 1;
    // Behind the end there may be anything on a disk that others made.
    if (directory.end < slotCapacity(directory)) {
      const copy = slotCopy(directory, directory.end);
      if (!isNoCopy(copy)) store<u8>(slotIn(copy, directory.end), SLOT_END);
    }
  }
  inode.index = index;
  inode.longSlots = longSlots;
  inodePlace(inode, slotPlace(directory, index));
  volume.laterSteps = max(volume.laterSteps, level);
  return 0;
}

/** Slots [from, to) are free after all. */
function unwrite(directory: Inode, from: u32, to: u32): void {
  for (let at = from; at < to; at++) {
    const copy = slotCopy(directory, at);
    if (!isNoCopy(copy)) store<u8>(slotIn(copy, at), at < directory.end ? SLOT_FREE : SLOT_END);
  }
  directory.freeFrom = min(directory.freeFrom, from);
}

function putPart(slot: usize, name: usize, units: i32, order: u32, last: bool, sum: u32): void {
  memory.fill(slot, 0, 32);
  store<u8>(slot, <u8>(last ? order | LONG_LAST : order));
  store<u8>(slot, ATTRIBUTE_LONG_NAME, SLOT_ATTRIBUTES);
  store<u8>(slot, <u8>sum, LONG_CHECKSUM);
  for (let i = 0; i < LONG_UNITS; i++) {
    const at = (<i32>order - 1) * LONG_UNITS + i;
    // One zero ends the name if there is room; the rest is 0xffff.
    store<u16>(slot + unitOffset(i), at < units ? load<u16>(name + (<usize>at << 1)) : at == units ? 0 : 0xffff);
  }
}

/** Free the slots of an entry. `moved`: a rename has written the inode's entry elsewhere, and `level` says in which step that is written. */
function removeEntry(directory: Inode, index: u32, longSlots: u32, level: u32, moved: bool): i32 {
  const volume = directory.owner;
  // All copies first, so that it is all or nothing.
  for (let at = index - longSlots; at <= index; at++) if (isNoCopy(slotCopy(directory, at))) return NoMemory;
  indexRemove(directory, index, longSlots);
  for (let at = index - longSlots; at <= index; at++) {
    const copy = slotCopy(directory, at);
    const slot = slotIn(copy, at);
    if (moved) slotReserve(copy, at);
    else if (level) slotLevel(copy, at, level);
    if (moved && level && at == index) {
      const moving = extentsAdd(volume.moving, at & 15, copy.sector, 1);
      if (moving) {
        volume.moving = moving;
        store<u8>(slot, load<u8>(slot), SLOT_CREATED_TENTHS);
        store<u8>(slot, MOVING, SLOT_CASE);
      }
    }
    store<u8>(slot, SLOT_FREE);
  }
  directory.freeFrom = min(directory.freeFrom, index - longSlots);
  return 0;
}

/** An inode has lost its name. */
function unlinked(inode: Inode): void {
  inode.linked = false;
  inode.entryChanged = false;
  inodePlace(inode, 0);
  // Its clusters are given up when the last user is gone; they must be known by then.
  chainLoad(inode);
  inodeRest(inode);
}

export function unlink(directory: Inode, name: usize, units: i32, directoryWanted: bool): i32 {
  let status = directoryReady(directory, true);
  if (status < 0) return status;
  const record = nameFind(directory, name, units);
  if (isNoName(record)) return NotFound;
  const inode = nameInode(directory, record);
  if (isNoInode(inode)) return nameFailure(directory, record);
  if (directoryWanted && !inode.isDirectory) return NotDirectory;
  if (!directoryWanted && inode.isDirectory) return IsDirectory;
  status = inode.isDirectory ? indexLoad(inode) : chainLoad(inode);
  if (!status && inode.isDirectory && inode.entries) status = NotEmpty;
  if (!status) status = removeEntry(directory, inode.index, inode.longSlots, 0, false);
  if (status < 0) { inodeRest(inode); return status; }
  directoryChanged(directory);
  unlinked(inode);
  return 0;
}

/** Whether `directory` is `ancestor` or lies below it. */
function isBelow(directory: Inode, ancestor: Inode): bool {
  let at = directory;
  while (changetype<usize>(at) != changetype<usize>(ancestor)) {
    if (isRoot(at)) return false;
    at = at.directory;
  }
  return true;
}

/** Give an entry another name, here or in another directory, replacing what had that name. 0, or a negated error and nothing is changed. */
export function rename(from: Inode, fromName: usize, fromUnits: i32, to: Inode, toName: usize, toUnits: i32): i32 {
  let status = directoryReady(from, true);
  if (!status) status = directoryReady(to, true);
  if (status < 0) return status;
  const record = nameFind(from, fromName, fromUnits);
  if (isNoName(record)) return NotFound;
  const inode = nameInode(from, record);
  if (isNoInode(inode)) return nameFailure(from, record);
  const old = nameFind(to, toName, toUnits);
  let replaced = changetype<Inode>(0);
  if (!isNoName(old)) {
    replaced = nameInode(to, old);
    if (isNoInode(replaced)) status = nameFailure(to, old);
    else if (changetype<usize>(replaced) == changetype<usize>(inode)) {
      // Another case of its own name, or nothing at all.
      replaced = changetype<Inode>(0);
      if (isExactly(to, old, toName, toUnits)) { inodeRest(inode); return 0; }
    }
  }
  if (!status) status = renameError(inode, to, replaced);
  if (!status) status = move(inode, from, to, toName, toUnits, replaced, old);
  inodeRest(inode);
  return status;
}

/** Whether a record's entry has this very name, case and all. */
function isExactly(directory: Inode, record: NameRecord, name: usize, units: i32): bool {
  if (record.short) return false;
  const found = entryName(directory, record.index, record.longSlots);
  return found == units && memory.compare(directory.owner.wideFound, name, <usize>units << 1) == 0;
}

function renameError(inode: Inode, to: Inode, replaced: Inode): i32 {
  if (inode.isDirectory && isBelow(to, inode)) return BadArgument;
  if (isNoInode(replaced)) return 0;
  if (inode.isDirectory && !replaced.isDirectory) return NotDirectory;
  if (!inode.isDirectory && replaced.isDirectory) return IsDirectory;
  const status = replaced.isDirectory ? indexLoad(replaced) : chainLoad(replaced);
  return status < 0 ? status : replaced.isDirectory && replaced.entries ? NotEmpty : 0;
}

function move(inode: Inode, from: Inode, to: Inode, name: usize, units: i32, replaced: Inode, old: NameRecord): i32 {
  const oldIndex = inode.index;
  const oldSlots = inode.longSlots;
  const oldSector = slotSector(from, oldIndex);
  const turned = inode.isDirectory && changetype<usize>(from) != changetype<usize>(to);
  // What can fail is done first: copies of the sectors that change.
  let status = turned ? prepareDots(inode) : 0;
  for (let at = oldIndex - oldSlots; at <= oldIndex && !status; at++) if (isNoCopy(slotCopy(from, at))) status = NoMemory;
  if (status < 0) return status;
  // In one sector, old and new name change at once. A slot that waits for a step already makes its successor wait as long.
  const near = slotLevelOf(slotCopy(from, oldIndex), oldIndex);
  let level = max<u32>(near, turned ? 2 : 1);
  if (!isNoInode(replaced) && isExactly(to, old, name, units)) {
    const copy = slotCopy(to, replaced.index);
    if (isNoCopy(copy)) return NoMemory;
    if (copy.sector == oldSector && !turned) level = near;
    slotLevel(copy, replaced.index, level);
    inode.index = replaced.index;
    inode.longSlots = replaced.longSlots;
    entryFill(inode, slotIn(copy, inode.index));
    inodePlace(replaced, 0);
    inodePlace(inode, slotPlace(to, inode.index));
    to.owner.laterSteps = max(to.owner.laterSteps, level);
  } else {
    status = addEntry(inode, to, name, units, level, turned ? 0 : oldSector, near);
    if (status < 0) return status;
    if (slotSector(to, inode.index) == oldSector && !turned) level = near;
    if (!isNoInode(replaced)) removeEntry(to, replaced.index, replaced.longSlots, level, false);
  }
  removeEntry(from, oldIndex, oldSlots, level, true);
  if (turned) {
    const copy = slotCopy(inode, 1);
    if (!isNoCopy(copy)) {
      putCluster(slotIn(copy, 1), isRoot(to) ? 0 : to.cluster, to.owner.type);
      slotLevel(copy, 1, 1);
    }
  }
  if (!isNoInode(replaced)) unlinked(replaced);
  inodeMove(inode, to);
  entryChanged(inode);
  directoryChanged(from);
  directoryChanged(to);
  return 0;
}

/** Make sure that `..` of a directory can be changed. */
function prepareDots(inode: Inode): i32 {
  const status = indexLoad(inode);
  if (status < 0) return status;
  const slot = slotView(inode, 1);
  if (!slot) return Io;
  // A directory without `..` is damaged; moving it would write over another entry.
  if (load<u16>(slot) != 0x2e2e) return BadArgument;
  return isNoCopy(slotCopy(inode, 1)) ? NoMemory : 0;
}
