// The names of directories in memory: one hash table for a volume, filled with a directory's names when it is first looked into. So a lookup in a
// large directory is as fast as in a small one. An entry with a long name is found by that and by its short name.

import { ATTRIBUTE_DIRECTORY, SLOT_ATTRIBUTES, SLOT_END, SLOT_FREE } from "../../../lib/formats/fat";
import { Io, NoMemory, NotFound } from "../../../abi/generated/assembly/errors";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { listAppend, listFirst, listIsEmpty, listRemove } from "../../../lib/assembly/memory/list";
import { chainLoad } from "./chain";
import { entryName, entryNext, entryShort } from "./entry";
import { extentAt, extentsAppend, extentsLength } from "./extents";
import { Inode } from "./inode";
import { slotCapacity, slotView } from "./slot";
import { wideHash, wideSame } from "./unicode";
import { nameTable } from "./volume";

@unmanaged export class NameRecord {
  // HashLink.
  hashNext: u32;
  hash: u32;
  // ListLink of the directory's names.
  next: u32;
  previous: u32;
  directory: u32;
  index: u32;
  longSlots: u32;
  /** The short name of an entry that has a long one. */
  short: bool;
}

@inline export function isNoName(record: NameRecord): bool { return changetype<usize>(record) == 0; }
@inline function linkOf(record: NameRecord): usize { return changetype<usize>(record) + offsetof<NameRecord>("next"); }
@inline function nameList(directory: Inode): usize { return changetype<usize>(directory) + offsetof<Inode>("namesNext"); }
@inline function hashOf(directory: Inode, name: usize, units: i32): u32 { return wideHash(name, units, <u32>changetype<usize>(directory)); }

/** Read a directory's names, if they are not there: 0 or a negated error. Its chain is loaded with them. */
export function indexLoad(directory: Inode): i32 {
  if (directory.indexed) return 0;
  const status = chainLoad(directory);
  if (status < 0) return status;
  directory.entries = 0;
  directory.directories = 0;
  let at: u32 = 0;
  for (;;) {
    const found = entryNext(directory, at);
    if (found == <i64>NotFound) break;
    const index = <u32>(found >> 8);
    const added = found < 0 ? <i32>found : indexAdd(directory, index, <u32>found & 255);
    if (added < 0) { indexFree(directory); return added; }
    at = index + 1;
  }
  // The end, and the first slot that is free.
  const capacity = slotCapacity(directory);
  directory.freeFrom = capacity;
  for (directory.end = 0; directory.end < capacity; directory.end++) {
    const slot = slotView(directory, directory.end);
    if (!slot) { indexFree(directory); return Io; }
    const first = load<u8>(slot);
    if (first == SLOT_END) break;
    if (first == SLOT_FREE) directory.freeFrom = min(directory.freeFrom, directory.end);
  }
  directory.freeFrom = min(directory.freeFrom, directory.end);
  directory.indexed = true;
  return 0;
}

/** Take up an entry that is in its slots: 0, or NoMemory or Io and nothing is changed. */
export function indexAdd(directory: Inode, index: u32, longSlots: u32): i32 {
  const volume = directory.owner;
  const first = changetype<NameRecord>(allocateRaw(<i32>offsetof<NameRecord>()));
  const second = changetype<NameRecord>(longSlots ? allocateRaw(<i32>offsetof<NameRecord>()) : 0);
  volume.unread = 0;
  const hash = hashOf(directory, volume.wideFound, entryName(directory, index, longSlots));
  const shortHash = longSlots ? hashOf(directory, volume.wideFound, entryShort(directory, index)) : 0;
  const slot = slotView(directory, index);
  const status = isNoName(first) || (longSlots && isNoName(second)) ? NoMemory : volume.unread;
  if (status < 0) {
    release(changetype<usize>(first));
    release(changetype<usize>(second));
    return status;
  }
  if (load<u8>(slot, SLOT_ATTRIBUTES) & ATTRIBUTE_DIRECTORY) directory.directories++;
  directory.entries++;
  put(directory, first, index, longSlots, false, hash);
  if (longSlots) put(directory, second, index, longSlots, true, shortHash);
  return 0;
}

function put(directory: Inode, record: NameRecord, index: u32, longSlots: u32, short: bool, hash: u32): void {
  record.directory = <u32>changetype<usize>(directory);
  record.index = index;
  record.longSlots = longSlots;
  record.short = short;
  hashInsert(nameTable(directory.owner), changetype<usize>(record), hash);
  listAppend(nameList(directory), linkOf(record));
}

function drop(directory: Inode, record: NameRecord): void {
  hashRemove(nameTable(directory.owner), changetype<usize>(record));
  listRemove(linkOf(record));
  release(changetype<usize>(record));
}

/** Forget an entry whose slots are still as they were. */
export function indexRemove(directory: Inode, index: u32, longSlots: u32): void {
  const volume = directory.owner;
  const slot = slotView(directory, index);
  if (slot && load<u8>(slot, SLOT_ATTRIBUTES) & ATTRIBUTE_DIRECTORY) directory.directories--;
  directory.entries--;
  removeHashed(directory, index, hashOf(directory, volume.wideFound, entryName(directory, index, longSlots)));
  if (longSlots) removeHashed(directory, index, hashOf(directory, volume.wideFound, entryShort(directory, index)));
}

function removeHashed(directory: Inode, index: u32, hash: u32): void {
  const volume = directory.owner;
  const gone = extentsAppend(volume.gone, hash, 0, 0);
  if (gone) volume.gone = gone;
  for (let node = hashFirst(nameTable(directory.owner), hash); node; node = hashNext(node)) {
    const record = changetype<NameRecord>(node);
    if (<usize>record.directory != changetype<usize>(directory) || record.index != index) continue;
    drop(directory, record);
    return;
  }
}

/** Whether an entry of this commit has had that name, or one with its hash, until it was removed or renamed: the disk still has it. */
export function wasThere(directory: Inode, name: usize, units: i32): bool {
  const gone = directory.owner.gone;
  const hash = hashOf(directory, name, units);
  for (let i: u32 = 0; i < extentsLength(gone); i++) if (extentAt(gone, i).first == hash) return true;
  return false;
}

/** The entry of a name, whatever its case, or null; then `volume.unread` is Io if there may be one, but it cannot be read. The index is loaded. */
export function nameFind(directory: Inode, name: usize, units: i32): NameRecord {
  const volume = directory.owner;
  volume.unread = 0;
  for (let node = hashFirst(nameTable(volume), hashOf(directory, name, units)); node; node = hashNext(node)) {
    const record = changetype<NameRecord>(node);
    if (<usize>record.directory != changetype<usize>(directory)) continue;
    const found = record.short ? entryShort(directory, record.index) : entryName(directory, record.index, record.longSlots);
    if (wideSame(volume.wideFound, found, name, units)) return record;
  }
  return changetype<NameRecord>(0);
}

/** Why nameFind has just found nothing: NotFound, or Io. */
@inline export function whyMissing(directory: Inode): i32 { return directory.owner.unread < 0 ? directory.owner.unread : NotFound; }

/** Forget all names of a directory. */
export function indexFree(directory: Inode): void {
  const head = nameList(directory);
  while (!listIsEmpty(head)) drop(directory, changetype<NameRecord>(listFirst(head) - offsetof<NameRecord>("next")));
  directory.indexed = false;
}
