// Allocation of blocks and inodes in the bitmaps of the groups.
//
// The image holds the last committed state: a block is allocated only if it is free there AND in the running transaction, so what a
// transaction has freed is not used again before it is committed. (Inodes may be: all of an inode is in the journal.)

import { Corrupt, NoSpace } from "../../../abi/generated/assembly/errors";
import { GD_DIRECTORIES, GD_FREE_BLOCKS, GD_FREE_INODES, SB_FREE_BLOCKS, SB_FREE_INODES } from "../../../lib/formats/ext2";
import { blockPeek, bufferFind, bufferForget, bufferModify } from "./buffer";
import { groupBlocks, groupFirst, groupModify, groupOf, groupPeek, isFileBlock, isSystemBlock, placesOf, tableBlocks } from "./group";
import { imageRead, sayStart, volumeFail } from "./image";
import { sayBlockPointer, sayFreedTwice, sayInUse, sayInode } from "./phrases";
import { loggedRemove, revoke } from "./revoke";
import { superModify } from "./superblock";
import { Volume } from "./volume";

@inline function bit(map: usize, index: u32): bool { return (load<u8>(map + <usize>(index >> 3)) >> <u8>(index & 7) & 1) != 0; }
@inline function setBit(map: usize, index: u32): void { const at = map + <usize>(index >> 3); store<u8>(at, <u8>(<u32>load<u8>(at) | 1 << (index & 7))); }
@inline function clearBit(map: usize, index: u32): void { const at = map + <usize>(index >> 3); store<u8>(at, <u8>(<u32>load<u8>(at) & ~(1 << (index & 7)))); }
@inline function addShort(at: usize, offset: usize, change: i32): void { store<u16>(at + offset, <u16>(<i32>load<u16>(at + offset) + change)); }

/** The first clear bit of [from, limit), or limit. */
function clearFrom(map: usize, from: u32, limit: u32): u32 {
  let index = from;
  while (index < limit) {
    if ((index & 31) == 0 && index + 32 <= limit) {
      const free = ~load<u32>(map + <usize>(index >> 3));
      if (!free) { index += 32; continue; }
      return index + <u32>ctz(free);
    }
    if (!bit(map, index)) return index;
    index++;
  }
  return limit;
}

/** Whether the block was free when the last transaction was committed; `map` is its bitmap's number, whose private copy exists. */
function committedFree(v: Volume, map: u32, index: u32): bool {
  const word = changetype<usize>(v) + offsetof<Volume>("word");
  if (imageRead(v, (<u64>map << v.blockShift) + <u64>(index >> 3), word, 1) != 0) return false;
  return (load<u8>(word) >> <u8>(index & 7) & 1) == 0;
}

function damagedBlock(v: Volume, block: u32, freed: bool): u32 {
  const t = sayStart();
  if (changetype<usize>(t)) {
    sayBlockPointer(t);
    t.decimal(block);
    if (freed) sayFreedTwice(t); else sayInUse(t);
  }
  volumeFail(v, t, Corrupt);
  return 0;
}

/** A block near `goal`: its number, or 0 with the reason in `status`: NoSpace, or an error after which the volume is read-only. */
export function blockAllocate(v: Volume, goal: u32): u32 {
  if (goal < v.firstDataBlock || goal >= v.blocks) goal = v.firstDataBlock;
  const home = groupOf(v, goal);
  for (let i: u32 = 0; i <= v.groups; i++) {
    // The group of the goal comes again in the end, from its start.
    const group = (home + i) % v.groups;
    const descriptor = groupPeek(v, group);
    if (!descriptor) return 0;
    if (!load<u16>(descriptor, GD_FREE_BLOCKS)) continue;
    const found = searchGroup(v, group, i ? 0 : goal - groupFirst(v, group));
    if (found) return found;
    if (v.aborted) return 0;
  }
  v.status = NoSpace;
  return 0;
}

function searchGroup(v: Volume, group: u32, from: u32): u32 {
  const number = placesOf(v, group).blockBitmap, limit = groupBlocks(v, group);
  const changed = changetype<usize>(bufferFind(v, number)) != 0;
  let map = blockPeek(v, number, v.scratch);
  if (!map) return 0;
  let index = clearFrom(map, from, limit);
  while (index < limit && changed && !committedFree(v, number, index)) index = clearFrom(map, index + 1, limit);
  if (index >= limit) return 0;
  const block = groupFirst(v, group) + index;
  if (isSystemBlock(v, block)) return damagedBlock(v, block, false);
  map = bufferModify(v, number);
  if (!map || !countBlocks(v, group, -1)) return 0;
  setBit(map, index);
  return block;
}

/** Change the counts of free blocks. */
function countBlocks(v: Volume, group: u32, change: i32): bool {
  const descriptor = groupModify(v, group), s = superModify(v);
  if (!descriptor || !s) return false;
  addShort(descriptor, GD_FREE_BLOCKS, change);
  v.freeBlocks += <u32>change;
  store<u32>(s, v.freeBlocks, SB_FREE_BLOCKS);
  return true;
}

/** Free a block. `metadata`: it was written through the journal, so a replay must not bring it back, as that of a file's block that was: false if the volume was found damaged. */
export function blockFree(v: Volume, block: u32, metadata: bool): bool {
  if (!isFileBlock(v, block)) { damagedBlock(v, block, true); return false; }
  const group = groupOf(v, block), index = block - groupFirst(v, group);
  const map = bufferModify(v, placesOf(v, group).blockBitmap);
  if (!map) return false;
  if (!bit(map, index)) { damagedBlock(v, block, true); return false; }
  // A block that was allocated in this transaction may be used again in it: revoking it would revoke that use. What the journal has of it
  // from before was revoked when it was freed before.
  const isNew = committedFree(v, placesOf(v, group).blockBitmap, index);
  if (loggedRemove(v, block) | (metadata && !isNew)) if (!revoke(v, block)) return false;
  if (!countBlocks(v, group, 1)) return false;
  clearBit(map, index);
  bufferForget(v, block);
  if (!isNew) v.pendingFree++;
  return true;
}

/** Where the blocks of an inode's file may start. */
export function inodeGoal(v: Volume, inode: u32): u32 {
  return placesOf(v, (inode - 1) / v.inodesPerGroup).inodeTable + tableBlocks(v);
}

/** A new inode's number, or 0 with the reason in `status`. Directories of the root are spread, others stay near their parent. */
export function inodeAllocate(v: Volume, parent: u32, directory: bool, spread: bool): u32 {
  const home = spread ? roomiest(v) : (parent - 1) / v.inodesPerGroup;
  for (let i: u32 = 0; i < v.groups; i++) {
    const group = (home + i) % v.groups, descriptor = groupPeek(v, group);
    if (!descriptor) return 0;
    if (!load<u16>(descriptor, GD_FREE_INODES)) continue;
    // A group without free blocks is no good home, while there are others.
    if (!load<u16>(descriptor, GD_FREE_BLOCKS) && v.freeBlocks && i + 1 < v.groups && v.groups > 1 && i < 8) continue;
    const found = inodeTake(v, group, directory);
    if (found || v.aborted) return found;
  }
  for (let group: u32 = 0; group < v.groups; group++) {
    const found = inodeTake(v, group, directory);
    if (found || v.aborted) return found;
  }
  v.status = NoSpace;
  return 0;
}

function inodeTake(v: Volume, group: u32, directory: bool): u32 {
  const number = placesOf(v, group).inodeBitmap;
  let map = blockPeek(v, number, v.scratch);
  if (!map) return 0;
  const first = group * v.inodesPerGroup;
  const index = clearFrom(map, first ? 0 : v.firstInode - 1, v.inodesPerGroup);
  if (index >= v.inodesPerGroup) return 0;
  map = bufferModify(v, number);
  if (!map || !countInodes(v, group, -1, directory ? 1 : 0)) return 0;
  setBit(map, index);
  return first + index + 1;
}

/** The group with the most free blocks among those with more free inodes than the average. */
function roomiest(v: Volume): u32 {
  const average = v.freeInodes / v.groups;
  let best: u32 = 0, most: u32 = 0;
  const start = v.counter++ % v.groups;
  for (let i: u32 = 0; i < v.groups; i++) {
    const group = (start + i) % v.groups, descriptor = groupPeek(v, group);
    if (!descriptor) return 0;
    const free = <u32>load<u16>(descriptor, GD_FREE_BLOCKS);
    if (<u32>load<u16>(descriptor, GD_FREE_INODES) >= average && free > most) { most = free; best = group; }
  }
  return best;
}

function countInodes(v: Volume, group: u32, change: i32, directories: i32): bool {
  const descriptor = groupModify(v, group), s = superModify(v);
  if (!descriptor || !s) return false;
  addShort(descriptor, GD_FREE_INODES, change);
  addShort(descriptor, GD_DIRECTORIES, directories);
  v.freeInodes += <u32>change;
  store<u32>(s, v.freeInodes, SB_FREE_INODES);
  return true;
}

/** Whether the bitmap says that an inode is in use. */
export function inodeIsUsed(v: Volume, inode: u32): bool {
  const map = blockPeek(v, placesOf(v, (inode - 1) / v.inodesPerGroup).inodeBitmap, v.scratch);
  return map != 0 && bit(map, (inode - 1) % v.inodesPerGroup);
}

/** Free an inode: false if the volume was found damaged. */
export function inodeFree(v: Volume, inode: u32, directory: bool): bool {
  const group = (inode - 1) / v.inodesPerGroup, index = (inode - 1) % v.inodesPerGroup;
  const map = bufferModify(v, placesOf(v, group).inodeBitmap);
  if (!map) return false;
  if (!bit(map, index)) {
    const t = sayStart();
    if (changetype<usize>(t)) { sayInode(t); t.decimal(inode); sayFreedTwice(t); }
    volumeFail(v, t, Corrupt);
    return false;
  }
  if (!countInodes(v, group, 1, directory ? -1 : 0)) return false;
  clearBit(map, index);
  return true;
}
