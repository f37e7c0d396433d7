// Reading kernel memory for introspection: by the machine for the page, and by the System calls of domains that hold the System object.
// Reads race with the system that goes on running, so every answer is a snapshot of something that may have changed; nothing
// here writes but names.

import * as L from "../../abi/layout/kernel-memory.ts";
import { MAX_DOMAINS, MAX_THREADS, OBJECT_NONE, RIGHT_MANAGE, RIGHT_READ } from "../../abi/layout/limits.ts";
import type { CallCount, CapRow, DomainInfo, KernelCounts, SystemCalls, TraceEvent } from "../../lib/ts/kernel.ts";
import type { KernelExports } from "./worker/kernel-instance.ts";

const STATES = ["unused", "created", "running", "suspended", "dying", "dying"] as const;

export class Inspector {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  constructor(memory: WebAssembly.Memory) {
    this.#view = new DataView(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  u32(address: number): number { return this.#view.getUint32(address, true); }
  i32(address: number): number { return this.#view.getInt32(address, true); }
  u64(address: number): bigint { return this.#view.getBigUint64(address, true); }

  domainName(domain: number): string {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_NAME, length = this.#bytes[at]!;
    return domain === 0 ? "machine" : length ? new TextDecoder().decode(this.#bytes.slice(at + 1, at + 1 + length)) : `domain ${domain}`;
  }

  setName(domain: number, name: string): void {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_NAME, text = new TextEncoder().encode(name).subarray(0, 63);
    this.#bytes.set(text, at + 1);
    this.#bytes[at] = text.length;
  }

  /** Tell how large the memory of a domain's code is, in 64 KiB pages. */
  setMemoryPages(domain: number, pages: number): void { this.#view.setUint32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_MEMORY_PAGES, pages, true); }
  /** Which server memory the domain runs on; -1: none. */
  setServerMemory(domain: number, index: number): void { this.#view.setUint32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_MEMORY, index + 1, true); }

  /** Why a domain ended: at most 256 bytes. */
  setText(domain: number, reason: string): void {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE, text = new TextEncoder().encode(reason).subarray(0, L.D_TEXT_LIMIT);
    this.#bytes.set(text, at + L.D_TEXT);
    this.#view.setUint32(at + L.D_TEXT_LENGTH, text.length, true);
  }

  text(domain: number): string {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE;
    return new TextDecoder().decode(this.#bytes.slice(at + L.D_TEXT, at + L.D_TEXT + this.u32(at + L.D_TEXT_LENGTH)));
  }

  domainState(domain: number): DomainInfo["state"] { return STATES[this.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_STATE)] ?? "unused"; }

  domain(number: number, memory: number): DomainInfo {
    const at = L.DOMAINS + number * L.DOMAIN_SIZE, thread = this.u32(at + L.D_THREAD), doing = this.#activity(thread);
    return {
      domain: number, name: this.domainName(number), state: this.domainState(number),
      placement: this.u32(at + L.D_PLACEMENT) ? "inline" : "worker", movable: this.u32(at + L.D_MOVABLE) !== 0,
      caps: this.u32(at + L.D_CAPS), capQuota: this.u32(at + L.D_CAP_QUOTA), frames: this.u32(at + L.D_FRAMES), frameQuota: this.u32(at + L.D_FRAME_QUOTA),
      memory, activity: doing.activity, waitsOn: doing.waitsOn,
      calls: thread ? this.u64(L.THREADS + (thread - 1) * L.THREAD_SIZE + L.T_CALLS) : 0n, served: this.u64(at + L.D_SERVED), cpuTime: 0n,
    };
  }

  #activity(thread: number): { activity: string; waitsOn: number } {
    if (!thread) return { activity: "not started", waitsOn: -1 };
    const at = L.THREADS + (thread - 1) * L.THREAD_SIZE, object = this.u32(at + L.T_WAITS_ON);
    const owner = (domain: number): number => domain >= L.DOMAINS ? (domain - L.DOMAINS) / L.DOMAIN_SIZE : -1;
    switch (this.u32(at + L.T_STATE)) {
      case L.THREAD_RECEIVING: return { activity: "receiving", waitsOn: -1 };
      case L.THREAD_WAITING: return { activity: "waiting", waitsOn: -1 };
      case L.THREAD_SENDING: { const server = owner(this.u32(object + L.E_DOMAIN)); return { activity: `calling ${this.domainName(server)}`, waitsOn: server }; }
      case L.THREAD_REPLY: { const server = owner(this.u32(at + L.T_SERVER)); return { activity: `calling ${this.domainName(server)}`, waitsOn: server }; }
      case L.THREAD_RUNNING: {
        const depth = this.u32(at + L.T_DEPTH);
        if (depth === 0 || depth > L.MAX_DEPTH) return { activity: "running", waitsOn: -1 };
        const inside = owner(this.u32(at + L.T_INSIDE + (depth - 1) * 4));
        return inside < 0 ? { activity: "running", waitsOn: -1 } : { activity: `inside ${this.domainName(inside)}`, waitsOn: inside };
      }
      default: return { activity: "none", waitsOn: -1 };
    }
  }

  domains(memoryOf: (domain: number) => number = () => 0): DomainInfo[] {
    const found: DomainInfo[] = [];
    for (let i = 1; i < MAX_DOMAINS; i++) if (this.domainState(i) !== "unused") found.push(this.domain(i, memoryOf(i)));
    return found;
  }

  caps(domain: number): CapRow[] {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE, rows: CapRow[] = [];
    for (let index = 0; index < 256; index++) {
      const chunk = this.u32(at + L.D_DIRECTORY + index * 4);
      if (chunk === L.CHUNKS) continue;
      for (let i = 0; i < 256; i++) {
        const cap = chunk + i * 64, word = this.u32(cap);
        if ((word & 255) === OBJECT_NONE) continue;
        const object = this.u32(cap + L.C_OBJECT);
        rows.push({ slot: index * 256 + i, kind: word & 255, rights: (word >> 8) & 255, badge: this.i32(cap + L.C_BADGE), object, owner: this.#ownerOf(word & 255, object) });
      }
    }
    return rows;
  }

  #ownerOf(kind: number, object: number): number {
    const domain = kind === 3 ? this.u32(object + L.E_DOMAIN) : kind === 6 ? this.u32(object + L.S_OWNER) : kind === 1 ? object : 0;
    return domain ? (domain - L.DOMAINS) / L.DOMAIN_SIZE : -1;
  }

  counts(): KernelCounts {
    let threads = 0;
    for (let i = 0; i < MAX_THREADS; i++) if (this.u32(L.THREADS + i * L.THREAD_SIZE + L.T_STATE) !== L.THREAD_NONE) threads++;
    return {
      domains: this.u32(L.H_COUNT_DOMAINS), threads, endpoints: this.u32(L.H_COUNT_ENDPOINTS), notifications: this.u32(L.H_COUNT_NOTIFICATIONS),
      dataspaces: this.u32(L.H_COUNT_DATASPACES), frames: this.u32(L.H_COUNT_FRAMES), caps: this.u32(L.H_COUNT_CAPS), replies: this.u32(L.H_COUNT_REPLIES),
    };
  }

  callCounts(): CallCount[] {
    const rows: CallCount[] = [];
    for (let to = 0; to < MAX_DOMAINS; to++) for (let from = 0; from < MAX_DOMAINS; from++) {
      const count = this.u32(L.CALL_COUNTS + (to * MAX_DOMAINS + from) * 4);
      if (count) rows.push({ from, to, label: 0, count: BigInt(count) });
    }
    return rows;
  }

  trace(after: bigint): TraceEvent[] {
    const events: TraceEvent[] = [];
    for (let thread = 0; thread < MAX_THREADS; thread++) {
      const head = this.u32(L.THREADS + thread * L.THREAD_SIZE + L.T_TRACE_HEAD);
      for (let i = 1; i <= Math.min(head, L.TRACE_ENTRIES); i++) {
        const entry = L.TRACE_RINGS + (thread * L.TRACE_ENTRIES + ((head - i) & (L.TRACE_ENTRIES - 1))) * L.TRACE_ENTRY_SIZE;
        const sequence = this.u64(entry);
        if (sequence <= after) { if (sequence === 0n) continue; break; }
        const event = {
          sequence, time: this.u64(entry + 8), kind: this.u32(entry + 16), thread: this.u32(entry + 20), domain: this.u32(entry + 24),
          peer: this.u32(entry + 28), label: this.u32(entry + 32), value: this.i32(entry + 36),
        };
        // Written over while we read it: drop it.
        if (this.u64(entry) === sequence) events.push(event);
      }
    }
    return events.sort((a, b) => a.sequence < b.sequence ? -1 : 1);
  }
}

/** The System calls of a domain: each asks the kernel whether `system` is the System object with the right needed. */
export function systemCalls(kernel: KernelExports, memory: WebAssembly.Memory): SystemCalls {
  const inspector = new Inspector(memory);
  const may = <T>(system: number, empty: T, answer: () => T): T => kernel.systemAllowed(system, RIGHT_READ) < 0 ? empty : answer();
  return {
    domains: (system) => may(system, [], () => inspector.domains((domain) => memoryUse(inspector, domain))),
    caps: (system, domain) => may(system, [], () => inspector.caps(domain)),
    counts: (system) => may(system, { domains: 0, threads: 0, endpoints: 0, notifications: 0, dataspaces: 0, frames: 0, caps: 0, replies: 0 }, () => inspector.counts()),
    callCounts: (system) => may(system, [], () => inspector.callCounts()),
    setName: (system, domain, name) => {
      const allowed = kernel.systemAllowed(system, RIGHT_MANAGE);
      if (allowed < 0) return allowed;
      if (domain <= 0 || domain >= MAX_DOMAINS) return -2;
      inspector.setName(domain, name);
      return 0;
    },
    kill: (system, domain) => kernel.systemKill(system, domain),
    place: (system, domain, placement) => kernel.systemPlace(system, domain, placement === "inline" ? 1 : 0),
    setTrace: (system, on) => kernel.systemSetTrace(system, on ? 1 : 0),
    trace: (system, after) => may(system, [], () => inspector.trace(after)),
  };
}

/** Bytes of a domain's own memory, as its machine last wrote them. */
export function memoryUse(inspector: Inspector, domain: number): number {
  return inspector.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_MEMORY_PAGES) * 65536;
}
