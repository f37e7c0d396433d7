// The kernel's short way for a program's most frequent system call: reading bytes that lie in one present page that was read before of a Dataspace into the
// program's own memory. Part of the kernel, but merged with the emulation library (tools/build/direct-library.ts), whose instance each
// process has of its own: so its memories are kernel memory, page memory and the program's, the copy is one instruction, and neither an
// instance border nor a copier is on the way. All else goes to the kernel's own dataspaceRead, which does the same in more steps.
// It acts for the thread and the domain that the instance was made for, not for `current`: nobody else can call it.
//
// What was looked up last is remembered, so that the next read needs comparisons instead of look-ups. Only what cannot become wrong unnoticed:
//
//   slot -> where its capability stands     fixed while the domain lives; what it says is read each time
//   tag  -> leaf of the page table          fixed while the Dataspace lives (I21), and the tag, its serial and the leaf's number,
//                                           is nobody else's ever; which page an entry names, and its marks, are read each time
//   size of the program's memory            never shrinks
//
// (1) The serial is read through the capability's word, after it: so it is that of the Dataspace that the capability names now.

import { H_NO_PAGE, S_LENGTH, S_ROOT, S_SERIAL, T_FLAGS } from "../../../abi/layout/kernel-memory";
import { FRAME_SIZE, OBJECT_DATASPACE, RIGHT_READ } from "../../../abi/layout/limits";
import { frameAddress } from "../memory/frames";
import { capAt } from "../object/capability";
import { pageSlot } from "../object/dataspace";
import { REFERENCED } from "../object/page-marks";
import { BAD_HANDLE } from "../status";
import { startCopyingAs, stopCopyingAs } from "../sched/copying";

@external("short", "dataspaceRead") declare function readAnyhow(slot: i32, offset: i64, selector: i32, destination: i32, length: i32): i32;
/** The thread of the program's Worker, and the program's domain. */
@external("short", "thread") declare const thread: usize;
@external("short", "domain") declare const domain: usize;
@external("page-access", "copy") declare function copyFromPage(destination: i32, source: i32, length: i32): void;
@external("page-access", "pages") declare function programPages(): u32;

let lastSlot: i32 = -1;
let lastCap: usize = 0;
/** 0: none. */
let lastTag: u64 = 0;
let lastLeaf: usize = 0;
/** Bytes of the program's memory. */
let known: u64 = 0;

/** Any error. */
const NOT_NOW: i32 = BAD_HANDLE;

/** Of the leaf that has the entry of the page at `offset`, which is below the size. */
@inline function tagOf(dataspace: usize, offset: i64): u64 { return load<u64>(dataspace, S_SERIAL) | <u64>offset >> LEAF_SHIFT; }
/** A leaf's pages are 1 MiB. */
const LEAF_SHIFT: u64 = 20;

/** Read what lies in the page whose entry is at `entrySlot`: the bytes copied, or NOT_NOW if it is more than that or needs more than a copy. */
@inline function readPage(entrySlot: usize, offset: i64, size: i64, destination: i32, length: i32): i32 {
  const count = <i64><u32>length < size - offset ? length : <i32>(size - offset), within = <i32>offset & (FRAME_SIZE - 1);
  if (<u32>count > <u32>(FRAME_SIZE - within) || <u64><u32>destination + <u64><u32>count > known) return NOT_NOW;
  const entry = load<u32>(entrySlot);
  // A page without the mark is given it on the other way.
  if (!(entry & REFERENCED)) return NOT_NOW;
  copyFromPage(destination, frameAddress(entry) + within, count);
  return count;
}

@inline function isReadable(word: u64): bool { return (<i32>word & (255 | RIGHT_READ << 8)) == (OBJECT_DATASPACE | RIGHT_READ << 8); }

/** dataspaceRead to the program's memory if nothing has to be looked up for it, else NOT_NOW. The library calls it at one place, of which it becomes a part. */
export function dataspaceReadNow(slot: i32, offset: i64, selector: i32, destination: i32, length: i32): i32 {
  if (slot != lastSlot || load<i32>(thread + T_FLAGS) != 0) return NOT_NOW;
  const copying = startCopyingAs(thread);
  // What this word names is not used for something else before we stop copying.
  const word = load<u64>(lastCap);
  let got = NOT_NOW;
  if (isReadable(word)) {
    const dataspace = <usize>(word >> 32), size = load<i64>(dataspace, S_LENGTH);
    // (1)
    if (tagOf(dataspace, offset) == lastTag && <u64>offset < <u64>size) got = readPage(lastLeaf + (<usize>(<u32>offset >> 12 & 255) << 2), offset, size, destination, length);
  }
  stopCopyingAs(thread, copying);
  return got;
}

export function dataspaceRead(slot: i32, offset: i64, selector: i32, destination: i32, length: i32): i32 {
  if (selector && load<i32>(thread + T_FLAGS) == 0) {
    known = <u64>programPages() << 16;
    const cap = capAt(domain, slot), copying = startCopyingAs(thread), word = load<u64>(cap);
    let got = NOT_NOW;
    if (isReadable(word)) {
      // A slot without a chunk shares an empty one until it gets one of its own; this one has its own.
      lastSlot = slot;
      lastCap = cap;
      const dataspace = <usize>(word >> 32), size = load<i64>(dataspace, S_LENGTH);
      if (<u64>offset < <u64>size) {
        const page = <u32>(offset >> 12), entrySlot = pageSlot(dataspace, page);
        // A table of depth 0 has no leaf: its entry moves when the table grows.
        if (entrySlot != H_NO_PAGE && entrySlot != dataspace + S_ROOT) {
          lastLeaf = entrySlot - (<usize>(page & 255) << 2);
          lastTag = tagOf(dataspace, offset);
        }
        got = readPage(entrySlot, offset, size, destination, length);
      }
    }
    stopCopyingAs(thread, copying);
    if (got >= 0) return got;
  }
  return readAnyhow(slot, offset, selector, destination, length);
}
