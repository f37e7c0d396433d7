// Alarms in the order in which they are due; those due at the same time in the order in which they were set.

export interface Alarm {
  readonly number: number;
  /** Monotonic nanoseconds. */
  readonly due: bigint;
  readonly bits: bigint;
  /** Slot of the Notification. */
  readonly notify: number;
}

export class AlarmQueue {
  private readonly alarms: Alarm[] = [];
  get size(): number { return this.alarms.length; }
  get next(): Alarm | undefined { return this.alarms[0]; }

  add(alarm: Alarm): void {
    let at = this.alarms.length;
    while (at > 0 && this.alarms[at - 1]!.due > alarm.due) at--;
    this.alarms.splice(at, 0, alarm);
  }

  remove(number: number): Alarm | undefined {
    const at = this.alarms.findIndex((alarm) => alarm.number === number);
    return at < 0 ? undefined : this.alarms.splice(at, 1)[0];
  }

  /** Removes and gives all that are due at `now`. */
  takeDue(now: bigint): Alarm[] {
    const first = this.alarms.findIndex((alarm) => alarm.due > now);
    return this.alarms.splice(0, first < 0 ? this.alarms.length : first);
  }
}
