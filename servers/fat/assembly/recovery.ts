// What a volume that was not unmounted cleanly needs before it is written again: the FATs that are kept up become equal (each of them tells the truth
// about every chain that something refers to, so any will do), and renames that were on their way are taken back (see MOVING in lib/formats/fat.ts).
// Lost clusters stay lost: fsck.fat finds them.
//
// The whole tree is read. A file that was being renamed gets its old name back if nothing in the tree has its clusters. Directories come first,
// as the new name of a file may be in one of them. The volume may be damaged in any way: every directory is read once, and only within the disk.

import { NoMemory } from "../../../abi/generated/assembly/errors";
import { volume_flush } from "../../../abi/generated/assembly/client/volume";
import {
  ATTRIBUTE_DIRECTORY, LONG_CHECKSUM, LONG_LAST, LONG_MAX_SLOTS, MAX_DIRECTORY_BYTES, MOVING, SLOT_ATTRIBUTES, SLOT_CASE, SLOT_CREATED_TENTHS, SLOT_END, SLOT_FREE,
} from "../../../lib/formats/fat";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { putCluster } from "./directory";
import { clusterIn, isPart } from "./entry";
import { Extents, extentAt, extentsAdd, extentsLength } from "./extents";
import { imageRead, writeThrough } from "./sectors";
import { checksum } from "./short-name";
import { entryRead, isEnd } from "./table";
import { Volume, isCluster, sectorOf } from "./volume";

/** A deleted entry that says that its file was being renamed. Places are sector << 4 | slot. */
@unmanaged class Candidate {
  next: u32;
  cluster: u32;
  isDirectory: bool;
  done: bool;
  place: u32;
  /** First cluster of the directory that it is in; 0 for the root. */
  parent: u32;
  parts: u32;
  // Places of the parts of its long name follow, the first part first.
}

/** The state of the search, in one block. */
@unmanaged class Search {
  /** One bit for each cluster that is the first of something with a name. */
  owned: usize;
  /** Directories to be read (an Extents of their first clusters). */
  waiting: usize;
  candidates: u32;
  failure: i32;
  /** First cluster of the directory that is read; 0 for the root. */
  reading: u32;
  /** Places of the parts just before the slot that is looked at, the nearest last; their checksums. */
  parts: i32;
}

const PARTS: usize = 32;
const MASK: i32 = 31;
@inline function partPlace(search: Search, i: i32): usize { return changetype<usize>(search) + offsetof<Search>() + (<usize>(i & MASK) << 2); }
@inline function partSum(search: Search, i: i32): usize { return changetype<usize>(search) + offsetof<Search>() + (PARTS << 2) + <usize>(i & MASK); }

/** 0 or a negated error; the disk is flushed. */
export function recover(volume: Volume): i32 {
  let status = mirror(volume);
  if (status >= 0) status = takeBackRenames(volume);
  return status < 0 ? status : volume_flush(volume.cache);
}

/** Copy the first FAT over the others where they differ. */
function mirror(volume: Volume): i32 {
  for (let copy: u32 = 1; copy < volume.fats; copy++) {
    for (let at: u32 = 0; at < volume.fatSectors; at += 32) {
      const length = <i32>(min(32, volume.fatSectors - at) << 9);
      const second = volume.transfer + 16384;
      let status = imageRead(volume, <u64>(volume.fatStart + at) << 9, volume.transfer, length);
      if (status >= 0) status = imageRead(volume, <u64>(volume.fatStart + copy * volume.fatSectors + at) << 9, second, length);
      if (status >= 0 && memory.compare(volume.transfer, second, length)) status = writeThrough(volume, volume.fatStart + copy * volume.fatSectors + at, volume.transfer, length);
      if (status < 0) return status;
    }
  }
  return 0;
}

function takeBackRenames(volume: Volume): i32 {
  const search = changetype<Search>(allocate(<i32>offsetof<Search>() + <i32>PARTS * 5));
  const owned = allocate(<i32>(volume.clusters + 16 >> 3));
  if (changetype<usize>(search) && owned) {
    search.owned = owned;
    if (volume.type == 32) found(volume, search, volume.rootCluster, true);
    else scan(volume, search, volume.rootStart, volume.rootSlots >> 4);
    readWaiting(volume, search);
    settle(volume, search, true);
    settle(volume, search, false);
  }
  const status = !changetype<usize>(search) || !owned ? NoMemory : search.failure;
  if (changetype<usize>(search)) {
    let at = <usize>search.candidates;
    while (at) {
      const next = <usize>changetype<Candidate>(at).next;
      release(at);
      at = next;
    }
    release(search.waiting);
  }
  release(owned);
  release(changetype<usize>(search));
  return status;
}

/** Something with a name has this first cluster; a directory is read later. */
function found(volume: Volume, search: Search, cluster: u32, isDirectory: bool): void {
  if (!isCluster(volume, cluster)) return;
  const at = search.owned + <usize>(cluster >> 3);
  const mask = <u8>(<u32>1 << (cluster & 7));
  if (load<u8>(at) & mask) return;
  store<u8>(at, load<u8>(at) | mask);
  if (!isDirectory) return;
  const waiting = extentsAdd(search.waiting, 0xffffffff - cluster, cluster, 1);
  if (waiting) search.waiting = waiting; else search.failure = NoMemory;
}
@inline function isOwned(search: Search, cluster: u32): bool { return (load<u8>(search.owned + <usize>(cluster >> 3)) >> (cluster & 7) & 1) != 0; }

/** Read all directories that wait, and those that they lead to. */
function readWaiting(volume: Volume, search: Search): void {
  while (extentsLength(search.waiting) && !search.failure) {
    const last = extentsLength(search.waiting) - 1;
    let cluster = extentAt(search.waiting, last).start;
    changetype<Extents>(search.waiting).length = last;
    search.parts = 0;
    search.reading = volume.type == 32 && cluster == volume.rootCluster ? 0 : cluster;
    // No directory is longer than this, so a chain that turns in circles comes to an end.
    for (let rest = (MAX_DIRECTORY_BYTES >> volume.clusterShift) + 1; rest > 0 && isCluster(volume, cluster); rest--) {
      if (!scan(volume, search, sectorOf(volume, cluster), <u32>1 << volume.clusterShift - 9)) break;
      const entry = entryRead(volume, cluster);
      if (entry < 0) { search.failure = entry; break; }
      if (isEnd(entry)) break;
      cluster = <u32>entry;
    }
  }
}

/** Look at the slots of some sectors; false at the directory's end. */
function scan(volume: Volume, search: Search, sector: u32, sectors: u32): bool {
  for (let i: u32 = 0; i < sectors; i++) {
    const status = imageRead(volume, <u64>(sector + i) << 9, volume.page, 512);
    if (status < 0) { search.failure = status; return false; }
    for (let index: u32 = 0; index < 16; index++) {
      const slot = volume.page + <usize>(index << 5);
      const first = load<u8>(slot);
      if (first == SLOT_END) return false;
      look(volume, search, slot, sector + i << 4 | index, first == SLOT_FREE);
    }
  }
  return true;
}

function look(volume: Volume, search: Search, slot: usize, place: u32, free: bool): void {
  // Parts of a long name may have gone with the entry, or be there still.
  if (isPart(slot)) {
    store<u32>(partPlace(search, search.parts), place);
    store<u8>(partSum(search, search.parts), load<u8>(slot, LONG_CHECKSUM));
    search.parts++;
    return;
  }
  const isDirectory = (load<u8>(slot, SLOT_ATTRIBUTES) & ATTRIBUTE_DIRECTORY) != 0;
  if (!free) { if (load<u8>(slot) != 0x2e) found(volume, search, clusterIn(volume, slot), isDirectory); }
  else if (load<u8>(slot, SLOT_CASE) == MOVING) candidate(volume, search, slot, place, isDirectory);
  search.parts = 0;
}

function candidate(volume: Volume, search: Search, slot: usize, place: u32, isDirectory: bool): void {
  store<u8>(slot, load<u8>(slot, SLOT_CREATED_TENTHS));
  const sum = <u8>checksum(slot);
  let parts = 0;
  while (parts < min(search.parts, LONG_MAX_SLOTS) && load<u8>(partSum(search, search.parts - 1 - parts)) == sum) parts++;
  const made = changetype<Candidate>(allocate(<i32>offsetof<Candidate>() + (parts << 2)));
  if (!changetype<usize>(made)) { search.failure = NoMemory; return; }
  made.next = search.candidates;
  search.candidates = <u32>changetype<usize>(made);
  made.cluster = clusterIn(volume, slot);
  made.isDirectory = isDirectory;
  made.place = place;
  made.parent = search.reading;
  made.parts = <u32>parts;
  for (let i = 0; i < parts; i++) store<u32>(changetype<usize>(made) + offsetof<Candidate>() + (<usize>i << 2), load<u32>(partPlace(search, search.parts - 1 - i)));
}

/** Give names back where they are needed, and make an end of what the deleted entries say. */
function settle(volume: Volume, search: Search, directories: bool): void {
  let at = <usize>search.candidates;
  while (at && !search.failure) {
    const each = changetype<Candidate>(at);
    at = <usize>each.next;
    if (each.done || each.isDirectory != directories) continue;
    each.done = true;
    const wanted = isCluster(volume, each.cluster) && !isOwned(search, each.cluster) && entryRead(volume, each.cluster) > 0;
    giveBack(volume, search, each, wanted);
    if (!wanted) continue;
    found(volume, search, each.cluster, directories);
    readWaiting(volume, search);
    // More of them may have come up.
    at = <usize>search.candidates;
  }
}

function giveBack(volume: Volume, search: Search, each: Candidate, wanted: bool): void {
  // A directory may lead to its new parent already.
  if (wanted && each.isDirectory) leadBack(volume, search, each);
  // The name first, and what binds it last: should this be broken off, it is done again.
  for (let i = each.parts; wanted && i > 0; i--) {
    patch(volume, search, load<u32>(changetype<usize>(each) + offsetof<Candidate>() + (<usize>(i - 1) << 2)), i == each.parts ? i | LONG_LAST : i);
  }
  patch(volume, search, each.place, wanted ? PATCH_NAME : PATCH_MARK);
}

/** Let `..` of a directory lead to where its name is. */
function leadBack(volume: Volume, search: Search, each: Candidate): void {
  const sector = sectorOf(volume, each.cluster);
  let status = imageRead(volume, <u64>sector << 9, volume.page, 512);
  const dots = volume.page + 32;
  if (status >= 0 && load<u64>(dots) == 0x2020202020202e2e && clusterIn(volume, dots) != each.parent) {
    putCluster(dots, each.parent, volume.type);
    status = writeThrough(volume, sector, volume.page, 512);
  }
  if (status < 0) search.failure = status;
}

// What patch does, besides putting a number into the first byte.
const PATCH_NAME: u32 = 0x100;
const PATCH_MARK: u32 = 0x200;

function patch(volume: Volume, search: Search, place: u32, what: u32): void {
  const sector = volume.page;
  let status = imageRead(volume, <u64>(place >> 4) << 9, sector, 512);
  if (status >= 0) {
    const slot = sector + <usize>((place & 15) << 5);
    if (what < PATCH_NAME) store<u8>(slot, <u8>what);
    else {
      if (what == PATCH_NAME) store<u8>(slot, load<u8>(slot, SLOT_CREATED_TENTHS));
      store<u8>(slot, 0, SLOT_CREATED_TENTHS);
      store<u8>(slot, 0, SLOT_CASE);
    }
    status = writeThrough(volume, place >> 4, sector, 512);
  }
  if (status < 0) search.failure = status;
}
