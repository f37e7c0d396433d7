// dataspaceCreate, Read, Write, Resize, Info, SetPager.
//
// A read of present pages takes no lock: capability check, page entry, copy. See memory/frames for why that is safe. Nor does a write of
// present pages; numbered races are those of object/page-marks.

import { S_LENGTH, S_PAGER, S_PAGER_BADGE, S_PRESENT, S_WRITES, S_WRITTEN, T_DEPTH, T_SERIAL } from "../../../abi/layout/kernel-memory";
import { FRAME_SIZE, OBJECT_DATASPACE, OBJECT_ENDPOINT, RIGHT_ALL, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, FAULT, NO_MEMORY, NO_RIGHT, OK, TOO_LARGE, TRY_AGAIN } from "../status";
import { current, currentMemory, me, programMemory } from "../identity";
import { copyBetween, inMemory, machineWall } from "../machine";
import { advanceLimbo, frameAddress, limboFilled } from "../memory/frames";
import { capAt, fillSlot, findSlot, kindOf, objectOf, rightsOf } from "../object/capability";
import { clearTail, createDataspace, cutTail, dropPages, MAX_LENGTH, noteWrite, pageSlot, pagesOf, providePage } from "../object/dataspace";
import { markAgain, markReferenced, markWritten, REFERENCED, WRITTEN } from "../object/page-marks";
import { reference, unreference } from "../object/reference";
import { clearWordsFrom, setWord } from "../registers";
import { startCopying, stopCopying } from "../sched/copying";
import { lockKernel, unlockKernel } from "../sched/lock";
import { pageFault } from "../sched/page-fault";
import { probeStack } from "../sched/probe";
import { obeyFlags } from "../sched/thread";
import { sleep } from "../sched/sleep";

/** Pages that one step under the kernel lock looks at. */
export const STEP: i32 = 1024;
/** How many milliseconds a writer waits for frames that are about to be free. */
export const LIMBO_WAITS: i32 = 20;
/** How often a pager may say that a page is there when it is not. */
const PATIENCE: i32 = 1000;

export function dataspaceCreate(size: i64): i32 {
  obeyFlags();
  if (size < 0 || size > MAX_LENGTH) return BAD_ARGUMENT;
  probeStack();
  lockKernel();
  let slot = findSlot(current);
  if (slot >= 0) {
    const dataspace = createDataspace(current, size);
    if (dataspace) fillSlot(current, slot, OBJECT_DATASPACE, RIGHT_ALL, dataspace, 0, 0); else slot = NO_MEMORY;
  }
  unlockKernel();
  return slot;
}

/** The memory that `selector` names: the running code's own, or that of the program beside an emulation library, which is nobody else's: not of a
 *  server that the thread is inside of. -1: none. */
@inline function memoryOf(selector: i32): i32 {
  return selector == 0 ? currentMemory : selector == 1 && programMemory != 0 && load<i32>(me + T_DEPTH) == 0 ? programMemory : -1;
}

function stopped(status: i32): i32 { stopCopying(); return status; }

export function dataspaceRead(slot: i32, offset: i64, selector: i32, destination: i32, length: i32): i32 {
  obeyFlags();
  const cap = capAt(current, slot);
  startCopying();
  // What this word names is not used for something else before we stop copying.
  const word = load<u64>(cap);
  if (<i32>(word & 255) != OBJECT_DATASPACE) return stopped(BAD_HANDLE);
  if (!(<i32>(word >> 8) & RIGHT_READ)) return stopped(NO_RIGHT);
  const dataspace = <usize>(word >> 32), memory = memoryOf(selector), size = load<i64>(dataspace, S_LENGTH);
  if (memory < 0 || <u64>offset >= <u64>size) return stopped(memory < 0 || offset < 0 ? BAD_ARGUMENT : 0);
  const count = <i64><u32>length < size - offset ? length : <i32>(size - offset);
  if (!inMemory(me, memory, destination, count)) return stopped(FAULT);
  const within = <i32>offset & (FRAME_SIZE - 1);
  if (within + count <= FRAME_SIZE) {
    const entrySlot = pageSlot(dataspace, <u32>(offset >> 12)), entry = load<u32>(entrySlot);
    if (entry) {
      if (!(entry & REFERENCED)) markReferenced(entrySlot, entry);
      copyBetween(memory, destination, 0, frameAddress(entry) + within, count);
      stopCopying();
      return count;
    }
  }
  stopCopying();
  return readPages(slot, word, offset, memory, destination, count);
}

function readPages(slot: i32, word: u64, offset: i64, memory: i32, destination: i32, count: i32): i32 {
  const dataspace = <usize>(word >> 32), last = <u32>((offset + <i64>count - 1) >> 12);
  let done = 0, faults = 0;
  while (done < count) {
    const at = offset + <i64>done, within = <i32>at & (FRAME_SIZE - 1), page = <u32>(at >> 12);
    const part = count - done < FRAME_SIZE - within ? count - done : FRAME_SIZE - within;
    startCopying();
    if (load<u64>(capAt(current, slot)) != word) return stopped(done > 0 ? done : BAD_HANDLE);
    const entrySlot = pageSlot(dataspace, page), entry = load<u32>(entrySlot);
    if (!entry && load<u32>(dataspace, S_PAGER)) {
      // The page that was supplied may be reclaimed before we come to it: then it is asked for again.
      const status = at < load<i64>(dataspace, S_LENGTH) ? fault(slot, word, page, last - page + 1, false, faults++) : stopped(0);
      if (status <= 0) return done > 0 ? done : status;
      continue;
    }
    if (entry && !(entry & REFERENCED)) markReferenced(entrySlot, entry);
    copyBetween(memory, destination + done, 0, frameAddress(entry) + (entry ? within : 0), part);
    stopCopying();
    done += part;
    faults = 0;
  }
  return done;
}

/** Stop copying and ask the pager: 1 if it says that the page is there, or a negated error. */
function fault(slot: i32, word: u64, page: u32, count: u32, whole: bool, before: i32): i32 {
  stopCopying();
  if (before >= PATIENCE) return TRY_AGAIN;
  const status = pageFault(slot, word, page, count, whole);
  return status < 0 ? status : 1;
}

export function dataspaceWrite(slot: i32, offset: i64, selector: i32, source: i32, length: i32): i32 {
  obeyFlags();
  const cap = capAt(current, slot);
  startCopying();
  const word = load<u64>(cap);
  if (<i32>(word & 255) != OBJECT_DATASPACE) return stopped(BAD_HANDLE);
  if (!(<i32>(word >> 8) & RIGHT_WRITE)) return stopped(NO_RIGHT);
  const dataspace = <usize>(word >> 32), memory = memoryOf(selector), size = load<i64>(dataspace, S_LENGTH), manages = (<i32>(word >> 8) & RIGHT_MANAGE) != 0;
  stopCopying();
  if (memory < 0 || <u64>offset >= <u64>size) return memory < 0 || offset < 0 ? BAD_ARGUMENT : 0;
  const count = <i64><u32>length < size - offset ? length : <i32>(size - offset);
  if (!inMemory(me, memory, source, count)) return FAULT;
  probeStack();
  const time = machineWall();
  let done = 0, faults = 0, gone = false;
  while (done < count) {
    const at = offset + <i64>done, within = <i32>at & (FRAME_SIZE - 1), page = <u32>(at >> 12);
    const part = count - done < FRAME_SIZE - within ? count - done : FRAME_SIZE - within;
    startCopying();
    if (load<u64>(capAt(current, slot)) != word) return stopped(done > 0 ? done : BAD_HANDLE);
    const entrySlot = pageSlot(dataspace, page);
    let entry = load<u32>(entrySlot);
    if (!entry) {
      // The rest of a page that was there when we began, and was reclaimed meanwhile, is known to the pager only.
      const asks = load<u32>(dataspace, S_PAGER) != 0 && (!manages || (gone && part < FRAME_SIZE));
      const status = at >= load<i64>(dataspace, S_LENGTH) ? stopped(0) : asks ? fault(slot, word, page, 1, part == FRAME_SIZE, faults++) : provide(slot, word, at, page);
      if (status <= 0) return done > 0 ? done : status;
      continue;
    }
    gone = true;
    // (1A) Marked before the copy …
    if ((entry & WRITTEN) != WRITTEN) entry = markWritten(entrySlot, entry);
    if (!entry) continue;
    copyBetween(0, frameAddress(entry) + within, memory, source + done, part);
    noteWrite(dataspace, time);
    // (1B, 2B) … and looked at after it. noteWrite is the fence.
    const seen = atomic.load<u32>(entrySlot);
    if (seen != entry && !markAgain(entrySlot, seen, entry)) continue;
    // (6B)
    const cut = at + <i64>part > atomic.load<i64>(dataspace + S_LENGTH);
    stopCopying();
    if (cut) clearBehind(slot, word);
    done += part;
    faults = 0;
    gone = false;
  }
  return done;
}

/** Somebody cut the Dataspace while we wrote: what we wrote behind its end goes. */
function clearBehind(slot: i32, word: u64): void {
  lockKernel();
  const cap = capAt(current, slot), dataspace = objectOf(cap);
  if (load<u64>(cap) == word) cutTail(dataspace, load<i64>(dataspace, S_LENGTH));
  unlockKernel();
}

/** Stop copying and make the page at offset `at` present: 1, 0 if that is beyond the end by now, or a negated error. */
function provide(slot: i32, word: u64, at: i64, page: u32): i32 {
  stopCopying();
  let patience = LIMBO_WAITS;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot), dataspace = objectOf(cap);
    const status = load<u64>(cap) != word ? BAD_HANDLE : at < load<i64>(dataspace, S_LENGTH) ? providePage(dataspace, page) : 0;
    const soon = framesSoon(status);
    unlockKernel();
    if (!soon || patience-- == 0) return status;
    awaitFrames();
  }
}

/** Whether frames have run out but will come out of limbo in a moment. Kernel lock held. */
@inline export function framesSoon(status: i32): bool {
  const soon = status == NO_MEMORY && limboFilled();
  if (soon) advanceLimbo();
  return soon;
}
export function awaitFrames(): void { sleep(me + T_SERIAL, load<i32>(me + T_SERIAL), 1000000); }

export function dataspaceResize(slot: i32, size: i64): i32 {
  obeyFlags();
  if (size < 0) return BAD_ARGUMENT;
  if (size > MAX_LENGTH) return TOO_LARGE;
  probeStack();
  const time = machineWall();
  let set = false, page: u32 = 0, end: u32 = 0, old: i64 = -1;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot);
    if (kindOf(cap) != OBJECT_DATASPACE) { unlockKernel(); return BAD_HANDLE; }
    if (!(rightsOf(cap) & RIGHT_MANAGE)) { unlockKernel(); return NO_RIGHT; }
    const dataspace = objectOf(cap), length = load<i64>(dataspace, S_LENGTH);
    if (!set && size <= length) {
      // Shrinking: the new size first, so that from now on nobody reads or adds pages beyond it. (6A)
      atomic.store<i64>(dataspace + S_LENGTH, size);
      // Read back, atomically: what follows stays behind it.
      if (atomic.load<i64>(dataspace + S_LENGTH) < length) cutTail(dataspace, size);
      noteWrite(dataspace, time);
      set = true;
      page = pagesOf(size);
      end = pagesOf(length);
    } else if (!set) {
      // Growing: what another one that is cutting it has not dropped yet must not come to light, so that goes first.
      if (length != old) { old = length; page = pagesOf(length); }
      page = dropPages(dataspace, page, pagesOf(size), STEP);
      if (page >= pagesOf(size)) {
        clearTail(dataspace, length);
        store<i64>(dataspace, size, S_LENGTH);
        noteWrite(dataspace, time);
        unlockKernel();
        return OK;
      }
      unlockKernel();
      continue;
    } else if (page < pagesOf(length)) page = pagesOf(length); // Another one has grown it meanwhile: those pages are in use.
    if (page < end) page = dropPages(dataspace, page, end, STEP);
    unlockKernel();
    if (page >= end) return OK;
    obeyFlags();
  }
}

export function dataspaceInfo(slot: i32): i32 {
  obeyFlags();
  clearWordsFrom(0);
  const cap = capAt(current, slot);
  if (kindOf(cap) != OBJECT_DATASPACE) return BAD_HANDLE;
  const dataspace = objectOf(cap);
  setWord(0, load<i64>(dataspace, S_LENGTH));
  setWord(1, <i64>load<u32>(dataspace, S_PRESENT));
  setWord(2, load<i64>(dataspace, S_WRITES));
  setWord(3, load<i64>(dataspace, S_WRITTEN));
  return OK;
}

export function dataspaceSetPager(slot: i32, endpointSlot: i32, badge: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  const cap = capAt(current, slot), target = capAt(current, endpointSlot);
  let status: i32 = OK;
  if (kindOf(cap) != OBJECT_DATASPACE || kindOf(target) != OBJECT_ENDPOINT) status = BAD_HANDLE;
  else if (!(rightsOf(cap) & RIGHT_MANAGE)) status = NO_RIGHT;
  else {
    const dataspace = objectOf(cap), old = <usize>load<u32>(dataspace, S_PAGER);
    reference(OBJECT_ENDPOINT, objectOf(target));
    store<u32>(dataspace, <u32>objectOf(target), S_PAGER);
    store<i32>(dataspace, badge, S_PAGER_BADGE);
    if (old) unreference(OBJECT_ENDPOINT, old);
  }
  unlockKernel();
  return status;
}
