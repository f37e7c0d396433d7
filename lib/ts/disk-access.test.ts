// Disks by DRIVER:NAME, on the fake machine: a driver of plain arrays, published for administrators.

import { beforeEach, describe, expect, it } from "vitest";
import { SLOT_SELF, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { DiskError, type DiskBackend } from "./disk-backend.ts";
import { DiskAccess, parseDiskName } from "./disk-access.ts";
import { DiskDriver } from "./disk-driver.ts";
import { handle } from "./serve.ts";
import { errorNumber } from "./status.ts";
import type { FakeKernel } from "./testing/fake-kernel.ts";
import { FakeMachine } from "./testing/fake-machine.ts";
import { FakeNames } from "./testing/fake-names.ts";

class Arrays implements DiskBackend {
  readonly disks = new Map<string, Uint8Array>();
  list = () => [...this.disks].map(([name, { length }]) => ({ name, size: length, flags: 2, origin: name === "b" ? "some where" : "" })).map(({ origin, ...row }) => origin ? { ...row, origin } : row);
  open = (name: string) => {
    const bytes = this.disks.get(name);
    if (!bytes) throw new DiskError("NotFound");
    return { size: bytes.length, flags: 2, read: (at: number, length: number) => bytes.slice(at, at + length), write: (at: number, data: Uint8Array) => { bytes.set(data, at); }, flush() {}, close() {} };
  };
  create = (name: string, size: number) => { this.disks.set(name, new Uint8Array(size)); };
  remove = (name: string) => { if (!this.disks.delete(name)) throw new DiskError("NotFound"); };
  rename = (from: string, to: string) => { this.disks.set(to, this.disks.get(from)!); this.disks.delete(from); };
}

let machine: FakeMachine, names: FakeNames, client: FakeKernel, access: DiskAccess, backend: Arrays;

function startDriver(name: string): FakeKernel {
  const kernel = machine.domain(name), driver = new DiskDriver(kernel, name, backend);
  kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
  machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, driver, incoming));
  names.announce(kernel, SLOT_SELF, name, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE, true);
  return kernel;
}

beforeEach(() => {
  machine = new FakeMachine();
  names = new FakeNames(machine);
  client = machine.domain("client");
  names.introduce(client, true);
  backend = new Arrays();
  access = new DiskAccess(client);
});

describe("disks by name", () => {
  it("are created, listed, read and written in pieces, renamed and removed", () => {
    startDriver("disk-x");
    expect(access.drivers()).toEqual(["x"]);
    expect(access.create("x:a", 512 * 1024)).toEqual({ error: 0 });
    const opened = access.open("x:a", false);
    if (opened.error) throw new Error(`${opened.error}`);
    const data = Uint8Array.from({ length: 300_032 }, (_, index) => (index * 13 + (index >> 9)) & 255);
    expect(opened.disk.write(1024, data)).toEqual({ error: 0 });
    expect(opened.disk.read(1024, data.length)).toEqual({ error: 0, data });
    expect(opened.disk.flush()).toEqual({ error: 0 });
    expect(opened.disk.statistics()).toMatchObject({ error: 0, statistics: { writes: 5n, bytesWritten: 300_032n, flushes: 1n } });
    expect(opened.disk.read(512 * 1024, 512).error).toBe(errorNumber("BadArgument"));
    expect(access.open("x:a", true).error).toBe(errorNumber("Busy"));
    opened.disk.close();
    expect(access.rename("x:a", "x:b")).toEqual({ error: 0 });
    expect(access.list("x")).toEqual({ error: 0, disks: [{ driver: "x", name: "b", size: 512 * 1024, persistent: true, readOnly: false, open: false, origin: "some where" }] });
    expect(access.rename("x:b", "y:b").error).toBe(errorNumber("CrossDevice"));
    expect(access.remove("x:b")).toEqual({ error: 0 });
    expect(access.remove("x:b").error).toBe(errorNumber("NotFound"));
  });

  it("keep what is told of them whole, however many parts the list comes in", () => {
    startDriver("disk-x");
    const rows = Array.from({ length: 5000 }, (_, index) => ({ name: `d${index}`, size: 512, flags: 0, origin: "ä→🎁".repeat(1 + index % 7) }));
    backend.list = () => rows;
    const listed = access.list("x");
    expect(listed.error).toBe(0);
    if (!listed.error) expect(listed.disks.map(({ name, origin }) => ({ name, origin }))).toEqual(rows.map(({ name, origin }) => ({ name, origin })));
  });

  it("are found again when their driver was replaced", () => {
    const first = startDriver("disk-x");
    expect(access.create("x:a", 512)).toEqual({ error: 0 });
    machine.kill(first.domain);
    expect(access.create("x:b", 512).error).toBe(errorNumber("PeerDied"));
    startDriver("disk-x");
    expect(access.list("x")).toMatchObject({ error: 0, disks: [{ name: "a" }] });
  });

  it("need an administrator", () => {
    startDriver("disk-x");
    const user = machine.domain("user");
    names.introduce(user);
    expect(new DiskAccess(user).drivers()).toEqual([]);
    expect(new DiskAccess(user).create("x:a", 512).error).toBe(errorNumber("NotFound"));
  });

  it.each(["", "x", "x:", ":a", "X:a", "x:a/b", "x:a:b", `x:${"a".repeat(64)}`, "1x:a"])("are not called %j", (name) => {
    startDriver("disk-x");
    expect(parseDiskName(name)).toBeUndefined();
    expect(access.open(name, true).error).toBe(errorNumber("BadArgument"));
  });
});
