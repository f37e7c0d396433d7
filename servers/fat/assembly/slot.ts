// The slots of a directory, 32 bytes each, by their index.

import { MAX_DIRECTORY_BYTES, SLOT_SIZE } from "../../../lib/formats/fat";
import { extentsCluster } from "./extents";
import { Inode, clustersOf, isRoot } from "./inode";
import { KIND_SLOTS, SectorCopy, isNoCopy, sectorEdit, sectorView } from "./sectors";
import { clusterBytes, sectorOf } from "./volume";

@inline function isFixed(directory: Inode): bool { return isRoot(directory) && directory.owner.type != 32; }

/** Slots that it has room for now. Its chain is loaded. */
export function slotCapacity(directory: Inode): u32 {
  const volume = directory.owner;
  if (isFixed(directory)) return volume.rootSlots;
  return <u32>min(<u64>clustersOf(directory) << volume.clusterShift, MAX_DIRECTORY_BYTES) / SLOT_SIZE;
}

/** The sector of a slot below the capacity. */
export function slotSector(directory: Inode, index: u32): u32 {
  const volume = directory.owner;
  if (isFixed(directory)) return volume.rootStart + (index >> 4);
  const offset = index << 5;
  return sectorOf(volume, extentsCluster(directory.runs, offset >> volume.clusterShift)) + ((offset & clusterBytes(volume) - 1) >> 9);
}

/** What identifies a slot on the volume. */
@inline export function slotPlace(directory: Inode, index: u32): u64 { return <u64>slotSector(directory, index) << 4 | (index & 15); }

/** Its 32 bytes, until the next slot is looked at; 0 if the disk fails. */
export function slotView(directory: Inode, index: u32): usize {
  const view = sectorView(directory.owner, slotSector(directory, index), KIND_SLOTS);
  return view ? view + <usize>((index & 15) << 5) : 0;
}

/** The private copy of its sector, or null. */
export function slotCopy(directory: Inode, index: u32): SectorCopy { return sectorEdit(directory.owner, slotSector(directory, index), KIND_SLOTS); }

@inline export function slotIn(copy: SectorCopy, index: u32): usize { return isNoCopy(copy) ? 0 : copy.bytes + <usize>((index & 15) << 5); }

/** Its contents are for this step of the commit's second phase, or a later one. */
export function slotLevel(copy: SectorCopy, index: u32, level: u32): void {
  const shift = (index & 15) << 1;
  if ((copy.levels >> shift & 3) < level) copy.levels = copy.levels & ~(3 << shift) | level << shift;
}
@inline export function slotLevelOf(copy: SectorCopy, index: u32): u32 { return copy.levels >> ((index & 15) << 1) & 3; }
@inline export function slotReserve(copy: SectorCopy, index: u32): void { copy.reserved |= 1 << (index & 15); }
@inline export function isReserved(copy: SectorCopy, index: u32): bool { return !isNoCopy(copy) && (copy.reserved >> (index & 15) & 1) != 0; }
