// The server that is called, in the tests of linking. Its methods are in ../../labels.ts.

import * as kernel from "../../../../kernel";
import { BadMethod, Io, Timeout } from "../../../../../../abi/generated/assembly/errors";
import { DEFERRED, LABEL_ORPHAN, LABEL_PAGE_FAULT, LABEL_SIGNAL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../../../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../../component/life-cycle";
import { handleMint } from "../../../../ipc/handle";
import { allocate, release } from "../../../../memory/allocator";
import { SERVER_STATE } from "../../../../memory/layout";
import {
  LOWER_BADGE, LOWER_BIND, LOWER_CALL_KEPT, LOWER_COUNTS, LOWER_HOLD, LOWER_KEEP, LOWER_MINT, LOWER_PAGES, LOWER_PATIENCE, LOWER_RELEASE, LOWER_TRAP, LOWER_TURN,
} from "../../labels";

@unmanaged class State { timeouts: i64; orphans: i64; orphan: i64; signals: i64; held: i32; kept: i32; buffer: usize; firstBad: i64; dataspace: i32 }
@inline function state(): State { return changetype<State>(SERVER_STATE); }
const BUFFER: i32 = 8192;

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  if (fresh != 1) return fresh;
  state().buffer = allocate(BUFFER);
  return state().buffer ? 0 : BROKEN;
}

export function dispatch(label: i32, badge: i32): i32 {
  kernel.answer = 0;
  switch (label) {
    case LABEL_ORPHAN:
      if (kernel.rights) return BadMethod;
      state().orphans++;
      state().orphan = badge;
      return DEFERRED;
    case LABEL_SIGNAL:
      if (kernel.rights) return BadMethod;
      state().signals++;
      return DEFERRED;
    case LABEL_PAGE_FAULT: return kernel.rights ? BadMethod : pageFault(badge, kernel.w0);
    case LOWER_TURN: return turn(kernel.w0, kernel.s0n);
    case LOWER_PAGES: return pages(kernel.w0, kernel.w1);
    case LOWER_HOLD: {
      const slot = kernel.saveReply();
      if (slot < 0) return slot;
      state().held = slot;
      return DEFERRED;
    }
    case LOWER_RELEASE: {
      kernel.w0 = 77;
      return kernel.reply(state().held, 0, 1);
    }
    case LOWER_KEEP: {
      if (state().kept) kernel.capDelete(state().kept);
      state().kept = kernel.c0;
      return 0;
    }
    case LOWER_CALL_KEPT: {
      kernel.c0 = SLOT_SELF;
      return kernel.call(state().kept, <i32>kernel.w1, kernel.w2 ? 1 | 16 : 1);
    }
    case LOWER_COUNTS: {
      kernel.w0 = state().timeouts;
      kernel.w1 = state().orphans;
      kernel.w2 = state().orphan;
      kernel.w3 = state().signals;
      kernel.answer = 4;
      return 0;
    }
    case LOWER_MINT: {
      const root = handleMint(<u32>kernel.w0);
      if (root < 0) return root;
      kernel.c0 = kernel.capCopy(root);
      kernel.answer = 16;
      return 0;
    }
    case LOWER_BADGE: {
      kernel.w0 = badge;
      kernel.answer = 1;
      return 0;
    }
    case LOWER_BIND: return kernel.notificationBind(kernel.c0, SLOT_SELF);
    case LOWER_TRAP: return unreachable();
  }
  return BadMethod;
}

function turn(word: i64, length: i32): i32 {
  const buffer = state().buffer, got = kernel.fetch(0, 0, 0, buffer, length);
  for (let i = 0; i < got >> 1; i++) {
    const byte = load<u8>(buffer + <usize>i);
    store<u8>(buffer + <usize>i, load<u8>(buffer + <usize>(got - 1 - i)));
    store<u8>(buffer + <usize>(got - 1 - i), byte);
  }
  // In two pieces, the later first.
  const half = got >> 1;
  kernel.deliver(0, half, buffer + <usize>half, got - half);
  kernel.deliver(0, 0, buffer, half);
  kernel.w0 = word + 1;
  kernel.answer = 1;
  return 0;
}

function pages(size: i64, firstBad: i64): i32 {
  if (state().dataspace) kernel.capDelete(state().dataspace);
  const dataspace = kernel.dataspaceCreate(size);
  if (dataspace < 0) return dataspace;
  state().dataspace = dataspace;
  state().firstBad = firstBad;
  const status = kernel.dataspaceSetPager(dataspace, SLOT_SELF, 5);
  if (status < 0) return status;
  kernel.c0 = kernel.capMint(dataspace, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0);
  kernel.answer = 16;
  return 0;
}

function pageFault(badge: i32, page: i64): i32 {
  if (badge != 5) return BadMethod;
  if (page >= state().firstBad) return Io;
  const block = allocate(4096);
  memory.fill(block, <u8>(page + 1), 4096);
  const written = kernel.dataspaceWrite(state().dataspace, page << 12, 0, block, 4096);
  release(block);
  return min(written, 0);
}

export function serve(): void {
  let status = kernel.receive(SLOT_SELF, LOWER_PATIENCE);
  for (; ;) {
    if (status == Timeout) state().timeouts++;
    else if (status < 0) return;
    else {
      const answered = dispatch(kernel.label, kernel.badge);
      if (answered != DEFERRED) kernel.reply(0, answered, answered < 0 ? 0 : kernel.answer);
    }
    status = kernel.receive(SLOT_SELF, LOWER_PATIENCE);
  }
}
