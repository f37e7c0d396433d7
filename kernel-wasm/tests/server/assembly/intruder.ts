// A server that tries to reach what it must not, as it was told by PLAN (crossing-labels.ts). State from 2048 on.

import * as kernel from "../../../../lib/assembly/kernel";
import { DEFERRED, SHAPE_SEND, SLOT_SELF } from "../../../../abi/layout/limits";
import { serveFirst, serveNext } from "../../../../lib/assembly/ipc/serve";
import {
  GO, HOLD_CAP, P_COPY, P_DELIVER, P_FETCH, P_FORGE_DELIVER, P_FORGE_FETCH, P_INFO, P_NEST, P_NOTHING, P_READ, P_RECEIVE, P_RECURSE, P_RELAY, P_REPLY, P_REPLY_RECEIVE, P_SAVE,
  P_SAVE_FETCH, P_SAVE_RELAY, P_TRAP, P_WAIT, P_WRITE, PLAN, RESULT,
} from "../crossing-labels";

const PLANNED: usize = 2048;
const RESULTS: usize = 2176;
const BUFFER: usize = 4096;
const BUFFER_SIZE: usize = 122880;
const SECRET: i64 = 0x1a7e7dea1a7e7dea;

export function init(mode: i32): i32 { return mode; }

@inline function planned(index: i32): i32 { return <i32>load<i64>(PLANNED + (<usize>index << 3)); }
function result(index: i32, value: i64): void { store<i64>(RESULTS + (<usize>index << 3), value); }

export function dispatch(label: i32, badge: i32): i32 {
  switch (label) {
    case PLAN:
      store<i64>(PLANNED, kernel.w0); store<i64>(PLANNED, kernel.w1, 8); store<i64>(PLANNED, kernel.w2, 16);
      store<i64>(PLANNED, kernel.w3, 24); store<i64>(PLANNED, kernel.w4, 32);
      kernel.answer = 0;
      return 0;
    case GO: return go();
    case RESULT:
      kernel.w0 = load<i64>(RESULTS); kernel.w1 = load<i64>(RESULTS, 8); kernel.w2 = load<i64>(RESULTS, 16); kernel.w3 = load<i64>(RESULTS, 24);
      kernel.w4 = load<i64>(RESULTS, 32);
      kernel.answer = 5;
      return 0;
    case HOLD_CAP: kernel.w0 = kernel.c0; kernel.answer = 1; return 0;
  }
  return label < 256 ? DEFERRED : -4;
}

function go(): i32 {
  result(2, kernel.w1 | kernel.w2 | kernel.w3 | kernel.w4 | kernel.w5 | kernel.w6 | kernel.w7 | <i64>(kernel.c0 | kernel.c1 | kernel.c2 | kernel.c3));
  result(3, 0);
  memory.fill(BUFFER, 0xaa, BUFFER_SIZE);
  const saves = planned(0) == P_SAVE || planned(0) == P_SAVE_FETCH || planned(0) == P_SAVE_RELAY, status = act();
  result(0, status);
  result(1, load<i64>(BUFFER));
  result(4, load<i64>(RESULTS, 32) + 1);
  // What it leaves behind, beside the one word that it answers.
  kernel.w0 = 7;
  kernel.w1 = SECRET; kernel.w2 = SECRET; kernel.w3 = SECRET; kernel.w4 = SECRET; kernel.w5 = SECRET; kernel.w6 = SECRET; kernel.w7 = SECRET;
  kernel.c0 = SLOT_SELF; kernel.c1 = SLOT_SELF; kernel.c2 = SLOT_SELF; kernel.c3 = SLOT_SELF;
  kernel.answer = 1;
  return saves && status != -1002 ? DEFERRED : 0;
}

function forge(): void {
  kernel.s0a = 0; kernel.s0n = 1 << 20; kernel.s1a = 0; kernel.s1n = 1 << 20; kernel.r0a = 0; kernel.r0n = 1 << 20;
  kernel.shape = 0x301;
}

function act(): i32 {
  const a = planned(1), b = planned(2), c = planned(3), d = planned(4);
  switch (planned(0)) {
    case P_NOTHING: return 0;
    case P_FORGE_FETCH: forge(); return kernel.fetch(a, b, c, BUFFER, d);
    case P_FETCH: return kernel.fetch(a, b, c, BUFFER, d);
    case P_FORGE_DELIVER: forge(); return kernel.deliver(a, b, BUFFER, c);
    case P_DELIVER: return kernel.deliver(a, b, BUFFER, c);
    case P_READ: return kernel.dataspaceRead(a, 0, b, c ? c : <i32>BUFFER, d);
    case P_WRITE: return kernel.dataspaceWrite(a, 0, b, c ? c : <i32>BUFFER, d);
    case P_NEST: {
      let shape: i32 = 1;
      if (b != -1) { kernel.s0a = b; kernel.s0n = c; shape += SHAPE_SEND; }
      kernel.w0 = 0;
      const status = kernel.call(a, GO, shape);
      result(3, kernel.fetch(0, 0, 0, BUFFER, 16));
      return status;
    }
    case P_RELAY: {
      kernel.w0 = 0;
      const status = kernel.relay(a, GO, b ? b : kernel.shape);
      result(3, kernel.fetch(0, 0, 0, BUFFER, 16));
      return status;
    }
    case P_SAVE: { const slot = kernel.saveReply(); return slot < 0 ? -1002 : slot; }
    case P_SAVE_FETCH: {
      const slot = kernel.saveReply();
      if (slot < 0) return -1002;
      const status = kernel.fetch(0, 0, 0, BUFFER, 16);
      kernel.w0 = 7;
      kernel.reply(slot, 0, 1);
      return status;
    }
    case P_SAVE_RELAY: {
      const shape = kernel.shape, slot = kernel.saveReply();
      if (slot < 0) return -1002;
      const status = kernel.relay(a, GO, shape);
      kernel.w0 = 7;
      kernel.reply(slot, 0, 1);
      return status;
    }
    case P_REPLY: return kernel.reply(a, 0, 0);
    case P_RECEIVE: return kernel.receive(SLOT_SELF, 0);
    case P_REPLY_RECEIVE: return kernel.replyAndReceive(0, 0, SLOT_SELF);
    case P_INFO: return kernel.capInfo(a);
    case P_COPY: return kernel.capCopy(a);
    case P_TRAP: kernel.deliver(0, 0, BUFFER, 16); unreachable();
    case P_RECURSE: return <i32>deeper(a | 1);
    case P_WAIT: return kernel.wait(a, -1);
  }
  return -1003;
}

function deeper(n: i32): i64 { return n == 0 ? 0 : deeper(n + 2) + load<i64>(BUFFER + (n & 1023)); }

export function serve(): void {
  let more = serveFirst(SLOT_SELF);
  while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
}
