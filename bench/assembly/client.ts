// The client side of `ipc`: a native module that asks the capability in SLOT_NAMES for its next job, runs it and tells how long it
// took, so that nothing but Wasm is inside a measured loop. The loops are exported so that they stay functions of their own: an
// engine replaces slow code by fast code when a function is entered, and main is entered once.

import * as kernel from "../../lib/assembly/kernel";
import { SHAPE_RECEIVE, SHAPE_SEND, SLOT_NAMES } from "../../abi/layout/limits";
import { JOB_COPY, JOB_END, JOB_RANGES, JOB_WORDS, LABEL_JOB, LABEL_RANGES, LABEL_WORDS } from "./labels";

const SIZE: i32 = 4096;
const SOURCE: usize = 8192;
const TARGET: usize = 16384;
const MIDDLE: usize = 24576;

export function words(server: i32, count: i32): i32 {
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    kernel.w0 = i;
    kernel.w1 = 1;
    kernel.w2 = 2;
    kernel.w3 = 3;
    const status = kernel.call(server, LABEL_WORDS, 4);
    if (status != 0 || kernel.w0 != <i64>i || kernel.w3 != 3) wrong++;
  }
  return wrong;
}

export function ranges(server: i32, count: i32): i32 {
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    store<i32>(SOURCE, i);
    kernel.s0a = SOURCE;
    kernel.s0n = SIZE;
    kernel.r0a = TARGET;
    kernel.r0n = SIZE;
    const status = kernel.call(server, LABEL_RANGES, SHAPE_SEND + SHAPE_RECEIVE);
    if (status != 0 || kernel.r0n != SIZE || load<i32>(TARGET) != i) wrong++;
  }
  return wrong;
}

export function copies(count: i32): i32 {
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    store<i32>(SOURCE, i);
    memory.copy(MIDDLE, SOURCE, SIZE);
    memory.copy(TARGET, MIDDLE, SIZE);
    if (load<i32>(TARGET) != i) wrong++;
  }
  return wrong;
}

export function main(): i32 {
  let time: i64 = 0, wrong = 0;
  while (true) {
    kernel.w0 = time;
    kernel.w1 = wrong;
    if (kernel.call(SLOT_NAMES, LABEL_JOB, 2) != 0) return 1;
    const job = <i32>kernel.w0, count = <i32>kernel.w1, server = <i32>kernel.w2;
    if (job == JOB_END) return 0;
    const began = kernel.monotonic();
    if (job == JOB_WORDS) wrong = words(server, count);
    else if (job == JOB_RANGES) wrong = ranges(server, count);
    else if (job == JOB_COPY) wrong = copies(count);
    else return 2;
    time = kernel.monotonic() - began;
  }
}
