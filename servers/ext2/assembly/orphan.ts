// The orphan list: inodes without names that are still in use, and files being cut in several transactions. It hangs from the superblock
// and goes on in i_dtime of each, so that the next attach, or e2fsck, finishes what a crash has broken off.

import { Corrupt } from "../../../abi/generated/assembly/errors";
import { SB_LAST_ORPHAN } from "../../../lib/formats/ext2";
import { inodeFree } from "./allocate";
import { attributesFree } from "./attribute-block";
import { blocksCut } from "./block-map";
import { contentsRelease } from "./contents-object";
import { sayStart, volumeFail } from "./image";
import { Inode, inodeChanged, inodeWrite, isFastLink, noInode, pointerAt } from "./inode";
import { inodeForget, inodeOrphan } from "./inode-cache";
import { orderedKeep } from "./ordered";
import { sayIsDamaged, sayOrphan } from "./phrases";
import { superModify } from "./superblock";
import { changeBegin } from "./transaction";
import { Volume } from "./volume";
import * as kernel from "../../../lib/assembly/kernel";

/** Blocks that adding to or removing from the list changes. */
export const ORPHAN_BLOCKS: u32 = 4;
/** Blocks that a step of cutting needs to get ahead. */
const CUT_BLOCKS: u32 = 40;

/** Put it at the head of the list; within a transaction. */
export function orphanAdd(v: Volume, inode: Inode): bool {
  if (inode.orphan) return true;
  const s = superModify(v);
  if (!s) return false;
  const head = changetype<Inode>(<usize>v.orphans);
  inode.deleted = noInode(head) ? 0 : head.number;
  store<u32>(s, inode.number, SB_LAST_ORPHAN);
  link(v, inode);
  return inodeWrite(v, inode);
}

function link(v: Volume, inode: Inode): void {
  const head = changetype<Inode>(<usize>v.orphans);
  inode.orphan = 1;
  inode.orphanNext = v.orphans;
  inode.orphanPrevious = 0;
  if (!noInode(head)) head.orphanPrevious = <u32>changetype<usize>(inode);
  v.orphans = <u32>changetype<usize>(inode);
}

/** Take it off; the caller sets `deleted` and writes it. */
function orphanRemove(v: Volume, inode: Inode): bool {
  const before = changetype<Inode>(<usize>inode.orphanPrevious), after = changetype<Inode>(<usize>inode.orphanNext);
  const number: u32 = noInode(after) ? 0 : after.number;
  if (noInode(before)) {
    const s = superModify(v);
    if (!s) return false;
    store<u32>(s, number, SB_LAST_ORPHAN);
    v.orphans = inode.orphanNext;
  } else {
    before.deleted = number;
    before.orphanNext = inode.orphanNext;
    if (!inodeWrite(v, before)) return false;
  }
  if (!noInode(after)) after.orphanPrevious = inode.orphanPrevious;
  inode.orphan = 0;
  inode.orphanNext = 0;
  inode.orphanPrevious = 0;
  return true;
}

/** Free the blocks behind the end of a file on the list, in as many transactions as it takes: 0 or a negated error. */
function cut(v: Volume, inode: Inode, from: u32): i32 {
  if (inode.isLink && isFastLink(v, inode) || !inode.isRegular && !inode.isDirectory && !inode.isLink) return 0;
  while (true) {
    const status = changeBegin(v, CUT_BLOCKS);
    if (status < 0) return status;
    const done = blocksCut(v, inode, from);
    if (!inodeWrite(v, inode)) return v.status;
    if (done) return min(done, 0);
  }
}

/** The size of a file on the list was lowered: free what is behind it, and take it off. */
export function orphanCut(v: Volume, inode: Inode): i32 {
  const status = cut(v, inode, <u32>((inode.size + <u64>(v.blockSize - 1)) >> v.blockShift));
  // Without a name it stays on the list.
  if (status < 0 || !inode.links) return status;
  const begun = changeBegin(v, ORPHAN_BLOCKS);
  if (begun < 0) return begun;
  if (!orphanRemove(v, inode)) return v.status;
  inode.deleted = 0;
  return inodeWrite(v, inode) ? 0 : v.status;
}

/** Free an inode without names that nobody uses any more, if that is what it is. */
export function inodeDrop(v: Volume, inode: Inode): i32 {
  if (inode.links || inode.opens || inode.holds || !inode.orphan || v.readOnly) return 0;
  orderedKeep(v, inode);
  contentsRelease(v, inode, false);
  const directory = inode.isDirectory;
  let status = cut(v, inode, 0);
  if (status < 0) return status;
  status = changeBegin(v, ORPHAN_BLOCKS + 8);
  if (status < 0) return status;
  if (!orphanRemove(v, inode) || !attributesFree(v, inode)) return v.status;
  inode.size = 0;
  inode.deleted = max(1, <u32>(<u64>kernel.wallClock() / 1_000_000_000));
  memory.fill(pointerAt(inode, 0), 0, 60);
  if (!inodeChanged(v, inode) || !inodeFree(v, inode.number, directory)) return v.status;
  inodeForget(v, inode);
  return 0;
}

/** Finish what the list at attach speaks of: 0 or a negated error. The list is read whole first. */
export function orphansFinish(v: Volume, first: u32): i32 {
  let number = first, count: u32 = 0;
  let tail = changetype<Inode>(0);
  while (number) {
    if (number > v.inodeCount || number < v.firstInode || count++ > v.inodeCount) return damaged(v, number);
    const inode = inodeOrphan(v, number);
    if (noInode(inode)) return v.aborted ? v.status : damaged(v, number);
    if (inode.orphan) return damaged(v, number);
    inode.orphan = 1;
    inode.orphanPrevious = <u32>changetype<usize>(tail);
    if (noInode(tail)) v.orphans = <u32>changetype<usize>(inode); else tail.orphanNext = <u32>changetype<usize>(inode);
    tail = inode;
    number = inode.deleted;
  }
  while (v.orphans) {
    const inode = changetype<Inode>(<usize>v.orphans);
    const status = inode.links ? orphanCut(v, inode) : inodeDrop(v, inode);
    if (status < 0) return status;
    if (<usize>v.orphans == changetype<usize>(inode)) return damaged(v, inode.number);
  }
  return 0;
}

function damaged(v: Volume, number: u32): i32 {
  const t = sayStart();
  if (changetype<usize>(t)) {
    sayOrphan(t);
    t.decimal(number);
    sayIsDamaged(t);
  }
  return volumeFail(v, t, Corrupt);
}

/** The end of a volume: nobody is on the list any more. */
export function orphansForget(v: Volume): void {
  while (v.orphans) {
    const inode = changetype<Inode>(<usize>v.orphans);
    v.orphans = inode.orphanNext;
    inode.orphan = 0;
  }
}
