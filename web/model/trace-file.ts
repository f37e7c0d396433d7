// Messages as a file that trace viewers open (Perfetto, chrome://tracing): the Trace Event Format's JSON array form. A call with its
// answer is a complete event ("X"); the rest are instants ("i"); each domain is a process with a name.

import type { Message } from "./timeline.ts";

export interface TraceNames { domain(domain: number): string; label(label: number): string }

export function traceFile(messages: readonly Message[], names: TraceNames): string {
  const origin = messages.length ? messages[0].time : 0;
  const domains = new Set(messages.flatMap(({ from, to }) => (to < 0 ? [from] : [from, to])));
  const events: object[] = [...domains].map((domain) => ({ name: "process_name", ph: "M", pid: domain, tid: 0, args: { name: names.domain(domain) } }));
  for (const message of messages) {
    const common = { name: message.label ? names.label(message.label) : message.kind, cat: message.kind, ts: round(message.time - origin), pid: message.from, tid: message.thread };
    const args = { to: message.to < 0 ? undefined : names.domain(message.to), value: message.value, status: message.status };
    events.push(message.duration === undefined ? { ...common, ph: "i", s: "t", args } : { ...common, ph: "X", dur: round(message.duration), args });
  }
  return JSON.stringify({ displayTimeUnit: "ns", traceEvents: events });
}

function round(microseconds: number): number { return Math.round(microseconds * 1000) / 1000; }
