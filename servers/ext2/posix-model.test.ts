// ext2 through VFS and buffer cache against the reference model of POSIX: random calls on a tree whose half is on a disk. Afterwards e2fsck finds nothing.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { good } from "../../lib/testing/files.ts";
import { Pair, operation } from "../../lib/testing/posix-pair.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { StorageWorld } from "../../lib/testing/storage-world.ts";
import { e2fsck, haveE2fsprogs, mke2fs } from "./testing/e2fsprogs.ts";

describe.skipIf(!haveE2fsprogs)("a tree of files on a disk", () => {
  test.each([1024, 4096])("in blocks of %i bytes behaves as the model of POSIX does, and leaves nothing behind", async (blockSize) => {
    const world = await StorageWorld.create({ pages: 512 }), disk = new RecordedDisk(mke2fs(["-t", "ext3", "-b", String(blockSize)], 12 << 20));
    good(world.root.makeDirectory(0o755, "mnt"));
    expect((await world.mount("ext2", disk, "/mnt")).readOnly).toBe(false);
    good(world.root.removeDirectory("/mnt/lost+found"));
    const free = good(world.root.status("/mnt")).status.free, { table } = world.client.domain, caps = table.count;
    fc.assert(fc.property(fc.array(operation, { maxLength: 80, size: "max" }), (operations) => {
      const pair = new Pair(world.world, (cap) => new DirectoryClient(world.client.kernel, cap));
      try {
        for (const each of operations) pair.run(each);
        pair.compare();
      } finally { pair.close(); }
      expect(table.count, "capabilities").toBe(caps);
      world.machine.settle();
      const now = good(world.root.status("/mnt")).status;
      // The root directory may have grown.
      expect(Number(free - now.free), "blocks").toBeLessThanOrEqual(2);
    }), { numRuns: Number(process.env["FC_RUNS"] ?? 60) });
    world.unmount("/mnt");
    // Its lost+found was taken away.
    const checked = e2fsck(disk.contents);
    expect(checked.output.replaceAll(/\/lost\+found not found\.\s+Create\? no\s+/gu, ""), checked.output).not.toMatch(/\? no/u);
  }, 300_000);
});
