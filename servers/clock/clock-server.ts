// The clock server: tells the time and signals notifications after a time. It blocks in receive until the next alarm is due,
// so it needs no timers of the browser.

import { dispatchClock, type ClockHandlers } from "../../abi/generated/ts/server/clock.ts";
import type { CallContext } from "../../abi/generated/ts/message.ts";
import { OBJECT_NOTIFICATION } from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import type { Incoming, Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { isNotice, type Server } from "../../lib/ts/serve.ts";
import { refuse } from "../../lib/ts/status.ts";
import { AlarmQueue } from "./alarm-queue.ts";

/** Alarms that may be pending at once. */
const MAX_ALARMS = 256;
/** The longest delay: about 292 years, what a signed 64-bit nanosecond count holds. */
const LONGEST = (1n << 63n) - 1n;
/** Microseconds: receive takes a plain number, so very long waits are cut and begun again. */
const LONGEST_WAIT = 3_600_000_000n;

export class ClockServer implements Server, ClockHandlers {
  readonly custody: Custody;
  private readonly alarms = new AlarmQueue();
  private lastAlarm = 0;

  constructor(private readonly kernel: Kernel) { this.custody = new Custody(kernel); }

  dispatch(incoming: Incoming): Outcome | "deferred" {
    this.idle();
    return isNotice(incoming) ? { status: 0 } : dispatchClock(this, incoming);
  }

  patience(): number {
    const next = this.alarms.next;
    if (!next) return -1;
    const rest = (next.due - this.kernel.monotonic() + 999n) / 1000n;
    return Number(rest < 0n ? 0n : rest > LONGEST_WAIT ? LONGEST_WAIT : rest);
  }

  /** Rings every alarm that is due. */
  idle(): void {
    for (const alarm of this.alarms.takeDue(this.kernel.monotonic())) {
      this.kernel.signal(alarm.notify, alarm.bits);
      this.kernel.capDelete(alarm.notify);
    }
  }

  now(): ReturnType<ClockHandlers["now"]> { return { error: 0, wall: this.kernel.wallClock(), monotonic: this.kernel.monotonic() }; }

  alarm(_context: CallContext, delay: bigint, bits: bigint, notify: number): ReturnType<ClockHandlers["alarm"]> {
    if (this.kernel.capInfo(notify)?.kind !== OBJECT_NOTIFICATION || delay > LONGEST) return refuse("BadArgument");
    if (this.alarms.size >= MAX_ALARMS) return refuse("TooManyOpen");
    const number = this.lastAlarm = (this.lastAlarm + 1) >>> 0 || 1;
    this.alarms.add({ number, due: this.kernel.monotonic() + delay, bits, notify: this.custody.keep(notify) });
    return { error: 0, alarm: number };
  }

  cancel(_context: CallContext, number: number): ReturnType<ClockHandlers["cancel"]> {
    const alarm = this.alarms.remove(number);
    if (!alarm) return refuse("NotFound");
    this.kernel.capDelete(alarm.notify);
    return { error: 0 };
  }
}
