// Images made by mke2fs, read back byte for byte; what is not understood is refused or read-only, by name; and what we write, debugfs reads.

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, utimesSync, writeFileSync, lstatSync, linkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { good, type OpenedFile } from "../../lib/testing/files.ts";
import { debugfs, dumpFiles, e2fsck, haveE2fsprogs, mke2fs, repair } from "./testing/e2fsprogs.ts";
import { AttachError, Ext2World } from "./testing/ext2-world.ts";

const MIB = 1 << 20;

/** A tree with all that a file system knows. */
function makeTree(): string {
  const path = mkdtempSync(join(tmpdir(), "grail-images-"));
  mkdirSync(join(path, "a/b/c"), { recursive: true });
  const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 9));
  for (const length of [0, 1, 59, 1023, 1024, 1025, 4096, 12 * 1024, 12 * 1024 + 1, 300_000, 1_000_000]) writeFileSync(join(path, `a/file-${length}`), pattern(length));
  const sparse = new Uint8Array(1_500_000);
  sparse.set(pattern(2000), 700_001);
  writeFileSync(join(path, "a/sparse"), sparse);
  symlinkSync("../a/b", join(path, "a/b/fast"));
  symlinkSync("slow/".repeat(60), join(path, "slow"));
  writeFileSync(join(path, `name-${"n".repeat(250)}`), "255 bytes of name");
  for (let i = 0; i < 120; i++) writeFileSync(join(path, `a/b/c/entry-number-${i}-of-many`), `${i}`);
  linkSync(join(path, "a/file-59"), join(path, "a/b/second-name"));
  utimesSync(join(path, "a/file-1"), 1_234_567_890, 1_111_111_111.25);
  return path;
}
const tree = haveE2fsprogs ? makeTree() : "";
afterAll(() => { if (tree) rmSync(tree, { recursive: true }); });

function compare(world: Ext2World, directory: bigint, path: string): void {
  const entries = world.entries(directory, 2000).filter(({ name }) => name !== "." && name !== ".." && name !== "lost+found");
  expect(entries.map(({ name }) => name).sort(), path).toEqual(readdirSync(path).sort());
  for (const { name, inode, kind } of entries) {
    const there = join(path, name), stat = lstatSync(there), { attributes } = good(world.fs.stat(inode));
    expect(good(world.fs.lookup(directory, name)), there).toMatchObject({ inode, kind });
    expect(attributes, there).toMatchObject({ kind, mode: stat.mode & 0o7777, ...(stat.isDirectory() ? {} : { size: BigInt(stat.size) }), links: stat.nlink });
    if (stat.isDirectory()) compare(world, inode, there);
    else if (stat.isSymbolicLink()) expect(new TextDecoder().decode(good(world.fs.readLink(inode)).contents)).toBe(readlinkSync(there));
    else {
      expect(attributes.modified / 1_000_000_000n).toBe(BigInt(Math.floor(stat.mtimeMs / 1000)));
      expect(Buffer.compare(world.contents(inode), readFileSync(there)), there).toBe(0);
    }
  }
}

describe.skipIf(!haveE2fsprogs)("images of mke2fs", () => {
  test.each([
    ["-b", "1024"], ["-b", "2048", "-I", "128"], ["-b", "4096", "-j"], ["-b", "1024", "-j", "-I", "256", "-O", "^dir_index"], ["-b", "1024", "-O", "^sparse_super,^resize_inode"], ["-b", "1024", "-O", "^filetype"], ["-b", "1024", "-g", "1024"],
    ["-b", "1024", "-r", "0"], ["-b", "4096", "-O", "^large_file,^ext_attr"],
  ])("made with %s %s %s %s are read back byte for byte", async (...options) => {
    const image = mke2fs(options, 16 * MIB, tree), world = await Ext2World.create(image, { readOnly: true, malice: 0.05 });
    compare(world, world.root, tree);
    world.detach();
    expect(Buffer.compare(world.disk.contents, image), "nothing was written").toBe(0);
    if (options.includes("-r")) {
      const other = await Ext2World.create(image);
      expect([other.readOnly, other.reason]).toEqual([true, "read-only: revision 0 has no journal"]);
    } else {
      // And with a journal, which is added where there is none.
      const other = await Ext2World.create(image);
      expect([other.readOnly, other.reason]).toEqual([false, ""]);
      compare(other, other.root, tree);
      good(other.fs.create(other.root, FileKind.Regular, 0o644, "made"));
      other.detach();
      const checked = e2fsck(other.disk.contents);
      expect(checked.status, checked.output).toBe(0);
      expect(debugfs(other.disk.contents, ["features"]).output).toContain("has_journal");
    }
  });

  test.each([
    [["-t", "ext4"], Errors.NotSupported, "superblock: incompatible feature extents (0x40)"],
    [["-O", "mmp"], Errors.NotSupported, "superblock: incompatible feature mmp (0x100)"],
    [["-O", "meta_bg,^resize_inode"], Errors.NotSupported, "superblock: incompatible feature meta_bg (0x10)"],
    [["-O", "flex_bg"], Errors.NotSupported, "superblock: incompatible feature flex_bg (0x200)"],
  ])("made with %j are refused by name", async (options, error, reason) => {
    const attempt = Ext2World.create(mke2fs(options, 16 * MIB));
    await expect(attempt).rejects.toBeInstanceOf(AttachError);
    await attempt.catch((refused: AttachError) => { expect(refused.error).toBe(error); expect(refused.reason).toContain(reason); });
  });

  test.each([
    [["-O", "huge_file"], "read-only: unknown feature huge_file (0x8)"], [["-O", "quota"], "read-only: unknown feature quota (0x100)"],
  ])("made with %j are read-only", async (options, reason) => {
    const world = await Ext2World.create(mke2fs(options, 16 * MIB, tree));
    expect([world.readOnly, world.reason]).toEqual([true, reason]);
    expect(world.fs.create(world.root, FileKind.Regular, 0o644, "x").error).toBe(Errors.ReadOnly);
    compare(world, world.root, tree);
  });

  test("that are damaged, dirty or too small for a journal say so", async () => {
    const reasonOf = async (image: Uint8Array, options = {}): Promise<string> => Ext2World.create(image, options).then((world) => `${world.readOnly} ${world.reason}`, (error: AttachError) => `${error.error} ${error.reason}`);
    const small = mke2fs(["-b", "1024"], MIB), large = mke2fs(["-b", "1024"], 8 * MIB);
    const changed = (image: Uint8Array, at: number, value: number): Uint8Array => { const copy = image.slice(); new DataView(copy.buffer).setUint32(1024 + at, value, true); return copy; };
    expect(await reasonOf(small)).toBe("true read-only: no room for a journal");
    expect(await reasonOf(changed(large, 58, 0))).toBe("true read-only: not cleanly unmounted, check it first");
    expect(await reasonOf(changed(large, 58, 3))).toBe("true read-only: errors were found before, check it first");
    expect(await reasonOf(large, { diskReadOnly: true })).toBe("true read-only: the disk is read-only");
    expect(await reasonOf(large.slice(0, 4 * MIB))).toBe("98 superblock: blocks 8192, should be at most 4096");
    expect(await reasonOf(new Uint8Array(1024))).toBe("98 superblock: the disk is too small, bytes 1024");
    expect(await reasonOf(changed(large, 40, 7))).toBe("98 superblock: inodes per group 7 is out of range");
    expect(await reasonOf(changed(large, 76, 5))).toBe("96 superblock: revision 5, should be at most 1");
  });

  test("whose journal Linux's tools left to be replayed are replayed, revoked blocks included", async () => {
    // debugfs writes transactions into the journal.
    const image = mke2fs(["-b", "1024", "-j"], 8 * MIB), block = new Uint8Array(1024).fill(0x5a);
    const { image: logged } = debugfs(image, ["jo", "jw -b 6000 @data", "jw -b 6001 @data", "jw -r 6001", "jc"], { write: true, files: { data: block } });
    const theirs = repair(logged).image, world = await Ext2World.create(logged);
    world.detach();
    for (const at of [6000, 6001]) expect(world.disk.contents.subarray(at * 1024, at * 1024 + 1024), `block ${at}`).toEqual(theirs.subarray(at * 1024, at * 1024 + 1024));
    expect(world.disk.contents[6000 * 1024]).toBe(0x5a);
    expect(world.disk.contents[6001 * 1024]).toBe(0);
  });
});

describe.skipIf(!haveE2fsprogs)("what we write", () => {
  test.each([1024, 4096])("debugfs reads, in blocks of %i bytes", async (blockSize) => {
    const world = await Ext2World.create(mke2fs(["-j", "-b", String(blockSize)], 24 * MIB)), files: [string, Uint8Array][] = [["/empty", new Uint8Array(0)], ["/small", new Uint8Array([1, 2, 3])], ["/indirect", new Uint8Array(3_000_000).map((_, i) => i % 251)]];
    for (const [path, bytes] of files) {
      const file = world.open(good(world.fs.create(world.root, FileKind.Regular, 0o640, path.slice(1))).inode, FileFlags.Write);
      for (let at = 0; at < bytes.length; at += 50_000) file.write(bytes.subarray(at, at + 50_000));
      file.close();
    }
    const sparse = world.open(good(world.fs.create(world.root, FileKind.Regular, 0o600, "sparse")).inode, FileFlags.Write);
    good(sparse.client.setSize(5_000_000_000n));
    sparse.write("end", 4_999_999_990n);
    sparse.close();
    good(world.fs.setTimes(good(world.fs.lookup(world.root, "small")).inode, 5, 1_000_000_000_123_456_789n, 4_102_444_800_987_654_321n));
    world.detach();
    const image = world.disk.contents, checked = e2fsck(image);
    expect(checked.status, checked.output).toBe(0);
    dumpFiles(image, files.map(([path]) => path)).forEach((bytes, index) => expect(Buffer.compare(bytes, files[index]![1])).toBe(0));
    const { output } = debugfs(image, ["stat /small", "stat /sparse"]);
    expect(output).toMatch(/Mode: +0640/u);
    expect(output).toContain("Size: 5000000000");
    // 2100, beyond 32 bits of seconds, with nanoseconds.
    const again = await Ext2World.create(image, { readOnly: true });
    expect(good(again.fs.stat(good(again.fs.lookup(again.root, "small")).inode)).attributes).toMatchObject({ accessed: 1_000_000_000_123_456_789n, modified: 4_102_444_800_987_654_321n });
    expect(output).toMatch(/mtime: 0xf4865700:/u);
  });

  // Linux's tools find nothing wrong with one: others reserve blocks so.
  test.each([[1024, 0], [1024, 1024], [4096, 0], [4096, 4096]])("into a block of %i bytes that was there behind the end of a file, at %i, is in it, and what it held before is not", async (blockSize, size) => {
    const old = new Uint8Array(size + 100).fill(0xee), { image } = debugfs(mke2fs(["-b", String(blockSize)], 8 * MIB), ["write @old file", "write @old grown", `sif file size ${size}`, `sif grown size ${size}`], { write: true, files: { old } });
    expect(e2fsck(image).status).toBe(0);
    const world = await Ext2World.create(image), [file, grown] = ["file", "grown"].map((name) => world.open(good(world.fs.lookup(world.root, name)).inode, FileFlags.Read | FileFlags.Write)) as [OpenedFile, OpenedFile];
    file.write("new", BigInt(size + 10));
    good(grown.client.setSize(BigInt(size + 10)));
    for (const each of [file, grown]) each.close();
    world.detach();
    const [written, zeros] = dumpFiles(world.disk.contents, ["/file", "/grown"]);
    expect([...zeros!.subarray(size)]).toEqual([...new Uint8Array(10)]);
    expect([...written!.subarray(size)]).toEqual([...new Uint8Array(10), ...new TextEncoder().encode("new")]);
    expect(written!.subarray(0, size)).toEqual(old.subarray(0, size));
    expect(e2fsck(world.disk.contents).status).toBe(0);
  });
});
