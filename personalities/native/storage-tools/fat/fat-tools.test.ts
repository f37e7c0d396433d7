// mkfs.fat and the checker, against each other and against Debian's dosfstools.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findTool, missing } from "../../../../tools/run/debian.ts";
import { checkFat, repairFat } from "./check.ts";
import { makeFat, type MakeOptions } from "./make.ts";
import { CannotMake, MemoryDevice } from "../sector-device.ts";

const KIB = 1024, MIB = KIB * KIB;
const make = (size: number, options: Partial<MakeOptions> = {}): MemoryDevice => {
  const device = new MemoryDevice(new Uint8Array(size));
  makeFat(device, { serial: 0x12345678, time: Date.UTC(2026, 0, 2, 3, 4, 6), ...options });
  return device;
};
const layouts: [number, Partial<MakeOptions>][] = [
  [64 * KIB, {}], [1440 * KIB, { label: "FLOPPY" }], [4 * MIB, { type: 12, sectorsPerCluster: 8 }], [5 * MIB, {}], [16 * MIB, { type: 16 }], [40 * MIB, { type: 16, sectorsPerCluster: 8 }], [100 * MIB, {}],
  [40 * MIB, { type: 32, label: "big one" }], [70 * MIB, { type: 32, sectorsPerCluster: 2 }],
];

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "grailos-fat-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe("mkfs.fat", () => {
  test.each(layouts)("makes %i bytes with %j so that the checker finds nothing", (size, options) => {
    const report = checkFat(make(size, options));
    expect(report.findings).toEqual([]);
    expect(report.geometry).toMatchObject(options.type ? { type: options.type } : {});
    expect(report.directories).toBe(1);
  });

  test.each<[number, Partial<MakeOptions>, string]>([
    [8 * KIB, {}, "the disk has 16 sectors"], [MIB, { type: 16 }, "FAT16 has 4101 to 65508 clusters; this disk would have"], [MIB, { type: 32 }, "FAT32 has 65541"], [40 * MIB, { type: 12, sectorsPerCluster: 1 }, "FAT12 has 1 to 4068"],
    [MIB, { sectorsPerCluster: 3 }, "3 sectors per cluster"], [MIB, { label: "far too long it is" }, "longer than 11"], [MIB, { label: "a*b" }, "a character that FAT does not allow"],
  ])("refuses %i bytes with %j", (size, options, message) => {
    expect(() => make(size, options)).toThrow(CannotMake);
    expect(() => make(size, options)).toThrow(message);
  });

  describe.skipIf(missing("fsck.fat"))("by Debian's fsck.fat", () => {
    test.each(layouts)("makes %i bytes with %j so that it finds nothing", (size, options) => {
      const file = join(folder, "made.img");
      writeFileSync(file, make(size, options).bytes);
      const { status, stdout, stderr } = spawnSync(findTool("fsck.fat")!, ["-n", file], { encoding: "utf8" });
      expect(`${stdout}${stderr}`).not.toMatch(/warn|wrong|differ|invalid|bad|There are/i);
      expect(status).toBe(0);
    });
  });
});

describe.skipIf(missing("mkfs.fat", "mcopy", "mmd"))("the checker, on what Debian's tools make", () => {
  const env = { ...process.env, LC_ALL: "C.UTF-8", MTOOLS_SKIP_CHECK: "1" };
  const filled = (type: string, kib: number): MemoryDevice => {
    const file = join(folder, `filled${type}.img`), source = join(folder, "a file with a long name.txt");
    rmSync(file, { force: true });
    execFileSync(findTool("mkfs.fat")!, ["-C", "-F", type, "-n", "LABEL", file, String(kib)], { stdio: "ignore" });
    writeFileSync(source, "some text\n".repeat(2000));
    execFileSync("mmd", ["-i", file, "::/one", "::/one/Two more", "::/one/Two more/ÄÖÜ"], { env });
    for (const path of ["::/", "::/SHORT.TXT", "::/one/x", "::/one/Two more/ÄÖÜ/"]) execFileSync("mcopy", ["-i", file, source, path], { env });
    return new MemoryDevice(new Uint8Array(readFileSync(file)));
  };
  const kinds = (device: MemoryDevice): string[] => checkFat(device).findings.map(({ kind }) => kind);

  test.each([["12", 1440], ["16", 16384], ["32", 66000]])("finds nothing on a FAT%s", (type, kib) => {
    const report = checkFat(filled(type, kib));
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ files: 4, directories: 4 });
  });

  test("finds lost clusters, wrong mirrors and counts, and mends them so that fsck.fat agrees", () => {
    const device = filled("32", 66000), { geometry } = checkFat(device);
    const view = new DataView(device.bytes.buffer), entry = geometry!.fatStart + 60_000 * 4;
    view.setUint32(entry, 60_001, true);
    view.setUint32(entry + 4, 0x0fffffff, true);
    expect(kinds(device).sort()).toEqual(["count", "lost", "mirror"]);
    repairFat(device, checkFat(device));
    expect(kinds(device)).toEqual([]);
    const file = join(folder, "mended.img");
    writeFileSync(file, device.bytes);
    expect(spawnSync(findTool("fsck.fat")!, ["-n", file]).status).toBe(0);
  });

  test.each<[string, (view: DataView, at: { fat: number; root: number; data: number; cluster: number }) => void, RegExp]>([
    ["a chain that comes back to itself", (view, { fat }) => view.setUint16(fat + 2 * 2, 2, true), /comes back/],
    ["a chain that leads out of the volume", (view, { fat }) => view.setUint16(fat + 2 * 2, 0xffe0, true), /should be 2 to/],
    ["a chain that leads into a free cluster", (view, { fat }) => view.setUint16(fat + 2 * 2, 8000, true), /is free/],
    ["a file that is longer than its chain", (view, { root }) => { for (let at = root; view.getUint8(at) !== 0; at += 32) if (view.getUint8(at + 11) === 0x20) view.setUint32(at + 28, 9_999_999, true); }, /DIR_FileSize is 9999999/],
    ["two files with one chain", (view, { root }) => { for (let at = root; view.getUint8(at) !== 0; at += 32) if (view.getUint8(at + 11) === 0x20) view.setUint16(at + 26, 5, true); }, /belongs to/],
    ["two files with one chain, of which one needs none of it", (view, { root }) => { for (let at = root, size = 0; view.getUint8(at) !== 0; at += 32) if (view.getUint8(at + 11) === 0x20) { view.setUint16(at + 26, 5, true); view.setUint32(at + 28, size, true); size = 1; } }, /belongs to/],
    ["a directory that leads to another's `..`", (view, { data }) => view.setUint16(data + 32 + 26, 77, true), /`\.\.` leads to cluster 77/],
  ])("finds %s", (_, damage, message) => {
    const device = filled("16", 16384), geometry = checkFat(device).geometry!;
    damage(new DataView(device.bytes.buffer), { fat: geometry.fatStart, root: geometry.rootStart, data: geometry.dataStart, cluster: geometry.clusterBytes });
    expect(checkFat(device).findings.filter(({ kind }) => kind === "error").map(({ text }) => text).join("\n")).toMatch(message);
  });
});
