// call, callTimed, send: the client's side of IPC.

import { D_PLACEMENT, E_DOMAIN, T_SHAPE } from "../../../abi/layout/kernel-memory";
import { OBJECT_ENDPOINT } from "../../../abi/layout/limits";
import { BAD_HANDLE, BAD_MESSAGE, PENDING } from "../status";
import { current, currentMemory, holding, me, setHolding } from "../identity";
import { capAt } from "../object/capability";
import { receivesOf, sendsOf } from "../object/message";
import { emptyAnswer, r0a } from "../registers";
import { beginCall, finishCall } from "../sched/call";
import { callInline, callInlineAtOnce, ELSEWHERE } from "../sched/inline";
import { lockServer, unlockServer } from "../sched/lock";
import { probeStack } from "../sched/probe";
import { obeyFlags, parkUntil } from "../sched/thread";

export function call(endpoint: i32, label: i32, shape: i32): i32 {
  obeyFlags();
  const cap = capAt(current, endpoint), word = load<u64>(cap);
  if (<i32>(word & 255) != OBJECT_ENDPOINT) return emptyAnswer(BAD_HANDLE);
  if (isInline(word)) {
    const status = callInlineAtOnce(cap, word, label, shape);
    if (status != ELSEWHERE) return status;
  }
  return callElsewhere(endpoint, label, shape, -1);
}

export function callTimed(endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
  obeyFlags();
  const cap = capAt(current, endpoint), word = load<u64>(cap);
  if (<i32>(word & 255) != OBJECT_ENDPOINT) return emptyAnswer(BAD_HANDLE);
  if (isInline(word)) {
    const status = callInline(cap, word, label, shape, timeout, true);
    if (status != ELSEWHERE) return status;
  }
  return callElsewhere(endpoint, label, shape, timeout);
}

/** Whether the domain of an endpoint, named by what its capability says, is placed inline. */
@inline function isInline(word: u64): bool { return load<i32>(<usize>load<u32>(<usize>(word >> 32) + E_DOMAIN) + D_PLACEMENT) != 0; }

function callElsewhere(endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
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

export function send(endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
  obeyFlags();
  if (sendsOf(shape) || receivesOf(shape)) return BAD_MESSAGE;
  probeStack();
  const domain = current, wasHolding = holding;
  const begun = beginCall(endpoint, label, shape, false, timeout != 0);
  if (begun != PENDING) return begun;
  if (wasHolding) unlockServer(domain);
  parkUntil(timeout);
  const status = finishCall(0, 0);
  if (wasHolding) lockServer(domain);
  obeyFlags();
  return status;
}

// For code that needs its event loop: begin, wait for the token with Atomics.waitAsync, finish.

/** A final status, with the registers set, or PENDING. */
export function callBegin(endpoint: i32, label: i32, shape: i32): i32 {
  obeyFlags();
  const cap = capAt(current, endpoint), word = load<u64>(cap);
  if (<i32>(word & 255) != OBJECT_ENDPOINT) return emptyAnswer(BAD_HANDLE);
  if (isInline(word)) {
    const status = callInline(cap, word, label, shape, -1, false);
    if (status != ELSEWHERE) return status;
  }
  probeStack();
  const begun = beginCall(endpoint, label, shape, true, true);
  return begun == PENDING ? PENDING : emptyAnswer(begun);
}

export function callFinish(): i32 {
  const status = finishCall(0, 0);
  obeyFlags();
  return status;
}
