// dataspaceSupply, Marks, NextDirty, Reclaim, Evict: what a pager does with the pages of a Dataspace. All need the right Manage, and
// go in steps under the kernel lock. Races with those who read and write the pages are in object/page-marks.

import { S_LENGTH, S_PRESENT } from "../../../abi/layout/kernel-memory";
import { FRAME_SIZE, MARK_DIRTY, MARK_PAGES, MARK_REFERENCED, OBJECT_DATASPACE, RIGHT_MANAGE } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, FAULT, NO_RIGHT, NOT_FOUND, OK } from "../status";
import { current, currentMemory, me } from "../identity";
import { inMemory } from "../machine";
import { capAt, kindOf, objectOf, rightsOf } from "../object/capability";
import { dropPages, pageSlot, pagesOf, reclaimPages, seekDirty, supplyPage } from "../object/dataspace";
import { clearMarks, DIRTY, marksOf, REFERENCED } from "../object/page-marks";
import { clearWordsFrom, setWord } from "../registers";
import { lockKernel, unlockKernel } from "../sched/lock";
import { probeStack } from "../sched/probe";
import { obeyFlags } from "../sched/thread";
import { awaitFrames, framesSoon, LIMBO_WAITS, STEP } from "./dataspace";

/** 0, or a negated error. Kernel lock held. */
function manages(cap: usize): i32 { return kindOf(cap) != OBJECT_DATASPACE ? BAD_HANDLE : rightsOf(cap) & RIGHT_MANAGE ? OK : NO_RIGHT; }

export function dataspaceSupply(slot: i32, offset: i64, source: i32, length: i32): i32 {
  obeyFlags();
  if (offset < 0 || length < 0 || (<i32>offset & (FRAME_SIZE - 1)) != 0) return BAD_ARGUMENT;
  if (!inMemory(me, currentMemory, source, length)) return FAULT;
  probeStack();
  let done = 0, patience = LIMBO_WAITS;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot), refused = manages(cap);
    if (refused < 0) { unlockKernel(); return done > 0 ? done : refused; }
    const dataspace = objectOf(cap), at = offset + <i64>done, rest = load<i64>(dataspace, S_LENGTH) - at;
    const part = length - done < FRAME_SIZE ? length - done : FRAME_SIZE, bytes = <i64>part < rest ? part : rest > 0 ? <i32>rest : 0;
    // Less than a page only where the Dataspace ends.
    const status = bytes == 0 ? 0 : (length & (FRAME_SIZE - 1)) != 0 && <i64>(length - done) < rest ? BAD_ARGUMENT : supplyPage(dataspace, <u32>(at >> 12), currentMemory, source + done, bytes);
    const soon = framesSoon(status);
    unlockKernel();
    if (status > 0) { done += bytes; if (bytes < FRAME_SIZE || done == length) return done; continue; }
    if (!soon || patience-- == 0) return done > 0 ? done : status;
    awaitFrames();
  }
}

export function dataspaceMarks(slot: i32, first: i32, count: i32, clear: i32): i32 {
  obeyFlags();
  clearWordsFrom(0);
  if (first < 0 || count < 1 || count > MARK_PAGES || (clear & ~(MARK_DIRTY | MARK_REFERENCED)) != 0) return BAD_ARGUMENT;
  probeStack();
  lockKernel();
  const cap = capAt(current, slot), refused = manages(cap);
  let present: u64 = 0, dirty: u64 = 0, referenced: u64 = 0;
  if (refused == OK) {
    const dataspace = objectOf(cap), marks = marksOf(clear);
    for (let i = 0; i < count; i++) {
      const entry = clearMarks(pageSlot(dataspace, <u32>(first + i)), marks);
      if (entry) present |= 1 << <u64>i;
      if (entry & DIRTY) dirty |= 1 << <u64>i;
      if (entry & REFERENCED) referenced |= 1 << <u64>i;
    }
  }
  unlockKernel();
  setWord(0, <i64>present);
  setWord(1, <i64>dirty);
  setWord(2, <i64>referenced);
  return refused;
}

export function dataspaceNextDirty(slot: i32, first: i32): i32 {
  obeyFlags();
  if (first < 0) return BAD_ARGUMENT;
  probeStack();
  let page = <u32>first;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot), refused = manages(cap);
    if (refused < 0) { unlockKernel(); return refused; }
    const dataspace = objectOf(cap), end = pagesOf(load<i64>(dataspace, S_LENGTH));
    page = page < end ? seekDirty(dataspace, page, end, STEP) : end;
    const found = page < end && (load<u32>(pageSlot(dataspace, page)) & DIRTY) != 0;
    unlockKernel();
    if (found) return <i32>page;
    if (page >= end) return NOT_FOUND;
    obeyFlags();
  }
}

export function dataspaceReclaim(slot: i32, first: i32, count: i32): i32 {
  obeyFlags();
  if (first < 0 || count < 0) return BAD_ARGUMENT;
  probeStack();
  const end = <u32>first + <u32>count;
  let page = <u32>first, reclaimed = 0;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot), refused = manages(cap);
    if (refused < 0) { unlockKernel(); return refused; }
    const dataspace = objectOf(cap), before = load<i32>(dataspace, S_PRESENT);
    page = reclaimPages(dataspace, page, end, STEP);
    reclaimed += before - load<i32>(dataspace, S_PRESENT);
    unlockKernel();
    if (page >= end) return reclaimed;
    obeyFlags();
  }
}

export function dataspaceEvict(slot: i32, first: i32, count: i32): i32 {
  obeyFlags();
  if (first < 0 || count < 0) return BAD_ARGUMENT;
  probeStack();
  const end = <u32>first + <u32>count;
  let page = <u32>first;
  while (true) {
    lockKernel();
    const cap = capAt(current, slot), refused = manages(cap);
    if (refused < 0) { unlockKernel(); return refused; }
    page = dropPages(objectOf(cap), page, end, STEP);
    unlockKernel();
    if (page >= end) return OK;
    obeyFlags();
  }
}
