// Disks in memory: what a plain array holds, sparse, and never more than the limit in all.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiskClient } from "../../abi/generated/ts/client/disk.ts";
import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { RIGHT_ALL, SLOT_SELF } from "../../abi/layout/limits.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import { handle } from "../../lib/ts/serve.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { CHUNK, RamDisk, RamDisks } from "./ram-disks.ts";

function start(limit = 2 ** 30) {
  const machine = new FakeMachine(), kernel = machine.domain("disk-ram"), client = machine.domain("client");
  kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
  const driver = new DiskDriver(kernel, "disk-ram", new RamDisks(limit));
  machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, driver, incoming));
  return { machine, kernel, client, driver, disks: new DisksClient(client, machine.grant(kernel, SLOT_SELF, client, RIGHT_ALL)) };
}

describe("a RAM disk", () => {
  it("holds what an array of its size would", () => {
    const size = 3 * CHUNK;
    const call = fc.record({ at: fc.nat(size / 512), sectors: fc.nat(128), fill: fc.constantFrom(undefined, 0, 7, 255) });
    fc.assert(fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
      const disk = new RamDisk(size), model = new Uint8Array(size);
      for (const { at, sectors, fill } of calls) {
        const offset = at * 512, length = Math.min(sectors * 512, size - offset);
        if (fill === undefined) expect(Buffer.compare(disk.read(offset, length), model.slice(offset, offset + length))).toBe(0);
        else {
          disk.write(offset, new Uint8Array(length).fill(fill));
          model.fill(fill, offset, offset + length);
        }
      }
      expect(Buffer.compare(disk.read(0, size), model)).toBe(0);
    }));
  });

  it("takes memory only for what is not zero", () => {
    const disk = new RamDisk(2 ** 36);
    disk.write(2 ** 35, new Uint8Array(65536));
    expect(disk.used).toBe(0);
    disk.write(2 ** 36 - 512, new Uint8Array(512).fill(1));
    expect(disk.used).toBe(CHUNK);
    expect(disk.read(2 ** 36 - 1024, 1024)).toEqual(new Uint8Array(1024).fill(1, 512));
  });
});

describe("the RAM disk driver", () => {
  it("creates, renames and removes disks within its limit, and keeps what is on a closed one", () => {
    const { machine, client, disks } = start(10_240), before = machine.counts();
    expect(disks.create(8192n, "a")).toEqual({ error: 0 });
    expect(disks.create(8192n, "b").error).toBe(errorNumber("NoSpace"));
    expect(disks.create(2048n, "b")).toEqual({ error: 0 });
    const opened = disks.open(0, "a");
    if (opened.error) throw new Error(`${opened.error}`);
    expect(new DiskClient(client, opened.disk).write(512n, new Uint8Array(512).fill(9)).error).toBe(0);
    expect(disks.rename("a", "c").error).toBe(errorNumber("Busy"));
    client.capDelete(opened.disk);
    expect(disks.rename("a", "b").error).toBe(errorNumber("Exists"));
    expect(disks.rename("a", "c")).toEqual({ error: 0 });
    expect(disks.open(0, "a").error).toBe(errorNumber("NotFound"));
    const again = disks.open(1, "c");
    if (again.error) throw new Error(`${again.error}`);
    expect(new DiskClient(client, again.disk).read(512n, 512)).toEqual({ error: 0, data: new Uint8Array(512).fill(9) });
    client.capDelete(again.disk);
    for (const name of ["b", "c"]) expect(disks.remove(name)).toEqual({ error: 0 });
    expect(disks.remove("c").error).toBe(errorNumber("NotFound"));
    expect(disks.create(10_240n, "d")).toEqual({ error: 0 });
    expect(disks.createFrom(0, "e", "x").error).toBe(errorNumber("NotSupported"));
    expect(machine.counts()).toEqual(before);
  });

  it("survives any message", () => {
    const { kernel, driver } = start(1 << 20);
    fuzzDispatch(kernel, driver, [0x3a, 0x3b]);
  });
});
