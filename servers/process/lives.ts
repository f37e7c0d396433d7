// What happens to a process once it is there: signals, stops, its end. When it ends, all that it held here is given back, its children are
// passed on, its parent is told; its table row goes when the parent has waited.

import { ProcessState, Signal } from "../../abi/generated/ts/enums.ts";
import type { Incoming, Kernel } from "../../lib/ts/kernel.ts";
import { answer } from "../../lib/ts/serve.ts";
import { decodeText } from "../../lib/ts/text.ts";
import { endedBySignal, endingOf, type Ending } from "./ending.ts";
import type { Loader } from "./program/loader.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./process-table.ts";
import { dispositionOf } from "./signals.ts";
import type { Waiting } from "./waiting.ts";

export class Lives {
  constructor(private readonly kernel: Kernel, private readonly table: ProcessTable, private readonly waiting: Waiting, private readonly loader: Loader) {}

  deliver(target: Process, signal: Signal): void {
    switch (dispositionOf(signal, target.handlesInterrupt)) {
      case "kill": this.finish(target, endedBySignal(signal)); break;
      case "stop": this.stop(target, signal); break;
      case "continue": this.resume(target); break;
      case "tell": this.tell(target, signal); break;
      case "ignore": break;
    }
  }

  private stop(target: Process, signal: Signal): void {
    if (target.state !== ProcessState.Running) return;
    if (this.kernel.domainSuspend(target.domain) < 0) return;
    target.state = ProcessState.Stopped;
    target.stoppedBy = signal;
    target.stopTold = false;
    this.waiting.changed(target);
  }

  private resume(target: Process): void {
    if (target.state !== ProcessState.Stopped) return;
    target.state = ProcessState.Running;
    this.kernel.domainResume(target.domain);
  }

  private tell(target: Process, signal: Signal): void {
    const reply = target.signalWaiter;
    target.signalWaiter = 0;
    if (reply && answer(this.kernel, reply, { status: 0, words: [signal] })) return;
    if (!target.pendingSignals.includes(signal)) target.pendingSignals.push(signal);
    this.waiting.interrupt(target);
  }

  /** Decide how a process ends, and end it. Its domain's death is reported by LABEL_FAULT; without a domain it ends here. */
  finish(process: Process, ending: Ending): void {
    process.decided ??= ending;
    if (process.domain) this.kernel.domainKill(process.domain);
    else this.end(process, process.decided);
  }

  /** A domain is dead (LABEL_FAULT). */
  faulted(incoming: Incoming): void {
    const [domain, fault, status] = incoming.words.map(Number);
    const process = this.table.find(incoming.badge);
    if (!process?.domain || process.domainNumber !== domain) return;
    this.end(process, process.decided ?? endingOf(fault ?? 0, status ?? 0, decodeText(incoming.ranges[0] ?? new Uint8Array(0))));
  }

  /** The process is over: give back what it held, pass on its children, tell its parent. */
  end(process: Process, ending: Ending): void {
    if (!process.alive) return;
    process.state = ProcessState.Exited;
    process.ending = ending;
    this.loader.cancel(process);
    this.waiting.cancel(process);
    for (const slot of [...process.given.values(), process.root, process.system, process.domain, process.signalWaiter]) if (slot) this.kernel.capDelete(slot);
    process.given.clear();
    process.root = process.system = process.domain = process.signalWaiter = 0;
    for (const child of [...process.children]) this.orphaned(child);
    this.waiting.changed(process);
    if (process.parent === this.table.init && !process.watch && this.table.find(process.pid) === process) this.waiting.forget(process);
  }

  /** Init keeps only what runs; nobody will ask for the rest. */
  private orphaned(child: Process): void {
    if (child.watch) this.kernel.capDelete(child.watch);
    child.watch = 0;
    this.table.adopt(child);
    if (!child.alive) this.waiting.forget(child);
    else if (child.state === ProcessState.Created || child.state === ProcessState.Starting) this.end(child, endedBySignal(Signal.Kill));
    else if (child.state === ProcessState.Stopped) { this.deliver(child, Signal.HangUp); this.resume(child); }
  }
}
