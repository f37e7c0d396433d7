// A disk for tests that remembers what was done to it, and can say what a crash might have left of it.
//
//   const disk = new RecordedDisk(bytes);           a copy of an image, or a number of bytes of zeros
//   disk.contents                                   what reads give now
//   disk.log                                        every write and every flush, in order; disk.log.length is "now" as a crash point
//   disk.crashImage(at, random)                     an image that a crash just before log[at] may leave: all that was flushed before, and of the writes since
//                                                   the last flush any sectors, in any order. `random`: () => [0, 1), e.g. randomNumbers(seed)
//   disk.crashPoint(from, random)                   where to crash
//   disk.stableImage(at)                            the same when nothing unflushed got there; disk.imageAt(at) when all of it did, in order
//   disk.fail = (operation, offset, length) => "Io" | undefined     makes calls fail; a failing write writes nothing
//   failFrom(disk, 3, "Io", true)                   the fourth write or flush from now on fails
//
// It is a DiskMedium: recordedDiskDomain (storage-world.ts) serves it as a `disk` on the fake machine.

import { DiskError, SECTOR, type DiskMedium } from "../ts/disk-backend.ts";
import type { ErrorName } from "../../abi/idl/errors.ts";

export type DiskEvent = { readonly kind: "write"; readonly offset: number; readonly data: Uint8Array } | { readonly kind: "flush" };

/** How much of a torn write is there: mostly lost, half, but for a sector or two. */
const DENSITIES = [0.1, 0.5, 0.9, 0.98] as const;

export class RecordedDisk implements DiskMedium {
  readonly contents: Uint8Array;
  readonly log: DiskEvent[] = [];
  reads = 0;
  closed = 0;
  fail: ((operation: "read" | "write" | "flush", offset: number, length: number) => ErrorName | undefined) | undefined;
  private readonly initial: Uint8Array;
  /** All that was flushed before the event `upTo`; crash points mostly come in order. */
  private stable: { upTo: number; bytes: Uint8Array } | undefined;

  constructor(image: Uint8Array | number, readonly flags = 0) {
    this.initial = typeof image === "number" ? new Uint8Array(image) : image.slice();
    this.contents = this.initial.slice();
  }

  get size(): number { return this.contents.length; }

  read(offset: number, length: number): Uint8Array {
    this.reads++;
    this.refuse("read", offset, length);
    return this.contents.slice(offset, offset + length);
  }
  write(offset: number, data: Uint8Array): void {
    this.refuse("write", offset, data.length);
    const copy = data.slice();
    this.log.push({ kind: "write", offset, data: copy });
    this.contents.set(copy, offset);
  }
  flush(): void {
    this.refuse("flush", 0, 0);
    this.log.push({ kind: "flush" });
  }
  close(): void { this.closed++; }

  /** All writes ahead of log[at], in order. */
  imageAt(at: number): Uint8Array {
    const bytes = this.stableImage(at);
    for (const event of this.unflushed(at)) bytes.set(event.data, event.offset);
    return bytes;
  }

  /** Only what was flushed before log[at]. */
  stableImage(at: number): Uint8Array {
    const flushed = this.lastFlush(at);
    if (!this.stable || flushed < this.stable.upTo) this.stable = { upTo: 0, bytes: this.initial.slice() };
    const { stable } = this;
    for (; stable.upTo < flushed; stable.upTo++) {
      const event = this.log[stable.upTo]!;
      if (event.kind === "write") stable.bytes.set(event.data, event.offset);
    }
    return stable.bytes.slice();
  }

  crashImage(at: number, random: () => number): Uint8Array {
    const bytes = this.stableImage(at), whole = random(), some = whole + (1 - whole) * random(), density = DENSITIES[Math.floor(random() * DENSITIES.length)]!;
    for (const { offset, data } of shuffled(this.unflushed(at), random)) {
      // Whole, not at all, or torn: any of its sectors.
      const luck = random();
      if (luck < whole) bytes.set(data, offset);
      else if (luck < some) for (let at = 0; at < data.length; at += SECTOR) if (random() < density) bytes.set(data.subarray(at, at + SECTOR), offset + at);
    }
    return bytes;
  }

  /** Writes ahead of log[at] that no flush followed. */
  private unflushed(at: number): (DiskEvent & { kind: "write" })[] {
    return this.log.slice(this.lastFlush(at), at).filter((event) => event.kind === "write");
  }
  /** A crash point in [from, log.length]: any, or, as often, just before a flush, when most is at stake. */
  crashPoint(from: number, random: () => number): number {
    let at = from + Math.floor(random() * (this.log.length - from + 1));
    if (random() < 0.5) while (at < this.log.length && this.log[at]!.kind !== "flush") at++;
    return at;
  }
  /** Number of events up to and with the last flush ahead of log[at]. */
  private lastFlush(at: number): number {
    let last = at;
    while (last > 0 && this.log[last - 1]!.kind !== "flush") last--;
    return last;
  }
  private refuse(operation: "read" | "write" | "flush", offset: number, length: number): void {
    const error = this.fail?.(operation, offset, length);
    if (error) throw new DiskError(error);
  }
}

/** Of the writes and flushes from now on the one of that number (from 0) fails, or all from it on. */
export function failFrom(disk: RecordedDisk, at: number, error: ErrorName, once: boolean): void {
  let done = 0;
  disk.fail = (operation) => {
    if (operation === "read") return undefined;
    const number = done++;
    return number === at || !once && number > at ? error : undefined;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  return all;
}
