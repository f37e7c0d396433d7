// Overlays over a disk of a driver of its own, on the fake machine.

import { describe, expect, it } from "vitest";
import { DiskClient } from "../../abi/generated/ts/client/disk.ts";
import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import { RIGHT_ALL, SLOT_SELF } from "../../abi/layout/limits.ts";
import type { DiskBackend } from "../../lib/ts/disk-backend.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import { handle } from "../../lib/ts/serve.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import { expectDisk } from "../../lib/ts/testing/disk-model.ts";
import type { FakeKernel } from "../../lib/ts/testing/fake-kernel.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { OverlayDisks } from "./overlay-disks.ts";

const SIZE = 40 * 4096 + 1536;

/** A driver of one disk, that must not be written. */
class Base implements DiskBackend {
  readonly bytes = Uint8Array.from({ length: SIZE }, (_, index) => (index * 7 + (index >> 8)) & 255);
  fails = false;
  closed = 0;
  list = () => [];
  open = () => ({
    size: SIZE, flags: 0, flush() {}, close: () => { this.closed++; },
    read: (offset: number, length: number) => { if (this.fails) throw new Error("broken"); return this.bytes.slice(offset, offset + length); },
    write: () => { throw new Error("the base was written"); },
  });
}

function start(memory = 1 << 30) {
  const machine = new FakeMachine(), client = machine.domain("client"), base = new Base();
  const serve = (kernel: FakeKernel, backend: DiskBackend): DisksClient => {
    kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
    const driver = new DiskDriver(kernel, "driver", backend);
    machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, driver, incoming));
    return new DisksClient(client, machine.grant(kernel, SLOT_SELF, client, RIGHT_ALL));
  };
  const lower = serve(machine.domain("lower"), base), kernel = machine.domain("disk-overlay"), backend = new OverlayDisks(kernel, memory), overlays = serve(kernel, backend);
  const open = (disks: DisksClient, name: string, flags = 0): number => {
    const opened = disks.open(flags, name);
    if (opened.error) throw new Error(`open ${name}: ${opened.error}`);
    return opened.disk;
  };
  const create = (name: string): void => {
    const disk = open(lower, "base", DiskFlags.ReadOnly);
    expect(overlays.createFrom(disk, name, "ram:base")).toEqual({ error: 0 });
    client.capDelete(disk);
  };
  return { machine, client, base, overlays, lower, backend, open, create, kernel };
}

describe("an overlay", () => {
  it("reads as its base until it is written, and keeps what is written", () => expectDisk(async () => {
    const { base, backend, create } = start();
    create("o");
    return { open: async () => backend.open("o"), contents: base.bytes };
  }));

  it("leaves its base alone, and holds it until it is removed", () => {
    const { machine, client, base, overlays, open, create } = start(), before = machine.counts(), original = base.bytes.slice();
    create("o");
    const disk = open(overlays, "o");
    expect(new DiskClient(client, disk).write(512n, new Uint8Array(1024).fill(9)).error).toBe(0);
    expect(base.bytes).toEqual(original);
    client.capDelete(disk);
    expect(new TextDecoder().decode((overlays.list(0n) as { text: Uint8Array }).text)).toBe(`o\t${SIZE}\t0\tclosed\tram:base\n`);
    expect(base.closed).toBe(0);
    expect(overlays.remove("o")).toEqual({ error: 0 });
    expect(base.closed).toBe(1);
    expect(machine.counts()).toEqual(before);
  });

  it("is full when all overlays together have changed so much", () => {
    const { client, overlays, open, create } = start(8192);
    create("a");
    create("b");
    const [a, b] = ["a", "b"].map((name) => new DiskClient(client, open(overlays, name))), sector = new Uint8Array(512).fill(1);
    expect(a!.write(0n, sector).error).toBe(0);
    expect(b!.write(0n, sector).error).toBe(0);
    expect(a!.write(512n, sector).error).toBe(0);
    expect(a!.write(4096n, sector).error).toBe(errorNumber("NoSpace"));
    expect(a!.read(512n, 512)).toEqual({ error: 0, data: sector });
    client.capDelete(b!.cap);
    expect(overlays.remove("b")).toEqual({ error: 0 });
    expect(a!.write(4096n, sector).error).toBe(0);
  });

  it("tells of a base that fails, and writes no half block over it", () => {
    const { client, base, overlays, open, create } = start();
    create("o");
    const disk = new DiskClient(client, open(overlays, "o"));
    base.fails = true;
    expect(disk.read(0n, 512).error).toBe(errorNumber("Io"));
    expect(disk.write(0n, new Uint8Array(512)).error).toBe(errorNumber("Io"));
    expect(disk.write(4096n, new Uint8Array(4096).fill(3)).error).toBe(0);
    expect(disk.read(4096n, 4096)).toEqual({ error: 0, data: new Uint8Array(4096).fill(3) });
    base.fails = false;
    expect(disk.read(0n, 512)).toEqual({ error: 0, data: base.bytes.slice(0, 512) });
  });

  it("is refused over what is no disk, over nothing, and over another overlay", () => {
    const { machine, client, overlays, open, create } = start();
    create("o");
    const before = machine.counts(), none = client.endpointCreate();
    expect(overlays.createFrom(0, "a", "x").error).toBe(errorNumber("BadArgument"));
    expect(overlays.createFrom(client.notificationCreate(), "a", "x").error).toBe(errorNumber("BadArgument"));
    const disk = open(overlays, "o");
    expect(overlays.createFrom(disk, "a", "x").error).toBe(errorNumber("NotSupported"));
    expect(overlays.createFrom(disk, "o", "x").error).toBe(errorNumber("Exists"));
    client.capDelete(disk);
    client.capDelete(none);
    expect(machine.counts().endpoints).toBe(before.endpoints);
  });

  it("survives any message", () => {
    const { kernel, backend } = start();
    fuzzDispatch(kernel, new DiskDriver(kernel, "disk-overlay", backend), [0x3a, 0x3b]);
  });
});
