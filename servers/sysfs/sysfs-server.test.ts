import { beforeEach, describe, expect, it } from "vitest";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import { writeMountTableHeader } from "../../abi/generated/ts/records.ts";
import { dispatchCache, type CacheHandlers } from "../../abi/generated/ts/server/cache.ts";
import { MOUNT_TABLE_TEXT, RIGHT_GRANT, RIGHT_READ, SLOT_SELF, SLOT_SYSTEM } from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import { decodeEntries } from "../../lib/ts/directory-entries.ts";
import { handle } from "../../lib/ts/serve.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import { decodeText, encodeText } from "../../lib/ts/text.ts";
import type { FakeKernel } from "../../lib/ts/testing/fake-kernel.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { FakeNames } from "../../lib/ts/testing/fake-names.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { MOUNT_TABLE, Sources } from "./sources.ts";
import { SysfsServer } from "./sysfs-server.ts";
import { systemTree } from "./system-tree.ts";

let machine: FakeMachine, names: FakeNames, kernel: FakeKernel, client: FakeKernel, server: SysfsServer, fileSystem: FileSystemClient;
/** What the cache says of its volumes. */
let volumes: string[];

beforeEach(() => {
  machine = new FakeMachine();
  names = new FakeNames(machine);
  kernel = machine.domain("sysfs");
  kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
  machine.grantSystem(kernel, SLOT_SYSTEM);
  names.introduce(kernel, true);
  server = new SysfsServer(kernel, systemTree(new Sources(kernel)));
  machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, server, incoming));
  client = machine.domain("vfs");
  fileSystem = new FileSystemClient(client, machine.grant(kernel, SLOT_SELF, client, 7));
  volumes = [];
});

function startCache(): FakeKernel {
  const own = machine.domain("cache"), endpoint = own.endpointCreate(), custody = new Custody(own);
  const handlers = { list: (_context: unknown, position: bigint) => ({ error: 0, text: encodeText(volumes.map((line) => `${line}\n`).join("")).slice(Number(position)) }) } as unknown as CacheHandlers;
  machine.attach(own, endpoint, (incoming) => handle(own, { custody, dispatch: (each) => dispatchCache(handlers, each) }, incoming));
  names.announce(own, endpoint, "cache", 7, true);
  return own;
}

function inodeOf(path: string): bigint {
  return path.split("/").filter((part) => part !== "").reduce((inode, part) => {
    const found = fileSystem.lookup(inode, part);
    if (found.error) throw new Error(`${path}: ${found.error}`);
    return found.inode;
  }, 1n);
}

function read(path: string): string {
  const opened = fileSystem.open(inodeOf(path), FileFlags.Read, 3n);
  if (opened.error) throw new Error(`${path}: ${opened.error}`);
  expect(opened.data).toBe(0);
  const answer = new FileClient(client, opened.file).read(-1n);
  client.capDelete(opened.file);
  return answer.error ? `error ${answer.error}` : decodeText(answer.data);
}

function list(path: string): string[] {
  const all: string[] = [];
  for (let cookie = 0n; ;) {
    // Room for one entry or two, so that going on is tried.
    const part = fileSystem.readDirectory(inodeOf(path), cookie, 64);
    const entries = part.error ? [] : decodeEntries(part.entries);
    if (entries.length === 0) return all;
    all.push(...entries.map(({ name }) => name));
    cookie = entries.at(-1)!.next;
  }
}

describe("the system file system", () => {
  it("shows the parts of the system, and what runs", () => {
    expect(list("/")).toEqual([".", "..", "cache", "disks", "file-systems", "kernel", "mounts", "servers"]);
    expect(list("/servers")).toEqual([".", "..", "names", "sysfs", "vfs"]);
    machine.domain("pipe");
    expect(list("/servers")).toContain("pipe");
    expect(read("/servers/vfs")).toMatch(/^domain \d+\nstate \w+\nplacement \w+\n/);
    expect(read("/kernel/counts")).toMatch(/^domains \d+$/m);
    expect(fileSystem.lookup(1n, "nothing").error).toBe(errorNumber("NotFound"));
    expect(fileSystem.stat(inodeOf("/servers/vfs"))).toMatchObject({ attributes: { kind: FileKind.Regular, mode: 0o444 } });
  });

  it("makes contents when a file is opened, and keeps them while it is open", () => {
    startCache();
    const line = (hits: number): string => `ram:d 10 0 0 2 ${hits} 1 0 0 0 0 0 0 0 1 0 0 3`;
    volumes = [line(3)];
    expect(list("/cache")).toEqual([".", "..", "total", "ram:d"]);
    const opened = fileSystem.open(inodeOf("/cache/ram:d"), FileFlags.Read, 3n), file = new FileClient(client, opened.error ? 0 : opened.file);
    volumes = [line(99)];
    const first = file.read(0n);
    expect(first.error ? "" : decodeText(first.data)).toContain("hits 3\n");
    expect(read("/cache/ram:d")).toContain("hits 99\nmisses 1\n");
    expect(read("/cache/ram:d")).toContain("hitRate 99.0%\npolicy arc\n");
    expect(read("/cache/total")).toContain("volumes 1\npages 10\ndirty 2\n");
    const inode = inodeOf("/cache/ram:d");
    volumes = [];
    expect(list("/cache")).toEqual([".", "..", "total"]);
    expect(read("/cache/total")).toContain("hitRate -\n");
    volumes = [line(1)];
    expect(inodeOf("/cache/ram:d")).toBe(inode);
  });

  it("asks no server that is not running, and starts none", () => {
    expect(list("/cache")).toEqual([".", "..", "total"]);
    expect(list("/disks")).toEqual([".", ".."]);
    expect(read("/cache/total")).toContain("volumes 0\n");
    const own = startCache();
    volumes = ["ram:d 1 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0"];
    expect(list("/cache")).toContain("ram:d");
    machine.kill(own.domain);
    expect(list("/cache")).toEqual([".", "..", "total"]);
  });

  it("reads the mounts from the VFS's table, not from the VFS", () => {
    expect(read("/mounts")).toBe("");
    const table = client.dataspaceCreate(8192n), text = "tmpfs / tmpfs rw,protocol=2\n";
    const write = (generation: number): void => {
      client.dataspaceWrite(table, 0n, writeMountTableHeader({ generation, count: 1, root: 1, textLength: text.length, reserved0: 0n, reserved1: 0n, reserved2: 0n, reserved3: 0n, reserved4: 0n, reserved5: 0n }));
      client.dataspaceWrite(table, BigInt(MOUNT_TABLE_TEXT), encodeText(text));
    };
    write(2);
    names.announce(client, table, MOUNT_TABLE, RIGHT_READ | RIGHT_GRANT, true);
    expect(read("/mounts")).toBe(text);
    // While it is being written it is not believed.
    write(3);
    expect(read("/mounts")).toBe("");
  });

  it("can not be changed, and leaves nothing behind", () => {
    const before = machine.counts();
    read("/kernel/counts");
    expect(machine.counts()).toEqual(before);
    expect(fileSystem.unlink(1n, false, "mounts").error).toBe(errorNumber("ReadOnly"));
    expect(fileSystem.open(inodeOf("/mounts"), FileFlags.Write, 1n).error).toBe(errorNumber("ReadOnly"));
    expect(fileSystem.open(1n, FileFlags.Read, 1n).error).toBe(errorNumber("IsDirectory"));
  });

  it("survives any message", () => fuzzDispatch(kernel, server, [0x20, 0x22]));
});
