// Which file system is on a disk, by its signature: for those who mount without being told.

import type { OpenDisk } from "./disk-access.ts";

/** The name of the server that knows it, or undefined. */
export function recognizeDisk(disk: Pick<OpenDisk, "size" | "read">): "ext2" | "fat" | undefined {
  const read = disk.read(0, Math.min(4096, disk.size));
  if (read.error) return undefined;
  const { data } = read, u16 = (at: number): number => (data[at] ?? 0) | (data[at + 1] ?? 0) << 8;
  if (u16(1024 + 56) === 0xef53) return "ext2";
  // The last two bytes are those of any boot sector: a FAT's also says how it is laid out.
  const sector = u16(11), perCluster = data[13] ?? 0, tables = data[16] ?? 0;
  const isPower = (number: number): boolean => number > 0 && (number & (number - 1)) === 0;
  return u16(510) === 0xaa55 && isPower(sector) && sector >= 512 && sector <= 4096 && isPower(perCluster) && u16(14) > 0 && (tables === 1 || tables === 2) ? "fat" : undefined;
}
