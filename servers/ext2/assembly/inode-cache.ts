// The inodes that the server knows: each is in the volume's table while it is here, and in the list in order of use. One that is open, held
// or on the orphan list stays; of the others the oldest go when there are too many (inodesTrim, at the end of each request).

import { Corrupt, NoMemory, NotFound } from "../../../abi/generated/assembly/errors";
import { allocate, freeBytes, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { FAST_LINK, FLAG_EXTENTS, FLAG_INLINE_DATA, INODE_ROOT } from "../../../lib/formats/ext2";
import { inodeIsUsed } from "./allocate";
import { blockPeek, bufferFind } from "./buffer";
import { contentsRelease } from "./contents-object";
import { isFileBlock } from "./group";
import { sayStart, volumeFail } from "./image";
import { Inode, inodeBlock, inodeDecode, inodePlace, kindOf, noInode } from "./inode";
import { sayAttributeBlock, sayColon, sayFlags, sayInode, sayMode, sayOutOfRange, saySize } from "./phrases";
import { TAG_INODE } from "./state";
import { Volume, inodesOf } from "./volume";

/** Inodes kept that nobody uses; and those of them that have their contents in the cache. */
const KEEP_INODES: u32 = 4096;
const KEEP_OBJECTS: u32 = 1024;
/** Below this much free memory only what is in use is kept. */
const SCARCE: usize = 1 << 20;

@inline export function inodeList(v: Volume): usize { return changetype<usize>(v) + offsetof<Volume>("leastNext"); }
@inline function linkOf(inode: Inode): usize { return changetype<usize>(inode) + offsetof<Inode>("next"); }
@inline export function inodeOfLink(link: usize): Inode { return changetype<Inode>(link - offsetof<Inode>("next")); }
@inline export function inodeInUse(inode: Inode): bool { return (inode.opens | inode.holds | inode.orphan) != 0; }

export function inodeKnown(v: Volume, number: u32): Inode {
  for (let node = hashFirst(inodesOf(v), hashNumber(number)); node; node = hashNext(node)) {
    if (changetype<Inode>(node).number == number) return changetype<Inode>(node);
  }
  return changetype<Inode>(0);
}

/** An empty record in the table, or null with NoMemory in `status`. */
export function inodeRecord(v: Volume, number: u32): Inode {
  const inode = changetype<Inode>(allocate(<i32>offsetof<Inode>()));
  if (noInode(inode)) { v.status = NoMemory; return inode; }
  inode.tag = TAG_INODE;
  inode.volume = <u32>changetype<usize>(v);
  inode.number = number;
  hashInsert(inodesOf(v), changetype<usize>(inode), hashNumber(number));
  listAppend(inodeList(v), linkOf(inode));
  v.inodesCached++;
  return inode;
}

/** Take it out of the table; the record is gone. Its contents must have been given up. */
export function inodeForget(v: Volume, inode: Inode): void {
  hashRemove(inodesOf(v), changetype<usize>(inode));
  listRemove(linkOf(inode));
  v.inodesCached--;
  release(changetype<usize>(inode));
}

/** The inode that a client or a directory names, or null with the reason in `status`: NotFound if there is none of that number. */
export function inodeGet(v: Volume, number: u64): Inode {
  if (number < <u64>v.firstInode && number != <u64>INODE_ROOT || number > <u64>v.inodeCount) return none(v, NotFound);
  return inodeLoad(v, <u32>number);
}

function none(v: Volume, status: i32): Inode {
  v.status = status;
  return changetype<Inode>(0);
}

/** The same for any number that is in range. */
export function inodeLoad(v: Volume, number: u32): Inode {
  let inode = inodeKnown(v, number);
  if (!noInode(inode)) {
    if (!inode.links && !inodeInUse(inode)) return none(v, NotFound);
    listRemove(linkOf(inode));
    listAppend(inodeList(v), linkOf(inode));
    return inode;
  }
  if (!inodeIsUsed(v, number)) return none(v, v.aborted && v.status ? v.status : NotFound);
  const block = blockPeek(v, inodeBlock(v, number), v.scratch);
  if (!block) return none(v, v.status);
  const at = block + <usize>(inodePlace(v, number) & <u64>(v.blockSize - 1));
  if (!load<u16>(at)) return none(v, NotFound);
  inode = inodeRecord(v, number);
  if (noInode(inode)) return inode;
  inodeDecode(v, inode, at);
  // It may have been here before, and was changed.
  if (changetype<usize>(bufferFind(v, inodeBlock(v, number)))) inode.transaction = v.sequence;
  const status = inodeCheck(v, inode);
  if (status == 0 && inode.links) return inode;
  // One without names is seen by the orphan list's clean-up only (inodeOrphan).
  inodeForget(v, inode);
  return none(v, status ? status : NotFound);
}

/** The inode as the disk has it, whatever its links: for the orphan list. */
export function inodeOrphan(v: Volume, number: u32): Inode {
  const known = inodeKnown(v, number);
  if (!noInode(known)) return known;
  const block = blockPeek(v, inodeBlock(v, number), v.scratch);
  if (!block) return none(v, v.status);
  const at = block + <usize>(inodePlace(v, number) & <u64>(v.blockSize - 1));
  const inode = inodeRecord(v, number);
  if (noInode(inode)) return inode;
  inodeDecode(v, inode, at);
  const status = inodeCheck(v, inode);
  if (!status) return inode;
  inodeForget(v, inode);
  return none(v, status);
}

/** 0, or Corrupt with the volume failed. */
function inodeCheck(v: Volume, inode: Inode): i32 {
  let field = 0;
  if (!kindOf(inode.mode)) field = 1;
  else if (inode.flags & (FLAG_EXTENTS | FLAG_INLINE_DATA)) field = 2;
  else if (inode.isDirectory && (inode.size & <u64>(v.blockSize - 1) || inode.size == 0 || inode.size >> v.blockShift > <u64>v.blocks)) field = 3;
  else if (inode.isLink && (inode.size == 0 || inode.size >= <u64>(inode.sectors == (inode.fileAcl ? v.sectorsPerBlock : 0) ? FAST_LINK : v.blockSize))) field = 3;
  else if (inode.isRegular && inode.size > maxSize(v)) field = 3;
  else if (inode.fileAcl && !isFileBlock(v, inode.fileAcl)) field = 4;
  if (!field) return 0;
  const t = sayStart();
  if (changetype<usize>(t)) {
    sayInode(t);
    t.decimal(inode.number);
    sayColon(t);
    if (field == 1) { sayMode(t); t.decimal(inode.mode); }
    else if (field == 2) { sayFlags(t); t.decimal(inode.flags); }
    else if (field == 3) { saySize(t); t.decimal(inode.size); }
    else { sayAttributeBlock(t); t.decimal(inode.fileAcl); }
    sayOutOfRange(t);
  }
  return volumeFail(v, t, Corrupt);
}

/** The largest file: what triple indirect blocks reach, or a Dataspace holds. */
export function maxSize(v: Volume): u64 {
  const n = <u64>v.pointers;
  return min((12 + n + n * n + n * n * n) << v.blockShift, <u64>1 << 36);
}

/** Give up the oldest inodes that nobody uses. */
export function inodesTrim(v: Volume): void {
  let inodes = KEEP_INODES, objects = KEEP_OBJECTS;
  if (freeBytes() < SCARCE) { inodes = 64; objects = 32; }
  if (v.inodesCached <= inodes && v.objects <= objects) return;
  trim(v, inodes, objects, 64);
}

/** Give up inodes that nobody uses until so many are left: at most `steps` of them at once. */
function trim(v: Volume, inodes: u32, objects: u32, steps: u32): void {
  const head = inodeList(v);
  let link = listFirst(head), looked: u32 = 0;
  while (link != head && (v.inodesCached > inodes || v.objects > objects) && steps && looked++ < 8192) {
    const inode = inodeOfLink(link);
    link = listAfter(link);
    if (inodeInUse(inode) || <u32>changetype<usize>(inode) == v.pinned || v.inodesCached <= inodes && !inode.object) continue;
    if (!contentsRelease(v, inode, true)) return;
    inodeForget(v, inode);
    steps--;
  }
}

/** The cache has no room for another object: give up some, but not that inode. */
export function inodesShrink(v: Volume, inode: Inode): void {
  v.pinned = <u32>changetype<usize>(inode);
  trim(v, u32.MAX_VALUE, v.objects > 32 ? v.objects - 32 : 0, 4096);
  v.pinned = 0;
}

/** The end of the volume: all inodes go; contents without being written. */
export function inodesFree(v: Volume): void {
  const head = inodeList(v);
  while (listFirst(head) != head) {
    const inode = inodeOfLink(listFirst(head));
    contentsRelease(v, inode, false);
    inodeForget(v, inode);
  }
}
