// Parents that wait for children. A waiter is answered when a child that it waits for ends, or stops if it asked for stops; an ended child is
// then forgotten. One process has at most one wait open: a second replaces it (the first caller has given up).

import { ProcessState } from "../../abi/generated/ts/enums.ts";
import type { Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { encodeEnded } from "../../lib/ts/process-records.ts";
import { answer } from "../../lib/ts/serve.ts";
import { failure } from "../../lib/ts/status.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./process-table.ts";

const NOTHING: Outcome = { status: 0, data: encodeEnded({ pid: 0, state: ProcessState.Running, status: 0, signal: 0, reason: "" }) };

export class Waiting {
  constructor(private readonly kernel: Kernel, private readonly table: ProcessTable) {}

  /** Answers `reply` at once or later; takes it over. */
  wait(parent: Process, pid: number, stopped: boolean, block: boolean, reply: number): void {
    const wanted = pid === 0 ? [...parent.children] : [...parent.children].filter((child) => child.pid === pid);
    if (wanted.length === 0) { answer(this.kernel, reply, { status: failure("NoChild") }); return; }
    const ready = wanted.find((child) => isReady(child, stopped));
    if (ready) this.tell(ready, reply);
    else if (!block) answer(this.kernel, reply, NOTHING);
    else {
      this.cancel(parent);
      parent.waiter = { pid, stopped, reply };
    }
  }

  /** The child has ended or stopped: answer who waits for it, or leave it for a later wait. */
  changed(child: Process): void {
    const { parent } = child;
    if (child.watch) this.kernel.signal(child.watch, 1n);
    if (!parent?.waiter || (parent.waiter.pid !== 0 && parent.waiter.pid !== child.pid) || !isReady(child, parent.waiter.stopped)) return;
    const { reply } = parent.waiter;
    parent.waiter = undefined;
    this.tell(child, reply);
  }

  /** A signal breaks a wait off. */
  interrupt(process: Process): void {
    if (!process.waiter) return;
    const { reply } = process.waiter;
    process.waiter = undefined;
    answer(this.kernel, reply, { status: failure("Interrupted") });
  }

  /** The waiter is gone: forget its reply. */
  cancel(process: Process): void {
    if (process.waiter) this.kernel.capDelete(process.waiter.reply);
    process.waiter = undefined;
  }

  private tell(child: Process, reply: number): void {
    const exited = child.state === ProcessState.Exited;
    const { status, signal, reason } = exited ? child.ending! : { status: 128 + child.stoppedBy, signal: child.stoppedBy, reason: "" };
    const told = answer(this.kernel, reply, { status: 0, data: encodeEnded({ pid: child.pid, state: child.state, status, signal, reason }) });
    if (!told) return;
    if (exited) this.forget(child);
    else child.stopTold = true;
  }

  /** Remove an ended child; what it watched with goes too. */
  forget(child: Process): void {
    this.table.remove(child);
    if (child.watch) this.kernel.capDelete(child.watch);
    child.watch = 0;
  }
}

function isReady(child: Process, stopped: boolean): boolean {
  return child.state === ProcessState.Exited || (stopped && child.state === ProcessState.Stopped && !child.stopTold);
}
