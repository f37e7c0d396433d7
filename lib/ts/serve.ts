// The loop of a TypeScript server that needs no event loop: receive, dispatch, answer. The Worker blocks in the kernel between messages, which is
// three times faster than the asynchronous loop (serve-async.ts).
//
//   const custody = new Custody(kernel);
//   serve(kernel, { custody, dispatch: (incoming) => ... });
//
// A dispatch returns the outcome, or "deferred" when it has kept `incoming.reply` and will answer later (kernel.reply). It must not throw; if
// it does, that is a bug: the caller gets Fault, the log says where, and the server goes on.

import type { Custody } from "./custody.ts";
import type { Incoming, Kernel, Outcome } from "./kernel.ts";
import type { Events } from "./events.ts";
import { LABEL_SIGNAL, SLOT_SELF } from "../../abi/layout/limits.ts";
import { failure } from "./status.ts";

export interface Server {
  readonly custody: Custody;
  /** Work from outside messages (device events), run between them. */
  readonly events?: Events;
  dispatch(incoming: Incoming): Outcome | "deferred";
  /** For serve-async.ts: false while no callback of the event loop is awaited, so that the Worker may block until the next message. */
  waits?(): boolean;
  /** Microseconds until `idle` wants to run; -1 or absent: never. Asked before each wait. */
  patience?(): number;
  /** Runs when `patience` has passed without a message. */
  idle?(): void;
}

/** Whether the kernel itself sent this (LABEL_SIGNAL, LABEL_ORPHAN, LABEL_FAULT, LABEL_PAGE_FAULT). Domains can send such labels too, but
 *  not with rights 0. */
export function isNotice(incoming: Incoming): boolean { return incoming.rights === 0 && incoming.label < 256; }

/** One message: dispatch, answer, drop what was not kept. Also what tests attach to a fake endpoint. */
export function handle(kernel: Kernel, server: Server, incoming: Incoming): void {
  if (incoming.label === LABEL_SIGNAL && isNotice(incoming) && server.events?.take(incoming)) return;
  server.custody.begin(incoming);
  let outcome: Outcome | "deferred";
  try {
    outcome = server.dispatch(incoming);
  } catch (error) {
    kernel.log(`bug: label 0x${incoming.label.toString(16)} threw ${(error as Error).stack ?? error}`);
    outcome = { status: failure("Fault") };
  }
  server.custody.end();
  if (outcome !== "deferred" && incoming.reply) answer(kernel, incoming.reply, outcome);
}

/** Answer a call, now or (deferred) later. False if the caller is gone or has given up; capabilities in the outcome are gone either way. */
export function answer(kernel: Kernel, reply: number, outcome: Outcome): boolean {
  if (reply && kernel.reply(reply, outcome) >= 0) return true;
  // A dead caller's reply is used up by the kernel; a refused outcome leaves it, and the caller must not wait for ever.
  if (reply) {
    kernel.reply(reply, { status: failure("Fault") });
    kernel.capDelete(reply);
  }
  for (const slot of outcome.caps ?? []) if (slot) kernel.capDelete(slot);
  return false;
}

/** Serve `endpoint` until the domain ends. */
export function serve(kernel: Kernel, server: Server, endpoint = SLOT_SELF): never {
  for (;;) {
    const patience = server.patience?.() ?? -1;
    const incoming = kernel.receive(endpoint, patience);
    if (incoming.status >= 0) handle(kernel, server, incoming);
    else if (incoming.status === failure("Timeout") || incoming.status === failure("WouldBlock")) server.idle?.();
    else if (incoming.status !== failure("Interrupted")) {
      kernel.log(`receive failed: ${incoming.status}`);
      kernel.exit(1);
    }
  }
}
