// mount -c, on disks in memory: a disk that is not there is made with a file system on it, as a whole or not at all.

import { beforeEach, describe, expect, test } from "vitest";
import { runProgram } from "../api/program.ts";
import { MemorySystem, MemoryTerminal, MemoryWorld } from "../testing/memory-system.ts";
import { mount } from "../utilities/mount.ts";
import { checkExt2 } from "./ext2/check.ts";
import { checkFat } from "./fat/check.ts";
import { MemoryDevice } from "./sector-device.ts";

let world: MemoryWorld;
beforeEach(() => { world = new MemoryWorld({}); });

function run(...args: string[]): { status: number; text: string } {
  const system = new MemorySystem(world, ["mount", ...args]), terminal = new MemoryTerminal([]);
  for (const fd of [0, 1, 2]) system.descriptors.place(fd, terminal);
  const status = runProgram(mount, system);
  return { status, text: terminal.output };
}
const device = (name: string): MemoryDevice => new MemoryDevice(world.disks.kept.get(name)!.bytes);

describe("mount -c", () => {
  test("makes the disk and the file system, and mounts it", () => {
    expect(run("-t", "ext2", "-c", "8M", "ram:a", "/mnt")).toEqual({ status: 0, text: "" });
    expect(checkExt2(device("ram:a"))).toMatchObject({ findings: [], needsReplay: false });
    expect(run("-t", "fat", "--create=4194304", "-o", "ro", "ram:b", "/mnt")).toEqual({ status: 0, text: "" });
    expect(checkFat(device("ram:b")).findings).toEqual([]);
    expect(world.mounted).toEqual(["ext2 ram:a /mnt 0", "fat ram:b /mnt 1"]);
    expect([...world.disks.kept].map(([name, { bytes, opens }]) => [name, bytes.length, opens])).toEqual([["ram:a", 8 << 20, 0], ["ram:b", 4 << 20, 0]]);
  });

  test("leaves a disk that is there as it is", () => {
    world.disks.create("ram:a", 65536);
    world.disks.kept.get("ram:a")!.bytes.fill(7);
    expect(run("-t", "ext2", "-c", "8M", "ram:a", "/mnt")).toEqual({ status: 0, text: "" });
    expect(world.disks.kept.get("ram:a")!.bytes.every((byte) => byte === 7)).toBe(true);
  });

  test("lays a disk over another, and takes a file of the site, without making a file system", () => {
    world.disks.create("ram:base", 1024);
    world.disks.site.set("images/x.img", new Uint8Array(512));
    expect(run("-c", "ram:base", "overlay:o", "/mnt")).toEqual({ status: 0, text: "" });
    expect(run("-c", "images/x.img", "http:x", "/mnt")).toEqual({ status: 0, text: "" });
    expect(world.mounted).toEqual(["auto overlay:o /mnt 0", "auto http:x /mnt 0"]);
  });

  test("leaves nothing if the file system cannot be made, and what was interrupted is made anew", () => {
    expect(run("-t", "ext2", "-c", "16K", "ram:a", "/mnt")).toMatchObject({ status: 1, text: expect.stringMatching(/^mount: .+\n$/) as string });
    expect(run("-t", "ext3", "-c", "8M", "ram:a", "/mnt")).toEqual({ status: 1, text: "mount: there is no way to make a file system of type 'ext3', only ext2 and fat\n" });
    world.disks.writable = 100_000;
    expect(run("-t", "ext2", "-c", "8M", "ram:a", "/mnt")).toEqual({ status: 1, text: "mount: ram:a.new: no space: the driver's limit or the browser's quota for this site is reached\n" });
    expect(world.disks.kept.size).toBe(0);
    world.disks.writable = Infinity;
    world.disks.create("ram:a.new", 512);
    expect(run("-t", "ext2", "-c", "8M", "ram:a", "/mnt").status).toBe(0);
    expect([...world.disks.kept.keys()]).toEqual(["ram:a"]);
  });

  test.each([
    [["-c", "8M", "ram:a", "/mnt"], "ram:a: say with -t which file system to make on it"],
    [["-t", "ext2", "-c", "much", "ram:a", "/mnt"], "'much' is no size (64M, 1G, bytes)"],
    [["-t", "ext2", "-c", "1000", "ram:a", "/mnt"], "1000 bytes: a disk has a multiple of 512, at most 64G"],
    [["-t", "ext2", "-c", "8M", "a", "/mnt"], "'a' is no name of a disk"],
    [["-t", "ext2", "-c", "8M", "usb:a", "/mnt"], "usb:a: there is no disk driver 'usb'; there are http, overlay, ram"],
    [["-t", "ext2", "-c", "2G", "ram:a", "/mnt"], "no space"],
  ])("%j says what is wrong", (args, expected) => {
    const { status, text } = run(...args);
    expect({ status, matches: text.includes(expected) ? expected : text }).toEqual({ status: 1, matches: expected });
    expect(world.disks.kept.size).toBe(0);
  });
});
