// The serve loop of a server's home Worker. In main.ts:
//
//   export function serve(): void {
//     let more = serveFirst(SLOT_SELF);
//     while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
//   }
//
// (A function value would be an object in a data segment, so the loop cannot be a function that is given `dispatch`.)
// It ends when the endpoint is gone.

import * as kernel from "../kernel";
import { DEFERRED } from "../../../abi/layout/limits";
import { BadHandle, Canceled, NoRight } from "../../../abi/generated/assembly/errors";

/** Wait for the first message; false if the endpoint cannot be received on. */
export function serveFirst(endpoint: i32): bool { return received(endpoint, kernel.receive(endpoint, -1)); }

/** Answer the message with what its dispatch returned, and wait for the next. */
export function serveNext(endpoint: i32, status: i32): bool {
  if (status == DEFERRED) return serveFirst(endpoint);
  return received(endpoint, kernel.replyAndReceive(status, status < 0 ? 0 : kernel.answer, endpoint));
}

/** Receiving may be broken off for reasons that pass; then try again. */
function received(endpoint: i32, status: i32): bool {
  while (status < 0) {
    if (status == BadHandle || status == NoRight || status == Canceled) return false;
    status = kernel.receive(endpoint, -1);
  }
  return true;
}
