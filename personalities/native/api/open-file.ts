// An open file as a process sees it. Descriptors that were copied within the process share one, with its position.

import { Failure, type Result } from "./failure.ts";
import type { Kind, Stat } from "./native-system.ts";

export interface OpenFile {
  readonly kind: Kind;
  read(length: number): Result<Uint8Array>;
  write(data: Uint8Array): Result<number>;
  seek(offset: number, whence: 0 | 1 | 2): Result<number>;
  stat(): Result<Stat>;
  setSize(size: number): Result<0>;
  sync(): Result<0>;
  /** The last descriptor to it was closed. */
  release(): void;
}

/** A file in the process's own memory, until a child needs it: then the system gives it a name, hands it over and unlinks it. */
export class MemoryFile implements OpenFile {
  readonly kind = "regular";
  private position = 0;
  private length: number;

  constructor(private bytes: Uint8Array) { this.length = bytes.length; }

  get contents(): Uint8Array { return this.bytes.subarray(0, this.length); }

  read(length: number): Result<Uint8Array> {
    const data = this.bytes.slice(this.position, Math.min(this.position + length, this.length));
    this.position += data.length;
    return data;
  }

  write(data: Uint8Array): Result<number> {
    const end = this.position + data.length;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2, 256));
      grown.set(this.contents);
      this.bytes = grown;
    }
    this.bytes.set(data, this.position);
    this.position = end;
    this.length = Math.max(this.length, end);
    return data.length;
  }

  seek(offset: number, whence: 0 | 1 | 2): Result<number> {
    const position = offset + (whence === 0 ? 0 : whence === 1 ? this.position : this.length);
    if (position < 0) return new Failure("BadArgument");
    return (this.position = position);
  }

  stat(): Result<Stat> {
    return { device: 0n, inode: 0n, kind: "regular", mode: 0o600, links: 0, blockSize: 4096, size: this.length, blocks: Math.ceil(this.length / 512), accessed: 0n, modified: 0n, changed: 0n };
  }

  setSize(size: number): Result<0> {
    if (size > this.bytes.length) { const grown = new Uint8Array(size); grown.set(this.contents); this.bytes = grown; }
    if (size > this.length) this.bytes.fill(0, this.length, size);
    this.length = size;
    return 0;
  }

  sync(): Result<0> { return 0; }

  /** Nothing but memory, which is collected. */
  release(): void {}
}
