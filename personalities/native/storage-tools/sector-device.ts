// What the storage tools need of a disk, so that they run on a disk of GrailOS, an image in memory, and a file under test alike. Offsets and lengths are
// bytes, multiples of 512. Failures are thrown (DeviceError).

export interface SectorDevice {
  /** Bytes, a multiple of 512. */
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  write(offset: number, data: Uint8Array): void;
  flush(): void;
}

/** The disk failed; the message says how. */
export class DeviceError extends Error {}

/** A file system as it was asked for cannot be on this disk; the message says why. */
export class CannotMake extends Error {}

/** An image in memory. */
export class MemoryDevice implements SectorDevice {
  constructor(readonly bytes: Uint8Array) {}
  get size(): number { return this.bytes.length; }
  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || offset + length > this.size) throw new DeviceError(`a read of ${length} bytes at ${offset} is outside the disk of ${this.size}`);
    return this.bytes.slice(offset, offset + length);
  }
  write(offset: number, data: Uint8Array): void {
    if (offset < 0 || offset + data.length > this.size) throw new DeviceError(`a write of ${data.length} bytes at ${offset} is outside the disk of ${this.size}`);
    this.bytes.set(data, offset);
  }
  flush(): void {}
}
