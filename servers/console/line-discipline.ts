// The line discipline of a terminal (POSIX, General Terminal Interface; characters as Linux has them): turns what is typed into
// lines to read, echo and signals, and what is written into what the screen gets. Pure state: no capabilities, no clock.
//
//   typed bytes ─ input() ─▶ line being edited ─ newline, ^D ─▶ lines ─ peek()/consume() ─▶ readers
//                     └────▶ echo (returned), signals (returned)
//
// In raw mode (no Canonical) bytes go straight to the readers. Nothing typed is lost but what a signal key flushes, and what exceeds LINE_LIMIT
// in one line or QUEUE_LIMIT unread: that rings the bell.

import { Signal, TerminalModes } from "../../abi/generated/ts/enums.ts";
import { characterWidth } from "./character-width.ts";

export const DEFAULT_MODES = TerminalModes.Canonical | TerminalModes.Echo | TerminalModes.Signals | TerminalModes.MapCrToNl | TerminalModes.MapNlToCrNl
  | TerminalModes.EchoErase | TerminalModes.EchoControl;
export const LINE_LIMIT = 4095, QUEUE_LIMIT = 65536;

const CTRL_C = 3, CTRL_D = 4, BELL = 7, BACKSPACE = 8, TAB = 9, NEWLINE = 10, RETURN = 13, CTRL_R = 18, CTRL_U = 21, CTRL_W = 23, CTRL_Z = 26, CTRL_BACKSLASH = 28, SPACE = 32, DELETE = 127;
const SIGNALS: ReadonlyMap<number, number> = new Map([[CTRL_C, Signal.Interrupt], [CTRL_BACKSLASH, Signal.Quit], [CTRL_Z, Signal.TerminalStop]]);
const TAB_STOP = 8;

export interface Effects { /** For the screen. */ readonly echo: Uint8Array; /** For the foreground group, in order. */ readonly signals: readonly number[] }

export class LineDiscipline {
  #modes: number = DEFAULT_MODES;
  /** The line being edited. */
  private edited: number[] = [];
  /** What readers may have: in canonical mode an item a line (an empty one: end of file), else all in one. */
  private lines: number[][] = [];
  private unread = 0;
  /** Where the cursor is, and was when the line began: to erase tabs. */
  private column = 0;
  private startColumn = 0;
  private echoed: number[] = [];
  private signals: number[] = [];

  get modes(): number { return this.#modes; }

  /** Unread input stays readable: going raw frees the line being edited. */
  set modes(modes: number) {
    const wasCanonical = this.is(TerminalModes.Canonical);
    this.#modes = modes;
    if (wasCanonical === this.is(TerminalModes.Canonical)) return;
    const all = [...this.lines.flat(), ...this.edited];
    this.edited = [];
    this.lines = all.length > 0 ? [all] : [];
    this.unread = all.length;
  }

  /** Bytes that one read can have now, at most; -1: a read would wait. 0: end of file. */
  get readable(): number { return this.lines[0]?.length ?? -1; }
  /** Bytes that can be read without waiting, in all. */
  get pending(): number { return this.unread; }

  /** What a read of `room` bytes gets, still unread; undefined: it would wait. Empty: end of file. */
  peek(room: number): Uint8Array | undefined { return this.lines[0] && Uint8Array.from(this.lines[0].slice(0, room)); }

  /** The `length` bytes that peek gave have been read. */
  consume(length: number): void {
    const line = this.lines[0];
    if (!line) return;
    this.unread -= line.splice(0, length).length;
    if (line.length === 0) this.lines.shift();
  }

  /** Throw away what is typed and not read. */
  flush(): void { this.edited = []; this.lines = []; this.unread = 0; }

  input(bytes: Uint8Array): Effects {
    for (const byte of bytes) this.type(byte === RETURN && this.is(TerminalModes.MapCrToNl) ? NEWLINE : byte);
    const effects = { echo: Uint8Array.from(this.echoed), signals: this.signals };
    this.echoed = [];
    this.signals = [];
    return effects;
  }

  /** What the screen gets for what a program writes. */
  output(bytes: Uint8Array): Uint8Array {
    for (const byte of bytes) this.show(byte);
    // What is typed later starts behind it.
    if (this.edited.length === 0) this.startColumn = this.column;
    const shown = Uint8Array.from(this.echoed);
    this.echoed = [];
    return shown;
  }

  private is(mode: number): boolean { return (this.#modes & mode) !== 0; }

  private type(byte: number): void {
    const signal = SIGNALS.get(byte);
    if (signal !== undefined && this.is(TerminalModes.Signals)) {
      this.flush();
      this.echo(byte);
      this.signals.push(signal);
    } else if (this.is(TerminalModes.Canonical)) this.edit(byte);
    else if (this.unread >= QUEUE_LIMIT) this.show(BELL);
    else {
      if (this.lines.length === 0) this.lines.push([]);
      this.lines[0]!.push(byte);
      this.unread++;
      this.echo(byte);
    }
  }

  private edit(byte: number): void {
    switch (byte) {
      case BACKSPACE: case DELETE: this.eraseLast(); break;
      case CTRL_U: while (this.edited.length > 0) this.eraseLast(); break;
      case CTRL_W: {
        const last = (): number | undefined => this.edited.at(-1);
        while (last() === SPACE || last() === TAB) this.eraseLast();
        while (last() !== undefined && last() !== SPACE && last() !== TAB) this.eraseLast();
        break;
      }
      case CTRL_R: this.reprint(); break;
      case CTRL_D: this.finish(); break;
      case NEWLINE:
        this.edited.push(NEWLINE);
        if (this.is(TerminalModes.Echo)) this.show(NEWLINE);
        this.finish();
        break;
      default:
        if (this.edited.length >= LINE_LIMIT || this.unread + this.edited.length >= QUEUE_LIMIT) { this.show(BELL); break; }
        if (this.edited.length === 0) this.startColumn = this.column;
        this.edited.push(byte);
        this.echo(byte);
    }
  }

  private finish(): void {
    this.lines.push(this.edited);
    this.unread += this.edited.length;
    this.edited = [];
  }

  /** A whole character: with the continuation bytes of its UTF-8, and marks that combine with it one by one. */
  private eraseLast(): void {
    if (this.edited.length === 0) return;
    const before = this.widthOf(this.edited);
    let erased = this.edited.pop()!;
    while ((erased & 0xc0) === 0x80 && this.edited.length > 0) erased = this.edited.pop()!;
    if (!this.is(TerminalModes.Echo)) return;
    if (!this.is(TerminalModes.EchoErase)) { this.echo(BACKSPACE); return; }
    const columns = before - this.widthOf(this.edited);
    for (let count = 0; count < columns; count++) this.echoed.push(...erased === TAB ? [BACKSPACE] : [BACKSPACE, SPACE, BACKSPACE]);
    this.column = Math.max(0, this.column - columns);
  }

  private reprint(): void {
    if (!this.is(TerminalModes.Echo)) return;
    this.echo(CTRL_R);
    this.show(NEWLINE);
    this.startColumn = this.column;
    for (const byte of this.edited) this.echo(byte);
  }

  /** Columns that a line takes on the screen from startColumn on. */
  private widthOf(line: readonly number[]): number {
    let column = this.startColumn;
    for (const character of new TextDecoder().decode(Uint8Array.from(line))) {
      const point = character.codePointAt(0)!;
      if (point === TAB) column += TAB_STOP - column % TAB_STOP;
      else if (isControl(point)) column += this.is(TerminalModes.EchoControl) ? 2 : 0;
      else column += characterWidth(point);
    }
    return column - this.startColumn;
  }

  private echo(byte: number): void {
    if (!this.is(TerminalModes.Echo)) return;
    if (isControl(byte) && byte !== TAB && byte !== NEWLINE && this.is(TerminalModes.EchoControl)) { this.show(0x5e); this.show(byte ^ 0x40); } else this.show(byte);
  }

  private show(byte: number): void {
    if (byte === NEWLINE && this.is(TerminalModes.MapNlToCrNl)) this.echoed.push(RETURN);
    this.echoed.push(byte);
    if (byte === NEWLINE || byte === RETURN) this.column = 0;
    else if (byte === BACKSPACE) this.column = Math.max(0, this.column - 1);
    else if (byte === TAB) this.column += TAB_STOP - this.column % TAB_STOP;
    else if (byte >= SPACE && byte !== DELETE && (byte & 0xc0) !== 0x80) this.column++;
  }
}

function isControl(point: number): boolean { return point < SPACE || point === DELETE; }
