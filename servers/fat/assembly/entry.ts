// Entries of a directory: a short one, and before it the parts of the long name.
//
//   part n (last, ordinal n | 0x40) … part 2, part 1, short entry         parts carry the checksum of the short name
//
// A sequence that is not whole, in order and of the right checksum is no long name: its entry goes by its short name.

import { Io, NoMemory, NotFound } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import {
  ATTRIBUTE_ARCHIVE, ATTRIBUTE_DIRECTORY, ATTRIBUTE_LONG_NAME, ATTRIBUTE_MASK, ATTRIBUTE_VOLUME, LONG_CHECKSUM, LONG_LAST, LONG_MAX_SLOTS, LONG_MAX_UNITS, LONG_UNITS, SLOT_ACCESSED_DATE,
  SLOT_ATTRIBUTES, SLOT_CLUSTER_HIGH, SLOT_CLUSTER_LOW, SLOT_CREATED_DATE, SLOT_CREATED_TENTHS, SLOT_CREATED_TIME, SLOT_END, SLOT_FILE_SIZE, SLOT_FREE, SLOT_MODIFIED_DATE, SLOT_MODIFIED_TIME,
} from "../../../lib/formats/fat";
import { MAX_NAME } from "../../../abi/layout/limits";
import { BAD_ENTRY, LOOP, damaged } from "./damage";
import { Inode, inodeCreate, inodeOfEntry, isNoInode, isRoot } from "./inode";
import { isNoCopy } from "./sectors";
import { checksum, isName, shortText } from "./short-name";
import { slotCapacity, slotCopy, slotIn, slotPlace, slotView } from "./slot";
import { fromFat, hundredths, toFat } from "./times";
import { wideToUtf8 } from "./unicode";
import { Volume, isCluster } from "./volume";

/** The offset of unit `i` of a part. */
@inline export function unitOffset(i: i32): usize { return <usize>(i < 5 ? 1 + (i << 1) : i < 11 ? 14 + (i - 5 << 1) : 28 + (i - 11 << 1)); }

/** The parts of a long name seen so far, last part first: bits 0–7 the part before which the entry or the next part must come (0: the entry itself
 *  is next), 8–15 parts in all, 16–23 the checksum; -1: none. */
export const NO_PARTS: i32 = -1;

/** What is known after one more slot, which is a part of a long name. */
export function partSeen(seen: i32, slot: usize): i32 {
  const order = <i32>load<u8>(slot);
  const sum = <i32>load<u8>(slot, LONG_CHECKSUM);
  const number = order & 63;
  if (order & LONG_LAST) return number < 1 || number > LONG_MAX_SLOTS || order & 0x80 ? NO_PARTS : number - 1 | number << 8 | sum << 16;
  if (seen < 0 || !(seen & 255) || number != (seen & 255) || sum != (seen >> 16 & 255)) return NO_PARTS;
  return seen - 1;
}

/** How many parts belong to the short entry `slot`. */
@inline export function partsOf(seen: i32, slot: usize): u32 {
  return seen >= 0 && !(seen & 255) && (seen >> 16 & 255) == <i32>checksum(slot) ? <u32>(seen >> 8 & 255) : 0;
}

@inline export function isPart(slot: usize): bool { return (load<u8>(slot, SLOT_ATTRIBUTES) & ATTRIBUTE_MASK) == ATTRIBUTE_LONG_NAME; }
/** Whether a slot that is in use and no part is no file or directory with a name: the volume's label, `.` and `..`. */
function isOther(slot: usize): bool { return (load<u8>(slot, SLOT_ATTRIBUTES) & ATTRIBUTE_VOLUME) != 0 || load<u8>(slot) == 0x2e; }

/** The next entry from slot `from` on: index << 8 | slots of its long name; NotFound at the end; another negated error. Its directory's chain is
 *  loaded. */
export function entryNext(directory: Inode, from: u32): i64 {
  const capacity = slotCapacity(directory);
  let seen = NO_PARTS;
  for (let index = from; index < capacity; index++) {
    const slot = slotView(directory, index);
    if (!slot) return Io;
    const first = load<u8>(slot);
    if (first == SLOT_END) break;
    if (first == SLOT_FREE) { seen = NO_PARTS; continue; }
    if (isPart(slot)) { seen = partSeen(seen, slot); continue; }
    if (!isOther(slot)) return <i64>index << 8 | partsOf(seen, slot);
    seen = NO_PARTS;
  }
  return NotFound;
}

/** The name of an entry as UTF-16, into volume.wideFound: its units; 0 if the disk fails. What is no name by the rules goes by its short one. */
export function entryName(directory: Inode, index: u32, longSlots: u32): i32 {
  const volume = directory.owner;
  const to = volume.wideFound;
  let units = 0;
  for (let part: u32 = 1; part <= longSlots; part++) {
    const slot = slotView(directory, index - part);
    if (!slot) return 0;
    for (let i = 0; i < LONG_UNITS && units < LONG_MAX_UNITS; i++) {
      const unit = load<u16>(slot + unitOffset(i));
      if (!unit) { part = longSlots; break; }
      store<u16>(to + (<usize>units << 1), unit);
      units++;
    }
  }
  if (units && isName(to, units) && wideToUtf8(to, units, volume.record, MAX_NAME) > 0) return units;
  return entryShort(directory, index);
}

/** The same, of its short name. */
export function entryShort(directory: Inode, index: u32): i32 {
  const slot = slotView(directory, index);
  return slot ? shortText(slot, directory.owner.wideFound) : 0;
}

/** The inode of an entry, new or known: null without memory, if the disk fails, or if the entry is damaged; then `error` of it tells why. */
export function entryInode(directory: Inode, index: u32, longSlots: u32): Inode {
  const volume = directory.owner;
  const place = slotPlace(directory, index);
  const known = inodeOfEntry(volume, place);
  if (!isNoInode(known)) return known;
  const slot = slotView(directory, index);
  if (!slot || entryError(directory, slot) < 0) return changetype<Inode>(0);
  const attributes = <u32>load<u8>(slot, SLOT_ATTRIBUTES);
  const size = load<u32>(slot, SLOT_FILE_SIZE);
  const inode = inodeCreate(volume, place, directory, attributes & ATTRIBUTE_DIRECTORY ? FileKind.Directory : FileKind.Regular);
  // What the slot says was read before: creating calls nobody.
  if (isNoInode(inode)) return inode;
  inode.attributes = attributes;
  inode.size = inode.isDirectory ? 0 : size;
  inode.cluster = clusterIn(volume, slot);
  inode.index = index;
  inode.longSlots = longSlots;
  inode.created = fromFat(<u32>load<u16>(slot, SLOT_CREATED_DATE) << 16 | load<u16>(slot, SLOT_CREATED_TIME)) + <u64>min(<u32>load<u8>(slot, SLOT_CREATED_TENTHS), 199) * 10_000_000;
  inode.modified = fromFat(<u32>load<u16>(slot, SLOT_MODIFIED_DATE) << 16 | load<u16>(slot, SLOT_MODIFIED_TIME));
  const accessed = <u32>load<u16>(slot, SLOT_ACCESSED_DATE);
  inode.accessed = accessed ? fromFat(accessed << 16) : inode.modified;
  return inode;
}

/** Why there is no inode of an entry. */
export function entryFailure(directory: Inode, index: u32): i32 {
  const slot = slotView(directory, index);
  if (!slot) return Io;
  const error = entryError(directory, slot);
  return error < 0 ? error : NoMemory;
}

export function clusterIn(volume: Volume, slot: usize): u32 {
  return <u32>load<u16>(slot, SLOT_CLUSTER_LOW) | (volume.type == 32 ? <u32>load<u16>(slot, SLOT_CLUSTER_HIGH) << 16 : 0);
}

/** 0, or Corrupt if an entry cannot be right. */
function entryError(directory: Inode, slot: usize): i32 {
  const volume = directory.owner;
  const cluster = clusterIn(volume, slot);
  const isDirectory = (load<u8>(slot, SLOT_ATTRIBUTES) & ATTRIBUTE_DIRECTORY) != 0;
  if (cluster ? !isCluster(volume, cluster) : isDirectory || load<u32>(slot, SLOT_FILE_SIZE) != 0) return damaged(volume, BAD_ENTRY, cluster, load<u32>(slot, SLOT_FILE_SIZE));
  if (!isDirectory) return 0;
  // A directory below itself would make the tree endless.
  let above = directory;
  while (above.cluster != cluster) {
    if (isRoot(above)) return 0;
    above = above.directory;
  }
  return damaged(volume, LOOP, cluster, above.cluster);
}

/** Fill in what an entry tells of its inode besides the name. */
export function entryFill(inode: Inode, slot: usize): void {
  store<u8>(slot, <u8>(inode.isDirectory ? inode.attributes | ATTRIBUTE_DIRECTORY : inode.attributes & ~ATTRIBUTE_DIRECTORY | ATTRIBUTE_ARCHIVE), SLOT_ATTRIBUTES);
  const created = toFat(inode.created);
  store<u8>(slot, <u8>hundredths(inode.created), SLOT_CREATED_TENTHS);
  store<u16>(slot, <u16>created, SLOT_CREATED_TIME);
  store<u16>(slot, <u16>(created >> 16), SLOT_CREATED_DATE);
  store<u16>(slot, <u16>(toFat(inode.accessed) >> 16), SLOT_ACCESSED_DATE);
  const modified = toFat(inode.modified);
  store<u16>(slot, <u16>modified, SLOT_MODIFIED_TIME);
  store<u16>(slot, <u16>(modified >> 16), SLOT_MODIFIED_DATE);
  store<u16>(slot, <u16>inode.cluster, SLOT_CLUSTER_LOW);
  // FAT12 and FAT16 keep what other systems have there.
  if (inode.owner.type == 32) store<u16>(slot, <u16>(inode.cluster >> 16), SLOT_CLUSTER_HIGH);
  store<u32>(slot, inode.isDirectory ? 0 : inode.size, SLOT_FILE_SIZE);
}

/** Bring an inode's entry up to date, in its private copy. */
export function entryStore(inode: Inode): i32 {
  const copy = slotCopy(inode.directory, inode.index);
  if (isNoCopy(copy)) return inode.owner.noCopy;
  entryFill(inode, slotIn(copy, inode.index));
  return 0;
}
