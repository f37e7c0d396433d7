// Calls between Workers. The caller stages its message in its control block and its window, meets a receiver or queues, and
// parks; the receiver answers, which writes the answer into the caller's control block and wakes it.

import {
  T_STATE, T_WAITS_ON, T_LABEL, T_BADGE, T_RIGHTS, T_SHAPE, T_CALLER_DOMAIN, T_WORDS, T_CAPS, T_SEND0, T_SEND0_LENGTH, T_SEND1,
  T_SEND1_LENGTH, T_RECEIVE, T_ROOM, T_STATUS, T_DELIVERED, T_CALLS, T_SERIAL, T_CLIENT, T_DEPTH, T_DOMAIN, T_INSIDE, T_SERVER, THREAD_REPLY, THREAD_SENDING, D_THREAD, E_SENDERS_HEAD, E_RECEIVERS_HEAD,
  E_DOMAIN, CALL_COUNTS, D_NUMBER, TRACE_CALL, TRACE_SEND, TRACE_WAKE,
} from "../../../abi/layout/kernel-memory";
import { MAX_DOMAINS, OBJECT_ENDPOINT, RIGHT_WRITE, WINDOW_SIZE } from "../../../abi/layout/limits";
import { BAD_HANDLE, BAD_MESSAGE, FAULT, NO_RIGHT, OK, PEER_DIED, PENDING, TOO_LONG, WOULD_BLOCK, WOULD_DEADLOCK } from "../status";
import { me, current, currentMemory, holding, windowBase } from "../identity";
import { copyBetween, inMemory } from "../machine";
import { badgeOf, capAt, kindOf, objectOf, rightsOf } from "../object/capability";
import { isDead } from "../object/domain";
import { endpointAlive, releaseThread } from "../object/endpoint";
import { awaitReply, capsOf, deliverMessage, receivesOf, sendsOf, shapeValid, wordsOf } from "../object/message";
import { c0, c1, c2, c3, emptyAnswer, r0a, r0n, s0a, s0n, s1a, s1n, saveWords, loadWords, setAnswerShape, setCap, setReceived } from "../registers";
import { trace } from "../trace/ring";
import { lockKernel, lockServer, unlockKernel, unlockServer } from "./lock";
import { busy, runnable, wake } from "./park";
import { probeStack } from "./probe";
import { dequeue, enqueue } from "./queue";
import { awaitPins, expelled, obeyFlags, parkUntil, threadAt, windowOf } from "./thread";

const ALIGN: i32 = 7;
/** Longest chain of waiting servers that is looked at. */
const MAX_CHAIN: i32 = 8;

/** Put the ranges named in the registers into this thread's window: 0 or a negated error. */
export function stageRanges(memory: i32, shape: i32, s0: i32, s0Length: i32, s1: i32, s1Length: i32, r: i32, room: i32): i32 {
  const sends = sendsOf(shape), receives = receivesOf(shape);
  store<i32>(me + T_SEND0_LENGTH, 0);
  store<i32>(me + T_SEND1_LENGTH, 0);
  store<i32>(me + T_ROOM, 0);
  if (sends == 0 && receives == 0) return OK;
  if (sends > 0 && !inMemory(me, memory, s0, s0Length)) return FAULT;
  if (sends > 1 && !inMemory(me, memory, s1, s1Length)) return FAULT;
  if (receives && !inMemory(me, memory, r, room)) return FAULT;
  const limit = WINDOW_SIZE - windowBase;
  let offset = 0;
  const base = windowOf(me) + windowBase;
  // Code whose memory is page memory itself (TypeScript) has put its data into the window already.
  const inPlace = memory == 0;
  if (sends > 0) {
    if (s0Length > limit - offset) return TOO_LONG;
    store<i32>(me + T_SEND0, inPlace ? s0 : base + offset);
    store<i32>(me + T_SEND0_LENGTH, s0Length);
    if (!inPlace && s0Length > 0) copyBetween(0, base + offset, memory, s0, s0Length);
    offset += (s0Length + ALIGN) & ~ALIGN;
  }
  if (sends > 1) {
    if (s1Length > limit - offset) return TOO_LONG;
    store<i32>(me + T_SEND1, inPlace ? s1 : base + offset);
    store<i32>(me + T_SEND1_LENGTH, s1Length);
    if (!inPlace && s1Length > 0) copyBetween(0, base + offset, memory, s1, s1Length);
    offset += (s1Length + ALIGN) & ~ALIGN;
  }
  if (receives) {
    // What does not fit is not offered: the server sees the smaller room.
    const space = room < limit - offset ? room : limit - offset;
    store<i32>(me + T_RECEIVE, inPlace ? r : base + offset);
    store<i32>(me + T_ROOM, space > 0 ? space : 0);
  }
  return OK;
}

/** Whether this thread is inside the inline server `domain`. */
export function isInside(domain: usize): bool {
  const depth = load<i32>(me + T_DEPTH);
  for (let i = 0; i < depth; i++) if (<usize>load<u32>(me + T_INSIDE + (<usize>i << 2)) == domain) return true;
  return false;
}

/** Whether `domain`'s own thread waits, over whatever other domains, for an answer of this thread's domain: calling it would be for
 *  ever. Kernel lock held. */
function waitsForMe(domain: usize): bool {
  let next = domain;
  for (let i = 0; i < MAX_CHAIN; i++) {
    const number = load<i32>(next + D_THREAD);
    if (number == 0) return false;
    const thread = threadAt(number - 1);
    if (load<i32>(thread + T_STATE) != THREAD_REPLY || <usize>load<u32>(thread + T_DOMAIN) != next) return false;
    next = <usize>load<u32>(thread + T_SERVER);
    if (next == <usize>load<u32>(me + T_DOMAIN)) return true;
  }
  return false;
}

function countCall(domain: usize): void {
  const cell = CALL_COUNTS + <usize>(load<i32>(domain + D_NUMBER) * MAX_DOMAINS + load<i32>(current + D_NUMBER)) * 4;
  store<u32>(cell, load<u32>(cell) + 1);
  store<i64>(me + T_CALLS, load<i64>(me + T_CALLS) + 1);
}

/**
 * Begin a call (or, with `wantsReply` false, a send): PENDING when the thread has to wait for its token, 0 when a send is done,
 * or a negated error. `patient`: may queue if nobody is receiving.
 */
export function beginCall(slot: i32, label: i32, shape: i32, wantsReply: bool, patient: bool): i32 {
  if (!shapeValid(shape)) return BAD_MESSAGE;
  if (busy()) return WOULD_DEADLOCK;
  let cap = capAt(current, slot);
  if (kindOf(cap) != OBJECT_ENDPOINT) return BAD_HANDLE;
  if (!(rightsOf(cap) & RIGHT_WRITE)) return NO_RIGHT;
  const staged = stageRanges(currentMemory, shape, s0a, s0n, s1a, s1n, r0a, r0n);
  if (staged < 0) return staged;
  saveWords(me + T_WORDS, wordsOf(shape));
  store<i32>(me + T_CAPS, c0);
  store<i32>(me + T_CAPS + 4, c1);
  store<i32>(me + T_CAPS + 8, c2);
  store<i32>(me + T_CAPS + 12, c3);

  lockKernel();
  // The table may have changed since the look-up above.
  cap = capAt(current, slot);
  if (kindOf(cap) != OBJECT_ENDPOINT || !(rightsOf(cap) & RIGHT_WRITE)) { unlockKernel(); return BAD_HANDLE; }
  const endpoint = objectOf(cap), domain = <usize>load<u32>(endpoint + E_DOMAIN);
  if (!endpointAlive(endpoint)) { unlockKernel(); return PEER_DIED; }
  // The domain's one thread is this one, or waits for this one.
  if (<usize>load<u32>(me + T_DOMAIN) == domain || (wantsReply && (isInside(domain) || waitsForMe(domain)))) { unlockKernel(); return WOULD_DEADLOCK; }
  if (isDead(current)) { unlockKernel(); expelled(); }
  store<i32>(me + T_LABEL, label);
  store<i32>(me + T_BADGE, badgeOf(cap));
  store<i32>(me + T_RIGHTS, rightsOf(cap));
  store<i32>(me + T_SHAPE, shape | (wantsReply ? 0 : NO_REPLY));
  store<u32>(me + T_CALLER_DOMAIN, <u32>current);
  const receiver = <usize>load<u32>(endpoint + E_RECEIVERS_HEAD);
  if (receiver) {
    const status = deliverMessage(me, receiver, domain);
    if (status < 0) { unlockKernel(); return status; }
    dequeue(endpoint + E_RECEIVERS_HEAD);
    if (wantsReply) awaitReply(me, domain); else store<i32>(receiver + T_CLIENT, 0);
    countCall(domain);
    runnable(receiver);
    unlockKernel();
    trace(wantsReply ? TRACE_CALL : TRACE_SEND, load<i32>(domain + D_NUMBER), label, shape);
    wake(receiver);
    return wantsReply ? PENDING : OK;
  }
  if (!patient) { unlockKernel(); return WOULD_BLOCK; }
  store<i32>(me + T_STATE, THREAD_SENDING);
  store<u32>(me + T_WAITS_ON, <u32>endpoint);
  enqueue(endpoint + E_SENDERS_HEAD, me);
  countCall(domain);
  unlockKernel();
  trace(wantsReply ? TRACE_CALL : TRACE_SEND, load<i32>(domain + D_NUMBER), label, shape);
  return PENDING;
}

/** Set in T_SHAPE of a message that wants no answer. */
export const NO_REPLY: i32 = 0x10000;

/** Take the next queued message of an endpoint into `receiver`: whether there was one. Kernel lock held. */
export function takeMessage(endpoint: usize, receiver: usize): bool {
  const domain = <usize>load<u32>(endpoint + E_DOMAIN);
  while (true) {
    const sender = dequeue(endpoint + E_SENDERS_HEAD);
    if (!sender) return false;
    const status = deliverMessage(sender, receiver, domain);
    if (status < 0) { releaseThread(sender, status); continue; }
    if (load<i32>(sender + T_SHAPE) & NO_REPLY) {
      store<i32>(receiver + T_CLIENT, 0);
      store<i32>(receiver + T_SHAPE, load<i32>(receiver + T_SHAPE) & ~NO_REPLY);
      // The data of a send is copied out of the window before the sender may go on: sends carry no ranges.
      releaseThread(sender, OK);
    } else awaitReply(sender, domain);
    return true;
  }
}

/** Read the answer that ended the call: registers are set, delivered data is copied to `r` in `memory`. Its status. */
export function finishCall(memory: i32, r: i32): i32 {
  awaitPins();
  const status = load<i32>(me + T_STATUS);
  trace(TRACE_WAKE, 0, load<i32>(me + T_LABEL), status);
  loadWords(me + T_WORDS, wordsOf(load<i32>(me + T_SHAPE)));
  setCap(0, load<i32>(me + T_CAPS));
  setCap(1, load<i32>(me + T_CAPS + 4));
  setCap(2, load<i32>(me + T_CAPS + 8));
  setCap(3, load<i32>(me + T_CAPS + 12));
  setAnswerShape(load<i32>(me + T_SHAPE));
  const delivered = load<i32>(me + T_DELIVERED);
  setReceived(delivered);
  if (memory != 0 && delivered > 0) copyBetween(memory, r, 0, load<i32>(me + T_RECEIVE), delivered);
  return status;
}

/** A whole call between Workers: the answer's status, with the registers set. */
export function callElsewhere(endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
  probeStack();
  const buffer = r0a, domain = current, wasHolding = holding;
  const begun = beginCall(endpoint, label, shape, true, true);
  if (begun != PENDING) return emptyAnswer(begun);
  if (wasHolding) unlockServer(domain);
  parkUntil(timeout);
  const status = finishCall(currentMemory, buffer);
  if (wasHolding) lockServer(domain);
  obeyFlags();
  return status;
}

/** Its beginning, for code that does not wait: PENDING, or what became of it. */
export function beginElsewhere(endpoint: i32, label: i32, shape: i32): i32 {
  probeStack();
  const begun = beginCall(endpoint, label, shape, true, true);
  return begun == PENDING ? PENDING : emptyAnswer(begun);
}
