// A server whose handlers hold a mutex while they call on, and whose home Worker does work of its own when nothing comes. It counts how often
// the mutex or its lock let two threads in. State from 2048 on: the fields of State.

import * as kernel from "../../../../lib/assembly/kernel";
import { DEFERRED, SLOT_SELF } from "../../../../abi/layout/limits";
import { SERVE_ENDED, SERVE_MESSAGE, serveFirstWithin, serveNextWithin } from "../../../../lib/assembly/ipc/serve";
import { Mutex, mutexAcquire, mutexCreate, mutexRelease } from "../../../../lib/assembly/sync/mutex";
import { ECHO, HOLD, HOLD_COUNTS, HOLD_START } from "../labels";

/** Microseconds. */
const TICK: i64 = 300;

@unmanaged class State {
  mutex: u64;
  /** Who holds the mutex, or 0; who runs code under the lock, or 0. */
  holder: i32;
  inside: i32;
  held: i32;
  ticks: i32;
  mutexViolations: i32;
  lockViolations: i32;
  started: i32;
  target: i32;
}
function state(): State { return changetype<State>(2048); }
function mutex(): Mutex { return changetype<Mutex>(2048); }

export function init(mode: i32): i32 { return mode; }

export function dispatch(label: i32, badge: i32): i32 {
  enter();
  kernel.answer = 0;
  const status = act(label);
  leave();
  return status;
}

function enter(): void { if (state().inside != 0) state().lockViolations++; state().inside = 1; }
function leave(): void { state().inside = 0; }

function act(label: i32): i32 {
  switch (label) {
    case HOLD_START: {
      const status = mutexCreate(mutex());
      state().target = kernel.c0;
      state().started = 1;
      return status;
    }
    case HOLD: return hold(<i32>kernel.w0);
    case HOLD_COUNTS:
      kernel.w0 = state().held; kernel.w1 = state().ticks; kernel.w2 = state().mutexViolations; kernel.w3 = state().lockViolations; kernel.w4 = mutex().word;
      kernel.answer = 5;
      return 0;
  }
  return label < 256 ? DEFERRED : -4;
}

/** Take the mutex, call on (which drops the lock), and see that nobody else took it meanwhile. */
function hold(token: i32): i32 {
  leave();
  const taken = mutexAcquire(mutex());
  enter();
  if (taken < 0) return taken;
  if (state().holder != 0) state().mutexViolations++;
  state().holder = token;
  leave();
  const status = kernel.call(state().target, ECHO, 0);
  enter();
  kernel.answer = 0;
  if (state().holder != token) state().mutexViolations++;
  state().holder = 0;
  state().held++;
  mutexRelease(mutex());
  return status;
}

function tick(): void {
  enter();
  if (state().started) {
    state().ticks++;
    hold(1000);
  }
  leave();
}

export function serve(): void {
  let event = serveFirstWithin(SLOT_SELF, TICK);
  while (event != SERVE_ENDED) {
    if (event == SERVE_MESSAGE) event = serveNextWithin(SLOT_SELF, dispatch(kernel.label, kernel.badge), TICK);
    else { tick(); event = serveFirstWithin(SLOT_SELF, TICK); }
  }
}
