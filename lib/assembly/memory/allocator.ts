// The allocator of a server's memory.
//
//   allocate(size) -> address of zeroed memory, or 0;  allocateRaw the same without zeroing;  release(address).
//
// All of its state is in the server's shared memory, so that every instance of the server sees the same heap. Up to
// SLAB_LIMIT bytes come from pages cut into objects of one size class; larger blocks are runs of pages. A wrong or repeated
// release does nothing but count in `mistakes`. Callers hold the server's lock, as everything in a server does.
//
// A page of objects:
//   0 next page with room  4 previous  8 first free object  12 objects in use  16 objects cut so far  20 size class
//   32 objects ...         a free object: next free object, FREED ^ its own address

import { ALLOCATOR_COUNTS } from "./layout";
import { FREE, LARGE, PAGE, SLAB, freePages, givePages, initializePages, mapEntry, pageAddress, runs, setMapEntry, takePages } from "./page-runs";

/** Largest block that shares a page with others. */
export const SLAB_LIMIT: i32 = 1792;
const CLASSES: i32 = 23;
const HEADER: usize = 32;
const FREED: u32 = 0x5ab1e0ff;

@unmanaged class Slab {
  next: u32;
  previous: u32;
  firstFree: u32;
  used: u32;
  cut: u32;
  sizeClass: u32;
}

/** What the allocator knows of itself; behind it, for each class, the first page with room. */
@unmanaged export class AllocatorState {
  /** Blocks in use. */
  blocks: u32;
  /** Bytes in use, as rounded up. */
  bytes: u32;
  /** Releases of something that was not in use. */
  mistakes: u32;
  firstPage0: u32;
}

const STATE: usize = ALLOCATOR_COUNTS;

@inline export function allocatorState(): AllocatorState { return changetype<AllocatorState>(STATE); }
@inline function firstPage(sizeClass: i32): usize { return STATE + offsetof<AllocatorState>("firstPage0") + (<usize>sizeClass << 2); }

/** Sizes in steps of 16 up to 128, then four steps to each power of two. */
@inline function classOf(size: i32): i32 {
  if (size <= 128) return (max(size, 1) - 1) >> 4;
  const shift = 31 - clz(size - 1);
  return 8 + ((shift - 7) << 2) + (((size - 1) >> (shift - 2)) & 3);
}

@inline function classSize(sizeClass: i32): i32 {
  if (sizeClass < 8) return (sizeClass + 1) << 4;
  const step = sizeClass - 8;
  return (5 + (step & 3)) << (5 + (step >> 2));
}

/** Make the heap empty. Everything that was in it is gone. */
export function initializeAllocator(): void {
  initializePages();
  memory.fill(STATE, 0, offsetof<AllocatorState>("firstPage0") + 4 * <usize>CLASSES);
}

/** `size` bytes (1 to 2^30) of zeroed memory, aligned to 16; 0 if there is none. */
export function allocate(size: i32): usize {
  const block = allocateRaw(size);
  if (block) memory.fill(block, 0, <usize>size);
  return block;
}

/** The same, not zeroed. */
export function allocateRaw(size: i32): usize {
  if (size < 0 || size > 0x40000000) return 0;
  return size <= SLAB_LIMIT ? allocateObject(classOf(size)) : allocateRun(size);
}

function allocateRun(size: i32): usize {
  const pages = <u32>((<usize>size + PAGE - 1) >> 12);
  const block = takePages(pages);
  if (block) account(1, <i32>(pages << 12));
  return block;
}

function allocateObject(sizeClass: i32): usize {
  const size = classSize(sizeClass);
  const head = firstPage(sizeClass);
  let slab = changetype<Slab>(<usize>load<u32>(head));
  if (!changetype<usize>(slab)) {
    slab = newSlab(sizeClass);
    if (!changetype<usize>(slab)) return 0;
  }
  let object = <usize>slab.firstFree;
  if (object) {
    slab.firstFree = load<u32>(object);
    store<u32>(object, 0, 4);
  } else {
    object = changetype<usize>(slab) + HEADER + <usize>(<i32>slab.cut * size);
    slab.cut++;
  }
  slab.used++;
  if (!slab.firstFree && HEADER + <usize>((<i32>slab.cut + 1) * size) > PAGE) unlinkSlab(slab);
  account(1, size);
  return object;
}

function newSlab(sizeClass: i32): Slab {
  const page = takePages(1);
  if (page) {
    setMapEntry(<u32>((page - runs().pages) >> 12), SLAB, <u32>sizeClass);
    memory.fill(page, 0, HEADER);
    const slab = changetype<Slab>(page);
    slab.sizeClass = <u32>sizeClass;
    linkSlab(slab);
  }
  return changetype<Slab>(page);
}

function linkSlab(slab: Slab): void {
  const head = firstPage(<i32>slab.sizeClass);
  const next = load<u32>(head);
  slab.next = next;
  slab.previous = 0;
  if (next) changetype<Slab>(<usize>next).previous = <u32>changetype<usize>(slab);
  store<u32>(head, <u32>changetype<usize>(slab));
}

function unlinkSlab(slab: Slab): void {
  if (slab.next) changetype<Slab>(<usize>slab.next).previous = slab.previous;
  if (slab.previous) changetype<Slab>(<usize>slab.previous).next = slab.next;
  else store<u32>(firstPage(<i32>slab.sizeClass), slab.next);
  slab.next = 0;
  slab.previous = 0;
}

/** Give a block back. 0 is allowed and does nothing. */
export function release(block: usize): void {
  if (!block) return;
  const state = runs();
  const page = <u32>((block - state.pages) >> 12);
  if (block < state.pages || page >= state.count) { mistake(); return; }
  const entry = mapEntry(page);
  const kind = entry & 15;
  if (kind == LARGE && block == pageAddress(page)) {
    account(-1, -<i32>((entry >> 4) << 12));
    givePages(page, entry >> 4);
  } else if (kind == SLAB) {
    releaseObject(block, changetype<Slab>(pageAddress(page)));
  } else {
    mistake();
  }
}

function releaseObject(block: usize, slab: Slab): void {
  const size = classSize(<i32>slab.sizeClass);
  const offset = <i32>(block - changetype<usize>(slab) - HEADER);
  if (offset < 0 || offset % size != 0 || offset >= <i32>slab.cut * size || isFree(block, slab)) { mistake(); return; }
  const wasFull = !slab.firstFree && HEADER + <usize>((<i32>slab.cut + 1) * size) > PAGE;
  store<u32>(block, slab.firstFree);
  store<u32>(block, FREED ^ <u32>block, 4);
  slab.firstFree = <u32>block;
  slab.used--;
  account(-1, -size);
  if (wasFull) linkSlab(slab);
  // The last page with room stays, so that one block taken and given in turn does not move a page each time.
  if (!slab.used && (slab.next || slab.previous)) {
    unlinkSlab(slab);
    givePages(<u32>((changetype<usize>(slab) - runs().pages) >> 12), 1);
  }
}

/** The mark alone could be the user's data: then only the list tells. */
function isFree(block: usize, slab: Slab): bool {
  if (load<u32>(block, 4) != (FREED ^ <u32>block)) return false;
  for (let at = <usize>slab.firstFree; at; at = <usize>load<u32>(at)) if (at == block) return true;
  return false;
}

@inline function account(blocks: i32, bytes: i32): void {
  const state = allocatorState();
  state.blocks += <u32>blocks;
  state.bytes += <u32>bytes;
}

function mistake(): void { allocatorState().mistakes++; }

/** Bytes in pages that nobody uses. */
export function freeBytes(): usize { return <usize>freePages() << 12; }

/** Whether the map describes the heap without gaps, and the counts agree: for tests and for a restart on old memory. */
export function heapIsWhole(): bool {
  const state = runs();
  let page: u32 = 0;
  let free: u32 = 0;
  while (page < state.count) {
    const entry = mapEntry(page);
    const kind = entry & 15;
    const length: u32 = kind == SLAB ? 1 : entry >> 4;
    if (kind == 0 || kind > SLAB || length == 0 || length > state.count - page) return false;
    if (kind == FREE) {
      if (mapEntry(page + length - 1) != entry) return false;
      free += length;
    }
    page += length;
  }
  return free == state.free;
}
