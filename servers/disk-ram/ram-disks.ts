// Disks in the memory of this Worker, for as long as it lives. Memory is taken in chunks when something other than zeros is first written to
// them; but the sizes of all disks together never exceed the limit, so that no write fails for want of space.

import { DiskError, type DiskBackend, type DiskMedium, type DiskRow } from "../../lib/ts/disk-backend.ts";

export const CHUNK = 65536;

export class RamDisk implements DiskMedium {
  readonly flags = 0;
  private readonly chunks = new Map<number, Uint8Array>();
  constructor(readonly size: number) {}

  /** Bytes of memory in use. */
  get used(): number { return this.chunks.size * CHUNK; }

  read(offset: number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    for (const { chunk, within, at, count } of spans(offset, length)) {
      const bytes = this.chunks.get(chunk);
      if (bytes) data.set(bytes.subarray(within, within + count), at);
    }
    return data;
  }

  write(offset: number, data: Uint8Array): void {
    for (const { chunk, within, at, count } of spans(offset, data.length)) {
      const part = data.subarray(at, at + count);
      let bytes = this.chunks.get(chunk);
      if (!bytes) {
        if (part.every((byte) => byte === 0)) continue;
        try { bytes = new Uint8Array(CHUNK); } catch { throw new DiskError("NoSpace", "the Worker has no more memory"); }
        this.chunks.set(chunk, bytes);
      }
      bytes.set(part, within);
    }
  }

  flush(): void {}
  close(): void {}
}

/** The parts of a span that lie in one chunk each; `at`: where in the span. */
function* spans(offset: number, length: number): Generator<{ chunk: number; within: number; at: number; count: number }> {
  for (let at = 0; at < length;) {
    const within = (offset + at) % CHUNK, count = Math.min(CHUNK - within, length - at);
    yield { chunk: Math.floor((offset + at) / CHUNK), within, at, count };
    at += count;
  }
}

export class RamDisks implements DiskBackend {
  private readonly disks = new Map<string, RamDisk>();
  /** `limit`: bytes of all disks together. */
  constructor(private readonly limit: number) {}

  list(): DiskRow[] { return [...this.disks].map(([name, { size, flags }]) => ({ name, size, flags })); }

  open(name: string): RamDisk { return this.find(name); }

  create(name: string, size: number): void {
    if (this.disks.has(name)) throw new DiskError("Exists");
    if (size > this.limit - [...this.disks.values()].reduce((sum, disk) => sum + disk.size, 0)) throw new DiskError("NoSpace");
    this.disks.set(name, new RamDisk(size));
  }

  remove(name: string): void {
    this.find(name);
    this.disks.delete(name);
  }

  rename(from: string, to: string): void {
    const disk = this.find(from);
    if (from !== to && this.disks.has(to)) throw new DiskError("Exists");
    this.disks.delete(from);
    this.disks.set(to, disk);
  }

  private find(name: string): RamDisk {
    const disk = this.disks.get(name);
    if (!disk) throw new DiskError("NotFound");
    return disk;
  }
}
