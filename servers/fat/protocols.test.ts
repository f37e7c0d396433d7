// fat below the VFS, on the real cache, under each of SawMill's three protocols: random calls against the reference model give the same answers, whoever walks the
// paths; and afterwards neither our checker nor Debian's finds anything.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PathsClient } from "../../abi/generated/ts/client/paths.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileFlags, MountFlags, WalkMode } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { expectAbandoned } from "../../lib/testing/abandoning.ts";
import { good, openDirectory, writeFile } from "../../lib/testing/files.ts";
import { Pair, clientOf, operation, type Client } from "../../lib/testing/posix-pair.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { StorageWorld } from "../../lib/testing/storage-world.ts";
import { checkFat } from "../../personalities/native/storage-tools/fat/check.ts";
import { makeFat } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { fsckFat, haveDosfstools } from "./testing/dosfstools.ts";

const { Forward, ClientSide, NoData, ReadOnly } = MountFlags;
const KINDS: readonly [string, number, Client][] = [
  ["the first protocol", Forward, "vfs"], ["the second protocol", 0, "vfs"], ["the third protocol in TypeScript", ClientSide, "typescript"],
  ["the third protocol in AssemblyScript, without Dataspaces", ClientSide | NoData, "assembly"],
];

async function mounted(flags: number): Promise<{ world: StorageWorld; disk: RecordedDisk }> {
  const world = await StorageWorld.create(), device = new MemoryDevice(new Uint8Array(4 << 20));
  makeFat(device, { serial: 1, time: 0, type: 16, sectorsPerCluster: 1 });
  const disk = new RecordedDisk(device.bytes);
  good(world.root.makeDirectory(0o755, "mnt"));
  expect((await world.mount("fat", disk, "/mnt", flags)).readOnly).toBe((flags & ReadOnly) !== 0);
  return { world, disk };
}

describe("fat", () => {
  test.each(KINDS)("under %s behaves as the model of POSIX does, as far as FAT can", async (_name, flags, client) => {
    const { world, disk } = await mounted(flags);
    good(world.root.remount(flags, flags, "/"));
    const directoryOf = await clientOf(client, world);
    fc.assert(fc.property(fc.array(operation, { maxLength: 80, size: "max" }), (operations) => {
      const pair = new Pair(world, directoryOf, "fat");
      try {
        for (const each of operations) pair.run(each);
        pair.compare();
      } finally { pair.close(); }
    }), { numRuns: Number(process.env["FC_RUNS"] ?? 25) });
    world.unmount("/mnt");
    expect(checkFat(new MemoryDevice(disk.contents)).findings).toEqual([]);
    if (!haveDosfstools) return;
    const checked = fsckFat(disk.contents);
    expect(checked.status, checked.output).toBe(0);
  }, 600_000);

  test("gives clients what their mount allows, until it ends", async () => {
    const { world } = await mounted(ClientSide), { root, client } = world;
    writeFile(root, "mnt/file", "text");
    const id = good(openDirectory(root, "mnt").where()).mount, all = good(root.resolve(id)).paths, top = 1n;
    good(root.remount(ReadOnly, ReadOnly, "mnt"));
    expect(new PathsClient(client.kernel, all).walk(top, top, WalkMode.Last, "file", 4096).error).toBe(Errors.BadHandle);
    const paths = new PathsClient(client.kernel, good(root.resolve(id)).paths), opened = good(paths.open(top, top, FileFlags.Read, 0, 5n, "FILE", 4096));
    const file = new FileClient(client.kernel, opened.file);
    for (const error of [
      paths.open(top, top, FileFlags.Write, 0, 5n, "file", 4096).error, paths.open(top, top, FileFlags.Read | FileFlags.Create, 0o644, 5n, "new", 4096).error, paths.makeDirectory(top, top, 0o755, "new", 4096).error,
      paths.remove(top, top, false, "file", 4096).error, paths.rename(top, top, "file", "new").error, paths.link(opened.inode, top, "new").error, paths.symbolicLink(top, "new", "file").error,
      paths.setMode(opened.inode, 0).error, paths.setTimes(opened.inode, 2, 0n, 0n).error, paths.setSize(opened.inode, 0n).error, file.setMode(0).error, file.setTimes(2, 0n, 0n).error, file.reopen(FileFlags.Write).error,
    ]) expect(error).toBe(Errors.ReadOnly);
    for (const error of [paths.restrict(0).error, paths.cover(top, true).error]) expect(error).toBe(Errors.BadHandle);
    // A client of a mount speaks no other interface.
    expect(new FileClient(client.kernel, paths.cap).stat().error).toBe(Errors.BadHandle);
    // An open file keeps the file system: nothing is lost, and the mount stays.
    expect(root.unmount("mnt").error).toBe(Errors.Busy);
    for (const slot of [opened.file, opened.data]) client.kernel.capDelete(slot);
    for (const [slot, cap] of client.domain.table.all()) if (cap.badge !== 0 && slot !== paths.cap) client.kernel.capDelete(slot);
    world.machine.settle();
    world.unmount("mnt");
    expect(paths.walk(top, top, WalkMode.Last, "file", 4096).error).toBe(Errors.BadHandle);
  });

  test("keeps covered directories in place, whatever case they are named in, and walks of clients end there", async () => {
    const { world } = await mounted(ClientSide), { root } = world, directoryOf = await clientOf("typescript", world), walker = directoryOf(root.cap);
    good(root.makeDirectory(0o755, "mnt/Inner"));
    good(root.makeDirectory(0o755, "below"));
    writeFile(root, "below/file", "of the bind");
    good(root.bind(0, "below", "mnt/Inner"));
    expect(good(walker.stat(true, "mnt/INNER/file")).attributes.size).toBe(11n);
    for (const error of [walker.removeDirectory("mnt/inner").error, walker.rename(walker.cap, "mnt/inner", "mnt/other").error]) expect(error).toBe(Errors.Busy);
    good(root.unmount("mnt/inner"));
    good(walker.removeDirectory("mnt/inner"));
    world.unmount("mnt");
  });

  test("looks at a thousand names in one directory without keeping each in memory", async () => {
    const { world } = await mounted(ClientSide), directoryOf = await clientOf("typescript", world), walker = directoryOf(world.root.cap);
    good(walker.makeDirectory(0o755, "mnt/many"));
    for (let i = 0; i < 1400; i++) writeFile(walker, `mnt/many/file ${i}`, String(i));
    for (let i = 0; i < 1400; i += 7) expect(good(walker.stat(true, `mnt/many/FILE ${i}`)).attributes.size).toBe(BigInt(String(i).length));
    for (let i = 0; i < 1400; i++) good(walker.unlink(`mnt/many/file ${i}`));
    good(walker.removeDirectory("mnt/many"));
    world.unmount("mnt");
  });

  test.each(["contents", "names"] as const)("that cannot write %s any more stays mounted until it is given up", async (change) => {
    const { world, disk } = await mounted(0);
    expectAbandoned(world, disk, change);
  });
});
