// The lib/ts Kernel of a domain on the fake machine: what TypeScript clients, generated stubs and TypeScript servers use.

import { Errors } from "../../abi/generated/ts/errors.ts";
import { RIGHT_ALL, RIGHT_GRANT } from "../../abi/layout/limits.ts";
import type { Answer, CapInfo, DataspaceInfo, Incoming, Kernel, Outcome, Outgoing, PageMarks, SystemCalls } from "../ts/kernel.ts";
import type { Capability } from "./capability.ts";
import { Dataspace } from "./dataspace.ts";
import { Endpoint, FakeMachine, Notification, type Call, type Domain } from "./fake-machine.ts";
import { find } from "./find.ts";
import { dataspaceRead, dataspaceSupply, dataspaceWrite } from "./paging.ts";
import { Exit, operations } from "./syscalls.ts";

const failed = (status: number): Answer => ({ status, words: [], caps: [], data: new Uint8Array(0) });

export class FakeKernel implements Kernel {
  constructor(private readonly machine: FakeMachine, private readonly domain: Domain) {}

  /** Throws if nobody would ever answer (see FakeMachine.onBlocked): use callAsync where a call waits. */
  call(endpoint: number, label: number, message: Outgoing = {}): Answer {
    const made = this.start(endpoint, label, message);
    if (typeof made === "number") return failed(made);
    if (!made.call.finished) this.machine.block(() => made.call.finished !== undefined);
    return made.answer();
  }

  callAsync(endpoint: number, label: number, message: Outgoing = {}): Promise<Answer> {
    const made = this.start(endpoint, label, message);
    if (typeof made === "number") return Promise.resolve(failed(made));
    if (made.call.finished) return Promise.resolve(made.answer());
    return new Promise((resolve) => { made.call.onFinish = () => resolve(made.answer()); });
  }

  /** The answer, or "waiting" if the server keeps the call; what comes then is put into the table all the same. */
  tryCall(endpoint: number, label: number, message: Outgoing = {}): Answer | "waiting" {
    const made = this.start(endpoint, label, message);
    if (typeof made === "number") return failed(made);
    return made.call.finished ? made.answer() : "waiting";
  }

  private start(endpoint: number, label: number, { words = [], caps = [], send = [], receive }: Outgoing): { call: Call; answer: () => Answer } | number {
    const through = find(this.domain, endpoint, Endpoint);
    if (!through) return -Errors.BadHandle;
    const held = caps.map((slot) => slot === 0 ? undefined : this.domain.table.get(slot));
    if (held.some((cap, i) => !cap && caps[i] !== 0)) return -Errors.BadHandle;
    if (held.some((cap) => cap && !(cap.rights & RIGHT_GRANT))) return -Errors.NoRight;
    const room = receive === undefined ? undefined : new Uint8Array(receive);
    const call: Call = {
      caller: this.domain, server: through.object.domain, delivered: 0, saved: false, finished: undefined, onFinish: () => {},
      send: send.map((range) => ({ length: range.length, read: (offset, length) => range.slice(offset, offset + length) })),
      receive: room && { length: room.length, write: (offset, data) => room.set(data, offset) },
    };
    const shape = FakeMachine.shape(words.length, caps.length, send.length, room !== undefined);
    const status = this.machine.deliver(call, through.cap, label, shape, words.map((word) => BigInt.asIntN(64, BigInt(word))), held.map((cap) => cap?.derive()) as Capability[]);
    if (status < 0) return status;
    return { call, answer: () => ({ ...call.finished!, data: room ? room.slice(0, call.delivered) : new Uint8Array(0) }) };
  }

  send(endpoint: number, label: number, message: Outgoing = {}): number {
    const made = this.start(endpoint, label, message);
    return typeof made === "number" ? made : 0;
  }
  receive(): Incoming { throw new Error("a handler on the fake machine is given its messages: use addHandler"); }
  receiveAsync(): Promise<Incoming> { return Promise.reject(new Error("a handler on the fake machine is given its messages: use addHandler")); }
  reply(reply: number, outcome: Outcome): number {
    const status = this.machine.answer(this.domain, reply, outcome);
    this.machine.settle();
    return status;
  }

  capMint(source: number, rights: number, badge: number): number { return operations.capMint(this.domain, source, rights, badge); }
  capCopy(source: number): number { return operations.capMint(this.domain, source, RIGHT_ALL, 0); }
  capMove(source: number, to: number): number { return operations.capMove(this.domain, source, to); }
  capDelete(slot: number): number { return operations.capDelete(this.domain, slot); }
  capRevoke(slot: number): number { return operations.capRevoke(this.domain, slot); }
  capInfo(slot: number): CapInfo | undefined {
    const cap = this.domain.table.get(slot);
    return cap && { kind: cap.object.kind, rights: cap.rights, badge: cap.badge, object: cap.object.number };
  }
  capWatch(slot: number): number { return operations.capWatch(this.domain, slot); }
  capGrant(): number { return -Errors.NotSupported; }

  endpointCreate(): number { return operations.create(this.domain, new Endpoint(this.domain)); }
  notificationCreate(): number { return operations.create(this.domain, new Notification()); }
  signal(notification: number, bits: bigint): number { return operations.signal(this.domain, notification, bits); }
  wait(notification: number, timeout = -1): { status: number; bits: bigint } {
    const found = find(this.domain, notification, Notification);
    if (!found) return { status: -Errors.BadHandle, bits: 0n };
    if (found.object.bits === 0n && timeout >= 0) return { status: -Errors.Timeout, bits: 0n };
    this.machine.block(() => found.object.bits !== 0n);
    const bits = found.object.bits;
    found.object.bits = 0n;
    return { status: 0, bits };
  }
  waitAsync(notification: number, timeout = -1): Promise<{ status: number; bits: bigint }> { return Promise.resolve(this.wait(notification, timeout)); }
  notificationBind(notification: number, endpoint: number): number { return operations.notificationBind(this.domain, notification, endpoint); }

  dataspaceCreate(size: bigint): number {
    if (!Dataspace.isSize(size)) return -Errors.BadArgument;
    return operations.create(this.domain, new Dataspace(size, this.domain.frames, () => this.machine.now()));
  }
  dataspaceRead(dataspace: number, offset: bigint, length: number): { status: number; data: Uint8Array } {
    const data = dataspaceRead(this.domain, dataspace, offset, length);
    return typeof data === "number" ? { status: data, data: new Uint8Array(0) } : { status: data.length, data };
  }
  dataspaceWrite(dataspace: number, offset: bigint, data: Uint8Array): number { return dataspaceWrite(this.domain, dataspace, offset, data); }
  dataspaceResize(dataspace: number, size: bigint): number { return operations.dataspaceResize(this.domain, dataspace, size); }
  dataspaceInfo(dataspace: number): DataspaceInfo | undefined {
    const found = find(this.domain, dataspace, Dataspace)?.object;
    return found && { size: found.size, present: found.present, writes: found.writes, written: found.written };
  }
  dataspaceSetPager(dataspace: number, endpoint: number, badge: number): number { return operations.dataspaceSetPager(this.domain, dataspace, endpoint, badge); }
  dataspaceEvict(dataspace: number, first: number, count: number): number { return operations.dataspaceEvict(this.domain, dataspace, first, count); }
  dataspaceSupply(dataspace: number, offset: bigint, data: Uint8Array): number { return dataspaceSupply(this.domain, dataspace, offset, data); }
  dataspaceMarks(dataspace: number, first: number, count: number, clear: number): PageMarks { return operations.dataspaceMarks(this.domain, dataspace, first, count, clear); }
  dataspaceNextDirty(dataspace: number, first: number): number { return operations.dataspaceNextDirty(this.domain, dataspace, first); }
  dataspaceReclaim(dataspace: number, first: number, count: number): number { return operations.dataspaceReclaim(this.domain, dataspace, first, count); }

  domainCreate(): number { return -Errors.NotSupported; }
  domainStart(): number { return -Errors.NotSupported; }
  domainKill(): number { return -Errors.NotSupported; }
  domainSuspend(): number { return -Errors.NotSupported; }
  domainResume(): number { return -Errors.NotSupported; }
  exit(status: number): never { throw new Exit(status); }
  monotonic(): bigint { return this.machine.now() - 1_700_000_000_000_000_000n; }
  wallClock(): bigint { return this.machine.now(); }
  log(text: string): void { this.domain.log.push(text); }
  get system(): SystemCalls { throw new Error("the fake machine has no System object"); }
}
