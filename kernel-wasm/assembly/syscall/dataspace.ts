// dataspaceCreate, Read, Write, Resize, Info, SetPager, Evict.
//
// A read of present pages takes no lock: capability check, page entry, copy. See memory/frames for why that is safe.

import { S_LENGTH, S_PAGER, S_PAGER_BADGE, S_PRESENT, S_WRITES, S_WRITTEN, T_COPYING, T_SERIAL } from "../../../abi/layout/kernel-memory";
import { FRAME_SIZE, OBJECT_DATASPACE, OBJECT_ENDPOINT, RIGHT_ALL, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, FAULT, NO_MEMORY, NO_RIGHT, OK, TOO_LARGE } from "../status";
import { current, currentMemory, me, programMemory } from "../identity";
import { copyBetween, inMemory, machineWall } from "../machine";
import { advanceLimbo, frameAddress, limboFilled } from "../memory/frames";
import { capAt, fillSlot, findSlot, kindOf, objectOf, rightsOf } from "../object/capability";
import { clearTail, createDataspace, dropPages, MAX_LENGTH, noteWrite, pageEntry, pagesOf, providePage } from "../object/dataspace";
import { reference, unreference } from "../object/reference";
import { clearWordsFrom, setWord } from "../registers";
import { lockKernel, unlockKernel } from "../sched/lock";
import { pageFault } from "../sched/page-fault";
import { probeStack } from "../sched/probe";
import { obeyFlags } from "../sched/thread";
import { sleep } from "../sched/sleep";

const STEP: i32 = 1024;
/** How many milliseconds a writer waits for frames that are about to be free. */
const LIMBO_WAITS: i32 = 20;

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

@inline function memoryOf(selector: i32): i32 { return selector ? programMemory : currentMemory; }

// Plain stores: (1) in memory/frames waits for them to become visible. Whatever a trap left behind, odd and even come out right.
@inline function startCopying(): void { store<i32>(me + T_COPYING, (load<i32>(me + T_COPYING) + 1) | 1); }
@inline function stopCopying(): void { store<i32>(me + T_COPYING, (load<i32>(me + T_COPYING) | 1) + 1); }

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
  if (<u64>offset >= <u64>size) return stopped(offset < 0 ? BAD_ARGUMENT : 0);
  const count = <i64><u32>length < size - offset ? length : <i32>(size - offset);
  if (!inMemory(me, memory, destination, count)) return stopped(FAULT);
  const within = <i32>offset & (FRAME_SIZE - 1);
  if (within + count <= FRAME_SIZE) {
    const frame = pageEntry(dataspace, <u32>(offset >> 12));
    if (frame) {
      copyBetween(memory, destination, 0, frameAddress(frame) + within, count);
      stopCopying();
      return count;
    }
  }
  stopCopying();
  return readPages(slot, word, offset, memory, destination, count);
}

function readPages(slot: i32, word: u64, offset: i64, memory: i32, destination: i32, count: i32): i32 {
  const dataspace = <usize>(word >> 32);
  let done = 0;
  while (done < count) {
    const at = offset + <i64>done, within = <i32>at & (FRAME_SIZE - 1), page = <u32>(at >> 12);
    const part = count - done < FRAME_SIZE - within ? count - done : FRAME_SIZE - within;
    startCopying();
    if (load<u64>(capAt(current, slot)) != word) return stopped(done > 0 ? done : BAD_HANDLE);
    let frame = pageEntry(dataspace, page);
    if (!frame && load<u32>(dataspace, S_PAGER)) {
      stopCopying();
      const status = pageFault(slot, word, page, <u32>((offset + <i64>count - 1) >> 12) - page + 1);
      if (status < 0) return done > 0 ? done : status;
      startCopying();
      if (load<u64>(capAt(current, slot)) != word) return stopped(done > 0 ? done : BAD_HANDLE);
      frame = pageEntry(dataspace, page);
    }
    copyBetween(memory, destination + done, 0, frameAddress(frame) + (frame ? within : 0), part);
    stopCopying();
    done += part;
  }
  return done;
}

export function dataspaceWrite(slot: i32, offset: i64, selector: i32, source: i32, length: i32): i32 {
  obeyFlags();
  const cap = capAt(current, slot);
  startCopying();
  const word = load<u64>(cap);
  if (<i32>(word & 255) != OBJECT_DATASPACE) return stopped(BAD_HANDLE);
  if (!(<i32>(word >> 8) & RIGHT_WRITE)) return stopped(NO_RIGHT);
  const dataspace = <usize>(word >> 32), memory = memoryOf(selector), size = load<i64>(dataspace, S_LENGTH);
  const pager = !(<i32>(word >> 8) & RIGHT_MANAGE) && load<u32>(dataspace, S_PAGER) != 0;
  stopCopying();
  if (<u64>offset >= <u64>size) return offset < 0 ? BAD_ARGUMENT : 0;
  const count = <i64><u32>length < size - offset ? length : <i32>(size - offset);
  if (!inMemory(me, memory, source, count)) return FAULT;
  probeStack();
  const time = machineWall();
  let done = 0;
  while (done < count) {
    const at = offset + <i64>done, within = <i32>at & (FRAME_SIZE - 1), page = <u32>(at >> 12);
    const part = count - done < FRAME_SIZE - within ? count - done : FRAME_SIZE - within;
    startCopying();
    if (load<u64>(capAt(current, slot)) != word) return stopped(done > 0 ? done : BAD_HANDLE);
    let frame = pageEntry(dataspace, page);
    if (!frame) {
      stopCopying();
      if (pager && part < FRAME_SIZE) {
        const status = pageFault(slot, word, page, 1);
        if (status < 0) return done > 0 ? done : status;
      }
      const provided = provide(slot, word, at, page);
      if (provided <= 0) return done > 0 ? done : provided;
      startCopying();
      if (load<u64>(capAt(current, slot)) != word) return stopped(done > 0 ? done : BAD_HANDLE);
      frame = pageEntry(dataspace, page);
    }
    // Absent again: somebody cut or evicted it meanwhile, so what is written is lost as if it had been written before.
    if (frame) copyBetween(0, frameAddress(frame) + within, memory, source + done, part);
    noteWrite(dataspace, time);
    stopCopying();
    done += part;
  }
  return done;
}

/** Make the page at offset `at` present: its frame, 0 if that is beyond the end by now, or a negated error. */
function provide(slot: i32, word: u64, at: i64, page: u32): i32 {
  let patience = LIMBO_WAITS;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot), dataspace = objectOf(cap);
    const status = load<u64>(cap) != word ? BAD_HANDLE : at < load<i64>(dataspace, S_LENGTH) ? providePage(dataspace, page) : 0;
    const soon = status == NO_MEMORY && limboFilled();
    if (soon) advanceLimbo();
    unlockKernel();
    if (!soon || patience-- == 0) return status;
    // Frames that were freed just now come out of limbo in a moment.
    sleep(me + T_SERIAL, load<i32>(me + T_SERIAL), 1000000);
  }
}

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
      // Shrinking: the new size first, so that from now on nobody reads or adds pages beyond it.
      clearTail(dataspace, size);
      store<i64>(dataspace, size, S_LENGTH);
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

export function dataspaceEvict(slot: i32, firstPage: i32, count: i32): i32 {
  obeyFlags();
  if (firstPage < 0 || count < 0) return BAD_ARGUMENT;
  probeStack();
  let page = <u32>firstPage;
  const end = page + <u32>count;
  while (page < end) {
    lockKernel();
    const cap = capAt(current, slot);
    if (kindOf(cap) != OBJECT_DATASPACE) { unlockKernel(); return BAD_HANDLE; }
    if (!(rightsOf(cap) & RIGHT_MANAGE)) { unlockKernel(); return NO_RIGHT; }
    page = dropPages(objectOf(cap), page, end, STEP);
    unlockKernel();
  }
  return OK;
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
