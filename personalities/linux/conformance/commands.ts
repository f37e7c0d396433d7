// Random sequences of WASI calls on a small tree of files, and how one is made on any implementation of WASI.

import fc from "fast-check";
import * as wasi from "../layout/wasi.ts";
import type { Wasi } from "../testing/linux-world.ts";

/** `slot` numbers descriptors in the order in which both sides opened them, modulo how many there are. */
export type Command =
  | { call: "path_open"; path: string; oflags: number }
  | { call: "fd_close" | "fd_tell" | "fd_filestat_get" | "fd_fdstat_get" | "fd_sync" | "fd_readdir"; slot: number }
  | { call: "fd_read" | "fd_pread"; slot: number; lengths: number[]; offset: number }
  | { call: "fd_write" | "fd_pwrite"; slot: number; pieces: string[]; offset: number }
  | { call: "fd_seek"; slot: number; offset: number; whence: number }
  | { call: "fd_filestat_set_size" | "fd_allocate"; slot: number; size: number }
  | { call: "fd_renumber"; slot: number; to: number }
  | { call: "path_create_directory" | "path_remove_directory" | "path_unlink_file" | "path_filestat_get"; path: string }
  | { call: "path_rename" | "path_link"; path: string; to: string };

const name = fc.constantFrom("a", "b", "c");
const path = fc.oneof(
  { weight: 20, arbitrary: fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")) },
  { weight: 2, arbitrary: name.map((one) => `${one}/`) },
  { weight: 1, arbitrary: fc.constantFrom(".", "./a", "a//b", "/a", "../a", "a/../../b", "", "a\0b", "x".repeat(5000), "./") },
);
const slot = fc.nat(7);
const size = fc.oneof(fc.nat(40), fc.constantFrom(4095, 4096, 9000));
const piece = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom("x".repeat(4096), "y".repeat(70000)));

export const commands: fc.Arbitrary<Command[]> = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.record({ call: fc.constant("path_open" as const), path, oflags: fc.oneof(fc.constant(wasi.OFLAGS_CREAT), fc.nat(15)) }) },
  { weight: 4, arbitrary: fc.record({ call: fc.constantFrom("fd_close", "fd_tell", "fd_filestat_get", "fd_fdstat_get", "fd_sync", "fd_readdir"), slot }) as fc.Arbitrary<Command> },
  { weight: 4, arbitrary: fc.record({ call: fc.constantFrom("fd_read", "fd_pread"), slot, lengths: fc.array(size, { maxLength: 3 }), offset: fc.oneof(size, fc.constant(-1)) }) as fc.Arbitrary<Command> },
  { weight: 5, arbitrary: fc.record({ call: fc.constantFrom("fd_write", "fd_pwrite"), slot, pieces: fc.array(piece, { maxLength: 3 }), offset: size }) as fc.Arbitrary<Command> },
  { weight: 3, arbitrary: fc.record({ call: fc.constant("fd_seek" as const), slot, offset: fc.integer({ min: -50, max: 5000 }), whence: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constantFrom("fd_filestat_set_size", "fd_allocate"), slot, size }) as fc.Arbitrary<Command> },
  { weight: 1, arbitrary: fc.record({ call: fc.constant("fd_renumber" as const), slot, to: slot }) },
  { weight: 6, arbitrary: fc.record({ call: fc.constantFrom("path_create_directory", "path_remove_directory", "path_unlink_file", "path_filestat_get"), path }) as fc.Arbitrary<Command> },
  { weight: 4, arbitrary: fc.record({ call: fc.constantFrom("path_rename", "path_link"), path, to: path }) as fc.Arbitrary<Command> },
), { minLength: 20, maxLength: 120, size: "max" });

/** What a call told: its errno, and what it wrote, where both sides should agree on it. */
export interface Result { errno: number; told?: unknown }

const ROOT = 3;
const TEXT = 1024;
const OTHER_TEXT = 8192;
const VECTORS = 16384;
const OUT = 20480;
const DATA = 65536;

/** One implementation with a memory; remembers its descriptors. */
export class Side {
  readonly slots: number[] = [];
  constructor(private readonly wasi: Wasi, private readonly memory: WebAssembly.Memory) {}

  private get view(): DataView { return new DataView(this.memory.buffer); }
  private get bytes(): Uint8Array { return new Uint8Array(this.memory.buffer); }
  private text(at: number, text: string): [number, number] {
    const encoded = new TextEncoder().encode(text);
    this.bytes.set(encoded, at);
    return [at, encoded.length];
  }
  private call(name: string, ...args: (number | bigint)[]): number {
    const errno = this.wasi[name]!(...args);
    return errno;
  }
  /** The descriptor in a slot, or one that is closed. */
  descriptor(slot: number): number { return this.slots.length ? this.slots[slot % this.slots.length]! : 999; }

  /** @param directory whether a path to be opened names a directory: then it is opened for reading only */
  perform(command: Command, directory: boolean): Result {
    const { view } = this;
    const told = (errno: number, what: () => unknown): Result => errno ? { errno } : { errno, told: what() };
    switch (command.call) {
      case "path_open": {
        const rights = BigInt(wasi.RIGHT_FD_READ | (directory ? 0 : wasi.RIGHT_FD_WRITE));
        const errno = this.call("path_open", ROOT, 1, ...this.text(TEXT, command.path), command.oflags, rights, rights, 0, OUT);
        if (!errno) this.slots.push(view.getUint32(OUT, true));
        return { errno };
      }
      case "fd_close": {
        const errno = this.call("fd_close", this.descriptor(command.slot));
        if (!errno) this.slots.splice(command.slot % this.slots.length, 1);
        return { errno };
      }
      case "fd_sync": return { errno: this.call("fd_sync", this.descriptor(command.slot)) };
      case "fd_tell": return told(this.call("fd_tell", this.descriptor(command.slot), OUT), () => view.getBigUint64(OUT, true));
      case "fd_filestat_get": return told(this.call("fd_filestat_get", this.descriptor(command.slot), OUT), () => this.filestat());
      case "fd_fdstat_get": return told(this.call("fd_fdstat_get", this.descriptor(command.slot), OUT), () => view.getUint8(OUT));
      case "fd_readdir": return this.list(this.descriptor(command.slot));
      case "fd_read":
      case "fd_pread": {
        let at = DATA;
        command.lengths.forEach((length, i) => { view.setUint32(VECTORS + 8 * i, at, true); view.setUint32(VECTORS + 8 * i + 4, length, true); at += length; });
        const more = command.call === "fd_pread" ? [BigInt(command.offset)] : [];
        const errno = this.call(command.call, this.descriptor(command.slot), VECTORS, command.lengths.length, ...more, OUT);
        return told(errno, () => Buffer.from(this.bytes.slice(DATA, DATA + view.getUint32(OUT, true))).toString("latin1"));
      }
      case "fd_write":
      case "fd_pwrite": {
        let at = DATA;
        command.pieces.forEach((piece, i) => { const [, length] = this.text(at, piece); view.setUint32(VECTORS + 8 * i, at, true); view.setUint32(VECTORS + 8 * i + 4, length, true); at += length; });
        const more = command.call === "fd_pwrite" ? [BigInt(command.offset)] : [];
        return told(this.call(command.call, this.descriptor(command.slot), VECTORS, command.pieces.length, ...more, OUT), () => view.getUint32(OUT, true));
      }
      case "fd_seek": return told(this.call("fd_seek", this.descriptor(command.slot), BigInt(command.offset), command.whence, OUT), () => view.getBigUint64(OUT, true));
      case "fd_filestat_set_size": return { errno: this.call("fd_filestat_set_size", this.descriptor(command.slot), BigInt(command.size)) };
      case "fd_allocate": return { errno: this.call("fd_allocate", this.descriptor(command.slot), 0n, BigInt(command.size)) };
      case "fd_renumber": {
        const errno = this.call("fd_renumber", this.descriptor(command.slot), this.descriptor(command.to));
        if (!errno && this.descriptor(command.slot) !== this.descriptor(command.to)) this.slots.splice(command.slot % this.slots.length, 1);
        return { errno };
      }
      case "path_filestat_get": return told(this.call("path_filestat_get", ROOT, 1, ...this.text(TEXT, command.path), OUT), () => this.filestat());
      case "path_create_directory":
      case "path_remove_directory":
      case "path_unlink_file": return { errno: this.call(command.call, ROOT, ...this.text(TEXT, command.path)) };
      case "path_rename": return { errno: this.call("path_rename", ROOT, ...this.text(TEXT, command.path), ROOT, ...this.text(OTHER_TEXT, command.to)) };
      case "path_link": return { errno: this.call("path_link", ROOT, 0, ...this.text(TEXT, command.path), ROOT, ...this.text(OTHER_TEXT, command.to)) };
    }
  }

  /** Kind, and the size of what has one in every file system. */
  private filestat(): unknown {
    const kind = this.view.getUint8(OUT + 16);
    return { kind, size: kind === wasi.FILETYPE_REGULAR_FILE ? this.view.getBigUint64(OUT + 32, true) : undefined };
  }

  /** All entries, read as wasi-libc does: a buffer that cuts entries off, going on from the last whole one. Sorted by name. */
  private list(descriptor: number): Result {
    const entries: string[] = [];
    const size = 40;
    for (let cookie = 0n; ;) {
      const errno = this.call("fd_readdir", descriptor, DATA, size, cookie, OUT);
      if (errno) return { errno };
      const used = this.view.getUint32(OUT, true);
      for (let at = 0; at + wasi.SIZE_DIRENT <= used;) {
        const length = this.view.getUint32(DATA + at + 16, true);
        if (at + wasi.SIZE_DIRENT + length > used) break;
        const start = DATA + at + wasi.SIZE_DIRENT;
        entries.push(`${new TextDecoder().decode(this.bytes.slice(start, start + length))} ${this.view.getUint8(DATA + at + 20)}`);
        cookie = this.view.getBigUint64(DATA + at, true);
        at += wasi.SIZE_DIRENT + length;
      }
      if (used < size) return { errno: 0, told: entries.sort() };
    }
  }
}
