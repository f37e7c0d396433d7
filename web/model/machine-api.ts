// What the page may ask of the machine Worker, and what it is told. The page wraps the Worker with Comlink:
//
//   const worker = new Worker(new URL("../boot/machine-worker.ts", import.meta.url), { type: "module" });
//   const machine = wrap<MachineApi>(worker);
//
// Everything here is plain, structured-cloneable data with ordinary numbers (no bigint, no shared memory): it is the control
// plane and the picture, never a path that is measured. A method that fails rejects with an Error whose message is a
// sentence for a person. Terminal bytes go over MessagePorts of their own, beside Comlink.

import type { Progress, StorageAnswer, StorageRequest } from "../../lib/ts/storage-requests.ts";

/** `own`: may mount what this browser has stored. `link`: opened from a link; RAM disks and overlays only. */
export type SessionKind = "own" | "link";

/** A file to write before the first prompt. `path` is absolute; missing directories are made. */
export interface AddedFile { path: string; data: Uint8Array }

export interface BootOptions {
  /** Text of a boot manifest; absent: the built-in one. */
  manifest?: string;
  files?: AddedFile[];
  /** Lines typed into terminal 0 once its prompt is there, each as if Enter was pressed. */
  commands?: string[];
  session: SessionKind;
}

export interface BootReport {
  /** Milliseconds from the call of boot() until terminal 0 had a shell with a prompt. */
  promptTime: number;
  /** Milliseconds by step, in order: what the boot pane and the bench show. */
  steps: { name: string; time: number }[];
}

export type Layer = "process" | "personality" | "server" | "kernel" | "machine";
export type Placement = "worker" | "inline" | "linked";
export type DomainState = "created" | "running" | "suspended" | "dying";

export interface DomainSnapshot {
  /** Domain number; reused after a death, see `incarnation`. */
  domain: number;
  /** Differs between two lives of one domain number. */
  incarnation: number;
  name: string;
  layer: Layer;
  state: DomainState;
  placement: Placement;
  /** Whether place() can move it while it runs. */
  movable: boolean;
  /** Bytes of its memory, as the machine knows it. */
  memory: number;
  caps: number;
  capQuota: number;
  /** Frames of 4096 bytes that it owns. */
  frames: number;
  frameQuota: number;
  /** What its thread does: "running", "receiving", "calling vfs", "waiting". */
  activity: string;
  /** The domain it waits for, or -1. */
  waitsOn: number;
  /** Calls made and calls answered since it started. */
  calls: number;
  served: number;
  /** Process number and terminal, for processes. */
  pid?: number;
  terminal?: number;
}

export interface ObjectCounts {
  domains: number; threads: number; endpoints: number; notifications: number; dataspaces: number; frames: number; caps: number; replies: number;
}

export interface SystemSnapshot {
  /** Milliseconds since boot. */
  time: number;
  domains: DomainSnapshot[];
  counts: ObjectCounts;
  /** The machine's own: Workers alive (also pooled ones), Wasm memories taken, bytes of kernel memory and page memory. */
  machine: { workers: number; idleWorkers: number; memories: number; kernelBytes: number; pageBytes: number; processors: number };
}

/** How often `from` called `to` with a label (interface × 256 + method) since boot. */
export interface CallCount { from: number; to: number; label: number; count: number }

/** One row of a domain's capability table. `kind` is an OBJECT_* of abi/layout/limits, `rights` RIGHT_* bits. */
export interface CapRow { slot: number; kind: number; rights: number; badge: number; object: number; owner: number }

/** The kernel's TRACE_* by name. A `call` ends with the next `wake` of the same thread and label (value: status), an inline call is
 *  `enter` to `leave` on one thread, nested; its `domain` is the server that was entered, its `peer` the caller. */
export type TraceKind =
  | "call" | "send" | "receive" | "reply" | "enter" | "leave" | "signal" | "wake" | "fault" | "page-fault" | "start" | "kill" | "place" | "other";

export interface TraceEvent {
  /** Rises by one per event; gaps mean that a ring overflowed. */
  sequence: number;
  /** Microseconds, monotonic, with fraction. */
  time: number;
  kind: TraceKind;
  thread: number;
  domain: number;
  /** The other domain, or -1. */
  peer: number;
  /** Label of the message, or 0. */
  label: number;
  /** Status of a `wake`, `leave` or `reply`, bits of a signal. */
  value: number;
}

export interface DirectoryEntry { name: string; kind: "file" | "directory" | "link" | "device" | "other"; size: number }

export type MachineEvent =
  /** `done` of `total` steps; `step` is a short name ("kernel", "vfs", "shell"), `detail` a sentence. */
  | { kind: "boot-progress"; step: string; detail: string; done: number; total: number }
  /** `reason` is a FAULT_* of abi/layout/limits; `text` says it in words. */
  | { kind: "domain-died"; domain: number; name: string; reason: number; status: number; text: string }
  | { kind: "domain-started"; domain: number; name: string }
  | { kind: "log"; domain: number; name: string; text: string }
  /** A disk was made that is to be kept: the page asks the browser not to throw away what this site stores. */
  | { kind: "keep" }
  /** Something that a person should read: a refused manifest (with line and reason), a Worker that would not start. */
  | { kind: "error"; text: string };

/** On the port of a terminal, page to machine; the same as the console's FromPage (lib/ts/devices) without the number.
 *  `consumed`: so many bytes of output were drawn since the last such message (flow control). */
export type TerminalInput =
  | { kind: "input"; data: Uint8Array } | { kind: "resize"; columns: number; rows: number } | { kind: "consumed"; bytes: number };
/** On the port of a terminal, machine to page. `exit`: its shell ended (status as shells count). */
export type TerminalOutput = { kind: "output"; data: Uint8Array } | { kind: "exit"; status: number };

/** A MessagePort, for code that is compiled without the DOM. */
export interface TerminalPort { postMessage(message: unknown): void; start(): void; close(): void }

export interface MachineApi {
  /** Once per Worker. Resolves at the first prompt; rejects if the manifest is refused ("line 7: unknown server"). */
  boot(options: BootOptions): Promise<BootReport>;
  snapshot(): Promise<SystemSnapshot>;
  callCounts(): Promise<CallCount[]>;
  capabilities(domain: number): Promise<CapRow[]>;
  /** Events with a sequence above `after`, oldest first, at most 4096. Give 0 at first. */
  traceEvents(after: number): Promise<TraceEvent[]>;
  setTrace(on: boolean): Promise<void>;
  kill(domain: number): Promise<void>;
  place(domain: number, placement: "worker" | "inline"): Promise<void>;
  /** Attach the page to terminal `terminal` (0 is the first; allowed before boot()) and start what `profile` of the manifest's
   *  `profiles` names (absent: the manifest's choice). `port` must be transferred. Messages on it before the terminal is up are
   *  kept. When the program ends, `exit` is sent. */
  openTerminal(terminal: number, port: TerminalPort, profile?: string): Promise<void>;
  /** Hang up: the terminal's processes get HangUp and its port is closed. */
  closeTerminal(terminal: number): Promise<void>;
  /** Start a profile's program again on an open terminal whose program has ended. */
  newShell(terminal: number, profile?: string): Promise<void>;
  writeFile(path: string, data: Uint8Array): Promise<void>;
  readFile(path: string): Promise<Uint8Array>;
  listDirectory(path: string): Promise<DirectoryEntry[]>;
  /** Disks: see lib/ts/storage-requests.ts. An Error's name is that of the system's error, where there is one (`Busy`, `NoSpace`).
   *  `progress`: of imports and exports; a Comlink proxy. */
  storage<Request extends StorageRequest>(request: Request, progress?: (progress: Progress) => void): Promise<StorageAnswer<Request["kind"]>>;
  /** One listener. Events from before the call are delivered first. */
  onEvent(listener: (event: MachineEvent) => void): Promise<void>;
}
