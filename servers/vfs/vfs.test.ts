// The VFS: paths, links, handles and mounts, with tmpfs below it, on the fake machine.

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { FileFlags, FileKind, MountFlags } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { RIGHT_ALL, RIGHT_RECEIVE } from "../../abi/layout/limits.ts";
import { FakeMachine, type Domain, type Snapshot } from "../../lib/testing/fake-machine.ts";
import { good, listNames, openDirectory, openFile, pathOf, readEntries, readFile, writeFile } from "../../lib/testing/files.ts";
import { World, image } from "../../lib/testing/world.ts";

const { Read, Write, Create, Exclusive, Directory, NoFollow, Truncate } = FileFlags;

describe("vfs", () => {
  let world: World, root: DirectoryClient, before: Snapshot, own: Set<number>;
  beforeEach(async () => {
    world = await World.create();
    root = world.root;
    before = world.machine.snapshot();
    own = new Set(world.client.domain.table.all().map(([slot]) => slot));
  });
  afterEach(() => {
    dropAll();
    empty(root);
    world.machine.assertNothingLeaked(before);
  });
  const empty = (directory: DirectoryClient): void => {
    for (const name of listNames(directory)) {
      if (!directory.unlink(name).error) continue;
      const inside = openDirectory(directory, name);
      empty(inside);
      inside.kernel.capDelete(inside.cap);
      good(directory.removeDirectory(name));
    }
  };
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  /** Delete every capability that a test has made. */
  const dropAll = (): void => { for (const [slot] of world.client.domain.table.all()) if (!own.has(slot)) world.client.kernel.capDelete(slot); };
  const mountAt = async (path: string, flags = 0): Promise<Domain> => {
    const slot = await world.addTmpfs("another");
    good(root.mount(flags, slot, path, "tmpfs"));
    world.client.kernel.capDelete(slot);
    return world.machine.domains.find(({ name }) => name === "another")!;
  };

  test("answers NotFound to everything until a root is mounted", async () => {
    const machine = new FakeMachine();
    const vfs = await machine.addServer({ name: "vfs", module: await image("vfs") });
    const tmpfs = await machine.addServer({ name: "tmpfs", module: await image("tmpfs") });
    const client = machine.addClient("client");
    const bare = new DirectoryClient(client.kernel, machine.give(client, vfs, { rights: RIGHT_ALL & ~RIGHT_RECEIVE }));
    const fs = machine.give(client, tmpfs);
    expect(bare.stat(true, "/").error).toBe(Errors.NotFound);
    expect(bare.open(Read, 0, "/").error).toBe(Errors.NotFound);
    expect(bare.path().error).toBe(Errors.NotFound);
    expect(bare.mount(0, fs, "/tmp", "tmpfs").error).toBe(Errors.NotFound);
    expect(good(bare.mounts(0n)).text).toHaveLength(0);
    good(bare.mount(0, fs, "/", "tmpfs"));
    expect(good(bare.stat(true, "/")).attributes).toMatchObject({ kind: FileKind.Directory, device: 1n });
    expect(bare.mount(0, fs, "/", "tmpfs").error).toBe(Errors.Busy);
    good(bare.unmount("/"));
    expect(bare.stat(true, "/").error).toBe(Errors.NotFound);
    good(bare.mount(0, fs, "/", "tmpfs"));
  });

  test("walks paths with dots, slashes and symbolic links", () => {
    good(root.makeDirectory(0o755, "a"));
    good(root.makeDirectory(0o755, "a/b"));
    writeFile(root, "a/b/file", "found");
    good(root.symbolicLink("b/file", "a/link"));
    good(root.symbolicLink("/a", "absolute"));
    good(root.symbolicLink("absolute/b", "chain"));
    for (const path of ["a/b/file", "/a//b///file", "./a/./b/../b/file", "a/link", "absolute/link", "chain/file", "chain/../link", "/../../a/link"]) {
      expect(readFile(root, path), path).toBe("found");
    }
    expect(root.stat(true, "a/b/file/").error).toBe(Errors.NotDirectory);
    expect(root.stat(true, "a/b/file/x").error).toBe(Errors.NotDirectory);
    expect(root.stat(true, "a/link/").error).toBe(Errors.NotDirectory);
    expect(good(root.stat(false, "chain/")).attributes.kind).toBe(FileKind.Directory);
    expect(good(root.stat(false, "chain")).attributes).toMatchObject({ kind: FileKind.SymbolicLink, size: 10n });
    expect(text(good(root.readLink("chain")).contents)).toBe("absolute/b");
    expect(root.readLink("a").error).toBe(Errors.NotLink);
  });

  test("follows 40 links and no more", () => {
    writeFile(root, "0", "end");
    for (let i = 1; i <= 41; i++) good(root.symbolicLink(`${i - 1}`, `${i}`));
    expect(readFile(root, "40")).toBe("end");
    expect(root.stat(true, "41").error).toBe(Errors.LinkLoop);
    good(root.symbolicLink("self", "self"));
    expect(root.open(Read, 0, "self").error).toBe(Errors.LinkLoop);
    expect(root.stat(true, "self/x").error).toBe(Errors.LinkLoop);
    // Links that grow as they are followed end in an error, too.
    const long = `${"./".repeat(2000)}grow/x`;
    good(root.symbolicLink(long, "grow"));
    expect([Errors.TooLong, Errors.LinkLoop]).toContain(root.stat(true, "grow").error);
  });

  test("opens as POSIX has it", () => {
    writeFile(root, "file", "old");
    good(root.makeDirectory(0o755, "dir"));
    good(root.symbolicLink("missing", "dangling"));
    good(root.symbolicLink("file", "link"));
    const errorOf = (flags: number, path: string): number => { const result = root.open(flags, 0o644, path); return result.error; };
    expect(errorOf(Read, "missing")).toBe(Errors.NotFound);
    expect(errorOf(Write | Create | Exclusive, "file")).toBe(Errors.Exists);
    expect(errorOf(Write | Create | Exclusive, "dangling")).toBe(Errors.Exists);
    expect(errorOf(Read | NoFollow, "link")).toBe(Errors.LinkLoop);
    expect(errorOf(Read | Directory, "file")).toBe(Errors.NotDirectory);
    expect(errorOf(Write, "dir")).toBe(Errors.IsDirectory);
    expect(errorOf(Read | Create, "dir")).toBe(Errors.IsDirectory);
    expect(errorOf(Write | Create, "new/")).toBe(Errors.IsDirectory);
    expect(errorOf(1 << 20, "file")).toBe(Errors.BadArgument);
    expect(errorOf(Read, "")).toBe(Errors.NotFound);
    expect(errorOf(Read, "x".repeat(256))).toBe(Errors.TooLong);
    expect(errorOf(Read, "/x".repeat(2049))).toBe(Errors.TooLong);
    expect(errorOf(Read, "a\0b")).toBe(Errors.BadArgument);
    const made = openFile(root, "dangling", Write | Create);
    expect(made.created).toBe(true);
    made.write("through the link");
    expect(readFile(root, "missing")).toBe("through the link");
    const read = good(root.open(Read | Write | Truncate, 0, "file"));
    expect(read).toMatchObject({ kind: FileKind.Regular, size: 0n, created: false });
  });

  test("makes a file that its own bits forbid to write, and writes it", () => {
    const file = openFile(root, "f", Write | Create, 0o444);
    file.write("once");
    expect(root.open(Write, 0, "f").error).toBe(Errors.AccessDenied);
    expect(readFile(root, "f")).toBe("once");
  });

  test("takes paths relative to a handle, which survives renaming and removal of its directory", () => {
    good(root.makeDirectory(0o755, "a"));
    good(root.makeDirectory(0o755, "a/b"));
    const handle = openDirectory(root, "a/b");
    writeFile(handle, "file", "here");
    good(root.rename(root.cap, "a/b", "moved"));
    expect(readFile(handle, "file")).toBe("here");
    expect(pathOf(handle)).toBe("/moved");
    expect(readFile(handle, "../moved/file")).toBe("here");
    good(root.unlink("moved/file"));
    good(root.removeDirectory("moved"));
    expect(good(handle.stat(true, "")).attributes.links).toBe(0);
    expect(handle.path().error).toBe(Errors.NotFound);
    expect(handle.open(Write | Create, 0o644, "x").error).toBe(Errors.NotFound);
    expect(handle.stat(true, "..").error).toBe(Errors.NotFound);
    expect(good(handle.stat(true, "/")).attributes.links).toBe(3);
  });

  test("renames and links between handles, and refuses a target that is none of its own", () => {
    good(root.makeDirectory(0o755, "a"));
    good(root.makeDirectory(0o755, "b"));
    const [a, b] = [openDirectory(root, "a"), openDirectory(root, "b")];
    writeFile(a, "f", "data");
    good(a.rename(b.cap, "f", "g"));
    expect(readFile(b, "g")).toBe("data");
    good(b.link(true, a.cap, "g", "h"));
    expect(good(a.stat(true, "h")).attributes.links).toBe(2);
    expect(a.rename(world.client.kernel.notificationCreate(), "h", "x").error).toBe(Errors.BadHandle);
    expect(a.rename(0, "h", "x").error).toBe(Errors.BadHandle);
    expect(a.link(true, world.client.pipe.cap, "h", "x").error).toBe(Errors.BadHandle);
    good(a.unlink("h"));
  });

  test("goes in and out of mounts, and names files by device", async () => {
    good(root.makeDirectory(0o755, "mnt"));
    writeFile(root, "mnt/hidden", "below");
    const other = await mountAt("/mnt");
    expect(listNames(openDirectory(root, "mnt"))).toEqual([]);
    writeFile(root, "mnt/file", "above");
    good(root.makeDirectory(0o755, "mnt/dir"));
    const inside = openDirectory(root, "mnt/dir");
    expect(pathOf(inside)).toBe("/mnt/dir");
    expect(good(inside.stat(true, "..")).attributes.device).toBe(2n);
    expect(good(inside.stat(true, "../..")).attributes.device).toBe(1n);
    expect(readFile(inside, "../../mnt/file")).toBe("above");
    writeFile(root, "outside", "x");
    expect(root.rename(root.cap, "outside", "mnt/outside").error).toBe(Errors.CrossDevice);
    expect(root.link(true, root.cap, "outside", "mnt/outside").error).toBe(Errors.CrossDevice);
    for (const busy of [root.removeDirectory("mnt"), root.rename(root.cap, "mnt", "other"), root.rename(root.cap, "mnt/dir/../../mnt", "x")]) expect(busy.error).toBe(Errors.Busy);
    expect(root.unmount("/mnt").error).toBe(Errors.Busy);
    inside.kernel.capDelete(inside.cap);
    dropAll();
    expect(root.unmount("/mnt/dir").error).toBe(Errors.BadArgument);
    good(root.unmount("/mnt"));
    expect(readFile(root, "mnt/hidden")).toBe("below");
    world.machine.kill(other);
  });

  test("refuses changes on a read-only mount and reports it", async () => {
    good(root.makeDirectory(0o755, "ro disk"));
    const other = await mountAt("/ro disk", MountFlags.ReadOnly);
    expect(root.open(Write | Create, 0o644, "ro disk/x").error).toBe(Errors.ReadOnly);
    expect(root.makeDirectory(0o755, "ro disk/x").error).toBe(Errors.ReadOnly);
    expect(root.symbolicLink("x", "ro disk/x").error).toBe(Errors.ReadOnly);
    expect(root.unlink("ro disk/x").error).toBe(Errors.ReadOnly);
    expect(root.setMode(0o700, true, "ro disk").error).toBe(Errors.ReadOnly);
    expect(root.setTimes(1, 0n, 0n, true, "ro disk").error).toBe(Errors.ReadOnly);
    expect(root.setSize(0n, "ro disk").error).toBe(Errors.IsDirectory);
    expect(good(root.status("ro disk")).status.readOnly).toBe(1);
    expect(good(root.status("")).status.readOnly).toBe(0);
    expect(text(good(root.mounts(0n)).text)).toBe("tmpfs / tmpfs rw,protocol=2\ntmpfs /ro\\040disk tmpfs ro,protocol=2\n");
    expect(text(good(root.mounts(9n, 5)).text)).toBe("mpfs ");
    good(root.unmount("/ro disk"));
    world.machine.kill(other);
  });

  test("mounts only for who has the right Manage", () => {
    const other = world.newClient("other");
    good(root.makeDirectory(0o755, "mnt"));
    const slot = world.machine.give(other.domain, world.pipe);
    expect(other.root.mount(0, slot, "/mnt", "x").error).toBe(Errors.NoRight);
    expect(other.root.unmount("/mnt").error).toBe(Errors.NoRight);
    // A pipe server is no file system.
    expect(root.mount(0, world.client.pipe.cap, "/mnt", "pipe").error).toBe(Errors.NotSupported);
    expect(root.mount(MountFlags.Forward | MountFlags.ClientSide, world.client.pipe.cap, "/mnt", "pipe").error).toBe(Errors.BadArgument);
    expect(root.mount(0, world.client.kernel.notificationCreate(), "/mnt", "pipe").error).toBe(Errors.Io);
    world.machine.kill(other.domain);
  });

  test("closes a handle when the last copy of its capability goes", () => {
    good(root.makeDirectory(0o755, "a"));
    const handle = openDirectory(root, "a");
    const copy = new DirectoryClient(handle.kernel, handle.kernel.capCopy(handle.cap));
    const caps = world.vfs.table.count;
    good(handle.close());
    handle.kernel.capDelete(handle.cap);
    good(copy.stat(true, ""));
    expect(world.vfs.table.count).toBe(caps);
    copy.kernel.capDelete(copy.cap);
    expect(world.vfs.table.count).toBe(caps - 1);
  });

  test("lets the handles of a client that is killed go", () => {
    const other = world.newClient("other");
    const counts = world.machine.snapshot();
    good(root.makeDirectory(0o755, "a"));
    openDirectory(other.root, "a");
    openFile(other.root, "a/file").write("x");
    world.machine.kill(other.domain);
    expect(world.machine.snapshot().caps["vfs"]).toBe(counts.caps["vfs"]);
    expect(readFile(root, "a/file")).toBe("x");
  });

  test("reports a file system that has died as a failed device", async () => {
    good(root.makeDirectory(0o755, "mnt"));
    world.machine.kill(await mountAt("/mnt"));
    expect(root.open(Write | Create, 0o644, "mnt/x").error).toBe(Errors.Io);
    good(root.unmount("/mnt"));
  });

  test("stays whole when other threads are inside during its calls", () => {
    const others = ["p", "q"].map((name) => world.newClient(name));
    const name = fc.constantFrom("a", "b", "a/b", "b/a", "a/b/c", "a/..", "/a/./b");
    const action = fc.record({ what: fc.nat({ max: 9 }), who: fc.nat({ max: 1 }), path: name, to: name });
    const act = (root: DirectoryClient, { what, path, to }: { what: number; path: string; to: string }): void => {
      const { kernel } = root;
      const opened = (flags: number): void => {
        const result = root.open(flags, 0o644, path);
        if (!result.error) { kernel.capDelete(result.file); if (result.data) kernel.capDelete(result.data); }
      };
      switch (what) {
        case 0: case 1: root.makeDirectory(0o755, path); break;
        case 2: root.removeDirectory(path); break;
        case 3: root.unlink(path); break;
        case 4: case 5: opened(Read | Write | Create); break;
        case 6: root.rename(root.cap, path, to); break;
        case 7: opened(Read | Directory); break;
        case 8: root.symbolicLink(to, path); break;
        case 9: root.link(false, root.cap, path, to); break;
      }
    };
    fc.assert(fc.property(fc.array(action, { maxLength: 40, size: "max" }), fc.array(action, { maxLength: 40, size: "max" }), (first, second) => {
      const rest = [...second];
      world.machine.interleave = (server) => {
        if (server !== world.vfs) return;
        world.machine.interleave = undefined;
        const next = rest.pop();
        if (next) world.machine.asAnotherThread(() => act(others[1]!.root, next));
        if (rest.length > 0) world.machine.interleave = interleave;
      };
      const { interleave } = world.machine;
      for (const each of first) act(others[0]!.root, each);
      world.machine.interleave = undefined;
      // Every name leads to something, and every directory knows the way up.
      const check = (directory: DirectoryClient, path: string): void => {
        expect(pathOf(directory)).toBe(path || "/");
        for (const { name, kind } of readEntries((cookie, room) => directory.readDirectory(cookie, room)).slice(2)) {
          good(directory.stat(false, name));
          if (kind !== FileKind.Directory) continue;
          const inside = openDirectory(directory, name);
          check(inside, `${path}/${name}`);
          inside.kernel.capDelete(inside.cap);
        }
      };
      check(root, "");
      empty(root);
    }), { numRuns: 300 });
    for (const { domain } of others) world.machine.kill(domain);
  });
});
