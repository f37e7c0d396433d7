// A FAT in memory: entries as FAT32 has them, whatever the type.

import { ENTRY_END_MIN, ENTRY_MASK_32 } from "../../../../lib/formats/fat.ts";
import type { Geometry } from "./geometry.ts";
import type { SectorDevice } from "../sector-device.ts";

const STEP = 65536;

export class AllocationTable {
  private constructor(private readonly geometry: Geometry, private readonly bytes: Uint8Array) {}

  static read(device: SectorDevice, geometry: Geometry, copy: number): AllocationTable {
    const bytes = new Uint8Array(geometry.fatBytes), start = geometry.fatStart + copy * geometry.fatBytes;
    for (let at = 0; at < bytes.length; at += STEP) bytes.set(device.read(start + at, Math.min(STEP, bytes.length - at)), at);
    return new AllocationTable(geometry, bytes);
  }

  /** 0 free, ENTRY_BAD, from ENTRY_END_MIN on the end, else the next cluster. */
  get(cluster: number): number {
    const { bytes } = this, { type } = this.geometry;
    if (type === 32) return new DataView(bytes.buffer).getUint32(cluster * 4, true) & ENTRY_MASK_32;
    const at = type === 16 ? cluster * 2 : cluster + (cluster >> 1), word = bytes[at]! | bytes[at + 1]! << 8;
    const value = type === 16 ? word : cluster & 1 ? word >> 4 : word & 0xfff, top = type === 16 ? 0xfff0 : 0xff0;
    return value >= top + 7 ? value | ENTRY_MASK_32 & ~(top | 15) : value;
  }

  /** The bits of an entry as they are, for those of clusters 0 and 1. */
  raw(cluster: number): number {
    const value = this.get(cluster);
    return this.geometry.type === 32 ? value : this.geometry.type === 16 ? value & 0xffff : value & 0xfff;
  }

  set(cluster: number, value: number): void {
    const { bytes } = this, { type } = this.geometry, view = new DataView(bytes.buffer);
    if (type === 32) view.setUint32(cluster * 4, (view.getUint32(cluster * 4, true) & ~ENTRY_MASK_32 | value & ENTRY_MASK_32) >>> 0, true);
    else if (type === 16) view.setUint16(cluster * 2, value & 0xffff, true);
    else {
      const at = cluster + (cluster >> 1), old = view.getUint16(at, true);
      view.setUint16(at, cluster & 1 ? old & 15 | (value & 0xfff) << 4 : old & 0xf000 | value & 0xfff, true);
    }
  }

  /** The first cluster whose entry another copy has otherwise, or -1. */
  difference(other: AllocationTable): number {
    for (let cluster = 0; cluster < this.geometry.clusters + 2; cluster++) if (this.get(cluster) !== other.get(cluster)) return cluster;
    return -1;
  }

  /** Write it to every FAT that is kept up. */
  write(device: SectorDevice): void {
    const { geometry, bytes } = this;
    for (let copy = 0; copy < geometry.fats; copy++) {
      if (!geometry.mirrored && copy !== geometry.active) continue;
      for (let at = 0; at < bytes.length; at += STEP) device.write(geometry.fatStart + copy * geometry.fatBytes + at, bytes.subarray(at, at + Math.min(STEP, bytes.length - at)));
    }
  }
}

export const isEnd = (entry: number): boolean => entry >= ENTRY_END_MIN;
