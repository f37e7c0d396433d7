// What a boot sector says, checked: the same rules as servers/fat (boot-sector.ts).

import * as fat from "../../../../lib/formats/fat.ts";
import type { SectorDevice } from "../sector-device.ts";

export type FatType = 12 | 16 | 32;

/** Where things are. Offsets and sizes in bytes, numbers of clusters as on the disk (the first is 2). */
export interface Geometry {
  type: FatType;
  sectorBytes: number;
  clusterBytes: number;
  media: number;
  /** Of the first FAT; bytes of each; how many there are; which one is read, and whether the others follow it. */
  fatStart: number;
  fatBytes: number;
  fats: number;
  active: number;
  mirrored: boolean;
  /** Of FAT12 and FAT16. */
  rootStart: number;
  rootEntries: number;
  /** Of FAT32: its first cluster. */
  rootCluster: number;
  dataStart: number;
  clusters: number;
  /** Of the FSInfo sector, or 0. */
  infoStart: number;
}

/** This is no FAT, or one that cannot be read; the message names the field, its value, and what it should be. */
export class BadBootSector extends Error {}

const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

export function readGeometry(device: SectorDevice): Geometry {
  const wrong = (field: string, value: number, wanted: string): never => { throw new BadBootSector(`${field} is ${value}, should be ${wanted}`); };
  if (device.size < fat.DISK_SECTOR) wrong("size of the disk in bytes", device.size, "at least 512");
  const bytes = device.read(0, fat.DISK_SECTOR), boot = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u8 = (at: number): number => boot.getUint8(at), u16 = (at: number): number => boot.getUint16(at, true), u32 = (at: number): number => boot.getUint32(at, true);
  if (u16(fat.BOOT_SIGNATURE_AT) !== fat.BOOT_SIGNATURE) wrong("boot sector signature", u16(fat.BOOT_SIGNATURE_AT), "43605 (0xaa55)");
  const sectorBytes = u16(fat.BPB_BYTES_PER_SECTOR);
  if (!isPowerOfTwo(sectorBytes) || sectorBytes < 512 || sectorBytes > 4096) wrong("BPB_BytsPerSec", sectorBytes, "512, 1024, 2048 or 4096");
  const perCluster = u8(fat.BPB_SECTORS_PER_CLUSTER), clusterBytes = perCluster * sectorBytes;
  if (!isPowerOfTwo(perCluster) || clusterBytes > fat.MAX_CLUSTER_BYTES) wrong("BPB_SecPerClus", perCluster, "a power of two, with clusters of at most 64 KiB");
  const reserved = u16(fat.BPB_RESERVED_SECTORS), fats = u8(fat.BPB_FATS), rootEntries = u16(fat.BPB_ROOT_ENTRIES);
  if (reserved === 0) wrong("BPB_RsvdSecCnt", reserved, "at least 1");
  if (fats < 1 || fats > 4) wrong("BPB_NumFATs", fats, "1 to 4");
  const short = u16(fat.BPB_FAT_SECTORS_16), fatSectors = short || u32(fat.BPB_FAT_SECTORS_32);
  if (short ? rootEntries === 0 || rootEntries * 32 % sectorBytes !== 0 : rootEntries !== 0) wrong("BPB_RootEntCnt", rootEntries, "0 with BPB_FATSz32, else whole sectors of entries");
  const total = u16(fat.BPB_TOTAL_SECTORS_16) || u32(fat.BPB_TOTAL_SECTORS_32);
  if (total === 0 || total * sectorBytes > device.size) wrong("BPB_TotSec", total, `at least 1, and at most the ${Math.floor(device.size / sectorBytes)} of the disk`);
  const rootSector = reserved + fats * fatSectors, dataSector = rootSector + rootEntries * 32 / sectorBytes;
  if (dataSector + perCluster > total) wrong("BPB_TotSec", total, `more than the ${dataSector} that reserved sectors, FATs and root directory take`);
  const clusters = Math.floor((total - dataSector) / perCluster);
  if (short ? clusters >= fat.FAT32_CLUSTERS : clusters >= fat.FAT32_CLUSTERS_LIMIT) wrong("count of clusters", clusters, short ? "at most 65524 with BPB_FATSz16" : "at most 268435444");
  const type: FatType = short ? clusters < fat.FAT16_CLUSTERS ? 12 : 16 : 32;
  if (fatSectors * sectorBytes * 8 < (clusters + 2) * type) wrong("BPB_FATSz", fatSectors, `at least ${Math.ceil((clusters + 2) * type / 8 / sectorBytes)}, for ${clusters} clusters`);
  const flags = type === 32 ? u16(fat.BPB_FLAGS_32) : 0, mirrored = !(flags & fat.FLAG_NOT_MIRRORED), active = mirrored ? 0 : flags & 15;
  if (active >= fats) wrong("active FAT in BPB_ExtFlags", active, `less than BPB_NumFATs (${fats})`);
  const rootCluster = type === 32 ? u32(fat.BPB_ROOT_CLUSTER_32) : 0;
  if (type === 32) {
    if (u16(fat.BPB_VERSION_32) !== 0) wrong("BPB_FSVer", u16(fat.BPB_VERSION_32), "0");
    if (rootCluster < 2 || rootCluster >= clusters + 2) wrong("BPB_RootClus", rootCluster, `2 to ${clusters + 1}`);
  }
  const info = type === 32 ? u16(fat.BPB_FSINFO_SECTOR_32) : 0;
  return {
    type, sectorBytes, clusterBytes, media: u8(fat.BPB_MEDIA), fatStart: reserved * sectorBytes, fatBytes: fatSectors * sectorBytes, fats, active, mirrored,
    rootStart: rootSector * sectorBytes, rootEntries, rootCluster, dataStart: dataSector * sectorBytes, clusters, infoStart: info > 0 && info < reserved ? info * sectorBytes : 0,
  };
}

/** Where a cluster is. */
export const clusterStart = (geometry: Geometry, cluster: number): number => geometry.dataStart + (cluster - 2) * geometry.clusterBytes;
export const isCluster = (geometry: Geometry, cluster: number): boolean => cluster >= 2 && cluster < geometry.clusters + 2;
