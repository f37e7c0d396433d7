// receive, reply, replyAndReceive, saveReply: the server's side of IPC.
//
// A server whose image can be placed inline holds its own lock while its home Worker handles a message, so that the home
// Worker and inline callers are never inside together. It also gets it when its receive times out, for work of its own.

import {
  D_MOVABLE, D_STATE, E_DOMAIN, E_RECEIVERS_HEAD, T_BADGE, T_CAPS, T_CLIENT, T_CLIENT_SERIAL, T_DOMAIN, T_LABEL, T_RIGHTS, T_ROOM, T_SEND0_LENGTH,
  T_SEND1_LENGTH, T_SERIAL, T_SHAPE, T_STATE, T_STATUS, T_WAITS_ON, T_WORDS, T_CALLER_DOMAIN, THREAD_RECEIVING, THREAD_RUNNING, TRACE_RECEIVE, TRACE_REPLY, D_NUMBER, T_DELIVERED,
} from "../../../abi/layout/kernel-memory";
import { OBJECT_ENDPOINT, OBJECT_REPLY, RIGHT_RECEIVE, RIGHT_WRITE } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, NO_RIGHT, OK, PENDING, TIMEOUT, WOULD_BLOCK, WOULD_DEADLOCK } from "../status";
import {
  callerDomain, callerMemory, callerReceive, callerRoom, callerSaved, callerSend0, callerSend0Length, callerSend1, callerSend1Length,
  current, holding, me, setHolding, setSaved,
} from "../identity";
import { badgeOf, capAt, deleteCap, fillSlot, findSlot, kindOf, objectOf, rightsOf } from "../object/capability";
import { takeNotice } from "../object/endpoint-queue";
import { answerCaller, awaitReply, shapeValid, wordsOf } from "../object/message";
import { loadWords, setCap, setLengths, setMessage, shape as messageShape } from "../registers";
import { isDead } from "../object/domain";
import { cancelCaller, setEndpointOwner } from "../object/endpoint";
import { stageRanges, takeMessage } from "../sched/call";
import { countServed, lockKernel, lockServer, unlockKernel, unlockServer } from "../sched/lock";
import { busy, wake } from "../sched/park";
import { probeStack } from "../sched/probe";
import { enqueue, removeFromQueue } from "../sched/queue";
import { expelled, obeyFlags, parkUntil, threadAt } from "../sched/thread";
import { trace } from "../trace/ring";

/** Give up the current call's lock before waiting for the next message. */
function leaveHandler(): void {
  if (holding) { unlockServer(current); setHolding(false); }
}

/** Of a server that may be called inline: take its lock before its code runs, also when it runs because nothing came in time. */
function enterHandler(): void {
  if (load<i32>(current + D_MOVABLE)) { lockServer(current); setHolding(true); }
}

/** Kernel lock held: a call that the server has neither answered nor saved will never be answered. */
function dropClient(): void {
  const number = load<i32>(me + T_CLIENT);
  if (number) cancelCaller(threadAt(number - 1), load<i32>(me + T_CLIENT_SERIAL));
  store<i32>(me + T_CLIENT, 0);
}

/** Kernel lock held: 0 with a message in the control block, PENDING when queued, or a negated error. */
function receiveLocked(slot: i32, patient: bool): i32 {
  const cap = capAt(current, slot);
  if (kindOf(cap) != OBJECT_ENDPOINT) return BAD_HANDLE;
  if (!(rightsOf(cap) & RIGHT_RECEIVE)) return NO_RIGHT;
  const endpoint = objectOf(cap);
  // An endpoint belongs to the domain that receives on it; two cannot at once.
  if (<usize>load<u32>(endpoint + E_DOMAIN) != current) {
    if (load<u32>(endpoint + E_RECEIVERS_HEAD)) return NO_RIGHT;
    setEndpointOwner(endpoint, current);
  }
  // The home Worker of a server has set it up when it first receives: from now on it may be called inline.
  if (load<i32>(current + D_MOVABLE) == 1) store<i32>(current + D_MOVABLE, 2);
  if (takeNotice(endpoint, me) || takeMessage(endpoint, me)) return OK;
  if (!patient) return WOULD_BLOCK;
  store<i32>(me + T_STATE, THREAD_RECEIVING);
  store<u32>(me + T_WAITS_ON, <u32>endpoint);
  enqueue(endpoint + E_RECEIVERS_HEAD, me);
  return PENDING;
}

/** Registers from the control block. */
export function loadMessage(): i32 {
  const status = load<i32>(me + T_STATUS);
  setMessage(load<i32>(me + T_LABEL), load<i32>(me + T_BADGE), load<i32>(me + T_RIGHTS), load<i32>(me + T_SHAPE));
  if (status < 0) { loadWords(me + T_WORDS, 0); setLengths(0, 0, 0); store<i32>(me + T_CLIENT, 0); if (status == TIMEOUT) enterHandler(); return status; }
  loadWords(me + T_WORDS, wordsOf(messageShape));
  setCap(0, load<i32>(me + T_CAPS));
  setCap(1, load<i32>(me + T_CAPS + 4));
  setCap(2, load<i32>(me + T_CAPS + 8));
  setCap(3, load<i32>(me + T_CAPS + 12));
  setLengths(load<i32>(me + T_SEND0_LENGTH), load<i32>(me + T_SEND1_LENGTH), load<i32>(me + T_ROOM));
  enterHandler();
  countServed(current);
  trace(TRACE_RECEIVE, load<i32>(me + T_CLIENT), load<i32>(me + T_LABEL), load<i32>(me + T_BADGE));
  return status;
}

export function receive(endpoint: i32, timeout: i64): i32 {
  if (callerDomain) return BAD_ARGUMENT;
  obeyFlags();
  probeStack();
  if (busy()) return WOULD_DEADLOCK;
  leaveHandler();
  lockKernel();
  dropClient();
  const begun = receiveLocked(endpoint, timeout != 0);
  unlockKernel();
  if (begun == WOULD_BLOCK) enterHandler();
  if (begun < 0) return begun;
  if (begun == PENDING) parkUntil(timeout);
  obeyFlags();
  return loadMessage();
}

/** As callBegin, for receive: 0 with the registers set, PENDING, or a negated error. */
export function receiveBegin(endpoint: i32): i32 {
  if (callerDomain) return BAD_ARGUMENT;
  obeyFlags();
  probeStack();
  if (busy()) return WOULD_DEADLOCK;
  leaveHandler();
  lockKernel();
  dropClient();
  const begun = receiveLocked(endpoint, true);
  unlockKernel();
  return begun == OK ? loadMessage() : begun;
}

/** Give up waiting in receive: 1 if so, 0 if a message had come already (take the token, then receiveFinish). */
export function receiveCancel(): i32 {
  probeStack();
  lockKernel();
  const waiting = load<i32>(me + T_STATE) == THREAD_RECEIVING;
  if (waiting) {
    removeFromQueue(<usize>load<u32>(me + T_WAITS_ON) + E_RECEIVERS_HEAD, me);
    // No token: nobody waits for one.
    store<i32>(me + T_STATE, THREAD_RUNNING);
  }
  unlockKernel();
  return waiting ? 1 : 0;
}

export function receiveFinish(): i32 {
  obeyFlags();
  return loadMessage();
}

export function reply(slot: i32, status: i32, shape: i32): i32 {
  obeyFlags();
  if (!shapeValid(shape)) return BAD_ARGUMENT;
  probeStack();
  lockKernel();
  let result: i32, caller: usize = 0;
  if (slot == 0) {
    const number = load<i32>(me + T_CLIENT);
    if (callerDomain || number == 0) result = BAD_HANDLE;
    else {
      caller = threadAt(number - 1);
      result = answerCaller(caller, load<i32>(me + T_CLIENT_SERIAL), current, status, shape);
      store<i32>(me + T_CLIENT, 0);
    }
  } else {
    const cap = capAt(current, slot);
    if (kindOf(cap) != OBJECT_REPLY) result = BAD_HANDLE;
    else {
      caller = objectOf(cap);
      const serial = badgeOf(cap);
      result = answerCaller(caller, serial, current, status, shape);
      deleteCap(cap);
    }
  }
  unlockKernel();
  if (result == OK) { trace(TRACE_REPLY, 0, 0, status); wake(caller); }
  return result;
}

export function replyAndReceive(status: i32, shape: i32, endpoint: i32): i32 {
  if (callerDomain) return BAD_ARGUMENT;
  obeyFlags();
  if (!shapeValid(shape)) return BAD_ARGUMENT;
  probeStack();
  if (busy()) return WOULD_DEADLOCK;
  const number = load<i32>(me + T_CLIENT);
  if (holding) { unlockServer(current); setHolding(false); }
  lockKernel();
  let caller: usize = 0;
  if (number) {
    caller = threadAt(number - 1);
    if (answerCaller(caller, load<i32>(me + T_CLIENT_SERIAL), current, status, shape) != OK) caller = 0;
    store<i32>(me + T_CLIENT, 0);
  }
  const begun = receiveLocked(endpoint, true);
  unlockKernel();
  if (caller) { trace(TRACE_REPLY, 0, 0, status); wake(caller); }
  if (begun < 0) return begun;
  if (begun == PENDING) parkUntil(-1);
  obeyFlags();
  return loadMessage();
}

export function saveReply(): i32 {
  obeyFlags();
  probeStack();
  let slot: i32;
  if (callerDomain) {
    if (callerSaved) return BAD_HANDLE;
    if (busy()) return WOULD_DEADLOCK;
    const staged = stageRanges(callerMemory, messageShape, callerSend0, callerSend0Length, callerSend1, callerSend1Length, callerReceive, callerRoom);
    if (staged < 0) return staged;
    lockKernel();
    // Killed since it was looked at: a wait that begins now, its death has not broken off.
    if (isDead(current)) { unlockKernel(); expelled(); }
    slot = findSlot(current);
    if (slot >= 0) {
      const serial = load<i32>(me + T_SERIAL) + 1;
      store<i32>(me + T_SERIAL, serial);
      store<u32>(me + T_CALLER_DOMAIN, <u32>callerDomain);
      awaitReply(me, current);
      fillSlot(current, slot, OBJECT_REPLY, RIGHT_WRITE, me, serial, 0);
      setSaved(1);
    }
    unlockKernel();
    return slot;
  }
  const number = load<i32>(me + T_CLIENT);
  if (number == 0) return BAD_HANDLE;
  lockKernel();
  slot = findSlot(current);
  if (slot >= 0) {
    fillSlot(current, slot, OBJECT_REPLY, RIGHT_WRITE, threadAt(number - 1), load<i32>(me + T_CLIENT_SERIAL), 0);
    store<i32>(me + T_CLIENT, 0);
  }
  unlockKernel();
  return slot;
}
