// Random workloads on volumes whose cache does its worst, against a model; afterwards e2fsck finds nothing, and a fresh server reads the same.

import { describe, expect, test } from "vitest";
import { randomNumbers } from "../../lib/testing/random.ts";
import { e2fsck, haveE2fsprogs, mke2fs } from "./testing/e2fsprogs.ts";
import { Ext2World } from "./testing/ext2-world.ts";
import { Workload } from "./testing/workload.ts";

const RUNS = Number(process.env["GRAIL_WORKLOADS"] ?? 1);

const KINDS: readonly [string, number, readonly string[]][] = [
  ["1 KiB blocks, with a journal", 6 << 20, ["-t", "ext3", "-b", "1024"]],
  ["2 KiB blocks, with a journal", 12 << 20, ["-t", "ext3", "-b", "2048"]],
  ["4 KiB blocks, inodes of 128 bytes", 16 << 20, ["-t", "ext3", "-b", "4096", "-I", "128"]],
  ["1 KiB blocks, several groups, a journal to be added", 24 << 20, ["-t", "ext2", "-b", "1024", "-g", "2048"]],
  ["no types in directories", 6 << 20, ["-t", "ext3", "-b", "1024", "-O", "^filetype,^dir_index,^sparse_super,^resize_inode"]],
];

describe.skipIf(!haveE2fsprogs)("a random workload", () => {
  test.each(KINDS)("on %s", async (_name, size, options) => {
    const empty = mke2fs(options, size);
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = randomNumbers(seed), world = await Ext2World.create(empty, { seed: seed + 100 });
      expect(world.readOnly, world.reason).toBe(false);
      const before = world.machine.snapshot().caps["client"]!;
      const work = new Workload(world, random);
      for (let i = 0; i < 400; i++) {
        try {
          work.step();
          if (i % 50 === 49) work.verify();
        } catch (error) {
          throw new Error(`seed ${seed}, step ${i}, after ${work.history.slice(-6).map((each) => each.what).join("; ")}: ${(error as Error).message}; ${world.server.log.join("; ")}`, { cause: error });
        }
      }
      work.finish();
      expect(world.machine.snapshot().caps["client"]).toBe(before);
      world.detach();
      const checked = e2fsck(world.disk.contents);
      expect(checked.status, checked.output).toBe(0);
      const again = await Ext2World.create(world.disk.contents, { malice: 0, readOnly: true });
      new Workload(again, random);
      Object.assign(work, { world: again });
      work.verify();
    }
  }, 300_000);
});
