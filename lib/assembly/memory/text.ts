// Building text in a buffer. A server has no data segments, so it has no string literals: a constant of up to eight
// characters is a u64 whose lowest byte is the first character, as in
//
//   const READ_ONLY: u64 = 0x6f72; // "ro"
//
// What does not fit the buffer is dropped and noted in `overflow`; nothing is ever written behind it.

@unmanaged export class Text {
  buffer: usize;
  capacity: i32;
  length: i32;
  overflow: bool;

  start(buffer: usize, capacity: i32): void {
    this.buffer = buffer;
    this.capacity = capacity;
    this.length = 0;
    this.overflow = false;
  }

  byte(value: i32): void {
    if (this.length >= this.capacity) { this.overflow = true; return; }
    store<u8>(this.buffer + <usize>this.length, <u8>value);
    this.length++;
  }

  copy(source: usize, length: i32): void {
    const fits = min(length, this.capacity - this.length);
    if (fits < length) this.overflow = true;
    if (fits <= 0) return;
    memory.copy(this.buffer + <usize>this.length, source, <usize>fits);
    this.length += fits;
  }

  /** A constant: characters from the lowest byte up, to the first zero. */
  constant(characters: u64): void {
    while (characters) {
      this.byte(<i32>(characters & 255));
      characters >>= 8;
    }
  }

  decimal(value: i64): void {
    let rest = <u64>value;
    if (value < 0) {
      this.byte(0x2d);
      rest = 0 - rest;
    }
    let power: u64 = 1;
    while (rest / power >= 10) power *= 10;
    while (power) {
      this.byte(0x30 + <i32>(rest / power));
      rest %= power;
      power /= 10;
    }
  }
}

/** Whether two byte strings are equal. */
export function textEquals(a: usize, aLength: i32, b: usize, bLength: i32): bool {
  return aLength == bLength && memory.compare(a, b, <usize>aLength) == 0;
}

/** Whether `value` occurs in the bytes. */
export function textContains(text: usize, length: i32, value: u8): bool {
  for (let i = 0; i < length; i++) if (load<u8>(text + <usize>i) == value) return true;
  return false;
}
