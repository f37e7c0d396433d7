// The serve loop of a server's home Worker. In main.ts:
//
//   export function serve(): void {
//     let more = serveFirst(SLOT_SELF);
//     while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
//   }
//
// (A function value would be an object in a data segment, so the loop cannot be a function that is given `dispatch`.)
// It ends when the endpoint is gone. A server that also has work of its own (write-back, timers) waits for at most so many microseconds:
//
//   export function serve(): void {
//     let event = serveFirstWithin(SLOT_SELF, TICK);
//     while (event != SERVE_ENDED) {
//       if (event == SERVE_MESSAGE) event = serveNextWithin(SLOT_SELF, dispatch(kernel.label, kernel.badge), TICK);
//       else { tick(); event = serveFirstWithin(SLOT_SELF, TICK); }
//     }
//   }
//
// tick() runs with the server's lock held, as dispatch does. It runs only when nothing came for that long: under load, do the work in
// dispatch as well when it is due.

import * as kernel from "../kernel";
import { DEFERRED } from "../../../abi/layout/limits";
import { BadHandle, Canceled, NoRight, Timeout, WouldBlock } from "../../../abi/generated/assembly/errors";

/** Wait for the first message; false if the endpoint cannot be received on. */
export function serveFirst(endpoint: i32): bool { return received(endpoint, kernel.receive(endpoint, -1)); }

/** Answer the message with what its dispatch returned, and wait for the next. */
export function serveNext(endpoint: i32, status: i32): bool {
  if (status == DEFERRED) return serveFirst(endpoint);
  return received(endpoint, kernel.replyAndReceive(status, status < 0 ? 0 : kernel.answer, endpoint));
}

export const SERVE_ENDED: i32 = 0;
export const SERVE_MESSAGE: i32 = 1;
/** Nothing came in time. */
export const SERVE_IDLE: i32 = 2;

/** Wait for a message, at most `timeout` microseconds: SERVE_… */
export function serveFirstWithin(endpoint: i32, timeout: i64): i32 {
  const status = kernel.receive(endpoint, timeout);
  if (status == Timeout || status == WouldBlock) return SERVE_IDLE;
  return received(endpoint, status) ? SERVE_MESSAGE : SERVE_ENDED;
}

/** Answer the message, and wait for the next. */
export function serveNextWithin(endpoint: i32, status: i32, timeout: i64): i32 {
  // A message that wants no answer makes this BadHandle.
  if (status != DEFERRED) kernel.reply(0, status, status < 0 ? 0 : kernel.answer);
  return serveFirstWithin(endpoint, timeout);
}

/** Receiving may be broken off for reasons that pass; then try again. */
function received(endpoint: i32, status: i32): bool {
  while (status < 0) {
    if (status == BadHandle || status == NoRight || status == Canceled) return false;
    status = kernel.receive(endpoint, -1);
  }
  return true;
}
