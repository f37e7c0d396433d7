// The kernel's short way for a program's most frequent system call: reading bytes that lie in one present page that was read before of a Dataspace into the
// program's own memory. Part of the kernel, but merged with the emulation library (tools/build/direct-library.ts), whose instance each
// process has of its own: so its memories are kernel memory, page memory and the program's, the copy is one instruction, and neither an
// instance border nor a copier is on the way. All else goes to the kernel's own dataspaceRead, which does the same in more steps.
// It acts for the thread and the domain that the instance was made for, not for `current`: nobody else can call it.

import { S_LENGTH, T_FLAGS } from "../../../abi/layout/kernel-memory";
import { FRAME_SIZE, OBJECT_DATASPACE, RIGHT_READ } from "../../../abi/layout/limits";
import { frameAddress } from "../memory/frames";
import { capAt, kindOf } from "../object/capability";
import { pageSlot } from "../object/dataspace";
import { REFERENCED } from "../object/page-marks";
import { startCopyingAs, stopCopyingAs } from "../sched/copying";

@external("short", "dataspaceRead") declare function readAnyhow(slot: i32, offset: i64, selector: i32, destination: i32, length: i32): i32;
/** The thread of the program's Worker, and the program's domain. */
@external("short", "thread") declare const thread: usize;
@external("short", "domain") declare const domain: usize;
@external("page-access", "copy") declare function copyFromPage(destination: i32, source: i32, length: i32): void;
@external("page-access", "pages") declare function programPages(): u32;

/** The slot that was last read through, and where its capability stands: fixed while the domain lives, whatever the slot holds. */
let lastSlot: i32 = -1;
let lastCap: usize = 0;

function look(slot: i32): usize {
  const cap = capAt(domain, slot);
  // A slot without a chunk shares an empty one until it gets one of its own.
  if (kindOf(cap) == OBJECT_DATASPACE) { lastSlot = slot; lastCap = cap; }
  return cap;
}

export function dataspaceRead(slot: i32, offset: i64, selector: i32, destination: i32, length: i32): i32 {
  if (selector && load<i32>(thread + T_FLAGS) == 0) {
    const cap = slot == lastSlot ? lastCap : look(slot), copying = startCopyingAs(thread);
    // What this word names is not used for something else before we stop copying.
    const word = load<u64>(cap), dataspace = <usize>(word >> 32);
    if ((<i32>word & (255 | RIGHT_READ << 8)) == (OBJECT_DATASPACE | RIGHT_READ << 8)) {
      const size = load<i64>(dataspace, S_LENGTH);
      if (<u64>offset < <u64>size) {
        const count = <i64><u32>length < size - offset ? length : <i32>(size - offset), within = <i32>offset & (FRAME_SIZE - 1);
        if (<u32>count <= <u32>(FRAME_SIZE - within) && <u64><u32>destination + <u64><u32>count <= <u64>programPages() << 16) {
          const entry = load<u32>(pageSlot(dataspace, <u32>(offset >> 12)));
          // A page without the mark is given it on the other way.
          if (entry & REFERENCED) {
            copyFromPage(destination, frameAddress(entry) + within, count);
            stopCopyingAs(thread, copying);
            return count;
          }
        }
      }
    }
    stopCopyingAs(thread, copying);
  }
  return readAnyhow(slot, offset, selector, destination, length);
}
