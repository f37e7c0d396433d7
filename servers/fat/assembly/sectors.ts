// Sectors of metadata: read from the disk's image, changed in private copies. The cache may write a page of the image at any time, so a
// change that must not reach the disk yet stays here, and is written in the phase of the commit that it belongs to (commit.ts).
//
//   sectorView(volume, sector, KIND_…)    512 bytes to look at, until the next view of the same kind; 0 if the disk fails
//   sectorEdit(volume, sector, KIND_…)    a copy to change, or null without memory or if the disk fails: volume.noCopy says which
//
// Copies are written by the cache's writeThrough, in sectors: a page of the image holds data of files beside metadata, and must never become
// dirty as a whole. A slot of a directory may be for a later step of the second phase (levels): until then its old contents stand.

import * as kernel from "../../../lib/assembly/kernel";
import { Io, NoMemory } from "../../../abi/generated/assembly/errors";
import { volume_writeThrough } from "../../../abi/generated/assembly/client/volume";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { TRANSFER, Volume, sectorList, sectorTable } from "./volume";

export const KIND_FAT: u32 = 0;
export const KIND_SLOTS: u32 = 1;
/** Copies of sectors of a FAT that are kept before they are written early: they hold only clusters that nothing refers to. */
const FAT_COPIES: u32 = 1024;

@unmanaged export class SectorCopy {
  // HashLink.
  hashNext: u32;
  hash: u32;
  // ListLink of the volume's copies.
  next: u32;
  previous: u32;
  sector: u32;
  kind: u32;
  /** Two bits for each slot: the step of the second phase that its contents are for. */
  levels: u32;
  /** One bit for each slot: it held the old name of a rename of this commit, and must not be used for anything before it is over. */
  reserved: u32;
  @inline get bytes(): usize { return changetype<usize>(this) + offsetof<SectorCopy>(); }
}

@inline export function isNoCopy(copy: SectorCopy): bool { return changetype<usize>(copy) == 0; }
@inline function copyOfLink(link: usize): SectorCopy { return changetype<SectorCopy>(link - offsetof<SectorCopy>("next")); }
@inline function linkOf(copy: SectorCopy): usize { return changetype<usize>(copy) + offsetof<SectorCopy>("next"); }

/** The private copy of a sector, or null. */
export function sectorCopy(volume: Volume, sector: u32): SectorCopy {
  for (let node = hashFirst(sectorTable(volume), hashNumber(sector)); node; node = hashNext(node)) {
    if (changetype<SectorCopy>(node).sector == sector) return changetype<SectorCopy>(node);
  }
  return changetype<SectorCopy>(0);
}

/** Read from the image, as it is on the disk or on its way there: 0 or a negated error. */
export function imageRead(volume: Volume, offset: u64, address: usize, length: i32): i32 {
  let done = 0;
  while (done < length) {
    const read = kernel.dataspaceRead(volume.image, <i64>offset + done, 0, address + <usize>done, length - done);
    if (read <= 0) return read < 0 ? read : Io;
    done += read;
  }
  return 0;
}

export function sectorView(volume: Volume, sector: u32, kind: u32): usize {
  const copy = sectorCopy(volume, sector);
  if (!isNoCopy(copy)) return copy.bytes;
  const isFat = kind == KIND_FAT;
  const buffer = isFat ? volume.fatSector : volume.slotSector;
  if ((isFat ? volume.fatSectorNumber : volume.slotSectorNumber) == sector) return buffer;
  if (isFat) volume.fatSectorNumber = 0; else volume.slotSectorNumber = 0;
  if (imageRead(volume, <u64>sector << 9, buffer, 512) < 0) { volume.unread = Io; return 0; }
  if (isFat) volume.fatSectorNumber = sector; else volume.slotSectorNumber = sector;
  return buffer;
}

export function sectorEdit(volume: Volume, sector: u32, kind: u32): SectorCopy {
  let copy = sectorCopy(volume, sector);
  if (!isNoCopy(copy)) return copy;
  // Bounds the memory; if the disk fails now, the copies stay and it fails again at the commit.
  if (kind == KIND_FAT && volume.fatCopies >= FAT_COPIES) sectorsWrite(volume, KIND_FAT, 0);
  const view = sectorView(volume, sector, kind);
  copy = changetype<SectorCopy>(view ? allocateRaw(<i32>offsetof<SectorCopy>() + 512) : 0);
  if (isNoCopy(copy)) { volume.noCopy = view ? NoMemory : Io; return copy; }
  memory.copy(copy.bytes, view, 512);
  copy.sector = sector;
  copy.kind = kind;
  copy.levels = 0;
  copy.reserved = 0;
  hashInsert(sectorTable(volume), changetype<usize>(copy), hashNumber(sector));
  listAppend(sectorList(volume), linkOf(copy));
  if (kind == KIND_FAT) volume.fatCopies++; else volume.slotCopies++;
  return copy;
}

/** Write `length` bytes (a multiple of 512) to the disk and its image. */
export function writeThrough(volume: Volume, sector: u32, address: usize, length: i32): i32 {
  volume.fatSectorNumber = 0;
  volume.slotSectorNumber = 0;
  return volume_writeThrough(volume.cache, <u64>sector << 9, address, length);
}

/** Write the copies of a kind: of FATs to each FAT that is kept up; of slots as far as `step` allows. 0 or a negated error. */
export function sectorsWrite(volume: Volume, kind: u32, step: u32): i32 {
  const head = sectorList(volume);
  for (let link = listFirst(head); link != head; link = listAfter(link)) {
    const copy = copyOfLink(link);
    if (copy.kind != kind || (step && !waits(copy, step))) continue;
    const before = sectorCopy(volume, copy.sector - 1);
    // The one before takes this one with it.
    if (!step && !isNoCopy(before) && before.kind == kind) continue;
    const status = writeRun(volume, copy, step);
    if (status < 0) return status;
  }
  if (kind == KIND_FAT) sectorsForget(volume, KIND_FAT);
  return 0;
}

/** Whether a slot of a copy is for this step. */
function waits(copy: SectorCopy, step: u32): bool {
  for (let slot: u32 = 0; slot < 16; slot++) if ((copy.levels >> (slot << 1) & 3) == step) return true;
  return false;
}

/** Write a copy and, in the first step, those of the sectors that follow it. */
function writeRun(volume: Volume, first: SectorCopy, step: u32): i32 {
  const kind = first.kind;
  let copy = first;
  while (!isNoCopy(copy) && copy.kind == kind) {
    const start = copy.sector;
    let length = 0;
    while (!isNoCopy(copy) && copy.kind == kind && length < TRANSFER) {
      const to = volume.transfer + <usize>length;
      memory.copy(to, copy.bytes, 512);
      if (copy.levels) {
        const status = keepOld(volume, copy, to, step);
        if (status < 0) return status;
      }
      length += 512;
      copy = step ? changetype<SectorCopy>(0) : sectorCopy(volume, start + <u32>(length >> 9));
    }
    const copies: u32 = kind == KIND_FAT ? volume.fats : 1;
    for (let i: u32 = 0; i < copies; i++) {
      const status = writeThrough(volume, start + i * volume.fatSectors, volume.transfer, length);
      if (status < 0) return status;
    }
  }
  return 0;
}

/** Put the old contents of slots that are for a later step in place of the new ones. */
function keepOld(volume: Volume, copy: SectorCopy, to: usize, step: u32): i32 {
  for (let slot: u32 = 0; slot < 16; slot++) {
    if ((copy.levels >> (slot << 1) & 3) <= step) continue;
    const status = imageRead(volume, (<u64>copy.sector << 9) + (slot << 5), to + <usize>(slot << 5), 32);
    if (status < 0) return status;
  }
  return 0;
}

/** Drop all copies of a kind: they are on the disk, or not wanted. */
export function sectorsForget(volume: Volume, kind: u32): void {
  const head = sectorList(volume);
  let link = listFirst(head);
  while (link != head) {
    const next = listAfter(link);
    const copy = copyOfLink(link);
    if (copy.kind == kind) sectorForget(volume, copy);
    link = next;
  }
}

export function sectorForget(volume: Volume, copy: SectorCopy): void {
  if (copy.kind == KIND_FAT) volume.fatCopies--; else volume.slotCopies--;
  hashRemove(sectorTable(volume), changetype<usize>(copy));
  listRemove(linkOf(copy));
  release(changetype<usize>(copy));
}
