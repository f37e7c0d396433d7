// ext2 below the VFS, on the real cache, under each of SawMill's three protocols: random calls against the reference model give the same answers, whoever walks the
// paths; and afterwards e2fsck finds nothing.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PathsClient } from "../../abi/generated/ts/client/paths.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileFlags, MountFlags, WalkMode } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { expectAbandoned } from "../../lib/testing/abandoning.ts";
import { good, listNames, openDirectory, writeFile } from "../../lib/testing/files.ts";
import { Pair, clientOf, operation, type Client } from "../../lib/testing/posix-pair.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { StorageWorld } from "../../lib/testing/storage-world.ts";
import { e2fsck, haveE2fsprogs, mke2fs } from "./testing/e2fsprogs.ts";

const { Forward, ClientSide, NoData, ReadOnly } = MountFlags;
const KINDS: readonly [string, number, Client][] = [
  ["the first protocol", Forward, "vfs"], ["the second protocol", 0, "vfs"], ["the third protocol in TypeScript", ClientSide, "typescript"],
  ["the third protocol in AssemblyScript, without Dataspaces", ClientSide | NoData, "assembly"],
];

async function mounted(flags: number): Promise<{ world: StorageWorld; disk: RecordedDisk }> {
  const world = await StorageWorld.create(), disk = new RecordedDisk(mke2fs(["-t", "ext3", "-b", "1024"], 8 << 20));
  good(world.root.makeDirectory(0o755, "mnt"));
  expect((await world.mount("ext2", disk, "/mnt", flags)).readOnly).toBe((flags & ReadOnly) !== 0);
  return { world, disk };
}

describe.skipIf(!haveE2fsprogs)("ext2", () => {
  test.each(KINDS)("under %s behaves as the model of POSIX does", async (_name, flags, client) => {
    const { world, disk } = await mounted(flags);
    good(world.root.removeDirectory("mnt/lost+found"));
    good(world.root.remount(flags, flags, "/"));
    const directoryOf = await clientOf(client, world);
    fc.assert(fc.property(fc.array(operation, { maxLength: 80, size: "max" }), (operations) => {
      const pair = new Pair(world, directoryOf);
      try {
        for (const each of operations) pair.run(each);
        pair.compare();
      } finally { pair.close(); }
    }), { numRuns: Number(process.env["FC_RUNS"] ?? 15) });
    good(world.root.makeDirectory(0o700, "mnt/lost+found"));
    world.unmount("/mnt");
    const checked = e2fsck(disk.contents);
    expect(checked.status, checked.output).toBe(0);
  }, 600_000);

  test.each(KINDS)("under %s has renamed for good what a synced directory holds, and not before", async (_name, flags, client) => {
    const { world, disk } = await mounted(flags), root = (await clientOf(client, world))(world.root.cap);
    good(root.remount(flags, flags, "/"));
    writeFile(root, "mnt/new", "text");
    good(root.sync("mnt"));
    good(root.rename(root.cap, "mnt/new", "mnt/old"));
    /** What is there after a power cut that loses all that was not flushed. */
    const after = async (): Promise<string[]> => {
      const again = await StorageWorld.create();
      good(again.root.makeDirectory(0o755, "mnt"));
      await again.mount("ext2", new RecordedDisk(disk.stableImage(disk.log.length)), "/mnt");
      return listNames(openDirectory(again.root, "mnt")).filter((name) => name !== "lost+found");
    };
    expect(await after()).toEqual(["new"]);
    const directory = openDirectory(root, "mnt");
    good(directory.sync(""));
    directory.kernel.capDelete(directory.cap);
    expect(await after()).toEqual(["old"]);
    disk.fail = (operation) => operation === "flush" ? "Io" : undefined;
    good(root.rename(root.cap, "mnt/old", "mnt/older"));
    expect(root.sync("mnt").error).toBe(Errors.Io);
    expect(root.sync("mnt/none").error).toBe(Errors.NotFound);
  });

  test("gives clients what their mount allows, until it ends", async () => {
    const { world } = await mounted(ClientSide), { root, client } = world;
    writeFile(root, "mnt/file", "text");
    const id = good(openDirectory(root, "mnt").where()).mount, all = good(root.resolve(id)).paths, top = 2n;
    good(root.remount(ReadOnly, ReadOnly, "mnt"));
    expect(new PathsClient(client.kernel, all).walk(top, top, WalkMode.Last, "file", 4096).error).toBe(Errors.BadHandle);
    const paths = new PathsClient(client.kernel, good(root.resolve(id)).paths), opened = good(paths.open(top, top, FileFlags.Read, 0, 5n, "file", 4096));
    const file = new FileClient(client.kernel, opened.file);
    for (const error of [
      paths.open(top, top, FileFlags.Write, 0, 5n, "file", 4096).error, paths.open(top, top, FileFlags.Read | FileFlags.Create, 0o644, 5n, "new", 4096).error, paths.makeDirectory(top, top, 0o755, "new", 4096).error,
      paths.remove(top, top, false, "file", 4096).error, paths.rename(top, top, "file", "new").error, paths.link(opened.inode, top, "new").error, paths.symbolicLink(top, "new", "file").error,
      paths.setMode(opened.inode, 0).error, paths.setTimes(opened.inode, 2, 0n, 0n).error, paths.setSize(opened.inode, 0n).error, file.setMode(0).error, file.setTimes(2, 0n, 0n).error, file.reopen(FileFlags.Write).error,
    ]) expect(error).toBe(Errors.ReadOnly);
    for (const error of [paths.restrict(0).error, paths.cover(top, true).error]) expect(error).toBe(Errors.BadHandle);
    // An open file keeps the file system: nothing is lost, and the mount stays.
    expect(root.unmount("mnt").error).toBe(Errors.Busy);
    for (const slot of [opened.file, opened.data]) client.kernel.capDelete(slot);
    for (const [slot, cap] of client.domain.table.all()) if (cap.badge !== 0 && slot !== paths.cap) client.kernel.capDelete(slot);
    world.machine.settle();
    world.unmount("mnt");
    expect(paths.walk(top, top, WalkMode.Last, "file", 4096).error).toBe(Errors.BadHandle);
  });

  test.each(["contents", "names"] as const)("that cannot write %s any more stays mounted until it is given up", async (change) => {
    const { world, disk } = await mounted(0);
    expectAbandoned(world, disk, change);
  });
});
