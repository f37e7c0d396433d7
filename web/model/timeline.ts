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
  /** Calls without an answer yet by thread, the innermost last: a thread has one call under way, and may be inside several servers. */
  #open = new Map<number, Message[]>();
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
      for (const [thread, calls] of this.#open) {
        const kept = calls.filter((call) => call.sequence >= oldest);
        if (kept.length) this.#open.set(thread, kept); else this.#open.delete(thread);
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
    switch (event.kind) {
      case "wake": this.#close("call", event); break;
      case "leave": this.#close("enter", event); break;
      // The server's side of calls that are shown from the caller's.
      case "receive": case "reply": break;
      default: {
        const inward = event.kind === "enter";
        const message: Message = {
          sequence: event.sequence, time: event.time, kind: event.kind, thread: event.thread, label: event.label, value: event.value,
          from: inward ? event.peer : event.domain, to: inward ? event.domain : event.peer,
        };
        this.#messages.push(message);
        if (event.kind === "call" || event.kind === "enter") this.#open.set(event.thread, [...(this.#open.get(event.thread) ?? []), message]);
      }
    }
  }

  /** Ends the thread's innermost open message of the kind; those inside it were broken off. */
  #close(kind: "call" | "enter", event: TraceEvent): void {
    const open = this.#open.get(event.thread) ?? [];
    const index = open.findLastIndex((message) => message.kind === kind && message.label === event.label);
    if (index < 0) return;
    open[index].duration = Math.max(0, event.time - open[index].time);
    open[index].status = event.value;
    if (index > 0) this.#open.set(event.thread, open.slice(0, index)); else this.#open.delete(event.thread);
  }
}

function matches(message: Message, { domain, label, kinds }: MessageFilter): boolean {
  return (domain === undefined || message.from === domain || message.to === domain)
    && (label === undefined || message.label === label) && (kinds === undefined || kinds.has(message.kind));
}
