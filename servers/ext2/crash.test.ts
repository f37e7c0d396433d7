// Stopping the world at a random write of a random workload: whatever subset of the unflushed writes reached the disk, in whatever order and
// torn at any sector, the next attach finds everything that was synced, and e2fsck finds nothing to repair; nor does e2fsck that replays the
// journal itself. `GRAIL_CRASH_POINTS=20000 npx vitest run servers/ext2/crash.test.ts` is the long campaign.

import { describe, expect, test } from "vitest";
import { randomNumbers } from "../../lib/testing/random.ts";
import { checkAfterCrash } from "./testing/crash.ts";
import { e2fsck, haveE2fsprogs, mke2fs, repair } from "./testing/e2fsprogs.ts";
import { Ext2World } from "./testing/ext2-world.ts";
import { littered, withOldJournal, withShortLog } from "./testing/littered.ts";
import { Workload } from "./testing/workload.ts";

const POINTS = Number(process.env["GRAIL_CRASH_POINTS"] ?? 500), FIRST_SEED = Number(process.env["GRAIL_CRASH_SEED"] ?? 1);
/** Of how many crash images one is also given to e2fsck raw. */
const RAW = 5;
/** What e2fsck may do to a raw image: replay, and finish with the inodes that have no names. */
const HARMLESS = /^(e2fsck 1\.|.*: recovering journal|Setting free (inodes|blocks) count|Pass \w+:|Clearing orphaned inode|.*: (clean|\d+\/\d+ files)|.*FILE SYSTEM WAS MODIFIED|$)/u;

const KINDS: readonly (() => Uint8Array)[] = [
  () => withShortLog(mke2fs(["-t", "ext3", "-b", "1024", "-g", "2048"], 5 << 20)),
  () => withShortLog(mke2fs(["-t", "ext3", "-b", "4096"], 8 << 20)),
  // A journal without checksums: always two flushes.
  () => withOldJournal(withShortLog(mke2fs(["-t", "ext3", "-b", "1024"], 5 << 20))),
  // A journal that is added at first.
  () => mke2fs(["-t", "ext2", "-b", "2048"], 8 << 20),
];
const PER_RUN = 30;

async function crashOnce(empty: Uint8Array, seed: number, points: number): Promise<void> {
  const random = randomNumbers(seed), world = await Ext2World.create(empty, { seed: seed * 7 + 1, malice: seed % 3 * 0.15 });
  // Files that nobody has open are given up, in the midst of a transaction.
  if (seed % 2) world.volume.most = 9;
  const began = world.disk.log.length, work = new Workload(world, random, { largest: 120_000, syncs: seed % 3 ? 4 : 12, records: seed % 2 ? 30 : 10 });
  for (let i = 0; i < 180; i++) {
    work.step();
    if (random() < 0.04) world.tick();
  }
  for (let i = 0; i < points; i++) {
    const at = world.disk.crashPoint(began, random), image = i % 4 ? world.disk.crashImage(at, random) : i % 8 ? world.disk.stableImage(at) : world.disk.imageAt(at);
    const where = `seed ${seed}, crash ${i} at event ${at} of ${world.disk.log.length}`;
    let log: readonly string[] = [];
    try {
      const after = await Ext2World.create(image, { malice: 0 });
      log = after.server.log;
      expect(after.readOnly, after.reason).toBe(false);
      checkAfterCrash(work, at, after);
      after.detach();
      const checked = e2fsck(after.disk.contents);
      expect(checked.status, checked.output).toBe(0);
      if (i % RAW === 0) {
        const repaired = repair(image);
        const odd = repaired.output.split("\n").filter((line) => !HARMLESS.test(line));
        expect(odd, repaired.output).toEqual([]);
        const again = e2fsck(repaired.image);
        expect(again.status, again.output).toBe(0);
        checkAfterCrash(work, at, await Ext2World.create(repaired.image, { malice: 0, readOnly: true }));
        // Read-only nothing is replayed, and all is read as if it had been.
        const unwritten = await Ext2World.create(image, { malice: 0.1, readOnly: true, diskReadOnly: i % 2 > 0 });
        checkAfterCrash(work, at, unwritten);
        unwritten.detach();
        expect(Buffer.compare(unwritten.disk.contents, image), "nothing was written").toBe(0);
      }
    } catch (error) { throw new Error(`${where}: ${(error as Error).message}; ${log.join("; ")}`, { cause: error }); }
  }
}

describe.skipIf(!haveE2fsprogs)("after a crash", () => {
  const runs = Math.ceil(POINTS / PER_RUN);
  test(`at any of ${POINTS} points everything that was synced is there, and nothing needs repair`, async () => {
    const empty = KINDS.map((make) => littered(make()));
    for (let run = 0, left = POINTS; run < runs; run++, left -= PER_RUN) await crashOnce(empty[run % KINDS.length]!, FIRST_SEED + run, Math.min(left, PER_RUN));
  }, 60_000 + POINTS * 2000);
});
