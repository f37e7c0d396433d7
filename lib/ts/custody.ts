// Who owns the capabilities that came with a message. A serve loop opens a Custody for each message; the handler calls `keep` for what it stores;
// the rest is deleted when the handler returns, also when it refused the message. So a handler that returns early leaks nothing.
// (What a handler answers with needs no care: answers move capabilities.)

import type { Incoming, Kernel } from "./kernel.ts";

export class Custody {
  private readonly held = new Set<number>();
  constructor(private readonly kernel: Kernel) {}

  /** Called by the serve loop before the handler. */
  begin(incoming: Incoming): void { for (const slot of incoming.caps) if (slot) this.held.add(slot); }

  /** The server now owns this capability of the current message, and deletes it one day. Gives the slot. */
  keep(slot: number): number {
    this.held.delete(slot);
    return slot;
  }

  /** Called by the serve loop after the handler. */
  end(): void {
    for (const slot of this.held) this.kernel.capDelete(slot);
    this.held.clear();
  }
}
