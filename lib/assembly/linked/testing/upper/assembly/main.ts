// The server that calls lower, in the tests of linking. Its methods are in ../../labels.ts.

import * as kernel from "../../../../kernel";
import { BadMethod, NoMemory, Timeout } from "../../../../../../abi/generated/assembly/errors";
import { DEFERRED, LABEL_ORPHAN, SLOT_SELF } from "../../../../../../abi/layout/limits";
import { componentStart } from "../../../../component/life-cycle";
import { handleMint } from "../../../../ipc/handle";
import { allocateRaw, release } from "../../../../memory/allocator";
import { SERVER_STATE } from "../../../../memory/layout";
import {
  LOWER_PAGES, LOWER_TURN, UPPER_BADGE, UPPER_CALL, UPPER_COUNTS, UPPER_INFO, UPPER_MINT, UPPER_PATIENCE, UPPER_READ, UPPER_SET, UPPER_TURN, UPPER_WRITE,
} from "../../labels";

@unmanaged class State { timeouts: i64; orphans: i64; orphan: i64; lower: i32 }
@inline function state(): State { return changetype<State>(SERVER_STATE); }
const BUFFER: i32 = 65536;

export function init(mode: i32): i32 {
  return min(componentStart(mode), 0);
}

export function dispatch(label: i32, badge: i32): i32 {
  kernel.answer = 0;
  switch (label) {
    case LABEL_ORPHAN:
      if (kernel.rights) return BadMethod;
      state().orphans++;
      state().orphan = badge;
      return DEFERRED;
    case UPPER_SET: {
      if (state().lower) kernel.capDelete(state().lower);
      state().lower = kernel.c0;
      return 0;
    }
    case LOWER_TURN:
    case UPPER_TURN: return turn(kernel.w0, kernel.s0n, kernel.r0n);
    case UPPER_READ: return transfer(kernel.w0, <i32>kernel.w1, kernel.w2, kernel.w3, false);
    case UPPER_WRITE: return transfer(kernel.w0, <i32>kernel.w1, kernel.w2, kernel.w3, true);
    case UPPER_CALL: {
      const method = <i32>kernel.w0;
      kernel.w0 = kernel.w1;
      kernel.c0 = SLOT_SELF;
      const status = kernel.call(state().lower, method, kernel.w2 ? 1 | 16 : 1);
      if (kernel.c0 && status >= 0) kernel.capDelete(kernel.c0);
      kernel.answer = 4;
      return status;
    }
    case UPPER_MINT: {
      const root = handleMint(<u32>kernel.w0);
      if (root < 0) return root;
      kernel.c0 = kernel.capCopy(root);
      kernel.answer = 16;
      return 0;
    }
    case UPPER_BADGE: {
      kernel.w0 = badge;
      kernel.answer = 1;
      return 0;
    }
    case UPPER_INFO: return info(kernel.c0);
    case UPPER_COUNTS: {
      kernel.w0 = state().timeouts;
      kernel.w1 = state().orphans;
      kernel.w2 = state().orphan;
      kernel.answer = 3;
      return 0;
    }
  }
  return BadMethod;
}

// While it calls, others come in: each call has a buffer of its own.
function turn(word: i64, length: i32, room: i32): i32 {
  const buffer = allocateRaw(BUFFER), status = buffer ? turnIn(buffer, word, length, room) : NoMemory;
  release(buffer);
  return status;
}

/** Lower is first called with a range of upper's own: then the outer call's ranges must still be there. */
function turnIn(buffer: usize, word: i64, length: i32, room: i32): i32 {
  store<u32>(buffer, 0x64636261);
  kernel.w0 = 41;
  kernel.s0a = buffer;
  kernel.s0n = 4;
  kernel.r0a = buffer + 8;
  kernel.r0n = 8;
  let status = kernel.call(state().lower, LOWER_TURN, 1 | 128 | 512);
  if (status < 0) return status;
  if (kernel.r0n != 4 || load<u32>(buffer + 8) != 0x61626364 || kernel.w0 != 42) return BadMethod;
  const got = kernel.fetch(0, 0, 0, buffer, length);
  if (got < 0) return got;
  kernel.w0 = word;
  kernel.s0a = buffer;
  kernel.s0n = got;
  kernel.r0a = buffer + 32768;
  kernel.r0n = min(room, 16384);
  status = kernel.call(state().lower, LOWER_TURN, 1 | 128 | 512);
  if (status < 0) return status;
  const result = kernel.w0, delivered = kernel.r0n;
  kernel.deliver(0, 0, buffer + 32768, delivered);
  kernel.w0 = result;
  kernel.answer = 1;
  return 0;
}

function transfer(offset: i64, length: i32, size: i64, firstBad: i64, writing: bool): i32 {
  const buffer = allocateRaw(BUFFER), status = buffer ? transferIn(buffer, offset, length, size, firstBad, writing) : NoMemory;
  release(buffer);
  return status;
}

function transferIn(buffer: usize, offset: i64, length: i32, size: i64, firstBad: i64, writing: bool): i32 {
  kernel.w0 = size;
  kernel.w1 = firstBad;
  const status = kernel.call(state().lower, LOWER_PAGES, 2);
  if (status < 0) return status;
  const dataspace = kernel.c0;
  kernel.w5 = 0x5555;
  let done = 0;
  if (writing) {
    memory.fill(buffer, 0xee, <usize>length);
    done = kernel.dataspaceWrite(dataspace, offset, 0, buffer, length);
    if (done >= 0) kernel.dataspaceRead(dataspace, 0, 0, buffer, <i32>min<i64>(size, BUFFER));
    length = <i32>min<i64>(size, BUFFER);
  } else done = kernel.dataspaceRead(dataspace, offset, 0, buffer, length);
  const kept = kernel.w5 == 0x5555;
  let sum: i64 = 0;
  const counted = writing ? length : done;
  for (let i = 0; i < counted; i++) sum += load<u8>(buffer + <usize>i);
  kernel.capDelete(dataspace);
  kernel.w0 = sum;
  kernel.w1 = done;
  kernel.w2 = kept ? 1 : 0;
  kernel.answer = 3;
  return 0;
}

function info(slot: i32): i32 {
  kernel.capInfo(SLOT_SELF);
  const own = kernel.w1, selfBadge = kernel.w0;
  kernel.capInfo(slot);
  kernel.w2 = kernel.w1 == own ? 1 : 0;
  kernel.w3 = selfBadge;
  kernel.capDelete(slot);
  kernel.answer = 4;
  return 0;
}

export function serve(): void {
  let status = kernel.receive(SLOT_SELF, UPPER_PATIENCE);
  for (; ;) {
    if (status == Timeout) state().timeouts++;
    else if (status < 0) return;
    else {
      const answered = dispatch(kernel.label, kernel.badge);
      if (answered != DEFERRED) kernel.reply(0, answered, answered < 0 ? 0 : kernel.answer);
    }
    status = kernel.receive(SLOT_SELF, UPPER_PATIENCE);
  }
}
