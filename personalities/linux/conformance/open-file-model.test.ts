// Open files of a WASI process against a model (an array of bytes, a position for each descriptor), with file systems that let clients write to a
// file's Dataspace, that let them only read it (those on disks), and that hand none out. Random calls on two descriptors of one file.

import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { OBJECT_DATASPACE, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { LinuxWorld, type LinuxProcess } from "../testing/linux-world.ts";
import * as wasi from "../layout/wasi.ts";

type Calls = Record<string, (...args: number[]) => number>;
type Capabilities = (slot: number) => number;
/** What the file system does with the Dataspace that it is about to hand out. */
const KINDS: Readonly<Record<string, (calls: Calls) => Calls>> = {
  "clients may write": (calls) => calls,
  "clients may read only": (calls) => ({
    ...calls,
    capMint: (source, rights, badge) => calls["capMint"]!(source!, isDataspace(calls, source!) ? rights! & ~RIGHT_WRITE : rights!, badge!),
  }),
  // As if the mint had given nothing: the answer then names no capability.
  "is not handed out": (calls) => ({ ...calls, capMint: (source, rights, badge) => isDataspace(calls, source!) ? 0 : calls["capMint"]!(source!, rights!, badge!) }),
};
const isDataspace = (calls: Calls, slot: number): boolean => ((calls["capInfo"] as Capabilities)(slot) & 255) === OBJECT_DATASPACE;

const VECTORS = 0, RESULT = 64, STAT = 128, TEXT = 4096, NAME = 2048, LIMIT = 9000;

class Descriptor {
  constructor(private readonly process: LinuxProcess, readonly number: number) {}
  private get view(): DataView { return new DataView(this.process.memory.buffer); }
  private get bytes(): Uint8Array { return new Uint8Array(this.process.memory.buffer); }
  private call(name: string, ...args: (number | bigint)[]): number { return this.process.wasi[name]!(...args); }
  /** Two iovecs, cut at `split`. */
  private vectors(length: number, split: number): void {
    const cut = Math.min(split, length);
    [TEXT, cut, TEXT + cut, length - cut].forEach((word, index) => this.view.setUint32(VECTORS + 4 * index, word, true));
  }
  write(data: Uint8Array, split: number, at?: number): number {
    this.bytes.set(data, TEXT);
    this.vectors(data.length, split);
    expect(at === undefined ? this.call("fd_write", this.number, VECTORS, 2, RESULT) : this.call("fd_pwrite", this.number, VECTORS, 2, BigInt(at), RESULT)).toBe(0);
    return this.view.getUint32(RESULT, true);
  }
  read(length: number, split: number, at?: number): Uint8Array {
    this.vectors(length, split);
    expect(at === undefined ? this.call("fd_read", this.number, VECTORS, 2, RESULT) : this.call("fd_pread", this.number, VECTORS, 2, BigInt(at), RESULT)).toBe(0);
    return this.bytes.slice(TEXT, TEXT + this.view.getUint32(RESULT, true));
  }
  seek(offset: number, whence: number): number {
    expect(this.call("fd_seek", this.number, BigInt(offset), whence, RESULT)).toBe(0);
    return Number(this.view.getBigUint64(RESULT, true));
  }
  size(): number {
    expect(this.call("fd_filestat_get", this.number, STAT)).toBe(0);
    return Number(this.view.getBigUint64(STAT + 32, true));
  }
  setSize(size: number): void { expect(this.call("fd_filestat_set_size", this.number, BigInt(size))).toBe(0); }
  setFlags(flags: number): void { expect(this.call("fd_fdstat_set_flags", this.number, flags)).toBe(0); }
  sync(): void { expect(this.call("fd_datasync", this.number)).toBe(0); }
}

interface Model { position: number; append: boolean }
const place = fc.integer({ min: 0, max: LIMIT });
const step = fc.record({
  on: fc.nat(1),
  what: fc.constantFrom("write", "write", "pwrite", "read", "pread", "seek", "end", "size", "cut", "append", "synchronous", "sync"),
  at: place, length: fc.integer({ min: 0, max: 5000 }), split: fc.integer({ min: 0, max: 5000 }), byte: fc.integer({ min: 1, max: 255 }), yes: fc.boolean(),
});

let world: LinuxWorld;
afterEach(() => { world.close(); });

describe.each(Object.entries(KINDS))("an open file whose Dataspace: %s", (_kind, intercept) => {
  test("behaves as the model does", async () => {
    world = await LinuxWorld.create({ tmpfs: { intercept: (calls) => intercept(calls as Calls) } });
    const process = await world.start({});
    const name = new TextEncoder().encode("file");
    new Uint8Array(process.memory.buffer).set(name, NAME);
    const open = (flags: number): Descriptor => {
      expect(process.wasi["path_open"]!(3, 0, NAME, name.length, flags, BigInt(wasi.RIGHT_FD_READ) | BigInt(wasi.RIGHT_FD_WRITE), 0n, 0, RESULT)).toBe(0);
      return new Descriptor(process, new DataView(process.memory.buffer).getUint32(RESULT, true));
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const descriptors = [open(wasi.OFLAGS_CREAT | wasi.OFLAGS_TRUNC), open(0)];
      const states: Model[] = [{ position: 0, append: false }, { position: 0, append: false }];
      let bytes = new Uint8Array(0);
      const put = (data: Uint8Array, at: number): void => {
        if (data.length === 0) return;
        const grown = new Uint8Array(Math.max(bytes.length, at + data.length));
        grown.set(bytes);
        grown.set(data, at);
        bytes = grown;
      };
      for (const { on, what, at, length, split, byte, yes } of steps) {
        const descriptor = descriptors[on]!, state = states[on]!, data = new Uint8Array(length).fill(byte);
        switch (what) {
          case "write": {
            const start = state.append ? bytes.length : state.position;
            expect(descriptor.write(data, split)).toBe(length);
            put(data, start);
            if (length > 0) state.position = start + length;
            break;
          }
          case "pwrite":
            if (state.append) break;
            expect(descriptor.write(data, split, at)).toBe(length);
            put(data, at);
            break;
          case "read": {
            const expected = bytes.slice(state.position, state.position + length);
            expect(descriptor.read(length, split)).toEqual(expected);
            state.position += expected.length;
            break;
          }
          case "pread": expect(descriptor.read(length, split, at)).toEqual(bytes.slice(at, at + length)); break;
          case "seek": expect(descriptor.seek(at, wasi.WHENCE_SET)).toBe(state.position = at); break;
          case "end": expect(descriptor.seek(0, wasi.WHENCE_END)).toBe(state.position = bytes.length); break;
          case "size": expect(descriptor.size()).toBe(bytes.length); break;
          case "cut": {
            descriptor.setSize(at);
            const cut = new Uint8Array(at);
            cut.set(bytes.subarray(0, at));
            bytes = cut;
            break;
          }
          case "append": descriptor.setFlags(yes ? wasi.FDFLAGS_APPEND : 0); state.append = yes; break;
          case "synchronous": descriptor.sync(); break;
          case "sync": expect(process.wasi["fd_sync"]!(descriptor.number)).toBe(0); break;
        }
      }
      expect(descriptors[0]!.read(2 * LIMIT + 5000, 100, 0)).toEqual(bytes);
      for (const { number } of descriptors) expect(process.wasi["fd_close"]!(number)).toBe(0);
    }), { numRuns: Number(globalThis.process.env["FC_RUNS"] ?? 60) });
  });

  test("becomes a program if its creator wrote one", async () => {
    world = await LinuxWorld.create({ tmpfs: { intercept: (calls) => intercept(calls as Calls) } });
    const process = await world.start({});
    const name = new TextEncoder().encode("tool");
    new Uint8Array(process.memory.buffer).set(name, NAME);
    expect(process.wasi["path_open"]!(3, 0, NAME, name.length, wasi.OFLAGS_CREAT, BigInt(wasi.RIGHT_FD_WRITE), 0n, 0, RESULT)).toBe(0);
    const made = new Descriptor(process, new DataView(process.memory.buffer).getUint32(RESULT, true));
    made.write(new TextEncoder().encode("#!/bin/sh\n"), 3);
    expect(process.wasi["fd_close"]!(made.number)).toBe(0);
    const found = world.root.stat(true, "tool");
    expect(!found.error && found.attributes.mode).toBe(0o755);
  });
});
