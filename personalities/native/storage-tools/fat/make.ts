// Makes a FAT file system: what mkfs.fat does.
//
//   const made = makeFat(device, { type: 32, label: "HOME", serial, time });
//
// Without a type it is chosen by size (FAT12 up to 4 MiB, FAT16 below 512 MiB, else FAT32); without a cluster size the smallest that is usual for it.
// Counts of clusters stay 16 away from the limits between the types, as the specification advises.

import * as fat from "../../../../lib/formats/fat.ts";
import type { FatType } from "./geometry.ts";
import { CannotMake, type SectorDevice } from "../sector-device.ts";

export interface MakeOptions {
  type?: FatType | undefined;
  /** A power of two, 1 to 128. */
  sectorsPerCluster?: number | undefined;
  /** At most 11 characters of what a short name may have, and blanks. */
  label?: string | undefined;
  /** Of the volume, 32 bits. */
  serial: number;
  /** For the label's entry, in milliseconds since 1970. */
  time: number;
  /** Make a FAT32 also with fewer clusters than the specification wants, as other tools do when they are told to: small disks for tests. */
  fewClusters?: boolean | undefined;
}

export interface Made { type: FatType; sectorsPerCluster: number; clusters: number }

/** The options cannot be met; the message says why. */
const SECTOR = 512, MARGIN = 16, MIB = 1 << 20;
interface Layout extends Made { reserved: number; fatSectors: number; rootEntries: number; total: number }

export function makeFat(device: SectorDevice, options: MakeOptions): Made {
  const total = Math.floor(device.size / SECTOR);
  if (total < 32) throw new CannotMake(`the disk has ${total} sectors; FAT needs 32`);
  if (total > 0xffffffff) throw new CannotMake(`the disk has ${total} sectors; FAT can count 4294967295`);
  const label = checkLabel(options.label ?? "");
  const layout = (options.fewClusters ? layOut(total, options.type ?? 32, options.sectorsPerCluster ?? 1) : undefined)
    ?? chooseLayout(total, options.type ?? (device.size <= 4 * MIB ? 12 : device.size < 512 * MIB ? 16 : 32), options.type !== undefined, options.sectorsPerCluster);
  write(device, layout, label, options);
  device.flush();
  return { type: layout.type, sectorsPerCluster: layout.sectorsPerCluster, clusters: layout.clusters };
}

function checkLabel(label: string): string {
  const upper = label.toUpperCase();
  if (upper.length > 11) throw new CannotMake(`label '${label}' is longer than 11 characters`);
  if (!/^[A-Z0-9 !#$%&'()\-@^_`{}~]*$/.test(upper) || upper.startsWith(" ")) throw new CannotMake(`label '${label}' has a character that FAT does not allow there`);
  return upper;
}

/** Clusters that a type may have. */
function limits(type: FatType): [least: number, most: number] {
  if (type === 12) return [1, fat.FAT16_CLUSTERS - 1 - MARGIN];
  if (type === 16) return [fat.FAT16_CLUSTERS + MARGIN, fat.FAT32_CLUSTERS - 1 - MARGIN];
  return [fat.FAT32_CLUSTERS + MARGIN, fat.FAT32_CLUSTERS_LIMIT - 1];
}

/** The cluster size that is usual for FAT32, in sectors. */
function usual(total: number): number {
  if (total <= 532_480) return 1;
  if (total <= 16_777_216) return 8;
  return total <= 33_554_432 ? 16 : total <= 67_108_864 ? 32 : 64;
}

function chooseLayout(total: number, type: FatType, fixedType: boolean, wanted: number | undefined): Layout {
  if (wanted !== undefined && ![1, 2, 4, 8, 16, 32, 64, 128].includes(wanted)) throw new CannotMake(`${wanted} sectors per cluster: must be 1, 2, 4, 8, 16, 32, 64 or 128`);
  const types = fixedType ? [type] : [type, ...([16, 32, 12] as const).filter((each) => each !== type)];
  for (const each of types) {
    const [least, most] = limits(each);
    const start = wanted ?? (each === 32 ? usual(total) : each === 16 && total > 65_536 ? 4 : 1);
    for (let size = start; size <= (wanted ?? 128); size *= 2) {
      const layout = layOut(total, each, size);
      if (layout && layout.clusters >= least && layout.clusters <= most) return layout;
    }
    // A smaller cluster than usual may still make a FAT32 of it.
    const small = each === 32 && wanted === undefined ? layOut(total, 32, 1) : undefined;
    if (small && small.clusters >= least && small.clusters <= most) return small;
  }
  const [least, most] = limits(type), size = wanted ?? 1, got = layOut(total, type, size)?.clusters ?? 0;
  throw new CannotMake(`FAT${type} has ${least} to ${most} clusters; this disk would have ${got} of ${size * SECTOR} bytes`);
}

/** Where everything goes with clusters of a size, or undefined if nothing is left for them. */
function layOut(total: number, type: FatType, sectorsPerCluster: number): Layout | undefined {
  const reserved = type === 32 ? 32 : 1, rootEntries = type === 32 ? 0 : total <= 2880 ? 224 : 512, rootSectors = rootEntries * 32 / SECTOR;
  // A FAT that is large enough makes the rest smaller, which needs no larger FAT: so this comes to an end.
  let fatSectors = 1;
  for (;;) {
    const clusters = Math.floor((total - reserved - 2 * fatSectors - rootSectors) / sectorsPerCluster);
    if (clusters < 1) return undefined;
    const needed = Math.ceil((clusters + 2) * type / 8 / SECTOR);
    if (needed <= fatSectors) return fatSectors > 0xffff && type !== 32 ? undefined : { type, sectorsPerCluster, clusters, reserved, fatSectors, rootEntries, total };
    fatSectors = needed;
  }
}

function write(device: SectorDevice, layout: Layout, label: string, { serial, time }: MakeOptions): void {
  const { type, reserved, fatSectors, rootEntries, sectorsPerCluster } = layout;
  const fatStart = reserved * SECTOR, rootStart = fatStart + 2 * fatSectors * SECTOR;
  zero(device, 0, rootStart + (type === 32 ? sectorsPerCluster * SECTOR : rootEntries * 32));
  const first = new Uint8Array(SECTOR), entries = new DataView(first.buffer);
  if (type === 32) {
    entries.setUint32(0, 0x0ffffff8, true);
    entries.setUint32(4, 0x0fffffff, true);
    entries.setUint32(8, 0x0fffffff, true);
  } else if (type === 16) entries.setUint32(0, 0xfffffff8, true);
  else first.set([0xf8, 0xff, 0xff]);
  for (const copy of [0, 1]) device.write(fatStart + copy * fatSectors * SECTOR, first);
  if (label) device.write(rootStart, labelSector(label, time));
  if (type === 32) {
    const info = infoSector(layout.clusters - 1);
    for (const base of [0, 6]) device.write((base + 1) * SECTOR, info);
    device.write(6 * SECTOR, bootSector(layout, label, serial));
  }
  // Last, so that half a file system is none.
  device.flush();
  device.write(0, bootSector(layout, label, serial));
}

function zero(device: SectorDevice, start: number, length: number): void {
  for (let at = 0; at < length; at += 65536) device.write(start + at, new Uint8Array(Math.min(65536, length - at)));
}

function text(bytes: Uint8Array, at: number, value: string, length: number): void { bytes.set(new TextEncoder().encode(value.padEnd(length)), at); }

function bootSector({ type, sectorsPerCluster, reserved, fatSectors, rootEntries, total }: Layout, label: string, serial: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR), boot = new DataView(bytes.buffer);
  // Jump to code that halts: the disk boots nothing.
  const code = type === 32 ? 90 : 62;
  bytes.set([0xeb, code - 2, 0x90]);
  bytes.set([0xf4, 0xeb, 0xfd], code);
  text(bytes, 3, "GRAILOS", 8);
  boot.setUint16(fat.BPB_BYTES_PER_SECTOR, SECTOR, true);
  boot.setUint8(fat.BPB_SECTORS_PER_CLUSTER, sectorsPerCluster);
  boot.setUint16(fat.BPB_RESERVED_SECTORS, reserved, true);
  boot.setUint8(fat.BPB_FATS, 2);
  boot.setUint16(fat.BPB_ROOT_ENTRIES, rootEntries, true);
  if (type !== 32 && total <= 0xffff) boot.setUint16(fat.BPB_TOTAL_SECTORS_16, total, true);
  else boot.setUint32(fat.BPB_TOTAL_SECTORS_32, total, true);
  boot.setUint8(fat.BPB_MEDIA, 0xf8);
  boot.setUint16(fat.BPB_SECTORS_PER_TRACK, 63, true);
  boot.setUint16(fat.BPB_HEADS, 255, true);
  if (type === 32) {
    boot.setUint32(fat.BPB_FAT_SECTORS_32, fatSectors, true);
    boot.setUint32(fat.BPB_ROOT_CLUSTER_32, 2, true);
    boot.setUint16(fat.BPB_FSINFO_SECTOR_32, 1, true);
    boot.setUint16(fat.BPB_BACKUP_SECTOR_32, 6, true);
  } else boot.setUint16(fat.BPB_FAT_SECTORS_16, fatSectors, true);
  const [drive, signature, number, name, kind] = type === 32
    ? [fat.BS_DRIVE_32, fat.BS_SIGNATURE_32, fat.BS_SERIAL_32, fat.BS_LABEL_32, fat.BS_TYPE_32] : [fat.BS_DRIVE_16, fat.BS_SIGNATURE_16, fat.BS_SERIAL_16, fat.BS_LABEL_16, fat.BS_TYPE_16];
  boot.setUint8(drive, 0x80);
  boot.setUint8(signature, fat.EXTENDED_SIGNATURE);
  boot.setUint32(number, serial >>> 0, true);
  text(bytes, name, label || "NO NAME", 11);
  text(bytes, kind, `FAT${type}`, 8);
  boot.setUint16(fat.BOOT_SIGNATURE_AT, fat.BOOT_SIGNATURE, true);
  return bytes;
}

function infoSector(free: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR), info = new DataView(bytes.buffer);
  info.setUint32(0, fat.FSINFO_LEAD_SIGNATURE, true);
  info.setUint32(fat.FSINFO_STRUCTURE_AT, fat.FSINFO_STRUCTURE_SIGNATURE, true);
  info.setUint32(fat.FSINFO_FREE_AT, free, true);
  info.setUint32(fat.FSINFO_NEXT_AT, 3, true);
  info.setUint32(fat.FSINFO_TRAIL_AT, fat.FSINFO_TRAIL_SIGNATURE, true);
  return bytes;
}

function labelSector(label: string, time: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR), date = new Date(time), entry = new DataView(bytes.buffer);
  text(bytes, 0, label, 11);
  bytes[fat.SLOT_ATTRIBUTES] = fat.ATTRIBUTE_VOLUME;
  const year = Math.min(127, Math.max(0, date.getUTCFullYear() - 1980));
  entry.setUint16(fat.SLOT_MODIFIED_TIME, date.getUTCHours() << 11 | date.getUTCMinutes() << 5 | date.getUTCSeconds() >> 1, true);
  entry.setUint16(fat.SLOT_MODIFIED_DATE, year << 9 | date.getUTCMonth() + 1 << 5 | date.getUTCDate(), true);
  return bytes;
}
