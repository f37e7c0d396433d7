// Checks everything that must hold of kernel memory (docs/invariants.md, by number) while the system runs: it takes the kernel lock as
// the machine's thread, looks, and gives it back, so what it sees is one consistent state.
//
//   expect(brokenInvariants(machine.kernelMemory)).toEqual([]);
//
// Must run in the machine's thread, and changes nothing but the lock word.

import * as L from "../../abi/layout/kernel-memory.ts";
import { MAX_DOMAINS, MAX_THREADS, OBJECT_DATASPACE, OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_REPLY, OBJECT_SYSTEM, SLOT_FIRST_FREE } from "../../abi/layout/limits.ts";
import { checkDataspaces } from "./invariants-dataspace.ts";
import { withKernelLock } from "./kernel-lock.ts";
import { Snapshot } from "./snapshot.ts";

/** Sentences about what is broken; none if all is well. */
export function brokenInvariants(memory: WebAssembly.Memory): string[] {
  return withKernelLock(memory, () => {
    const kernel = new Snapshot(memory);
    checkCapabilities(kernel);
    checkObjects(kernel);
    checkQueues(kernel);
    checkDomains(kernel);
    checkDataspaces(kernel);
    return kernel.broken;
  });
}

/** I1, I3, I11. Also counts the references that capabilities are. */
function checkCapabilities(k: Snapshot): void {
  const chunks = new Map<number, string>();
  let caps = 0, replies = 0;
  for (const free of k.list("I11 free chunks", L.H_FREE_CHUNK, L.C_EXTRA)) chunks.set(free, "free");
  for (let number = 1; number < MAX_DOMAINS; number++) {
    const domain = k.domain(number), state = k.u32(domain + L.D_STATE);
    const filled = new Set<number>(), empty = new Set<number>(), next = k.u32(domain + L.D_NEXT_SLOT);
    for (let index = 0; index < 256; index++) {
      const chunk = k.u32(domain + L.D_DIRECTORY + index * 4);
      if (chunk === L.CHUNKS || chunk === 0) continue;
      k.expect(!chunks.has(chunk), `I11 chunk ${chunk} of domain ${number} is also ${chunks.get(chunk)}`);
      chunks.set(chunk, `of domain ${number}`);
      k.expect(state !== L.DOMAIN_UNUSED && state !== L.DOMAIN_GONE, `I11 domain ${number} in state ${state} has a chunk`);
      for (let i = 0; i < 256; i++) {
        const cap = chunk + i * 64, slot = index * 256 + i;
        if (k.u8(cap) === 0) { if (slot >= SLOT_FIRST_FREE && slot < next) empty.add(slot); continue; }
        filled.add(slot);
        k.expect(k.u32(cap + L.C_WHERE) === ((number << 16) | slot) >>> 0, `I3 capability ${number}:${slot} says it is ${k.u32(cap + L.C_WHERE).toString(16)}`);
        k.expect(slot < SLOT_FIRST_FREE || slot < next, `I3 slot ${number}:${slot} is filled beyond the next fresh one`);
        if (k.u8(cap) === OBJECT_REPLY) replies++; else k.refer(k.u8(cap), k.u32(cap + L.C_OBJECT), `${number}:${slot}`);
        checkTree(k, cap, `${number}:${slot}`);
      }
    }
    caps += filled.size;
    if (state === L.DOMAIN_UNUSED) continue;
    k.expect(k.u32(domain + L.D_CAPS) === filled.size, `I3 domain ${number} counts ${k.u32(domain + L.D_CAPS)} capabilities and has ${filled.size}`);
    for (let slot = k.u32(domain + L.D_FREE_SLOT), steps = 0; slot && state < L.DOMAIN_GONE; steps++) {
      if (steps > 65536 || !empty.delete(slot)) { k.expect(false, `I3 free slots of domain ${number}: ${slot} is not free, or is listed twice`); break; }
      slot = k.u32(k.u32(domain + L.D_DIRECTORY + (slot >> 8) * 4) + (slot & 255) * 64 + L.C_EXTRA);
    }
    if (state < L.DOMAIN_GONE) k.expect(empty.size === 0, `I3 domain ${number} has lost ${empty.size} free slots: ${[...empty].slice(0, 5)}`);
  }
  k.expect(k.u32(L.H_COUNT_CAPS) === caps, `I3 ${k.u32(L.H_COUNT_CAPS)} capabilities counted, ${caps} found`);
  k.expect(k.u32(L.H_COUNT_REPLIES) === replies, `I3 ${k.u32(L.H_COUNT_REPLIES)} replies counted, ${replies} found`);
  for (let chunk = 1; chunk < k.u32(L.H_NEXT_CHUNK); chunk++) k.expect(chunks.has(L.CHUNKS + chunk * L.CHUNK_SIZE), `I11 chunk ${chunk} is lost`);
}

function checkTree(k: Snapshot, cap: number, name: string): void {
  const parent = k.u32(cap + L.C_PARENT), previous = k.u32(cap + L.C_PREVIOUS), next = k.u32(cap + L.C_NEXT);
  if (parent === 0) k.expect(previous === 0 && next === 0, `I1 root ${name} has siblings`);
  else {
    k.expect(k.u8(parent) === k.u8(cap) && k.u32(parent + L.C_OBJECT) === k.u32(cap + L.C_OBJECT), `I1 ${name} names another object than its parent`);
    k.expect((k.u8(cap + 1) & ~k.u8(parent + 1)) === 0, `I1 ${name} has rights that its parent lacks`);
    k.expect(k.u32(parent + L.C_BADGE) === 0 || k.u32(parent + L.C_BADGE) === k.u32(cap + L.C_BADGE), `I1 ${name} has another badge than its parent`);
    k.expect(previous ? k.u32(previous + L.C_NEXT) === cap && k.u32(previous + L.C_PARENT) === parent : k.u32(parent + L.C_FIRST_CHILD) === cap, `I1 ${name} is not where its parent's list has it`);
    if (next) k.expect(k.u32(next + L.C_PREVIOUS) === cap && k.u32(next + L.C_PARENT) === parent, `I1 the sibling after ${name} does not know it`);
  }
  const child = k.u32(cap + L.C_FIRST_CHILD);
  if (child) k.expect(k.u8(child) !== 0 && k.u32(child + L.C_PARENT) === cap && k.u32(child + L.C_PREVIOUS) === 0, `I1 the first child of ${name} does not know it`);
  if (k.u32(cap) & L.CAP_FLAG_ORPHAN_QUEUED) k.orphans.add(cap);
}

/** I6, I12, I13: endpoints and notifications; adds the references that they are. */
function checkObjects(k: Snapshot): void {
  const endpoints = k.pool("endpoint", L.ENDPOINTS, L.ENDPOINT_SIZE, L.H_NEXT_ENDPOINT, L.H_FREE_ENDPOINT, L.E_NEXT_FREE, L.H_COUNT_ENDPOINTS);
  const notifications = k.pool("notification", L.NOTIFICATIONS, L.NOTIFICATION_SIZE, L.H_NEXT_NOTIFICATION, L.H_FREE_NOTIFICATION, L.N_NEXT_FREE, L.H_COUNT_NOTIFICATIONS);
  for (const endpoint of endpoints) {
    const bound = k.u32(endpoint + L.E_NOTIFICATION);
    if (bound) { k.refer(OBJECT_NOTIFICATION, bound, "a binding"); k.expect(k.u32(bound + L.N_ENDPOINT) === endpoint, `I13 notification ${bound} is bound elsewhere than ${endpoint}`); }
    for (const orphan of k.list(`I12 orphans of ${endpoint}`, endpoint + L.E_ORPHANS, L.C_ORPHAN_NEXT)) {
      k.expect(k.orphans.delete(orphan), `I12 capability ${orphan} is listed as an orphan and is none`);
      k.expect(k.u32(orphan + L.C_OBJECT) === endpoint, `I12 orphan ${orphan} belongs to another endpoint`);
    }
    for (const dead of k.list(`I12 notices of ${endpoint}`, endpoint + L.E_NOTICES, L.D_NOTICE_NEXT)) {
      k.expect(k.u32(dead + L.D_NOTICE_QUEUED) === 1 && k.u32(dead + L.D_STATE) >= L.DOMAIN_DYING, `I12 a notice of ${dead}, which is alive`);
      k.refer(OBJECT_DOMAIN, dead, "a notice");
    }
  }
  k.expect(k.orphans.size === 0, `I12 orphans that no endpoint lists: ${[...k.orphans]}`);
  for (const notification of notifications) {
    const endpoint = k.u32(notification + L.N_ENDPOINT);
    if (endpoint) k.expect(k.u32(endpoint + L.E_NOTIFICATION) === notification, `I13 endpoint ${endpoint} has another notification than ${notification}`);
  }
  k.endpoints = endpoints;
  k.notifications = notifications;
}

/** I5, I8. */
function checkQueues(k: Snapshot): void {
  const queued = new Map<number, number>();
  const walk = (object: number, head: number, state: number): number => {
    let previous = 0, count = 0;
    for (let thread = k.u32(object + head); thread; thread = k.u32(thread + L.T_QUEUE_NEXT)) {
      if (queued.has(thread) || count > MAX_THREADS) { k.expect(false, `I5 thread ${k.thread(thread)} is queued twice`); return count; }
      queued.set(thread, state);
      k.expect(k.u32(thread + L.T_STATE) === state && k.u32(thread + L.T_WAITS_ON) === object, `I5 thread ${k.thread(thread)} in state ${k.u32(thread + L.T_STATE)} is in a queue of state ${state}`);
      k.expect(k.u32(thread + L.T_QUEUE_PREVIOUS) === previous, `I5 thread ${k.thread(thread)} has the wrong one before it`);
      if (state === L.THREAD_RECEIVING) k.expect(k.u32(thread + L.T_DOMAIN) === k.u32(object + L.E_DOMAIN), `I5 thread ${k.thread(thread)} receives where another domain answers`);
      previous = thread;
      count++;
    }
    k.expect(k.u32(object + head + 4) === previous, `I5 the tail of the queue at ${object} is wrong`);
    return count;
  };
  for (const endpoint of k.endpoints) {
    const senders = walk(endpoint, L.E_SENDERS_HEAD, L.THREAD_SENDING), receivers = walk(endpoint, L.E_RECEIVERS_HEAD, L.THREAD_RECEIVING);
    k.expect(senders === 0 || receivers === 0, `I5 endpoint ${endpoint} has ${senders} senders and ${receivers} receivers`);
  }
  for (const notification of k.notifications) walk(notification, L.N_WAITERS_HEAD, L.THREAD_WAITING);
  for (let i = 0; i < MAX_THREADS; i++) {
    const thread = L.THREADS + i * L.THREAD_SIZE, state = k.u32(thread + L.T_STATE);
    k.expect(state === (queued.get(thread) ?? state) && (queued.has(thread) || ![L.THREAD_SENDING, L.THREAD_RECEIVING, L.THREAD_WAITING].includes(state as 2)), `I5 thread ${i} in state ${state} is in no queue`);
    if (state > L.THREAD_RUNNING) {
      k.expect(k.u32(thread + L.T_PARK) === 0, `I8 thread ${i} is blocked and has a token`);
      const dead = (k.u32(thread + L.T_FLAGS) & L.FLAG_DEAD) !== 0;
      k.expect(!dead || k.u32(thread + L.T_DEPTH) > 0 || state === L.THREAD_REPLY, `I9 thread ${i} of a dead domain waits in state ${state}`);
    }
    if (state === L.THREAD_REPLY) k.expect(k.u32(k.u32(thread + L.T_SERVER) + L.D_STATE) < L.DOMAIN_DYING, `I9 thread ${i} waits for an answer of a dead domain`);
  }
}

/** I4 for domains, endpoints and notifications, I9, I22. */
function checkDomains(k: Snapshot): void {
  let used = 0;
  for (let number = 1; number < MAX_DOMAINS; number++) {
    const domain = k.domain(number), state = k.u32(domain + L.D_STATE);
    if (state === L.DOMAIN_UNUSED) continue;
    used++;
    k.expect(k.u32(domain + L.D_HOLDERS) === k.references(OBJECT_DOMAIN, domain, /:/), `I4 domain ${number} counts ${k.u32(domain + L.D_HOLDERS)} holders`);
    if (state < L.DOMAIN_DYING && number !== 1) k.expect(k.u32(domain + L.D_HOLDERS) > 0, `I9 domain ${number} lives without a holder`);
    if (state === L.DOMAIN_DYING) k.refer(OBJECT_DOMAIN, domain, "its death");
    if (number === 1) k.refer(OBJECT_DOMAIN, domain, "the machine");
    if (state < L.DOMAIN_GONE && k.u32(domain + L.D_FAULT_ENDPOINT)) k.refer(OBJECT_ENDPOINT, k.u32(domain + L.D_FAULT_ENDPOINT), "a fault endpoint");
    if (state < L.DOMAIN_GONE && k.u32(domain + L.D_DATASPACE)) k.refer(OBJECT_DATASPACE, k.u32(domain + L.D_DATASPACE), "a program");
    if (state === L.DOMAIN_CREATED && k.u32(domain + L.D_IMAGE)) k.expect((k.u32(domain + L.D_PENDING) & L.PENDING_START) !== 0, `I22 domain ${number} is to be started, and the machine is not told`);
    if (state === L.DOMAIN_GONE) k.expect(k.u32(domain + L.D_CAPS) === 0, `I9 domain ${number} is gone and has capabilities`);
  }
  k.expect(k.u32(L.H_COUNT_DOMAINS) === used, `I6 ${k.u32(L.H_COUNT_DOMAINS)} domains counted, ${used} found`);
  void OBJECT_SYSTEM;
}
