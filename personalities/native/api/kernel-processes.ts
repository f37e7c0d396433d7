// Children of a process: making, awaiting and listing them at the process server.

import type { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { ProcessState, Signal, SpawnFlags } from "../../../abi/generated/ts/enums.ts";
import { Labels } from "../../../abi/generated/ts/labels.ts";
import { ExitStatusSize } from "../../../abi/generated/ts/records.ts";
import { DESCRIPTOR_DIRECTORY } from "../../../abi/layout/limits.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { decodeEnded, decodeRows } from "../../../lib/ts/process-records.ts";
import { encodeStrings } from "../../../lib/ts/text.ts";
import { Failure, type Result } from "./failure.ts";
import type { Child, Ended, ProcessRow, SpawnRequest } from "./native-system.ts";

/** Microseconds that a question for a pending interrupt may take, and nanoseconds between two. */
const POLL_TIMEOUT = 1000;
const POLL_INTERVAL = 100_000_000n;

const states: Readonly<Record<number, ProcessRow["state"]>> = {
  [ProcessState.Created]: "created", [ProcessState.Starting]: "starting", [ProcessState.Running]: "running", [ProcessState.Stopped]: "stopped", [ProcessState.Exited]: "exited",
};

export class KernelProcesses {
  private lastPoll = 0n;
  private pendingInterrupt = false;
  /** Whether this process is told of interrupts at all. */
  private handles = true;

  constructor(private readonly kernel: Kernel, private readonly process: ProcessClient) {}

  spawn(request: SpawnRequest, fds: ReadonlyMap<number, number>, directory: number): Result<Child> {
    const flags = (request.group === "new" ? SpawnFlags.NewGroup : 0) | (request.handlesInterrupt ? SpawnFlags.HandleInterrupt : 0);
    const environment = encodeStrings([...request.env].map(([name, value]) => `${name}=${value}`));
    const created = this.process.create(flags, typeof request.group === "number" ? request.group : 0, encodeStrings(request.args), environment);
    if (created.error) return Failure.ofNumber(created.error);
    const { pid, group } = created;
    for (const [fd, cap] of [...fds, [DESCRIPTOR_DIRECTORY, directory] as const]) {
      const given = this.process.give(pid, fd, cap);
      if (given.error) return this.abandon(pid, Failure.ofNumber(given.error));
    }
    const started = this.process.start(pid, request.path);
    return started.error ? this.abandon(pid, Failure.ofNumber(started.error)) : { pid, group };
  }

  /** A child that could not be started must not stay in the table; its end says why a program was refused. */
  private abandon(pid: number, failure: Failure): Failure {
    this.process.signal(pid, 0, Signal.Kill);
    const ended = this.wait(pid, false, true);
    return ended instanceof Failure || !ended || ended.reason === "" ? failure : new Failure(failure.error, ended.reason);
  }

  wait(pid: number, stopped: boolean, block: boolean): Result<Ended | undefined> {
    // Not the client's `wait`: the record's text is wanted too.
    const answer = this.kernel.call(this.process.cap, Labels.process.wait, { words: [pid, stopped ? 1 : 0, block ? 1 : 0], receive: ExitStatusSize });
    if (answer.status < 0) {
      const failure = Failure.ofNumber(answer.status);
      if (failure.error === "Interrupted") this.takeSignal();
      return failure;
    }
    const ended = decodeEnded(answer.data);
    if (!ended) return new Failure("BadMessage");
    if (ended.pid === 0) return undefined;
    return { pid: ended.pid, state: ended.state === ProcessState.Stopped ? "stopped" : "exited", status: ended.status, signal: ended.signal, reason: ended.reason };
  }

  list(): Result<ProcessRow[]> {
    const all: ProcessRow[] = [];
    for (;;) {
      const part = this.process.list(all.length);
      if (part.error) return Failure.ofNumber(part.error);
      const rows = decodeRows(part.rows);
      if (rows.length === 0) return all;
      all.push(...rows.map((row): ProcessRow => ({
        pid: row.pid, parent: row.parent, group: row.group, state: states[row.state] ?? "running", domain: row.domain, personality: row.personality === 0 ? "native" : "linux",
        started: row.started, status: row.status, terminal: row.terminal - 1, name: row.name,
      })));
    }
  }

  /** Asks the process server at most ten times a second, since loops ask all the time. */
  interrupted(): boolean {
    const now = this.kernel.monotonic();
    if (this.handles && !this.pendingInterrupt && now - this.lastPoll >= POLL_INTERVAL) {
      this.lastPoll = now;
      this.takeSignal();
    }
    const pending = this.pendingInterrupt;
    this.pendingInterrupt = false;
    return pending;
  }

  /** Fetch a signal that has arrived; interrupts are remembered, stops are no business of a shell. */
  private takeSignal(): void {
    const answer = this.kernel.call(this.process.cap, Labels.process.waitSignal, {}, POLL_TIMEOUT);
    if (answer.status === 0 && Number(answer.words[0] ?? 0n) === Signal.Interrupt) this.pendingInterrupt = true;
    if (answer.status < 0 && Failure.ofNumber(answer.status).error === "NoRight") this.handles = false;
  }
}
