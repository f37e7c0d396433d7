// Records the kernel's trace into the timeline while it is switched on. Recording costs the system something, so it stops with
// the last pane that wants it.

import type { MachineApi } from "../model/machine-api.ts";
import { Observable } from "../model/observable.ts";
import { Timeline } from "../model/timeline.ts";

const INTERVAL = 250;

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
      this.timeline.add(await this.#machine.traceEvents(before));
      if (this.timeline.lastSequence !== before) this.version.value++;
    } catch {
      this.recording.value = false;
    }
  }
}
