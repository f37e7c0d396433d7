// The checker against Debian's: what e2fsck finds clean it finds clean, what e2fsck finds damaged it finds damaged; and what it mends e2fsck
// finds clean.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { randomNumbers } from "../../../../lib/testing/random.ts";
import { e2fsck, haveE2fsprogs, mke2fs, repair } from "../../../../servers/ext2/testing/e2fsprogs.ts";
import { Ext2World } from "../../../../servers/ext2/testing/ext2-world.ts";
import { Targets } from "../../../../servers/ext2/testing/mutations.ts";
import { Workload } from "../../../../servers/ext2/testing/workload.ts";
import { MemoryDevice } from "../sector-device.ts";
import { checkExt2, repairExt2 } from "./check.ts";

const MUTATIONS = Number(process.env["GRAIL_CHECKS"] ?? 80);
const findings = (image: Uint8Array): string[] => checkExt2(new MemoryDevice(image.slice())).findings.map(({ text }) => text);

function tree(): string {
  const path = mkdtempSync(join(tmpdir(), "grail-check-"));
  mkdirSync(join(path, "a/b/c"), { recursive: true });
  writeFileSync(join(path, "a/b/file"), new Uint8Array(40_000).fill(1));
  writeFileSync(join(path, "large"), new Uint8Array(400_000).fill(2));
  symlinkSync("fast", join(path, "link"));
  symlinkSync("s".repeat(300), join(path, "slow"));
  for (let i = 0; i < 40; i++) writeFileSync(join(path, `a/b/c/${"long-name".repeat(4)}${i}`), "x");
  return path;
}

describe.skipIf(!haveE2fsprogs)("the checker", () => {
  const path = haveE2fsprogs ? tree() : "";
  test.each([["-b", "1024"], ["-b", "1024", "-j"], ["-b", "2048", "-I", "128"], ["-b", "4096", "-j", "-O", "^resize_inode"], ["-b", "1024", "-O", "^filetype,^dir_index"], ["-b", "1024", "-g", "1024"]])("finds nothing in what mke2fs makes with %s %s %s %s %s", (...options) => {
    expect(findings(mke2fs(options, 16 << 20, path))).toEqual([]);
  });

  test("sees what the journal would make of a volume that was not unmounted, and can replay it", async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const random = randomNumbers(seed), world = await Ext2World.create(mke2fs(["-t", "ext3", "-b", seed % 2 ? "1024" : "4096"], seed % 2 ? 5 << 20 : 12 << 20), { seed }), work = new Workload(world, random, { largest: 60_000 });
      for (let i = 0; i < 100; i++) work.step();
      const image = world.disk.crashImage(world.disk.log.length, random), report = checkExt2(new MemoryDevice(image));
      expect(report.findings, `seed ${seed}`).toEqual([]);
      expect(report.needsReplay).toBe(true);
      expect(repairExt2(report)).toBe(0);
      // Inodes without names are the next attach's business; e2fsck finishes with them too.
      const after = e2fsck(repair(image).image);
      expect(after.status, after.output).toBe(0);
      expect(findings(image)).toEqual([]);
    }
  }, 120_000);

  test(`finds damage where e2fsck finds it: ${MUTATIONS} images`, () => {
    const random = randomNumbers(11), targets = new Targets(mke2fs(["-b", "1024", "-N", "64", "-O", "^resize_inode,^dir_index"], 2 << 20, path)), counts = { clean: 0, damaged: 0, mended: 0 };
    for (let i = 0; i < MUTATIONS; i++) {
      const { bytes, what } = targets.mutate(random), theirs = e2fsck(bytes), device = new MemoryDevice(bytes), report = checkExt2(device), ours = report.findings.map(({ text }) => text);
      if (theirs.status === 0) { counts.clean++; continue; }
      if (ours.length === 0 && !HARMLESS.test(theirs.output)) throw new Error(`mutation ${i}, ${what}: e2fsck found\n${theirs.output}`);
      if (ours.length === 0) continue;
      counts.damaged++;
      if (report.findings.every(({ mend }) => mend)) {
        expect(repairExt2(report), what).toBe(0);
        const after = e2fsck(bytes);
        if (after.status !== 0 && !HARMLESS.test(after.output)) throw new Error(`mutation ${i}, ${what}: mended\n${ours.join("\n")}\nand e2fsck finds\n${after.output}`);
        counts.mended++;
      }
    }
    rmSync(path, { recursive: true });
    expect(counts.damaged).toBeGreaterThan(MUTATIONS / 3);
    expect(counts.mended).toBeGreaterThan(MUTATIONS / 40);
  }, 60_000 + MUTATIONS * 200);
});

/** What e2fsck minds and this system does not use: the resize inode, indexes of directories, times of deletion, padding, values of fields that are only hints. */
const HARMLESS = /Resize inode|resize_inode|HTREE|dir_index|i_file_acl_hi|i_faddr|i_frag|i_fsize|imagic|extra isize|Padding|has EOFBLOCKS|has zero dtime|INDEX_FL|EXTENTS_FL|bad extended attribute|has imagic flag|compression|immutable|illegal feature|last (mount|write) time|fragment size|reserved (blocks|inode)|journal inode|Journal inode|hint|unsupported feature|encrypt/iu;
