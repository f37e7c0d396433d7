// Block groups: where each has its bitmaps and inode table, kept in memory since they never change, and the counts of its descriptor.

import { Corrupt, NoMemory } from "../../../abi/generated/assembly/errors";
import { allocateRaw } from "../../../lib/assembly/memory/allocator";
import {
  COMPATIBLE_SPARSE_SUPER2, DESCRIPTOR_SIZE, GD_BLOCK_BITMAP, GD_FREE_BLOCKS, GD_FREE_INODES, GD_INODE_BITMAP, GD_INODE_TABLE, READ_ONLY_SPARSE_SUPER,
} from "../../../lib/formats/ext2";
import { blockPeek, bufferModify } from "./buffer";
import { sayDone, sayStart } from "./image";
import { sayBlockBitmap, sayColon, sayFreeBlocks, sayFreeInodes, sayGroup, sayInodeBitmap, sayInodeTable, sayOutOfRange } from "./phrases";
import { Volume } from "./volume";

@unmanaged export class GroupPlaces {
  blockBitmap: u32;
  inodeBitmap: u32;
  inodeTable: u32;
}

@inline export function placesOf(v: Volume, group: u32): GroupPlaces { return changetype<GroupPlaces>(v.places + <usize>group * offsetof<GroupPlaces>()); }
@inline export function groupFirst(v: Volume, group: u32): u32 { return v.firstDataBlock + group * v.blocksPerGroup; }
@inline export function groupBlocks(v: Volume, group: u32): u32 { return min(v.blocksPerGroup, v.blocks - groupFirst(v, group)); }
@inline export function groupOf(v: Volume, block: u32): u32 { return (block - v.firstDataBlock) / v.blocksPerGroup; }
@inline export function tableBlocks(v: Volume): u32 { return (v.inodesPerGroup * v.inodeSize + v.blockSize - 1) >> v.blockShift; }

/** Whether the group starts with a copy of superblock and descriptors. */
export function groupHasSuper(v: Volume, group: u32): bool {
  if (group <= 1 || !(v.readOnlyCompatible & READ_ONLY_SPARSE_SUPER) || v.compatible & COMPATIBLE_SPARSE_SUPER2) return true;
  return group & 1 ? isPower(group, 3) || isPower(group, 5) || isPower(group, 7) : false;
}

function isPower(value: u32, base: u32): bool {
  while (value % base == 0) value /= base;
  return value == 1;
}

@inline function descriptorBlock(v: Volume, group: u32): u32 { return v.firstDataBlock + 1 + group * DESCRIPTOR_SIZE / v.blockSize; }
@inline function descriptorOffset(v: Volume, group: u32): usize { return <usize>(group * DESCRIPTOR_SIZE & (v.blockSize - 1)); }

/** The descriptor, to be read at once; 0 if the disk failed. Uses the scratch block. */
export function groupPeek(v: Volume, group: u32): usize {
  const block = blockPeek(v, descriptorBlock(v, group), v.scratch);
  return block ? block + descriptorOffset(v, group) : 0;
}

/** The descriptor, to be changed; 0 if the disk failed. */
export function groupModify(v: Volume, group: u32): usize {
  const block = bufferModify(v, descriptorBlock(v, group));
  return block ? block + descriptorOffset(v, group) : 0;
}

/** Whether a block belongs to the file system itself: superblocks, descriptors, bitmaps, inode tables. */
export function isSystemBlock(v: Volume, block: u32): bool {
  if (block < v.firstDataBlock || block >= v.blocks) return true;
  const group = groupOf(v, block), places = placesOf(v, group);
  if (block == places.blockBitmap || block == places.inodeBitmap || block - places.inodeTable < tableBlocks(v)) return true;
  return block - groupFirst(v, group) < 1 + v.descriptorBlocks + v.reservedGdt && groupHasSuper(v, group);
}

/** Whether a file may have this block. */
@inline export function isFileBlock(v: Volume, block: u32): bool { return !isSystemBlock(v, block); }

function wrong(group: u32, field: i32, value: u32): i32 {
  const t = sayStart();
  if (!changetype<usize>(t)) return Corrupt;
  sayGroup(t);
  t.decimal(group);
  sayColon(t);
  switch (field) {
    case GD_BLOCK_BITMAP: sayBlockBitmap(t); break;
    case GD_INODE_BITMAP: sayInodeBitmap(t); break;
    case GD_INODE_TABLE: sayInodeTable(t); break;
    case GD_FREE_BLOCKS: sayFreeBlocks(t); break;
    default: sayFreeInodes(t);
  }
  t.decimal(value);
  sayOutOfRange(t);
  sayDone(t, true);
  return Corrupt;
}

/** Read and check all descriptors: 0, or Corrupt with the reason said, Io, NoMemory. */
export function groupsRead(v: Volume): i32 {
  v.places = allocateRaw(<i32>(v.groups * <u32>offsetof<GroupPlaces>()));
  if (!v.places) return NoMemory;
  if (v.firstDataBlock + 1 + v.descriptorBlocks > v.blocks) return wrong(0, GD_BLOCK_BITMAP, v.firstDataBlock + 1);
  for (let group: u32 = 0; group < v.groups; group++) {
    const descriptor = groupPeek(v, group);
    if (!descriptor) return v.status;
    const places = placesOf(v, group), first = groupFirst(v, group), count = groupBlocks(v, group);
    const head: u32 = groupHasSuper(v, group) ? 1 + v.descriptorBlocks + v.reservedGdt : 0;
    places.blockBitmap = load<u32>(descriptor, GD_BLOCK_BITMAP);
    places.inodeBitmap = load<u32>(descriptor, GD_INODE_BITMAP);
    places.inodeTable = load<u32>(descriptor, GD_INODE_TABLE);
    if (places.blockBitmap - first < head || places.blockBitmap - first >= count) return wrong(group, GD_BLOCK_BITMAP, places.blockBitmap);
    if (places.inodeBitmap - first < head || places.inodeBitmap - first >= count || places.inodeBitmap == places.blockBitmap) return wrong(group, GD_INODE_BITMAP, places.inodeBitmap);
    const at = places.inodeTable - first, length = tableBlocks(v);
    if (at < head || at >= count || length > count - at || places.blockBitmap - places.inodeTable < length || places.inodeBitmap - places.inodeTable < length) return wrong(group, GD_INODE_TABLE, places.inodeTable);
    if (<u32>load<u16>(descriptor, GD_FREE_BLOCKS) > count) return wrong(group, GD_FREE_BLOCKS, load<u16>(descriptor, GD_FREE_BLOCKS));
    if (<u32>load<u16>(descriptor, GD_FREE_INODES) > v.inodesPerGroup) return wrong(group, GD_FREE_INODES, load<u16>(descriptor, GD_FREE_INODES));
  }
  return 0;
}
