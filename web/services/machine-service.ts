// The page's API, on the machine: see web/model/machine-api.ts for what each method promises. Runs in the machine's Worker.

import defaultManifest from "../../servers/init/boot.yaml?manifest";
import * as L from "../../abi/layout/kernel-memory.ts";
import type { FromPage, ToPage } from "../../lib/ts/devices.ts";
import { serverHeapUse } from "../../lib/ts/server-heap.ts";
import { DIRECT_PATH, IMAGES, KERNEL_PATH, modulePaths, workersOf } from "../../kernel-wasm/machine/images.ts";
import { Machine, type Prepared } from "../../kernel-wasm/machine/machine.ts";
import type { MachineHost } from "../../kernel-wasm/machine/machine-host.ts";
import type { Line } from "../../kernel-wasm/machine/worker/host.ts";
import type {
  BootOptions, BootReport, CallCount, CapRow, DirectoryEntry, DomainSnapshot, Layer, MachineApi, MachineEvent, SystemSnapshot, TerminalInput,
  TerminalOutput, TerminalPort, TraceEvent, TraceKind,
} from "../model/machine-api.ts";
import type { Progress, StorageAnswer, StorageRequest } from "../../lib/ts/storage-requests.ts";
import { Courier } from "./courier-client.ts";

const TRACE_KINDS: Readonly<Record<number, TraceKind>> = {
  [L.TRACE_CALL]: "call", [L.TRACE_REPLY]: "reply", [L.TRACE_RECEIVE]: "receive", [L.TRACE_INLINE_ENTER]: "enter", [L.TRACE_INLINE_LEAVE]: "leave",
  [L.TRACE_SIGNAL]: "signal", [L.TRACE_WAKE]: "wake", [L.TRACE_KILL]: "kill", [L.TRACE_START]: "start", [L.TRACE_FAULT]: "fault",
  [L.TRACE_PAGE_FAULT]: "page-fault", [L.TRACE_PLACE]: "place", [L.TRACE_SEND]: "send",
};
const TRACE_BATCH = 4096;
/** What the shell's prompt ends with; its line editor goes back to the line's start to place the cursor. */
const PROMPT = /[$#>] $/;

export class MachineService implements MachineApi {
  readonly #host: MachineHost;
  #machine: Machine | undefined;
  #begun = false;
  #console: Line | undefined;
  #courier: Courier | undefined;
  #listener: ((event: MachineEvent) => void) | undefined;
  readonly #events: MachineEvent[] = [];
  readonly #terminals = new Map<number, { port: MessagePort; profile: string | undefined }>();
  /** Messages of terminals that opened before the console was there. */
  readonly #early: FromPage[] = [];
  #onPrompt: (() => void) | undefined;
  #tail = "";

  readonly #prepared: Prepared;

  /** Begins at once with what every boot needs: `boot` is called when the page's own scripts are there. */
  constructor(host: MachineHost) {
    this.#host = host;
    const prepare = workersOf(defaultManifest);
    this.#prepared = Machine.prepare(host, { modules: modulePaths(defaultManifest), kernel: KERNEL_PATH, direct: DIRECT_PATH, workersAtBoot: prepare.length, prepare });
  }

  async boot(options: BootOptions): Promise<BootReport> {
    // Also while it starts, or has failed to: the prepared Workers are for one machine.
    if (this.#begun) throw new Error("The system was started already.");
    this.#begun = true;
    const began = performance.now(), steps: { name: string; time: number }[] = [];
    const step = (name: string, detail: string, done: number): void => {
      steps.push({ name, time: performance.now() - began });
      this.#tell({ kind: "boot-progress", step: name, detail, done, total: 4 });
    };
    step("kernel", "Compiling the kernel and the servers", 0);
    const manifest = options.manifest ?? defaultManifest;
    const machine = await Machine.start(this.#host, { images: IMAGES, modules: modulePaths(manifest), kernel: KERNEL_PATH, direct: DIRECT_PATH, manifest, storage: options.session === "own", spare: 2, heapUse: serverHeapUse }, this.#prepared);
    this.#machine = machine;
    const refused = new Promise<never>((_, reject) => {
      machine.onDied = (died) => {
        if (died.name === "init" && died.domain === 1) reject(new Error(died.text || `init ended with status ${died.status}`));
        this.#tell({ kind: "domain-died", domain: died.domain, name: died.name, reason: died.reason, status: died.status, text: died.text });
      };
    });
    machine.onStarted = (domain) => this.#tell({ kind: "domain-started", domain, name: machine.inspector.domainName(domain) });
    machine.onKeep = () => this.#tell({ kind: "keep" });
    machine.onLog = (domain, text) => this.#tell({ kind: "log", domain, name: machine.inspector.domainName(domain), text });
    const prompt = new Promise<void>((resolve) => { this.#onPrompt = resolve; });
    const console = machine.line("console");
    this.#courier = new Courier(machine.line("courier"));
    console.onmessage = (message) => this.#fromConsole(message as ToPage);
    step("servers", "Starting the servers", 1);
    machine.boot();
    for (const file of options.files ?? []) await Promise.race([this.#courier.write(file.path, file.data), refused]);
    step("shell", "Starting the shell", 2);
    this.#console = console;
    for (const message of this.#early.splice(0)) console.send(message);
    if (this.#terminals.has(0)) await Promise.race([prompt, refused]);
    for (const command of options.commands ?? []) console.send({ terminal: 0, kind: "input", data: new TextEncoder().encode(`${command}\r`) });
    step("prompt", "The shell is up", 4);
    refused.catch(() => undefined);
    return { promptTime: performance.now() - began, steps };
  }

  #tell(event: MachineEvent): void { if (this.#listener) this.#listener(event); else this.#events.push(event); }

  async onEvent(listener: (event: MachineEvent) => void): Promise<void> {
    this.#listener = listener;
    for (const event of this.#events.splice(0)) listener(event);
  }

  #up(): Machine {
    if (!this.#machine) throw new Error("The system is not up yet.");
    return this.#machine;
  }

  // ---- Terminals

  #toConsole(message: FromPage): void { if (this.#console) this.#console.send(message); else this.#early.push(message); }

  #fromConsole(message: ToPage): void {
    const terminal = this.#terminals.get(message.terminal);
    if (message.kind === "output" && message.terminal === 0 && this.#onPrompt) {
      this.#tail = (this.#tail + new TextDecoder().decode(message.data)).slice(-80);
      // Escape sequences after the prompt belong to the line editor.
      if (PROMPT.test(this.#tail.replace(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, ""))) { this.#onPrompt(); this.#onPrompt = undefined; }
    }
    const output: TerminalOutput = message.kind === "output" ? { kind: "output", data: message.data } : { kind: "exit", status: message.status };
    terminal?.port.postMessage(output);
  }

  async openTerminal(number: number, port: TerminalPort, profile?: string): Promise<void> {
    if (this.#terminals.has(number)) throw new Error(`Terminal ${number} is open already.`);
    const messages = port as MessagePort;
    this.#terminals.set(number, { port: messages, profile });
    messages.onmessage = (event: MessageEvent<TerminalInput>) => this.#toConsole({ terminal: number, ...event.data });
    messages.start();
    this.#toConsole({ terminal: number, kind: "open", ...(profile ? { profile } : {}) });
  }

  async closeTerminal(number: number): Promise<void> {
    const terminal = this.#terminals.get(number);
    if (!terminal) return;
    this.#toConsole({ terminal: number, kind: "close" });
    this.#terminals.delete(number);
    terminal.port.close();
  }

  async newShell(number: number, profile?: string): Promise<void> {
    const terminal = this.#terminals.get(number);
    if (!terminal) throw new Error(`Terminal ${number} is not open.`);
    const wanted = profile ?? terminal.profile;
    this.#toConsole({ terminal: number, kind: "open", ...(wanted ? { profile: wanted } : {}) });
  }

  // ---- Files

  async writeFile(path: string, data: Uint8Array): Promise<void> { this.#up(); await this.#courier!.write(path, data); }
  async readFile(path: string): Promise<Uint8Array> { this.#up(); return this.#courier!.read(path); }
  async listDirectory(path: string): Promise<DirectoryEntry[]> { this.#up(); return this.#courier!.list(path); }

  async storage<Request extends StorageRequest>(request: Request, progress?: (progress: Progress) => void): Promise<StorageAnswer<Request["kind"]>> {
    this.#up();
    return this.#courier!.storage(request, progress);
  }

  // ---- The picture

  async snapshot(): Promise<SystemSnapshot> {
    const machine = this.#up(), { inspector } = machine;
    const domains = inspector.domains((domain) => machine.memoryOf(domain)).map((info): DomainSnapshot => {
      const kind = machine.imageOf(info.domain)?.kind, layer: Layer = kind === "server" || kind === "driver" ? "server" : "process";
      return {
        domain: info.domain, incarnation: inspector.u32(L.DOMAINS + info.domain * L.DOMAIN_SIZE + L.D_INCARNATION), name: info.name, layer,
        state: info.state === "unused" ? "dying" : info.state, placement: info.placement, movable: info.movable, memory: info.memory,
        caps: info.caps, capQuota: info.capQuota, frames: info.frames, frameQuota: info.frameQuota, activity: info.activity, waitsOn: info.waitsOn,
        calls: Number(info.calls), served: Number(info.served),
      };
    });
    const figures = machine.figures();
    return {
      time: performance.now(), domains, counts: inspector.counts(),
      machine: { ...figures, kernelBytes: machine.kernelMemory.buffer.byteLength, pageBytes: machine.pageMemory.buffer.byteLength, processors: this.#host.processors },
    };
  }

  async callCounts(): Promise<CallCount[]> { return this.#up().inspector.callCounts().map((row) => ({ ...row, count: Number(row.count) })); }
  async capabilities(domain: number): Promise<CapRow[]> { return this.#up().inspector.caps(domain); }

  async traceEvents(after: number): Promise<TraceEvent[]> {
    return this.#up().inspector.trace(BigInt(after)).slice(0, TRACE_BATCH).map((event) => ({
      sequence: Number(event.sequence), time: Number(event.time) / 1000, kind: TRACE_KINDS[event.kind] ?? "other", thread: event.thread, domain: event.domain,
      peer: event.peer || -1, label: event.label, value: event.value,
    }));
  }

  async setTrace(on: boolean): Promise<void> { this.#up().setTrace(on); }
  async kill(domain: number): Promise<void> { this.#up().kill(domain); }
  async place(domain: number, placement: "worker" | "inline"): Promise<void> { this.#up().place(domain, placement); }

  /** End every Worker of the system; not part of the page's API. */
  stop(): void { this.#up().stop(); }
}
