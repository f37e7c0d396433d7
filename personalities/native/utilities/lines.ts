// Lines of a descriptor as text, one at a time, so that endless input works. Text is UTF-8; bytes that are none go through strings as names do
// (lone surrogates, lib/ts/text.ts), so that arguments match them and what is written is what was read.

import { encodeText } from "../../../lib/ts/text.ts";
import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";
import { concatenate, decode } from "../api/streams.ts";

const surrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;

/** The order of two texts' bytes. A string's own order is another where there are surrogates (of pairs, or of bytes that are no UTF-8). */
export function compareBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === shorter) return a.length - b.length;
  if (!surrogate(a.charCodeAt(at)) && !surrogate(b.charCodeAt(at))) return a.charCodeAt(at) - b.charCodeAt(at);
  const x = encodeText(a), y = encodeText(b), end = Math.min(x.length, y.length);
  for (let index = 0; index < end; index++) if (x[index] !== y[index]) return x[index]! - y[index]!;
  return x.length - y.length;
}

export class LineReader {
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
    this.lines = decode(block).split(this.delimiter);
    this.at = 0;
  }

  *[Symbol.iterator](): Generator<string> {
    for (let line = this.next(); line !== undefined; line = this.next()) yield line;
  }
}
