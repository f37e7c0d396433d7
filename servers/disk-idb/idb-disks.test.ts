// Disks in a key-value store, on a made-up browser with several tabs and a quota.

import { describe, expect, it } from "vitest";
import { SLOT_SELF } from "../../abi/layout/limits.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import { expectDisk } from "../../lib/ts/testing/disk-model.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { FakeOrigin } from "../../lib/ts/testing/fake-storage.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { CHUNK } from "./chunk-medium.ts";
import { IdbDisks } from "./idb-disks.ts";

let serial = 0;
const disksOf = (origin: FakeOrigin): IdbDisks => new IdbDisks(origin.tab(), () => `chunks-${++serial}`);
const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1);

describe("disks in IndexedDB", () => {
  it("hold what an array would, and keep it", () => expectDisk(async () => {
    const disks = disksOf(new FakeOrigin()), size = 5 * CHUNK + 512;
    await disks.create("home", size);
    return { open: () => disks.open("home", false), contents: new Uint8Array(size) };
  }));

  it("are after a crash as they were at the last flush, whole", async () => {
    const origin = new FakeOrigin(), disks = disksOf(origin);
    await disks.create("home", 8 * CHUNK);
    const medium = await disks.open("home", false);
    await medium.write(0, ones(512));
    await medium.write(4 * CHUNK, ones(CHUNK));
    await medium.flush();
    await medium.write(CHUNK, ones(512));
    origin.locks.clear();
    const after = await disksOf(origin).open("home", false);
    expect([(await after.read(0, 512))[0], (await after.read(4 * CHUNK, 512))[0], (await after.read(CHUNK, 512))[0]]).toEqual([1, 1, 0]);
  });

  it("lose nothing when there is no space: it is read back, and stored once there is", async () => {
    const origin = new FakeOrigin(20 * CHUNK), disks = disksOf(origin);
    await expect(disks.create("large", 21 * CHUNK)).rejects.toMatchObject({ error: "NoSpace" });
    await disks.create("home", 10 * CHUNK);
    const medium = await disks.open("home", false);
    for (let at = 0; at < 10; at++) await medium.write(at * CHUNK, ones(CHUNK));
    // Something else of the site took it.
    origin.quota = 5 * CHUNK;
    await expect(medium.flush()).rejects.toMatchObject({ error: "NoSpace" });
    expect(await medium.read(9 * CHUNK, 512)).toEqual(ones(512));
    origin.quota = 20 * CHUNK;
    await medium.flush();
    await medium.close();
    expect((await (await disks.open("home", false)).read(9 * CHUNK, 512))).toEqual(ones(512));
  });

  it("refuse writes before memory runs out, when nothing can be stored", async () => {
    const origin = new FakeOrigin(1000 * CHUNK), disks = disksOf(origin);
    await disks.create("home", 600 * CHUNK);
    const medium = await disks.open("home", false);
    origin.quota = 1000;
    let written = 0;
    await expect((async () => { for (; written < 600; written++) await medium.write(written * CHUNK, ones(CHUNK)); })()).rejects.toMatchObject({ error: "NoSpace" });
    expect(written).toBe(256);
    expect(await medium.read(255 * CHUNK, 512)).toEqual(ones(512));
  });

  it("store no zeros, and remove all chunks of a disk but no other's", async () => {
    const origin = new FakeOrigin(), disks = disksOf(origin);
    await disks.create("a", 4 * CHUNK);
    await disks.create("b", 4 * CHUNK);
    for (const name of ["a", "b"]) {
      const medium = await disks.open(name, false);
      for (let at = 0; at < 4; at++) await medium.write(at * CHUNK, at === 2 ? new Uint8Array(CHUNK) : ones(CHUNK));
      await medium.close();
    }
    expect(origin.records.size).toBe(2 + 2 * 3);
    await disks.rename("a", "c");
    await expect(disks.rename("b", "c")).rejects.toMatchObject({ error: "Exists" });
    await disks.remove("c");
    expect(await disks.list()).toEqual([{ name: "b", size: 4 * CHUNK, flags: 2 }]);
    expect(origin.records.size).toBe(1 + 3);
    expect(origin.locks.size).toBe(0);
  });

  it("are refused in a second tab, unless both only read", async () => {
    const origin = new FakeOrigin(), [one, other] = [disksOf(origin), disksOf(origin)];
    await one.create("home", CHUNK);
    const medium = await one.open("home", false);
    await expect(other.open("home", true)).rejects.toMatchObject({ error: "Busy" });
    await medium.close();
    await one.open("home", true);
    await other.open("home", true);
    await expect(new IdbDisks(undefined, () => "").open("home", false)).rejects.toMatchObject({ error: "Unavailable" });
  });

  it("say so when what is stored is not what was stored", async () => {
    const origin = new FakeOrigin(), disks = disksOf(origin);
    await disks.create("home", CHUNK);
    const chunks = (origin.records.get('"home"') as { chunks: string }).chunks;
    origin.records.set(JSON.stringify([chunks, 0]), new Uint8Array(3));
    const medium = await disks.open("home", false);
    await expect(Promise.resolve().then(() => medium.read(0, 512))).rejects.toMatchObject({ error: "Io" });
    origin.records.set('"broken"', { size: -3 });
    expect((await disks.list()).map(({ name }) => name)).toEqual(["home"]);
  });

  it("survive any message", () => {
    const machine = new FakeMachine(), kernel = machine.domain("disk-idb");
    kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
    fuzzDispatch(kernel, new DiskDriver(kernel, "disk-idb", disksOf(new FakeOrigin(1 << 20))), [0x3a, 0x3b]);
  });
});
