// A client that does what its controller orders (crossing-labels.ts) and sees after each whether its memory is as it left it.

import * as kernel from "../../../../lib/assembly/kernel";
import { SHAPE_RECEIVE, SHAPE_SEND } from "../../../../abi/layout/limits";
import { BASE, C_CALL, C_DELIVER, C_FETCH, C_INFO, C_READ, C_REPLY, C_SAVE, C_WRITE, NEXT, SIZE } from "../crossing-labels";

const CONTROL: i32 = 5;
const SECRET: i64 = 0x5ec4e75ec4e75ec4;
const START: usize = BASE;
const END: usize = BASE + SIZE;

function value(address: usize): u8 { return <u8>(address * 7 + (address >> 8) + 3); }
function restore(): void { for (let at = START; at < END; at++) store<u8>(at, value(at)); }
/** Bytes of ours that are not what they were. */
function changed(): i64 {
  let count: i64 = 0;
  for (let at = START; at < END; at++) if (load<u8>(at) != value(at)) count++;
  return count;
}
/** Put back what was rightly written. */
function forgive(from: i32, length: i32): void {
  for (let at = <usize>from; at < <usize>from + <usize>length; at++) if (at >= START && at < END) store<u8>(at, value(at));
}

/** Of the last order: bytes delivered, and what was left in registers. */
const DELIVERED: usize = 2048;
const LEFT: usize = 2056;

/** Carry out the order in the registers: its status. */
function obey(): i32 {
  const what = <i32>kernel.w0, a = <i32>kernel.w1, b = <i32>kernel.w2, c = <i32>kernel.w3, d = <i32>kernel.w4, e = <i32>kernel.w5, f = <i32>kernel.w6, limit = kernel.w7;
  store<i64>(DELIVERED, 0);
  store<i64>(LEFT, 0);
  switch (what) {
    case C_CALL: {
      let shape: i32 = 1;
      if (d != -1) { kernel.s0a = c; kernel.s0n = d; shape += SHAPE_SEND; }
      if (f != -1) { kernel.r0a = e; kernel.r0n = f; shape += SHAPE_RECEIVE; }
      kernel.w0 = 0;
      kernel.w1 = SECRET; kernel.w2 = SECRET; kernel.w3 = SECRET; kernel.w4 = SECRET; kernel.w5 = SECRET; kernel.w6 = SECRET; kernel.w7 = SECRET;
      kernel.c0 = CONTROL; kernel.c1 = CONTROL; kernel.c2 = CONTROL; kernel.c3 = CONTROL;
      kernel.label = -1; kernel.badge = -1; kernel.rights = -1; kernel.answer = -1;
      const status = kernel.callTimed(a, b, shape, limit);
      store<i64>(LEFT, kernel.w1 | kernel.w2 | kernel.w3 | kernel.w4 | kernel.w5 | kernel.w6 | kernel.w7 | <i64>(kernel.c0 | kernel.c1 | kernel.c2 | kernel.c3));
      if (f != -1) {
        const delivered = kernel.r0n;
        if (delivered > f && f >= 0) return -1000;
        store<i64>(DELIVERED, delivered);
        forgive(e, delivered);
      }
      return status;
    }
    case C_READ: { const status = kernel.dataspaceRead(a, 0, b, c, d); if (status > 0) forgive(c, status); return status; }
    case C_WRITE: return kernel.dataspaceWrite(a, 0, b, c, d);
    case C_FETCH: return kernel.fetch(a, b, 0, START, c);
    case C_DELIVER: return kernel.deliver(a, b, START, c);
    case C_REPLY: return kernel.reply(a, 0, 0);
    case C_SAVE: return kernel.saveReply();
    case C_INFO: return kernel.capInfo(a);
  }
  return -1001;
}

export function main(): i32 {
  restore();
  let status: i32 = 0;
  while (true) {
    kernel.w0 = status;
    kernel.w1 = changed();
    kernel.w2 = load<i64>(DELIVERED);
    kernel.w3 = load<i64>(LEFT);
    restore();
    if (kernel.call(CONTROL, NEXT, 4) < 0) return 1;
    status = obey();
  }
}
