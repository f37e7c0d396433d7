// Lines of a descriptor as text, one at a time, so that endless input works. Text is UTF-8; a block that is not is taken byte by byte
// (Latin-1) and `put` writes its lines back as the same bytes.

import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";
import { concatenate, type Output } from "../api/streams.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

function isLatin1(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 255) return false;
  return true;
}

/** Decode UTF-8, or else bytes as characters. */
export function decodeAny(bytes: Uint8Array): { text: string; binary: boolean } {
  try { return { text: strict.decode(bytes), binary: false }; } catch { return { text: latin1(bytes), binary: true }; }
}

export function encodeAny(text: string, binary: boolean): Uint8Array {
  return binary && isLatin1(text) ? Uint8Array.from(text, (c) => c.charCodeAt(0)) : encoder.encode(text);
}

export class LineReader {
  /** Whether the current line came from a block that is no UTF-8. */
  binary = false;
  /** Whether the current line ended with the delimiter. */
  ended = true;
  /** Why reading stopped early. */
  failure: Failure | undefined;
  private lines: string[] = [];
  private at = 0;
  private rest: Uint8Array[] = [];
  private done = false;

  constructor(private readonly system: NativeSystem, private readonly fd: number, private readonly delimiter = "\n") {}

  next(): string | undefined {
    while (this.at >= this.lines.length) if (!this.fill()) return undefined;
    const line = this.lines[this.at++]!;
    this.ended = !(this.done && this.at === this.lines.length && this.lastIsOpen);
    return line;
  }

  /** Whether next() would give a line. */
  more(): boolean {
    while (this.at >= this.lines.length) if (!this.fill()) return false;
    return true;
  }

  private lastIsOpen = false;

  /** Read until a block holds a whole line. */
  private fill(): boolean {
    const code = this.delimiter.charCodeAt(0);
    while (!this.done) {
      const part = this.system.read(this.fd, 65536);
      if (part instanceof Failure) this.failure = part;
      if (part instanceof Failure || part.length === 0) {
        this.done = true;
        const left = concatenate(this.rest);
        this.rest = [];
        if (left.length === 0) return false;
        this.lastIsOpen = true;
        this.take(left);
        return true;
      }
      const end = part.lastIndexOf(code);
      if (end < 0) { this.rest.push(part); continue; }
      const block = concatenate([...this.rest, part.subarray(0, end)]);
      this.rest = end + 1 < part.length ? [part.slice(end + 1)] : [];
      this.take(block);
      return true;
    }
    return false;
  }

  private take(block: Uint8Array): void {
    const { text, binary } = decodeAny(block);
    this.binary = binary;
    this.lines = text.split(this.delimiter);
    this.at = 0;
  }

  *[Symbol.iterator](): Generator<string> {
    for (let line = this.next(); line !== undefined; line = this.next()) yield line;
  }

  /** Write text that came from the current line. */
  put(out: Output, text: string): void {
    if (this.binary) out.bytes(encodeAny(text, true));
    else out.text(text);
  }
}
