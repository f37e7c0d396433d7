// An open disk of chunks: what was written since the last flush, and what was read lately, in memory.

import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import { DiskError, type DiskMedium, type Eventually } from "../../lib/ts/disk-backend.ts";
import { aTurn, stored } from "../../lib/ts/storage-backend.ts";
import type { RecordKey, StoredRecords } from "../../lib/ts/storage-device.ts";

export const CHUNK = 65536;
/** Chunks written that are kept in memory at the most, and that a write may push out: 16 MiB. */
const MAX_DIRTY = 256;
/** Chunks read that are kept: 8 MiB. */
const MAX_CLEAN = 128;

export class ChunkMedium implements DiskMedium {
  readonly flags = DiskFlags.Persistent;
  private readonly dirty = new Map<number, Uint8Array>();
  /** In the order in which they were used last. */
  private readonly clean = new Map<number, Uint8Array>();

  constructor(private readonly records: StoredRecords, private readonly chunks: string, readonly size: number, private readonly give: () => void) {}

  read(offset: number, length: number): Eventually<Uint8Array> {
    const absent = this.absent(offset, length);
    return absent.length === 0 ? this.gather(offset, length) : this.load(absent).then(() => this.gather(offset, length));
  }

  write(offset: number, data: Uint8Array): Eventually<void> {
    // Only the chunks at the ends can be written in part.
    const absent = [Math.floor(offset / CHUNK), Math.floor((offset + data.length - 1) / CHUNK)]
      .filter((number, index, ends) => ends.indexOf(number) === index && !this.has(number) && !this.covers(offset, data.length, number));
    if (absent.length === 0 && this.dirty.size < MAX_DIRTY) { this.scatter(offset, data); return; }
    return this.makeRoom().then(() => this.load(absent)).then(() => this.scatter(offset, data));
  }

  async flush(): Promise<void> {
    if (this.dirty.size === 0) return;
    const set: [RecordKey, Uint8Array][] = [], remove: RecordKey[] = [];
    for (const [number, bytes] of this.dirty) if (bytes.some((byte) => byte !== 0)) set.push([[this.chunks, number], bytes]); else remove.push([this.chunks, number]);
    // What could not be stored stays here, is read back as it was written, and is tried again by the next flush.
    await stored(() => this.records.change(set, remove));
    for (const [number, bytes] of this.dirty) this.keep(number, bytes);
    this.dirty.clear();
  }

  async close(): Promise<void> {
    try { await this.flush(); } finally {
      this.give();
      await aTurn();
    }
  }

  private async makeRoom(): Promise<void> { if (this.dirty.size >= MAX_DIRTY) await this.flush(); }

  private absent(offset: number, length: number): number[] {
    const numbers: number[] = [];
    for (let number = Math.floor(offset / CHUNK); number * CHUNK < offset + length; number++) if (!this.has(number)) numbers.push(number);
    return numbers;
  }

  private async load(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    const found = await stored(() => this.records.getMany(numbers.map((number) => [this.chunks, number])));
    numbers.forEach((number, index) => {
      const bytes = found[index];
      if (bytes !== undefined && !(bytes instanceof Uint8Array && bytes.length === CHUNK)) throw new DiskError("Io", `chunk ${number} is not what was stored`);
      this.keep(number, bytes ?? new Uint8Array(CHUNK));
    });
  }

  private has(number: number): boolean { return this.dirty.has(number) || this.clean.has(number); }
  private covers(offset: number, length: number, number: number): boolean { return offset <= number * CHUNK && offset + length >= (number + 1) * CHUNK; }

  private keep(number: number, bytes: Uint8Array): void {
    this.clean.delete(number);
    this.clean.set(number, bytes);
    for (const oldest of this.clean.keys()) if (this.clean.size > MAX_CLEAN) this.clean.delete(oldest); else break;
  }

  private gather(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = offset + done, number = Math.floor(at / CHUNK), inside = at % CHUNK, part = Math.min(CHUNK - inside, length - done);
      const chunk = this.dirty.get(number) ?? this.clean.get(number)!;
      if (this.clean.has(number)) this.keep(number, chunk);
      bytes.set(chunk.subarray(inside, inside + part), done);
      done += part;
    }
    return bytes;
  }

  private scatter(offset: number, data: Uint8Array): void {
    for (let done = 0; done < data.length;) {
      const at = offset + done, number = Math.floor(at / CHUNK), inside = at % CHUNK, part = Math.min(CHUNK - inside, data.length - done);
      let chunk = this.dirty.get(number);
      if (!chunk) {
        chunk = this.clean.get(number) ?? new Uint8Array(CHUNK);
        this.clean.delete(number);
        this.dirty.set(number, chunk);
      }
      chunk.set(data.subarray(done, done + part), inside);
      done += part;
    }
  }
}
