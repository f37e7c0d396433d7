// Adding entries to a directory and removing them: where they go, under which short name, and in which step of the commit each slot is written.

import { Io, NoSpace } from "../../../abi/generated/assembly/errors";
import {
  ATTRIBUTE_LONG_NAME, LONG_CHECKSUM, LONG_LAST, LONG_UNITS, MAX_DIRECTORY_BYTES, MOVING, SLOT_ATTRIBUTES, SLOT_CASE, SLOT_CREATED_TENTHS, SLOT_END, SLOT_FREE,
} from "../../../lib/formats/fat";
import { chainExtend } from "./chain";
import { LAST_STEP, STEP_NOW, STEP_RENAMED } from "./commit";
import { entryFill, unitOffset } from "./entry";
import { extentAt, extentsAppend, extentsCluster, extentsLength } from "./extents";
import { Inode, clustersOf, inodePlace, isNoInode, isRoot } from "./inode";
import { indexAdd, indexRemove, isNoName, nameFind, wasThere } from "./name-index";
import { isNoCopy, sectorCopy, writeThrough } from "./sectors";
import { checksum, shortAttempt, shortFrom, shortText } from "./short-name";
import { isReserved, slotCapacity, slotCopy, slotIn, slotLevel, slotLevelOf, slotPlace, slotReserve, slotSector, slotView } from "./slot";
import { clusterBytes, sectorOf } from "./volume";

/** Short names that are tried before a name is given up. */
const ATTEMPTS: u32 = 100_000;

/** Add a cluster of free slots. */
function extend(directory: Inode): i32 {
  const volume = directory.owner;
  if (isRoot(directory) && volume.type != 32) return NoSpace;
  if (<u64>(clustersOf(directory) + 1) << volume.clusterShift > <u64>MAX_DIRECTORY_BYTES) return NoSpace;
  const status = chainExtend(directory, 1);
  if (status < 0) return status;
  memory.fill(volume.transfer, 0, clusterBytes(volume));
  return writeThrough(volume, sectorOf(volume, extentsCluster(directory.runs, clustersOf(directory) - 1)), volume.transfer, <i32>clusterBytes(volume));
}

/** The first of `count` free slots in a row: its index, or a negated error. Slots that a rename of this commit has left are not free yet, nor are those
 *  that wait for a later step: parts of a name there would come after their entry. */
function freeSlots(directory: Inode, count: u32): i32 {
  let run: u32 = 0;
  let first = directory.end;
  for (let index = directory.freeFrom; index < directory.end; index++) {
    const slot = slotView(directory, index);
    if (!slot) return Io;
    if (load<u8>(slot) != SLOT_FREE) { run = 0; continue; }
    if (first == directory.end) first = index;
    const copy = sectorCopy(directory.owner, slotSector(directory, index));
    if (!isNoCopy(copy) && (isReserved(copy, index) || slotLevelOf(copy, index))) { run = 0; continue; }
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

/** Find a short name that is not taken in the directory; how much of the name it keeps, as shortFrom says, or NoSpace or Io. */
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
    const length = shortText(short, text);
    const free = isNoName(nameFind(directory, text, length));
    if (free && volume.unread < 0) return volume.unread;
    if (free && !wasThere(directory, text, length)) return lost;
  }
  return NoSpace;
}

/** Write the entry of an inode under a new name, which is not there; the inode becomes that of this entry. Its slots are for step `level` of the
 *  commit, or for `near` if they come into sector `oldSector`. 0 or a negated error, and then nothing is changed. */
export function addEntry(inode: Inode, directory: Inode, name: usize, units: i32, level: u32, oldSector: u32, near: u32): i32 {
  const volume = directory.owner;
  const short = volume.slots;
  const lost = chooseShort(directory, name, units, short);
  if (lost < 0) return lost;
  const longSlots: u32 = lost ? <u32>((units + LONG_UNITS - 1) / LONG_UNITS) : 0;
  const start = freeSlots(directory, longSlots + 1);
  if (start < 0) return start;
  const index = <u32>start + longSlots;
  const sector = slotSector(directory, index);
  // A short entry must not be there without the long name that is its own: parts in another sector come in a step before it.
  if (sector == oldSector) level = slotSector(directory, <u32>start) == sector ? near : max(near, STEP_RENAMED);
  const sum = checksum(short);
  for (let at = <u32>start; at <= index; at++) {
    const copy = slotCopy(directory, at);
    if (isNoCopy(copy)) { const why = volume.noCopy; unwrite(directory, <u32>start, at); return why; }
    const slot = slotIn(copy, at);
    if (at == index) {
      memory.fill(slot, 0, 32);
      memory.copy(slot, short, 11);
      entryFill(inode, slot);
    } else putPart(slot, name, units, index - at, index - at == longSlots, sum);
    slotLevel(copy, at, copy.sector == sector ? level : STEP_NOW);
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
  volume.steps |= 1 << level;
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

/** Free the slots of an entry in step `level`. `moved`: whose entry a rename has written elsewhere, or null; with `mark` it is written later than this is. */
export function removeEntry(directory: Inode, index: u32, longSlots: u32, level: u32, moved: Inode, mark: bool): i32 {
  const volume = directory.owner;
  // All copies first, so that it is all or nothing.
  for (let at = index - longSlots; at <= index; at++) if (isNoCopy(slotCopy(directory, at))) return volume.noCopy;
  indexRemove(directory, index, longSlots);
  const sector = slotSector(directory, index);
  for (let at = index - longSlots; at <= index; at++) {
    const copy = slotCopy(directory, at);
    const slot = slotIn(copy, at);
    // A slot that waits for the last step must not be used for parts that come before it.
    if (!isNoInode(moved) || copy.sector != sector) slotReserve(copy, at);
    // Nor may the long name go before its entry does.
    slotLevel(copy, at, copy.sector == sector ? level : LAST_STEP);
    if (copy.sector != sector) volume.steps |= 1 << LAST_STEP;
    if (mark && at == index) {
      const moving = extentsAppend(volume.moving, at & 15, copy.sector, <u32>changetype<usize>(moved));
      if (moving) {
        volume.moving = moving;
        // What it would give back is the file as it is now; its entry may not have been brought up to date.
        entryFill(moved, slot);
        store<u8>(slot, load<u8>(slot), SLOT_CREATED_TENTHS);
        store<u8>(slot, MOVING, SLOT_CASE);
      }
    }
    store<u8>(slot, SLOT_FREE);
  }
  volume.steps |= 1 << level;
  directory.freeFrom = min(directory.freeFrom, index - longSlots);
  return 0;
}

/** A file that was renamed in this commit loses its last name: its old entries must not give it back. */
export function forgetMoves(inode: Inode): void {
  const volume = inode.owner;
  for (let i: u32 = 0; i < extentsLength(volume.moving); i++) {
    const extent = extentAt(volume.moving, i);
    if (extent.count != <u32>changetype<usize>(inode)) continue;
    extent.count = 0;
    const copy = sectorCopy(volume, extent.start);
    if (!isNoCopy(copy)) store<u8>(copy.bytes + <usize>(extent.first << 5), 0, SLOT_CASE);
  }
}
