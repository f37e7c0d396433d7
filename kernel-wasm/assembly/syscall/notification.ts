// endpointCreate, notificationCreate, signal, wait, notificationBind.

import { E_NOTIFICATION, N_BITS, N_ENDPOINT, N_WAITERS_HEAD, T_STATE, T_STATUS, T_WAITS_ON, T_WORDS, THREAD_WAITING, TRACE_SIGNAL } from "../../../abi/layout/kernel-memory";
import { OBJECT_ENDPOINT, OBJECT_NOTIFICATION, RIGHT_ALL, RIGHT_RECEIVE, RIGHT_WRITE } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, NO_MEMORY, NO_RIGHT, OK, PENDING, WOULD_BLOCK, WOULD_DEADLOCK } from "../status";
import { current, holding, me } from "../identity";
import { capAt, fillSlot, findSlot, kindOf, objectOf, rightsOf } from "../object/capability";
import { createEndpoint, destroyEndpoint } from "../object/endpoint";
import { offerNotice } from "../object/endpoint-queue";
import { isDead } from "../object/domain";
import { createNotification, raise } from "../object/notification";
import { reference } from "../object/reference";
import { clearWordsFrom, setWord } from "../registers";
import { lockKernel, lockServer, unlockKernel, unlockServer } from "../sched/lock";
import { busy } from "../sched/park";
import { probeStack } from "../sched/probe";
import { enqueue } from "../sched/queue";
import { expelled, obeyFlags, parkUntil } from "../sched/thread";
import { trace } from "../trace/ring";

export function endpointCreate(): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  let slot = findSlot(current);
  if (slot >= 0) {
    const endpoint = createEndpoint(current);
    if (endpoint) fillSlot(current, slot, OBJECT_ENDPOINT, RIGHT_ALL, endpoint, 0, 0); else slot = NO_MEMORY;
  }
  unlockKernel();
  return slot;
}

export function notificationCreate(): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  let slot = findSlot(current);
  if (slot >= 0) {
    const notification = createNotification();
    if (notification) fillSlot(current, slot, OBJECT_NOTIFICATION, RIGHT_ALL, notification, 0, 0); else slot = NO_MEMORY;
  }
  unlockKernel();
  return slot;
}

export function signal(slot: i32, bits: i64): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  const cap = capAt(current, slot);
  const status = kindOf(cap) != OBJECT_NOTIFICATION ? BAD_HANDLE : rightsOf(cap) & RIGHT_WRITE ? OK : NO_RIGHT;
  if (status == OK) raise(objectOf(cap), bits);
  unlockKernel();
  trace(TRACE_SIGNAL, 0, <i32>bits, status);
  return status;
}

/** 0 with the bits in w0, PENDING, or a negated error. */
export function waitBegin(slot: i32, patient: bool): i32 {
  obeyFlags();
  probeStack();
  clearWordsFrom(0);
  if (busy()) return WOULD_DEADLOCK;
  lockKernel();
  const cap = capAt(current, slot);
  let status: i32 = kindOf(cap) != OBJECT_NOTIFICATION ? BAD_HANDLE : rightsOf(cap) & RIGHT_RECEIVE ? OK : NO_RIGHT;
  if (status == OK) {
    const notification = objectOf(cap), bits = load<i64>(notification, N_BITS);
    if (bits) { store<i64>(notification, 0, N_BITS); setWord(0, bits); }
    else if (!patient) status = WOULD_BLOCK;
    else if (isDead(current)) { unlockKernel(); expelled(); }
    else {
      store<i32>(me + T_STATE, THREAD_WAITING);
      store<u32>(me + T_WAITS_ON, <u32>notification);
      enqueue(notification + N_WAITERS_HEAD, me);
      status = PENDING;
    }
  }
  unlockKernel();
  return status;
}

export function waitFinish(): i32 {
  const status = load<i32>(me + T_STATUS);
  if (status == OK) setWord(0, load<i64>(me + T_WORDS));
  obeyFlags();
  return status;
}

export function wait(slot: i32, timeout: i64): i32 {
  const begun = waitBegin(slot, timeout != 0);
  if (begun != PENDING) return begun;
  const domain = current, wasHolding = holding;
  if (wasHolding) unlockServer(domain);
  parkUntil(timeout);
  if (wasHolding) lockServer(domain);
  return waitFinish();
}

export function notificationBind(notificationSlot: i32, endpointSlot: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  const cap = capAt(current, notificationSlot), target = capAt(current, endpointSlot);
  let status: i32 = OK;
  if (kindOf(cap) != OBJECT_NOTIFICATION || kindOf(target) != OBJECT_ENDPOINT) status = BAD_HANDLE;
  else if (!(rightsOf(cap) & RIGHT_RECEIVE) || !(rightsOf(target) & RIGHT_RECEIVE)) status = NO_RIGHT;
  else {
    const notification = objectOf(cap), endpoint = objectOf(target);
    if (load<u32>(notification, N_ENDPOINT) || load<u32>(notification, N_WAITERS_HEAD) || load<u32>(endpoint, E_NOTIFICATION)) status = BAD_ARGUMENT;
    else {
      store<u32>(notification, <u32>endpoint, N_ENDPOINT);
      store<u32>(endpoint, <u32>notification, E_NOTIFICATION);
      reference(OBJECT_NOTIFICATION, notification);
      offerNotice(endpoint);
    }
  }
  unlockKernel();
  return status;
}
