// The boot sector: what it says, and whether that is possible. Everything that is computed from it later stays within the disk, because it was
// checked here.

import { Corrupt, NotSupported } from "../../../abi/generated/assembly/errors";
import {
  BOOT_SIGNATURE, BOOT_SIGNATURE_AT, BPB_BYTES_PER_SECTOR, BPB_FATS, BPB_FAT_SECTORS_16, BPB_FAT_SECTORS_32, BPB_FLAGS_32, BPB_FSINFO_SECTOR_32, BPB_RESERVED_SECTORS,
  BPB_ROOT_CLUSTER_32, BPB_ROOT_ENTRIES, BPB_SECTORS_PER_CLUSTER, BPB_TOTAL_SECTORS_16, BPB_TOTAL_SECTORS_32, BPB_VERSION_32, FAT16_CLUSTERS, FAT32_CLUSTERS, FAT32_CLUSTERS_LIMIT, FLAG_NOT_MIRRORED,
  FSINFO_LEAD_SIGNATURE, FSINFO_STRUCTURE_AT, FSINFO_STRUCTURE_SIGNATURE, MAX_CLUSTER_BYTES,
} from "../../../lib/formats/fat";
import {
  REASON_ACTIVE, REASON_CLUSTER_SECTORS, REASON_COUNT, REASON_DISK, REASON_FATS, REASON_FAT_SECTORS, REASON_OTHER, REASON_READ, REASON_RESERVED, REASON_ROOM, REASON_ROOT_CLUSTER, REASON_ROOT_ENTRIES,
  REASON_SECTOR_BYTES, REASON_SIGNATURE, REASON_TOO_MANY, REASON_TOTAL, REASON_VERSION, because,
} from "./reason";
import { imageRead } from "./sectors";
import { Volume, isCluster } from "./volume";

/** Clusters that the maps in memory have room for. */
const CLUSTERS_LIMIT: u64 = 67108864;

/** Fill in the geometry of a volume on a disk of `size` bytes: 0, or an error whose reason is told. */
export function bootSectorRead(volume: Volume, size: u64): i32 {
  if (size < 512) return because(Corrupt, REASON_DISK, <i64>size);
  const boot = volume.page;
  const read = imageRead(volume, 0, boot, 512);
  if (read < 0) return because(read, REASON_READ, -read);
  // "EXFAT   " and "NTFS    ".
  const name = load<u64>(boot, 3);
  if (name == 0x2020205441465845 || name == 0x202020205346544e) return because(NotSupported, REASON_OTHER, <i64>(name & 255));
  if (load<u16>(boot, BOOT_SIGNATURE_AT) != BOOT_SIGNATURE) return because(Corrupt, REASON_SIGNATURE, load<u16>(boot, BOOT_SIGNATURE_AT));
  const sectorBytes = <u32>load<u16>(boot, BPB_BYTES_PER_SECTOR);
  if (sectorBytes < 512 || sectorBytes > 4096 || sectorBytes & sectorBytes - 1) return because(Corrupt, REASON_SECTOR_BYTES, sectorBytes);
  const clusterSectors = <u32>load<u8>(boot, BPB_SECTORS_PER_CLUSTER);
  if (!clusterSectors || clusterSectors & clusterSectors - 1 || clusterSectors * sectorBytes > <u32>MAX_CLUSTER_BYTES) return because(Corrupt, REASON_CLUSTER_SECTORS, clusterSectors);
  const reserved = <u64>load<u16>(boot, BPB_RESERVED_SECTORS);
  if (!reserved) return because(Corrupt, REASON_RESERVED, 0);
  const fats = <u64>load<u8>(boot, BPB_FATS);
  if (fats < 1 || fats > 4) return because(Corrupt, REASON_FATS, <i64>fats);
  const short = <u64>load<u16>(boot, BPB_FAT_SECTORS_16);
  const fatSectors = short ? short : <u64>load<u32>(boot, BPB_FAT_SECTORS_32);
  const rootEntries = <u32>load<u16>(boot, BPB_ROOT_ENTRIES);
  if (short ? !rootEntries || rootEntries * 32 % sectorBytes : rootEntries) return because(Corrupt, REASON_ROOT_ENTRIES, rootEntries);
  const small = <u64>load<u16>(boot, BPB_TOTAL_SECTORS_16);
  const total = small ? small : <u64>load<u32>(boot, BPB_TOTAL_SECTORS_32);
  if (!total || total * sectorBytes > size) return because(Corrupt, REASON_TOTAL, <i64>total);
  const rootSectors = <u64>(rootEntries * 32 / sectorBytes);
  const dataStart = reserved + fats * fatSectors + rootSectors;
  if (dataStart + clusterSectors > total) return because(Corrupt, REASON_ROOM, <i64>total);
  const clusters = (total - dataStart) / clusterSectors;
  // The type goes by the count of clusters. A FAT32 with too few of them is what mkfs tools make of a small disk when they are told to; its boot
  // sector cannot be read in any other way.
  if (clusters > <u64>(short ? FAT32_CLUSTERS - 1 : FAT32_CLUSTERS_LIMIT - 1)) return because(Corrupt, REASON_COUNT, <i64>clusters);
  const type: u32 = short ? clusters < <u64>FAT16_CLUSTERS ? 12 : 16 : 32;
  if (clusters > CLUSTERS_LIMIT) return because(NotSupported, REASON_TOO_MANY, <i64>clusters);
  if (fatSectors * sectorBytes * 8 < (clusters + 2) * type) return because(Corrupt, REASON_FAT_SECTORS, <i64>fatSectors);

  const unit = sectorBytes >> 9;
  volume.type = type;
  volume.clusterShift = 31 - <u32>clz(clusterSectors * sectorBytes);
  volume.fatStart = <u32>reserved * unit;
  volume.fatSectors = <u32>fatSectors * unit;
  volume.fats = <u32>fats;
  volume.rootStart = <u32>(reserved + fats * fatSectors) * unit;
  volume.rootSlots = rootEntries;
  volume.dataStart = <u32>dataStart * unit;
  volume.clusters = <u32>clusters;
  return type == 32 ? extended(volume, boot, unit, <u32>reserved) : 0;
}

/** What only FAT32 has. */
function extended(volume: Volume, boot: usize, unit: u32, reserved: u32): i32 {
  const version = load<u16>(boot, BPB_VERSION_32);
  if (version) return because(NotSupported, REASON_VERSION, version);
  volume.rootCluster = load<u32>(boot, BPB_ROOT_CLUSTER_32);
  if (!isCluster(volume, volume.rootCluster)) return because(Corrupt, REASON_ROOT_CLUSTER, volume.rootCluster);
  const flags = <u32>load<u16>(boot, BPB_FLAGS_32);
  if (flags & FLAG_NOT_MIRRORED) {
    if ((flags & 15) >= volume.fats) return because(Corrupt, REASON_ACTIVE, flags & 15);
    volume.activeFat = flags & 15;
    volume.fats = 1;
  }
  const info = <u32>load<u16>(boot, BPB_FSINFO_SECTOR_32);
  if (!info || info >= reserved) return 0;
  const read = imageRead(volume, <u64>(info * unit) << 9, volume.page, 512);
  if (read < 0) return because(read, REASON_READ, -read);
  if (load<u32>(volume.page) == FSINFO_LEAD_SIGNATURE && load<u32>(volume.page, FSINFO_STRUCTURE_AT) == FSINFO_STRUCTURE_SIGNATURE) volume.fsInfo = info * unit;
  return 0;
}
