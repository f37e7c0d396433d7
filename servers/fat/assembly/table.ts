// The file allocation table, and the space that it tells of.
//
// A change that nothing on the disk refers to (a new chain) may be written at any time. One that something refers to, or that frees a
// cluster, is made by the commit, in its order: the link from an old last cluster to a new one, the end of a chain that was cut, and entries
// that become free. Until then clusters that were given up count as used.

import { Io, NoMemory, NoSpace } from "../../../abi/generated/assembly/errors";
import { ENTRY_END, ENTRY_END_MIN, ENTRY_MASK_32, FIRST_CLUSTER } from "../../../lib/formats/fat";
import { allocate } from "../../../lib/assembly/memory/allocator";
import { extentAt, extentsAdd, extentsLength, Extents } from "./extents";
import { KIND_FAT, isNoCopy, sectorEdit, sectorView } from "./sectors";
import { Volume, isCluster } from "./volume";

/** Byte offset of a cluster's entry in a FAT. */
@inline function entryOffset(volume: Volume, cluster: u32): u32 {
  return volume.type == 32 ? cluster << 2 : volume.type == 16 ? cluster << 1 : cluster + (cluster >> 1);
}
@inline function fatSector(volume: Volume, offset: u32): u32 { return volume.fatStart + volume.activeFat * volume.fatSectors + (offset >> 9); }

/** Entry of a cluster as FAT32 has them: 0 free, ENTRY_BAD, above ENTRY_END_MIN the end, else the next; negative if the disk fails. */
export function entryRead(volume: Volume, cluster: u32): i32 {
  const offset = entryOffset(volume, cluster);
  const view = sectorView(volume, fatSector(volume, offset), KIND_FAT);
  if (!view) return Io;
  const at = view + <usize>(offset & 511);
  if (volume.type == 32) return <i32>(load<u32>(at) & ENTRY_MASK_32);
  let value: u32;
  if (volume.type == 16) value = load<u16>(at);
  else {
    value = load<u8>(at);
    if ((offset & 511) == 511) {
      const next = sectorView(volume, fatSector(volume, offset + 1), KIND_FAT);
      if (!next) return Io;
      value |= <u32>load<u8>(next) << 8;
    } else value |= <u32>load<u8>(at, 1) << 8;
    value = cluster & 1 ? value >> 4 : value & 0xfff;
  }
  const top: u32 = volume.type == 16 ? 0xfff0 : 0xff0;
  return <i32>(value >= top + 7 ? value | (ENTRY_MASK_32 & ~(top | 15)) : value);
}

/** Change an entry in its private copy: 0 or a negated error. */
export function entryWrite(volume: Volume, cluster: u32, value: u32): i32 {
  const offset = entryOffset(volume, cluster);
  const copy = sectorEdit(volume, fatSector(volume, offset), KIND_FAT);
  if (isNoCopy(copy)) return volume.noCopy;
  const at = copy.bytes + <usize>(offset & 511);
  if (volume.type == 32) store<u32>(at, load<u32>(at) & ~ENTRY_MASK_32 | value & ENTRY_MASK_32);
  else if (volume.type == 16) store<u16>(at, <u16>value);
  else {
    const odd = cluster & 1;
    if ((offset & 511) == 511) {
      // Making a second copy may write and drop the first.
      const next = sectorEdit(volume, fatSector(volume, offset + 1), KIND_FAT);
      const again = isNoCopy(next) ? next : sectorEdit(volume, fatSector(volume, offset), KIND_FAT);
      if (isNoCopy(again)) return volume.noCopy;
      const low = again.bytes + 511;
      store<u8>(low, odd ? load<u8>(low) & 15 | <u8>(value << 4) : <u8>value);
      store<u8>(next.bytes, odd ? <u8>(value >> 4) : load<u8>(next.bytes) & 0xf0 | <u8>(value >> 8 & 15));
    } else {
      const old = <u32>load<u16>(at);
      store<u16>(at, <u16>(odd ? old & 15 | value << 4 : old & 0xf000 | value & 0xfff));
    }
  }
  return 0;
}

@inline function bit(map: usize, cluster: u32): bool { return (load<u8>(map + <usize>(cluster >> 3)) >> (cluster & 7) & 1) != 0; }
@inline function setBit(map: usize, cluster: u32): void {
  const at = map + <usize>(cluster >> 3);
  store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (cluster & 7)));
}
@inline function clearBit(map: usize, cluster: u32): void {
  const at = map + <usize>(cluster >> 3);
  store<u8>(at, load<u8>(at) & ~<u8>(<u32>1 << (cluster & 7)));
}

@inline export function isUsed(volume: Volume, cluster: u32): bool { return bit(volume.used, cluster); }

/** Read the whole FAT: what is free. */
export function tableLoad(volume: Volume): i32 {
  const bytes = <i32>((volume.clusters + FIRST_CLUSTER + 8) >> 3);
  volume.used = allocate(bytes);
  volume.claimed = allocate(bytes);
  if (!volume.used || !volume.claimed) return NoMemory;
  volume.free = 0;
  for (let cluster: u32 = FIRST_CLUSTER; cluster < volume.clusters + FIRST_CLUSTER; cluster++) {
    const entry = entryRead(volume, cluster);
    if (entry < 0) return entry;
    // Two sectors cannot be written in one step: an entry of FAT12 that lies in both is never used for anything new.
    if (entry || (volume.type == 12 && (entryOffset(volume, cluster) & 511) == 511)) setBit(volume.used, cluster);
    else volume.free++;
  }
  volume.hint = FIRST_CLUSTER;
  return 0;
}

/** Say whose a cluster is: false if it belongs to a chain already. */
export function claim(volume: Volume, cluster: u32): bool {
  if (bit(volume.claimed, cluster)) return false;
  setBit(volume.claimed, cluster);
  return true;
}
export function disclaim(volume: Volume, start: u32, count: u32): void { for (let i: u32 = 0; i < count; i++) clearBit(volume.claimed, start + i); }

/** Take a free cluster, near `near` if that is free; 0 if there is none. It is claimed; its entry is not written. */
export function takeCluster(volume: Volume, near: u32): u32 {
  if (!volume.free) return 0;
  let cluster = isCluster(volume, near) && !bit(volume.used, near) ? near : isCluster(volume, volume.hint) ? volume.hint : FIRST_CLUSTER;
  for (let looked: u32 = 0; bit(volume.used, cluster); looked++) {
    if (looked > volume.clusters) return 0;
    // Whole bytes of used clusters at once.
    if (!(cluster & 7) && load<u8>(volume.used + <usize>(cluster >> 3)) == 255) { cluster += 8; looked += 7; } else cluster++;
    if (!isCluster(volume, cluster)) cluster = FIRST_CLUSTER;
  }
  setBit(volume.used, cluster);
  setBit(volume.claimed, cluster);
  volume.free--;
  volume.hint = cluster + 1;
  return cluster;
}

/** Give back a cluster that was never written as used. */
export function untakeCluster(volume: Volume, cluster: u32): void {
  clearBit(volume.used, cluster);
  clearBit(volume.claimed, cluster);
  volume.free++;
}

/** Clusters start … start+count-1 become free in the third phase of the next commit. */
export function giveClusters(volume: Volume, start: u32, count: u32): i32 {
  const array = extentsAdd(volume.freed, 0xffffffff - start, start, count);
  if (!array) return NoMemory;
  volume.freed = array;
  volume.freedClusters += count;
  return 0;
}

/** `cluster` becomes the last of its chain in the third phase of the next commit. */
export function cutBehind(volume: Volume, cluster: u32): i32 {
  const array = extentsAdd(volume.cuts, 0xffffffff - cluster, cluster, 1);
  if (!array) return NoMemory;
  volume.cuts = array;
  return 0;
}

/** The third phase: ends of chains that were cut. */
export function writeCuts(volume: Volume): i32 {
  for (let i: u32 = 0; i < extentsLength(volume.cuts); i++) {
    const extent = extentAt(volume.cuts, i);
    for (let j: u32 = 0; j < extent.count; j++) {
      const status = entryWrite(volume, extent.start + j, ENTRY_END);
      if (status < 0) return status;
    }
  }
  if (volume.cuts) changetype<Extents>(volume.cuts).length = 0;
  return 0;
}

/** The third phase: entries that become free. From here on they may be used again. */
export function writeFrees(volume: Volume): i32 {
  while (extentsLength(volume.freed)) {
    const index = extentsLength(volume.freed) - 1;
    const extent = extentAt(volume.freed, index);
    while (extent.count) {
      const cluster = extent.start + extent.count - 1;
      const status = entryWrite(volume, cluster, 0);
      if (status < 0) return status;
      extent.count--;
      volume.freedClusters--;
      if (volume.type == 12 && (entryOffset(volume, cluster) & 511) == 511) continue;
      clearBit(volume.used, cluster);
      volume.free++;
    }
    changetype<Extents>(volume.freed).length = index;
  }
  return 0;
}

/** Whether an entry ends a chain. */
@inline export function isEnd(entry: i32): bool { return <u32>entry >= <u32>ENTRY_END_MIN; }

/** 0 if `count` clusters can be had, NoSpace if not. */
@inline export function spaceFor(volume: Volume, count: u32): i32 { return count <= volume.free ? 0 : NoSpace; }
