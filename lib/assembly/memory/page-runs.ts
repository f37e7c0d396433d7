// The lower half of the allocator: runs of 4 KiB pages, with neighbours joined when they are freed.
//
//   takePages(count) -> address or 0;  givePages(address) gives the whole run back.
//
// A map holds one u32 a page, `value << 4 | kind`:
//
//   FREE   first and last page of a free run, value = its pages   (in the first page itself: next, previous of its bin)
//   LARGE  first page of a run in use, value = its pages
//   SLAB   a page cut into objects, value = their size class
//   INSIDE any other page of a run in use
//
// Bin b holds the free runs of 2^b to 2^(b+1)-1 pages. Callers hold the server's lock; never call it from two threads.

import { ALLOCATOR_COUNTS, ALLOCATOR_STATE, HEAP_START, MEMORY_LIMIT } from "./layout";

export const PAGE: usize = 4096;
export const INSIDE: u32 = 0;
export const FREE: u32 = 1;
export const LARGE: u32 = 2;
export const SLAB: u32 = 3;

const BINS: i32 = 16;

/** First part of the allocator's state. */
@unmanaged export class PageRuns {
  /** Address of page 0. */
  pages: usize;
  count: u32;
  free: u32;
  /** What `count` can become. */
  limit: u32;
  /** Heads of the bins, BINS of them. */
  bin0: u32;
}

@inline export function runs(): PageRuns { return changetype<PageRuns>(ALLOCATOR_STATE); }
@inline export function pageAddress(page: u32): usize { return runs().pages + (<usize>page << 12); }
@inline export function mapEntry(page: u32): u32 { return load<u32>(HEAP_START + (<usize>page << 2)); }
@inline export function setMapEntry(page: u32, kind: u32, value: u32): void { store<u32>(HEAP_START + (<usize>page << 2), value << 4 | kind); }
@inline function binAddress(bin: i32): usize { return ALLOCATOR_STATE + offsetof<PageRuns>("bin0") + (<usize>bin << 2); }
@inline function binOf(pages: u32): i32 { return min(31 - <i32>clz(pages), BINS - 1); }

if (offsetof<PageRuns>("bin0") + 64 > 80) ERROR("the bins do not fit");

/** A memory is made larger by at least so many 64 KiB pages, and by half of what there is, if it can be: rarely, as every thread has to hear of it. */
const STEP: i32 = 4;

@inline function pagesUpTo(size: i32): u32 { return <u32>(((<usize>size << 16) - runs().pages) >> 12); }

/** Take over all memory behind HEAP_START, which is made larger if that and the map are not within it. */
export function initializePages(): void {
  const limit = max(memory.size(), load<i32>(MEMORY_LIMIT));
  const map = (((<usize>limit << 16) - HEAP_START >> 12) * 4 + PAGE - 1) & ~(PAGE - 1), least = <i32>(HEAP_START + map + PAGE + 0xffff >> 16);
  if (least > memory.size() && memory.grow(least - memory.size()) < 0) unreachable();
  const size = memory.size(), state = runs();
  state.pages = HEAP_START + map;
  state.count = pagesUpTo(size);
  state.limit = pagesUpTo(limit);
  state.free = 0;
  memory.fill(binAddress(0), 0, 4 * BINS);
  memory.fill(HEAP_START, 0, map);
  linkFree(0, state.count);
}

function linkFree(page: u32, length: u32): void {
  setMapEntry(page, FREE, length);
  setMapEntry(page + length - 1, FREE, length);
  const head = binAddress(binOf(length));
  const at = pageAddress(page);
  const next = load<u32>(head);
  store<u32>(at, next);
  store<u32>(at, 0, 4);
  if (next) store<u32>(next, <u32>at, 4);
  store<u32>(head, <u32>at);
  runs().free += length;
}

function unlinkFree(page: u32, length: u32): void {
  const at = pageAddress(page);
  const next = load<u32>(at);
  const previous = load<u32>(at, 4);
  if (next) store<u32>(next, previous, 4);
  if (previous) store<u32>(previous, next);
  else store<u32>(binAddress(binOf(length)), next);
  runs().free -= length;
}

@inline function pageOf(address: usize): u32 { return <u32>((address - runs().pages) >> 12); }

/** Pages that are free or can be had. */
@inline export function freePages(): u32 { return runs().free + (runs().limit - runs().count); }

/** Make the memory larger, for a run of `count` pages. Other instances of the server may not know of it for a moment: what they do first is to
 *  take the lock that is held now, and an engine tells them before the next function that they enter. */
function grow(count: u32): bool {
  const state = runs(), first = state.count;
  if (count > state.limit - first) return false;
  const needed = <i32>((count + 15) >> 4);
  let more = max(needed, min(max(<i32>(first >> 5), STEP), <i32>(state.limit - first >> 4))), before = memory.grow(more);
  if (before < 0) before = memory.grow(more = needed);
  if (before < 0) return false;
  state.count = min(pagesUpTo(before + more), state.limit);
  givePages(first, state.count - first);
  return true;
}

/** A run of `count` pages (at least 1), or 0. Its contents are whatever they were. */
export function takePages(count: u32): usize {
  const run = takeRun(count);
  return run || !grow(count) ? run : takeRun(count);
}

function takeRun(count: u32): usize {
  for (let bin = binOf(count); bin < BINS; bin++) {
    for (let at = load<u32>(binAddress(bin)); at; at = load<u32>(at)) {
      const page = pageOf(at);
      const length = mapEntry(page) >> 4;
      if (length < count) continue;
      unlinkFree(page, length);
      if (length > count) linkFree(page + count, length - count);
      memory.fill(HEAP_START + (<usize>page << 2), 0, <usize>count << 2);
      setMapEntry(page, LARGE, count);
      return at;
    }
  }
  return 0;
}

/** Give back the run in use that starts with `page` and has `length` pages. */
export function givePages(page: u32, length: u32): void {
  setMapEntry(page, INSIDE, 0);
  const state = runs();
  if (page + length < state.count) {
    const after = mapEntry(page + length);
    if ((after & 15) == FREE) {
      unlinkFree(page + length, after >> 4);
      setMapEntry(page + length, INSIDE, 0);
      length += after >> 4;
    }
  }
  if (page > 0) {
    const before = mapEntry(page - 1);
    if ((before & 15) == FREE) {
      setMapEntry(page - 1, INSIDE, 0);
      page -= before >> 4;
      unlinkFree(page, before >> 4);
      length += before >> 4;
    }
  }
  linkFree(page, length);
}
