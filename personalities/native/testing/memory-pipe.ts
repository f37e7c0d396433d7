// A pipe for tests in one thread. There is nobody to wait for: a reader that finds it empty lets a process run that has not run yet and
// holds a writing end, and a writer that has filled it finds no reader.

import { Failure, type Result } from "../api/failure.ts";
import type { OpenFile } from "../api/open-file.ts";
import type { Stat } from "../api/native-system.ts";

const LIMIT = 4 << 20;

export class MemoryPipe {
  private queue: Uint8Array[] = [];
  private held = 0;
  writers = 0;
  readers = 0;

  constructor(private readonly runWriter: (pipe: MemoryPipe) => boolean) {}

  end(which: "reader" | "writer"): OpenFile {
    if (which === "reader") this.readers++;
    else this.writers++;
    return new PipeEnd(this, which);
  }

  read(length: number): Result<Uint8Array> {
    while (this.queue.length === 0) {
      if (this.writers === 0) return new Uint8Array(0);
      if (!this.runWriter(this)) return new Failure("WouldBlock");
    }
    const first = this.queue[0]!;
    const data = first.slice(0, length);
    if (data.length === first.length) this.queue.shift();
    else this.queue[0] = first.subarray(length);
    this.held -= data.length;
    return data;
  }

  write(data: Uint8Array): Result<number> {
    if (this.readers === 0 || this.held > LIMIT) return new Failure("BrokenPipe");
    if (data.length > 0) this.queue.push(data.slice());
    this.held += data.length;
    return data.length;
  }
}

export class PipeEnd implements OpenFile {
  readonly kind = "pipe";
  private references = 1;
  constructor(readonly pipe: MemoryPipe, readonly which: "reader" | "writer") {}

  read(length: number): Result<Uint8Array> { return this.which === "reader" ? this.pipe.read(length) : new Failure("BadHandle"); }
  write(data: Uint8Array): Result<number> { return this.which === "writer" ? this.pipe.write(data) : new Failure("BadHandle"); }
  seek(): Result<number> { return new Failure("NotSeekable"); }
  setSize(): Result<0> { return new Failure("BadArgument"); }
  sync(): Result<0> { return 0; }
  stat(): Result<Stat> { return { device: 0n, inode: 0n, kind: "pipe", mode: 0o600, links: 1, blockSize: 4096, size: 0, blocks: 0, accessed: 0n, modified: 0n, changed: 0n }; }

  /** Held by one process more. */
  share(): void { this.references++; }

  release(): void {
    if (--this.references > 0) return;
    if (this.which === "reader") this.pipe.readers--;
    else this.pipe.writers--;
  }
}
