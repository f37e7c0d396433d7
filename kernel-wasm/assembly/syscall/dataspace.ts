// dataspaceCreate, Read, Write, Resize, Info, SetPager, Evict.
//
// A read of present pages takes no lock: capability check, page entry, copy. See memory/frames for why that is safe.

import { S_DEPTH, S_LENGTH, S_OWNER, S_PAGER, S_PAGER_BADGE, S_PRESENT, S_WRITES, S_WRITTEN, T_COPYING, T_LABEL, TRACE_PAGE_FAULT } from "../../../abi/layout/kernel-memory";
import { FRAME_SIZE, LABEL_PAGE_FAULT, OBJECT_DATASPACE, OBJECT_ENDPOINT, RIGHT_ALL, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, FAULT, NO_MEMORY, NO_RIGHT, OK, TOO_LARGE, WOULD_DEADLOCK } from "../status";
import { current, currentMemory, me, programMemory } from "../identity";
import { copyBetween, inMemory, machineWall } from "../machine";
import { frameAddress } from "../memory/frames";
import { capAt, fillSlot, findSlot, kindOf, objectOf, rightsOf } from "../object/capability";
import { clearTail, createDataspace, dropPages, MAX_LENGTH, pageEntry, providePage } from "../object/dataspace";
import { reference, unreference } from "../object/reference";
import { clearWordsFrom, setWord } from "../registers";
import { lockKernel, unlockKernel } from "../sched/lock";
import { pageFault } from "../sched/page-fault";
import { probeStack } from "../sched/probe";
import { obeyFlags } from "../sched/thread";

const STEP: i32 = 1024;

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

// Plain stores: (1) in memory/frames waits for them to become visible.
@inline function flipCopying(): void { store<i32>(me + T_COPYING, load<i32>(me + T_COPYING) + 1); }

export function dataspaceRead(slot: i32, offset: i64, selector: i32, destination: i32, length: i32): i32 {
  obeyFlags();
  const cap = capAt(current, slot);
  if (kindOf(cap) != OBJECT_DATASPACE) return BAD_HANDLE;
  if (!(rightsOf(cap) & RIGHT_READ)) return NO_RIGHT;
  const dataspace = objectOf(cap), memory = memoryOf(selector), size = load<i64>(dataspace, S_LENGTH);
  if (<u64>offset >= <u64>size) return offset < 0 ? BAD_ARGUMENT : 0;
  const count = <i64><u32>length < size - offset ? length : <i32>(size - offset);
  if (!inMemory(me, memory, destination, count)) return FAULT;
  const within = <i32>offset & (FRAME_SIZE - 1);
  if (within + count <= FRAME_SIZE) {
    flipCopying();
    const frame = pageEntry(dataspace, <u32>(offset >> 12));
    if (frame) {
      copyBetween(memory, destination, 0, frameAddress(frame) + within, count);
      flipCopying();
      return count;
    }
    flipCopying();
  }
  return readPages(dataspace, offset, memory, destination, count);
}

function readPages(dataspace: usize, offset: i64, memory: i32, destination: i32, count: i32): i32 {
  let done = 0;
  while (done < count) {
    const at = offset + <i64>done, within = <i32>at & (FRAME_SIZE - 1), page = <u32>(at >> 12);
    const part = count - done < FRAME_SIZE - within ? count - done : FRAME_SIZE - within;
    flipCopying();
    let frame = pageEntry(dataspace, page);
    if (!frame && load<u32>(dataspace, S_PAGER)) {
      flipCopying();
      const status = pageFault(dataspace, page, <u32>((offset + <i64>count - 1) >> 12) - page + 1);
      if (status < 0) return done > 0 ? done : status;
      flipCopying();
      frame = pageEntry(dataspace, page);
    }
    copyBetween(memory, destination + done, 0, frameAddress(frame) + (frame ? within : 0), part);
    flipCopying();
    done += part;
  }
  return done;
}

export function dataspaceWrite(slot: i32, offset: i64, selector: i32, source: i32, length: i32): i32 {
  obeyFlags();
  const cap = capAt(current, slot);
  if (kindOf(cap) != OBJECT_DATASPACE) return BAD_HANDLE;
  if (!(rightsOf(cap) & RIGHT_WRITE)) return NO_RIGHT;
  const dataspace = objectOf(cap), memory = memoryOf(selector), size = load<i64>(dataspace, S_LENGTH);
  if (<u64>offset >= <u64>size) return offset < 0 ? BAD_ARGUMENT : 0;
  const count = <i64><u32>length < size - offset ? length : <i32>(size - offset);
  if (!inMemory(me, memory, source, count)) return FAULT;
  probeStack();
  const pager = !(rightsOf(cap) & RIGHT_MANAGE) && load<u32>(dataspace, S_PAGER) != 0;
  let done = 0;
  while (done < count) {
    const at = offset + <i64>done, within = <i32>at & (FRAME_SIZE - 1), page = <u32>(at >> 12);
    const part = count - done < FRAME_SIZE - within ? count - done : FRAME_SIZE - within;
    flipCopying();
    let frame = pageEntry(dataspace, page);
    if (!frame) {
      flipCopying();
      if (pager && part < FRAME_SIZE) {
        const status = pageFault(dataspace, page, 1);
        if (status < 0) return done > 0 ? done : status;
      }
      lockKernel();
      // The file may have been cut meanwhile: nothing is written beyond its end.
      const provided = at < load<i64>(dataspace, S_LENGTH) ? providePage(dataspace, page) : 0;
      unlockKernel();
      if (provided <= 0) return done > 0 ? done : provided;
      flipCopying();
      frame = pageEntry(dataspace, page);
    }
    if (frame) copyBetween(0, frameAddress(frame) + within, memory, source + done, part);
    flipCopying();
    done += part;
  }
  store<i64>(dataspace, load<i64>(dataspace, S_WRITES) + 1, S_WRITES);
  store<i64>(dataspace, machineWall(), S_WRITTEN);
  return done;
}

export function dataspaceResize(slot: i32, size: i64): i32 {
  obeyFlags();
  if (size < 0) return BAD_ARGUMENT;
  if (size > MAX_LENGTH) return TOO_LARGE;
  probeStack();
  let page: u32 = <u32>((size + FRAME_SIZE - 1) >> 12), end: u32 = 0, first = true;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot);
    if (kindOf(cap) != OBJECT_DATASPACE) { unlockKernel(); return BAD_HANDLE; }
    if (!(rightsOf(cap) & RIGHT_MANAGE)) { unlockKernel(); return NO_RIGHT; }
    const dataspace = objectOf(cap);
    if (first) {
      // The new size first: from now on nobody reads or adds pages beyond it.
      const old = load<i64>(dataspace, S_LENGTH);
      end = <u32>((old + FRAME_SIZE - 1) >> 12);
      if (size < old) clearTail(dataspace, size);
      store<i64>(dataspace, size, S_LENGTH);
      store<i64>(dataspace, load<i64>(dataspace, S_WRITES) + 1, S_WRITES);
      store<i64>(dataspace, machineWall(), S_WRITTEN);
      first = false;
    }
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
