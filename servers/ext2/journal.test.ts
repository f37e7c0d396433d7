// What a commit costs and what is left of it: in one piece where the journal has checksums and little was written, in two otherwise; replayed by us as
// by e2fsck, whatever part of it is missing.

import { describe, expect, test } from "vitest";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import * as ext2 from "../../lib/formats/ext2.ts";
import { good, type OpenedFile } from "../../lib/testing/files.ts";
import { checkExt2 } from "../../personalities/native/storage-tools/ext2/check.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { debugfs, dumpFiles, e2fsck, haveE2fsprogs, mke2fs, repair } from "./testing/e2fsprogs.ts";
import { Ext2World } from "./testing/ext2-world.ts";
import { journalAt, littered, withOldJournal, withShortLog } from "./testing/littered.ts";

const MAGIC = Uint8Array.of(0xc0, 0x3b, 0x39, 0x98);
const image = (blockSize: number): Uint8Array => littered(mke2fs(["-t", "ext3", "-b", String(blockSize)], blockSize === 4096 ? 12 << 20 : 5 << 20));
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

class Files {
  private constructor(readonly world: Ext2World) {}
  static async on(bytes: Uint8Array): Promise<Files> {
    const world = await Ext2World.create(bytes, { malice: 0 });
    expect(world.readOnly, world.reason).toBe(false);
    return new Files(world);
  }
  get disk() { return this.world.disk; }
  make(name: string): OpenedFile { return this.world.open(good(this.world.fs.create(this.world.root, FileKind.Regular, 0o644, name)).inode, FileFlags.Read | FileFlags.Write); }
  contents(name: string): Uint8Array { return this.world.contents(good(this.world.fs.lookup(this.world.root, name)).inode); }
  /** What was done to the disk meanwhile: the bytes of each write, and "flush". */
  during(body: () => void): (number | "flush")[] {
    const before = this.disk.log.length;
    body();
    return this.disk.log.slice(before).map((event) => event.kind === "write" ? event.data.length : event.kind);
  }
}

/** A file after a crash, by our replay and by e2fsck's. */
async function afterCrash(crashed: Uint8Array, name: string): Promise<Uint8Array> {
  const files = await Files.on(crashed), ours = files.contents(name);
  const unwritten = await Ext2World.create(crashed, { malice: 0, readOnly: true });
  expect(Buffer.compare(unwritten.contents(good(unwritten.fs.lookup(unwritten.root, name)).inode), ours), "read-only it is another file").toBe(0);
  files.world.detach();
  const checked = e2fsck(files.disk.contents);
  expect(checked.status, checked.output).toBe(0);
  const theirs = repair(crashed).image;
  expect(Buffer.compare(dumpFiles(theirs, [`/${name}`])[0]!, ours), "our replay and e2fsck's differ").toBe(0);
  return ours;
}

describe.skipIf(!haveE2fsprogs)("a file whose data only the journal has", () => {
  test.each(["cut", "removed"] as const)("and which is then %s is what it was, or that, after a crash at any moment: also when the journal's tail moves before the commit", async (how) => {
    const files = await Files.on(withShortLog(image(4096))), { world } = files, other = files.make("other"), from = files.disk.log.length;
    good(other.client.sync(false));
    for (let i = 0; i < 35; i++) {
      const file = i === 0 || how === "removed" ? files.make("f") : world.open(good(world.fs.lookup(world.root, "f")).inode, FileFlags.Read | FileFlags.Write);
      file.write(filled(4096 * (1 + i % 3), i + 1), 0n);
      good(file.client.sync(false));
      if (how === "cut") good(file.client.setSize(BigInt(i % 2 * 100)));
      file.close();
      if (how === "removed") good(world.fs.unlink(world.root, false, "f"));
      // So that the journal is full now at one place of this, now at another.
      for (let more = how === "cut" ? 0 : i % 3; more >= 0; more--) {
        other.write(filled(4096 + i * 60, 201), 0n);
        good(other.client.sync(false));
      }
    }
    let whole = 0, less = 0;
    for (let at = from + 1; at <= files.disk.log.length; at++) {
      if (files.disk.log[at - 1]!.kind !== "flush") continue;
      const after = await Files.on(files.disk.stableImage(at)), there = after.world.fs.lookup(after.world.root, "f");
      const bytes = there.error ? new Uint8Array(0) : after.world.contents((there as { inode: bigint }).inode);
      if (bytes.length >= 4096) whole++; else less++;
      for (const byte of bytes) if (byte !== bytes[0] && (how === "removed" || byte) || byte > 60) expect.fail(`crash at ${at}: a byte of ${byte} in a file of ${bytes.length} that begins with ${bytes[0]}`);
    }
    expect(Math.min(whole, less)).toBeGreaterThan(10);
    expect(world.server.log.join("")).toBe("");
  });
});

describe.skipIf(!haveE2fsprogs)("a commit", () => {
  test.each([1024, 4096])("of a record that is synced is one write and one flush, in blocks of %i", async (blockSize) => {
    const files = await Files.on(image(blockSize)), file = files.make("f");
    good(file.client.sync(false));
    let pieces = 0;
    for (let i = 0; i < 20; i++) {
      const done = files.during(() => { file.write(filled(4096, i + 1), BigInt(i * 4096)); good(file.client.sync(false)); });
      expect(done.indexOf("flush"), `record ${i}: ${done.join(" ")}`).toBe(done.length - 1);
      pieces += done.length - 1;
    }
    // An indirect block may lie amid the journal's.
    expect(pieces).toBeLessThan(23);
    const over = files.during(() => { file.write("in place", 5000n); good(file.client.sync(false)); });
    expect(over.length, over.join(" ")).toBe(2);
    const wanted = new Uint8Array(20 * 4096).map((_, i) => Math.floor(i / 4096) + 1);
    wanted.set(new TextEncoder().encode("in place"), 5000);
    // Nothing but what was flushed.
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), wanted)).toBe(0);
  }, 180_000);

  test("of much data writes this to its place, and flushes before the commit block", async () => {
    const files = await Files.on(image(4096)), file = files.make("f");
    good(file.client.sync(false));
    const done = files.during(() => { file.write(filled(61_440, 9), 0n); good(file.client.sync(false)); });
    expect(done.filter((each) => each === "flush").length).toBe(2);
    expect([done.at(-2), done.at(-3)]).toEqual([4096, "flush"]);
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), filled(61_440, 9))).toBe(0);
  }, 180_000);

  test("has two flushes on a journal of the old version, which has no checksums", async () => {
    const files = await Files.on(withOldJournal(image(4096))), file = files.make("f");
    good(file.client.sync(false));
    const done = files.during(() => { file.write(filled(4096, 9), 0n); good(file.client.sync(false)); });
    expect(done.filter((each) => each === "flush").length).toBe(2);
    expect(done.at(-3)).toBe("flush");
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), filled(4096, 9))).toBe(0);
  }, 180_000);

  test("has two flushes if the cache had no room for data that the transaction needs", async () => {
    const files = await Files.on(image(4096)), given = files.make("given");
    given.write(filled(4096, 1), 0n);
    given.close();
    // The object of the one goes for that of the other, so its data is written to its place.
    files.world.volume.most = 1;
    const other = files.make("other");
    other.write(filled(4096, 2), 0n);
    const done = files.during(() => good(other.client.sync(false)));
    expect(done.filter((each) => each === "flush").length, done.join(" ")).toBe(2);
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "given"), filled(4096, 1))).toBe(0);
  }, 180_000);

  test("has two flushes if it revokes more than lies in one sector, as no checksum is of that", async () => {
    const files = await Files.on(image(1024)), file = files.make("sparse"), step = 256 * 1024;
    // Each piece has an indirect block of its own.
    for (let i = 1; i <= 130; i++) file.write("x", BigInt(12 * 1024 + i * step));
    good(files.world.fs.sync());
    file.close();
    good(files.world.fs.unlink(files.world.root, false, "sparse"));
    const done = files.during(() => good(files.world.fs.sync()));
    expect(done.filter((each) => each === "flush").length, done.join(" ")).toBe(2);
    good(files.world.fs.create(files.world.root, FileKind.Regular, 0o644, "small"));
    expect(files.during(() => good(files.world.fs.sync())).filter((each) => each === "flush").length).toBe(1);
  }, 180_000);

  test("needs features in the journal, which are there as long as it may have a transaction", async () => {
    const features = (bytes: Uint8Array): number[] => [ext2.JS_COMPATIBLE, ext2.JS_INCOMPATIBLE].map((field) => new DataView(bytes.buffer).getUint32(journalAt(bytes) + field));
    const files = await Files.on(image(1024));
    expect(features(files.disk.contents)).toEqual([1, 5]);
    files.world.detach();
    expect(features(files.disk.contents)).toEqual([0, 1]);
    expect(debugfs(files.disk.contents, ["features"]).output).toContain("has_journal");
  });
});

describe.skipIf(!haveE2fsprogs)("a replay", () => {
  test("of a transaction of which any sector is missing leaves it out, as e2fsck does", async () => {
    const files = await Files.on(image(1024)), file = files.make("f");
    file.write(filled(2000, 1), 0n);
    good(file.client.sync(false));
    const before = files.disk.contents.slice();
    file.write(filled(3000, 2), 0n);
    good(file.client.sync(false));
    const event = files.disk.log.at(-2)!, whole = files.disk.contents.slice();
    if (event.kind !== "write") throw new Error("no write before the flush");
    let counted = 0;
    for (let at = event.offset; at < event.offset + event.data.length; at += 512) {
      const lost = whole.slice(), old = before.subarray(at, at + 512);
      lost.set(old, at);
      const found = await afterCrash(lost, "f"), same = Buffer.compare(whole.subarray(at, at + 512), old) === 0;
      // What lies behind the first sector of the commit block is not looked at.
      const valid = same || at === event.offset + event.data.length - 512;
      if (!valid) counted++;
      expect(found[0], `without the sector at ${at - event.offset} of ${event.data.length}`).toBe(valid ? 2 : 1);
      const report = checkExt2(new MemoryDevice(lost));
      expect(report.findings, `fsck.ext2 without the sector at ${at - event.offset}`).toEqual([]);
    }
    expect(counted).toBeGreaterThan(8);
  }, 240_000);

  test("of a damaged transaction that others follow says so, and the volume is read-only", async () => {
    const files = await Files.on(image(1024)), file = files.make("f");
    for (let i = 0; i < 4; i++) { file.write(filled(2000, i + 1)); good(file.client.sync(false)); }
    const damaged = files.disk.contents.slice(), write = files.disk.log.filter((event) => event.kind === "write").at(-3)!;
    damaged[write.offset + 1024 + 100]! ^= 1;
    const world = await Ext2World.create(damaged.slice());
    expect([world.readOnly, world.reason]).toEqual([true, "read-only: errors were found before, check it first"]);
    expect(repair(damaged).output).toMatch(/corrupt/iu);
    const report = checkExt2(new MemoryDevice(damaged));
    expect(report.findings.map(({ text }) => text)).toContain("journal: error -74 was found while the file system was in use");
  }, 180_000);

  test.each([1024, 4096])("gives file data that looks like the journal's its first word back, in blocks of %i", async (blockSize) => {
    const files = await Files.on(image(blockSize)), file = files.make("f"), bytes = filled(3 * blockSize, 7);
    for (let at = 0; at < bytes.length; at += blockSize) bytes.set(MAGIC, at);
    file.write(bytes);
    good(file.client.sync(false));
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), bytes)).toBe(0);
  }, 180_000);

  test("leaves alone file data that was logged and has been written in its place since", async () => {
    const files = await Files.on(image(4096)), file = files.make("f");
    file.write(filled(4096, 1));
    good(file.client.sync(false));
    // The same block, with so much that it is not logged again.
    file.write(filled(61_440, 2), 0n);
    good(file.client.sync(false));
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), filled(61_440, 2))).toBe(0);
  }, 180_000);

  test("leaves alone file data that was logged, and written in its place for want of room", async () => {
    const files = await Files.on(image(4096)), first = files.make("f");
    first.write(filled(4096, 1), 0n);
    good(first.client.sync(false));
    first.write(filled(4096, 2), 0n);
    first.close();
    const { inode } = good(files.world.fs.lookup(files.world.root, "f"));
    files.world.volume.most = 1;
    const other = files.make("other");
    other.write(filled(4096, 3), 0n);
    good(other.client.sync(false));
    other.close();
    const again = files.world.open(inode, FileFlags.Read | FileFlags.Write);
    good(again.client.sync(false));
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), filled(4096, 2))).toBe(0);
  }, 180_000);

  test("leaves alone blocks of another file that were logged for one that is gone", async () => {
    const files = await Files.on(image(4096)), gone = files.make("gone");
    gone.write(filled(8192, 1));
    good(gone.client.sync(false));
    gone.close();
    good(files.world.fs.unlink(files.world.root, false, "gone"));
    good(files.world.fs.sync());
    const file = files.make("f");
    file.write(filled(61_440, 2), 0n);
    good(file.client.sync(false));
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), filled(61_440, 2))).toBe(0);
  }, 180_000);

  test("goes on behind a checkpoint, when the ring was full", async () => {
    const bytes = image(1024), files = await Files.on(bytes), file = files.make("f"), size = 150, began = files.disk.log.length;
    for (let i = 0; i < size; i++) { file.write(filled(2048, i % 251 + 1), BigInt(i * 2048)); good(file.client.sync(false)); }
    // What is in its place is stable before the journal forgets it, and that before the ring is written again.
    const moved = files.disk.log.flatMap((event, at) => at >= began && event.kind === "write" && event.offset === journalAt(bytes) ? [at] : []);
    expect(moved.length).toBeGreaterThan(0);
    for (const at of moved) expect([files.disk.log[at - 1]!.kind, files.disk.log[at + 1]!.kind]).toEqual(["flush", "flush"]);
    expect(Buffer.compare(await afterCrash(files.disk.stableImage(files.disk.log.length), "f"), new Uint8Array(size * 2048).map((_, at) => Math.floor(at / 2048) % 251 + 1))).toBe(0);
  }, 180_000);
});
