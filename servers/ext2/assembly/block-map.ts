// From a file's blocks to the disk's: direct pointers, and indirect blocks in one to three levels. Every number that comes from the disk is
// checked: it must be a block that a file may have, or the volume fails.

import { Corrupt, TooLarge } from "../../../abi/generated/assembly/errors";
import { DIRECT_BLOCKS } from "../../../lib/formats/ext2";
import { blockAllocate, blockFree, inodeGoal } from "./allocate";
import { blockWord, bufferModify, bufferNew } from "./buffer";
import { isFileBlock } from "./group";
import { sayStart, volumeFail } from "./image";
import { Inode, pointerAt } from "./inode";
import { sayBlockPointer, sayColon, sayInode, sayOutOfRange } from "./phrases";
import { Volume } from "./volume";

/** Levels of indirection above block `logical`: 0 to 3; 4: beyond what can be reached. `first` of each level is subtracted by levelBase. */
@inline function levelsOf(v: Volume, logical: u32): u32 {
  const n = <u64>v.pointers;
  let rest = <u64>logical;
  if (rest < <u64>DIRECT_BLOCKS) return 0;
  rest -= DIRECT_BLOCKS;
  if (rest < n) return 1;
  rest -= n;
  if (rest < n * n) return 2;
  rest -= n * n;
  return rest < n * n * n ? 3 : 4;
}

@inline function levelBase(v: Volume, levels: u32): u32 {
  const n = v.pointers;
  return levels == 0 ? 0 : levels == 1 ? DIRECT_BLOCKS : levels == 2 ? DIRECT_BLOCKS + n : DIRECT_BLOCKS + n + n * n;
}

@inline function shiftOf(v: Volume, levels: u32): u32 { return (v.blockShift - 2) * levels; }

/** Whether a pointer may stand in an inode; says what is wrong and fails the volume if not. */
export function pointerGood(v: Volume, inode: Inode, block: u32): bool {
  if (isFileBlock(v, block)) return true;
  const t = sayStart();
  if (changetype<usize>(t)) {
    sayInode(t);
    t.decimal(inode.number);
    sayColon(t);
    sayBlockPointer(t);
    t.decimal(block);
    sayOutOfRange(t);
  }
  volumeFail(v, t, Corrupt);
  return false;
}

/** The disk's block, 0 for a hole, or a negated error. */
export function blockOf(v: Volume, inode: Inode, logical: u32): i64 {
  let levels = levelsOf(v, logical);
  if (levels > 3) return 0;
  let rest = logical - levelBase(v, levels);
  let block = load<u32>(pointerAt(inode, levels ? DIRECT_BLOCKS + levels - 1 : rest));
  while (block) {
    if (!pointerGood(v, inode, block)) return Corrupt;
    if (!levels) return block;
    levels--;
    const shift = shiftOf(v, levels);
    const word = blockWord(v, block, rest >> shift);
    if (word < 0) return v.status;
    rest &= (1 << shift) - 1;
    block = <u32>word;
  }
  return 0;
}

/** The disk's block for `logical`, allocated if there is none (then `fresh`'s byte is set to 1), or a negated error: NoSpace leaves all as it was. */
export function blockEnsure(v: Volume, inode: Inode, logical: u32, fresh: usize): i64 {
  const there = blockOf(v, inode, logical);
  if (there) return there;
  const levels = levelsOf(v, logical);
  if (levels > 3) return TooLarge;
  const goal = goalOf(v, inode, logical);
  const data = blockAllocate(v, goal);
  if (!data) return v.status;
  const status = attach(v, inode, logical, levels, data);
  if (status < 0) {
    if (!v.aborted) blockFree(v, data, false);
    return status;
  }
  inode.sectors += v.sectorsPerBlock;
  inode.lastAllocated = data;
  if (fresh) store<u8>(fresh, 1);
  return data;
}

/** Behind the block before it, or the last that was allocated, or at the start of the inode's group. */
function goalOf(v: Volume, inode: Inode, logical: u32): u32 {
  if (logical) {
    const before = blockOf(v, inode, logical - 1);
    if (before > 0) return <u32>before + 1;
  }
  return inode.lastAllocated ? inode.lastAllocated + 1 : inodeGoal(v, inode.number);
}

/** Enter `data` at `logical`, with the indirect blocks that are missing on the way: 0 or a negated error. */
function attach(v: Volume, inode: Inode, logical: u32, levels: u32, data: u32): i32 {
  let rest = logical - levelBase(v, levels);
  if (!levels) { store<u32>(pointerAt(inode, rest), data); return 0; }
  let level = levels;
  // The place of the pointer that is looked at: in the inode, or in a block.
  let place = pointerAt(inode, DIRECT_BLOCKS + levels - 1), block: u32 = load<u32>(place), parent: u32 = 0, index: u32 = 0;
  while (true) {
    if (!block) {
      block = blockAllocate(v, data + 1);
      // Empty indirect blocks that were made before are harmless: the next write uses them.
      if (!block) return v.status;
      if (!bufferNew(v, block)) return v.status;
      inode.sectors += v.sectorsPerBlock;
      if (parent) {
        const above = bufferModify(v, parent);
        if (!above) return v.status;
        store<u32>(above + (<usize>index << 2), block);
      } else {
        store<u32>(place, block);
      }
    } else if (!pointerGood(v, inode, block)) return Corrupt;
    level--;
    const shift = shiftOf(v, level);
    index = rest >> shift;
    rest &= (1 << shift) - 1;
    if (!level) {
      const last = bufferModify(v, block);
      if (!last) return v.status;
      store<u32>(last + (<usize>index << 2), data);
      return 0;
    }
    parent = block;
    const word = blockWord(v, block, index);
    if (word < 0) return v.status;
    block = <u32>word;
  }
}

/** Take back what blockEnsure has just allocated. */
export function blockUndo(v: Volume, inode: Inode, logical: u32): void {
  const levels = levelsOf(v, logical), block = blockOf(v, inode, logical);
  if (block <= 0 || !blockFree(v, <u32>block, false)) return;
  attach(v, inode, logical, levels, 0);
  inode.sectors -= v.sectorsPerBlock;
}

/** The most blocks that one step frees metadata copies for, above what is in the transaction. */
const STEP_ROOM: u32 = 12;

/** Free the blocks of a file from `from` on: 1 if all are free; 0 if the transaction is full: commit it and call again; or a negated error.
 *  What is left at any time is a whole file, only that it may still have some of the blocks behind `from`. */
export function blocksCut(v: Volume, inode: Inode, from: u32): i32 {
  for (let levels: u32 = 3; levels > 0; levels--) {
    const place = pointerAt(inode, DIRECT_BLOCKS + levels - 1), block = load<u32>(place);
    if (!block) continue;
    const base = levelBase(v, levels);
    const status = cutBelow(v, inode, block, levels, from > base ? from - base : 0);
    if (status < 0 || status == 0) return status;
    if (from <= base) {
      if (!freePointer(v, inode, block, true)) return v.status;
      store<u32>(place, 0);
    }
  }
  for (let i: u32 = DIRECT_BLOCKS; i-- > from;) {
    const place = pointerAt(inode, i), block = load<u32>(place);
    if (!block) continue;
    if (isFull(v)) return 0;
    if (!freePointer(v, inode, block, false)) return v.status;
    store<u32>(place, 0);
  }
  return 1;
}

@inline function isFull(v: Volume): bool { return v.bufferCount + (v.revokedCount >> 6) + STEP_ROOM >= v.bufferLimit; }

function freePointer(v: Volume, inode: Inode, block: u32, metadata: bool): bool {
  if (!pointerGood(v, inode, block) || !blockFree(v, block, metadata || inode.isDirectory || inode.isLink)) return false;
  inode.sectors -= v.sectorsPerBlock;
  return true;
}

/** The same within an indirect block of `levels`, of which `from` counts the blocks that stay. From its end to its start. */
function cutBelow(v: Volume, inode: Inode, block: u32, levels: u32, from: u32): i32 {
  const shift = shiftOf(v, levels - 1);
  if (from >> shift >= v.pointers) return 1;
  if (!pointerGood(v, inode, block)) return Corrupt;
  for (let i: i32 = v.pointers - 1; i >= <i32>(from >> shift); i--) {
    const word = blockWord(v, block, i);
    if (word < 0) return v.status;
    if (!word) continue;
    const below = <u32>word, stays = from > <u32>i << shift ? from - (<u32>i << shift) : 0;
    if (isFull(v)) return 0;
    if (levels > 1) {
      const status = cutBelow(v, inode, below, levels - 1, stays);
      if (status <= 0) return status;
    }
    if (stays) continue;
    if (!freePointer(v, inode, below, levels > 1)) return v.status;
    const copy = bufferModify(v, block);
    if (!copy) return v.status;
    store<u32>(copy + (<usize>i << 2), 0);
  }
  return 1;
}
