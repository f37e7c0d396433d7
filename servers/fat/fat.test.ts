// The fat server through its own interfaces: what it keeps, what it refuses, and what other systems' volumes look like to it.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileSystemsClient } from "../../abi/generated/ts/client/file-systems.ts";
import { FileFlags, FileKind, MountFlags, SetTimes } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import type { Snapshot } from "../../lib/testing/fake-machine.ts";
import { good } from "../../lib/testing/files.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { checkFat } from "../../personalities/native/storage-tools/fat/check.ts";
import { makeFat, type MakeOptions } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { copyIn, copyOut, fsckFat, haveDosfstools, mkfsFat } from "./testing/dosfstools.ts";
import { FatWorld } from "./testing/fat-world.ts";

const KIB = 1024, MIB = KIB * KIB;
const make = (size: number, options: Partial<MakeOptions> = {}): Uint8Array => {
  const device = new MemoryDevice(new Uint8Array(size));
  makeFat(device, { serial: 1, time: 0, ...options });
  return device.bytes;
};
const bytes = (length: number, start = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => start + i * 31 + (i >> 8) & 255);

/** Compares large contents, which toEqual takes seconds for. */
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe("a volume", () => {
  let world: FatWorld, before: Snapshot;
  beforeEach(async () => { world = await FatWorld.empty(); before = world.machine.snapshot(); world.attach(new RecordedDisk(make(MIB, { type: 12 }))); });
  afterEach(() => {
    expect(world.detach()).toBe(0);
    expect(checkFat(new MemoryDevice(world.disk.contents)).findings).toEqual([]);
    world.machine.assertNothingLeaked(before);
  });

  test("keeps names with their case and finds them in any, in many scripts", () => {
    for (const name of ["MixedCase.Txt", "straße", "ΑλφάΒητο", "Привет мир", "漢字かな", "😀 smile", "x".repeat(255), ".hidden", " leading", "a.b.c.d", "UPPER.TXT", "tilde~1.txt"]) {
      const inode = world.make(`/${name}`);
      expect(world.names("/").at(-1)).toBe(name);
      expect(good(world.fs.lookup(world.root, name)).inode).toBe(inode);
    }
    for (const [made, other] of [["MixedCase.Txt", "mIXEDcASE.tXT"], ["ΑλφάΒητο", "αλφάβητο"], ["Привет мир", "ПРИВЕТ МИР"], ["UPPER.TXT", "upper.txt"]] as const) {
      expect(good(world.fs.lookup(world.root, other)).inode).toBe(world.walk(`/${made}`));
      expect(world.fs.create(world.root, FileKind.Regular, 0o644, other).error).toBe(Errors.Exists);
    }
    expect(world.fs.lookup(world.root, "MIXEDC~1.TXT").error, "the short name").toBe(0);
    world.rename("/MixedCase.Txt", "/mixedcase.txt");
    expect(world.names("/")).toContain("mixedcase.txt");
  });

  test.each(["", ".", "..", "a/b", "a\0", "a:b", "a*", "what?", "a\"b", "<", ">", "a|b", "back\\slash", "tab\t", "dot.", "blank ", "\x7f"])("refuses the name %j", (name) => {
    expect(world.fs.create(world.root, FileKind.Regular, 0o644, name).error).toBe(Errors.BadArgument);
  });
  test("refuses names that are too long, and what is no UTF-8", () => {
    expect(world.fs.create(world.root, FileKind.Regular, 0o644, "x".repeat(256)).error).toBe(Errors.TooLong);
    expect(world.fs.lookup(world.root, "no*such").error).toBe(Errors.NotFound);
    expect(world.fs.unlink(world.root, false, "no*such").error).toBe(Errors.NotFound);
  });

  test("gives thousands of files with one beginning short names of their own, quickly", () => {
    const directory = world.makeDirectory("/many"), names = Array.from({ length: 1500 }, (_, i) => `file number ${i}.text`);
    const began = process.hrtime.bigint();
    for (const name of names) good(world.fs.create(directory, FileKind.Regular, 0o644, name));
    expect(world.names("/many")).toEqual(names);
    for (const name of names) good(world.fs.unlink(directory, false, name));
    expect(Number(process.hrtime.bigint() - began) / 1e9).toBeLessThan(20);
    world.remove("/many", true);
  });

  test("has no links, and tells so", () => {
    const inode = world.make("/a");
    expect(world.fs.link(inode, world.root, "b").error).toBe(Errors.NotSupported);
    expect(world.fs.symbolicLink(world.root, "b", "a").error).toBe(Errors.NotSupported);
    expect(world.fs.symbolicLink(world.root, "a", "a").error).toBe(Errors.Exists);
    expect(world.fs.readLink(inode).error).toBe(Errors.NotLink);
  });

  test("keeps to the mount that a file was opened through: read-only ones do not let it be changed or reopened for writing", () => {
    const inode = world.make("/a"), opened = good(world.fs.open(inode, FileFlags.Read | FileFlags.ReadOnlyMount, 1n));
    const file = new FileClient(world.client.kernel, opened.file);
    for (const error of [file.setMode(0o444).error, file.setTimes(SetTimes.ModifiedNow, 0n, 0n).error, file.reopen(FileFlags.Write).error]) expect(error).toBe(Errors.ReadOnly);
    const again = good(file.reopen(FileFlags.Read)).file;
    expect(new FileClient(world.client.kernel, again).reopen(FileFlags.Write).error).toBe(Errors.ReadOnly);
    for (const slot of [again, opened.file, opened.data]) if (slot) world.client.kernel.capDelete(slot);
  });

  test("has one permission bit", () => {
    const inode = world.make("/a");
    expect(good(world.fs.stat(inode)).attributes).toMatchObject({ mode: 0o755, links: 1, kind: FileKind.Regular });
    good(world.fs.setMode(inode, 0o444));
    expect(good(world.fs.stat(inode)).attributes.mode).toBe(0o555);
    expect(world.fs.open(inode, FileFlags.Write, 0n).error).toBe(Errors.AccessDenied);
    world.open(inode, FileFlags.Write | FileFlags.Create).close();
    good(world.fs.setMode(inode, 0o644));
    world.open(inode, FileFlags.Write).close();
    expect(good(world.fs.stat(world.make("/b", FileKind.Regular, 0o400))).attributes.mode).toBe(0o555);
  });

  test("keeps times as FAT has them, at once and after mounting again", () => {
    const inode = world.make("/a"), at = BigInt(Date.UTC(2024, 1, 29, 23, 59, 59)) * 1_000_000n + 123_456_789n;
    good(world.fs.setTimes(inode, SetTimes.Accessed | SetTimes.Modified, at, at));
    const wanted = { modified: BigInt(Date.UTC(2024, 1, 29, 23, 59, 58)) * 1_000_000n, accessed: BigInt(Date.UTC(2024, 1, 29)) * 1_000_000n };
    expect(good(world.fs.stat(inode)).attributes).toMatchObject(wanted);
    expect(world.detach()).toBe(0);
    world.attach(new RecordedDisk(world.disk.contents));
    expect(good(world.fs.stat(world.walk("/a"))).attributes).toMatchObject(wanted);
    for (const [time, kept] of [[0n, Date.UTC(1980, 0, 1)], [1n << 63n, Date.UTC(2107, 11, 31, 23, 59, 58)]] as const) {
      good(world.fs.setTimes(world.walk("/a"), SetTimes.Modified, 0n, time));
      expect(good(world.fs.stat(world.walk("/a"))).attributes.modified).toBe(BigInt(kept) * 1_000_000n);
    }
  });

  test("keeps a file that is open while it has no name, and its clusters from others", () => {
    const inode = world.make("/a"), file = world.open(inode);
    file.write(bytes(30_000), 0n);
    good(world.fs.unlink(world.root, false, "a"));
    good(world.fs.sync());
    world.write("/b", bytes(60_000, 9));
    expect(same(file.bytes(0n, 30_000), bytes(30_000))).toBe(true);
    expect(good(file.client.stat()).attributes).toMatchObject({ links: 0, size: 30_000n });
    expect(good(world.fs.create(world.root, FileKind.Regular, 0o644, "a")).inode, "another file at its place has another number").not.toBe(inode);
    file.close();
    expect(world.fs.stat(inode).error).toBe(Errors.NotFound);
  });

  test("keeps a file's number while it is open, wherever it goes", () => {
    const inode = world.make("/a"), file = world.open(inode);
    world.makeDirectory("/d");
    world.rename("/a", "/d/moved");
    expect(world.walk("/d/moved")).toBe(inode);
    expect(world.make("/a")).not.toBe(inode);
    expect(good(file.client.stat()).attributes.inode).toBe(inode);
    file.close();
  });

  test("refuses to grow beyond the disk and beyond 4 GiB before anything changes", () => {
    const inode = world.make("/a"), file = world.open(inode);
    file.write("here", 0n);
    const free = good(world.fs.status()).status.free;
    expect(file.client.setSize(900n * 1024n * 1024n).error).toBe(Errors.NoSpace);
    expect(file.client.write(3_000_000_000n, new Uint8Array(10)).error).toBe(Errors.NoSpace);
    expect(file.client.setSize(1n << 32n).error).toBe(Errors.TooLarge);
    expect(file.client.write(0xffffffffn, new Uint8Array(1)).error).toBe(Errors.TooLarge);
    expect(file.text()).toBe("here");
    expect(good(world.fs.status()).status.free).toBe(free);
    file.close();
  });

  test("is full, says so, and goes on when there is space again", () => {
    const file = world.open(world.make("/a"));
    let size = 0n;
    for (;;) {
      const result = file.client.write(size, new Uint8Array(65536).fill(7));
      if (result.error) { expect(result.error).toBe(Errors.NoSpace); break; }
      size += BigInt(result.written);
    }
    const left = good(world.fs.status()).status.free * 512n;
    expect(left).toBeLessThan(65536n);
    good(file.client.setSize(size + left));
    expect(world.fs.create(world.root, FileKind.Directory, 0o755, "d").error).toBe(Errors.NoSpace);
    good(file.client.setSize(1000n));
    world.write("/b", bytes(500_000));
    expect(file.bytes(0n, 2000)).toEqual(new Uint8Array(1000).fill(7));
    expect(same(world.read("/b"), bytes(500_000))).toBe(true);
    file.close();
  });

  test("gives zeros where a file grew, whatever the disk held there", () => {
    world.write("/a", new Uint8Array(700_000).fill(0xaa));
    world.remove("/a");
    good(world.fs.sync());
    const file = world.open(world.make("/b"));
    file.write("x", 0n);
    good(file.client.setSize(400_000n));
    file.write("y", 600_000n);
    file.close();
    const contents = world.read("/b");
    expect(contents.findIndex((byte, i) => byte !== (i === 0 ? 120 : i === 600_000 ? 121 : 0))).toBe(-1);
  });

  test("is busy while something is open or held, and serves nothing once it is detached", () => {
    const file = world.open(world.make("/a"));
    expect(world.fs.detach().error).toBe(Errors.Busy);
    file.close();
    good(world.fs.hold(world.walk("/a")));
    expect(world.fs.detach().error).toBe(Errors.Busy);
    good(world.fs.release(world.walk("/a")));
    expect(world.fs.release(world.walk("/a")).error).toBe(Errors.NotFound);
    good(world.fs.detach());
    expect(world.fs.root().error).toBe(Errors.BadHandle);
    world.forget();
    world.attach(new RecordedDisk(world.disk.contents));
  });

  test("tells its figures as text", () => {
    expect(new TextDecoder().decode(good(world.systems.list(0n)).text)).toMatch(/^type=12 clusters=\d+ cluster-bytes=512 free=\d+ opens=0 holds=0 commits=0 .*damaged=0 last-error=0\n$/);
  });

  test("commits by itself what is five seconds old", () => {
    world.write("/a", bytes(5000));
    const tick = (): void => { world.machine.asAnotherThread(() => (world.fat.instances[0] as unknown as { tick(): void }).tick()); };
    tick();
    expect(checkFat(new MemoryDevice(world.disk.contents)).files).toBe(0);
    world.machine.time += 6_000_000_000n;
    tick();
    expect(checkFat(new MemoryDevice(world.disk.contents))).toMatchObject({ files: 1, directories: 1 });
  });
});

describe("attaching", () => {
  test("needs the right Manage, and drops what it was given", async () => {
    const world = await FatWorld.empty(), before = world.machine.snapshot();
    const anybody = new FileSystemsClient(world.client.kernel, world.machine.give(world.client, world.fat)), data = world.client.kernel.dataspaceCreate(512n);
    expect(anybody.attach(0 as MountFlags, 512n, anybody.cap, data).error).toBe(Errors.NoRight);
    expect(world.systems.attach(0 as MountFlags, 512n, data, data).error).toBeGreaterThan(0);
    for (const slot of [anybody.cap, data]) world.client.kernel.capDelete(slot);
    world.machine.assertNothingLeaked(before);
  });

  test.each<[string, (view: DataView) => void, string]>([
    ["no signature", (view) => view.setUint16(510, 0, true), "boot sector signature is 0, should be 43605 (0xaa55)"], ["sectors of 513 bytes", (view) => view.setUint16(11, 513, true), "BPB_BytsPerSec is 513, should be 512, 1024, 2048 or 4096"],
    ["clusters of 3 sectors", (view) => view.setUint8(13, 3), "BPB_SecPerClus is 3, should be a power of two"], ["no FATs", (view) => view.setUint8(16, 0), "BPB_NumFATs is 0, should be 1 to 4"],
    ["more sectors than the disk", (view) => view.setUint16(19, 60000, true), "BPB_TotSec is 60000, should be at least 1, and no more than the disk has"], ["FATs that are too small", (view) => view.setUint16(22, 1, true), "BPB_FATSz is 1, should be large enough"],
    ["another file system", (view) => { [..."NTFS    "].forEach((letter, i) => view.setUint8(3 + i, letter.charCodeAt(0))); }, "not exFAT or NTFS"],
  ])("refuses %s with a reason", async (_, damage, reason) => {
    const image = make(MIB, { type: 12 });
    damage(new DataView(image.buffer));
    const world = await FatWorld.create(image);
    expect([Errors.Corrupt, Errors.NotSupported]).toContain(world.error);
    expect(world.reason).toContain(reason);
  });

  test("serves a disk that cannot be written read-only, and writes nothing to one that is attached so", async () => {
    const image = make(4 * MIB, { type: 16, sectorsPerCluster: 1 }), world = await FatWorld.empty(), disk = new RecordedDisk(image);
    disk.fail = (operation) => operation === "write" ? "ReadOnly" : undefined;
    world.attach(disk);
    expect([world.error, world.readOnly, world.reason]).toEqual([0, true, "error number of marking the volume as in use is 56, should be 0, so it is read-only"]);
    expect(world.fs.create(world.root, FileKind.Regular, 0o644, "a").error).toBe(Errors.ReadOnly);
    expect(world.detach()).toBe(0);
    const other = await FatWorld.create(image, MountFlags.ReadOnly);
    expect(other.fs.setMode(other.root, 0o755).error).toBe(Errors.ReadOnly);
    expect(good(other.fs.status()).status.readOnly).toBe(1);
    expect(other.detach()).toBe(0);
    expect(other.disk.log.filter(({ kind }) => kind === "write")).toEqual([]);
  });

  test("makes FATs equal after a crash, and marks the volume while it is in use", async () => {
    const image = make(4 * MIB, { type: 16, sectorsPerCluster: 1 }), view = new DataView(image.buffer), geometry = checkFat(new MemoryDevice(image)).geometry!;
    view.setUint16(geometry.fatStart + 2, 0x7fff, true);
    view.setUint16(geometry.fatStart + geometry.fatBytes + 50, 0xffff, true);
    const world = await FatWorld.create(image), kinds = (): string[] => checkFat(new MemoryDevice(world.disk.contents)).findings.map(({ kind }) => kind);
    expect(kinds()).toEqual(["dirty"]);
    expect(world.detach()).toBe(0);
    expect(kinds()).toEqual([]);
  });

  test("reports errors of the disk, keeps what could not be written, and writes it later", async () => {
    const world = await FatWorld.create(make(MIB, { type: 12 }));
    world.write("/a", bytes(3000));
    world.disk.fail = (operation) => operation === "write" ? "NoSpace" : undefined;
    expect(world.fs.sync().error).toBe(Errors.NoSpace);
    expect(world.read("/a")).toEqual(bytes(3000));
    world.disk.fail = undefined;
    good(world.fs.sync());
    expect(world.detach()).toBe(0);
    expect(checkFat(new MemoryDevice(world.disk.contents))).toMatchObject({ findings: [], files: 1 });
  });
});

describe.skipIf(!haveDosfstools)("volumes of Debian's tools", () => {
  const files = new Map<string, Uint8Array | undefined>([
    ["/Ein sehr langer Name mit ÄÖÜ.txt", bytes(70_000)], ["/SHORT.TXT", bytes(10)], ["/empty", new Uint8Array(0)], ["/deep", undefined], ["/deep/er", undefined], ["/deep/er/and deeper", undefined],
    ["/deep/er/and deeper/漢字.dat", bytes(5000, 3)], ["/deep/lower.txt", bytes(513, 5)], ["/many", undefined], ...Array.from({ length: 60 }, (_, i) => [`/many/file with a number ${i}`, bytes(i * 40, i)] as const),
  ]);
  test.each<[string, string[], number]>([["FAT12", ["-F", "12"], 1440 * KIB], ["FAT16 with 2 KiB sectors", ["-F", "16", "-S", "2048", "-s", "1"], 16 * MIB], ["FAT32", ["-F", "32", "-s", "1"], 36 * MIB], ["FAT16 with one FAT", ["-F", "16", "-f", "1"], 16 * MIB]])("of %s are read byte for byte, and theirs read what was added", async (_, options, size) => {
    const world = await FatWorld.create(copyIn(mkfsFat(options, size), files));
    expect([world.error, world.reason]).toEqual([0, ""]);
    const found = world.tree();
    expect([...found.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [path, contents] of files) expect(Buffer.compare(found.get(path) ?? new Uint8Array(0), contents ?? new Uint8Array(0)), path).toBe(0);
    const added = new Map([["/many/a new one", bytes(100_000, 7)], ["/deep/er/ÄÖÜ more.text", bytes(2000, 8)], ["/SHORT.TXT", bytes(9000, 9)]]);
    for (const [path, contents] of added) world.write(path, contents);
    world.rename("/deep/er/and deeper", "/moved up");
    world.remove("/empty");
    expect(world.detach()).toBe(0);
    const checked = fsckFat(world.disk.contents);
    expect(checked.status, checked.output).toBe(0);
    const out = copyOut(world.disk.contents, [...added.keys(), "/moved up/漢字.dat"]);
    expect(out.map((each) => each.length)).toEqual([100_000, 2000, 9000, 5000]);
    expect([...added.values()].every((each, i) => same(each, out[i]!))).toBe(true);
  });
});
