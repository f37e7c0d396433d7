// Children of a process: making, awaiting and listing them at the process server.

import type { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { ProcessState, Signal, SpawnFlags } from "../../../abi/generated/ts/enums.ts";
import { Labels } from "../../../abi/generated/ts/labels.ts";
import { ExitStatusSize, ProcessInformationSize, readExitStatus, readProcessInformation } from "../../../abi/generated/ts/records.ts";
import { DESCRIPTOR_DIRECTORY } from "../../../abi/layout/limits.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { decodeText, encodeStrings } from "../../../lib/ts/text.ts";
import { Failure, type Result } from "./failure.ts";
import type { Child, Ended, ProcessRow, SpawnRequest } from "./native-system.ts";

/** Where the text that follows a record's fields begins: ExitStatus's reason, ProcessInformation's name. */
const REASON = 24;
const NAME = 48;
/** Microseconds that a question for a pending interrupt may take, and nanoseconds between two. */
const POLL_TIMEOUT = 2000;
const POLL_INTERVAL = 100_000_000n;

const states: Readonly<Record<number, ProcessRow["state"]>> = {
  [ProcessState.Created]: "created", [ProcessState.Starting]: "starting", [ProcessState.Running]: "running", [ProcessState.Stopped]: "stopped", [ProcessState.Exited]: "exited",
};

export class KernelProcesses {
  private lastPoll = 0n;
  private pendingInterrupt = false;

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

  /** A child that could not be started must not stay in the table. */
  private abandon(pid: number, failure: Failure): Failure {
    if (this.process.signal(pid, 0, Signal.Kill).error === 0) this.process.wait(pid, false, true);
    return failure;
  }

  wait(pid: number, stopped: boolean, block: boolean): Result<Ended | undefined> {
    // Not the client's `wait`: the record's text is wanted too.
    const answer = this.kernel.call(this.process.cap, Labels.process.wait, { words: [pid, stopped ? 1 : 0, block ? 1 : 0], receive: ExitStatusSize });
    if (answer.status < 0) {
      const failure = Failure.ofNumber(answer.status);
      if (failure.error === "Interrupted") this.pendingInterrupt = true;
      return failure;
    }
    if (answer.data.length < ExitStatusSize) return new Failure("BadMessage");
    const ended = readExitStatus(answer.data);
    if (ended.pid === 0) return undefined;
    const reason = decodeText(answer.data.slice(REASON, REASON + Math.min(ended.reasonLength, ExitStatusSize - REASON)));
    return { pid: ended.pid, state: ended.state === ProcessState.Stopped ? "stopped" : "exited", status: ended.status, signal: ended.signal, reason };
  }

  list(): Result<ProcessRow[]> {
    const all: ProcessRow[] = [];
    for (;;) {
      const part = this.process.list(all.length);
      if (part.error) return Failure.ofNumber(part.error);
      const count = Math.floor(part.rows.length / ProcessInformationSize);
      if (count === 0) return all;
      for (let index = 0; index < count; index++) {
        const offset = index * ProcessInformationSize;
        const row = readProcessInformation(part.rows, offset);
        all.push({
          pid: row.pid, parent: row.parent, group: row.group, state: states[row.state] ?? "running", domain: row.domain, personality: row.personality === 0 ? "native" : "linux",
          started: row.started, status: row.status, terminal: row.terminal - 1, name: decodeText(part.rows.slice(offset + NAME, offset + NAME + Math.min(row.nameLength, 64))),
        });
      }
    }
  }

  /** Asks the process server at most ten times a second, since loops ask all the time. */
  interrupted(): boolean {
    const now = this.kernel.monotonic();
    if (!this.pendingInterrupt && now - this.lastPoll >= POLL_INTERVAL) {
      this.lastPoll = now;
      const answer = this.kernel.call(this.process.cap, Labels.process.waitSignal, {}, POLL_TIMEOUT);
      if (answer.status === 0 && Number(answer.words[0] ?? 0n) === Signal.Interrupt) this.pendingInterrupt = true;
    }
    const pending = this.pendingInterrupt;
    this.pendingInterrupt = false;
    return pending;
  }
}
