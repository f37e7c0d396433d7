// Runs tasks one after the other, in the order in which they were given: at once, in the caller's stack, as long as none of them waits.
//
//   const sequence = new Sequence();
//   sequence.run(() => medium.write(0, data));     // what the task gives: a value, or a promise if it or one before it waits

export class Sequence {
  /** Settles, and never rejects, when all tasks given so far are done; undefined when they are. */
  private last: Promise<void> | undefined;

  get idle(): boolean { return this.last === undefined; }

  /** What an idle sequence's task throws is thrown; otherwise the promise rejects with it. Later tasks run all the same. */
  run<T>(task: () => T | Promise<T>): T | Promise<T> {
    const made = this.last ? this.last.then(task) : task();
    if (!(made instanceof Promise)) return made;
    const settled: Promise<void> = made.then(() => {}, () => {}).then(() => { if (this.last === settled) this.last = undefined; });
    this.last = settled;
    return made;
  }
}
