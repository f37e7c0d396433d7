// The machine: the hardware below the kernel. It alone starts and ends Workers (seats.ts), owns the memories (server-memories.ts), compiles programs
// (programs.ts), and has the proof that something has died. It never blocks: the kernel rings its doorbell, and it does what domains have pending:
// here are the lives of domains, from start to reap.
//
// Killing a domain is the kernel's work; here is what follows: its code leaves by itself at the next poll point or system call and
// the Worker says so; if it does not within KILL_GRACE, the Worker is terminated and its Web Lock is the proof. Only then is what
// it held reclaimed.

import * as L from "../../abi/layout/kernel-memory.ts";
import { FRAME_SIZE, MAX_DOMAINS, WINDOW_SIZE } from "../../abi/layout/limits.ts";
import { setPollWords } from "../rewriter/index.ts";
import { copierKind, copierModules } from "./copier/index.ts";
import { currentBuffer, reach } from "./growth.ts";
import { failAsHung, holdsLock, INLINE_DEADLINE, watchInline } from "./inline-watch.ts";
import { Inspector, memoryUse } from "./inspect.ts";
import type { MachineHost, WorkerHandle } from "./machine-host.ts";
import { PageBytes, windowOf } from "./page-memory.ts";
import { Programs } from "./programs.ts";
import { createWorker, Seats, type NewWorker, type Seat } from "./seats.ts";
import { ServerMemories } from "./server-memories.ts";
import type { Line } from "./worker/host.ts";
import { instantiateKernel, type KernelExports } from "./worker/kernel-instance.ts";
import type { Image, Run } from "./worker/messages.ts";
import { stackProbeModule } from "./worker/stack-probe.ts";
import { underLock, underLockModule } from "./worker/under-lock.ts";

/** Milliseconds that a dead domain's code may take to leave by itself. */
const KILL_GRACE = 250;
/** The images that are handed the browser's storage, if the session may have it. */
const PERSISTENT: ReadonlySet<string> = new Set(["disk-opfs", "disk-idb"]);
export interface Died { readonly domain: number; readonly name: string; readonly reason: number; readonly status: number; readonly text: string }

/** What a machine begins with before it is started. */
export interface Prepared { readonly workers: NewWorker[]; readonly compiled: ReadonlyMap<string, Promise<WebAssembly.Module>> }
type PrepareOptions = Pick<MachineOptions, "modules" | "kernel" | "direct" | "workersAtBoot" | "prepare">;

/** Site path of the emulation library with direct access, where the engine can run it. */
const directOf = ({ direct }: Pick<MachineOptions, "direct">): string | undefined => copierKind() === "multi-memory" ? direct : undefined;

export interface MachineOptions {
  readonly images: readonly Image[];
  /** Site path of each `server` image's module and of the library's, by image name. */
  readonly modules: Readonly<Record<string, string>>;
  readonly kernel: string;
  /** Site path of the emulation library with direct access to memories (DIRECT_PATH): used where the engine has multi-memory. */
  readonly direct?: string;
  /** The boot manifest: its text, or one that was read and checked already. */
  readonly manifest: string | object;
  /** The session may have what this browser stores: not one that was opened from a link. Absent: it may not. */
  readonly storage?: boolean;
  /** Idle Workers to keep. */
  readonly spare?: number;
  readonly workersAtBoot?: number;
  /** TypeScript images that the first Workers load the code of while there is nothing to run yet; the others stay open for anything. */
  readonly prepare?: readonly (string | undefined)[];
  readonly pagePages?: number;
  /** Bytes in use of a server's memory: the machine does not know how servers lay theirs out. */
  readonly heapUse?: (memory: WebAssembly.Memory) => number;
  readonly kernelQuota?: { caps: number; frames: number };
}

export class Machine {
  readonly inspector: Inspector;
  readonly kernelMemory: WebAssembly.Memory;
  readonly pageMemory: WebAssembly.Memory;
  onDied: (died: Died) => void = () => undefined;
  onStarted: (domain: number) => void = () => undefined;
  /** A server has stored something that is to be kept. */
  onKeep: () => void = () => undefined;
  onLog: (domain: number, text: string) => void = () => undefined;
  readonly #host: MachineHost;
  readonly #options: MachineOptions;
  readonly #kernel: KernelExports;
  readonly #kernelModule: WebAssembly.Module;
  readonly #underLock = underLockModule();
  readonly #serverMemories: ServerMemories;
  readonly #seats: Seats;
  readonly #programs: Programs;
  readonly #starting = new Set<number>();
  readonly #ending = new Set<number>();
  readonly #lines = new Map<string, Line>();
  readonly #ports = new Map<string, unknown>();
  readonly #origin: number;
  #programMemories = 0;
  #stopped = false;

  /** Begin with what needs no manifest: to be called as early as can be, and its result given to `start`. */
  static prepare(host: MachineHost, options: PrepareOptions): Prepared {
    // The Workers' scripts load while the modules are compiled.
    const workers = Array.from({ length: options.workersAtBoot ?? 14 }, (_, index) => createWorker(host, index + 1, options.prepare?.[index]));
    const direct = directOf(options), paths = [options.kernel, ...Object.values(options.modules), ...(direct === undefined ? [] : [direct])];
    const compiled = new Map(paths.map((path) => [path, host.compile(path)]));
    // Whoever needs one that could not be compiled says so.
    for (const module of compiled.values()) module.catch(() => undefined);
    return { workers, compiled };
  }

  static async start(host: MachineHost, options: MachineOptions, { workers, compiled } = Machine.prepare(host, options)): Promise<Machine> {
    const compile = (path: string): Promise<WebAssembly.Module> => compiled.get(path) ?? host.compile(path);
    const names = Object.keys(options.modules), directPath = directOf(options);
    const [kernel, direct, ...modules] = await Promise.all([
      compile(options.kernel),
      directPath === undefined ? undefined : compile(directPath),
      ...names.map((name) => compile(options.modules[name]!)),
    ]);
    const byImage: Record<number, WebAssembly.Module> = {};
    names.forEach((name, index) => { byImage[options.images.find((image) => image.name === name)!.number] = modules[index]!; });
    return new Machine(host, options, kernel, direct, byImage, workers);
  }

  private constructor(host: MachineHost, options: MachineOptions, kernel: WebAssembly.Module, direct: WebAssembly.Module | undefined, modules: Record<number, WebAssembly.Module>, early: NewWorker[]) {
    this.#host = host;
    this.#options = options;
    this.#kernelModule = kernel;
    this.#origin = performance.timeOrigin + performance.now();
    const pages = options.pagePages ?? L.PAGE_MEMORY_PAGES;
    this.kernelMemory = new WebAssembly.Memory({ initial: L.KERNEL_PAGES, maximum: L.KERNEL_PAGES, shared: true });
    this.pageMemory = new WebAssembly.Memory({ initial: Math.min(L.PAGE_MEMORY_FIRST_PAGES, pages), maximum: pages, shared: true });
    this.inspector = new Inspector(this.kernelMemory);
    this.#serverMemories = new ServerMemories(this.inspector);
    this.#programs = new Programs(this.inspector, this.pageMemory);
    this.#kernel = this.#instantiateKernel();
    this.#kernel.setThread(0);
    this.#kernel.boot(Math.floor((pages * 65536 - L.FRAMES_BASE) / FRAME_SIZE));
    const probe = stackProbeModule(), copiers = copierModules();
    this.#seats = new Seats({
      host, spare: options.spare ?? 2, stopped: () => this.#stopped,
      birth: (thread) => ({
        kind: "birth", thread, pageMemory: this.pageMemory, kernel, kernelMemory: this.kernelMemory, serverMemories: this.#serverMemories.memories, modules, direct, probe, underLock: this.#underLock, copiers,
        images: options.images, base: host.base, origin: this.#origin,
      }),
      room: (thread) => reach(this.pageMemory, windowOf(thread) + WINDOW_SIZE),
      log: (domain, text) => this.onLog(domain, text),
      keep: () => this.onKeep(),
      vacated: (seat, crashed) => this.#vacate(seat, crashed),
      condemned: (thread) => this.#kernel.condemn(thread),
    }, early);
    this.#seats.open();
    void this.#listen();
    const { heapUse } = options;
    watchInline(this.inspector, this.#kernel, () => this.#stopped, () => { if (heapUse) this.#serverMemories.measure(heapUse); });
  }

  #instantiateKernel(): KernelExports {
    const page = new PageBytes(this.pageMemory), zero = this.#origin - performance.timeOrigin;
    const kernel = instantiateKernel(this.#kernelModule, this.kernelMemory, {
      enter: () => -1000, probe: () => undefined, map: () => 0, leave: () => { throw new Error("the machine has no domain to leave"); },
      size: (memory) => memory === 0 ? currentBuffer(this.pageMemory).byteLength / 65536 : 0, ...underLock(this.#underLock, this.pageMemory),
      monotonic: () => BigInt(Math.round((performance.now() - zero) * 1e6)), wall: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n,
      log: () => undefined,
    });
    // The machine only clears frames: page memory to page memory.
    kernel.table.grow(1 + 16 - kernel.table.length > 0 ? 1 + 16 - kernel.table.length : 0);
    kernel.table.set(16, new WebAssembly.Instance(pageCopier, { a: { f: (to: number, from: number, length: number) => { page.upTo(Math.max(to, from) + length).copyWithin(to, from, from + length); } } }).exports.f);
    return kernel;
  }

  /** Make and start init, the first domain: everything else it makes of the manifest. */
  boot(): void {
    const quota = this.#options.kernelQuota ?? { caps: 16384, frames: L.MAX_FRAMES - (L.FRAMES_GAP_END - L.FRAMES_GAP) - 1 };
    const domain = this.#kernel.createInit(quota.caps, quota.frames);
    this.inspector.setName(domain, "init");
    const image = this.#options.images.find((image) => image.name === "init")!;
    void this.#start(domain, image, 0);
  }

  /** Our end of the line to a TypeScript server (console, courier); may be used before the server is up. */
  line(image: string): Line {
    let line = this.#lines.get(image);
    if (!line) {
      const channel = this.#host.channel();
      line = channel.line;
      this.#lines.set(image, line);
      this.#ports.set(image, channel.port);
    }
    return line;
  }

  // ---- Domains

  /** Serve the doorbell for ever. */
  async #listen(): Promise<void> {
    const words = new Int32Array(this.kernelMemory.buffer), bell = L.H_DOORBELL >> 2;
    while (!this.#stopped) {
      const rung = Atomics.load(words, bell);
      this.#service();
      const wait = Atomics.waitAsync(words, bell, rung);
      if (wait.async) await wait.value; else await Promise.resolve();
    }
  }

  #service(): void {
    for (let domain = 1; domain < MAX_DOMAINS; domain++) {
      const pending = this.inspector.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_PENDING);
      if (pending & L.PENDING_START && !this.#starting.has(domain)) {
        const at = L.DOMAINS + domain * L.DOMAIN_SIZE, number = this.inspector.u32(at + L.D_IMAGE);
        const image = this.#options.images.find((image) => image.number === number);
        if (image) void this.#start(domain, image, this.inspector.u32(at + L.D_DATASPACE));
        else { this.inspector.setText(domain, `there is no image number ${number}`); this.#kernel.fail(domain, 3, 126); }
      }
      if (pending & L.PENDING_KILL && !this.#ending.has(domain)) this.#end(domain);
    }
  }

  async #start(domain: number, image: Image, dataspace: number): Promise<void> {
    this.#starting.add(domain);
    const fail = (reason: number, status: number, text: string): void => { this.inspector.setText(domain, text); this.#kernel.fail(domain, reason, status); };
    try {
      const program = dataspace ? await this.#programs.get(dataspace, image) : undefined;
      if (!program && (image.kind === "linux" || image.kind === "native-module")) { fail(3, 126, `image ${image.name} needs a program`); return; }
      let serverMemory = -1;
      if (image.kind === "server") {
        serverMemory = this.#serverMemories.take(domain);
        if (serverMemory < 0) { fail(3, 126, "all server memories are taken"); return; }
      }
      let seat: Seat | undefined, kept: boolean;
      do {
        seat = await this.#seats.take(image);
        if (!seat) { fail(3, 126, "no Worker can be started: all threads are in use, or no memory is left for another one"); return; }
        const { handle, state } = seat;
        await this.#unpinned(seat.thread);
        // The platform may have ended the Worker meanwhile: the one after it is not ours, and may be somebody's.
        kept = state === "busy" && seat.handle === handle;
      } while (!kept);
      if (!this.#kernel.attach(domain, seat.thread, image.kind === "server" ? 1 : 0)) { seat.state = "idle"; return; }
      seat.domain = domain;
      let memory: WebAssembly.Memory | undefined;
      if (program?.memory) {
        const { minimum, maximum = minimum, shared } = program.memory;
        // Shared memories do not grow while others use them: they start at full size. Others are the Worker's own.
        if (shared) memory = new WebAssembly.Memory({ initial: maximum, maximum, shared });
      }
      seat.memory = memory;
      if (seat.memory) this.#programMemories++;
      if (serverMemory >= 0) seat.memory = undefined;
      const port = this.#ports.get(image.name);
      const run: Run = {
        kind: "run", domain, image, serverMemory, mode: "fresh",
        ...(program ? { module: program.module } : {}), ...(memory ? { memory } : program?.memory ? { memoryLimits: program.memory } : {}),
        ...(this.#options.storage && PERSISTENT.has(image.name) ? { storage: true } : {}),
        ...(image.name === "init" ? { manifest: this.#options.manifest } : {}), ...(port ? { port } : {}),
      };
      seat.handle.post(run, port ? [port] : []);
      if (port) { this.#ports.delete(image.name); this.#lines.delete(image.name); }
      this.onStarted(domain);
      this.#seats.keepSpare();
    } catch (error) {
      fail(3, 126, (error as Error).message);
    } finally {
      this.#starting.delete(domain);
      // It may have been killed while it was being started.
      this.#service();
    }
  }

  /** A thread's window is used again only when nobody copies to or from it any more. */
  async #unpinned(thread: number): Promise<void> {
    while (!this.#kernel.unpinned(thread)) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Nothing of the seat's domain runs any more: reclaim what it held. */
  #vacate(seat: Seat, crashed: boolean): void {
    const { domain } = seat;
    if (crashed && domain && this.inspector.domainState(domain) !== "dying") {
      this.inspector.setText(domain, "its Worker was ended by the browser");
      this.#kernel.fail(domain, 2, 137);
    }
    seat.domain = 0;
    if (seat.memory) { seat.memory = undefined; this.#programMemories--; }
    this.#kernel.detach(seat.thread);
    if (!domain) return;
    // Its death may not have been served yet: then it is, now. Served twice it would be reaped twice, and the second time meet who has the number by then.
    if (this.#ending.has(domain)) void this.#reap(domain); else this.#end(domain);
  }

  /** The kernel has marked the domain dead: get its code out of its Worker, by force if need be. */
  #end(domain: number): void {
    if (this.#starting.has(domain)) return;
    this.#ending.add(domain);
    const seat = this.#seats.all.find((seat) => seat.domain === domain);
    // Whoever is inside a dead server traps at its next poll point.
    const index = this.#serverMemories.of(domain);
    if (index > 0) setPollWords(this.#serverMemories.memories[index]!);
    if (!seat) { void this.#reap(domain); return; }
    if (seat.memory) setPollWords(seat.memory);
    // A number is used again: the seat may hold another domain of the same number by then.
    const { handle, runs } = seat;
    this.#press(seat, handle, runs, domain, 1);
  }

  /** A dead domain's code that is inside an inline server finishes that call first: after a while what it waits for there is broken
   *  off, past the deadline the server counts as hung, and only then is it ended by force, as is code that is in no server. */
  #press(seat: Seat, handle: WorkerHandle, runs: number, domain: number, round: number): void {
    setTimeout(() => {
      if (this.#stopped || seat.domain !== domain || seat.handle !== handle || seat.runs !== runs || seat.state !== "busy") return;
      const at = L.THREADS + seat.thread * L.THREAD_SIZE, depth = this.inspector.u32(at + L.T_DEPTH);
      const pressed = round * KILL_GRACE;
      if (depth === 0 || depth > L.MAX_DEPTH || pressed > 2 * INLINE_DEADLINE) { this.#seats.replace(seat); return; }
      if (pressed > INLINE_DEADLINE) {
        const server = this.inspector.u32(at + L.T_INSIDE + (depth - 1) * 4), blocked = this.inspector.u32(at + L.T_STATE) !== L.THREAD_RUNNING;
        // Without the lock, and waiting for nothing, it is on its way into another server: whoever keeps it from there is the watch's affair.
        if (blocked || holdsLock(this.inspector, server, seat.thread)) failAsHung(this.inspector, this.#kernel, (server - L.DOMAINS) / L.DOMAIN_SIZE, `kept a dead caller longer than ${INLINE_DEADLINE} ms`);
      } else this.#kernel.interrupt(seat.thread);
      this.#press(seat, handle, runs, domain, round + 1);
    }, KILL_GRACE);
  }

  async #reap(domain: number): Promise<void> {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE;
    const died: Died = {
      domain, name: this.inspector.domainName(domain), reason: this.inspector.u32(at + L.D_REASON), status: this.inspector.i32(at + L.D_EXIT_STATUS), text: this.inspector.text(domain),
    };
    // (1) A thread that was inside the dead server still has its code to leave: its memory is not given on before.
    const index = this.#serverMemories.of(domain);
    while (index > 0 && this.#serverMemories.visited(domain)) await new Promise((resolve) => setTimeout(resolve, 1));
    while (!this.#kernel.reap(domain)) await new Promise((resolve) => setTimeout(resolve, 0));
    if (index > 0) this.#serverMemories.release(index);
    this.#ending.delete(domain);
    this.onDied(died);
  }

  // ---- For the page

  /** As a System call: throws an Error with words on refusal. */
  kill(domain: number): void {
    if (domain <= 0 || domain >= MAX_DOMAINS || this.inspector.domainState(domain) === "unused") throw new Error(`there is no domain ${domain}`);
    this.#kernel.fail(domain, 1, 137);
  }

  place(domain: number, placement: "worker" | "inline"): void {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE;
    if (domain <= 0 || domain >= MAX_DOMAINS || this.inspector.domainState(domain) === "unused") throw new Error(`there is no domain ${domain}`);
    if (!this.inspector.u32(at + L.D_MOVABLE)) throw new Error(`${this.inspector.domainName(domain)} is no AssemblyScript server: it stays in its Worker`);
    new Int32Array(this.kernelMemory.buffer)[(at + L.D_PLACEMENT) >> 2] = placement === "inline" ? 1 : 0;
  }

  setTrace(on: boolean): void { Atomics.store(new Int32Array(this.kernelMemory.buffer), L.H_TRACE_ON >> 2, on ? 1 : 0); }

  imageOf(domain: number): Image | undefined {
    const number = this.inspector.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_IMAGE);
    return domain === 1 ? this.#options.images.find((image) => image.name === "init") : this.#options.images.find((image) => image.number === number);
  }

  memoryOf(domain: number): number { return memoryUse(this.inspector, domain); }

  figures(): { workers: number; idleWorkers: number; memories: number } {
    return {
      workers: this.#seats.all.length, idleWorkers: this.#seats.all.filter((seat) => seat.state === "idle").length,
      memories: 2 + this.#serverMemories.memories.length + this.#seats.all.filter((seat) => seat.domain && this.imageOf(seat.domain)?.kind === "linux").length + this.#programMemories,
    };
  }

  /** End every Worker: for tests, and before a page goes. */
  stop(): void {
    this.#stopped = true;
    for (const seat of this.#seats.all) seat.handle.terminate();
    Atomics.add(new Int32Array(this.kernelMemory.buffer), L.H_DOORBELL >> 2, 1);
    Atomics.notify(new Int32Array(this.kernelMemory.buffer), L.H_DOORBELL >> 2);
  }
}

// (module (import "a" "f" (func (param i32 i32 i32))) (export "f" (func 0)))
const pageCopier = new WebAssembly.Module(new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0, 2, 7, 1, 1, 0x61, 1, 0x66, 0, 0, 7, 5, 1, 1, 0x66, 0, 0,
]));
