// A tmpfs through its own interfaces, as the VFS uses them, on the fake machine.

import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileFlags, FileKind, PollEvents, SetTimes } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { FakeMachine, type Domain, type Snapshot } from "../../lib/testing/fake-machine.ts";
import { OpenedFile, good, parseEntries, readEntries } from "../../lib/testing/files.ts";
import { image } from "../../lib/testing/world.ts";

const { Read, Write, Append, Create, Truncate } = FileFlags;
let module: WebAssembly.Module;
beforeAll(async () => { module = await image("tmpfs"); });

describe("tmpfs", () => {
  let machine: FakeMachine, tmpfs: Domain, client: Domain, fs: FileSystemClient, root: bigint, before: Snapshot;
  const start = async (options: { frameQuota?: number; capQuota?: number } = {}): Promise<void> => {
    machine = new FakeMachine();
    tmpfs = await machine.addServer({ name: "tmpfs", module, ...options });
    client = machine.addClient("client");
    fs = new FileSystemClient(client.kernel, machine.give(client, tmpfs));
    root = good(fs.root()).inode;
    before = machine.snapshot();
  };
  beforeEach(() => start());
  afterEach(() => {
    empty(root);
    for (const [slot] of client.table.all()) if (slot !== fs.cap) client.kernel.capDelete(slot);
    machine.assertNothingLeaked(before);
  });

  const entries = (directory: bigint, capacity?: number) => readEntries((cookie, room) => fs.readDirectory(directory, cookie, room), capacity);
  const names = (directory: bigint): string[] => entries(directory).map(({ name }) => name).filter((name) => name !== "." && name !== "..");
  const empty = (directory: bigint): void => {
    for (const { name, inode, kind } of entries(directory).slice(2)) {
      if (kind === FileKind.Directory) empty(inode);
      good(fs.unlink(directory, kind === FileKind.Directory, name));
    }
  };
  const make = (name: string, kind: number = FileKind.Regular, directory = root, mode = 0o644): bigint => good(fs.create(directory, kind, mode, name)).inode;
  const open = (inode: bigint, flags: number): OpenedFile => {
    const { file, data, size } = good(fs.open(inode, flags, 7n));
    return new OpenedFile(client.kernel, file, data, size, false);
  };
  const stat = (inode: bigint) => good(fs.stat(inode)).attributes;

  test("keeps what is written, and reads it back through the file and through its Dataspace", () => {
    const file = open(make("a"), Read | Write);
    expect(file.write("hello", 0n)).toBe(5);
    expect(file.text()).toBe("hello");
    expect(new TextDecoder().decode(client.kernel.dataspaceRead(file.data, 0n, 100).data)).toBe("hello");
    expect(good(file.client.stat()).attributes).toMatchObject({ device: 7n, size: 5n, links: 1, kind: FileKind.Regular });
  });

  test("keeps a file that is open while it has no name, and frees it then", () => {
    const inode = make("a");
    const file = open(inode, Read | Write);
    file.write("x".repeat(5000));
    good(fs.unlink(root, false, "a"));
    expect(file.text()).toHaveLength(5000);
    expect(stat(inode).links).toBe(0);
    expect(tmpfs.frames.used).toBe(2);
    file.close();
    expect(fs.stat(inode).error).toBe(Errors.NotFound);
    expect(tmpfs.frames.used).toBe(0);
  });

  test("stores sparse files without frames, and truncates", () => {
    const inode = make("a");
    const file = open(inode, Read | Write);
    file.write("end", 1_000_000_000n);
    expect(stat(inode)).toMatchObject({ size: 1_000_000_003n, blocks: 8n });
    expect(file.bytes(999_999_998n, 5)).toEqual(new Uint8Array([0, 0, 101, 110, 100]));
    good(file.client.setSize(4n));
    good(file.client.setSize(8n));
    expect(file.bytes()).toEqual(new Uint8Array(8));
    expect(file.client.setSize((1n << 36n) + 1n).error).toBe(Errors.TooLarge);
    expect(file.client.write(1n << 36n, new Uint8Array(1)).error).toBe(Errors.TooLarge);
    open(inode, Write | Truncate);
    expect(stat(inode).size).toBe(0n);
  });

  test("appends whatever the position says, and keeps a shared position otherwise", () => {
    const inode = make("a");
    const file = open(inode, Read | Write | Append);
    file.write("one", 100n);
    file.write("two", 0n);
    expect(file.text()).toBe("onetwo");
    good(file.client.setFlags(0));
    file.write("ONE", 0n);
    expect(good(file.client.seek(-3n, 2)).position).toBe(3n);
    file.write("TWO");
    expect(file.text()).toBe("ONETWO");
    expect(good(file.client.seek(0n, 1)).position).toBe(6n);
    expect(file.client.seek(-7n, 1).error).toBe(Errors.BadArgument);
    expect(file.client.seek(0n, 3).error).toBe(Errors.BadArgument);
    // Who appends gets no Dataspace to write to.
    const rights = client.kernel.capInfo(file.data)!.rights;
    expect(rights & RIGHT_WRITE).toBe(0);
  });

  test("gives a read-only Dataspace to readers", () => {
    const inode = make("a");
    open(inode, Write).write("data");
    const reader = open(inode, Read);
    expect(client.kernel.dataspaceWrite(reader.data, 0n, new Uint8Array(1))).toBe(-Errors.NoRight);
    expect(reader.client.write(0n, new Uint8Array(1)).error).toBe(Errors.NoRight);
    expect(open(inode, Write).client.read(0n).error).toBe(Errors.NoRight);
  });

  test("tells the time of writes that clients made to the Dataspace themselves", () => {
    const inode = make("a");
    const file = open(inode, Read | Write);
    file.write("data");
    const first = stat(inode).modified;
    client.kernel.dataspaceWrite(file.data, 0n, new TextEncoder().encode("DATA"));
    const second = stat(inode).modified;
    expect(second).toBeGreaterThan(first);
    good(fs.setTimes(inode, SetTimes.Accessed | SetTimes.Modified, 5n, 6n));
    expect(stat(inode)).toMatchObject({ accessed: 5n, modified: 6n });
    client.kernel.dataspaceWrite(file.data, 0n, new TextEncoder().encode("data"));
    expect(stat(inode).modified).toBeGreaterThan(second);
    expect(stat(inode).accessed).toBe(5n);
  });

  test("minds the owner's permission bits when a file is opened, but not for who has just made it", () => {
    const inode = make("a", FileKind.Regular, root, 0o444);
    expect(fs.open(inode, Write, 0n).error).toBe(Errors.AccessDenied);
    const made = open(inode, Write | Create);
    expect(made.client.reopen(Write).error).toBe(Errors.AccessDenied);
    good(fs.setMode(inode, 0o200));
    expect(fs.open(inode, Read, 0n).error).toBe(Errors.AccessDenied);
    expect(fs.setMode(inode, 0o10000).error).toBe(Errors.BadArgument);
    const again = new FileClient(client.kernel, good(made.client.reopen(Write)).file);
    expect(good(again.write(0n, new Uint8Array(3))).size).toBe(3n);
  });

  test("is always ready to a poll, and keeps no notification", () => {
    const file = open(make("a"), Read);
    const notify = client.kernel.notificationCreate();
    expect(good(file.client.poll(PollEvents.Readable, notify, 1n)).ready).toBe(PollEvents.Readable | PollEvents.Writable);
    expect(tmpfs.table.find((cap) => cap.object === client.table.get(notify)!.object)).toBeUndefined();
  });

  test("finds its way in a directory of 10,000 files, and lists each once", () => {
    const began = process.hrtime.bigint();
    const wanted = Array.from({ length: 10_000 }, (_, i) => `file-${i}`);
    for (const name of wanted) make(name);
    for (const name of wanted) good(fs.lookup(root, name));
    expect(names(root)).toEqual(wanted);
    expect(entries(root, 256)).toHaveLength(10_002);
    for (const name of wanted) good(fs.unlink(root, false, name));
    // Quadratic work would be 10^8 steps several times over.
    expect(Number(process.hrtime.bigint() - began) / 1e9).toBeLessThan(5);
  });

  test("goes on listing at the right place whatever happens to the directory meanwhile", () => {
    const first = Array.from({ length: 50 }, (_, i) => `name-${i}`);
    for (const name of first) make(name);
    const seen: string[] = [];
    for (let cookie = 0n, round = 0; ; round++) {
      const part = parseEntries(good(fs.readDirectory(root, cookie, 150)).entries);
      if (part.length === 0) break;
      seen.push(...part.map(({ name }) => name));
      cookie = part.at(-1)!.next;
      // Remove what was just seen, and something that was not; add something.
      for (const { name } of part) if (name.startsWith("name")) good(fs.unlink(root, false, name));
      const gone = first.findLast((name) => !seen.includes(name) && !fs.lookup(root, name).error);
      if (gone && round % 3 === 0) { good(fs.unlink(root, false, gone)); first.splice(first.indexOf(gone), 1); }
      if (round < 5) make(`late-${round}`);
    }
    expect(seen.filter((name) => name.startsWith("name"))).toEqual(first);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("does not mistake a buffer that is too small for the end", () => {
    make("x".repeat(255));
    expect(fs.readDirectory(root, 0n, 16).error).toBe(Errors.BadArgument);
    expect(fs.readDirectory(root, 2n, 200).error).toBe(Errors.BadArgument);
    expect(good(fs.readDirectory(root, 1000n, 16)).entries).toHaveLength(0);
  });

  test("counts links of directories and refuses to move one below itself", () => {
    const a = make("a", FileKind.Directory), b = make("b", FileKind.Directory, a), c = make("c", FileKind.Directory, b);
    expect([root, a, b, c].map((inode) => stat(inode).links)).toEqual([3, 3, 3, 2]);
    expect(fs.rename(root, c, "a", "d").error).toBe(Errors.BadArgument);
    expect(fs.rename(root, a, "a", "a").error).toBe(Errors.BadArgument);
    good(fs.rename(b, root, "c", "c"));
    expect([root, a, b, c].map((inode) => stat(inode).links)).toEqual([4, 3, 2, 2]);
    expect(good(fs.lookup(c, "..")).inode).toBe(root);
    good(fs.rename(root, a, "c", "b"));
    expect(fs.stat(b).error).toBe(Errors.NotFound);
    expect(stat(a).links).toBe(3);
  });

  test("keeps a held directory that was removed, but lets nothing be made in it", () => {
    const directory = make("a", FileKind.Directory);
    good(fs.hold(directory));
    good(fs.unlink(root, true, "a"));
    expect(fs.create(directory, FileKind.Regular, 0o644, "b").error).toBe(Errors.NotFound);
    expect(fs.lookup(directory, "..").error).toBe(Errors.NotFound);
    expect(entries(directory)).toEqual([]);
    good(fs.release(directory));
    expect(fs.release(directory).error).toBe(Errors.NotFound);
  });

  test("stops at 65,000 links", () => {
    const inode = make("0");
    const directory = make("links", FileKind.Directory);
    for (let i = 1; i < 65_000; i++) good(fs.link(inode, directory, `${i}`));
    expect(fs.link(inode, directory, "one more").error).toBe(Errors.TooManyLinks);
  }, 120_000);

  test("is full when its domain has no frames left, and recovers", async () => {
    await start({ frameQuota: 10 });
    const inode = make("a");
    const file = open(inode, Read | Write);
    expect(file.write(new Uint8Array(40_000).fill(1))).toBe(40_000);
    // What its last page still holds is written; then there is none.
    expect(good(file.client.write(40_000n, new Uint8Array(8192))).written).toBe(960);
    expect(file.client.write(40_960n, new Uint8Array(8192)).error).toBe(Errors.NoSpace);
    expect(stat(inode).size).toBe(40_960n);
    expect(make("b")).toBeGreaterThan(inode);
    good(file.client.setSize(0n));
    expect(file.write(new Uint8Array(40_000), 0n)).toBe(40_000);
    expect(good(fs.status()).status).toMatchObject({ blockSize: 4096n, nameLimit: 255 });
  });

  test("answers TooManyOpen or NoSpace when capabilities run out, and leaks none", async () => {
    await start({ capQuota: 12 });
    const inode = make("a");
    const opened: OpenedFile[] = [];
    for (;;) {
      const result = fs.open(inode, Read | Write, 0n);
      if (result.error) { expect([Errors.TooManyOpen, Errors.NoSpace, Errors.QuotaExceeded]).toContain(result.error); break; }
      opened.push(new OpenedFile(client.kernel, result.file, result.data, 0n, false));
    }
    expect(opened.length).toBeGreaterThan(3);
    for (const file of opened) file.close();
    open(inode, Read | Write).write("works again");
  });

  test("refuses inode numbers, badges and names that are none", () => {
    const file = open(make("a"), Read);
    const forged = new FileSystemClient(client.kernel, file.file);
    expect(forged.root().error).toBe(Errors.BadHandle);
    expect(new FileClient(client.kernel, fs.cap).stat().error).toBe(Errors.BadHandle);
    expect(fs.stat(999n).error).toBe(Errors.NotFound);
    expect(fs.create(root, FileKind.Pipe, 0o644, "p").error).toBe(Errors.BadArgument);
    expect(fs.create(root, FileKind.Regular, 0o644, "x".repeat(256)).error).toBe(Errors.TooLong);
    for (const name of ["", ".", "..", "a/b", "a\0"]) expect(fs.create(root, FileKind.Regular, 0o644, name).error).toBe(Errors.BadArgument);
    expect(fs.symbolicLink(root, "l", "x".repeat(4096)).error).toBe(Errors.TooLong);
    expect(new TextDecoder().decode(good(fs.readLink(good(fs.symbolicLink(root, "l", "x".repeat(4095))).inode)).contents)).toHaveLength(4095);
  });
});
