// The lives of domains on the real kernel and a host that is made up: Workers do and say only what the test has them do, the doorbell is heard and time
// goes on only when it says so. So whatever ends a domain, and in whatever order the machine hears of it, each domain that is started runs, and each dies once.
// The tests with real Workers, where chance has the order, look at the same (I22).

import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { FAULT_BAD_PROGRAM, RIGHT_ALL } from "../../abi/layout/limits.ts";
import { brokenInvariants } from "../testing/invariants.ts";
import { Lives } from "../testing/lives.ts";
import { kernelModules } from "../testing/modules.ts";
import type { MachineHost, WorkerHandle } from "./machine-host.ts";
import { Machine } from "./machine.ts";
import { instantiateKernel, type KernelExports } from "./worker/kernel-instance.ts";
import type { Birth, Image, ToWorker } from "./worker/messages.ts";

const DRIVER: Image = { number: 2, name: "driver", kind: "driver" }, SERVER: Image = { number: 3, name: "server", kind: "server" };
/** Fewer than there are memories. */
const SERVERS = 12;
const IMAGES: readonly Image[] = [{ number: 1, name: "init", kind: "driver" }, DRIVER, SERVER];

/** What the kernel throws through the code of a domain that is dead. */
const LEFT = Symbol("left");

class FakeWorker implements WorkerHandle {
  onmessage: (message: unknown) => void = () => undefined;
  /** It said that it is ready. */
  up = false;
  terminated = false;
  domain = 0;
  kernel!: KernelExports;
  readonly dead: Promise<void>;
  #birth!: Birth;
  #end!: () => void;

  constructor() { this.dead = new Promise((resolve) => { this.#end = resolve; }); }

  post(message: unknown): void {
    const told = message as ToWorker;
    if (told.kind === "birth") {
      this.#birth = told;
      this.kernel = instantiateKernel(told.kernel, told.kernelMemory, {
        enter: () => -1000, probe: () => undefined, map: () => 0, leave() { throw LEFT; }, size: () => 0, grow: (frames) => frames, clock: Date.now, monotonic: () => 0n, wall: () => 0n, log: () => undefined,
      });
      this.kernel.setThread(told.thread);
    } else if (told.kind === "run") {
      this.domain = told.domain;
      this.kernel.runDomain(told.domain, 0, 0);
    }
  }

  ready(): void { if (!this.up && !this.terminated) { this.up = true; this.onmessage({ kind: "ready", thread: this.#birth.thread }); } }

  /** Its domain, if it runs one, ends by itself. */
  exit(): void { if (this.domain) this.#within(() => { this.kernel.exit(0); }); }

  /** The code of its domain leaves if that is dead, and it says so. */
  leave(): void {
    if (!this.domain || this.terminated || !this.#within(() => { this.kernel.capWatch(0); })) return;
    const { domain } = this;
    this.domain = 0;
    this.kernel.runDomain(0, 0, 0);
    this.onmessage({ kind: "done", thread: this.#birth.thread, domain, memory: 0 });
  }

  /** Whether the kernel had the code leave. */
  #within(act: () => void): boolean {
    try { act(); return false; } catch (thrown) { if (thrown !== LEFT) throw thrown; return true; }
  }

  terminate(): void { this.terminated = true; }
  /** The platform's proof that it is no more. */
  end(): void { this.terminated = true; this.#end(); }
}

/** A domain that init has a capability of. */
interface Held { readonly number: number; readonly slot: number; started: boolean }

let kernel: WebAssembly.Module;
const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
const { waitAsync } = Atomics;
let hearDoorbell: () => void = () => undefined;

beforeAll(async () => { kernel = await WebAssembly.compile(await readFile(`${await kernelModules()}/wasm/kernel.wasm`)); });
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  // No spy: it would keep every memory that it was called with.
  Atomics.waitAsync = () => ({ async: true, value: new Promise((resolve) => { hearDoorbell = () => { resolve("ok"); }; }) });
});
afterEach(() => { vi.useRealTimers(); Atomics.waitAsync = waitAsync; });

class Bench {
  readonly workers: FakeWorker[] = [];
  readonly lives = new Lives();
  held: Held[] = [];
  machine!: Machine;
  readonly #wrong: string[] = [];
  #endpoint = 0;

  static async start(): Promise<Bench> {
    const bench = new Bench();
    const host: MachineHost = {
      createWorker: () => { const worker = new FakeWorker(); bench.workers.push(worker); return worker; },
      compile: (path) => Promise.resolve(path === "kernel" ? kernel : empty),
      bytes: () => Promise.reject(new Error("none")), base: "", processors: 2,
      channel: () => { throw new Error("none"); },
    };
    bench.machine = await Machine.start(host, { images: IMAGES, modules: { server: "server" }, kernel: "kernel", manifest: "", workersAtBoot: 2, spare: 1, pagePages: 1024 });
    bench.machine.onDied = ({ domain, reason, text }) => { bench.lives.died(domain); if (reason === FAULT_BAD_PROGRAM) bench.#wrong.push(text); };
    bench.machine.boot();
    for (const worker of bench.workers) worker.ready();
    await bench.settle();
    bench.#endpoint = bench.init.endpointCreate();
    return bench;
  }

  /** The kernel as init's Worker has it. */
  get init(): KernelExports { return this.workers.find((worker) => worker.domain === 1)!.kernel; }

  /** Everybody but init's. */
  get others(): FakeWorker[] { return this.workers.filter((worker) => worker.domain !== 1); }

  servers(): number { return this.machine.inspector.domains().filter(({ domain }) => this.machine.imageOf(domain) === SERVER).length; }

  /** A domain with so many capabilities. */
  create(caps: number): void {
    const slot = this.init.domainCreate(1024, 16, 0, 0);
    this.init.capInfo(slot);
    const number = Number(this.init.w1.value);
    for (let i = 0; i < caps; i++) this.init.capGrant(slot, this.#endpoint, RIGHT_ALL, 0, -1);
    this.held.push({ number, slot, started: false });
  }

  start(held: Held | undefined, image: Image): void { if (held && this.init.domainStart(held.slot, 0, image.number) === 0) held.started = true; }

  kill(held: Held | undefined): void { if (held) this.init.domainKill(held.slot); }

  /** Without a capability to it a domain ends, and its number is free as soon as it is reaped. */
  drop(held: Held | undefined): void { if (held) { this.init.capDelete(held.slot); this.held = this.held.filter((other) => other !== held); } }

  /** The platform ends a Worker: because it was told to, or because it does so. */
  end(worker: FakeWorker | undefined): void {
    if (!worker) return;
    worker.end();
    this.workers.splice(this.workers.indexOf(worker), 1);
  }

  runsOrRan({ number }: Held): boolean {
    const state = this.machine.inspector.domainState(number);
    return state === "running" ? this.workers.some(({ domain }) => domain === number) : state !== "created";
  }

  /** Some of what is under way comes to pass. */
  async settle({ doorbell = true, milliseconds = 0 } = {}): Promise<void> {
    if (doorbell) hearDoorbell();
    await vi.advanceTimersByTimeAsync(milliseconds);
  }

  check(): void {
    const { kernelMemory } = this.machine;
    expect([...brokenInvariants(kernelMemory), ...this.lives.broken(kernelMemory), ...this.#wrong]).toEqual([]);
  }
}

/** Acts on the one of its kind that `which` tells. */
type Step = (bench: Bench, which: { readonly held: Held | undefined; readonly worker: FakeWorker | undefined }) => void | Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
  "create": (bench) => { bench.create(0); },
  "start": (bench, { held }) => { bench.start(held, DRIVER); },
  "make": (bench) => { bench.create(0); bench.start(bench.held.at(-1), DRIVER); },
  // It takes its time to be reaped.
  "make a full one": (bench) => { bench.create(300); bench.start(bench.held.at(-1), DRIVER); },
  "make a server": (bench) => { if (bench.servers() < SERVERS) { bench.create(100); bench.start(bench.held.at(-1), SERVER); } },
  "kill": (bench, { held }) => { bench.kill(held); },
  "drop": (bench, { held }) => { bench.drop(held); },
  "exit": (_, { worker }) => { worker?.exit(); },
  "leave": (_, { worker }) => { worker?.leave(); },
  // The machine hears that the Worker is done before it hears that anything died.
  "exit and leave": (_, { worker }) => { worker?.exit(); worker?.leave(); },
  "ready": (_, { worker }) => { worker?.ready(); },
  "all ready": (bench) => { for (const worker of bench.workers) worker.ready(); },
  "end": (bench, { worker }) => { bench.end(worker); },
  "doorbell": (bench) => bench.settle(),
  "moment": (bench) => bench.settle({ doorbell: false, milliseconds: 1 }),
  "while": (bench) => bench.settle({ doorbell: false, milliseconds: 300 }),
};

/** Everything comes to pass until `done`. */
async function until(bench: Bench, done: () => boolean, what: string): Promise<void> {
  for (let rounds = 0; !done(); rounds++) {
    if (rounds === 100) throw new Error(`it never comes to pass that ${what}`);
    for (const worker of [...bench.workers]) {
      worker.ready();
      worker.leave();
      if (worker.terminated) bench.end(worker);
    }
    await bench.settle({ milliseconds: 300 });
    bench.check();
  }
}

test("whatever ends domains, and in whatever order the machine hears of it: each that is started runs, and each dies once", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(20)), { maxLength: 120, size: "max" }), async (steps) => {
    const bench = await Bench.start();
    try {
      for (const [what, which] of steps) {
        const { held, others } = bench;
        await STEPS[what]!(bench, { held: held[which % held.length], worker: others[which % others.length] });
        bench.check();
      }
      await until(bench, () => bench.held.every((held) => !held.started || bench.runsOrRan(held)), "all that were started run");
      for (const held of bench.held) bench.drop(held);
      await until(bench, () => bench.machine.inspector.counts().domains === 1, "all are dead");
    } finally { bench.machine.stop(); hearDoorbell(); vi.clearAllTimers(); }
  }), { numRuns: 60 });
});

test("reaping a number whose domain is not dead changes nothing: it may be another one's already, that is to start", async () => {
  const bench = await Bench.start();
  bench.create(0);
  bench.start(bench.held[0], DRIVER);
  expect(bench.init.reap(bench.held[0]!.number)).toBe(1);
  bench.check();
  await until(bench, () => bench.runsOrRan(bench.held[0]!), "it runs");
  expect(bench.machine.inspector.domainState(bench.held[0]!.number)).toBe("running");
  bench.machine.stop();
});
