// Where the parts of an ext2 file system lie: the figures of its superblock, read from a disk or chosen for a new one.

import * as ext2 from "../../../../lib/formats/ext2.ts";

export interface Layout {
  readonly blockSize: number;
  readonly blocks: number;
  readonly firstDataBlock: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly inodeSize: number;
  readonly firstInode: number;
  readonly groups: number;
  readonly descriptorBlocks: number;
  readonly reservedGdt: number;
  readonly compatible: number;
  readonly incompatible: number;
  readonly readOnlyCompatible: number;
}

/** What cannot be an ext2 file system; the message names the field. */
export class NotExt2 extends Error {}

export const groupFirst = (layout: Layout, group: number): number => layout.firstDataBlock + group * layout.blocksPerGroup;
export const groupBlocks = (layout: Layout, group: number): number => Math.min(layout.blocksPerGroup, layout.blocks - groupFirst(layout, group));
export const tableBlocks = (layout: Layout): number => Math.ceil(layout.inodesPerGroup * layout.inodeSize / layout.blockSize);

/** Whether a group starts with a copy of the superblock and the descriptors. */
export function hasSuper(layout: Layout, group: number): boolean {
  if (group <= 1 || !(layout.readOnlyCompatible & ext2.READ_ONLY_SPARSE_SUPER)) return true;
  return [3, 5, 7].some((base) => { let power = base; while (power < group) power *= base; return power === group; });
}

/** Blocks at the start of a group before what it has of its own. */
export const headBlocks = (layout: Layout, group: number): number => (hasSuper(layout, group) ? 1 + layout.descriptorBlocks + layout.reservedGdt : 0);

const INCOMPATIBLE: Readonly<Record<number, string>> = {
  0: "compression", 3: "journal_dev", 4: "meta_bg", 6: "extents", 7: "64bit", 8: "mmp", 9: "flex_bg", 10: "ea_inode", 12: "dirdata", 13: "metadata_csum_seed", 14: "large_dir", 15: "inline_data", 16: "encrypt", 17: "casefold",
};

/** Of the superblock in `bytes` (1024) on a disk of `size` bytes. Throws NotExt2. */
export function readLayout(bytes: Uint8Array, size: number): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), u32 = (at: number): number => view.getUint32(at, true), u16 = (at: number): number => view.getUint16(at, true);
  const refuse = (what: string): never => { throw new NotExt2(`superblock: ${what}`); };
  if (u16(ext2.SB_MAGIC) !== ext2.SUPER_MAGIC) refuse(`magic 0x${u16(ext2.SB_MAGIC).toString(16)}, should be 0x${ext2.SUPER_MAGIC.toString(16)}`);
  const revision = u32(ext2.SB_REVISION);
  if (revision > 1) refuse(`revision ${revision}, should be at most 1`);
  const log = u32(ext2.SB_LOG_BLOCK_SIZE), blockSize = 1024 * 2 ** Math.min(log, 10);
  if (log > 2) refuse(`block size 1024 << ${log}, should be at most 1024 << 2`);
  const compatible = revision ? u32(ext2.SB_COMPATIBLE) : 0, incompatible = revision ? u32(ext2.SB_INCOMPATIBLE) : 0, readOnlyCompatible = revision ? u32(ext2.SB_READ_ONLY_COMPATIBLE) : 0;
  const unknown = incompatible & ~ext2.INCOMPATIBLE_KNOWN;
  if (unknown) { const bit = 31 - Math.clz32(unknown & -unknown); refuse(`incompatible feature ${INCOMPATIBLE[bit] ?? "unknown"} (0x${(2 ** bit).toString(16)})`); }
  const blocks = u32(ext2.SB_BLOCKS), firstDataBlock = u32(ext2.SB_FIRST_DATA_BLOCK), blocksPerGroup = u32(ext2.SB_BLOCKS_PER_GROUP), inodesPerGroup = u32(ext2.SB_INODES_PER_GROUP);
  const inodeSize = revision ? u16(ext2.SB_INODE_SIZE) : ext2.INODE_SIZE, firstInode = revision ? u32(ext2.SB_FIRST_INODE) : ext2.FIRST_INODE, onDisk = Math.floor(size / blockSize);
  if (firstDataBlock !== (blockSize === 1024 ? 1 : 0)) refuse(`first data block ${firstDataBlock} is out of range`);
  if (blocks > onDisk) refuse(`blocks ${blocks}, should be at most ${onDisk}`);
  if (blocksPerGroup < 8 || blocksPerGroup > blockSize * 8 || blocksPerGroup % 8) refuse(`blocks per group ${blocksPerGroup} is out of range`);
  if (inodesPerGroup < 8 || inodesPerGroup > blockSize * 8 || inodesPerGroup % 8) refuse(`inodes per group ${inodesPerGroup} is out of range`);
  if (inodeSize < ext2.INODE_SIZE || inodeSize > blockSize || (inodeSize & inodeSize - 1)) refuse(`inode size ${inodeSize} is out of range`);
  if (firstInode < ext2.FIRST_INODE || firstInode > inodesPerGroup) refuse(`first inode ${firstInode} is out of range`);
  if (blocks <= firstDataBlock + 3) refuse(`blocks ${blocks} is out of range`);
  const groups = Math.ceil((blocks - firstDataBlock) / blocksPerGroup), inodes = u32(ext2.SB_INODES);
  if (groups * inodesPerGroup !== inodes) refuse(`inodes ${inodes}, should be ${groups * inodesPerGroup}`);
  const reservedGdt = compatible & 0x10 ? u16(ext2.SB_RESERVED_GDT_BLOCKS) : 0, descriptorBlocks = Math.ceil(groups * ext2.DESCRIPTOR_SIZE / blockSize);
  if (reservedGdt > blockSize / 4) refuse(`reserved descriptor blocks ${reservedGdt} is out of range`);
  if (firstDataBlock + 1 + descriptorBlocks >= blocks) refuse(`blocks ${blocks} is out of range`);
  return { blockSize, blocks, firstDataBlock, blocksPerGroup, inodesPerGroup, inodeSize, firstInode, groups, descriptorBlocks, reservedGdt, compatible, incompatible, readOnlyCompatible };
}
