// A domain's Worker: waits idle for a domain, runs its code until it ends, and is idle again. The kernel's instance stays; the
// instances of inline servers stay until the server they belong to is gone.
//
// Code leaves a Worker in one of three ways: it returns or calls exit, it traps, or the kernel sees that its domain is dead and
// throws Leave. In each case the machine gets `done`, which is its proof that nothing of the domain runs here any more.

import * as L from "../../../abi/layout/kernel-memory.ts";
import { FAULT_MISSING_IMPORT, FAULT_TRAP } from "../../../abi/layout/limits.ts";
import type { Devices } from "../../../lib/ts/devices.ts";
import type { StorageDevice } from "../../../lib/ts/storage-device.ts";
import { adoptCopierModules } from "../copier/index.ts";
import { currentBuffer } from "../growth.ts";
import { Inspector } from "../inspect.ts";
import type { LoadedImage, WorkerHost } from "./host.ts";
import { catchFrame, type Dispatch } from "./catch-frame.ts";
import { devicesFor } from "./devices.ts";
import { instantiateKernel, offered, type KernelExports } from "./kernel-instance.ts";
import { Memories, MEMORIES } from "./memories.ts";
import type { Birth, Run, ToWorker } from "./messages.ts";
import { stackProbe } from "./stack-probe.ts";
import { underLock } from "./under-lock.ts";
import { startLinuxProgram } from "./linux-program.ts";
import { ThreadKernel } from "./thread-kernel.ts";
import { describeTrap, ProgramFault } from "./trap.ts";

/** Thrown by the kernel through whatever runs here, when its domain is dead. No Error: code that handles its own errors lets it pass. */
export class Leave { readonly text = "the domain has ended"; }

interface ServerExports { dispatch: Dispatch; init(mode: number): number; serve(): void }

export class Runtime {
  readonly #host: WorkerHost;
  readonly #birth: Birth;
  readonly #kernel: KernelExports;
  readonly #memories: Memories;
  readonly #inspector: Inspector;
  readonly #offered: WebAssembly.ModuleImports;
  /** By the memory that they are on. */
  readonly #dispatchers = Array<Dispatch | undefined>(MEMORIES).fill(undefined);
  /** Per domain number: which life of it the instance here belongs to, and its memory's number. */
  readonly #mapped = new Map<number, { incarnation: number; memory: number }>();
  #domain = 0;
  /** The number of the running program's own memory; 0: none. */
  #programMemory = 0;

  constructor(host: WorkerHost, birth: Birth) {
    this.#host = host;
    this.#birth = birth;
    adoptCopierModules(birth.copiers);
    // Asked once: the browser works it out each time.
    const { timeOrigin } = performance, zero = birth.origin - timeOrigin;
    this.#inspector = new Inspector(birth.kernelMemory);
    this.#kernel = instantiateKernel(birth.kernel, birth.kernelMemory, {
      enter: catchFrame(this.#dispatchers, (error) => error instanceof Leave),
      probe: stackProbe(birth.probe),
      map: (domain) => this.#map(domain),
      leave() { throw new Leave(); },
      size: (memory) => this.#size(memory),
      ...underLock(birth.underLock, birth.pageMemory),
      monotonic: () => BigInt(Math.round((performance.now() - zero) * 1e6)),
      wall: () => BigInt(Math.round((timeOrigin + performance.now()) * 1e3)) * 1000n,
      log: (memory, address, length) => this.#log(memory, address, length),
    });
    this.#memories = new Memories(this.#kernel.table, birth.pageMemory);
    this.#kernel.setThread(birth.thread);
    this.#offered = offered(this.#kernel);
  }

  #say(text: string): void { this.#host.post({ kind: "log", domain: this.#domain, text }); }

  #size(memory: number): number {
    const pages = this.#memories.pages(memory);
    if (memory !== 0 && memory === this.#programMemory) this.#inspector.setMemoryPages(this.#domain, pages);
    return pages;
  }

  #log(memory: number, address: number, length: number): void {
    const source = this.#memories.get(memory);
    if (source) this.#say(new TextDecoder().decode(new Uint8Array(currentBuffer(source)).slice(address, address + length)));
  }

  #at(domain: number): number { return L.DOMAINS + domain * L.DOMAIN_SIZE; }

  /** The kernel asks for an instance of a server's code in this Worker: the memory's number here, 0 if that cannot be. */
  #map(domain: number): number {
    const at = this.#at(domain), index = this.#inspector.u32(at + L.D_MEMORY), incarnation = this.#inspector.u32(at + L.D_INCARNATION);
    const known = this.#mapped.get(domain);
    if (known?.incarnation === incarnation) { this.#kernel.setMemoryOf(domain, known.memory); return known.memory; }
    if (known) { this.#memories.remove(known.memory); this.#dispatchers[known.memory] = undefined; this.#mapped.delete(domain); }
    const module = this.#birth.modules[this.#inspector.u32(at + L.D_IMAGE)], memory = this.#birth.serverMemories[index - 1];
    if (!module || !memory) return 0;
    const number = this.#memories.add(memory, "all");
    if (!number) return 0;
    const { dispatch } = this.#instantiateServer(module, memory);
    this.#dispatchers[number] = dispatch;
    this.#memories.serve(number, dispatch);
    this.#mapped.set(domain, { incarnation, memory: number });
    this.#kernel.setMemoryOf(domain, number);
    // (1) Should the number have been given to a new domain meanwhile, what we wrote last is not about that one.
    if (this.#inspector.u32(at + L.D_INCARNATION) === incarnation) return number;
    this.#kernel.setMemoryOf(domain, 0);
    return 0;
  }

  #instantiateServer(module: WebAssembly.Module, memory: WebAssembly.Memory): ServerExports {
    return new WebAssembly.Instance(module, { env: { memory, abort }, kernel: this.#offered }).exports as unknown as ServerExports;
  }

  async run(run: Run): Promise<void> {
    this.#domain = run.domain;
    let memory = 0;
    const added: number[] = [];
    let closeStorage: (() => void) | undefined;
    const { kernelMemory, pageMemory, thread } = this.#birth, threadKernel = new ThreadKernel(this.#kernel, kernelMemory, pageMemory, thread, (text) => this.#say(text), () => new Leave());
    const use = (of: WebAssembly.Memory, partners: "all" | number[]): number => {
      const number = this.#memories.add(of, partners);
      if (!number) throw new ProgramFault(FAULT_TRAP, 126, "too many memories in one Worker");
      added.push(number);
      if (run.image.kind !== "server") { this.#programMemory = number; this.#size(number); }
      return number;
    };
    try {
      // Only for the images that the machine says it of: loading it costs, and it is an authority.
      const storage = run.storage ? await this.#host.storage(this.#birth.base) : undefined;
      closeStorage = storage?.close;
      memory = await this.#runImage(run, use, threadKernel, storage?.device);
      this.#kernel.exit(0);
    } catch (error) {
      if (!(error instanceof Leave)) this.#fail(run, error);
    } finally {
      threadKernel.end();
      closeStorage?.();
      for (const number of added) this.#memories.remove(number);
      this.#programMemory = 0;
      this.#kernel.runDomain(0, 0, 0);
    }
    this.#host.post({ kind: "done", thread, domain: run.domain, memory });
  }

  /** Runs until the code ends by itself: bytes of the program's memory. */
  async #runImage(run: Run, use: (memory: WebAssembly.Memory, partners: "all" | number[]) => number, threadKernel: ThreadKernel, storage: StorageDevice | undefined): Promise<number> {
    const { image } = run, kernel = this.#kernel;
    if (image.kind === "server") {
      const memory = this.#birth.serverMemories[run.serverMemory]!;
      const server = this.#instantiateServer(this.#birth.modules[image.number]!, memory);
      kernel.runDomain(run.domain, use(memory, "all"), 0);
      const status = server.init(run.mode === "fresh" ? 0 : run.mode === "restarted" ? 1 : 2);
      if (status < 0) throw new ProgramFault(FAULT_TRAP, 1, `init failed with ${status}`);
      server.serve();
      return 0;
    }
    if (image.kind === "linux") {
      return startLinuxProgram(run, this.#birth, kernel, this.#offered, use);
    }
    if (image.kind === "native-module") {
      const memory = run.memory!;
      kernel.runDomain(run.domain, use(memory, "all"), 0);
      const exports = this.#instantiateProgram(run.module!, { env: { memory, abort }, kernel: this.#offered });
      if (typeof exports.main !== "function") throw new ProgramFault(FAULT_MISSING_IMPORT, 126, "the module does not export `main`");
      const status = (exports.main as () => number)();
      kernel.exit((status | 0) & 255);
      return memory.buffer.byteLength;
    }
    kernel.runDomain(run.domain, 0, 0);
    const { main } = await this.#host.load(image.kind === "programs" ? "programs" : image.name);
    const devices: Devices = devicesFor(this.#host, this.#birth, run, storage);
    await main(threadKernel as never, devices as never, { mode: run.mode } as never);
    return 0;
  }

  #instantiateProgram(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Exports {
    try { return new WebAssembly.Instance(module, imports).exports; }
    catch (error) {
      // A TypeError: there is no module of that name.
      if (error instanceof WebAssembly.LinkError || error instanceof TypeError) throw new ProgramFault(FAULT_MISSING_IMPORT, 126, error.message);
      throw error;
    }
  }

  /** The program trapped, could not be linked, or a TypeScript server threw. */
  #fail(run: Run, error: unknown): void {
    const fault = error instanceof ProgramFault ? error : describeTrap(error);
    if (run.image.kind === "driver" || run.image.kind === "programs") this.#say(error instanceof Error ? error.stack ?? error.message : String(error));
    if (this.#inspector.domainState(run.domain) === "running" || this.#inspector.domainState(run.domain) === "suspended") {
      this.#inspector.setText(run.domain, fault.message);
    }
    // Dead already: that may be why it trapped.
    try { this.#kernel.fail(run.domain, fault.reason, fault.status); } catch (dead) { if (!(dead instanceof Leave)) throw dead; }
  }
}

/** What AssemblyScript calls on a failed assertion of its standard library. */
function abort(): never { throw new WebAssembly.RuntimeError("abort"); }

/** Entry of a domain's Worker: give it every message. */
export function worker(host: WorkerHost): (message: ToWorker) => void {
  let runtime: Runtime | undefined, locked: Promise<void> | undefined, loaded: Promise<LoadedImage | undefined> | undefined, told = false;
  return (message) => {
    switch (message.kind) {
      case "prepare":
        locked = new Promise((held) => host.hold(message.lock, held));
        // If it cannot be loaded, running it will tell.
        loaded = message.image === undefined ? undefined : host.load(message.image).catch(() => undefined);
        break;
      case "birth":
        runtime = new Runtime(host, message);
        void locked!.then(async () => {
          host.post({ kind: "ready", thread: message.thread });
          const image = await loaded;
          // One that fails has saved nothing, and running it will tell why.
          if (!told) try { image?.rehearse?.(); } catch { /* as said */ }
        });
        break;
      case "run":
        told = true;
        void runtime?.run(message);
    }
  };
}

