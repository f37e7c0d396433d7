// Domain: a protection domain: a capability table, quotas, a fault endpoint and, while it runs, a Worker.
//
//   unused --create--> created --start--> running <--> suspended
//   any of these --kill, exit, trap--> dying --machine acknowledges--> gone --last reference--> unused
//
// Killing marks it and wakes everyone concerned at once; its capabilities are reclaimed in steps once its Workers have
// acknowledged. The number of a domain is used again only after that.

import {
  DOMAINS, DOMAIN_SIZE, D_STATE, D_GENERATION, D_REFERENCES, D_CAP_QUOTA, D_FRAME_QUOTA, D_FAULT_ENDPOINT, D_FAULT_BADGE, D_NUMBER, D_INCARNATION,
  D_REASON, D_EXIT_STATUS, D_PENDING, D_NOTICE_NEXT, D_NOTICE_QUEUED, D_DATASPACE, D_TEXT_LENGTH, D_REAP_SLOT, D_DIRECTORY, D_NEXT_SLOT,
  D_CAPS, D_LOCK, H_COUNT_DOMAINS, H_DOORBELL, DOMAIN_UNUSED, DOMAIN_CREATED, DOMAIN_RUNNING, DOMAIN_SUSPENDED, DOMAIN_DYING, DOMAIN_GONE, PENDING_KILL, PENDING_START,
  THREADS, THREAD_SIZE, T_STATE, T_DOMAIN, T_FLAGS, T_WAITS_ON, T_SERVER, THREAD_NONE, THREAD_RUNNING, THREAD_SENDING, THREAD_RECEIVING,
  THREAD_REPLY, THREAD_WAITING, FLAG_DEAD, FLAG_SUSPENDED, E_SENDERS_HEAD, E_RECEIVERS_HEAD, E_NOTICES, E_DOMAIN, N_WAITERS_HEAD, T_DEPTH, T_INSIDE, T_MEMORY_OF, FLAG_EXPELLED,
  CHUNKS, CALL_COUNTS,
} from "../../../abi/layout/kernel-memory";
import { MAX_DOMAINS, MAX_THREADS, DOMAINS_FOR_SERVERS, OBJECT_DATASPACE, OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NONE } from "../../../abi/layout/limits";
import { PEER_DIED, TRY_AGAIN } from "../status";
import { bump } from "./pool";
import { capAt, kindOf, deleteCap, emptyTable, freeTable } from "./capability";
import { reference, unreference } from "./reference";
import { releaseThread } from "./endpoint";
import { offerNotice } from "./endpoint-queue";
import { removeFromQueue } from "../sched/queue";

@inline export function domainAt(number: i32): usize { return DOMAINS + <usize>number * DOMAIN_SIZE; }
@inline export function numberOf(domain: usize): i32 { return load<i32>(domain + D_NUMBER); }

/** Ring for the machine. */
export function ringMachine(): void {
  atomic.add<i32>(H_DOORBELL, 1);
  atomic.notify(H_DOORBELL, 1);
}

/** A new domain without references, or 0 with all numbers taken; a process may not take those kept for servers. */
export function createDomain(capQuota: i32, frameQuota: i32, server: bool): usize {
  const limit = server ? MAX_DOMAINS : MAX_DOMAINS - DOMAINS_FOR_SERVERS;
  let used = 0;
  for (let i = 1; i < MAX_DOMAINS; i++) if (load<i32>(domainAt(i) + D_STATE) != DOMAIN_UNUSED) used++;
  if (used >= limit - 1) return 0;
  for (let i = 1; i < MAX_DOMAINS; i++) {
    const domain = domainAt(i);
    if (load<i32>(domain + D_STATE) != DOMAIN_UNUSED) continue;
    const generation = load<i32>(domain + D_GENERATION);
    // Not the server lock: a thread that waited for it when the number's last holder died may hold it for a moment still.
    memory.fill(domain, 0, D_LOCK);
    memory.fill(domain + D_LOCK + 4, 0, D_DIRECTORY - D_LOCK - 4);
    store<i32>(domain + D_GENERATION, generation + 1);
    store<i32>(domain + D_NUMBER, i);
    store<i32>(domain + D_INCARNATION, generation + 1);
    store<i32>(domain + D_STATE, DOMAIN_CREATED);
    store<i32>(domain + D_CAP_QUOTA, capQuota);
    store<i32>(domain + D_FRAME_QUOTA, frameQuota);
    emptyTable(domain);
    for (let j = 0; j < MAX_DOMAINS; j++) store<i32>(CALL_COUNTS + <usize>(i * MAX_DOMAINS + j) * 4, 0);
    for (let j = 0; j < MAX_DOMAINS; j++) store<i32>(CALL_COUNTS + <usize>(j * MAX_DOMAINS + i) * 4, 0);
    // No Worker has this new domain's memory mapped, whatever the number's last holder was.
    for (let j = 0; j < MAX_THREADS; j++) store<u8>(THREADS + <usize>j * THREAD_SIZE + T_MEMORY_OF + <usize>i, 0);
    bump(H_COUNT_DOMAINS, 1);
    return domain;
  }
  return 0;
}

export function setFaultEndpoint(domain: usize, endpoint: usize, badge: i32): void {
  store<u32>(domain + D_FAULT_ENDPOINT, <u32>endpoint);
  store<i32>(domain + D_FAULT_BADGE, badge);
  reference(OBJECT_ENDPOINT, endpoint);
}

@inline export function isDead(domain: usize): bool { return load<i32>(domain + D_STATE) >= DOMAIN_DYING; }

/** Break off the wait of a blocked thread. */
export function interruptThread(thread: usize, status: i32): void {
  const object = <usize>load<u32>(thread + T_WAITS_ON);
  switch (load<i32>(thread + T_STATE)) {
    case THREAD_SENDING: removeFromQueue(object + E_SENDERS_HEAD, thread); break;
    case THREAD_RECEIVING: removeFromQueue(object + E_RECEIVERS_HEAD, thread); break;
    case THREAD_WAITING: removeFromQueue(object + N_WAITERS_HEAD, thread); break;
    case THREAD_REPLY: break;
    default: return;
  }
  releaseThread(thread, status);
}

/** Mark a domain dead, wake its threads and all who wait for it, send its notice. Bounded; kernel lock held. */
export function killDomain(domain: usize, reason: i32, status: i32): void {
  const state = load<i32>(domain + D_STATE);
  if (state == DOMAIN_UNUSED || state >= DOMAIN_DYING) return;
  store<i32>(domain + D_STATE, DOMAIN_DYING);
  store<i32>(domain + D_REASON, reason);
  store<i32>(domain + D_EXIT_STATUS, status);
  for (let i = 0; i < MAX_THREADS; i++) {
    const thread = THREADS + <usize>i * THREAD_SIZE;
    const state = load<i32>(thread + T_STATE);
    if (state == THREAD_NONE) continue;
    if (<usize>load<u32>(thread + T_DOMAIN) == domain) {
      // (1) A thread inside another domain first finishes that call; it looks at this flag when it comes back.
      store<i32>(thread + T_FLAGS, (load<i32>(thread + T_FLAGS) | FLAG_DEAD) & ~FLAG_SUSPENDED);
      atomic.notify(thread + T_FLAGS, 1);
      if (state != THREAD_RUNNING && load<i32>(thread + T_DEPTH) == 0) interruptThread(thread, PEER_DIED);
      continue;
    }
    // (2) Code of the domain in other Workers: what it waits for is broken off, and it ends at its next look at the flags. Deeper
    // ones finish the call that they are in first.
    const depth = load<i32>(thread + T_DEPTH);
    let inside = false;
    for (let j = 0; j < depth; j++) if (<usize>load<u32>(thread + T_INSIDE + (<usize>j << 2)) == domain) inside = true;
    if (inside) {
      store<i32>(thread + T_FLAGS, load<i32>(thread + T_FLAGS) | FLAG_EXPELLED);
      if (<usize>load<u32>(thread + T_INSIDE + (<usize>(depth - 1) << 2)) == domain) { interruptThread(thread, PEER_DIED); continue; }
    }
    if (state == THREAD_REPLY && <usize>load<u32>(thread + T_SERVER) == domain) interruptThread(thread, PEER_DIED);
    else if (state == THREAD_SENDING && <usize>load<u32>(<usize>load<u32>(thread + T_WAITS_ON) + E_DOMAIN) == domain) interruptThread(thread, PEER_DIED);
  }
  const fault = <usize>load<u32>(domain + D_FAULT_ENDPOINT);
  if (fault && !load<i32>(domain + D_NOTICE_QUEUED)) {
    store<i32>(domain + D_NOTICE_QUEUED, 1);
    reference(OBJECT_DOMAIN, domain);
    // In the order of dying: append.
    store<u32>(domain + D_NOTICE_NEXT, 0);
    let link = fault + E_NOTICES;
    while (load<u32>(link)) link = <usize>load<u32>(link) + D_NOTICE_NEXT;
    store<u32>(link, <u32>domain);
    offerNotice(fault);
  }
  bump(domain + D_REFERENCES, 1);
  store<i32>(domain + D_PENDING, (load<i32>(domain + D_PENDING) & ~PENDING_START) | PENDING_KILL);
  ringMachine();
}

/** Delete up to `limit` capabilities of a dead domain: whether its table is empty and the domain gone. Kernel lock held. */
export function reapSome(domain: usize, limit: i32): bool {
  let slot = load<i32>(domain + D_REAP_SLOT);
  const end = load<i32>(domain + D_NEXT_SLOT);
  while (slot < end && limit > 0) {
    if ((slot & 255) == 0 && load<u32>(domain + D_DIRECTORY + (<usize>(slot >> 8) << 2)) == CHUNKS) { slot += 256; continue; }
    const cap = capAt(domain, slot);
    if (kindOf(cap) != OBJECT_NONE) { deleteCap(cap); limit--; }
    slot++;
  }
  store<i32>(domain + D_REAP_SLOT, slot);
  if (slot < end) return false;
  freeTable(domain);
  const dataspace = <usize>load<u32>(domain + D_DATASPACE);
  if (dataspace) { store<u32>(domain + D_DATASPACE, 0); unreference(OBJECT_DATASPACE, dataspace); }
  const fault = <usize>load<u32>(domain + D_FAULT_ENDPOINT);
  if (fault) { store<u32>(domain + D_FAULT_ENDPOINT, 0); unreference(OBJECT_ENDPOINT, fault); }
  store<i32>(domain + D_STATE, DOMAIN_GONE);
  unreference(OBJECT_DOMAIN, domain);
  return true;
}

/** The last reference is gone: its capabilities' went before, so it is dead, and its number may be used again. */
export function destroyDomain(domain: usize): void {
  if (load<i32>(domain + D_STATE) != DOMAIN_GONE) return;
  store<i32>(domain + D_STATE, DOMAIN_UNUSED);
  store<i32>(domain + D_TEXT_LENGTH, 0);
  bump(H_COUNT_DOMAINS, -1);
}
