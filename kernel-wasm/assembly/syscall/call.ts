// call, callTimed, send: the client's side of IPC.

import { NOT_RELAYED, OBJECT_ENDPOINT } from "../../../abi/layout/limits";
import { BAD_MESSAGE, PENDING } from "../status";
import { callerDomain, callerSaved, current, holding, homeDomain, lastCap, lastSlot, setLast } from "../identity";
import { capAt, kindOf } from "../object/capability";
import { receivesOf, sendsOf } from "../object/message";
import { beginCall, finishCall } from "../sched/call";
import { atHome, callAnyhow, callInlineFromHome, isInline, mayCall, ownerOf } from "../sched/inline";
import { lockServer, unlockServer } from "../sched/lock";
import { probeStack } from "../sched/probe";
import { relayInline } from "../sched/relay";
import { obeyFlags, parkUntil } from "../sched/thread";

export function call(endpoint: i32, label: i32, shape: i32): i32 {
  if (atHome()) {
    const cap = homeCapAt(endpoint), word = load<u64>(cap);
    if (mayCall(word)) {
      const server = ownerOf(word);
      if (isInline(server)) return callInlineFromHome(endpoint, cap, word, server, label, shape);
    }
  }
  obeyFlags();
  return callAnyhow(endpoint, label, shape, -1, true);
}

/** The slot of the home domain that was last called through, and where its capability stands: fixed while the domain lives, whatever the
 *  slot holds. */
@inline function homeCapAt(slot: i32): usize { return slot == lastSlot ? lastCap : look(slot); }

function look(slot: i32): usize {
  const cap = capAt(homeDomain, slot);
  // A slot without a chunk shares an empty one until it gets one of its own.
  if (kindOf(cap) == OBJECT_ENDPOINT) setLast(slot, cap);
  return cap;
}

export function callTimed(endpoint: i32, label: i32, shape: i32, timeout: i64): i32 {
  obeyFlags();
  return callAnyhow(endpoint, label, shape, timeout, true);
}

/** With the data ranges of the call being answered, or not at all: see lib/assembly/kernel.ts. */
export function relay(endpoint: i32, label: i32, shape: i32): i32 {
  obeyFlags();
  return callerDomain && !callerSaved ? relayInline(endpoint, label, shape) : NOT_RELAYED;
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
  return callAnyhow(endpoint, label, shape, 0, false);
}

export function callFinish(): i32 {
  const status = finishCall(0, 0);
  obeyFlags();
  return status;
}
