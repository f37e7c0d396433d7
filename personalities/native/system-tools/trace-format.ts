// Kernel events as text, and as the JSON of the Trace Event format that trace viewers (Perfetto, chrome://tracing) open: calls are spans of
// their thread, all else are instants.

import { labelNames } from "../../../abi/generated/ts/labels.ts";
import { TRACE_CALL, TRACE_FAULT, TRACE_INLINE_ENTER, TRACE_INLINE_LEAVE, TRACE_KILL, TRACE_PAGE_FAULT, TRACE_PLACE, TRACE_RECEIVE, TRACE_REPLY, TRACE_SEND, TRACE_SIGNAL, TRACE_START, TRACE_WAKE } from "../../../abi/layout/kernel-memory.ts";
import type { TraceEvent } from "../../../lib/ts/kernel.ts";

const kinds: Readonly<Record<number, string>> = {
  [TRACE_CALL]: "call", [TRACE_REPLY]: "reply", [TRACE_RECEIVE]: "receive", [TRACE_INLINE_ENTER]: "enter", [TRACE_INLINE_LEAVE]: "leave", [TRACE_SIGNAL]: "signal", [TRACE_WAKE]: "wake",
  [TRACE_KILL]: "kill", [TRACE_START]: "start", [TRACE_FAULT]: "fault", [TRACE_PAGE_FAULT]: "page fault", [TRACE_PLACE]: "place", [TRACE_SEND]: "send",
};

export const kindName = (kind: number): string => kinds[kind] ?? `event ${kind}`;
export const labelName = (label: number): string => (label === 0 ? "" : labelNames.get(label) ?? `0x${label.toString(16)}`);

export function describeEvent(event: TraceEvent, name: (domain: number) => string): string {
  const time = `${(Number(event.time) / 1e6).toFixed(3).padStart(12)} ms`;
  return `${time}  ${kindName(event.kind).padEnd(10)}  ${name(event.domain).padEnd(14)}  ${(event.peer === 0 ? "" : name(event.peer)).padEnd(14)}  ${labelName(event.label).padEnd(26)}  ${event.value === 0 ? "" : event.value}`.trimEnd();
}

/** One line of JSON per entry, without the comma. A domain is a process of the viewer, a kernel thread its thread. */
export class TraceJson {
  private readonly named = new Set<string>();
  private readonly open = new Map<number, number[]>();

  entries(event: TraceEvent, name: (domain: number) => string): string[] {
    const lines: string[] = [];
    const key = `${event.domain} ${event.thread}`;
    if (!this.named.has(key)) {
      this.named.add(key);
      lines.push(JSON.stringify({ ph: "M", name: "process_name", pid: event.domain, tid: event.thread, args: { name: name(event.domain) } }));
      lines.push(JSON.stringify({ ph: "M", name: "thread_name", pid: event.domain, tid: event.thread, args: { name: `thread ${event.thread}` } }));
    }
    const base = { ts: Number(event.time) / 1000, pid: event.domain, tid: event.thread };
    const stack = this.open.get(event.thread) ?? [];
    this.open.set(event.thread, stack);
    const args = { peer: event.peer === 0 ? undefined : name(event.peer), value: event.value, sequence: Number(event.sequence) };
    if (event.kind === TRACE_CALL || event.kind === TRACE_INLINE_ENTER) {
      stack.push(event.domain);
      lines.push(JSON.stringify({ ph: "B", name: labelName(event.label) || kindName(event.kind), cat: "ipc", ...base, args }));
    } else if ((event.kind === TRACE_WAKE || event.kind === TRACE_INLINE_LEAVE) && stack.length > 0) {
      lines.push(JSON.stringify({ ph: "E", ...base, pid: stack.pop()!, args }));
    } else lines.push(JSON.stringify({ ph: "i", s: "t", name: `${kindName(event.kind)}${event.label === 0 ? "" : ` ${labelName(event.label)}`}`, cat: "kernel", ...base, args }));
    return lines;
  }
}
