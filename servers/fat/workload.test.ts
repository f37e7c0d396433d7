// Random work on volumes of every type, checked step by step; afterwards the checker and Debian's tools find the same files and nothing wrong.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkFat } from "../../personalities/native/storage-tools/fat/check.ts";
import { makeFat, type MakeOptions } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { findTool, missing } from "../../tools/run/debian.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { FatWorld } from "./testing/fat-world.ts";
import { Workload, compareTrees } from "./testing/workload.ts";

const RUNS = Number(process.env["GRAIL_FAT_RUNS"] ?? 3), STEPS = 250;
const KIB = 1024;
const volumes: [string, number, Partial<MakeOptions>][] = [
  ["FAT12 of 512-byte clusters", 400 * KIB, { type: 12 }], ["FAT12 of 4 KiB clusters", 1024 * KIB, { type: 12, sectorsPerCluster: 8 }], ["FAT16 of 512-byte clusters", 2200 * KIB, { type: 16, sectorsPerCluster: 1 }],
  ["FAT32 of 1 KiB clusters", 1000 * KIB, { type: 32, sectorsPerCluster: 2, fewClusters: true }], ["FAT32 of 32 KiB clusters", 4096 * KIB, { type: 32, sectorsPerCluster: 64, fewClusters: true }], ["FAT32 as the specification wants it", 34 * KIB * KIB, { type: 32 }],
];

describe.each(volumes.flatMap(([name, ...rest]) => [[`${name}, on a plain volume`, {}, ...rest] as const, [`${name}, on a small cache`, { pages: 96 }, ...rest] as const]))("random work on a %s", (_, below, size, options) => {
  test("is as the model says, and leaves a clean volume", async () => {
    const world = await FatWorld.empty(below), before = world.machine.snapshot();
    const runs = size > 8 * KIB * KIB ? 1 : RUNS;
    for (let run = 0; run < runs; run++) {
      const device = new MemoryDevice(new Uint8Array(size)), seed = run * 7919 + size;
      makeFat(device, { serial: 1, time: 0, ...options });
      world.attach(new RecordedDisk(device.bytes));
      expect([world.error, world.reason]).toEqual([0, ""]);
      const workload = new Workload(world, seed);
      try {
        for (let i = 0; i < STEPS; i++) workload.step();
        compareTrees(world.tree(), workload.expected());
        workload.closeAll();
        compareTrees(world.tree(), workload.expected());
      } catch (error) { throw new Error(`seed ${seed}, step ${workload.steps}`, { cause: error }); }
      expect(world.detach()).toBe(0);
      const left = new MemoryDevice(world.disk.contents);
      expect(checkFat(left).findings, `seed ${seed}`).toEqual([]);
      world.machine.assertNothingLeaked(before);
      world.attach(new RecordedDisk(left.bytes));
      compareTrees(world.tree(), workload.expected());
      expect(world.detach()).toBe(0);
      // mtools take a FAT32 with few clusters for a FAT16.
      if (run === runs - 1 && !options.fewClusters) byDebian(left, workload);
    }
  });
});

/** fsck.fat finds nothing, and mcopy reads the same files. */
function byDebian(device: MemoryDevice, workload: Workload): void {
  if (missing("fsck.fat", "mcopy")) return;
  const folder = mkdtempSync(join(tmpdir(), "grailos-fat-"));
  try {
    const file = join(folder, "disk.img"), out = join(folder, "out");
    writeFileSync(file, device.bytes);
    const fsck = spawnSync(findTool("fsck.fat")!, ["-n", file], { encoding: "utf8" });
    expect(`${fsck.status} ${fsck.stdout}${fsck.stderr}`).toMatch(/^0 /);
    mkdirSync(out);
    for (const [path, data] of workload.expected()) {
      if (!data) continue;
      execFileSync("mcopy", ["-n", "-i", file, `::${path}`, join(out, "file")], { env: { ...process.env, LC_ALL: "C.UTF-8", MTOOLS_SKIP_CHECK: "1" } });
      expect(Buffer.compare(readFileSync(join(out, "file")), data), path).toBe(0);
      rmSync(join(out, "file"));
    }
  } finally { rmSync(folder, { recursive: true, force: true }); }
}
