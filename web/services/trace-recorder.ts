// Records the kernel's trace into the timeline while it is switched on. Recording costs the system something, so it stops with
// the last pane that wants it.

import type { MachineApi } from "../model/machine-api.ts";
import { Observable } from "../model/observable.ts";
import { Timeline } from "../model/timeline.ts";

const INTERVAL = 250;
/** Events in a full answer, and how many such are asked for in a row: more than that is lost, so that recording ends its turn. */
const BATCH = 4096;
const BATCHES = 6;

export class TraceRecorder {
  readonly timeline = new Timeline();
  readonly recording = new Observable(false);
  /** Rises with each change of the timeline. */
  readonly version = new Observable(0);
  #machine: MachineApi;

  constructor(machine: MachineApi) { this.#machine = machine; }

  async start(): Promise<void> {
    if (this.recording.value) return;
    await this.#machine.setTrace(true);
    this.recording.value = true;
    void this.#loop();
  }

  async stop(): Promise<void> {
    if (!this.recording.value) return;
    this.recording.value = false;
    await this.#machine.setTrace(false);
    await this.#fetch();
  }

  clear(): void {
    this.timeline.clear();
    this.version.value++;
  }

  async #loop(): Promise<void> {
    while (this.recording.value) {
      await this.#fetch();
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
  }

  async #fetch(): Promise<void> {
    try {
      const before = this.timeline.lastSequence;
      for (let batch = 0; batch < BATCHES; batch++) {
        const events = await this.#machine.traceEvents(this.timeline.lastSequence);
        this.timeline.add(events);
        if (events.length < BATCH) break;
      }
      if (this.timeline.lastSequence !== before) this.version.value++;
    } catch {
      this.recording.value = false;
    }
  }
}
