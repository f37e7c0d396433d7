// A made-up system with the machine's API, for work on the page without a kernel (`?fake`) and for the page's own tests. Nothing in
// it is measured or real; it must never be the default.

import type {
  BootOptions, BootReport, CallCount, CapRow, DirectoryEntry, DomainSnapshot, Layer, MachineApi, MachineEvent, Placement, SystemSnapshot,
  TerminalInput, TerminalOutput, TerminalPort, TraceEvent,
} from "../model/machine-api.ts";
import type { Progress, StorageAnswer, StorageRequest } from "../../lib/ts/storage-requests.ts";
import { FakeDisks } from "./fake-disks.ts";
import { Labels } from "../../abi/generated/ts/labels.ts";

interface Row { name: string; layer: Layer; placement: Placement; movable: boolean; memory: number }
const SERVERS: Row[] = [
  ["init", false, 2], ["names", false, 1], ["process", false, 3], ["console", false, 3], ["clock", false, 2], ["random", false, 2], ["vfs", true, 1], ["tmpfs", true, 4], ["pipe", true, 1], ["webfs", false, 6],
].map(([name, movable, mib]) => ({ name: name as string, layer: "server", placement: name === "tmpfs" ? "inline" : "worker", movable: movable as boolean, memory: (mib as number) * 1048576 }));
const STEPS = ["kernel", "memories", ...SERVERS.map((row) => row.name), "shell"];
const PATHS: [string, string, number][] = [
  ["shell", "console", Labels.file.write], ["shell", "vfs", Labels.directory.open], ["vfs", "tmpfs", Labels.fileSystem.lookup],
  ["shell", "process", Labels.process.wait], ["python3", "tmpfs", Labels.file.read], ["python3", "vfs", Labels.directory.stat], ["console", "process", Labels.process.signal], ["python3", "clock", Labels.clock.now], ["vfs", "webfs", Labels.fileSystem.open],
];

export class FakeMachine implements MachineApi {
  #domains: DomainSnapshot[] = [];
  #counts = new Map<string, CallCount>();
  #files = new Map<string, Uint8Array>([["/home/user/readme.txt", new TextEncoder().encode("A made-up file of a made-up system.\n")], ["/home/user/src/hello.c", new TextEncoder().encode("int main(void) { return 0; }\n")]]);
  #disks = new FakeDisks();
  #events: MachineEvent[] = [];
  #listener: ((event: MachineEvent) => void) | undefined;
  #trace: TraceEvent[] = [];
  #tracing = false;
  #sequence = 0;
  #incarnation = 0;
  #started = performance.now();
  #terminals = new Map<number, { port: MessagePort; line: string; profile: string }>();

  async boot(options: BootOptions): Promise<BootReport> {
    if (options.manifest?.includes("broken")) throw new Error(`The boot manifest is refused: line ${options.manifest.split("\n").findIndex((line) => line.includes("broken")) + 1}: unknown server “broken”.`);
    const steps: { name: string; time: number }[] = [];
    for (const [index, step] of STEPS.entries()) {
      this.#tell({ kind: "boot-progress", step, detail: `Starting ${step}`, done: index, total: STEPS.length });
      await new Promise((resolve) => setTimeout(resolve, 25));
      steps.push({ name: step, time: performance.now() - this.#started });
      const row = SERVERS.find((one) => one.name === step);
      if (row) this.#add(row);
    }
    for (const { path, data } of options.files ?? []) this.#files.set(path, data);
    for (const number of this.#terminals.keys()) this.#startShell(number);
    for (const command of options.commands ?? []) this.#input(0, `${command}\r`);
    this.#tell({ kind: "boot-progress", step: "shell", detail: "The shell is up", done: STEPS.length, total: STEPS.length });
    setInterval(() => this.#live(), 120);
    return { promptTime: performance.now() - this.#started, steps };
  }

  async snapshot(): Promise<SystemSnapshot> {
    return {
      time: performance.now() - this.#started, domains: this.#domains.map((domain) => ({ ...domain })),
      counts: { domains: this.#domains.length, threads: this.#domains.length + 1, endpoints: 31, notifications: 6, dataspaces: 44, frames: 1290, caps: 212, replies: 3 },
      machine: { workers: this.#domains.length + 2, idleWorkers: 2, memories: this.#domains.length + 3, kernelBytes: 4 << 20, pageBytes: 256 << 20, processors: navigator.hardwareConcurrency },
    };
  }

  async callCounts(): Promise<CallCount[]> { return [...this.#counts.values()].map((count) => ({ ...count })); }

  async capabilities(domain: number): Promise<CapRow[]> {
    return Array.from({ length: 12 }, (_, index) => ({ slot: index + 1, kind: [3, 3, 6, 7, 5, 4][index % 6], rights: [31, 3, 7, 1][index % 4], badge: index * 3, object: 40 + index, owner: this.#domains[(domain + index) % this.#domains.length]?.domain ?? 0 }));
  }

  async traceEvents(after: number): Promise<TraceEvent[]> { return this.#trace.filter((event) => event.sequence > after); }
  async setTrace(on: boolean): Promise<void> { this.#tracing = on; }

  async kill(number: number): Promise<void> {
    const domain = this.#domains.find((one) => one.domain === number);
    if (!domain) throw new Error(`There is no domain ${number}.`);
    this.#domains = this.#domains.filter((one) => one !== domain);
    this.#tell({ kind: "domain-died", domain: number, name: domain.name, reason: 1, status: 137, text: `${domain.name} was killed` });
    const row = SERVERS.find((one) => one.name === domain.name);
    if (row) setTimeout(() => this.#add(row), 900);
    else for (const [terminal, { port }] of this.#terminals) if (terminal === domain.terminal) port.postMessage({ kind: "exit", status: 137 } satisfies TerminalOutput);
  }

  async place(number: number, placement: "worker" | "inline"): Promise<void> {
    const domain = this.#domains.find((one) => one.domain === number);
    if (!domain?.movable) throw new Error("This domain cannot be moved.");
    domain.placement = placement;
  }

  async openTerminal(terminal: number, port: TerminalPort, profile = "shell"): Promise<void> {
    const end = port as MessagePort;
    this.#terminals.set(terminal, { port: end, line: "", profile });
    end.onmessage = ({ data }: MessageEvent<TerminalInput>) => { if (data.kind === "input") this.#input(terminal, new TextDecoder().decode(data.data)); };
    if (this.#domains.length) this.#startShell(terminal);
  }

  async closeTerminal(terminal: number): Promise<void> {
    this.#terminals.delete(terminal);
    this.#domains = this.#domains.filter((domain) => domain.terminal !== terminal);
  }

  async newShell(terminal: number): Promise<void> { this.#startShell(terminal); }
  async writeFile(path: string, data: Uint8Array): Promise<void> {
    // Servers in Workers of their own cost something here, too.
    const away = this.#domains.filter(({ name, placement }) => ["vfs", "tmpfs"].includes(name) && placement === "worker").length;
    await new Promise((resolve) => setTimeout(resolve, 4 + 6 * away));
    this.#files.set(path, data);
  }

  async readFile(path: string): Promise<Uint8Array> {
    const data = this.#files.get(path);
    if (!data) throw new Error(`${path}: no such file.`);
    return data.slice();
  }

  async listDirectory(path: string): Promise<DirectoryEntry[]> {
    const prefix = path.endsWith("/") ? path : `${path}/`;
    const entries = new Map<string, DirectoryEntry>();
    for (const [file, data] of this.#files) {
      if (!file.startsWith(prefix)) continue;
      const [name, ...rest] = file.slice(prefix.length).split("/");
      entries.set(name, rest.length ? { name, kind: "directory", size: 0 } : { name, kind: "file", size: data.length });
    }
    if (entries.size === 0 && path !== "/") throw new Error(`${path}: no such directory.`);
    return [...entries.values()];
  }

  async storage<Request extends StorageRequest>(request: Request, progress?: (progress: Progress) => void): Promise<StorageAnswer<Request["kind"]>> {
    return await this.#disks.perform(request, progress) as StorageAnswer<Request["kind"]>;
  }

  async onEvent(listener: (event: MachineEvent) => void): Promise<void> {
    this.#listener = listener;
    for (const event of this.#events.splice(0)) listener(event);
  }

  #tell(event: MachineEvent): void { if (this.#listener) this.#listener(event); else this.#events.push(event); }

  #add(row: Row, extra: Partial<DomainSnapshot> = {}): void {
    let domain = 1;
    while (this.#domains.some((one) => one.domain === domain)) domain++;
    this.#domains.push({
      ...row, domain, incarnation: ++this.#incarnation, state: "running", caps: 10 + domain, capQuota: 4096, frames: domain * 7, frameQuota: 65536,
      activity: "receiving", waitsOn: -1, calls: 0, served: 0, ...extra,
    });
    this.#tell({ kind: "domain-started", domain, name: row.name });
  }

  #startShell(number: number): void {
    const terminal = this.#terminals.get(number);
    if (!terminal) return;
    const name = terminal.profile === "python" ? "python3" : "shell";
    this.#add({ name, layer: "process", placement: "worker", movable: false, memory: name === "python3" ? 42 << 20 : 3 << 20 }, { pid: 10 + this.#incarnation, terminal: number, activity: "waiting" });
    this.#print(number, name === "python3" ? "Python 3.12.0 (made up)\r\n>>> " : "\x1b[1mMade-up shell.\x1b[0m Nothing here is real: this is ?fake.\r\n\x1b[36m~\x1b[0m $ ");
  }

  #input(number: number, text: string): void {
    const terminal = this.#terminals.get(number);
    if (!terminal) return;
    for (const letter of text) {
      if (letter === "\r") {
        const line = terminal.line;
        terminal.line = "";
        this.#print(number, `\r\n${line === "exit" ? "" : this.#answer(line)}`);
        if (line === "exit") {
          this.#domains = this.#domains.filter((domain) => domain.terminal !== number);
          terminal.port.postMessage({ kind: "exit", status: 0 } satisfies TerminalOutput);
        } else this.#print(number, terminal.profile === "python" ? ">>> " : "\x1b[36m~\x1b[0m $ ");
      } else if (letter === "\x7f") {
        if (terminal.line) { terminal.line = terminal.line.slice(0, -1); this.#print(number, "\b \b"); }
      } else { terminal.line += letter; this.#print(number, letter); }
    }
  }

  #answer(line: string): string {
    const [command, ...rest] = line.split(" ");
    if (command === "echo") return `${rest.join(" ")}\r\n`;
    if (command === "ls") return `${[...this.#files.keys()].join("\r\n")}\r\n`;
    if (command === "cat") return `${new TextDecoder().decode(this.#files.get(rest[0])).replaceAll("\n", "\r\n")}`;
    return line ? `${command}: not in the made-up shell\r\n` : "";
  }

  #print(terminal: number, text: string): void {
    this.#terminals.get(terminal)?.port.postMessage({ kind: "output", data: new TextEncoder().encode(text) } satisfies TerminalOutput);
  }

  #live(): void {
    const time = (performance.now() - this.#started) * 1000;
    PATHS.forEach(([fromName, toName, label], index) => {
      if (Math.random() > 0.5) return;
      const [from, to] = [fromName, toName].map((name) => this.#domains.find((domain) => domain.name === name));
      if (!from || !to) return;
      const key = `${from.domain} ${to.domain} ${label}`;
      const count = this.#counts.get(key) ?? { from: from.domain, to: to.domain, label, count: 0 };
      const fresh = Math.ceil(Math.random() ** 4 * 300);
      count.count += fresh;
      this.#counts.set(key, count);
      from.calls += fresh;
      to.served += fresh;
      to.activity = Math.random() < 0.2 ? "running" : "receiving";
      if (from.layer === "process") from.activity = Math.random() < 0.3 ? `calling ${to.name}` : "waiting";
      if (!this.#tracing) return;
      const at = time + index * 13;
      this.#trace.push(
        { sequence: ++this.#sequence, time: at, kind: "call", thread: from.domain, domain: from.domain, peer: to.domain, label, value: 0 },
        { sequence: ++this.#sequence, time: at + 3, kind: "receive", thread: to.domain, domain: to.domain, peer: from.domain, label, value: 0 },
        { sequence: ++this.#sequence, time: at + 5 + Math.random() * 60, kind: "wake", thread: from.domain, domain: from.domain, peer: -1, label, value: Math.random() < 0.05 ? -48 : 0 },
      );
    });
    this.#trace.splice(0, this.#trace.length - 8192);
  }
}
