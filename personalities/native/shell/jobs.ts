// Pipelines that the shell has started and not yet told of their end. A job is made when its processes have been spawned; `waitFor` ends it or
// finds it stopped; `poll` looks at the others before a prompt.

import { Failure } from "../api/failure.ts";
import type { Ended, NativeSystem } from "../api/native-system.ts";
import { describeSignal } from "../api/signals.ts";

export interface JobProcess { pid: number; /** Undefined while it runs. */ ended: Ended | undefined }

export interface Job {
  /** 0 until it is in the table: a foreground job is only entered when it stops. */
  number: number;
  group: number;
  processes: JobProcess[];
  text: string;
  stopped: boolean;
  /** Its end has been told. */
  told: boolean;
  /** Modes of the terminal when it stopped. */
  modes?: number;
}

const EXITED = (pid: number, status: number): Ended => ({ pid, state: "exited", status, signal: 0, reason: "" });

export class Jobs {
  private table: Job[] = [];

  constructor(private readonly system: NativeSystem) {}

  all(): readonly Job[] { return this.table; }

  /** Enter a job; the last one is the current one. */
  add(job: Job): Job {
    if (job.number === 0) job.number = Math.max(0, ...this.table.map((one) => one.number)) + 1;
    this.table = [...this.table.filter((one) => one !== job), job];
    return job;
  }

  remove(job: Job): void { this.table = this.table.filter((one) => one !== job); }

  /** %1, %%, %+, %-, %text, or a process number. */
  find(name: string): Job | undefined {
    if (/^\d+$/.test(name)) return this.table.find((job) => job.processes.some((one) => one.pid === Number(name)));
    const rest = name.replace(/^%/, "");
    if (rest === "" || rest === "%" || rest === "+") return this.table.at(-1);
    if (rest === "-") return this.table.at(-2) ?? this.table.at(-1);
    if (/^\d+$/.test(rest)) return this.table.find((job) => job.number === Number(rest));
    return rest.startsWith("?") ? this.table.find((job) => job.text.includes(rest.slice(1))) : this.table.find((job) => job.text.startsWith(rest));
  }

  /** Until all its processes have ended, or one stopped, or a signal comes in between ("interrupted": ask again). */
  waitFor(job: Job, stops: boolean): "ended" | "stopped" | "interrupted" {
    for (const process of job.processes) {
      while (!process.ended) {
        const ended = this.system.wait(process.pid, { stopped: stops, block: true });
        if (ended instanceof Failure) {
          if (ended.error === "Interrupted") return "interrupted";
          process.ended = EXITED(process.pid, 127);
        } else if (ended?.state === "stopped") {
          job.stopped = true;
          return "stopped";
        } else process.ended = ended;
      }
    }
    return "ended";
  }

  /** Take note of what has happened meanwhile, without waiting. */
  poll(): void {
    for (const job of this.table) {
      for (const process of job.processes) {
        if (process.ended) continue;
        const ended = this.system.wait(process.pid, { stopped: true, block: false });
        if (ended instanceof Failure) { if (ended.error === "NoChild") process.ended = EXITED(process.pid, 127); }
        else if (ended?.state === "stopped") { if (!job.stopped) job.told = false; job.stopped = true; }
        else if (ended) process.ended = ended;
      }
    }
  }

  isDone(job: Job): boolean { return job.processes.every((one) => one.ended); }

  /** Of the last process; with pipefail the last that failed. */
  status(job: Job, pipefail = false): number {
    const statuses = job.processes.map((one) => one.ended?.status ?? 0);
    return (pipefail ? statuses.findLast((one) => one !== 0) : statuses.at(-1)) ?? 0;
  }

  describe(job: Job): string {
    const mark = job === this.table.at(-1) ? "+" : job === this.table.at(-2) ? "-" : " ";
    const last = job.processes.at(-1)?.ended;
    const state = !this.isDone(job) ? (job.stopped ? "Stopped" : "Running") : last && last.signal !== 0 ? describeSignal(last.signal) : this.status(job) === 0 ? "Done" : `Done(${this.status(job)})`;
    return `[${job.number}]${mark}  ${state.padEnd(22)} ${job.text}${!this.isDone(job) && !job.stopped ? " &" : ""}`;
  }

  /** Lines to show before a prompt; jobs that have ended leave the table. */
  news(): string[] {
    this.poll();
    const lines: string[] = [];
    for (const job of [...this.table]) {
      if (this.isDone(job)) { if (!job.told) lines.push(this.describe(job)); this.remove(job); }
      else if (job.stopped && !job.told) { lines.push(this.describe(job)); job.told = true; }
    }
    return lines;
  }
}
