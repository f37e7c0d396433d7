// The superblock: checked field by field when a volume is attached, and changed as a block like others afterwards.

import { Corrupt, NotSupported } from "../../../abi/generated/assembly/errors";
import {
  DESCRIPTOR_SIZE, FIRST_INODE, INCOMPATIBLE_KNOWN, INODE_SIZE, READ_ONLY_KNOWN, SB_BLOCKS, SB_BLOCKS_PER_GROUP, SB_COMPATIBLE, SB_FIRST_DATA_BLOCK, SB_FIRST_INODE, SB_FREE_BLOCKS,
  SB_FREE_INODES, SB_INCOMPATIBLE, SB_INODES, SB_INODES_PER_GROUP, SB_INODE_SIZE, SB_LOG_BLOCK_SIZE, SB_MAGIC, SB_READ_ONLY_COMPATIBLE, SB_RESERVED_GDT_BLOCKS, SB_REVISION, SUPER_MAGIC,
  SUPER_OFFSET,
} from "../../../lib/formats/ext2";
import { bufferModify } from "./buffer";
import { sayDone, sayHex, sayStart } from "./image";
import {
  sayAtMost, sayBlockSize, sayBlocks, sayBlocksPerGroup, sayFirstDataBlock, sayFirstInode, sayFreeBlocks, sayFreeInodes, sayIncompatible, sayIncompatibleFeature, sayInodeSize, sayInodes,
  sayInodesPerGroup, sayMagic, sayOutOfRange, sayReadOnly, sayReadOnlyFeature, sayReservedGdt, sayRevision, sayShouldBe, saySuperblock, sayUnknownReadOnly,
} from "./phrases";
import { Volume } from "./volume";

/** The superblock's private copy, to be changed; 0 if the disk failed. */
export function superModify(v: Volume): usize {
  const block = bufferModify(v, SUPER_OFFSET >> v.blockShift);
  return block ? block + (<usize>SUPER_OFFSET & <usize>(v.blockSize - 1)) : 0;
}

/** What is wrong: the words of `field` are chosen by its offset. */
function wrong(field: i32, value: u32, limit: u32, limited: bool): i32 {
  const t = sayStart();
  if (!changetype<usize>(t)) return Corrupt;
  saySuperblock(t);
  switch (field) {
    case SB_BLOCKS: sayBlocks(t); break;
    case SB_INODES: sayInodes(t); break;
    case SB_BLOCKS_PER_GROUP: sayBlocksPerGroup(t); break;
    case SB_INODES_PER_GROUP: sayInodesPerGroup(t); break;
    case SB_FIRST_DATA_BLOCK: sayFirstDataBlock(t); break;
    case SB_FREE_BLOCKS: sayFreeBlocks(t); break;
    case SB_FREE_INODES: sayFreeInodes(t); break;
    case SB_FIRST_INODE: sayFirstInode(t); break;
    case SB_RESERVED_GDT_BLOCKS: sayReservedGdt(t); break;
    default: sayInodeSize(t);
  }
  t.decimal(value);
  if (limited) { sayAtMost(t); t.decimal(limit); } else sayOutOfRange(t);
  sayDone(t, true);
  return Corrupt;
}

/** Read the figures from the superblock at `s` into the volume: 0, Corrupt or NotSupported, and then the reason is said. */
export function superRead(v: Volume, s: usize): i32 {
  if (load<u16>(s, SB_MAGIC) != SUPER_MAGIC) {
    const t = sayStart();
    if (changetype<usize>(t)) { saySuperblock(t); sayMagic(t); sayHex(t, load<u16>(s, SB_MAGIC)); sayShouldBe(t); sayHex(t, SUPER_MAGIC); }
    sayDone(t, true);
    return Corrupt;
  }
  v.revision = load<u32>(s, SB_REVISION);
  v.compatible = v.revision ? load<u32>(s, SB_COMPATIBLE) : 0;
  v.incompatible = v.revision ? load<u32>(s, SB_INCOMPATIBLE) : 0;
  v.readOnlyCompatible = v.revision ? load<u32>(s, SB_READ_ONLY_COMPATIBLE) : 0;
  if (v.revision > 1) return unsupported(v.revision, 0);
  if (v.incompatible & ~INCOMPATIBLE_KNOWN) return unsupported(0, v.incompatible & ~INCOMPATIBLE_KNOWN);
  const log = load<u32>(s, SB_LOG_BLOCK_SIZE);
  if (log > 2) {
    const t = sayStart();
    if (changetype<usize>(t)) { saySuperblock(t); sayBlockSize(t); t.decimal(log); sayAtMost(t); t.decimal(2); }
    sayDone(t, true);
    return log > 6 ? Corrupt : NotSupported;
  }
  v.blockShift = 10 + log;
  v.blockSize = 1 << v.blockShift;
  v.pointers = v.blockSize >> 2;
  v.sectorsPerBlock = v.blockSize >> 9;
  v.blocks = load<u32>(s, SB_BLOCKS);
  v.inodeCount = load<u32>(s, SB_INODES);
  v.firstDataBlock = load<u32>(s, SB_FIRST_DATA_BLOCK);
  v.blocksPerGroup = load<u32>(s, SB_BLOCKS_PER_GROUP);
  v.inodesPerGroup = load<u32>(s, SB_INODES_PER_GROUP);
  v.freeBlocks = load<u32>(s, SB_FREE_BLOCKS);
  v.freeInodes = load<u32>(s, SB_FREE_INODES);
  v.firstInode = v.revision ? load<u32>(s, SB_FIRST_INODE) : FIRST_INODE;
  v.inodeSize = v.revision ? load<u16>(s, SB_INODE_SIZE) : INODE_SIZE;
  v.reservedGdt = v.compatible & 0x10 ? load<u16>(s, SB_RESERVED_GDT_BLOCKS) : 0;
  return checkFigures(v);
}

function checkFigures(v: Volume): i32 {
  const onDisk = v.size >> v.blockShift;
  if (v.firstDataBlock != <u32>(v.blockSize == 1024)) return wrong(SB_FIRST_DATA_BLOCK, v.firstDataBlock, 0, false);
  if (<u64>v.blocks > onDisk) return wrong(SB_BLOCKS, v.blocks, <u32>onDisk, true);
  if (v.blocks <= v.firstDataBlock + 3) return wrong(SB_BLOCKS, v.blocks, 0, false);
  if (v.blocksPerGroup < 8 || v.blocksPerGroup > v.blockSize << 3 || v.blocksPerGroup & 7) return wrong(SB_BLOCKS_PER_GROUP, v.blocksPerGroup, 0, false);
  if (v.inodeSize < <u32>INODE_SIZE || v.inodeSize > v.blockSize || v.inodeSize & (v.inodeSize - 1)) return wrong(SB_INODE_SIZE, v.inodeSize, 0, false);
  if (v.inodesPerGroup < 8 || v.inodesPerGroup > v.blockSize << 3 || v.inodesPerGroup & 7) return wrong(SB_INODES_PER_GROUP, v.inodesPerGroup, 0, false);
  v.groups = (v.blocks - v.firstDataBlock + v.blocksPerGroup - 1) / v.blocksPerGroup;
  if (v.groups > MAX_GROUPS) return wrong(SB_BLOCKS, v.blocks, 0, false);
  if (<u64>v.groups * <u64>v.inodesPerGroup != <u64>v.inodeCount) return wrong(SB_INODES, v.inodeCount, 0, false);
  v.descriptorBlocks = (v.groups * DESCRIPTOR_SIZE + v.blockSize - 1) >> v.blockShift;
  if (v.reservedGdt > v.pointers) return wrong(SB_RESERVED_GDT_BLOCKS, v.reservedGdt, v.pointers, true);
  if (v.firstInode < <u32>FIRST_INODE || v.firstInode > v.inodesPerGroup) return wrong(SB_FIRST_INODE, v.firstInode, 0, false);
  if (v.freeBlocks > v.blocks) return wrong(SB_FREE_BLOCKS, v.freeBlocks, v.blocks, true);
  if (v.freeInodes > v.inodeCount) return wrong(SB_FREE_INODES, v.freeInodes, v.inodeCount, true);
  return 0;
}

/** More than a disk of 2^36 bytes has. */
const MAX_GROUPS: u32 = 65536;

function unsupported(revision: u32, features: u32): i32 {
  const t = sayStart();
  if (changetype<usize>(t)) {
    saySuperblock(t);
    if (revision) {
      sayRevision(t);
      t.decimal(revision);
      sayAtMost(t);
      t.decimal(1);
    } else {
      const bit = <i32>ctz(features);
      sayIncompatible(t);
      sayIncompatibleFeature(t, bit);
      t.constant(0x2820); // " ("
      sayHex(t, 1 << bit);
      t.byte(0x29);
    }
  }
  sayDone(t, true);
  return NotSupported;
}

/** Features that only readers may ignore: if there are any, the reason is said. */
export function superReadersOnly(v: Volume): bool {
  const features = v.readOnlyCompatible & ~READ_ONLY_KNOWN;
  if (!features) return false;
  const bit = <i32>ctz(features), t = sayStart();
  if (changetype<usize>(t)) {
    sayReadOnly(t);
    sayUnknownReadOnly(t);
    sayReadOnlyFeature(t, bit);
    t.constant(0x2820); // " ("
    sayHex(t, 1 << bit);
    t.byte(0x29);
  }
  sayDone(t, true);
  return true;
}
