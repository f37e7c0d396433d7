// Disks in files of a browser's private file system, on a made-up browser with several tabs and a quota.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { RIGHT_ALL, SLOT_SELF } from "../../abi/layout/limits.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import { handle } from "../../lib/ts/serve.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import { expectDisk } from "../../lib/ts/testing/disk-model.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { FakeOrigin } from "../../lib/ts/testing/fake-storage.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { OpfsDisks } from "./opfs-disks.ts";

const MIB = 1 << 20;

describe("disks in the private file system", () => {
  it("hold what an array would, and keep it", () => expectDisk(async () => {
    const disks = new OpfsDisks(new FakeOrigin().tab());
    await disks.create("home", 200 * 512);
    return { open: () => disks.open("home", false), contents: new Uint8Array(200 * 512) };
  }));

  it("are what an array would be to who reads them in order, whatever is written meanwhile", async () => {
    const LENGTH = 1 << 18, SIZE = 13 * LENGTH + 512;
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ what: fc.constantFrom("next", "next", "next", "next", "seek", "write"), at: fc.nat(), sectors: fc.integer({ min: 1, max: 512 }) }), { maxLength: 40 }), async (steps) => {
      const origin = new FakeOrigin(), disks = new OpfsDisks(origin.tab()), model = new Uint8Array(SIZE);
      await disks.create("home", SIZE);
      const disk = await disks.open("home", false);
      let at = 0, byte = 0, last: { given: Uint8Array; expected: Uint8Array } | undefined;
      for (const step of steps) {
        const sector = step.at % (SIZE / 512) * 512, length = Math.min(step.sectors * 512, SIZE - sector);
        if (step.what === "seek") at = sector;
        else if (step.what === "write") {
          const data = new Uint8Array(length).fill(++byte);
          await disk.write(sector, data);
          model.set(data, sector);
        } else {
          if (at === SIZE) at = 0;
          const part = Math.min(LENGTH, SIZE - at), given = await disk.read(at, part), expected = model.slice(at, at + part);
          expect(Buffer.compare(given, expected)).toBe(0);
          // What was given before is not touched by one more call.
          if (last) expect(Buffer.compare(last.given, last.expected)).toBe(0);
          last = { given, expected };
          at += part;
        }
      }
      await disk.close();
    }), { numRuns: 60 });
  });

  it("are the image itself, found by another tab once the first has closed it", async () => {
    const origin = new FakeOrigin(), [one, other] = [new OpfsDisks(origin.tab()), new OpfsDisks(origin.tab())];
    await one.create("home", 3 * MIB + 512);
    expect(await other.list()).toEqual([{ name: "home", size: 3 * MIB + 512, flags: 2 }]);
    const open = await one.open("home", false);
    open.write(MIB, new Uint8Array(512).fill(7));
    await expect(other.open("home", false)).rejects.toMatchObject({ error: "Busy" });
    await expect(other.remove("home")).rejects.toMatchObject({ error: "Busy" });
    await expect(other.rename("home", "house")).rejects.toMatchObject({ error: "Busy" });
    await open.close();
    expect(origin.files.get("home.img")!.subarray(MIB, MIB + 512)).toEqual(new Uint8Array(512).fill(7));
    await other.rename("home", "house");
    await expect(one.open("home", false)).rejects.toMatchObject({ error: "NotFound" });
    expect((await (await one.open("house", true)).read(MIB, 512))[0]).toBe(7);
    expect(origin.locks.size).toBe(1);
  });

  it("take all their space when they are made, or none", async () => {
    const origin = new FakeOrigin(4 * MIB), disks = new OpfsDisks(origin.tab());
    await expect(disks.create("large", 5 * MIB)).rejects.toMatchObject({ error: "NoSpace" });
    // The browser's estimate promised more than there is.
    origin.optimism = 4 * MIB;
    await expect(disks.create("large", 5 * MIB)).rejects.toMatchObject({ error: "NoSpace" });
    origin.lies = true;
    await expect(disks.create("large", 5 * MIB)).rejects.toMatchObject({ error: "NoSpace" });
    origin.lies = false;
    expect([origin.files.size, origin.locks.size, origin.opened.size]).toEqual([0, 0, 0]);
    await disks.create("fits", 4 * MIB);
    expect(origin.usage).toBe(4 * MIB);
    await expect(disks.create("fits", 512)).rejects.toMatchObject({ error: "Exists" });
  });

  it("leave nothing of one whose making was cut off", async () => {
    const origin = new FakeOrigin(), notes: string[] = [], disks = new OpfsDisks(origin.tab(), (text) => notes.push(text));
    origin.files.set("lost.new", new Uint8Array(MIB));
    expect(await disks.list()).toEqual([]);
    await disks.create("lost", 512);
    expect([...origin.files]).toEqual([["lost.img", new Uint8Array(512)]]);
    expect(notes).toEqual(["removed what was left of making lost"]);
  });

  it.each([["without storage", () => undefined], ["of a browser without files", () => new FakeOrigin().tab("files")]])("are refused in a session %s", async (_, storage) => {
    const disks = new OpfsDisks(storage());
    expect(await disks.list()).toEqual([]);
    await expect(disks.create("home", 512)).rejects.toMatchObject({ error: "NotSupported" });
    await expect(disks.open("home", false)).rejects.toMatchObject({ error: "Unavailable" });
    await expect(disks.remove("home")).rejects.toMatchObject({ error: "NotFound" });
  });

  it("let the Worker block only while nothing is awaited", async () => {
    const machine = new FakeMachine(), kernel = machine.domain("disk-opfs"), client = machine.domain("client");
    kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
    const driver = new DiskDriver(kernel, "disk-opfs", new OpfsDisks(new FakeOrigin().tab()));
    machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, driver, incoming));
    const disks = new DisksClient(client, machine.grant(kernel, SLOT_SELF, client, RIGHT_ALL));
    expect(driver.waits()).toBe(false);
    const created = disks.createAsync(512n, "home");
    expect(driver.waits()).toBe(true);
    expect(await created).toEqual({ error: 0 });
    expect(driver.waits()).toBe(false);
    const opened = await disks.openAsync(0, "home");
    if (opened.error) throw new Error(`${opened.error}`);
    expect((await disks.openAsync(0, "home")).error).toBe(errorNumber("Busy"));
    client.capDelete(opened.disk);
    // Giving a lock back takes a turn of the event loop.
    expect(driver.waits()).toBe(true);
    expect((await disks.removeAsync("home")).error).toBe(0);
    expect(driver.waits()).toBe(false);
  });

  it("survive any message", () => {
    const machine = new FakeMachine(), kernel = machine.domain("disk-opfs");
    kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
    fuzzDispatch(kernel, new DiskDriver(kernel, "disk-opfs", new OpfsDisks(new FakeOrigin(MIB).tab())), [0x3a, 0x3b]);
  });
});
