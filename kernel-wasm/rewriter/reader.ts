// Reads the primitive values of the Wasm binary format from a range of bytes. Every method checks that it stays inside the
// range and throws RewriteError otherwise; every call moves forward, so that no input can make a loop endless that reads.

import { RewriteError } from "./rewrite-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public offset = 0,
    /** First offset that may not be read. */
    public end = bytes.length,
  ) {}

  fail(reason: string, offset = this.offset): never {
    throw new RewriteError(offset, reason);
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    if (this.offset >= this.end) this.fail("unexpected end");
    return this.bytes[this.offset++]!;
  }

  skip(count: number): void {
    if (count > this.end - this.offset) this.fail(`${count} bytes announced, ${this.end - this.offset} left`);
    this.offset += count;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    const start = this.offset;
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      byte = this.byte();
      if (shift === 28 && byte > 0x0f) this.fail("number does not fit 32 bits", start);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value >>> 0;
  }

  /** Signed LEB128 of at most 33 bits (block types and heap types). */
  s33(): number {
    const start = this.offset;
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && (byte & 0x80 || ((byte & 0x70) !== 0 && (byte & 0x70) !== 0x70))) {
        this.fail("number does not fit 33 bits", start);
      }
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return byte & 0x40 ? value - 2 ** (shift + 7) : value;
    }
  }

  /** Passes over a LEB128 of at most `bits` bits. Which bits are set is left to the engine's validation. */
  skipLeb(bits: number): void {
    const start = this.offset;
    const limit = start + Math.ceil(bits / 7);
    while (this.byte() >= 0x80) if (this.offset >= limit) this.fail(`number longer than ${bits} bits`, start);
  }

  /** A vector's length. `size`: the fewest bytes that an element takes; more elements than fit are refused at once. */
  count(what: string, size = 1): number {
    const start = this.offset;
    const count = this.u32();
    if (count * size > this.end - this.offset) this.fail(`${count} ${what} announced, too many for the bytes left`, start);
    return count;
  }

  name(): string {
    const start = this.offset;
    const length = this.count("bytes of a name");
    // A copy: TextDecoder refuses views of shared memory.
    const text = this.bytes.slice(this.offset, this.offset + length);
    this.skip(length);
    try {
      return utf8.decode(text);
    } catch {
      this.fail("name is not UTF-8", start);
    }
  }
}
