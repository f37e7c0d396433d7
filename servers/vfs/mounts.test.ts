// Mounting, binding, remounting and unmounting, with a file system below the VFS that can refuse to be detached, on the fake machine.

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { PathsClient } from "../../abi/generated/ts/client/paths.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileFlags, MountFlags, WalkEnd, WalkMode } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { Labels } from "../../abi/generated/ts/labels.ts";
import { readMountTableEntry, readMountTableHeader } from "../../abi/generated/ts/records.ts";
import { MOUNT_TABLE_TEXT } from "../../abi/layout/limits.ts";
import type { Domain, Snapshot } from "../../lib/testing/fake-machine.ts";
import { good, listNames, openDirectory, openFile, pathOf, readFile, writeFile } from "../../lib/testing/files.ts";
import { World, image } from "../../lib/testing/world.ts";

/** Every flag of a mount. */
const ALL = MountFlags.ReadOnly | MountFlags.Forward | MountFlags.ClientSide | MountFlags.NoData;

const { ReadOnly, Forward, ClientSide, NoData } = MountFlags;

let world: World, root: DirectoryClient, before: Snapshot, own: Set<number>;
/** What `disk` answers when it is told to detach: an error or 0; and what is done before it does. How often it was told. */
let detached: number, refusal: number, whileDetaching: (() => void) | undefined;

/** A tmpfs whose `detach` the test answers. */
async function addDisk(): Promise<{ slot: number; disk: Domain }> {
  const { machine, client } = world, disk = await machine.addServer({ name: "disk", module: await image("tmpfs") });
  for (const [index, instance] of disk.instances.entries()) {
    disk.instances[index] = {
      dispatch: (label, badge) => {
        if (label !== Labels.fileSystem.detach || badge !== 0) return instance.dispatch(label, badge);
        detached++;
        whileDetaching?.();
        return refusal ? -refusal : instance.dispatch(label, badge);
      },
    };
  }
  return { slot: machine.give(client.domain, disk), disk };
}

const mounts = (): string[] => new TextDecoder().decode(good(root.mounts(0n)).text).split("\n").slice(0, -1);

beforeEach(async () => {
  world = await World.create();
  root = world.root;
  detached = 0;
  refusal = 0;
  whileDetaching = undefined;
  for (const path of ["a", "a/b", "mnt", "other"]) good(root.makeDirectory(0o755, path));
  writeFile(root, "a/b/file", "text");
  own = new Set(world.client.domain.table.all().map(([slot]) => slot));
  before = world.machine.snapshot();
});
afterEach(() => {
  for (const [slot] of world.client.domain.table.all()) if (!own.has(slot)) world.client.kernel.capDelete(slot);
  const after = world.machine.snapshot();
  for (const part of ["caps", "blocks"] as const) for (const name of ["vfs", "tmpfs"]) expect(after[part][name], `${part} of ${name}`).toBe(before[part][name]);
});

describe("a bind", () => {
  test("shows a directory in another place, as the same files", () => {
    good(root.bind(0, "/a", "/mnt"));
    expect(mounts()).toEqual(["tmpfs / tmpfs rw,protocol=2", "/a /mnt tmpfs rw,protocol=2,bind"]);
    expect(readFile(root, "mnt/b/file")).toBe("text");
    writeFile(root, "mnt/b/new", "through the bind");
    expect(readFile(root, "a/b/new")).toBe("through the bind");
    const [here, there] = [good(root.stat(true, "a/b/file")).attributes, good(root.stat(true, "mnt/b/file")).attributes];
    expect([there.device, there.inode]).toEqual([here.device, here.inode]);
    const inside = openDirectory(root, "mnt/b");
    expect(pathOf(inside)).toBe("/mnt/b");
    expect(readFile(inside, "../../a/b/file")).toBe("text");
    // As on Linux, another mount is another device to rename and link.
    expect(root.rename(root.cap, "mnt/b/new", "a/b/newer").error).toBe(Errors.CrossDevice);
    expect(root.unmount("/mnt").error).toBe(Errors.Busy);
    inside.kernel.capDelete(inside.cap);
    good(root.unlink("mnt/b/new"));
    good(root.unmount("/mnt"));
    expect(listNames(openDirectory(root, "mnt"))).toEqual([]);
  });

  test("has flags of its own", () => {
    good(root.bind(ReadOnly, "a", "mnt"));
    expect(root.open(FileFlags.Write, 0, "mnt/b/file").error).toBe(Errors.ReadOnly);
    expect(root.unlink("mnt/b/file").error).toBe(Errors.ReadOnly);
    // Nor by way of an open file.
    const file = new FileClient(root.kernel, good(root.open(FileFlags.Read, 0, "mnt/b/file")).file);
    expect(file.setMode(0o600).error).toBe(Errors.ReadOnly);
    expect(file.setTimes(2, 0n, 0n).error).toBe(Errors.ReadOnly);
    expect(file.reopen(FileFlags.Write).error).toBe(Errors.ReadOnly);
    good(new FileClient(root.kernel, good(file.reopen(FileFlags.Read)).file).read(0n));
    writeFile(root, "a/b/file", "text");
    good(root.remount(0, ALL, "mnt"));
    writeFile(root, "mnt/b/file", "text");
    good(root.unmount("mnt"));
  });

  test("can be of the root, and shows no mount twice", () => {
    good(root.bind(0, "/", "/mnt"));
    expect(readFile(root, "mnt/a/b/file")).toBe("text");
    expect(listNames(openDirectory(root, "mnt/mnt"))).toEqual([]);
    // What is a mount point can be removed by no way that leads to it.
    expect(root.removeDirectory("mnt/mnt").error).toBe(Errors.Busy);
    expect(root.rename(root.cap, "mnt/mnt", "mnt/moved").error).toBe(Errors.Busy);
    for (const [slot] of world.client.domain.table.all()) if (!own.has(slot)) world.client.kernel.capDelete(slot);
    good(root.unmount("mnt"));
  });

  test("is refused of what is no directory, on what is none, on a root, and without the right", () => {
    expect(root.bind(0, "a/b/file", "mnt").error).toBe(Errors.NotDirectory);
    expect(root.bind(0, "a", "a/b/file").error).toBe(Errors.NotDirectory);
    expect(root.bind(0, "a", "/").error).toBe(Errors.Busy);
    expect(root.bind(0, "nothing", "mnt").error).toBe(Errors.NotFound);
    expect(root.bind(Forward | ClientSide, "a", "mnt").error).toBe(Errors.BadArgument);
    const stranger = world.newClient("stranger");
    expect(stranger.root.bind(0, "a", "mnt").error).toBe(Errors.NoRight);
    expect(stranger.root.remount(ReadOnly, ALL, "/").error).toBe(Errors.NoRight);
    world.machine.kill(stranger.domain);
  });

  test("keeps a directory that is removed, until it is unmounted", () => {
    good(root.makeDirectory(0o755, "gone"));
    good(root.bind(0, "gone", "mnt"));
    good(root.removeDirectory("gone"));
    expect(good(root.stat(true, "mnt")).attributes.links).toBe(0);
    expect(root.makeDirectory(0o755, "mnt/x").error).toBe(Errors.NotFound);
    good(root.unmount("mnt"));
  });
});

describe("unmounting", () => {
  test("detaches the file system with its last mount, before that goes", async () => {
    const { slot } = await addDisk();
    const again = root.kernel.capCopy(slot);
    good(root.mount(0, slot, "mnt", "ram:one ext2"));
    // The same file system once more: the same device, one instance.
    expect(good(root.mount(0, again, "other", "ram:one ext2")).device).toBe(good(root.stat(true, "mnt")).attributes.device);
    good(root.unmount("mnt"));
    expect(detached).toBe(0);
    let seen: string[] = [];
    whileDetaching = () => { seen = world.machine.asAnotherThread(() => mounts()); };
    good(root.unmount("other"));
    expect(detached).toBe(1);
    expect(seen).toContain("ram:one /other ext2 rw,protocol=2");
    expect(mounts()).toHaveLength(1);
  });

  test("that the file system refuses leaves everything as it was", async () => {
    const { slot } = await addDisk();
    good(root.mount(ClientSide, slot, "mnt", "disk"));
    writeFile(root, "mnt/file", "kept");
    for (const error of [Errors.Busy, Errors.NoSpace, Errors.Io]) {
      refusal = error;
      expect(root.unmount("mnt").error).toBe(error);
      expect(readFile(root, "mnt/file")).toBe("kept");
      writeFile(root, "mnt/file", "kept");
      // Clients that walk for themselves are let in again.
      const id = good(openDirectory(root, "mnt").where()).mount;
      expect(good(new PathsClient(root.kernel, good(root.resolve(id)).paths).walk(1n, 1n, WalkMode.Last, "file", 4096)).end).toBe(WalkEnd.Done);
      for (const [each] of world.client.domain.table.all()) if (!own.has(each)) world.client.kernel.capDelete(each);
    }
    refusal = 0;
    good(root.unmount("mnt"));
    expect(detached).toBe(4);
  });

  test("while somebody comes in is one or the other, never half of it", async () => {
    const { slot } = await addDisk();
    good(root.mount(0, slot, "mnt", "disk"));
    writeFile(root, "mnt/file", "inside");
    let handle: DirectoryClient | undefined;
    whileDetaching = () => world.machine.asAnotherThread(() => { handle ??= openDirectory(root, "mnt"); });
    expect(root.unmount("mnt").error).toBe(Errors.Busy);
    expect(readFile(handle!, "file")).toBe("inside");
    root.kernel.capDelete(handle!.cap);
    whileDetaching = undefined;
    good(root.unmount("mnt"));
    expect(root.stat(true, "mnt/file").error).toBe(Errors.NotFound);
  });

  test("works when the file system has died", async () => {
    const { slot, disk } = await addDisk();
    good(root.mount(ClientSide, slot, "mnt", "disk"));
    world.machine.kill(disk);
    expect(root.stat(true, "mnt/file").error).toBe(Errors.Io);
    good(root.unmount("mnt"));
    expect(mounts()).toHaveLength(1);
  });
});

describe("the first protocol", () => {
  test("gives out open files of the VFS, which do all that open files do", () => {
    good(root.remount(Forward, ALL, "/"));
    const file = openFile(root, "a/file", FileFlags.Read | FileFlags.Write | FileFlags.Create);
    expect(file.data).toBe(0);
    expect(root.kernel.capInfo(file.file)!.object).toBe(root.kernel.capInfo(root.cap)!.object);
    file.write("0123456789");
    const { client } = file;
    expect(good(client.seek(-4n, 2)).position).toBe(6n);
    expect(new TextDecoder().decode(good(client.read(-1n, 100)).data)).toBe("6789");
    good(client.setSize(5n));
    good(client.setMode(0o640));
    good(client.setTimes(1 | 4, 7n, 9n));
    expect(good(client.stat()).attributes).toMatchObject({ size: 5n, mode: 0o640, accessed: 7n, modified: 9n, device: 1n });
    good(client.setFlags(FileFlags.Append));
    expect(good(client.write(0n, new Uint8Array([120]))).size).toBe(6n);
    const second = new FileClient(root.kernel, good(client.reopen(FileFlags.Read)).file);
    expect(new TextDecoder().decode(good(second.read(-1n)).data)).toBe("01234x");
    expect(second.write(-1n, new Uint8Array(1)).error).toBe(Errors.NoRight);
    expect(good(client.poll(3, 0, 0n)).ready).toBe(3);
    good(client.sync(false));
    good(client.close());
    // What was opened before a change goes on as it was.
    good(root.remount(0, ALL, "/"));
    expect(new TextDecoder().decode(good(second.read(0n)).data)).toBe("01234x");
    for (const { cap } of [client, second]) root.kernel.capDelete(cap);
    good(root.unlink("a/file"));
  });
});

describe("clients that walk for themselves", () => {
  test("can do with their capability what the mount allows, and nothing of the VFS's", () => {
    good(root.remount(ClientSide | ReadOnly | NoData, ALL, "/"));
    const given = good(root.resolve(good(root.where()).mount)).paths, paths = new PathsClient(root.kernel, given), all = new FileSystemClient(root.kernel, given);
    expect(good(paths.walk(1n, 1n, WalkMode.Last, "a/b/file", 4096))).toMatchObject({ end: WalkEnd.Done, consumed: 8 });
    const opened = good(paths.open(1n, 1n, FileFlags.Read, 0, 1n, "a/b/file", 4096));
    expect(opened.data).toBe(0);
    for (const error of [
      paths.open(1n, 1n, FileFlags.Write, 0, 1n, "a/b/file", 4096).error, paths.open(1n, 1n, FileFlags.Read | FileFlags.Create, 0o644, 1n, "new", 4096).error, paths.makeDirectory(1n, 1n, 0o755, "new", 4096).error,
      paths.remove(1n, 1n, false, "a/b/file", 4096).error, paths.rename(1n, 1n, "a", "c").error, paths.link(opened.inode, 1n, "new").error, paths.symbolicLink(1n, "new", "a").error,
      paths.setMode(1n, 0).error, paths.setTimes(1n, 2, 0n, 0n).error, paths.setSize(opened.inode, 0n).error, new FileClient(root.kernel, opened.file).reopen(FileFlags.Write).error,
    ]) expect(error).toBe(Errors.ReadOnly);
    for (const error of [paths.restrict(0).error, paths.cover(1n, true).error, all.detach().error, all.hold(1n).error, all.release(1n).error, all.root().error, all.sync().error, all.open(opened.inode, FileFlags.Write | FileFlags.Create, 1n).error]) {
      expect(error).toBe(Errors.BadHandle);
    }
    // A change of the mount ends it.
    good(root.remount(ClientSide, ALL, "/"));
    expect(paths.walk(1n, 1n, WalkMode.Last, "a", 4096).error).toBe(Errors.BadHandle);
    good(root.remount(0, ALL, "/"));
    expect(root.resolve(good(root.where()).mount).error).toBe(Errors.NotSupported);
    expect(root.resolve(4711).error).toBe(Errors.NotFound);
  });

  test("find in the shared table what the VFS says in text", async () => {
    const { slot } = await addDisk();
    const table = good(root.mountTable()).table, read = (): Uint8Array => root.kernel.dataspaceRead(table, 0n, 65536).data;
    let generation = 0;
    const check = (): void => {
      const bytes = read(), header = readMountTableHeader(bytes), lines = mounts();
      expect(header.generation % 2).toBe(0);
      expect(header.generation).toBeGreaterThan(generation);
      generation = header.generation;
      expect(header.count).toBe(lines.length);
      const entries = lines.map((_, index) => readMountTableEntry(bytes, 64 * (index + 1)));
      const text = entries.map((entry) => new TextDecoder().decode(bytes.subarray(MOUNT_TABLE_TEXT + entry.textOffset, MOUNT_TABLE_TEXT + entry.textOffset + entry.textLength)));
      expect(text.join("")).toBe(lines.map((line) => `${line}\n`).join(""));
      expect(entries.find(({ id }) => id === header.root)?.parent).toBe(0);
    };
    check();
    good(root.mount(NoData, slot, "mnt", "ram:one ext2"));
    check();
    good(root.bind(ReadOnly, "a", "other"));
    check();
    good(root.remount(Forward, ALL, "mnt"));
    check();
    for (const path of ["mnt", "other"]) good(root.unmount(path));
    check();
    expect(root.kernel.dataspaceWrite(table, 0n, new Uint8Array(4))).toBe(-Errors.NoRight);
  });
});

test("mounts, binds, remounts and unmounts at random leave the VFS whole", async () => {
  const { slot } = await addDisk();
  const place = fc.constantFrom("/mnt", "/other", "/a/b", "/mnt/x", "/other/x");
  const step = fc.record({ what: fc.constantFrom("mount", "bind", "unmount", "unmount", "remount", "make", "refuse"), place, from: fc.constantFrom("/", "/a", "/mnt", "/a/b", "/other"), flags: fc.constantFrom(0, ReadOnly, Forward, ClientSide, NoData) });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    for (const { what, place: at, from, flags } of steps) {
      switch (what) {
        case "mount": root.mount(flags, root.kernel.capCopy(slot), at, "disk"); break;
        case "bind": root.bind(flags, from, at); break;
        case "unmount": root.unmount(at); break;
        case "remount": root.remount(flags, ALL, at); break;
        case "make": root.makeDirectory(0o755, at); break;
        case "refuse": refusal = refusal ? 0 : Errors.Busy; break;
      }
    }
    refusal = 0;
    // From the innermost out, everything can be undone.
    for (const path of mounts().slice(1).map((line) => line.split(" ")[1]!).reverse()) good(root.unmount(path));
    good(root.remount(0, ALL, "/"));
    for (const path of ["/mnt/x", "/other/x"]) root.removeDirectory(path);
    expect(mounts()).toEqual(["tmpfs / tmpfs rw,protocol=2"]);
  }), { numRuns: Number(process.env["FC_RUNS"] ?? 150) });
  root.kernel.capDelete(slot);
});
