// Looks at the system at intervals for the panes that show it. It asks only while somebody watches and the page is visible, and
// never has two questions under way, so that a busy machine is not asked faster than it answers.

import { CallFlow, type Flow } from "../model/call-flow.ts";
import type { MachineApi, SystemSnapshot } from "../model/machine-api.ts";
import { Observable } from "../model/observable.ts";

export interface View { snapshot: SystemSnapshot; flows: Flow[]; callsPerSecond: number }

/** Milliseconds between two looks. */
export const INTERVAL = 400;

export class Monitor {
  readonly view = new Observable<View | undefined>(undefined);
  #machine: MachineApi;
  #flow = new CallFlow();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchers = 0;
  #asking = false;

  constructor(machine: MachineApi) {
    this.#machine = machine;
    document.addEventListener("visibilitychange", () => this.#plan(0));
  }

  /** Calls `listener` with each new view until the answer is called. */
  watch(listener: (view: View) => void): () => void {
    const stop = this.view.subscribe((view) => { if (view) listener(view); });
    this.#watchers++;
    this.#plan(0);
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      this.#watchers--;
      stop();
    };
  }

  /** Look now: after something was changed by hand. */
  refresh(): void { this.#plan(0); }

  #plan(delay: number): void {
    clearTimeout(this.#timer);
    if (this.#watchers === 0 || document.hidden) return;
    this.#timer = setTimeout(() => void this.#look(), delay);
  }

  async #look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const [snapshot, counts] = await Promise.all([this.#machine.snapshot(), this.#machine.callCounts()]);
      const flows = this.#flow.update(counts, performance.now());
      this.view.value = { snapshot, flows, callsPerSecond: flows.reduce((sum, flow) => sum + flow.rate, 0) };
    } catch {
      // Not up yet, or going down: the next look tells.
    } finally {
      this.#asking = false;
      this.#plan(INTERVAL);
    }
  }
}
