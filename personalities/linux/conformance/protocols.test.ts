// SawMill's three protocols (Figure 3 of the paper) as a WASI program meets them: how many calls between domains each operation costs, and that programs
// do not notice which of them is in force, nor when it changes.

import { afterEach, describe, expect, test } from "vitest";
import fc from "fast-check";
import { MountFlags } from "../../../abi/generated/ts/enums.ts";
import { labelNames } from "../../../abi/generated/ts/labels.ts";
import { good } from "../../../lib/testing/files.ts";
import { LinuxWorld, type LinuxProcess } from "../testing/linux-world.ts";
import * as wasi from "../layout/wasi.ts";

/** Every flag of a mount. */
const ALL = MountFlags.ReadOnly | MountFlags.Forward | MountFlags.ClientSide | MountFlags.NoData;

const { Forward, ClientSide, NoData } = MountFlags;
const NAME = 64, OTHER = 512, VECTOR = 1024, RESULT = 1040, STAT = 1088, DATA = 4096, SIZE = 4096;
const BOTH = BigInt(wasi.RIGHT_FD_READ) | BigInt(wasi.RIGHT_FD_WRITE);

let world: LinuxWorld;
afterEach(() => { world.close(); });

/** What a program does with files, by WASI's own calls; each throws on an error. */
class Files {
  constructor(readonly process: LinuxProcess) {}
  private get view(): DataView { return new DataView(this.process.memory.buffer); }
  private ok(name: string, ...args: (number | bigint)[]): void {
    const errno = this.process.wasi[name]!(...args);
    if (errno) throw new Error(`${name}: errno ${errno}`);
  }
  private name(text: string, at = NAME): [number, number] {
    const { written } = new TextEncoder().encodeInto(text, new Uint8Array(this.process.memory.buffer, at));
    return [at, written];
  }
  open(path: string, flags = 0, rights = BOTH): number {
    this.ok("path_open", 3, 1, ...this.name(path), flags, rights, 0n, 0, RESULT);
    return this.view.getUint32(RESULT, true);
  }
  create(path: string): number { return this.open(path, wasi.OFLAGS_CREAT | wasi.OFLAGS_TRUNC); }
  close(descriptor: number): void { this.ok("fd_close", descriptor); }
  write(descriptor: number, data: Uint8Array, at: number): void {
    new Uint8Array(this.process.memory.buffer).set(data, DATA);
    this.vector(data.length);
    this.ok("fd_pwrite", descriptor, VECTOR, 1, BigInt(at), RESULT);
  }
  read(descriptor: number, length: number, at: number): Uint8Array {
    this.vector(length);
    this.ok("fd_pread", descriptor, VECTOR, 1, BigInt(at), RESULT);
    return new Uint8Array(this.process.memory.buffer).slice(DATA, DATA + this.view.getUint32(RESULT, true));
  }
  private vector(length: number): void {
    this.view.setUint32(VECTOR, DATA, true);
    this.view.setUint32(VECTOR + 4, length, true);
  }
  size(path: string): number {
    this.ok("path_filestat_get", 3, 1, ...this.name(path), STAT);
    return Number(this.view.getBigUint64(STAT + 32, true));
  }
  makeDirectory(path: string): void { this.ok("path_create_directory", 3, ...this.name(path)); }
  removeDirectory(path: string): void { this.ok("path_remove_directory", 3, ...this.name(path)); }
  unlink(path: string): void { this.ok("path_unlink_file", 3, ...this.name(path)); }
  rename(from: string, to: string): void { this.ok("path_rename", 3, ...this.name(from), 3, ...this.name(to, OTHER)); }
}

/** Calls between domains while `body` runs, as text. */
function calls(body: () => void): string[] {
  const { machine } = world.world, made: string[] = [];
  machine.onCall = (_caller, server, label) => { if (label >>> 8) made.push(`${server.name} ${labelNames.get(label) ?? label}`); };
  try { body(); } finally { machine.onCall = undefined; }
  return made;
}

const block = (byte: number): Uint8Array => new Uint8Array(SIZE).fill(byte);

describe.each([
  // SawMill, Figure 3: two calls for each read under the first protocol, one under the others. With the file's Dataspace: none.
  { name: "1", flags: Forward, open: 4, read: 2, write: 2, stat: 3, unlink: 3 },
  { name: "2, without Dataspaces", flags: NoData, open: 4, read: 1, write: 1, stat: 4, unlink: 3 },
  { name: "2", flags: 0, open: 4, read: 0, write: 0, stat: 4, unlink: 3 },
  { name: "3, without Dataspaces", flags: ClientSide | NoData, open: 1, read: 1, write: 1, stat: 1, unlink: 1 },
  { name: "3", flags: ClientSide, open: 1, read: 0, write: 0, stat: 1, unlink: 1 },
])("protocol $name", ({ flags, open, read, write, stat, unlink }) => {
  test(`costs ${open} calls for an open two directories down, ${read} for a read of 4 KiB, ${write} for an overwrite`, async () => {
    world = await LinuxWorld.create({ flags });
    const files = new Files(await world.start({}));
    files.makeDirectory("a");
    const made = files.create("a/file");
    files.write(made, block(1), 0);
    files.close(made);
    // The first use of a name learns the mount table and its file system.
    files.size("a/file");
    let descriptor = 0;
    expect(calls(() => { descriptor = files.open("a/file"); }), "open").toHaveLength(open);
    expect(calls(() => { expect(files.read(descriptor, SIZE, 0)).toEqual(block(1)); }), "read").toHaveLength(read);
    expect(calls(() => { files.write(descriptor, block(2), 0); }), "write").toHaveLength(write);
    expect(calls(() => { expect(files.size("a/file")).toBe(SIZE); }), "stat").toHaveLength(flags === Forward ? stat + 1 : stat);
    files.close(descriptor);
    expect(calls(() => { files.unlink("a/file"); }), "unlink").toHaveLength(unlink);
  });
});

test.each([["1", Forward], ["2", 0], ["3", ClientSide]])("a directory is synced by its file system, also under protocol %s", async (_name, flags) => {
  world = await LinuxWorld.create({ flags });
  const { wasi } = await world.start({});
  for (const call of ["fd_sync", "fd_datasync"]) expect(calls(() => { expect(wasi[call]!(3)).toBe(0); })).toEqual(["vfs directory.sync", "tmpfs fileSystem.sync"]);
});

describe("a change of the protocol", () => {
  const path = fc.constantFrom("a", "b", "d/a", "d/b");
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constantFrom("open", "write", "read", "close", "unlink", "size"), path, at: fc.nat(3), byte: fc.integer({ min: 1, max: 255 }) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("rename"), path, to: path }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant("switch"), flags: fc.constantFrom(0, Forward, ClientSide, NoData, ClientSide | NoData, Forward | NoData) }) },
  );
  type Step = { what: string; path?: string; to?: string; at?: number; byte?: number; flags?: number };

  test("while files are open loses no call: open files go on, and names mean what they meant", async () => {
    world = await LinuxWorld.create();
    const files = new Files(await world.start({})), { root } = world.world;
    files.makeDirectory("d");
    fc.assert(fc.property(fc.array(step as fc.Arbitrary<Step>, { maxLength: 60 }), (steps) => {
      const names = new Map<string, { data: Uint8Array }>(), opened: { descriptor: number; file: { data: Uint8Array } }[] = [];
      for (const { what, path: name = "", to = "", at = 0, byte = 0, flags = 0 } of steps) {
        const one = opened[at % Math.max(opened.length, 1)];
        switch (what) {
          case "switch": good(root.remount(flags, ALL, "/")); break;
          case "open": {
            const file = names.get(name) ?? { data: new Uint8Array(0) };
            names.set(name, file);
            opened.push({ descriptor: files.open(name, wasi.OFLAGS_CREAT), file });
            break;
          }
          case "write": {
            if (!one) break;
            const data = new Uint8Array(Math.max(one.file.data.length, (at + 1) * SIZE));
            data.set(one.file.data);
            data.set(block(byte), at * SIZE);
            one.file.data = data;
            files.write(one.descriptor, block(byte), at * SIZE);
            break;
          }
          case "read": if (one) expect(files.read(one.descriptor, 2 * SIZE, at * SIZE)).toEqual(one.file.data.slice(at * SIZE, (at + 2) * SIZE)); break;
          case "close": if (one) { files.close(one.descriptor); opened.splice(opened.indexOf(one), 1); } break;
          case "unlink": if (names.delete(name)) files.unlink(name); else expect(() => { files.unlink(name); }).toThrow(`errno ${wasi.ENOENT}`); break;
          case "size": {
            const file = names.get(name);
            if (file) expect(files.size(name)).toBe(file.data.length);
            else expect(() => files.size(name)).toThrow(`errno ${wasi.ENOENT}`);
            break;
          }
          case "rename": {
            const file = names.get(name);
            if (!file) break;
            files.rename(name, to);
            names.delete(name);
            names.set(to, file);
            break;
          }
        }
      }
      for (const { descriptor, file } of opened) { expect(files.read(descriptor, 8 * SIZE, 0)).toEqual(file.data); files.close(descriptor); }
      for (const name of names.keys()) files.unlink(name);
    }), { numRuns: Number(process.env["FC_RUNS"] ?? 150) });
    good(root.remount(0, ALL, "/"));
  });

  test("while a call is under way, or between two calls of one operation, is not noticed", async () => {
    world = await LinuxWorld.create({ flags: ClientSide });
    const files = new Files(await world.start({})), { machine, root } = world.world;
    files.makeDirectory("d");
    const all = [0, Forward, ClientSide, NoData, ClientSide | NoData];
    let turn = 0, inside = false, switched = 0;
    // Before each call of the program another thread changes the protocol.
    machine.onCall = (caller) => {
      if (inside || caller !== files.process.domain) return;
      inside = true;
      machine.asAnotherThread(() => { if (!root.remount(all[turn++ % all.length]!, ALL, "/").error) switched++; });
      inside = false;
    };
    for (let round = 0; round < 200; round++) {
      const descriptor = files.create("d/x");
      files.write(descriptor, block(round & 255), 0);
      expect(files.read(descriptor, SIZE, 0)).toEqual(block(round & 255));
      files.rename("d/x", "y");
      expect(files.size("y")).toBe(SIZE);
      files.close(descriptor);
      files.unlink("y");
    }
    machine.onCall = undefined;
    expect(switched).toBeGreaterThan(500);
    good(root.remount(ClientSide, ALL, "/"));
  });
});
