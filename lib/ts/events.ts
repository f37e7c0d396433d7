// Brings what happens outside messages (a key press, a fetch that is done) into a server's loop. Callbacks of devices and promises must not
// make system calls that answer or call, as the server's thread may be inside `receiveAsync` then: they `post` the work, which signals a
// notification bound to the server's endpoint, and the loop runs it between two messages.

import { SLOT_SELF } from "../../abi/layout/limits.ts";
import type { Incoming, Kernel } from "./kernel.ts";

/** The notification bits that are ours; others of the same notification are the server's. */
const POSTED = 1n << 62n;

export class Events {
  private readonly notification: number;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly kernel: Kernel, endpoint = SLOT_SELF) {
    this.notification = kernel.notificationCreate();
    const status = this.notification < 0 ? this.notification : kernel.notificationBind(this.notification, endpoint);
    if (status < 0) throw new Error(`cannot bind events to the endpoint: status ${status}`);
  }

  /** Run `work` in the loop, soon, in the order of posting. */
  post(work: () => void): void {
    this.queue.push(work);
    if (this.queue.length === 1) this.kernel.signal(this.notification, POSTED);
  }

  /** Called by the serve loop with each signal: runs what was posted. False if the signal has other bits too. */
  take(incoming: Incoming): boolean {
    const bits = incoming.words[0] ?? 0n;
    for (const work of this.queue.splice(0)) {
      try { work(); } catch (error) { this.kernel.log(`bug: an event threw ${(error as Error).stack ?? error}`); }
    }
    return (bits & ~POSTED) === 0n;
  }

  /** For tests that end a server: gives the notification back. */
  close(): void { this.kernel.capDelete(this.notification); }
}
