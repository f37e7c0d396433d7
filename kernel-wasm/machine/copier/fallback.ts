// The functions of memory-pair.wat in JavaScript, for engines without multi-memory. Views are made anew when a memory has
// grown (its buffer is then another object). Same signatures, same result, same error class as the Wasm functions.

import { currentBuffer } from "../growth.ts";
import type { MemoryPair } from "./index.ts";

class View {
  bytes!: Uint8Array;
  data!: DataView;

  constructor(readonly memory: WebAssembly.Memory) {
    this.renew(memory.buffer);
  }

  private renew(buffer: ArrayBufferLike): void {
    this.bytes = new Uint8Array(buffer);
    this.data = new DataView(buffer);
  }

  /** Makes bytes and data valid for `length` bytes at `address`, or traps. */
  check(address: number, length: number): this {
    let buffer: ArrayBufferLike = this.memory.buffer;
    if (address + length > buffer.byteLength) buffer = currentBuffer(this.memory);
    if (buffer !== this.bytes.buffer) this.renew(buffer);
    if (address + length > buffer.byteLength) throw new WebAssembly.RuntimeError("memory access out of bounds");
    return this;
  }
}

function copyBetween(to: View, destination: number, from: View, source: number, length: number): void {
  destination >>>= 0;
  source >>>= 0;
  length >>>= 0;
  from.check(source, length);
  to.check(destination, length);
  to.bytes.set(from.bytes.subarray(source, source + length), destination);
}

/** The same exports as the multi-memory module for `a` (memory 0) and `b` (memory 1). */
export function fallbackPair(a: WebAssembly.Memory, b: WebAssembly.Memory): MemoryPair {
  const first = new View(a);
  const second = new View(b);
  const at = (address: number, length: number) => first.check(address, length).data;
  return {
    copy: (destination, source, length) => copyBetween(second, destination, first, source, length),
    copyBack: (destination, source, length) => copyBetween(first, destination, second, source, length),
    load8_u: (address) => at((address >>>= 0), 1).getUint8(address),
    load16_u: (address) => at((address >>>= 0), 2).getUint16(address, true),
    load32: (address) => at((address >>>= 0), 4).getInt32(address, true),
    load64: (address) => at((address >>>= 0), 8).getBigInt64(address, true),
    store8: (address, value) => at((address >>>= 0), 1).setUint8(address, value),
    store16: (address, value) => at((address >>>= 0), 2).setUint16(address, value, true),
    store32: (address, value) => at((address >>>= 0), 4).setInt32(address, value, true),
    store64: (address, value) => at((address >>>= 0), 8).setBigInt64(address, value, true),
    size: () => (a.buffer.byteLength >= 2 ** 32 ? -1 : a.buffer.byteLength | 0),
  };
}
