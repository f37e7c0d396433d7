// What one domain of the fake machine sees: the Kernel interface over its own capability table. Made by FakeMachine. It
// follows the real kernel where it refuses: empty slots, missing rights, quotas, ranges that are too long, kernel labels sent by hand, badges minted by one
// who may not receive. For tests only.

import {
  MARK_DIRTY, MARK_PAGES, MARK_REFERENCED, MESSAGE_CAPS, MESSAGE_WORDS, OBJECT_DATASPACE, OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_REPLY, OBJECT_SYSTEM,
  FAULT_EXIT, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE, RIGHT_ALL, SLOT_FIRST_FREE, WINDOW_SIZE,
} from "../../../abi/layout/limits.ts";
import type { ErrorName } from "../../../abi/idl/errors.ts";
import type { Answer, CapInfo, DataspaceInfo, Incoming, Kernel, Outcome, Outgoing, PageMarks, SystemCalls } from "../kernel.ts";
import { failure } from "../status.ts";
import type { FakeMachine } from "./fake-machine.ts";
import { emptyAnswer, emptyIncoming, FakeCap, FakeDataspace, FakeDomain, FakeEndpoint, FakeNotification, FakeReply, type FakeMessage, type FakeObject } from "./fake-objects.ts";
import { FakePaging } from "./fake-paging.ts";
import { fakeSystemCalls } from "./fake-system.ts";

const KINDS: Record<FakeObject["kind"], number> = {
  domain: OBJECT_DOMAIN, endpoint: OBJECT_ENDPOINT, reply: OBJECT_REPLY, notification: OBJECT_NOTIFICATION, dataspace: OBJECT_DATASPACE, system: OBJECT_SYSTEM,
};

/** Thrown to leave a system call that fails; never leaves this file. */
class Refusal extends Error { constructor(readonly error: ErrorName) { super(error); } }

/** Thrown by exit(): the domain's code must not go on. */
export class FakeExit extends Error { constructor(readonly status: number) { super(`exit ${status}`); } }

export class FakeKernel implements Kernel {
  readonly system: SystemCalls;
  private readonly paging: FakePaging;
  constructor(readonly machine: FakeMachine, readonly domain: FakeDomain) {
    this.system = fakeSystemCalls(machine, this);
    this.paging = new FakePaging(machine, domain);
  }

  // ---- calls

  call(endpoint: number, label: number, message: Outgoing = {}, timeout = -1): Answer {
    let answer: Answer | undefined;
    const reply = new FakeReply(this.domain, message.receive ?? 0, (given) => { answer = given; });
    const refused = this.start(endpoint, label, message, reply, true);
    if (refused) return emptyAnswer(refused);
    if (answer) return answer;
    if (timeout < 0) throw new Error(`call of label 0x${label.toString(16)} would block for ever: nobody answered in the same stack`);
    this.machine.advance(BigInt(timeout) * 1000n);
    if (!answer) this.machine.settle(reply, emptyAnswer(failure("Timeout")));
    return answer!;
  }

  callAsync(endpoint: number, label: number, message: Outgoing = {}, timeout = -1): Promise<Answer> {
    return new Promise((resolve) => {
      const reply = new FakeReply(this.domain, message.receive ?? 0, (answer) => { cancel?.(); resolve(answer); });
      const cancel = timeout >= 0 ? this.machine.after(timeout, () => this.machine.settle(reply, emptyAnswer(failure("Timeout")))) : undefined;
      const refused = this.start(endpoint, label, message, reply, false);
      if (refused) { cancel?.(); resolve(emptyAnswer(refused)); }
    });
  }

  send(endpoint: number, label: number, message: Outgoing = {}): number {
    return this.attempt(() => {
      const cap = this.find(endpoint, FakeEndpoint);
      this.machine.post(cap.object, this.message(cap, label, message, undefined));
      return 0;
    });
  }

  receive(endpoint: number, timeout = -1): Incoming {
    const found = this.endpoint(endpoint, RIGHT_RECEIVE);
    const message = found.queue.shift();
    if (message) return this.machine.accept(this.domain, message);
    if (timeout < 0) throw new Error("receive would block for ever");
    this.machine.advance(BigInt(timeout) * 1000n);
    const late = found.queue.shift();
    return late ? this.machine.accept(this.domain, late) : emptyIncoming(failure("Timeout"));
  }

  receiveAsync(endpoint: number, timeout = -1): Promise<Incoming> {
    const found = this.endpoint(endpoint, RIGHT_RECEIVE);
    return new Promise((resolve) => {
      let cancel: (() => void) | undefined;
      const receiver = { domain: this.domain, resume: (incoming: Incoming) => { cancel?.(); resolve(incoming); } };
      if (timeout >= 0) {
        cancel = this.machine.after(timeout, () => {
          const place = found.receivers.indexOf(receiver);
          if (place >= 0) { found.receivers.splice(place, 1); resolve(emptyIncoming(failure("Timeout"))); }
        });
      }
      found.receivers.push(receiver);
      this.machine.drain(found);
    });
  }

  reply(slot: number, outcome: Outcome): number {
    return this.attempt(() => {
      const cap = this.find(slot, FakeReply);
      const { object } = cap;
      const data = outcome.data ?? new Uint8Array(0);
      if (data.length > object.room) throw new Refusal("BadArgument");
      const given = outcome.status === 0 ? outcome.caps ?? [] : [];
      const moved = given.map((each) => each ? this.any(each) : undefined);
      const sent = moved.map((each) => each && new FakeCap(each.object, each.rights, each.badge, each));
      this.machine.dropCaps(moved);
      const wasSettled = object.settled || object.caller.state === "dead";
      const caller = this.machine.kernelOf(object.caller);
      if (wasSettled) this.machine.dropCaps(sent);
      else {
        this.machine.settle(object, {
          status: outcome.status, words: (outcome.words ?? []).map((word) => BigInt.asIntN(64, BigInt(word))), data: data.slice(),
          caps: sent.map((made) => made ? caller.install(made) : 0),
        });
      }
      this.machine.delete(cap);
      return wasSettled ? failure("PeerDied") : 0;
    });
  }

  // ---- capabilities

  capMint(source: number, rights: number, badge: number): number {
    return this.attempt(() => {
      const cap = this.any(source);
      if (badge !== 0 && cap.badge === 0 && cap.object.kind === "endpoint" && !(cap.rights & RIGHT_RECEIVE)) throw new Refusal("NoRight");
      if (badge !== 0 && cap.badge !== 0) throw new Refusal("NoRight");
      this.room();
      return this.install(new FakeCap(cap.object, cap.rights & rights, cap.badge || badge, cap));
    });
  }
  capCopy(source: number): number { return this.capMint(source, RIGHT_ALL, 0); }
  capMove(source: number, to: number): number {
    return this.attempt(() => {
      const cap = this.any(source);
      if (this.domain.table.has(to)) throw new Refusal("Exists");
      this.domain.table.delete(source);
      return this.install(cap, to);
    });
  }
  capDelete(slot: number): number { return this.attempt(() => { this.machine.delete(this.any(slot)); return 0; }); }
  capRevoke(slot: number): number {
    return this.attempt(() => {
      const below = (cap: FakeCap): FakeCap[] => [...cap.children].flatMap((child) => [...below(child), child]);
      for (const cap of below(this.any(slot))) this.machine.delete(cap);
      return 0;
    });
  }
  capInfo(slot: number): CapInfo | undefined {
    const cap = this.domain.table.get(slot);
    return cap && { kind: KINDS[cap.object.kind], rights: cap.rights, badge: cap.badge, object: cap.object.number };
  }
  capWatch(slot: number): number {
    return this.attempt(() => {
      const cap = this.find(slot, FakeEndpoint);
      if (cap.badge === 0) throw new Refusal("BadArgument");
      cap.watched = true;
      return 0;
    });
  }
  capGrant(domain: number, source: number, rights: number, badge: number, to = -1): number {
    return this.attempt(() => {
      const target = this.find(domain, FakeDomain, RIGHT_MANAGE).object;
      const cap = this.any(source);
      if (target.state === "dead") throw new Refusal("PeerDied");
      if (badge !== 0 && cap.badge === 0 && cap.object.kind === "endpoint" && !(cap.rights & RIGHT_RECEIVE)) throw new Refusal("NoRight");
      const kernel = this.machine.kernelOf(target);
      kernel.room();
      if (to >= 0 && target.table.has(to)) throw new Refusal("Exists");
      return kernel.install(new FakeCap(cap.object, cap.rights & rights, cap.badge || badge, cap), to);
    });
  }

  // ---- endpoints and notifications

  endpointCreate(): number { return this.create(() => new FakeEndpoint()); }
  notificationCreate(): number { return this.create(() => new FakeNotification()); }
  signal(notification: number, bits: bigint): number {
    return this.attempt(() => { this.machine.signal(this.find(notification, FakeNotification).object, bits); return 0; });
  }
  wait(notification: number, timeout = -1): { status: number; bits: bigint } {
    const { object } = this.find(notification, FakeNotification);
    if (object.bits === 0n && timeout < 0) throw new Error("wait would block for ever");
    if (object.bits === 0n) this.machine.advance(BigInt(timeout) * 1000n);
    const { bits } = object;
    object.bits = 0n;
    return bits ? { status: 0, bits } : { status: failure("Timeout"), bits: 0n };
  }
  waitAsync(notification: number, timeout = -1): Promise<{ status: number; bits: bigint }> {
    const { object } = this.find(notification, FakeNotification);
    return new Promise((resolve) => {
      let cancel: (() => void) | undefined;
      const waiter = (bits: bigint): void => { cancel?.(); resolve({ status: 0, bits }); };
      if (timeout >= 0) {
        cancel = this.machine.after(timeout, () => {
          const place = object.waiters.indexOf(waiter);
          if (place >= 0) { object.waiters.splice(place, 1); resolve({ status: failure("Timeout"), bits: 0n }); }
        });
      }
      object.waiters.push(waiter);
      if (object.bits) this.machine.signal(object, 0n);
    });
  }
  notificationBind(notification: number, endpoint: number): number {
    return this.attempt(() => {
      const { object } = this.find(notification, FakeNotification);
      object.bound = this.find(endpoint, FakeEndpoint, RIGHT_RECEIVE).object;
      this.machine.signal(object, 0n);
      return 0;
    });
  }

  // ---- dataspaces

  dataspaceCreate(size: bigint): number {
    return size < 0n || size > 1n << 36n ? failure("BadArgument") : this.create(() => new FakeDataspace(size));
  }
  dataspaceRead(dataspace: number, offset: bigint, length: number): { status: number; data: Uint8Array } {
    try {
      const data = this.paging.read(this.find(dataspace, FakeDataspace, RIGHT_READ).object, offset, length);
      return typeof data === "number" ? { status: data, data: new Uint8Array(0) } : { status: data.length, data };
    } catch (error) { return { status: statusOf(error), data: new Uint8Array(0) }; }
  }
  dataspaceWrite(dataspace: number, offset: bigint, data: Uint8Array): number {
    return this.attempt(() => {
      const { object, rights } = this.find(dataspace, FakeDataspace, RIGHT_WRITE);
      return this.paging.write(object, offset, data, (rights & RIGHT_MANAGE) !== 0);
    });
  }
  dataspaceResize(dataspace: number, size: bigint): number {
    return this.attempt(() => {
      if (size < 0n || size > 1n << 36n) throw new Refusal(size < 0n ? "BadArgument" : "TooLarge");
      return this.paging.resize(this.find(dataspace, FakeDataspace, RIGHT_MANAGE).object, size);
    });
  }
  dataspaceInfo(dataspace: number): DataspaceInfo | undefined {
    const object = this.domain.table.get(dataspace)?.object;
    return object instanceof FakeDataspace ? { size: object.size, present: object.pages.size, writes: object.writes, written: object.written } : undefined;
  }
  dataspaceSetPager(dataspace: number, endpoint: number, badge: number): number {
    return this.attempt(() => {
      this.find(dataspace, FakeDataspace, RIGHT_MANAGE).object.pager = { endpoint: this.find(endpoint, FakeEndpoint).object, badge };
      return 0;
    });
  }
  dataspaceEvict(dataspace: number, first: number, count: number): number {
    return this.attempt(() => {
      const { object } = this.pages(dataspace, first, count);
      for (let index = first; index < first + count; index++) object.pages.delete(index);
      return 0;
    });
  }
  dataspaceSupply(dataspace: number, offset: bigint, data: Uint8Array): number {
    return this.attempt(() => this.paging.supply(this.find(dataspace, FakeDataspace, RIGHT_MANAGE).object, offset, data));
  }
  dataspaceMarks(dataspace: number, first: number, count: number, clear: number): PageMarks {
    const marks: PageMarks = { status: 0, present: 0n, dirty: 0n, referenced: 0n };
    marks.status = this.attempt(() => {
      if (count < 1 || count > MARK_PAGES || clear & ~(MARK_DIRTY | MARK_REFERENCED)) throw new Refusal("BadArgument");
      Object.assign(marks, this.paging.marks(this.pages(dataspace, first, count).object, first, count, clear));
      return 0;
    });
    return marks;
  }
  dataspaceNextDirty(dataspace: number, first: number): number {
    return this.attempt(() => {
      const dirty = [...this.pages(dataspace, first, 0).object.pages].filter(([index, page]) => index >= first && page.dirty);
      if (dirty.length === 0) throw new Refusal("NotFound");
      return Math.min(...dirty.map(([index]) => index));
    });
  }
  dataspaceReclaim(dataspace: number, first: number, count: number): number {
    return this.attempt(() => {
      const { pages } = this.pages(dataspace, first, count).object;
      const clean = [...pages].filter(([index, page]) => index >= first && index < first + count && !page.dirty);
      for (const [index] of clean) pages.delete(index);
      return clean.length;
    });
  }

  // ---- domains

  domainCreate(capQuota: number, frameQuota: number, faultEndpoint: number, badge: number): number {
    return this.attempt(() => {
      const endpoint = this.find(faultEndpoint, FakeEndpoint).object;
      if (this.machine.counts().domains >= this.machine.domainLimit) throw new Refusal("TryAgain");
      this.room();
      return this.install(new FakeCap(this.machine.createDomain(capQuota, frameQuota, { endpoint, badge }), RIGHT_ALL, 0, undefined));
    });
  }
  domainStart(domain: number, dataspace: number, image: number): number {
    return this.attempt(() => {
      const { object } = this.find(domain, FakeDomain, RIGHT_MANAGE);
      if (object.state !== "created") throw new Refusal("Busy");
      const program = dataspace ? this.dataspaceRead(dataspace, 0n, Number(this.find(dataspace, FakeDataspace).object.size)).data : undefined;
      object.state = "running";
      object.image = image;
      return this.machine.onStart({ kernel: this.machine.kernelOf(object), domain: object.number, image, dataspace: program }) ?? 0;
    });
  }
  domainKill(domain: number): number { return this.attempt(() => { this.machine.kill(this.find(domain, FakeDomain, RIGHT_MANAGE).object); return 0; }); }
  domainSuspend(domain: number): number { return this.pause(domain, "running", "suspended"); }
  domainResume(domain: number): number { return this.pause(domain, "suspended", "running"); }
  exit(status: number): never {
    this.machine.end(this.domain, FAULT_EXIT, status);
    throw new FakeExit(status);
  }

  monotonic(): bigint { return this.machine.now; }
  wallClock(): bigint { return this.machine.epoch + this.machine.now; }
  log(text: string): void { this.machine.logged.push(text); }

  // ---- for the fake machine and for tests

  /** The endpoint in a slot; throws if there is none with those rights. */
  endpoint(slot: number, rights: number): FakeEndpoint { return this.find(slot, FakeEndpoint, rights).object; }
  install(cap: FakeCap, to = -1): number {
    let slot = to;
    if (slot < 0) for (slot = SLOT_FIRST_FREE; this.domain.table.has(slot);) slot++;
    cap.domain = this.domain;
    cap.slot = slot;
    this.domain.table.set(slot, cap);
    return slot;
  }
  find<Made extends FakeObject>(slot: number, type: new (...args: never[]) => Made, rights = 0): FakeCap & { object: Made } {
    const cap = this.domain.table.get(slot);
    if (!cap || !(cap.object instanceof type)) throw new Refusal("BadHandle");
    if ((cap.rights & rights) !== rights) throw new Refusal("NoRight");
    return cap as FakeCap & { object: Made };
  }
  room(): void { if (this.domain.table.size >= this.domain.capQuota) throw new Refusal("QuotaExceeded"); }

  private any(slot: number): FakeCap {
    const cap = this.domain.table.get(slot);
    if (!cap) throw new Refusal("BadHandle");
    return cap;
  }
  private create(make: () => FakeObject): number {
    return this.attempt(() => { this.room(); return this.install(new FakeCap(this.machine.add(make()), RIGHT_ALL, 0, undefined)); });
  }
  private attempt(operation: () => number): number {
    if (this.domain.state === "dead") throw new FakeExit(0);
    try { return operation(); } catch (error) { return statusOf(error); }
  }
  private start(endpoint: number, label: number, outgoing: Outgoing, reply: FakeReply, nested: boolean): number {
    return this.attempt(() => {
      const cap = this.find(endpoint, FakeEndpoint);
      if (nested && cap.object.busy) throw new Refusal("WouldDeadlock");
      this.machine.post(cap.object, this.message(cap, label, outgoing, reply));
      return 0;
    });
  }
  private message(cap: FakeCap, label: number, outgoing: Outgoing, reply: FakeReply | undefined): FakeMessage {
    const { words = [], caps = [], send = [], receive = 0 } = outgoing;
    const total = send.reduce((sum, range) => sum + range.length, receive);
    if (label < 256 || words.length > MESSAGE_WORDS || caps.length > MESSAGE_CAPS || send.length > 2 || total > WINDOW_SIZE) throw new Refusal("BadArgument");
    return {
      label, badge: cap.badge, rights: cap.rights, words: words.map((word) => BigInt.asIntN(64, BigInt(word))), ranges: send.map((range) => range.slice()), reply,
      caps: this.inTransit(caps),
    };
  }
  private inTransit(slots: readonly number[]): (FakeCap | undefined)[] {
    const sources = slots.map((slot) => slot ? this.any(slot) : undefined);
    if (sources.some((cap) => cap && !(cap.rights & RIGHT_GRANT))) throw new Refusal("NoRight");
    return sources.map((cap) => cap && new FakeCap(cap.object, cap.rights, cap.badge, cap));
  }
  private pages(slot: number, first: number, count: number): FakeCap & { object: FakeDataspace } {
    if (first < 0 || count < 0) throw new Refusal("BadArgument");
    return this.find(slot, FakeDataspace, RIGHT_MANAGE);
  }
  private pause(slot: number, from: FakeDomain["state"], to: FakeDomain["state"]): number {
    return this.attempt(() => {
      const { object } = this.find(slot, FakeDomain, RIGHT_MANAGE);
      if (object.state === from) object.state = to;
      return 0;
    });
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return failure(error.error);
  throw error;
}
