// A bitmap as it lies on the disk.

export class Bits {
  constructor(readonly bytes: Uint8Array) {}
  has(index: number): boolean { return (this.bytes[index >> 3]! >> (index & 7) & 1) !== 0; }
  set(index: number): void { this.bytes[index >> 3]! |= 1 << (index & 7); }
  clear(index: number): void { this.bytes[index >> 3]! &= ~(1 << (index & 7)); }
}
