// A process as the table holds it. Its life: Created (children are given descriptors) → Starting (its program is looked up and, if
// need be, fetched) → Running ⇄ Stopped → Exited (until its parent has waited). All capabilities named here are the server's own.

import { ProcessState, SpawnFlags } from "../../abi/generated/ts/enums.ts";
import { decodeStrings } from "../../lib/ts/text.ts";
import type { Ending } from "./ending.ts";

/** Someone who waits in `wait`. `pid` 0: for any child. */
export interface Waiter { readonly pid: number; readonly stopped: boolean; readonly reply: number }

export class Process {
  state: ProcessState = ProcessState.Created;
  readonly children = new Set<Process>();

  // Set when it is created, inherited if it is not given otherwise.
  environment: Uint8Array = new Uint8Array(0);
  arguments: Uint8Array = new Uint8Array(0);
  /** Terminal number + 1, 0: none. */
  terminal = 0;

  // Capabilities; 0: none.
  /** By descriptor: what `take` hands out, the working directory included. */
  readonly given = new Map<number, number>();
  root = 0;
  system = 0;
  /** A Notification of the parent, signalled when the process ends or stops. */
  watch = 0;
  domain = 0;

  // Of the domain.
  domainNumber = 0;
  /** 0 native, 1 linux. */
  personality = 0;
  /** ns since 1970. */
  started = 0n;

  // Of its end.
  /** Decided before the domain is dead: by exit or by a signal. */
  decided: Ending | undefined;
  ending: Ending | undefined;

  // Of stops: the signal, and whether the parent has been told.
  stoppedBy = 0;
  stopTold = true;

  // Of waits: saved replies.
  waiter: Waiter | undefined;
  signalWaiter = 0;
  readonly pendingSignals: number[] = [];

  constructor(readonly pid: number, public parent: Process | undefined, public group: number, readonly session: number, readonly flags: SpawnFlags) {}

  get handlesInterrupt(): boolean { return (this.flags & SpawnFlags.HandleInterrupt) !== 0; }
  get alive(): boolean { return this.state !== ProcessState.Exited; }
  /** What `ps` shows: the first argument. */
  get name(): string { return decodeStrings(this.arguments)[0] ?? ""; }

  isBelow(ancestor: Process): boolean {
    for (let each: Process | undefined = this; each; each = each.parent) if (each === ancestor) return true;
    return false;
  }
}
