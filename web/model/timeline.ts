// Trace events as messages: each call with its answer, how long it took, and what has none yet. Keeps the newest CAPACITY
// messages. Give it events in the order of their sequence numbers; `gaps` counts those that the trace ring lost.

import type { TraceEvent, TraceKind } from "./machine-api.ts";

export interface Message {
  sequence: number;
  /** Microseconds, monotonic. */
  time: number;
  kind: TraceKind;
  thread: number;
  from: number;
  /** -1 if nobody is on the other side. */
  to: number;
  label: number;
  value: number;
  /** Of a call that was answered: microseconds, and the status. */
  duration?: number;
  status?: number;
}

/** Undefined fields match everything. `domain` matches either side. */
export interface MessageFilter { domain?: number; label?: number; kinds?: ReadonlySet<TraceKind> }

export const CAPACITY = 5000;

export class Timeline {
  #messages: Message[] = [];
  /** Calls without an answer yet, oldest first, by caller and server. */
  #open = new Map<string, Message[]>();
  #lastSequence = 0;
  #lost = 0;

  get lastSequence(): number { return this.#lastSequence; }
  get lost(): number { return this.#lost; }
  get length(): number { return this.#messages.length; }

  add(events: readonly TraceEvent[]): void {
    for (const event of events) {
      if (event.sequence <= this.#lastSequence) continue;
      if (this.#lastSequence !== 0) this.#lost += event.sequence - this.#lastSequence - 1;
      this.#lastSequence = event.sequence;
      this.#take(event);
    }
    if (this.#messages.length > CAPACITY) {
      this.#messages.splice(0, this.#messages.length - CAPACITY);
      const oldest = this.#messages[0].sequence;
      for (const [pair, calls] of this.#open) {
        const kept = calls.filter((call) => call.sequence >= oldest);
        if (kept.length) this.#open.set(pair, kept); else this.#open.delete(pair);
      }
    }
  }

  /** Oldest first, at most `most`, of the newest. */
  messages(filter: MessageFilter = {}, most = CAPACITY): Message[] {
    const found: Message[] = [];
    for (let index = this.#messages.length - 1; index >= 0 && found.length < most; index--) {
      if (matches(this.#messages[index], filter)) found.push(this.#messages[index]);
    }
    return found.reverse();
  }

  clear(): void {
    this.#messages = [];
    this.#open.clear();
    this.#lost = 0;
  }

  #take(event: TraceEvent): void {
    if (event.kind === "reply") {
      // The answer goes from the server to its caller: it closes that caller's oldest open call.
      const pair = `${event.peer} ${event.domain}`;
      const calls = this.#open.get(pair);
      const call = calls?.shift();
      if (calls?.length === 0) this.#open.delete(pair);
      if (call) {
        call.duration = Math.max(0, event.time - call.time);
        call.status = event.value;
        return;
      }
    }
    if (event.kind === "receive") return;
    const message: Message = {
      sequence: event.sequence, time: event.time, kind: event.kind, thread: event.thread, from: event.domain, to: event.peer, label: event.label, value: event.value,
    };
    this.#messages.push(message);
    if (event.kind === "call") {
      const pair = `${event.domain} ${event.peer}`;
      const calls = this.#open.get(pair);
      if (calls) calls.push(message); else this.#open.set(pair, [message]);
    }
  }
}

function matches(message: Message, { domain, label, kinds }: MessageFilter): boolean {
  return (domain === undefined || message.from === domain || message.to === domain)
    && (label === undefined || message.label === label) && (kinds === undefined || kinds.has(message.kind));
}
