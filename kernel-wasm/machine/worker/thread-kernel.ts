// The Kernel object that TypeScript servers and programs get: closed over the Worker's kernel instance and its transfer window.
// It never gives out a memory. Each domain that a Worker runs has one of its own, which ends with it: what is left of the domain in the Worker, a wait that is
// not over or the handler of a message, is not to act for the one that runs there next.
//
// A thread has one wait at a time. An event loop, though, may want to call while it also receives: then the receive is given up
// for the time of the call and begun again, and a message that had come already is kept for it.

import { LABEL_FAULT, LABEL_PAGE_FAULT, OBJECT_NONE, SHAPE_CAPS, SHAPE_RECEIVE, SHAPE_SEND, WINDOW_SIZE } from "../../../abi/layout/limits.ts";
import * as L from "../../../abi/layout/kernel-memory.ts";
import type { Answer, CapInfo, DataspaceInfo, Incoming, Kernel, Outcome, Outgoing, PageMarks, SystemCalls } from "../../../lib/ts/kernel.ts";
import { systemCalls } from "../inspect.ts";
import { windowOf } from "../page-memory.ts";
import type { KernelExports } from "./kernel-instance.ts";

const PENDING = 2;
const TIMEOUT = -17;
/** The upper part of the window is scratch for fetch, deliver and Dataspaces; a message in the making stays in the lower part. */
const SCRATCH_SIZE = 65536;
const STAGE_SIZE = WINDOW_SIZE - SCRATCH_SIZE;
const TOO_LONG = -6;

interface PendingReceive { endpoint: number; deadline: number; resolve: (message: Incoming) => void; reject: (error: unknown) => void }

const word = (value: number | bigint): bigint => typeof value === "bigint" ? BigInt.asIntN(64, value) : BigInt(Math.trunc(value));

export class ThreadKernel implements Kernel {
  readonly #system: SystemCalls;
  readonly #exports: KernelExports;
  readonly #words: readonly { value: bigint }[];
  readonly #caps: readonly { value: number }[];
  readonly #page: Uint8Array;
  readonly #kernelWords: Int32Array;
  readonly #kernelBytes: Uint8Array;
  readonly #window: number;
  readonly #scratch: number;
  readonly #park: number;
  readonly #say: (text: string) => void;
  readonly #leave: () => unknown;
  #over = false;
  /** Rises with each wait, so that an older Atomics.waitAsync knows that it is over. */
  #wait = 0;
  #receiving: PendingReceive | undefined;
  #calling: Promise<unknown> | undefined;

  /** `leave`: what is thrown at code of a domain that has ended. */
  constructor(kernel: KernelExports, kernelMemory: WebAssembly.Memory, pageMemory: WebAssembly.Memory, thread: number, say: (text: string) => void, leave: () => unknown) {
    this.#exports = kernel;
    this.#leave = leave;
    this.#words = [kernel.w0, kernel.w1, kernel.w2, kernel.w3, kernel.w4, kernel.w5, kernel.w6, kernel.w7];
    this.#caps = [kernel.c0, kernel.c1, kernel.c2, kernel.c3];
    this.#page = new Uint8Array(pageMemory.buffer);
    this.#kernelWords = new Int32Array(kernelMemory.buffer);
    this.#kernelBytes = new Uint8Array(kernelMemory.buffer);
    this.#window = windowOf(thread);
    this.#scratch = this.#window + STAGE_SIZE;
    this.#park = (L.THREADS + thread * L.THREAD_SIZE + L.T_PARK) >> 2;
    this.#say = say;
    this.#system = systemCalls(kernel, kernelMemory);
  }

  get #kernel(): KernelExports {
    if (this.#over) throw this.#leave();
    return this.#exports;
  }

  get system(): SystemCalls {
    if (this.#over) throw this.#leave();
    return this.#system;
  }

  /** The domain has ended: nothing more is done for it. */
  end(): void { this.#over = true; }

  // ---- Calling

  call(endpoint: number, label: number, message: Outgoing = {}, timeout = -1): Answer {
    const paused = this.#pauseReceive();
    const shape = this.#stage(message);
    const status = shape < 0 ? shape
      : timeout < 0 ? this.#kernel.call(endpoint, label, shape) : this.#kernel.callTimed(endpoint, label, shape, BigInt(Math.ceil(timeout)));
    const answer = this.#collect(status);
    this.#resumeReceive(paused);
    return answer;
  }

  async callAsync(endpoint: number, label: number, message: Outgoing = {}, timeout = -1): Promise<Answer> {
    // One at a time: the thread has one control block and one window.
    while (this.#calling) await this.#calling.catch(() => undefined);
    const call = this.#callOnce(endpoint, label, message, timeout);
    this.#calling = call;
    try { return await call; } finally { if (this.#calling === call) this.#calling = undefined; }
  }

  async #callOnce(endpoint: number, label: number, message: Outgoing, timeout: number): Promise<Answer> {
    const paused = this.#pauseReceive();
    const shape = this.#stage(message);
    let status = shape < 0 ? shape : this.#kernel.callBegin(endpoint, label, shape);
    if (status === PENDING) {
      await this.#token(timeout);
      status = this.#kernel.callFinish();
    }
    const answer = this.#collect(status);
    this.#resumeReceive(paused);
    return answer;
  }

  send(endpoint: number, label: number, message: Outgoing = {}, timeout = -1): number {
    const paused = this.#pauseReceive();
    const shape = this.#stage(message);
    const status = shape < 0 ? shape : this.#kernel.send(endpoint, label, shape, BigInt(Math.ceil(timeout)));
    this.#resumeReceive(paused);
    return status;
  }

  /** Registers and window from a message: its shape, or a negated error. */
  #stage(message: Outgoing): number {
    const { words = [], caps = [], send = [], receive } = message, kernel = this.#kernel;
    if (words.length > 8 || caps.length > 4 || send.length > 2) return -2;
    let offset = this.#window;
    const end = this.#window + STAGE_SIZE;
    words.forEach((value, index) => { this.#words[index]!.value = word(value); });
    caps.forEach((slot, index) => { this.#caps[index]!.value = slot; });
    for (const [index, data] of send.entries()) {
      if (offset + data.length > end) return TOO_LONG;
      this.#page.set(data, offset);
      if (index === 0) { kernel.s0a.value = offset; kernel.s0n.value = data.length; } else { kernel.s1a.value = offset; kernel.s1n.value = data.length; }
      offset += (data.length + 7) & ~7;
    }
    if (receive !== undefined) {
      kernel.r0a.value = offset;
      kernel.r0n.value = Math.max(0, Math.min(receive, end - offset));
      this.#received = offset;
    }
    return words.length + caps.length * SHAPE_CAPS + send.length * SHAPE_SEND + (receive !== undefined ? SHAPE_RECEIVE : 0);
  }
  #received = 0;

  #collect(status: number): Answer {
    const kernel = this.#kernel, shape = kernel.shape.value, length = status < 0 && shape === 0 ? 0 : kernel.r0n.value;
    return {
      status,
      words: this.#words.slice(0, shape & 15).map((global) => global.value),
      caps: this.#caps.slice(0, (shape >> 4) & 7).map((global) => global.value),
      data: length > 0 ? this.#page.slice(this.#received, this.#received + length) : new Uint8Array(0),
    };
  }

  // ---- Receiving

  receive(endpoint: number, timeout = -1): Incoming {
    return this.#incoming(this.#kernel.receive(endpoint, BigInt(Math.ceil(timeout))));
  }

  receiveAsync(endpoint: number, timeout = -1): Promise<Incoming> {
    return new Promise((resolve, reject) => {
      if (this.#receiving) { reject(new Error("receiveAsync while another one waits")); return; }
      const deadline = timeout < 0 ? Infinity : performance.now() + timeout / 1000;
      this.#startReceive({ endpoint, deadline, resolve, reject });
    });
  }

  #startReceive(pending: PendingReceive): void {
    this.#receiving = undefined;
    // A call that waits holds the control block: the receive begins when it is over.
    if (this.#calling && this.#waiting) { this.#deferred = pending; return; }
    let status: number;
    try { status = this.#kernel.receiveBegin(pending.endpoint); } catch (error) { pending.reject(error); return; }
    if (status !== PENDING) { pending.resolve(this.#incoming(status)); return; }
    this.#receiving = pending;
    const remaining = pending.deadline === Infinity ? -1 : Math.max(0, (pending.deadline - performance.now()) * 1000);
    this.#token(remaining).then((current) => {
      if (!current || this.#receiving !== pending) return;
      this.#receiving = undefined;
      try { pending.resolve(this.#incoming(this.#kernel.receiveFinish())); } catch (error) { pending.reject(error); }
    }, pending.reject);
  }
  #deferred: PendingReceive | undefined;

  #pauseReceive(): PendingReceive | undefined {
    const pending = this.#receiving;
    if (!pending) return undefined;
    this.#receiving = undefined;
    this.#wait++;
    if (this.#kernel.receiveCancel()) return pending;
    // (1) A message came before we could give up: its token is there or on its way.
    while (Atomics.compareExchange(this.#kernelWords, this.#park, 1, 0) !== 1) Atomics.wait(this.#kernelWords, this.#park, 0, 1);
    pending.resolve(this.#incoming(this.#kernel.receiveFinish()));
    return undefined;
  }

  #resumeReceive(paused: PendingReceive | undefined): void {
    const pending = paused ?? this.#deferred;
    this.#deferred = undefined;
    if (pending) this.#startReceive(pending);
  }

  /** Wait for the wake-up token; false if the wait was given up. After `timeout` µs the wait is broken off with Timeout. */
  async #token(timeout: number): Promise<boolean> {
    const mine = ++this.#wait, words = this.#kernelWords, deadline = timeout < 0 ? Infinity : performance.now() + timeout / 1000;
    this.#waiting = true;
    while (true) {
      // The next token is another domain's.
      if (this.#over) return new Promise(() => undefined);
      if (mine !== this.#wait) return false;
      if (Atomics.compareExchange(words, this.#park, 1, 0) === 1) break;
      const left = deadline - performance.now();
      if (left <= 0) { this.#kernel.breakOff(TIMEOUT); break; }
      const wait = Atomics.waitAsync(words, this.#park, 0, left === Infinity ? undefined : Math.max(1, left));
      if (wait.async) await wait.value;
    }
    this.#waiting = false;
    return true;
  }
  #waiting = false;

  #incoming(status: number): Incoming {
    if (status < 0) return { status, label: 0, badge: 0, rights: 0, words: [], caps: [], ranges: [], room: 0, reply: 0 };
    const kernel = this.#kernel, shape = kernel.shape.value, label = kernel.label.value;
    const message: Incoming = {
      status, label, badge: kernel.badge.value, rights: kernel.rights.value,
      words: this.#words.slice(0, shape & 15).map((global) => global.value),
      caps: this.#caps.slice(0, (shape >> 4) & 7).map((global) => global.value),
      ranges: [], room: kernel.r0n.value, reply: 0,
    };
    const lengths = [kernel.s0n.value, kernel.s1n.value], room = message.room;
    if (label === LABEL_FAULT) message.ranges.push(this.#faultText(Number(message.words[0])));
    else for (let which = 0; which < ((shape >> 7) & 3); which++) message.ranges.push(this.#fetch(which, lengths[which]!));
    // Notices of the kernel want no answer; saveReply then finds no call.
    if (label > 255 || label === LABEL_PAGE_FAULT) message.reply = Math.max(0, kernel.saveReply());
    message.room = room;
    return message;
  }

  #fetch(which: number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = this.#kernel.fetch(0, which, done, this.#scratch, Math.min(SCRATCH_SIZE, length - done));
      if (count <= 0) return data.subarray(0, done);
      data.set(this.#page.subarray(this.#scratch, this.#scratch + count), done);
      done += count;
    }
    return data;
  }

  /** Why a domain ended, as the machine wrote it. */
  #faultText(domain: number): Uint8Array {
    const at = L.DOMAINS + domain * L.DOMAIN_SIZE, length = Math.min(this.#kernelWords[(at + L.D_TEXT_LENGTH) >> 2]!, L.D_TEXT_LIMIT);
    return this.#kernelBytes.slice(at + L.D_TEXT, at + L.D_TEXT + length);
  }

  reply(reply: number, outcome: Outcome): number {
    const { status, words = [], caps = [], data } = outcome;
    if (data) {
      for (let done = 0; done < data.length;) {
        const count = Math.min(SCRATCH_SIZE, data.length - done);
        this.#page.set(data.subarray(done, done + count), this.#scratch);
        const delivered = this.#kernel.deliver(reply, done, this.#scratch, count);
        if (delivered <= 0) break;
        done += delivered;
      }
    }
    words.forEach((value, index) => { this.#words[index]!.value = word(value); });
    caps.forEach((slot, index) => { this.#caps[index]!.value = slot; });
    return this.#kernel.reply(reply, status, words.length + caps.length * SHAPE_CAPS);
  }

  // ---- Capabilities

  capMint(source: number, rights: number, badge: number): number { return this.#kernel.capMint(source, rights, badge); }
  capCopy(source: number): number { return this.#kernel.capCopy(source); }
  capMove(source: number, to: number): number { return this.#kernel.capMove(source, to); }
  capDelete(slot: number): number { return this.#kernel.capDelete(slot); }
  capRevoke(slot: number): number { return this.#kernel.capRevoke(slot); }
  capInfo(slot: number): CapInfo | undefined {
    const info = this.#kernel.capInfo(slot);
    if (info < 0 || (info & 255) === OBJECT_NONE) return undefined;
    return { kind: info & 255, rights: info >> 8, badge: Number(this.#kernel.w0.value), object: Number(this.#kernel.w1.value) };
  }
  capWatch(slot: number): number { return this.#kernel.capWatch(slot); }
  capGrant(domain: number, source: number, rights: number, badge: number, to = -1): number { return this.#kernel.capGrant(domain, source, rights, badge, to); }

  endpointCreate(): number { return this.#kernel.endpointCreate(); }
  notificationCreate(): number { return this.#kernel.notificationCreate(); }
  signal(notification: number, bits: bigint): number { return this.#kernel.signal(notification, bits); }

  wait(notification: number, timeout = -1): { status: number; bits: bigint } {
    const paused = this.#pauseReceive();
    const status = this.#kernel.wait(notification, BigInt(Math.ceil(timeout)));
    const bits = status < 0 ? 0n : this.#kernel.w0.value;
    this.#resumeReceive(paused);
    return { status, bits };
  }

  async waitAsync(notification: number, timeout = -1): Promise<{ status: number; bits: bigint }> {
    while (this.#calling) await this.#calling.catch(() => undefined);
    const paused = this.#pauseReceive();
    const wait = (async () => {
      let status = this.#kernel.waitBegin(notification, timeout === 0 ? 0 : 1);
      if (status === PENDING) { await this.#token(timeout); status = this.#kernel.waitFinish(); }
      return { status, bits: status < 0 ? 0n : this.#kernel.w0.value };
    })();
    this.#calling = wait;
    try { return await wait; } finally { this.#calling = undefined; this.#resumeReceive(paused); }
  }
  notificationBind(notification: number, endpoint: number): number { return this.#kernel.notificationBind(notification, endpoint); }

  // ---- Dataspaces

  dataspaceCreate(size: bigint): number { return this.#kernel.dataspaceCreate(size); }

  // An absent page may be asked of a pager, which is a call.

  dataspaceRead(dataspace: number, offset: bigint, length: number): { status: number; data: Uint8Array } {
    const paused = this.#pauseReceive();
    const result = this.#read(dataspace, offset, length);
    this.#resumeReceive(paused);
    return result;
  }

  #read(dataspace: number, offset: bigint, length: number): { status: number; data: Uint8Array } {
    const data = new Uint8Array(Math.min(length, this.#restOf(dataspace, offset)));
    let done = 0;
    while (done < data.length) {
      const count = this.#kernel.dataspaceRead(dataspace, offset + BigInt(done), 0, this.#scratch, Math.min(SCRATCH_SIZE, data.length - done));
      if (count < 0) return { status: count, data: data.subarray(0, 0) };
      if (count === 0) break;
      data.set(this.#page.subarray(this.#scratch, this.#scratch + count), done);
      done += count;
    }
    if (data.length === 0) {
      const status = this.#kernel.dataspaceRead(dataspace, offset, 0, this.#scratch, 0);
      return { status: Math.min(status, 0), data };
    }
    return { status: done, data: data.subarray(0, done) };
  }

  /** Bytes from `offset` to the end, so that no buffer is made for what is not there. */
  #restOf(dataspace: number, offset: bigint): number {
    if (this.#kernel.dataspaceInfo(dataspace) < 0) return 0;
    const rest = this.#kernel.w0.value - offset;
    return rest <= 0n ? 0 : Number(rest);
  }

  dataspaceWrite(dataspace: number, offset: bigint, data: Uint8Array): number {
    const paused = this.#pauseReceive();
    const result = this.#write(dataspace, offset, data);
    this.#resumeReceive(paused);
    return result;
  }

  #write(dataspace: number, offset: bigint, data: Uint8Array): number {
    let done = 0;
    do {
      const part = data.subarray(done, done + SCRATCH_SIZE);
      this.#page.set(part, this.#scratch);
      const count = this.#kernel.dataspaceWrite(dataspace, offset + BigInt(done), 0, this.#scratch, part.length);
      if (count < 0) return done > 0 ? done : count;
      done += count;
      if (count < part.length) break;
    } while (done < data.length);
    return done;
  }
  dataspaceResize(dataspace: number, size: bigint): number { return this.#kernel.dataspaceResize(dataspace, size); }
  dataspaceInfo(dataspace: number): DataspaceInfo | undefined {
    const kernel = this.#kernel;
    if (kernel.dataspaceInfo(dataspace) < 0) return undefined;
    return { size: kernel.w0.value, present: Number(kernel.w1.value), writes: kernel.w2.value, written: kernel.w3.value };
  }
  dataspaceSetPager(dataspace: number, endpoint: number, badge: number): number { return this.#kernel.dataspaceSetPager(dataspace, endpoint, badge); }
  dataspaceEvict(dataspace: number, first: number, count: number): number { return this.#kernel.dataspaceEvict(dataspace, first, count); }

  dataspaceSupply(dataspace: number, offset: bigint, data: Uint8Array): number {
    let done = 0;
    do {
      const part = data.subarray(done, done + SCRATCH_SIZE);
      this.#page.set(part, this.#scratch);
      const count = this.#kernel.dataspaceSupply(dataspace, offset + BigInt(done), this.#scratch, part.length);
      if (count < 0) return done > 0 ? done : count;
      done += count;
      if (count < part.length) break;
    } while (done < data.length);
    return done;
  }
  dataspaceMarks(dataspace: number, first: number, count: number, clear: number): PageMarks {
    const status = this.#kernel.dataspaceMarks(dataspace, first, count, clear);
    const [present, dirty, referenced] = status < 0 ? [0n, 0n, 0n] : this.#words.slice(0, 3).map((global) => BigInt.asUintN(64, global.value));
    return { status, present: present!, dirty: dirty!, referenced: referenced! };
  }
  dataspaceNextDirty(dataspace: number, first: number): number { return this.#kernel.dataspaceNextDirty(dataspace, first); }
  dataspaceReclaim(dataspace: number, first: number, count: number): number { return this.#kernel.dataspaceReclaim(dataspace, first, count); }

  // ---- Domains and time

  domainCreate(capQuota: number, frameQuota: number, faultEndpoint: number, badge: number): number {
    return this.#kernel.domainCreate(capQuota, frameQuota, faultEndpoint, badge);
  }
  domainStart(domain: number, dataspace: number, image: number): number { return this.#kernel.domainStart(domain, dataspace, image); }
  domainKill(domain: number): number { return this.#kernel.domainKill(domain); }
  domainSuspend(domain: number): number { return this.#kernel.domainSuspend(domain); }
  domainResume(domain: number): number { return this.#kernel.domainResume(domain); }
  exit(status: number): never {
    this.#kernel.exit(status);
    throw new Error("exit came back");
  }
  monotonic(): bigint { return this.#kernel.monotonic(); }
  wallClock(): bigint { return this.#kernel.wallClock(); }
  log(text: string): void { if (!this.#over) this.#say(text); }
}
