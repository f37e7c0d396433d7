// Code to be inserted into one function body, in order of place. Reused from function to function, so that a large module
// costs no garbage.

import type { Writer } from "./writer.ts";

export class Insertions {
  private readonly places: number[] = [];
  private readonly codes: Uint8Array[] = [];
  /** Bytes inserted in all. */
  size = 0;

  /** Insert `code` before the byte at offset `place`; places must not go back. */
  add(place: number, code: Uint8Array): void {
    this.places.push(place);
    this.codes.push(code);
    this.size += code.length;
  }

  clear(): void {
    this.places.length = 0;
    this.codes.length = 0;
    this.size = 0;
  }

  /** Writes bytes `from` … `to` with everything inserted. */
  apply(bytes: Uint8Array, from: number, to: number, writer: Writer): void {
    for (let i = 0; i < this.places.length; i++) {
      writer.bytes(bytes.subarray(from, this.places[i]));
      writer.bytes(this.codes[i]!);
      from = this.places[i]!;
    }
    writer.bytes(bytes.subarray(from, to));
  }
}
