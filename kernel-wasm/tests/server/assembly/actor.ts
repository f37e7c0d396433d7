// A server that does what its caller says, for tests of placement: labels.ts says what. It counts how often two threads are in it at
// once. State: 2048 inside, 2052 violations, 2056 answered, 2060 saved, 2064… saved slots, 4096 relayed, 4100 where to, 4104 with which label; buffer at 65536.

import * as kernel from "../../../../lib/assembly/kernel";
import { DEFERRED, NOT_RELAYED, SHAPE_CAPS, SLOT_SELF } from "../../../../abi/layout/limits";
import { serveFirst, serveNext } from "../../../../lib/assembly/ipc/serve";
import {
  COUNTS, DEEP, DELETE, ECHO, EXIT, FORWARD, HANG, KEEP, NESTED, OVERFLOW, READ, RELAY, RELAY_TO, RELEASE, SAVE, SAVE_AND_CALL, SAVE_AND_DROP, SAVE_AND_TRAP, SAVE_AND_WAIT, STATUS, TRAP, WAIT,
} from "../labels";

const INSIDE: usize = 2048;
const VIOLATIONS: usize = 2052;
const ANSWERED: usize = 2056;
const SAVED: usize = 2060;
const SLOTS: usize = 2064;
const RELAYED: usize = 4096;
const TARGET: usize = 4100;
const TARGET_LABEL: usize = 4104;
const BUFFER: usize = 65536;
const MOST: i32 = 65536;

export function init(mode: i32): i32 { return mode; }

export function dispatch(label: i32, badge: i32): i32 {
  enter();
  const status = act(label);
  leave();
  return status;
}

function enter(): void {
  if (load<i32>(INSIDE) != 0) store<i32>(VIOLATIONS, load<i32>(VIOLATIONS) + 1);
  store<i32>(INSIDE, 1);
}
function leave(): void {
  store<i32>(ANSWERED, load<i32>(ANSWERED) + 1);
  store<i32>(INSIDE, 0);
}
/** A call on drops the lock: others may be inside meanwhile. */
function callOut(slot: i32, label: i32, shape: i32): i32 {
  store<i32>(INSIDE, 0);
  const status = kernel.call(slot, label, shape);
  kernel.answer = 0;
  enter();
  return status;
}

function act(label: i32): i32 {
  kernel.answer = 0;
  switch (label) {
    case ECHO: return echo();
    case SAVE: return save();
    case RELEASE: return releaseAll(kernel.w0);
    case NESTED: {
      const slot = <i32>kernel.w0, to = <i32>kernel.w1;
      kernel.w0 = kernel.w2;
      const status = callOut(slot, to, 1);
      kernel.answer = status < 0 ? 0 : 1;
      return status;
    }
    case FORWARD: {
      const slot = <i32>kernel.w0;
      kernel.w0 = kernel.w1; kernel.w1 = <i64>ECHO; kernel.w2 = 0;
      return callOut(slot, NESTED, 3);
    }
    case TRAP: unreachable();
    case HANG: while (true) { /* until a poll point traps */ }
    case OVERFLOW: return <i32>deeper(<i32>kernel.w0 | 1);
    case SAVE_AND_TRAP: save(); unreachable();
    case SAVE_AND_DROP: { const slot = kernel.saveReply(); if (slot > 0) kernel.capDelete(slot); kernel.w0 = 5; kernel.answer = 1; return 0; }
    case SAVE_AND_CALL: {
      const target = <i32>kernel.w0, slot = kernel.saveReply();
      if (slot < 0) return slot;
      const status = kernel.call(target, ECHO, 0);
      kernel.w0 = <i64>status;
      kernel.reply(slot, 0, 1);
      return DEFERRED;
    }
    case SAVE_AND_WAIT: {
      const slot = <i32>kernel.w0, saved = save();
      // A thread waits for one thing at a time, and it waits for the answer already.
      store<u8>(BUFFER, 0);
      while (saved == DEFERRED && load<u8>(BUFFER) == 0) kernel.dataspaceRead(slot, 0, 0, <i32>BUFFER, 1);
      return saved;
    }
    case STATUS: return <i32>kernel.w0;
    case EXIT: kernel.exit(3); return 0;
    case KEEP: kernel.w0 = <i64>kernel.c0; kernel.answer = 1; return 0;
    case WAIT: {
      const slot = <i32>kernel.w0, limit = kernel.w1;
      store<i32>(INSIDE, 0);
      const status = kernel.wait(slot, limit);
      enter();
      kernel.answer = status < 0 ? 0 : 1;
      return status;
    }
    case COUNTS:
      kernel.w0 = <i64>load<i32>(ANSWERED);
      kernel.w1 = <i64>load<i32>(VIOLATIONS);
      kernel.w2 = <i64>load<i32>(SAVED);
      kernel.w3 = <i64>load<i32>(RELAYED);
      kernel.answer = 4;
      return 0;
    case RELAY_TO: store<i32>(TARGET, <i32>kernel.w0); store<i32>(TARGET_LABEL, <i32>kernel.w1); return 0;
    case RELAY: return relay();
    case DELETE: return kernel.capDelete(<i32>kernel.w0);
    case DEEP: return recurse(<i32>kernel.w0, <i32>kernel.w1);
    case READ: {
      store<i32>(INSIDE, 0);
      const status = kernel.dataspaceRead(<i32>kernel.w0, 0, 0, BUFFER, 100);
      enter();
      kernel.w0 = <i64>status;
      kernel.answer = 1;
      return status < 0 ? status : 0;
    }
  }
  // Notices of the kernel, and what nobody sends.
  return label < 256 ? DEFERRED : -4;
}

function echo(): i32 {
  const words = kernel.shape & 15, caps = kernel.shape / SHAPE_CAPS & 7, length = kernel.s0n, room = kernel.r0n;
  kernel.w0 += 1; kernel.w1 += 1; kernel.w2 += 1; kernel.w3 += 1; kernel.w4 += 1; kernel.w5 += 1; kernel.w6 += 1; kernel.w7 += 1;
  let done = 0;
  while (done < length) {
    const count = kernel.fetch(0, 0, done, BUFFER, MOST);
    if (count < 0) return count;
    if (count == 0) break;
    for (let i = 0; i < count; i++) store<u8>(BUFFER + i, load<u8>(BUFFER + i) ^ 255);
    if (room > 0) { const status = kernel.deliver(0, done, BUFFER, count); if (status < 0) return status; }
    done += count;
  }
  kernel.answer = words | caps * SHAPE_CAPS;
  return 0;
}

/** Should the callee trap, this is all of it that happens: nobody is inside then. */
function relay(): i32 {
  const caps = kernel.shape / SHAPE_CAPS & 7, a = kernel.c0, b = kernel.c1, s0n = kernel.s0n, r0n = kernel.r0n, shape = kernel.shape;
  store<i32>(INSIDE, 0);
  const status = kernel.relay(load<i32>(TARGET), load<i32>(TARGET_LABEL), shape);
  enter();
  if (status == NOT_RELAYED) { kernel.s0n = s0n; kernel.r0n = r0n; return echo(); }
  store<i32>(RELAYED, load<i32>(RELAYED) + 1);
  // An answer moves its capabilities: what came with the call is ours still.
  if (caps > 0 && a) kernel.capDelete(a);
  if (caps > 1 && b) kernel.capDelete(b);
  kernel.answer = status < 0 ? 0 : kernel.shape;
  return status;
}

function save(): i32 {
  const count = load<i32>(SAVED);
  if (count >= 256) return -34;
  const slot = kernel.saveReply();
  if (slot < 0) return slot;
  store<i32>(SLOTS + (<usize>count << 2), slot);
  store<i32>(SAVED, count + 1);
  return DEFERRED;
}

function releaseAll(value: i64): i32 {
  const count = load<i32>(SAVED);
  for (let i = 0; i < count; i++) { kernel.w0 = value; kernel.reply(load<i32>(SLOTS + (<usize>i << 2)), 0, 1); }
  store<i32>(SAVED, 0);
  kernel.w0 = <i64>count;
  kernel.answer = 1;
  return 0;
}

function deeper(n: i32): i64 { return n == 0 ? 0 : deeper(n + 2) + load<i64>(BUFFER + (n & 1023)); }

function recurse(left: i32, slot: i32): i32 {
  if (left > 0) { const status = recurse(left - 1, slot); store<i32>(BUFFER, load<i32>(BUFFER) + left); return status; }
  return callOut(slot, ECHO, 0);
}

export function serve(): void {
  let more = serveFirst(SLOT_SELF);
  while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
}
