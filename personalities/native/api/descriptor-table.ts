// The descriptors of a process: numbers to open files, counted, since copies of a descriptor share the open file and a remembered
// table (see `enter`) keeps its files open.

import { Failure, type Result } from "./failure.ts";
import type { OpenFile } from "./open-file.ts";

const LIMIT = 256;

interface Shared { file: OpenFile; references: number }

export interface RememberedTable { readonly entries: ReadonlyMap<number, unknown> }

export class DescriptorTable {
  private entries = new Map<number, Shared>();

  get(fd: number): OpenFile | undefined { return this.entries.get(fd)?.file; }

  numbers(): number[] { return [...this.entries.keys()]; }

  /** Releases the file if there is no room. */
  add(file: OpenFile, least = 0): Result<number> {
    const fd = this.lowest(least);
    if (fd === undefined) { file.release(); return new Failure("TooManyOpen"); }
    this.entries.set(fd, { file, references: 1 });
    return fd;
  }

  place(fd: number, file: OpenFile): void {
    this.close(fd);
    this.entries.set(fd, { file, references: 1 });
  }

  /** Put another open file in the place of one, for all its copies. */
  exchange(old: OpenFile, file: OpenFile): void {
    for (const shared of this.entries.values()) if (shared.file === old) shared.file = file;
  }

  close(fd: number): Result<0> {
    const shared = this.entries.get(fd);
    if (!shared) return new Failure("BadHandle");
    this.entries.delete(fd);
    this.drop(shared);
    return 0;
  }

  duplicate(fd: number, least: number): Result<number> {
    const shared = this.entries.get(fd);
    if (!shared) return new Failure("BadHandle");
    const copy = this.lowest(least);
    if (copy === undefined) return new Failure("TooManyOpen");
    shared.references++;
    this.entries.set(copy, shared);
    return copy;
  }

  redirect(from: number, to: number): Result<0> {
    const shared = this.entries.get(from);
    if (!shared || to < 0 || to >= LIMIT) return new Failure("BadHandle");
    if (from === to) return 0;
    shared.references++;
    this.close(to);
    this.entries.set(to, shared);
    return 0;
  }

  remember(): RememberedTable {
    for (const shared of this.entries.values()) shared.references++;
    return { entries: new Map(this.entries) };
  }

  restore(remembered: RememberedTable): void {
    const now = this.entries;
    this.entries = new Map(remembered.entries as Map<number, Shared>);
    for (const shared of now.values()) this.drop(shared);
  }

  private lowest(least: number): number | undefined {
    for (let fd = Math.max(least, 0); fd < LIMIT; fd++) if (!this.entries.has(fd)) return fd;
    return undefined;
  }

  private drop(shared: Shared): void {
    if (--shared.references === 0) shared.file.release();
  }
}
