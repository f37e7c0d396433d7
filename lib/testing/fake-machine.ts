// A machine and kernel in plain TypeScript, for testing servers and libraries under Node without Workers. Everything is placed
// `inline` and there is one thread: a call runs the other domain's dispatch before it returns.
//
//   const machine = new FakeMachine();
//   const tmpfs = await machine.addServer({ name: "tmpfs", module: await compile("servers/tmpfs/assembly/main.ts") });
//   const client = machine.addClient("client");
//   const slot = machine.give(client, tmpfs);              // a capability to its endpoint, in the client's table
//   new FileSystemClient(client.kernel, slot).root();      // generated TypeScript stubs work: `kernel` is a lib/ts Kernel
//   machine.assertNothingLeaked(before);                   // with `before = machine.snapshot()`
//
// A server module is instantiated twice over its one shared memory, and calls alternate between the two: what it keeps in a
// Wasm global or a data segment shows. Servers in TypeScript are added with addHandler. A domain that runs code under test
// itself (an emulation library) is added with addDomain, and its module gets `importsOf(domain)`.
//
// What would block: a TypeScript client uses callAsync / receive answers as promises; a Wasm caller makes `onBlocked` run
// until its answer is there, and throws if that gives up. `interleave` runs before each call that is made from inside a
// server: calls made there by other clients happen "in another thread" while the server's lock is dropped.
// A trap in a server throws out of the test: a server must never trap. The rules for capabilities are in capability.ts.

import { Errors } from "../../abi/generated/ts/errors.ts";
import {
  DEFERRED, LABEL_ORPHAN, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_REPLY, RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SHAPE_RECEIVE, SHAPE_SEND, SLOT_SELF, WINDOW_SIZE,
} from "../../abi/layout/limits.ts";
import { ALLOCATOR_COUNTS } from "../assembly/memory/addresses.ts";
import type { Incoming, Kernel, Outcome } from "../ts/kernel.ts";
import { Capability, CapabilityTable, KernelObject } from "./capability.ts";
import type { FrameQuota } from "./dataspace.ts";
import { FakeKernel } from "./fake-kernel.ts";
import { rootBadgeOf } from "./linked.ts";
import { Registers } from "./registers.ts";
import { syscallsOf } from "./syscalls.ts";

const MAX_TIMEOUTS = 1000;

export class Endpoint extends KernelObject { constructor(readonly domain: Domain) { super(OBJECT_ENDPOINT); } }
export class Notification extends KernelObject { bits = 0n; endpoint: Endpoint | undefined; constructor() { super(OBJECT_NOTIFICATION); } }

/** A call under way. Sent data is read, and results are written, when the server asks for it. */
export interface Call {
  readonly caller: Domain;
  readonly server: Domain;
  readonly send: readonly { readonly length: number; read(offset: number, length: number): Uint8Array }[];
  readonly receive: { readonly length: number; write(offset: number, data: Uint8Array): void } | undefined;
  delivered: number;
  saved: boolean;
  finished: { status: number; words: bigint[]; caps: number[] } | undefined;
  onFinish: () => void;
}

/** What a message came through: of a capability, or of the kernel's own message (rights 0). */
type Through = Pick<Capability, "badge" | "rights">;

export class Reply extends KernelObject {
  constructor(readonly machine: FakeMachine, readonly call: Call) { super(OBJECT_REPLY); }
  override released(): void { this.machine.finish(this.call, -Errors.PeerDied, [], []); }
}

export type Handler = (incoming: Incoming, kernel: Kernel) => Outcome | "deferred";
interface Instance { dispatch(label: number, badge: number): number; init?(mode: number): number }

export class Domain {
  dead = false;
  readonly table: CapabilityTable;
  readonly frames: FrameQuota;
  readonly instances: Instance[] = [];
  handler: Handler | undefined;
  memory: WebAssembly.Memory | undefined;
  /** What `memory` 1 of dataspaceRead and dataspaceWrite means: the memory of the program beside an emulation library. */
  programMemory: WebAssembly.Memory | undefined;
  readonly kernel: FakeKernel;
  readonly log: string[] = [];
  turn = 0;
  /** Of a linked module's member: what capabilities to its endpoint have as their badge (linked.ts). */
  rootBadge = 0;
  constructor(readonly machine: FakeMachine, readonly name: string, capQuota: number, frameQuota: number) {
    this.table = new CapabilityTable(capQuota, (root) => machine.orphan(root));
    this.frames = { limit: frameQuota, used: 0 };
    this.kernel = new FakeKernel(machine, this);
  }

  /** Whether there is code that takes its messages. */
  get answers(): boolean { return !this.dead && (this.handler !== undefined || this.instances.length > 0); }

  /** Blocks that a server's allocator has given out; throws if it was ever given back what it had not. */
  heapBlocks(): number {
    const [blocks, , mistakes] = new Uint32Array(this.memory!.buffer, ALLOCATOR_COUNTS, 3);
    if (mistakes) throw new Error(`${this.name} released memory wrongly ${mistakes} times`);
    return blocks!;
  }
}

export interface DomainOptions { name: string; capQuota?: number; frameQuota?: number }
export interface ServerOptions extends DomainOptions { module: WebAssembly.Module; /** Of 64 KiB. */ memoryPages?: number; instances?: number; /** Other system calls than the machine's, for this server. */ intercept?: (calls: WebAssembly.ModuleImports) => WebAssembly.ModuleImports }

/** Capabilities and frames of each domain, and blocks in use of each server's heap. */
export interface Snapshot { caps: Record<string, number>; frames: Record<string, number>; blocks: Record<string, number> }

export class FakeMachine {
  readonly registers = new Registers();
  readonly domains: Domain[] = [];
  /** Nanoseconds since 1970; a call to the clock advances it a little, so that times differ. */
  time = 1_700_000_000_000_000_000n;
  onBlocked: (() => boolean) | undefined;
  interleave: ((server: Domain) => void) | undefined;
  /** Told of each call between domains. */
  onCall: ((caller: Domain, server: Domain, label: number) => void) | undefined;
  /** Calls that the thread is inside, innermost last. */
  private stack: Call[] = [];
  private readonly orphans: { endpoint: Endpoint; badge: number }[] = [];
  private settling = false;

  now(): bigint { return this.time += 1000n; }

  addDomain({ name, capQuota = 65536, frameQuota = 1 << 20 }: DomainOptions): Domain {
    const domain = new Domain(this, name, capQuota, frameQuota);
    this.domains.push(domain);
    return domain;
  }

  /** A domain for a test: use its `kernel`. */
  addClient(name: string, options: Partial<DomainOptions> = {}): Domain { return this.addDomain({ ...options, name }); }

  addHandler(options: DomainOptions, handler: Handler): Domain {
    const domain = this.addDomain(options);
    domain.table.insert(new Capability(new Endpoint(domain), RIGHT_ALL, 0, undefined), SLOT_SELF);
    domain.handler = handler;
    return domain;
  }

  /** A server: its module imports `kernel` and `env.memory`, and exports `dispatch` and `init`, which runs. */
  async addServer({ module, memoryPages = 512, instances = 2, intercept = (calls) => calls, ...options }: ServerOptions): Promise<Domain> {
    const domain = this.addDomain(options);
    domain.table.insert(new Capability(new Endpoint(domain), RIGHT_ALL, 0, undefined), SLOT_SELF);
    domain.rootBadge = rootBadgeOf(module);
    domain.memory = new WebAssembly.Memory({ initial: memoryPages, maximum: 1024, shared: true });
    for (let i = 0; i < instances; i++) {
      const instance = await WebAssembly.instantiate(module, { kernel: intercept(this.importsOf(domain)), env: { memory: domain.memory } });
      domain.instances.push(instance.exports as unknown as Instance);
    }
    const status = domain.instances[0]!.init?.(0) ?? 0;
    if (status < 0) throw new Error(`init of ${domain.name} failed: ${status}`);
    return domain;
  }

  /** The `kernel` imports of a module that runs as this domain. */
  importsOf(domain: Domain): WebAssembly.ModuleImports { return { ...this.registers.globals, ...syscallsOf(this, domain) }; }

  /** The same domain, seen as the member of a linked group that `module` stands for. */
  member(domain: Domain, module: WebAssembly.Module): Domain { return Object.create(domain, { rootBadge: { value: rootBadgeOf(module) } }) as Domain; }

  /** Give `to` a capability to the endpoint of `of`: its slot. */
  give(to: Domain, of: Domain, { rights = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, badge = 0, slot }: { rights?: number; badge?: number; slot?: number } = {}): number {
    return to.table.insert(of.table.get(SLOT_SELF)!.derive(rights, of.rootBadge | badge), slot);
  }

  /** Run `body` as if in another thread, while this one is inside a call. */
  asAnotherThread<T>(body: () => T): T {
    const restore = this.registers.save();
    const stack = this.stack;
    this.stack = [];
    try { return body(); } finally { this.stack = stack; restore(); }
  }

  /** The call that `domain` is serving. */
  current(domain: Domain): Call | undefined {
    const top = this.stack.at(-1);
    return top?.server === domain ? top : undefined;
  }

  /** Perform a call whose message is in the registers (words and shape) and `call`; `caps` were taken from the caller already. */
  deliver(call: Call, through: Capability, label: number, shape: number, words: readonly bigint[], caps: readonly Capability[]): number {
    const server = call.server;
    if (!(through.rights & RIGHT_WRITE)) { for (const cap of caps) cap && server.table.destroy(cap); return -Errors.NoRight; }
    const fail = (status: number): number => { for (const cap of caps) cap && server.table.destroy(cap); return status; };
    if (!server.answers) return fail(-Errors.PeerDied);
    if (this.stack.some((outer) => outer.server === server)) return fail(-Errors.WouldDeadlock);
    if (call.send.reduce((sum, range) => sum + range.length, call.receive?.length ?? 0) > WINDOW_SIZE) return fail(-Errors.BadArgument);
    this.letOthersIn();
    if (server.table.count + caps.length > 65536) return fail(-Errors.QuotaExceeded);
    const slots = caps.map((cap) => cap ? server.table.insert(cap) : 0);
    if (slots.some((slot) => slot < 0)) { for (const slot of slots) if (slot > 0) server.table.delete(slot); return -Errors.QuotaExceeded; }
    this.perform(call, through, label, shape, words, slots);
    return 0;
  }

  /** The thread leaves the lock of the server that it is inside: others run there. */
  letOthersIn(): void { if (this.stack.length > 0) this.interleave?.(this.stack.at(-1)!.server); }

  /** Whether the thread runs code of `domain`, or would come back to it. */
  isInside(domain: Domain): boolean { return this.stack[0]?.caller === domain || this.stack.some((outer) => outer.server === domain); }

  /** Run the server's code on a call that was checked; its capabilities are in `slots` of the server. */
  perform(call: Call, through: Through, label: number, shape: number, words: readonly bigint[], slots: number[]): void {
    this.onCall?.(call.caller, call.server, label);
    this.stack.push(call);
    try {
      if (call.server.handler) this.handle(call, through, label, words, slots);
      else this.enter(call, through, label, shape, words, slots);
    } finally {
      if (this.stack.pop() !== call) throw new Error("the stack of calls is torn");
    }
    this.settle();
  }

  private enter(call: Call, through: Through, label: number, shape: number, words: readonly bigint[], slots: readonly number[]): void {
    const { registers } = this;
    registers.setWords(words);
    registers.setCaps(slots);
    registers.set("s0n", call.send[0]?.length ?? 0);
    registers.set("s1n", call.send[1]?.length ?? 0);
    registers.set("r0n", call.receive?.length ?? 0);
    registers.set("label", label);
    registers.set("badge", through.badge);
    registers.set("rights", through.rights);
    registers.set("shape", shape);
    registers.set("answer", 0);
    const instances = call.server.instances;
    const status = instances[call.server.turn++ % instances.length]!.dispatch(label, through.badge);
    if (status === DEFERRED) { if (!call.saved) throw new Error(`${call.server.name} deferred a call that it did not save`); return; }
    if (call.saved) throw new Error(`${call.server.name} saved a reply and then answered`);
    const shapeOfAnswer = status < 0 ? 0 : registers.get("answer");
    this.finish(call, status, registers.words(shapeOfAnswer & 15), registers.caps(shapeOfAnswer >> 4 & 7).map((slot) => this.takeForAnswer(call.server, slot)));
  }

  private handle(call: Call, through: Through, label: number, words: readonly bigint[], caps: number[]): void {
    const { server } = call;
    const reply = server.table.insert(new Capability(new Reply(this, call), 0, 0, undefined));
    const outcome = server.handler!({
      status: 0, label, badge: through.badge, rights: through.rights, words: [...words], caps,
      ranges: call.send.map((range) => range.read(0, range.length)), room: call.receive?.length ?? 0, reply,
    }, server.kernel);
    if (outcome !== "deferred") this.answer(server, reply, outcome);
  }

  /** Answer from TypeScript through a Reply slot. */
  answer(server: Domain, slot: number, { status, words = [], caps = [], data }: Outcome): number {
    const reply = server.table.get(slot)?.object;
    if (!(reply instanceof Reply)) return -Errors.BadHandle;
    if (data && status >= 0 && reply.call.receive) {
      reply.call.receive.write(0, data.subarray(0, reply.call.receive.length));
      reply.call.delivered = Math.min(data.length, reply.call.receive.length);
    }
    const moved = status < 0 ? [] : caps.map((cap) => this.takeForAnswer(server, cap));
    const canceled = reply.call.finished !== undefined || reply.call.caller.dead;
    this.finish(reply.call, status, status < 0 ? [] : words.map((word) => BigInt(word)), moved);
    server.table.delete(slot);
    return canceled ? -Errors.Canceled : 0;
  }

  takeForAnswer(server: Domain, slot: number): Capability | undefined {
    if (slot === 0) return undefined;
    const cap = server.table.take(slot);
    if (!cap) throw new Error(`${server.name} answers with slot ${slot}, which is empty`);
    return cap;
  }

  /** The end of a call. The capabilities go to the caller, or are destroyed if it is not there to take them. */
  finish(call: Call, status: number, words: bigint[], caps: readonly (Capability | undefined)[]): void {
    const { table, dead } = call.caller;
    if (dead || call.finished) { for (const cap of caps) if (cap) table.destroy(cap); return; }
    const slots = caps.map((cap) => cap ? table.insert(cap) : 0);
    call.finished = { status, words, caps: slots };
    if (slots.some((slot) => slot < 0)) {
      for (const slot of slots) if (slot > 0) table.delete(slot);
      call.finished = { status: -Errors.QuotaExceeded, words: [], caps: [] };
    }
    call.onFinish();
  }

  /** Wait, for code that cannot: let `onBlocked` run until `ready`. */
  block(ready: () => boolean): void {
    while (!ready()) if (!this.asAnotherThread(() => this.onBlocked?.() ?? false)) throw new Error("blocked for ever: nobody would answer");
  }

  /** A wait with a time limit ends. A server that waits again and again for what can never come (a mutex that an outer call holds) is told. */
  timedOut(): void {
    if (this.stack.length > 0 && ++this.timeouts > MAX_TIMEOUTS) throw new Error("blocked for ever: one wait after another times out, and there is nobody who could signal");
  }
  /** Waits inside servers that timed out since one did not. */
  timeouts = 0;

  orphan(root: Capability): void {
    root.watched = false;
    if (root.object instanceof Endpoint) this.orphans.push({ endpoint: root.object, badge: root.badge });
  }

  /** Deliver the notices that have come up. It runs by itself whenever the thread is inside no call. */
  settle(): void {
    if (this.stack.length > 0 || this.settling) return;
    this.settling = true;
    try {
      for (let notice = this.orphans.shift(); notice; notice = this.orphans.shift()) this.notify(notice.endpoint, LABEL_ORPHAN, notice.badge, 0n);
    } finally { this.settling = false; }
  }

  /** A message of the kernel itself: no capability, no answer. */
  notify(endpoint: Endpoint, label: number, badge: number, word: bigint): void {
    const server = endpoint.domain;
    if (server.dead) return;
    const restore = this.registers.save();
    const call: Call = { caller: server, server, send: [], receive: undefined, delivered: 0, saved: false, finished: { status: 0, words: [], caps: [] }, onFinish: () => {} };
    this.stack.push(call);
    try {
      if (server.handler) server.handler({ status: 0, label, badge, rights: 0, words: [word], caps: [], ranges: [], room: 0, reply: 0 }, server.kernel);
      else {
        this.registers.setWords([word]);
        this.registers.set("label", label);
        this.registers.set("badge", badge);
        this.registers.set("rights", 0);
        this.registers.set("shape", 1);
        this.registers.setCaps([]);
        server.instances[0]?.dispatch(label, badge);
      }
    } finally { this.stack.pop(); restore(); }
  }

  signal(notification: Notification, bits: bigint): void {
    notification.bits |= bits;
    if (!notification.endpoint) return;
    const taken = notification.bits;
    notification.bits = 0n;
    this.notify(notification.endpoint, 1, 0, taken);
  }

  /** The end of a domain: its capabilities go, and who waits on it gets PeerDied. */
  kill(domain: Domain): void {
    domain.dead = true;
    this.domains.splice(this.domains.indexOf(domain), 1);
    for (const [slot] of domain.table.all()) domain.table.delete(slot);
    this.settle();
  }

  snapshot(): Snapshot {
    this.settle();
    return {
      blocks: Object.fromEntries(this.domains.filter((domain) => domain.instances.length > 0).map((domain) => [domain.name, domain.heapBlocks()])),
      caps: Object.fromEntries(this.domains.map((domain) => [domain.name, domain.table.count])),
      frames: Object.fromEntries(this.domains.map((domain) => [domain.name, domain.frames.used])),
    };
  }

  /** Throw if a domain has other numbers of capabilities, frames or blocks than then. */
  assertNothingLeaked(before: Snapshot): void {
    const after = this.snapshot();
    if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error(`leaked: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  }

  static shape(words: number, caps: number, sends: number, receives: boolean): number { return words | caps << 4 | sends * SHAPE_SEND | (receives ? SHAPE_RECEIVE : 0); }
}
