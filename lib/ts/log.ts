// Lines for the machine's log, each with the component's name. Keep them rare: one for what a person would want to know.

import type { Kernel } from "./kernel.ts";

export class Log {
  constructor(private readonly kernel: Kernel, private readonly component: string) {}
  /** What happened, in the normal course. */
  note(text: string): void { this.write(text); }
  /** Something failed and the component goes on. */
  warn(text: string): void { this.write(`warning: ${text}`); }
  private write(text: string): void { this.kernel.log(`${this.component}: ${text}`); }
}
