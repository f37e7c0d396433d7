// What domains log and what happened to them, newest last: kept from the first event on, so that the log pane can be opened late.

import { FAULT_EXIT } from "../../abi/layout/limits.ts";
import { reasonText } from "../model/domain-words.ts";
import type { MachineEvent } from "../model/machine-api.ts";
import { Observable } from "../model/observable.ts";

export interface LogLine { time: number; source: string; text: string; kind: "log" | "started" | "ended" | "died" | "error" }

/** Lines kept. */
const CAPACITY = 1000;

export class SystemLog {
  readonly lines: LogLine[] = [];
  /** Rises with each line. */
  readonly version = new Observable(0);

  take(event: MachineEvent): void {
    if (event.kind === "log") this.#add("log", event.name, event.text);
    else if (event.kind === "domain-started") this.#add("started", event.name, `started as domain ${event.domain}`);
    else if (event.kind === "domain-died") this.#add(event.reason === FAULT_EXIT && event.status === 0 ? "ended" : "died", event.name, `${event.text || reasonText(event.reason)} (status ${event.status})`);
    else if (event.kind === "error") this.#add("error", "machine", event.text);
    else if (event.kind === "boot-progress") this.#add("log", "boot", event.detail);
  }

  #add(kind: LogLine["kind"], source: string, text: string): void {
    this.lines.push({ time: performance.now(), source, text: text.trimEnd(), kind });
    if (this.lines.length > CAPACITY) this.lines.splice(0, this.lines.length - CAPACITY);
    this.version.value++;
  }
}
