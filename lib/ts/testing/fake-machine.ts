// An in-process machine for tests of servers and clients written in TypeScript: domains, capabilities with badges and rights, endpoints,
// notifications, Dataspaces with pagers, orphan notices, faults; no Workers, no shared memory, virtual time. Use:
//
//   const machine = new FakeMachine();
//   const server = machine.domain("clock");             // a Kernel with a table of its own
//   const endpoint = server.endpointCreate();
//   machine.attach(server, endpoint, (incoming) => handle(server, component, incoming));   // answers at once, in the caller's stack
//   const client = machine.domain("client");
//   const clock = new ClockClient(client, machine.grant(server, endpoint, client, RIGHT_WRITE | RIGHT_GRANT));
//
// A server that runs a loop of its own on receiveAsync needs no attach; its clients use the async calls. A sync call that nobody can answer
// in the same stack throws, as it would block for ever. Time stands still but for `advance`. End each test with `machine.counts()` against
// its start: that is the leak check.

import { FAULT_KILLED, LABEL_FAULT, LABEL_ORPHAN, LABEL_SIGNAL, RIGHT_ALL, RIGHT_RECEIVE } from "../../../abi/layout/limits.ts";
import type { Answer, Incoming, Kernel, KernelCounts } from "../kernel.ts";
import { failure } from "../status.ts";
import { FakeKernel } from "./fake-kernel.ts";
import { emptyAnswer, FakeCap, FakeDataspace, FakeDomain, FakeEndpoint, FakeSystem, type FakeMessage, type FakeNotification, type FakeObject, type FakeReply } from "./fake-objects.ts";

/** What `domainStart` was asked to run. */
export interface FakeProgram { kernel: Kernel; domain: number; image: number; dataspace: Uint8Array | undefined }

export class FakeMachine {
  /** Virtual nanoseconds since boot. */
  now = 0n;
  /** Nanoseconds since 1970 at boot. */
  epoch = 1_800_000_000_000_000_000n;
  readonly logged: string[] = [];
  readonly domains: FakeDomain[] = [];
  readonly system = new FakeSystem();
  /** Called by domainStart; the default does nothing, so the domain is running and silent. A negative number refuses the start. */
  onStart: (program: FakeProgram) => number | void = () => {};
  /** Domains that can be created before TryAgain. */
  domainLimit = 72;
  /** Frames that there are, for all Dataspaces together. */
  frameLimit = 1 << 18;
  private readonly live = new Set<FakeObject>();
  private readonly kernels = new Map<FakeDomain, FakeKernel>();
  private timers: { at: bigint; run: () => void }[] = [];

  /** A running domain with a kernel of its own, made by the test rather than by another domain. */
  domain(name: string, capQuota = 4096): FakeKernel {
    const domain = this.createDomain(capQuota, 1 << 20, undefined);
    domain.name = name;
    domain.state = "running";
    return this.kernelOf(domain);
  }

  kernelOf(domain: FakeDomain): FakeKernel {
    let kernel = this.kernels.get(domain);
    if (!kernel) this.kernels.set(domain, kernel = new FakeKernel(this, domain));
    return kernel;
  }

  createDomain(capQuota: number, frameQuota: number, fault: FakeDomain["fault"]): FakeDomain {
    const domain = new FakeDomain(capQuota, frameQuota, fault);
    this.domains.push(domain);
    this.live.add(domain);
    return domain;
  }

  add<Made extends FakeObject>(object: Made): Made { this.live.add(object); return object; }

  /** From now on `handle` takes each message of the endpoint, in the stack of who sent it. It must answer or keep `incoming.reply`. */
  attach(kernel: FakeKernel, slot: number, handle: (incoming: Incoming) => void): void {
    const endpoint = kernel.endpoint(slot, RIGHT_RECEIVE);
    endpoint.handler = { domain: kernel.domain, handle };
    this.drain(endpoint);
  }

  /** Copy a capability to another domain, as a creator would; the slot there. */
  grant(from: FakeKernel, slot: number, to: FakeKernel, rights = RIGHT_ALL, badge = 0, at = -1): number {
    const cap = from.domain.table.get(slot);
    if (!cap) throw new Error(`grant: slot ${slot} is empty`);
    const made = new FakeCap(cap.object, cap.rights & rights, cap.badge || badge, cap);
    return to.install(made, at);
  }

  grantSystem(to: FakeKernel, at = -1): number { return to.install(new FakeCap(this.system, RIGHT_ALL, 0, undefined), at); }

  /** The test's way to make a domain fault or exit: as the machine would report it. */
  end(domain: FakeDomain, reason: number, status: number, text = ""): void {
    if (domain.state === "dead") return;
    domain.state = "dead";
    for (const cap of [...domain.table.values()]) this.delete(cap);
    for (const endpoint of this.endpoints()) {
      endpoint.receivers.splice(0, endpoint.receivers.length, ...endpoint.receivers.filter((receiver) => receiver.domain !== domain));
      if (endpoint.handler?.domain === domain) endpoint.handler = undefined;
      endpoint.queue.splice(0, endpoint.queue.length, ...endpoint.queue.filter((message) => message.reply?.caller !== domain));
    }
    this.live.delete(domain);
    const { fault } = domain;
    if (fault) {
      this.post(fault.endpoint, { label: LABEL_FAULT, badge: fault.badge, rights: 0, words: [BigInt(domain.number), BigInt(reason), BigInt(status)], caps: [],
        ranges: [new TextEncoder().encode(text)], reply: undefined });
    }
  }

  kill(domain: FakeDomain): void { this.end(domain, FAULT_KILLED, 0); }

  /** Hand a message to whoever receives on the endpoint, or queue it. */
  post(endpoint: FakeEndpoint, message: FakeMessage): void {
    endpoint.queue.push(message);
    this.drain(endpoint);
  }

  drain(endpoint: FakeEndpoint): void {
    while (endpoint.queue.length > 0 && !endpoint.busy) {
      const { handler } = endpoint;
      if (handler) {
        endpoint.busy = true;
        try { handler.handle(this.accept(handler.domain, endpoint.queue.shift()!)); } finally { endpoint.busy = false; }
      } else {
        const receiver = endpoint.receivers.shift();
        if (!receiver) break;
        receiver.resume(this.accept(receiver.domain, endpoint.queue.shift()!));
      }
    }
    if (endpoint.queue.length > 0 && ![...endpoint.caps].some((cap) => cap.rights & RIGHT_RECEIVE)) {
      for (const message of endpoint.queue.splice(0)) { this.dropCaps(message.caps); this.settle(message.reply, emptyAnswer(failure("PeerDied"))); }
    }
  }

  /** Put a message's capabilities into the receiver's table. */
  accept(domain: FakeDomain, message: FakeMessage): Incoming {
    const kernel = this.kernelOf(domain);
    const { label, badge, rights, words, ranges, reply } = message;
    return {
      status: 0, label, badge, rights, words, ranges, room: reply?.room ?? 0,
      caps: message.caps.map((cap) => cap ? kernel.install(cap) : 0),
      reply: reply && !reply.settled ? kernel.install(new FakeCap(this.add(reply), RIGHT_ALL, 0, undefined)) : 0,
    };
  }

  settle(reply: FakeReply | undefined, answer: Answer): void {
    if (!reply || reply.settled) return;
    reply.settled = true;
    this.live.delete(reply);
    if (reply.caller.state !== "dead") reply.complete(answer);
  }

  signal(notification: FakeNotification, bits: bigint): void {
    notification.bits |= bits;
    if (notification.bits === 0n) return;
    if (notification.bound) {
      const pending = notification.bound.queue.find((message) => message.label === LABEL_SIGNAL);
      const taken = notification.bits;
      notification.bits = 0n;
      if (pending) pending.words[0]! |= taken;
      else this.post(notification.bound, { label: LABEL_SIGNAL, badge: 0, rights: 0, words: [taken], caps: [], ranges: [], reply: undefined });
      return;
    }
    const waiter = notification.waiters.shift();
    if (waiter) { const taken = notification.bits; notification.bits = 0n; waiter(taken); }
  }

  /** Remove a capability; the object goes with its last one, and what depends on it is told. */
  delete(cap: FakeCap): void {
    for (const child of cap.children) { child.parent = cap.parent; cap.parent?.children.add(child); }
    cap.parent?.children.delete(cap);
    cap.domain?.table.delete(cap.slot);
    cap.domain = undefined;
    const { object } = cap;
    object.caps.delete(cap);
    if (cap.parent?.watched && cap.parent.children.size === 0) this.orphan(cap.parent);
    if (object.kind === "reply" && object.caps.size === 0) this.settle(object, emptyAnswer(failure("PeerDied")));
    if (object.kind === "endpoint") this.drain(object);
    if (object.caps.size === 0 && object.kind !== "domain" && object.kind !== "system") this.live.delete(object);
    if (object.caps.size === 0 && object.kind === "domain" && object.state === "created") this.live.delete(object);
  }

  dropCaps(caps: readonly (FakeCap | undefined)[]): void { for (const cap of caps) if (cap) this.delete(cap); }

  /** Let virtual time pass, in nanoseconds. */
  advance(time: bigint): void {
    const end = this.now + time;
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => (a.at < b.at ? -1 : 1))[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      if (next.at > this.now) this.now = next.at;
      next.run();
    }
    this.now = end;
  }

  /** Run `run` after `time` microseconds of virtual time; gives what cancels it. */
  after(time: number, run: () => void): () => void {
    const timer = { at: this.now + BigInt(time) * 1000n, run };
    this.timers.push(timer);
    return () => { this.timers = this.timers.filter((other) => other !== timer); };
  }

  counts(): KernelCounts {
    const objects = [...this.live];
    const of = (kind: FakeObject["kind"]): number => objects.filter((object) => object.kind === kind).length;
    const frames = objects.reduce((sum, object) => sum + (object instanceof FakeDataspace ? object.pages.size : 0), 0);
    const caps = this.domains.reduce((sum, domain) => sum + domain.table.size, 0);
    const domains = objects.filter((object) => object instanceof FakeDomain).length;
    return { domains, threads: domains, endpoints: of("endpoint"), notifications: of("notification"), dataspaces: of("dataspace"), frames, caps, replies: of("reply") };
  }

  private *endpoints(): Generator<FakeEndpoint> {
    for (const object of [...this.live]) if (object instanceof FakeEndpoint) yield object;
  }

  private orphan(watched: FakeCap): void {
    if (watched.object.kind !== "endpoint") return;
    this.post(watched.object, { label: LABEL_ORPHAN, badge: watched.badge, rights: 0, words: [], caps: [], ranges: [], reply: undefined });
  }
}
