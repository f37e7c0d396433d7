// One terminal: its line discipline, and those who wait for it. Readers wait for input, writers for the page to have drawn (OUTPUT_WINDOW), pollers for
// either, others for a new window size. A signal key breaks reads off with Interrupted. When the page closes it, reads give end of file and
// writes fail. Replies kept here are answered exactly once.

import { encodeFileRead, encodeFileWrite } from "../../abi/generated/ts/server/file.ts";
import { encodeTerminalWaitResize } from "../../abi/generated/ts/server/terminal.ts";
import type { FileReadResult, FileWriteResult } from "../../abi/generated/ts/client/file.ts";
import { PollEvents, Signal } from "../../abi/generated/ts/enums.ts";
import { OUTPUT_WINDOW } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { answer } from "../../lib/ts/serve.ts";
import { failure, refuse } from "../../lib/ts/status.ts";
import { LineDiscipline } from "./line-discipline.ts";

export interface TerminalLinks {
  readonly kernel: Kernel;
  /** To the page. */
  readonly send: (data: Uint8Array) => void;
  readonly signal: (group: number, signal: number) => void;
}

interface Poller { readonly events: number; readonly notify: number; readonly bits: bigint }
/** Pollers of one terminal; the oldest is given up for a new one (it may be long dead). */
const MAX_POLLERS = 128;

export class Terminal {
  discipline = new LineDiscipline();
  /** Attached to the page. */
  open = false;
  /** Was attached, and was closed. */
  closed = false;
  profile = "";
  columns = 80;
  rows = 24;
  foreground = 0;
  nonBlocking = false;
  /** Bytes sent that the page has not said are drawn. */
  private onTheWay = 0;
  private readonly readers: { reply: number; room: number }[] = [];
  private readonly writers: { reply: number; data: Uint8Array }[] = [];
  private readonly sizeWaiters: { reply: number; columns: number; rows: number }[] = [];
  private pollers: Poller[] = [];

  constructor(readonly number: number, private readonly links: TerminalLinks) {}

  // ---- from the page

  /** A new session on the page's side; what an earlier one left unread is gone. */
  attach(profile: string): void {
    const { modes } = new LineDiscipline();
    this.discipline.flush();
    this.discipline.modes = modes;
    this.open = true;
    this.closed = false;
    this.profile = profile;
    this.nonBlocking = false;
    this.onTheWay = 0;
    this.resume();
  }

  input(bytes: Uint8Array): void {
    const { echo, signals } = this.discipline.input(bytes);
    if (echo.length > 0) this.show(echo);
    if (signals.length > 0) this.interrupt();
    for (const signal of signals) if (this.foreground) this.links.signal(this.foreground, signal);
    this.resume();
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    for (const waiter of this.sizeWaiters.splice(0)) {
      if (waiter.columns === columns && waiter.rows === rows) this.sizeWaiters.push(waiter);
      else answer(this.links.kernel, waiter.reply, encodeTerminalWaitResize({ error: 0, columns, rows }));
    }
    if (this.foreground) this.links.signal(this.foreground, Signal.WindowChange);
  }

  consumed(bytes: number): void {
    this.onTheWay = Math.max(0, this.onTheWay - bytes);
    this.resume();
  }

  /** The page is gone: whoever reads or writes is told. */
  close(): void {
    this.open = false;
    this.closed = true;
    if (this.foreground) this.links.signal(this.foreground, Signal.HangUp);
    this.foreground = 0;
    this.resume();
  }

  // ---- from programs

  read(room: number, reply: number): FileReadResult | "deferred" {
    const data = this.closed ? new Uint8Array(0) : this.readers.length === 0 ? this.discipline.peek(room) : undefined;
    if (data) { this.discipline.consume(data.length); return { error: 0, data }; }
    if (this.nonBlocking) return refuse("WouldBlock");
    this.readers.push({ reply, room });
    return "deferred";
  }

  write(data: Uint8Array, reply: number): FileWriteResult | "deferred" {
    if (this.closed) return refuse("Io");
    if (this.writers.length > 0 || this.onTheWay >= OUTPUT_WINDOW) {
      if (this.nonBlocking) return refuse("WouldBlock");
      this.writers.push({ reply, data });
      return "deferred";
    }
    return this.put(data);
  }

  poll(events: number, notify: number, bits: bigint): { readonly ready: number; readonly kept: boolean } {
    const ready = this.ready & (events | PollEvents.HangUp);
    if (ready || !notify) return { ready, kept: false };
    this.pollers.push({ events: events | PollEvents.HangUp, notify, bits });
    if (this.pollers.length > MAX_POLLERS) this.links.kernel.capDelete(this.pollers.shift()!.notify);
    return { ready: 0, kept: true };
  }

  waitResize(columns: number, rows: number, reply: number): { error: 0; columns: number; rows: number } | "deferred" {
    if (columns !== this.columns || rows !== this.rows) return { error: 0, columns: this.columns, rows: this.rows };
    this.sizeWaiters.push({ reply, columns, rows });
    return "deferred";
  }

  setModes(modes: number, flush: boolean): void {
    if (flush) this.discipline.flush();
    this.discipline.modes = modes;
    this.resume();
  }

  // ---- inside

  private get ready(): number {
    const readable = this.closed || this.discipline.readable >= 0, writable = this.closed || this.onTheWay < OUTPUT_WINDOW;
    return (readable ? PollEvents.Readable : 0) | (writable ? PollEvents.Writable : 0) | (this.closed ? PollEvents.HangUp : 0);
  }

  private put(data: Uint8Array): FileWriteResult {
    this.show(this.discipline.output(data));
    return { error: 0, written: data.length, size: 0n };
  }

  private show(bytes: Uint8Array): void {
    this.onTheWay += bytes.length;
    this.links.send(bytes);
  }

  private interrupt(): void {
    const waiting = [...this.readers.splice(0), ...this.sizeWaiters.splice(0)];
    for (const { reply } of waiting) answer(this.links.kernel, reply, { status: failure("Interrupted") });
  }

  /** Something has changed: answer all who can go on. What is read by one who has died goes to the next. */
  private resume(): void {
    const { kernel } = this.links;
    for (let reader = this.readers[0]; reader; reader = this.readers[0]) {
      const data = this.closed ? new Uint8Array(0) : this.discipline.peek(reader.room);
      if (!data) break;
      this.readers.shift();
      if (answer(kernel, reader.reply, encodeFileRead({ error: 0, data }))) this.discipline.consume(data.length);
    }
    while (this.writers.length > 0 && (this.closed || this.onTheWay < OUTPUT_WINDOW)) {
      const { reply, data } = this.writers.shift()!;
      answer(kernel, reply, encodeFileWrite(this.closed ? refuse("Io") : this.put(data)));
    }
    const { ready } = this;
    this.pollers = this.pollers.filter(({ events, notify, bits }) => {
      if (!(ready & events)) return true;
      kernel.signal(notify, bits);
      kernel.capDelete(notify);
      return false;
    });
  }
}
