// The disk tool on disks in memory.

import { beforeEach, describe, expect, test } from "vitest";
import { runProgram } from "../api/program.ts";
import { MemorySystem, MemoryTerminal, MemoryWorld } from "../testing/memory-system.ts";
import { disk } from "./disk.ts";

let world: MemoryWorld;
beforeEach(() => { world = new MemoryWorld({}); });

/** Runs a command line; what it wrote, errors included, and its status. */
function run(...args: string[]): { status: number; text: string } {
  const system = new MemorySystem(world, ["disk", ...args]), terminal = new MemoryTerminal([]);
  for (const fd of [0, 1, 2]) system.descriptors.place(fd, terminal);
  const status = runProgram(disk, system);
  return { status, text: terminal.output };
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255);

describe("disk", () => {
  test("creates, lists, describes, renames and removes", () => {
    expect(run("list")).toEqual({ status: 0, text: "there are no disks\n" });
    expect(run("create", "ram:scratch", "64K")).toEqual({ status: 0, text: "" });
    expect(run("list", "-b").text).toBe("DISK         SIZE  STATE   KIND          FROM\nram:scratch  65536  closed  until reload\n".replace("DISK         SIZE", "DISK          SIZE"));
    expect(run("info", "ram:scratch").text).toContain("65536 bytes (64K), 128 sectors of 512");
    expect(run("rename", "ram:scratch", "other")).toEqual({ status: 0, text: "" });
    expect(run("create", "ram:scratch", "1K").status).toBe(0);
    expect(run("rename", "ram:scratch", "ram:other")).toEqual({ status: 1, text: "disk: ram:other: a disk of that name exists\n" });
    expect(run("remove", "ram:scratch", "ram:none", "ram:other")).toEqual({ status: 1, text: "disk: ram:none: there is no such disk ('disk list' shows them)\n" });
    expect(world.disks.kept.size).toBe(0);
  });

  test.each([512, 1000, 65_536, 1_048_576, 2_500_000])("imports a file of %i bytes, padded, and exports it", (size) => {
    const data = bytes(size), padded = new Uint8Array(Math.ceil(size / 512) * 512);
    padded.set(data);
    world.write("/in", data);
    expect(run("import", "/in", "ram:a")).toEqual({ status: 0, text: "" });
    expect(Buffer.compare(world.disks.kept.get("ram:a")!.bytes, padded)).toBe(0);
    expect(run("export", "ram:a", "/out")).toEqual({ status: 0, text: "" });
    const out = world.files.find(world.files.root, "/out") as { data: Uint8Array };
    expect(Buffer.compare(out.data, padded)).toBe(0);
    expect(world.disks.kept.get("ram:a")!.opens).toBe(0);
  });

  test("leaves no half of a file that does not fit", () => {
    world.write("/in", bytes(2_000_000));
    world.disks.writable = 1_500_000;
    expect(run("import", "/in", "ram:a")).toEqual({ status: 1, text: "disk: ram:a: no space: the driver's limit or the browser's quota for this site is reached\n" });
    expect(world.disks.kept.size).toBe(0);
    world.disks.limit = 1_000_000;
    expect(run("import", "/in", "ram:a").text).toContain("no space");
    expect(world.disks.kept.size).toBe(0);
  });

  test("makes overlays over disks and disks of files of the site", () => {
    run("create", "ram:base", "1K");
    world.disks.site.set("images/x.img", bytes(512));
    expect(run("create", "overlay:o", "ram:base")).toEqual({ status: 0, text: "" });
    expect(run("create", "http:x", "images/x.img")).toEqual({ status: 0, text: "" });
    expect(run("list", "http").text).toContain("images/x.img");
    expect(run("list", "overlay").text).toMatch(/overlay:o +1\.0K +closed +until reload +ram:base/);
    expect(run("create", "http:y", "images/y.img").text).toBe("disk: http:y: there is no such disk ('disk list' shows them)\n");
  });

  test.each<[string[], string]>([
    [[], "a command is missing"],
    [["destroy"], "there is no command 'destroy'"],
    [["create", "scratch", "1M"], "'scratch' is no name of a disk: DRIVER:NAME"],
    [["create", "ram:../x", "1M"], "'ram:../x' is no name of a disk"],
    [["create", "ram:a", "much"], "'much' is no size"],
    [["create", "ram:a", "0"], "'0' is no size"],
    [["create", "ram:a", "1000"], "a multiple of 512"],
    [["create", "ram:a", "65G"], "at most 64G"],
    [["create", "ram:a", "2G"], "no space"],
    [["create", "tape:a", "1M"], "there is no disk driver 'tape'; there are http, overlay, ram"],
    [["create", "ram:a"], "usage: disk create"],
    [["list", "tape"], "there is no disk driver 'tape'"],
    [["import", "/none", "ram:a"], "/none: No such file or directory"],
    [["import", "/usr", "ram:a"], "/usr: "],
    [["import", "/empty", "ram:a"], "the file is empty"],
    [["export", "ram:none", "/x"], "there is no such disk"],
    [["rename", "ram:a", "http:a"], "a disk stays with its driver"],
    [["rename", "ram:a", "a/b"], "'a/b' is no name of a disk"],
    [["info", "ram:none"], "there is no such disk"],
    [["remove"], "usage: disk remove"],
  ])("says what is wrong with %j", (args, message) => {
    world.write("/empty", "");
    const { status, text } = run(...args);
    expect(text).toContain(message);
    expect(status).toBe(1);
  });

  test("says so where the session may not administer disks", () => {
    world.disks.administers = false;
    for (const args of [["list"], ["create", "ram:a", "1M"], ["remove", "ram:a"], ["export", "ram:a", "/x"]]) expect(run(...args).text).toContain("may not administer disks");
  });

  test("shows what the buffer cache has done for each disk", () => {
    expect(run("stat").text).toContain("none is mounted");
    world.disks.rows = [{ name: "ram:a", pages: 10, guaranteed: 4, limit: 100, dirty: 3, hits: 7, misses: 8, readAhead: 0, evictions: 0, writeBacks: 0, barriers: 2, diskReads: 5, diskWrites: 6, failures: 0, objects: 1, borrowed: 6, lastError: 0, policy: 0 }];
    expect(run("stat").text).toMatch(/ram:a +10 +3 +7 +8 +5 +6 +2 +0/);
  });
});
