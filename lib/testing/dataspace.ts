// Dataspaces of the fake machine: pages that are absent until written, charged to a quota.

import { Errors } from "../../abi/generated/ts/errors.ts";
import { FRAME_SIZE, OBJECT_DATASPACE } from "../../abi/layout/limits.ts";
import { KernelObject, type Capability } from "./capability.ts";

const LIMIT = 1n << 36n;

/** Frames that a domain may use, and does. */
export interface FrameQuota { limit: number; used: number }

export class Dataspace extends KernelObject {
  private readonly pages = new Map<number, Uint8Array>();
  writes = 0n;
  written = 0n;
  pager: { endpoint: Capability; badge: number } | undefined;

  constructor(public size: bigint, private readonly quota: FrameQuota, private readonly now: () => bigint) { super(OBJECT_DATASPACE); }

  static isSize(size: bigint): boolean { return size >= 0n && size <= LIMIT; }
  get present(): number { return this.pages.size; }

  override released(): void { this.quota.used -= this.pages.size; this.pages.clear(); }

  /** The absent pages among those that [offset, offset + length) touches. */
  absent(offset: bigint, length: number): number[] {
    const end = offset + BigInt(length) > this.size ? this.size : offset + BigInt(length);
    const missing: number[] = [];
    for (let page = Math.floor(Number(offset) / FRAME_SIZE); BigInt(page) * BigInt(FRAME_SIZE) < end; page++) if (!this.pages.has(page)) missing.push(page);
    return missing;
  }

  read(offset: bigint, length: number): Uint8Array {
    if (offset >= this.size) return new Uint8Array(0);
    const count = Math.min(length, Number(this.size - offset));
    const data = new Uint8Array(count);
    for (let done = 0; done < count;) {
      const [page, within, step] = this.span(offset, done, count);
      const bytes = this.pages.get(page);
      if (bytes) data.set(bytes.subarray(within, within + step), done);
      done += step;
    }
    return data;
  }

  /** Bytes written, or a negated error; nothing is written if a frame is missing. */
  write(offset: bigint, data: Uint8Array): number {
    if (offset >= this.size) return 0;
    const count = Math.min(data.length, Number(this.size - offset));
    const fresh = this.absent(offset, count).length;
    if (count > 0 && this.quota.used + fresh > this.quota.limit) return -Errors.QuotaExceeded;
    for (let done = 0; done < count;) {
      const [page, within, step] = this.span(offset, done, count);
      let bytes = this.pages.get(page);
      if (!bytes) { this.pages.set(page, bytes = new Uint8Array(FRAME_SIZE)); this.quota.used++; }
      bytes.set(data.subarray(done, done + step), within);
      done += step;
    }
    if (count > 0) this.touch();
    return count;
  }

  resize(size: bigint): void {
    if (size < this.size) {
      for (const page of [...this.pages.keys()]) if (BigInt(page) * BigInt(FRAME_SIZE) >= size) this.drop(page);
      this.pages.get(Number(size / BigInt(FRAME_SIZE)))?.fill(0, Number(size % BigInt(FRAME_SIZE)));
    }
    this.size = size;
    this.touch();
  }

  evict(first: number, count: number): void { for (let page = first; page < first + count; page++) this.drop(page); }

  private drop(page: number): void { if (this.pages.delete(page)) this.quota.used--; }
  private touch(): void { this.writes++; this.written = this.now(); }
  private span(offset: bigint, done: number, count: number): [page: number, within: number, step: number] {
    const at = Number(offset) + done;
    const within = at % FRAME_SIZE;
    return [Math.floor(at / FRAME_SIZE), within, Math.min(FRAME_SIZE - within, count - done)];
  }
}
