// Dataspaces of the fake machine: pages with marks, absent until written or supplied, charged to a quota. Who asks the pager, and when,
// is in paging.ts.

import { Errors } from "../../abi/generated/ts/errors.ts";
import { FRAME_SIZE, MARK_DIRTY, MARK_REFERENCED, OBJECT_DATASPACE } from "../../abi/layout/limits.ts";
import { KernelObject, type Capability } from "./capability.ts";

const LIMIT = 1n << 36n;
const PAGE = BigInt(FRAME_SIZE);

/** Frames that a domain may use, and does. */
export interface FrameQuota { limit: number; used: number }

/** Part of one page: `within` it, `step` bytes. */
export interface Span { page: number; within: number; step: number }

interface Page { readonly bytes: Uint8Array; dirty: boolean; referenced: boolean }

export class Dataspace extends KernelObject {
  private readonly pages = new Map<number, Page>();
  writes = 0n;
  written = 0n;
  pager: { endpoint: Capability; badge: number } | undefined;

  constructor(public size: bigint, private readonly quota: FrameQuota, private readonly now: () => bigint) { super(OBJECT_DATASPACE); }

  static isSize(size: bigint): boolean { return size >= 0n && size <= LIMIT; }
  get present(): number { return this.pages.size; }

  override released(): void { this.quota.used -= this.pages.size; this.pages.clear(); }

  has(page: number): boolean { return this.pages.has(page); }

  /** How many of `length` bytes from `offset` lie within the size. */
  clip(offset: bigint, length: number): number {
    const rest = this.size - offset;
    return rest <= 0n ? 0 : rest < BigInt(length) ? Number(rest) : length;
  }

  /** The part of the page that byte `done` of [offset, offset + count) is in. */
  span(offset: bigint, done: number, count: number): Span {
    const at = Number(offset) + done, within = at % FRAME_SIZE;
    return { page: Math.floor(at / FRAME_SIZE), within, step: Math.min(FRAME_SIZE - within, count - done) };
  }

  /** What is there, zeros where pages are absent, without marking anything: for tests that look from outside. */
  read(offset: bigint, length: number): Uint8Array {
    const count = this.clip(offset, length), data = new Uint8Array(count);
    for (let done = 0; done < count;) {
      const span = this.span(offset, done, count), page = this.pages.get(span.page);
      if (page) data.set(page.bytes.subarray(span.within, span.within + span.step), done);
      done += span.step;
    }
    return data;
  }

  /** Part of a page, which a domain reads: zeros if it is absent. */
  readPage({ page, within, step }: Span): Uint8Array {
    const found = this.pages.get(page);
    if (!found) return new Uint8Array(step);
    found.referenced = true;
    return found.bytes.slice(within, within + step);
  }

  /** Write into a page, which becomes present if it is not: 0 or a negated error. */
  writePage({ page, within }: Span, data: Uint8Array): number {
    const made = this.pages.get(page) ?? this.make(page);
    if (!made) return -Errors.QuotaExceeded;
    made.bytes.set(data, within);
    made.dirty = made.referenced = true;
    this.touch();
    return 0;
  }

  /** Make pages present and clean; those that are there stay: the bytes present, or a negated error. `data` is clipped and whole pages. */
  supply(offset: bigint, data: Uint8Array): number {
    for (let done = 0; done < data.length;) {
      const { page, step } = this.span(offset, done, data.length);
      if (!this.pages.has(page)) {
        const made = this.make(page);
        if (!made) return done > 0 ? done : -Errors.QuotaExceeded;
        made.bytes.set(data.subarray(done, done + step));
      }
      done += step;
    }
    return data.length;
  }

  marks(first: number, count: number, clear: number): [present: bigint, dirty: bigint, referenced: bigint] {
    const marks: [bigint, bigint, bigint] = [0n, 0n, 0n];
    for (let i = 0; i < count; i++) {
      const page = this.pages.get(first + i), bit = 1n << BigInt(i);
      if (!page) continue;
      marks[0] |= bit;
      if (page.dirty) marks[1] |= bit;
      if (page.referenced) marks[2] |= bit;
      if (clear & MARK_DIRTY) page.dirty = false;
      if (clear & MARK_REFERENCED) page.referenced = false;
    }
    return marks;
  }

  nextDirty(first: number): number {
    const dirty = [...this.pages].filter(([number, page]) => number >= first && page.dirty).map(([number]) => number);
    return dirty.length > 0 ? Math.min(...dirty) : -Errors.NotFound;
  }

  resize(size: bigint): void {
    if (size < this.size) {
      for (const page of [...this.pages.keys()]) if (BigInt(page) * PAGE >= size) this.drop(page);
      const last = this.pages.get(Number(size / PAGE)), within = Number(size % PAGE);
      if (last && within > 0) { last.bytes.fill(0, within); last.dirty = true; }
    }
    this.size = size;
    this.touch();
  }

  evict(first: number, count: number): void { for (const page of this.between(first, count)) this.drop(page); }

  /** Evict those that are not dirty: how many. */
  reclaim(first: number, count: number): number {
    const clean = this.between(first, count).filter((page) => !this.pages.get(page)!.dirty);
    for (const page of clean) this.drop(page);
    return clean.length;
  }

  private between(first: number, count: number): number[] { return [...this.pages.keys()].filter((page) => page >= first && page < first + count); }
  private make(page: number): Page | undefined {
    if (this.quota.used >= this.quota.limit) return undefined;
    this.quota.used++;
    const made = { bytes: new Uint8Array(FRAME_SIZE), dirty: false, referenced: false };
    this.pages.set(page, made);
    return made;
  }
  private drop(page: number): void { if (this.pages.delete(page)) this.quota.used--; }
  private touch(): void { this.writes++; this.written = this.now(); }
}
