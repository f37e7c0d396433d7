// Dataspace: a memory object in pages, each absent or present. It stands where an MMU would: Wasm has no page faults, so access
// goes through the kernel, which checks the right and copies. Absent pages read as zeros, or are asked of the pager.
//
//   depth 0: ROOT is the entry of page 0     depth 1: leaf of 256 entries (1 MiB)
//   depth 2: node of 256 leaves (256 MiB)    depth 3: node of nodes (64 GiB)
//   entry: frame number and marks, 0 for absent (page-marks.ts)
//
// Nodes are only added while it lives, and a table that grows gets its new levels above the others: so the leaf of a page stays its leaf (I21).
//
// The page table changes under the kernel lock only; reading it, and marking pages in it, takes none (see memory/frames, page-marks).

import {
  DATASPACES, DATASPACE_SIZE, MAX_DATASPACES, NODES, NODE_SIZE, MAX_NODES, S_STATE, S_LENGTH, S_DEPTH, S_ROOT, S_PRESENT, S_OWNER,
  S_PAGER, S_NEXT_FREE, S_SERIAL, SERIAL_BITS, S_WRITES, S_WRITTEN, H_SERIAL, H_FREE_DATASPACE, H_NEXT_DATASPACE, H_COUNT_DATASPACES, H_FREE_NODE, H_NEXT_NODE, H_COUNT_NODES, H_NO_PAGE, D_FRAMES, D_FRAME_QUOTA,
} from "../../../abi/layout/kernel-memory";
import { OBJECT_DOMAIN, OBJECT_ENDPOINT, FRAME_SIZE } from "../../../abi/layout/limits";
import { NO_MEMORY, QUOTA_EXCEEDED } from "../status";
import { takeFromPool, bump } from "./pool";
import { reference, unreference } from "./reference";
import { takeFrame, releaseFrame, frameAddress, retire } from "../memory/frames";
import { copyBetween } from "../machine";
import { DIRTY, frameOf, markWritten, takeClean, WRITTEN } from "./page-marks";

export const MAX_LENGTH: i64 = 68719476736;
/** Pages that the deepest table has. */
export const MAX_PAGES: u32 = 16777216;

@inline export function pagesOf(length: i64): u32 { return <u32>((length + FRAME_SIZE - 1) >> 12); }

/** The contents have changed at `time`, in wall-clock nanoseconds. After the change: whoever read the old count read old contents. */
@inline export function noteWrite(dataspace: usize, time: i64): void {
  atomic.add<i64>(dataspace + S_WRITES, 1);
  store<i64>(dataspace, time, S_WRITTEN);
}

/** A new one that `owner`'s quota pays for, without references; 0 if there is none left. */
export function createDataspace(owner: usize, length: i64): usize {
  const dataspace = takeFromPool(H_FREE_DATASPACE, H_NEXT_DATASPACE, DATASPACES, DATASPACE_SIZE, MAX_DATASPACES, S_NEXT_FREE);
  if (!dataspace) return 0;
  store<i32>(dataspace, 1, S_STATE);
  store<i64>(dataspace, length, S_LENGTH);
  store<u32>(dataspace, <u32>owner, S_OWNER);
  const serial = load<u64>(H_SERIAL) + (1 << SERIAL_BITS);
  store<u64>(H_SERIAL, serial);
  store<u64>(dataspace, serial, S_SERIAL);
  reference(OBJECT_DOMAIN, owner);
  bump(H_COUNT_DATASPACES, 1);
  return dataspace;
}

/** Where the entry of a page is; that of an absent page may be H_NO_PAGE, which nobody changes. Takes no lock; the caller's T_COPYING is
 *  odd, or the kernel lock held. */
@inline export function pageSlot(dataspace: usize, page: u32): usize {
  // (1) depth and root are one aligned word, so that a growing table is seen whole.
  const word = load<u64>(dataspace, S_DEPTH);
  const depth = <u32>word, node = <usize>(word >> 32);
  if (depth == 1) return page < 256 ? node + (<usize>page << 2) : H_NO_PAGE;
  return deepSlot(dataspace, depth, node, page);
}

function deepSlot(dataspace: usize, depth: u32, node: usize, page: u32): usize {
  if (depth == 2) {
    // Most files of more than a MiB; the loop below does the same in more steps.
    if (page >= 65536) return H_NO_PAGE;
    const leaf = <usize>load<u32>(node + (<usize>(page >> 8) << 2));
    return leaf ? leaf + (<usize>(page & 255) << 2) : H_NO_PAGE;
  }
  if (depth == 0) return page == 0 ? dataspace + S_ROOT : H_NO_PAGE;
  if (depth < 3 ? page >= 65536 : page >= MAX_PAGES) return H_NO_PAGE;
  for (let level = depth - 1; level > 0; level--) {
    node = <usize>load<u32>(node + (<usize>((page >> (level << 3)) & 255) << 2));
    if (!node) return H_NO_PAGE;
  }
  return node + (<usize>(page & 255) << 2);
}

function takeNode(): usize {
  const node = takeFromPool(H_FREE_NODE, H_NEXT_NODE, NODES, NODE_SIZE, MAX_NODES, 0);
  if (node) bump(H_COUNT_NODES, 1);
  return node;
}
function giveNode(node: usize): void { retire(<u32>node); bump(H_COUNT_NODES, -1); }

/** Address of the entry of `page`, growing the table; 0 if nodes have run out. Kernel lock held. */
function entrySlot(dataspace: usize, page: u32): usize {
  let word = load<u64>(dataspace, S_DEPTH), depth = <u32>word;
  const wanted: u32 = page == 0 ? 0 : page < 256 ? 1 : page < 65536 ? 2 : 3;
  while (depth < wanted) {
    const node = takeNode();
    if (!node) return 0;
    // (4A) in page-marks: as long as the root is the entry of page 0, it may be marked at any moment.
    while (true) {
      store<u32>(node, <u32>(word >> 32));
      const seen = atomic.cmpxchg<u64>(dataspace + S_DEPTH, word, <u64>node << 32 | <u64>(depth + 1));
      if (seen == word) break;
      word = seen;
    }
    depth++;
    word = <u64>node << 32 | <u64>depth;
  }
  if (depth == 0) return dataspace + S_ROOT;
  let node = <usize>load<u32>(dataspace, S_ROOT);
  for (let level = depth - 1; level > 0; level--) {
    const slot = node + (<usize>((page >> (level << 3)) & 255) << 2);
    let below = <usize>load<u32>(slot);
    if (!below) {
      below = takeNode();
      if (!below) return 0;
      store<u32>(slot, <u32>below);
    }
    node = below;
  }
  return node + (<usize>(page & 255) << 2);
}

/** Make a page present and dirty, of zeros, to be written: 1, or a negated error. Kernel lock held. */
export function providePage(dataspace: usize, page: u32): i32 {
  const slot = entrySlot(dataspace, page);
  if (!slot) return NO_MEMORY;
  if (load<u32>(slot)) return 1;
  const frame = payFrame(dataspace, true);
  if (frame < 0) return frame;
  atomic.store<u32>(slot, <u32>frame | WRITTEN);
  return 1;
}

/** Make a page present and clean, with `length` bytes from `source` and zeros behind them, unless it is there already: 1, or a negated
 *  error. Kernel lock held. */
export function supplyPage(dataspace: usize, page: u32, memory: i32, source: i32, length: i32): i32 {
  const slot = entrySlot(dataspace, page);
  if (!slot) return NO_MEMORY;
  if (load<u32>(slot)) return 1;
  const frame = payFrame(dataspace, length < FRAME_SIZE);
  if (frame < 0) return frame;
  // (5A) in page-marks: what it holds, then that it is there.
  copyBetween(0, frameAddress(frame), memory, source, length);
  atomic.store<u32>(slot, <u32>frame);
  return 1;
}

/** A frame that the Dataspace's owner pays for, or a negated error. */
function payFrame(dataspace: usize, zeros: bool): i32 {
  const owner = <usize>load<u32>(dataspace, S_OWNER);
  if (load<i32>(owner + D_FRAMES) >= load<i32>(owner + D_FRAME_QUOTA)) return QUOTA_EXCEEDED;
  const frame = takeFrame(zeros);
  if (!frame) return NO_MEMORY;
  bump(owner + D_FRAMES, 1);
  bump(dataspace + S_PRESENT, 1);
  return <i32>frame;
}

/** What `entry` named is in no table any more. */
function dropped(dataspace: usize, entry: u32): void {
  releaseFrame(frameOf(entry));
  bump(dataspace + S_PRESENT, -1);
  bump(<usize>load<u32>(dataspace, S_OWNER) + D_FRAMES, -1);
}

/** The first page from `page` on, below `end`, that the table has an entry for; `end` if there is none. Kernel lock held. */
function nextTabled(dataspace: usize, page: u32, end: u32): u32 {
  const depth = load<u32>(dataspace, S_DEPTH), root = <usize>load<u32>(dataspace, S_ROOT);
  const limit: u32 = depth == 0 ? 1 : depth == 1 ? 256 : depth == 2 ? 65536 : MAX_PAGES;
  while (page < end && page < limit) {
    let node = root, absent: u32 = 0;
    for (let level = depth; level > 1; level--) {
      node = <usize>load<u32>(node + (<usize>((page >> ((level - 1) << 3)) & 255) << 2));
      if (!node) { absent = 1 << ((level - 1) << 3); break; }
    }
    if (!absent) return page;
    page = (page | (absent - 1)) + 1;
  }
  return end;
}

/** Free up to `limit` pages from `first` on below `end`: the page to go on from, or `end`. Kernel lock held. */
export function dropPages(dataspace: usize, first: u32, end: u32, limit: i32): u32 {
  let page = nextTabled(dataspace, first, end);
  for (; page < end && limit > 0; limit--, page = nextTabled(dataspace, page + 1, end)) {
    // (3B) in page-marks.
    const entry = atomic.xchg<u32>(pageSlot(dataspace, page), 0);
    if (entry) dropped(dataspace, entry);
  }
  return page;
}

/** The same with those only that are not dirty. Kernel lock held. */
export function reclaimPages(dataspace: usize, first: u32, end: u32, limit: i32): u32 {
  let page = nextTabled(dataspace, first, end);
  for (; page < end && limit > 0; limit--, page = nextTabled(dataspace, page + 1, end)) {
    const entry = takeClean(pageSlot(dataspace, page));
    if (entry) dropped(dataspace, entry);
  }
  return page;
}

/** The first dirty page from `first` on below `end`, if it is among the next `limit`; else the page to go on from, or `end`. Kernel lock held. */
export function seekDirty(dataspace: usize, first: u32, end: u32, limit: i32): u32 {
  let page = nextTabled(dataspace, first, end);
  for (; page < end && limit > 0; limit--, page = nextTabled(dataspace, page + 1, end)) {
    if (load<u32>(pageSlot(dataspace, page)) & DIRTY) return page;
  }
  return page;
}

/** Zero the rest of the last page from `length` on, if it is present: whether it was. Kernel lock held. */
export function clearTail(dataspace: usize, length: i64): bool {
  const rest = <i32>(length & (FRAME_SIZE - 1));
  if (rest == 0) return false;
  const entry = load<u32>(pageSlot(dataspace, <u32>(length >> 12)));
  if (entry) copyBetween(0, frameAddress(entry) + rest, 0, frameAddress(0), FRAME_SIZE - rest);
  return entry != 0;
}

/** The Dataspace has been cut to `length`: clear what is left behind it, which is a change of the page. Kernel lock held. */
export function cutTail(dataspace: usize, length: i64): void {
  if (!clearTail(dataspace, length)) return;
  const slot = pageSlot(dataspace, <u32>(length >> 12)), entry = load<u32>(slot);
  if (entry) markWritten(slot, entry);
}

function freeNodes(node: usize, depth: u32): void {
  if (depth > 1) {
    for (let i: usize = 0; i < 256; i++) {
      const below = <usize>load<u32>(node + (i << 2));
      if (below) freeNodes(below, depth - 1);
    }
  }
  giveNode(node);
}

export function destroyDataspace(dataspace: usize): void {
  let page: u32 = 0;
  // All of the table: somebody who was killed while he cut the Dataspace may have left pages beyond its length.
  while (load<i32>(dataspace, S_PRESENT) > 0 && page < MAX_PAGES) page = dropPages(dataspace, page, MAX_PAGES, 65536);
  const depth = load<u32>(dataspace, S_DEPTH), root = <usize>load<u32>(dataspace, S_ROOT);
  store<u64>(dataspace, 0, S_DEPTH);
  store<i64>(dataspace, 0, S_LENGTH);
  if (depth > 0) freeNodes(root, depth);
  const pager = <usize>load<u32>(dataspace, S_PAGER);
  if (pager) unreference(OBJECT_ENDPOINT, pager);
  const owner = <usize>load<u32>(dataspace, S_OWNER);
  store<i32>(dataspace, 0, S_STATE);
  retire(<u32>dataspace);
  bump(H_COUNT_DATASPACES, -1);
  unreference(OBJECT_DOMAIN, owner);
}
