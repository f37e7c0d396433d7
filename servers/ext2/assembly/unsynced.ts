// Which blocks of a file were written and are not known to be stable: a few ranges, which cover them all and may cover others.

import { Inode } from "./inode";

const RANGES: usize = 4;

@inline function range(inode: Inode, i: usize): usize { return changetype<usize>(inode) + offsetof<Inode>("unsynced0") + (i << 3); }
@inline export function unsyncedFirst(inode: Inode, i: usize): u32 { return load<u32>(range(inode, i)); }
/** Behind the last; 0: range `i` is empty. */
@inline export function unsyncedEnd(inode: Inode, i: usize): u32 { return load<u32>(range(inode, i), 4); }
@inline export function unsyncedRanges(): usize { return RANGES; }

/** Blocks [first, end) are written. */
export function unsyncedAdd(inode: Inode, first: u32, end: u32): void {
  let place = RANGES - 1;
  for (let i: usize = 0; i < RANGES; i++) {
    const from = unsyncedFirst(inode, i), to = unsyncedEnd(inode, i);
    if (to && first <= to && end >= from || !to) { place = i; break; }
  }
  // Without room the last range grows over what lies between.
  const empty = !unsyncedEnd(inode, place);
  store<u32>(range(inode, place), empty ? first : min(first, unsyncedFirst(inode, place)));
  store<u32>(range(inode, place), empty ? end : max(end, unsyncedEnd(inode, place)), 4);
}

/** The file ends before block `end`. */
export function unsyncedCut(inode: Inode, end: u32): void {
  for (let i: usize = 0; i < RANGES; i++) {
    if (unsyncedFirst(inode, i) >= end) store<u64>(range(inode, i), 0);
    else if (unsyncedEnd(inode, i) > end) store<u32>(range(inode, i), end, 4);
  }
}

/** How many there are; more than there are, if ranges overlap. */
export function unsyncedCount(inode: Inode): u32 {
  let count: u32 = 0;
  for (let i: usize = 0; i < RANGES; i++) if (unsyncedEnd(inode, i)) count += min(unsyncedEnd(inode, i) - unsyncedFirst(inode, i), 0xffffff);
  return count;
}

/** All of it is stable. */
export function unsyncedClear(inode: Inode): void { memory.fill(range(inode, 0), 0, RANGES << 3); }
