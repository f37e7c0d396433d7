// What only the machine calls: boot, giving Workers their identity, and reclaiming what the dead leave behind.

import {
  CHUNKS, CHUNK_SIZE, D_MOVABLE, D_PENDING, D_STATE, D_THREAD, DOMAIN_CREATED, DOMAIN_DYING, DOMAIN_RUNNING, FLAG_DEAD, H_COUNT_DOMAINS, H_NEXT_CHUNK, PENDING_KILL,
  PENDING_START, PENDING_SUSPEND, DOMAIN_SUSPENDED, FLAG_SUSPENDED, T_CLIENT, T_DEPTH, T_DOMAIN, T_FLAGS, T_INSIDE, T_MEMORY_OF, T_MEMORY_PAGES, T_NUMBER, T_PARK, T_PINS, T_SERIAL, T_STATE, T_CALLS, FLAG_CONDEMNED,
  THREAD_NONE, THREAD_RUNNING, T_COPYING, D_PLACEMENT, H_NEXT_ENDPOINT, H_NEXT_NOTIFICATION, H_NEXT_DATASPACE, H_NEXT_NODE, D_NUMBER,
} from "../../../abi/layout/kernel-memory";
import { FAULT_HANG, MAX_DOMAINS, MAX_THREADS, OBJECT_SYSTEM, RIGHT_ALL, SLOT_SYSTEM } from "../../../abi/layout/limits";
import { me, become, enter, setHolding, setHome, setProgramMemory, setWindowBase, setCaller, setCallerRanges } from "../identity";
import { emptyTable, fillSlot, reserveSlot } from "../object/capability";
import { advanceLimbo, setUpFrames } from "../memory/frames";
import { createDomain, domainAt, interruptThread, killDomain, reapSome } from "../object/domain";
import { breakKernelLock, breakServerLock, lockKernel, unlockKernel } from "../sched/lock";
import { wake } from "../sched/park";
import { threadAt } from "../sched/thread";
import { INTERRUPTED, PEER_DIED } from "../status";

/** Once, by the machine, before any other Worker exists. `frames`: how many fit page memory. */
export function boot(frames: i32): void {
  store<i32>(H_NEXT_CHUNK, 1);
  setUpFrames(frames);
  for (let i = 0; i < MAX_DOMAINS; i++) { store<i32>(domainAt(i) + D_NUMBER, i); emptyTable(domainAt(i)); }
  for (let i = 0; i < MAX_THREADS; i++) store<i32>(threadAt(i) + T_NUMBER, i);
  // Domain 0 is the machine itself.
  store<i32>(domainAt(0) + D_STATE, DOMAIN_RUNNING);
}

/** Make init's domain (number 1), with the System object: its number. */
export function createInit(capQuota: i32, frameQuota: i32): i32 {
  lockKernel();
  const domain = createDomain(capQuota, frameQuota, true);
  reserveSlot(domain, SLOT_SYSTEM);
  fillSlot(domain, SLOT_SYSTEM, OBJECT_SYSTEM, RIGHT_ALL, 0, 0, 0);
  store<i32>(domain, 1, 8);
  unlockKernel();
  return load<i32>(domain + D_NUMBER);
}

/** This kernel instance's Worker is thread `number`. */
export function setThread(number: i32): void { become(threadAt(number), number); }

/** The Worker begins to run domain `number` on its memory `memory`, with a program's memory beside it or 0. */
export function runDomain(number: i32, memory: i32, program: i32): void {
  setHome(domainAt(number), memory);
  enter(domainAt(number), memory);
  setProgramMemory(program);
  setWindowBase(0);
  setHolding(false);
  setCaller(0, 0);
  setCallerRanges(0, 0, 0, 0, 0, 0);
}
/** By this Worker: where the server `domain` is mapped here; 0: nowhere. What stood under that number before may have been larger. */
export function setMemoryOf(domain: i32, memory: i32): void {
  if (memory) store<i32>(me + T_MEMORY_PAGES + (<usize>memory << 2), 0);
  store<u8>(me + T_MEMORY_OF + <usize>domain, <u8>memory);
}

/** By the machine: thread `thread` now belongs to domain `number`, whose code may be called inline if `movable`. False: it died. */
export function attach(number: i32, thread: i32, movable: i32): i32 {
  const domain = domainAt(number), block = threadAt(thread);
  lockKernel();
  const suspended = (load<i32>(domain + D_PENDING) & PENDING_SUSPEND) != 0;
  store<i32>(domain + D_PENDING, load<i32>(domain + D_PENDING) & ~(PENDING_START | PENDING_SUSPEND));
  const alive = load<i32>(domain + D_STATE) == DOMAIN_CREATED;
  if (alive) {
    // What others may still hold against the thread lives on: Reply capabilities its serial (I18), readers of its window a pin.
    const copying = load<i32>(block + T_COPYING), serial = load<i32>(block + T_SERIAL);
    memory.fill(block, 0, T_PINS);
    memory.fill(block + T_PINS + 4, 0, T_NUMBER - T_PINS - 4);
    store<i64>(block + T_CALLS, 0);
    store<i32>(block + T_SERIAL, serial + 1);
    store<i32>(block + T_COPYING, (copying + 1) & ~1);
    memory.fill(block + T_MEMORY_OF, 0, T_MEMORY_PAGES + 64 - T_MEMORY_OF);
    store<i32>(block + T_STATE, THREAD_RUNNING);
    store<u32>(block + T_DOMAIN, <u32>domain);
    store<i32>(domain + D_STATE, suspended ? DOMAIN_SUSPENDED : DOMAIN_RUNNING);
    if (suspended) store<i32>(block + T_FLAGS, FLAG_SUSPENDED);
    store<i32>(domain + D_THREAD, thread + 1);
    store<i32>(domain + D_MOVABLE, movable);
  }
  unlockKernel();
  return alive ? 1 : 0;
}

/** By the machine: a domain failed (trap, bad program, hang). Its text must be written before. */
export function fail(number: i32, reason: i32, status: i32): void {
  lockKernel();
  killDomain(domainAt(number), reason, status);
  unlockKernel();
}

/** By the machine, before it terminates the Worker of thread `thread`: from now on it changes nothing under the kernel lock. */
export function condemn(thread: i32): void {
  lockKernel();
  store<i32>(threadAt(thread) + T_FLAGS, load<i32>(threadAt(thread) + T_FLAGS) | FLAG_CONDEMNED);
  unlockKernel();
}

/** By the machine: break off what a thread waits for inside a server, so that it comes out. */
export function interrupt(thread: i32): void {
  const block = threadAt(thread);
  lockKernel();
  if (load<i32>(block + T_DEPTH) > 0) interruptThread(block, INTERRUPTED);
  unlockKernel();
}

/** By the machine, with proof that thread `thread` runs nothing any more: what it held is released. */
export function detach(thread: i32): void {
  const block = threadAt(thread);
  breakKernelLock(thread);
  lockKernel();
  // Out of the queue that it waits in, if any; its serial changes, so that nobody answers it.
  interruptThread(block, PEER_DIED);
  store<i32>(block + T_SERIAL, load<i32>(block + T_SERIAL) + 1);
  // A server that it did not come out of was left in the middle of something.
  for (let i = load<i32>(block + T_DEPTH) - 1; i >= 0; i--) killDomain(<usize>load<u32>(block + T_INSIDE + (<usize>i << 2)), FAULT_HANG, 137);
  for (let i = 1; i < MAX_DOMAINS; i++) breakServerLock(domainAt(i), thread);
  for (let i = 0; i < MAX_THREADS; i++) {
    const other = threadAt(i);
    atomic.cmpxchg<i32>(other + T_PINS, thread + 1, 0);
    // It may have been ended between leaving a token and notifying.
    if (atomic.load<i32>(other + T_PARK) != 0) wake(other);
  }
  store<i32>(block + T_STATE, THREAD_NONE);
  store<i32>(block + T_FLAGS, 0);
  store<u32>(block + T_DOMAIN, 0);
  store<i32>(block + T_DEPTH, 0);
  store<i32>(block + T_CLIENT, 0);
  atomic.store<i32>(block + T_PARK, 0);
  unlockKernel();
}

/** By the machine, after `detach`: whether the window of a thread may be used by another. */
export function unpinned(thread: i32): i32 { return atomic.load<i32>(threadAt(thread) + T_PINS) == 0 ? 1 : 0; }

/** By the machine: reclaim some of a dead domain's capabilities: 1 when it is done. */
export function reap(number: i32): i32 {
  lockKernel();
  const dying = load<i32>(domainAt(number) + D_STATE) == DOMAIN_DYING, done = !dying || reapSome(domainAt(number), 64);
  // Of one that is not dying the number is another one's, whose start may be pending.
  if (dying && done) store<i32>(domainAt(number) + D_PENDING, 0);
  unlockKernel();
  return done ? 1 : 0;
}

/** By the machine, now and then: free frames that nobody can be reading any more. */
export function tidy(): void {
  lockKernel();
  advanceLimbo();
  unlockKernel();
}
