// mkfs.fat and fsck.fat from the command line, on disks in memory.

import { beforeEach, describe, expect, test } from "vitest";
import { runProgram, type Program } from "../../api/program.ts";
import { MemorySystem, MemoryTerminal, MemoryWorld } from "../../testing/memory-system.ts";
import { disk } from "../disk.ts";
import { fsckFat } from "./fsck.ts";
import { mkfsFat } from "./mkfs.ts";

let world: MemoryWorld;
beforeEach(() => { world = new MemoryWorld({}); });

function run(program: Program, ...args: string[]): { status: number; text: string } {
  const system = new MemorySystem(world, args), terminal = new MemoryTerminal([]);
  for (const fd of [0, 1, 2]) system.descriptors.place(fd, terminal);
  return { status: runProgram(program, system), text: terminal.output };
}
const bytesOf = (name: string): Uint8Array => world.disks.kept.get(name)!.bytes;

describe("mkfs.fat and fsck.fat", () => {
  test("make a file system, and find nothing wrong with it", () => {
    run(disk, "disk", "create", "ram:a", "8M");
    expect(run(mkfsFat, "mkfs.fat", "-n", "home", "ram:a")).toEqual({ status: 0, text: "ram:a: FAT16, 16223 clusters of 512\n" });
    expect(run(fsckFat, "fsck.fat", "-n", "ram:a")).toEqual({ status: 0, text: "ram:a: FAT16, 0 files, 1 directories, 0/16223 clusters\n" });
    expect(run(mkfsFat, "mkfs.fat", "-F", "12", "-s", "8", "ram:a").text).toContain("FAT12, 2042 clusters of 4.0K");
    expect(world.disks.kept.get("ram:a")!.opens).toBe(0);
  });

  test("mend what a crash leaves, unless told not to", () => {
    run(disk, "disk", "create", "ram:a", "8M");
    run(mkfsFat, "mkfs.fat", "ram:a");
    const fat = new DataView(bytesOf("ram:a").buffer, bytesOf("ram:a").byteOffset + 512);
    fat.setUint16(2, 0x7fff, true);
    fat.setUint16(200, 0xffff, true);
    expect(run(fsckFat, "fsck.fat", "-n", "ram:a")).toMatchObject({ status: 1, text: expect.stringMatching(/FAT 2 differs.*not unmounted cleanly.*1 clusters are in use/s) });
    expect(run(fsckFat, "fsck.fat", "ram:a")).toMatchObject({ status: 1, text: expect.stringContaining("mended") });
    expect(run(fsckFat, "fsck.fat", "ram:a").status).toBe(0);
  });

  test.each<[Program, string[], number, string]>([
    [mkfsFat, ["mkfs.fat"], 1, "usage: mkfs.fat"], [mkfsFat, ["mkfs.fat", "-F", "13", "ram:a"], 1, "-F 13: must be 12, 16 or 32"], [mkfsFat, ["mkfs.fat", "ram:none"], 1, "there is no such disk"],
    [mkfsFat, ["mkfs.fat", "-F", "32", "ram:a"], 1, "FAT32 has 65541 to 268435444 clusters"], [mkfsFat, ["mkfs.fat", "a"], 1, "no name of a disk"],
    [fsckFat, ["fsck.fat", "ram:a"], 4, "error: boot sector signature is 0, should be 43605 (0xaa55)"], [fsckFat, ["fsck.fat"], 8, "usage: fsck.fat"],
  ])("say what is wrong with %#", (program, args, status, message) => {
    run(disk, "disk", "create", "ram:a", "1M");
    expect(run(program, ...args)).toMatchObject({ status, text: expect.stringContaining(message) });
  });
});
