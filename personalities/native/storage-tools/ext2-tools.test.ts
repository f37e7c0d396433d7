// mkfs.ext2 and fsck.ext2 as programs, on disks in memory.

import { beforeEach, expect, test } from "vitest";
import { runProgram } from "../api/program.ts";
import { MemorySystem, MemoryTerminal, MemoryWorld } from "../testing/memory-system.ts";
import { disk } from "./disk.ts";
import { fsckExt2 } from "./fsck-ext2.ts";
import { mkfsExt2 } from "./mkfs-ext2.ts";

let world: MemoryWorld;
beforeEach(() => {
  world = new MemoryWorld({});
  run("disk", "create", "ram:d", "4M");
});

function run(name: "disk" | "mkfs.ext2" | "fsck.ext2", ...args: string[]): { status: number; text: string } {
  const system = new MemorySystem(world, [name, ...args]), terminal = new MemoryTerminal([]);
  for (const fd of [0, 1, 2]) system.descriptors.place(fd, terminal);
  const status = runProgram({ disk, "mkfs.ext2": mkfsExt2, "fsck.ext2": fsckExt2 }[name], system);
  return { status, text: terminal.output };
}
const bytes = (): Uint8Array => world.disks.kept.get("ram:d")!.bytes;

test("a file system is made, and clean", () => {
  expect(run("mkfs.ext2", "-L", "home", "ram:d")).toEqual({ status: 0, text: "ram:d: 4096 blocks of 1024 bytes, 2788 free, 1024 inodes, a journal of 1024 blocks\n" });
  expect(run("fsck.ext2", "-n", "ram:d")).toEqual({ status: 0, text: "ram:d: 0 files, 2 directories, 1307 of 4096 blocks of 1024 bytes in use\n" });
  expect(run("mkfs.ext2", "-q", "-b", "4K", "-N", "100", "-J", "none", "ram:d")).toEqual({ status: 0, text: "" });
  expect(run("fsck.ext2", "ram:d").text).toContain("of 1024 blocks of 4096 bytes");
  expect(world.disks.kept.get("ram:d")!.opens).toBe(0);
});

test("what is wrong is told, and mended unless -n", () => {
  run("mkfs.ext2", "-q", "ram:d");
  new DataView(bytes().buffer, bytes().byteOffset).setUint32(1024 + 12, 77, true);
  const before = bytes().slice();
  expect(run("fsck.ext2", "-n", "ram:d")).toMatchObject({ status: 4, text: expect.stringContaining("superblock: free blocks 77, should be 2788\nram:d: 1 error, ") });
  expect(Buffer.compare(bytes(), before)).toBe(0);
  expect(run("fsck.ext2", "ram:d")).toMatchObject({ status: 1, text: expect.stringContaining("should be 2788 (mended)") });
  expect(run("fsck.ext2", "-n", "ram:d").status).toBe(0);
});

test("what is no file system, no size or no disk is refused by name", () => {
  expect(run("fsck.ext2", "-n", "ram:d")).toEqual({ status: 4, text: "superblock: magic 0x0, should be 0xef53\n" });
  expect(run("mkfs.ext2", "-b", "3000", "ram:d")).toMatchObject({ status: 1, text: "mkfs.ext2: block size 3000: it is 1024, 2048 or 4096\n" });
  expect(run("mkfs.ext2", "ram:none").text).toContain("there is no such disk");
  expect(run("mkfs.ext2").status).not.toBe(0);
  expect(run("fsck.ext2").status).toBe(8);
});
