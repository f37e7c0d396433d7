// The buffer cache by its interfaces, on a disk that remembers what was done to it.

import { describe, expect, test } from "vitest";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { RIGHT_ALL, RIGHT_MANAGE } from "../../abi/layout/limits.ts";
import { good } from "../../lib/testing/files.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { StorageWorld } from "../../lib/testing/storage-world.ts";

const PAGE = 4096;
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
/** Sector numbers as `fill` and `map` take them. */
const places = (...sectors: number[]): Uint8Array => new Uint8Array(Uint32Array.from(sectors).buffer);
/** A disk whose every sector is filled with its number modulo 251, plus one. */
const numbered = (size: number): Uint8Array => new Uint8Array(size).map((_, at) => Math.floor(at / 512) % 251 + 1);

describe("a volume", () => {
  test("shows the disk as a Dataspace, reads it when it is looked at, and writes back what was written to it", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, before = world.machine.snapshot();
    const content = numbered(1 << 20), disk = new RecordedDisk(content), attached = world.attach(disk), { volume, image, driver } = attached;
    expect(attached).toMatchObject({ size: BigInt(1 << 20), flags: 0 });
    expect(disk.reads).toBe(0);
    expect(kernel.dataspaceRead(image, 5000n, 10000).data).toEqual(content.slice(5000, 15000));
    const reads = disk.reads;
    expect(kernel.dataspaceRead(image, 4096n, 8192).data).toEqual(content.slice(4096, 12288));
    expect(disk.reads).toBe(reads);
    expect(kernel.dataspaceWrite(image, 5000n, bytes(300, 200))).toBe(300);
    content.set(bytes(300, 200), 5000);
    expect(disk.log).toEqual([]);
    expect(volume.barrier()).toEqual({ error: 0 });
    expect(disk.contents).toEqual(content);
    expect(disk.log.map(({ kind }) => kind)).toEqual(["write", "flush"]);
    expect(volume.barrier()).toEqual({ error: 0 });
    expect(disk.log.length, "nothing was dirty").toBe(3);
    expect(good(volume.statistics()).statistics).toMatchObject({ writeBacks: 1n, barriers: 2n, dirty: 0n, objects: 1n, lastError: 0 });
    world.release(attached);
    expect(disk.closed).toBe(1);
    world.machine.kill(driver);
    world.machine.assertNothingLeaked(before);
  });

  test("fills pages of an object from the places it is told, and writes them back there", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client;
    const content = numbered(1 << 20), disk = new RecordedDisk(content), { volume } = world.attach(disk);
    const { object, dataspace } = good(volume.object());
    expect(kernel.dataspaceResize(dataspace, BigInt(3 * PAGE + 100))).toBe(0);
    // 1 KiB blocks: two pages that are scattered, then a hole, then the tail.
    const given = places(100, 102, 300, 8, 400, 402, 404, 406, 0, 0, 0, 0, 500);
    expect(good(volume.fill(object, 0, 1024, 2, given)).filled).toBe(4);
    const sector = (number: number): Uint8Array => content.slice(number * 512, number * 512 + 1024);
    const expected = new Uint8Array(3 * PAGE + 100);
    [100, 102, 300, 8, 400, 402, 404, 406].forEach((place, i) => expected.set(sector(place), i * 1024));
    expected.set(sector(500).slice(0, 100), 3 * PAGE);
    expect(kernel.dataspaceRead(dataspace, 0n, 65536).data).toEqual(expected);
    expect(disk.reads).toBe(5);

    good(volume.map(object, 1, 1024, places(400, 402, 700, 702)));
    kernel.dataspaceWrite(dataspace, BigInt(PAGE + 1000), bytes(2000, 77));
    good(volume.writeBack(object));
    expect(disk.log.map((event) => event.kind === "write" ? [event.offset / 512, event.data.length] : event.kind)).toEqual([[400, 2048], [700, 2048]]);
    expected.set(bytes(2000, 77), PAGE + 1000);
    expect(disk.contents.slice(400 * 512, 404 * 512)).toEqual(expected.slice(PAGE, PAGE + 2048));
    expect(disk.contents.slice(700 * 512, 704 * 512)).toEqual(expected.slice(PAGE + 2048, 2 * PAGE));
    good(volume.drop(object));
    expect(kernel.dataspaceInfo(dataspace)).toMatchObject({ size: 0n, present: 0 });
    expect(volume.fill(object, 0, 1024, 1, given).error).toBe(Errors.BadArgument);
  });

  test("keeps a page that was mapped until it is written, however many others were named meanwhile", async () => {
    const world = await StorageWorld.create({ pages: 128 }), { kernel } = world.client, disk = new RecordedDisk(4 << 20), { volume } = world.attach(disk);
    const { object, dataspace } = good(volume.object()), other = good(volume.object()), count = 400;
    for (const { dataspace: each } of [{ dataspace }, other]) kernel.dataspaceResize(each, BigInt(count * PAGE));
    good(volume.map(object, 7, PAGE, places(8)));
    // Somebody else has more than there is room for.
    for (let page = 0; page < count; page++) {
      good(volume.map(other.object, page, PAGE, places(64 + page * 8)));
      kernel.dataspaceWrite(other.dataspace, BigInt(page * PAGE), bytes(PAGE, 2));
      if (page % 50 === 49) good(volume.writeBack(0));
    }
    expect(kernel.dataspaceWrite(dataspace, BigInt(7 * PAGE), bytes(PAGE, 1))).toBe(PAGE);
    good(volume.barrier());
    expect(disk.contents.slice(8 * 512, 9 * 512)).toEqual(bytes(512, 1));
  });

  test("does not lose what was written without having been mapped: it is written back once it is", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20), { volume } = world.attach(disk);
    const { object, dataspace } = good(volume.object());
    kernel.dataspaceResize(dataspace, BigInt(4 * PAGE));
    good(volume.map(object, 0, PAGE, places(8)));
    for (const page of [0, 1]) kernel.dataspaceWrite(dataspace, BigInt(page * PAGE), bytes(PAGE, 1));
    good(volume.barrier());
    expect(disk.contents.slice(8 * 512, 9 * 512)).toEqual(bytes(512, 1));
    good(volume.map(object, 1, PAGE, places(16)));
    good(volume.barrier());
    expect(disk.contents.slice(16 * 512, 17 * 512)).toEqual(bytes(512, 1));
  });

  test("puts neighbours on the disk into one write, whatever order they have in the file", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20), { volume } = world.attach(disk);
    const { object, dataspace } = good(volume.object()), count = 40;
    kernel.dataspaceResize(dataspace, BigInt(count * PAGE));
    // Backwards on the disk.
    for (let page = 0; page < count; page++) {
      good(volume.map(object, page, PAGE, places(1000 - page * 8)));
      kernel.dataspaceWrite(dataspace, BigInt(page * PAGE), bytes(PAGE, page + 1));
    }
    good(volume.barrier());
    expect(disk.log.map((event) => event.kind === "write" ? [event.offset / 512, event.data.length] : event.kind)).toEqual([[688, 163840], "flush"]);
    for (let page = 0; page < count; page++) expect(disk.contents[(1000 - page * 8) * 512]).toBe(page + 1);
  });

  test("forgets what was unmapped without writing it", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20), { volume } = world.attach(disk);
    const { object, dataspace } = good(volume.object());
    kernel.dataspaceResize(dataspace, BigInt(4 * PAGE));
    good(volume.map(object, 0, PAGE, places(8, 16, 24, 32)));
    kernel.dataspaceWrite(dataspace, 0n, bytes(4 * PAGE, 5));
    good(volume.unmap(object, 2));
    expect(kernel.dataspaceInfo(dataspace)!.present).toBe(2);
    kernel.dataspaceResize(dataspace, BigInt(2 * PAGE));
    good(volume.barrier());
    expect(disk.log.filter(({ kind }) => kind === "write")).toMatchObject([{ offset: 8 * 512, data: { length: 2 * PAGE } }]);
    expect(good(volume.statistics()).statistics.pages).toBe(2n);
  });

  test("writes a dirty page when it is five seconds old, and not before", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20), { volume, image } = world.attach(disk);
    const { object, dataspace } = good(volume.object());
    kernel.dataspaceResize(dataspace, BigInt(PAGE));
    good(volume.map(object, 0, PAGE, places(80)));
    kernel.dataspaceWrite(dataspace, 0n, bytes(PAGE, 5));
    kernel.dataspaceWrite(image, 0n, bytes(10, 6));
    world.tick(4_000_000_000n);
    expect(disk.log).toEqual([]);
    world.tick(4_000_000_000n);
    expect(disk.log.map((event) => event.kind === "write" && event.offset)).toEqual([0, 80 * 512]);
    world.tick(20_000_000_000n);
    expect(disk.log.length).toBe(2);
  });

  test("writes through, and the image shows it", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20), { volume, image } = world.attach(disk);
    kernel.dataspaceRead(image, 0n, 3 * PAGE);
    kernel.dataspaceWrite(image, 100n, bytes(1, 9));
    good(volume.writeThrough(512n, bytes(PAGE, 7)));
    expect(disk.log.length).toBe(1);
    expect(disk.contents.slice(512, 512 + PAGE)).toEqual(bytes(PAGE, 7));
    expect(kernel.dataspaceRead(image, 511n, PAGE + 2).data).toEqual(Uint8Array.of(0, ...bytes(PAGE, 7), 0));
    good(volume.barrier());
    expect(disk.contents.slice(0, 2 * PAGE)).toEqual(kernel.dataspaceRead(image, 0n, 2 * PAGE).data);
    expect(disk.contents[100]).toBe(9);
    for (const [offset, length] of [[1n, 512], [0n, 511], [BigInt(1 << 20), 512], [(1n << 64n) - 512n, 512]] as const) expect(volume.writeThrough(offset, bytes(length, 1)).error).toBe(Errors.BadArgument);
  });

  test("keeps what it wrote through: clean, whole, and without another read of the disk", async () => {
    const size = (1 << 20) + 512, world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(Uint8Array.from({ length: size }, (_, i) => i >> 9)), { volume, image } = world.attach(disk), expected = disk.contents.slice();
    kernel.dataspaceRead(image, 0n, 3 * PAGE);
    kernel.dataspaceRead(image, BigInt(1 << 20), 512);
    for (const [offset, length, value] of [[512, 512, 201], [PAGE - 512, PAGE + 1024, 202], [2 * PAGE, PAGE, 203], [1 << 20, 512, 204]] as const) {
      good(volume.writeThrough(BigInt(offset), bytes(length, value)));
      expected.fill(value, offset, offset + length);
    }
    const writes = disk.log.length;
    disk.fail = () => "Io";
    for (const [offset, length] of [[0, 3 * PAGE], [1 << 20, 512]] as const) expect(Buffer.compare(kernel.dataspaceRead(image, BigInt(offset), length).data, expected.subarray(offset, offset + length)), `at ${offset}`).toBe(0);
    disk.fail = undefined;
    good(volume.barrier());
    expect([disk.log.filter(({ kind }) => kind === "write").length, Buffer.compare(disk.contents, expected)]).toEqual([writes, 0]);
  });

  test("detaches at once, or not at all if it cannot write", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20), attached = world.attach(disk, { name: "a" }), { volume, image } = attached;
    kernel.dataspaceWrite(image, 0n, bytes(PAGE, 3));
    disk.fail = (operation) => operation === "write" ? "NoSpace" : undefined;
    expect(volume.detach().error).toBe(Errors.NoSpace);
    disk.fail = undefined;
    expect(volume.detach()).toEqual({ error: 0 });
    expect(disk.closed).toBe(1);
    expect(disk.contents[0]).toBe(3);
    expect(volume.barrier().error).toBe(Errors.BadHandle);
    expect(kernel.dataspaceInfo(image)).toMatchObject({ size: 0n, present: 0 });
    world.release(attached);
    world.attach(new RecordedDisk(512), { name: "a" });
  });
});

describe("what is refused", () => {
  test("attaching without the right, by a bad name, twice by one name, what is no disk, more than there is", async () => {
    const world = await StorageWorld.create({ pages: 256 }), { kernel } = world.client, before = world.machine.snapshot();
    const weak = new (world.cache.constructor as new (k: typeof kernel, cap: number) => typeof world.cache)(kernel, kernel.capMint(world.cache.cap, RIGHT_ALL & ~RIGHT_MANAGE, 0));
    const endpoint = world.machine.give(world.client.domain, world.world.tmpfs), notification = kernel.notificationCreate();
    expect(weak.attach(endpoint, 0, 0, "a").error).toBe(Errors.NoRight);
    expect(weak.configure(0, 100).error).toBe(Errors.NoRight);
    expect(weak.share(0, 0, "a").error).toBe(Errors.NoRight);
    for (const name of ["", "a b", "a\n", "x".repeat(64)]) expect(world.cache.attach(endpoint, 0, 0, name).error, name).toBe(Errors.BadArgument);
    expect(world.cache.attach(notification, 0, 0, "a").error).toBe(Errors.BadArgument);
    expect(world.cache.attach(endpoint, 0, 0, "a").error).toBe(Errors.Io);
    expect(world.cache.attach(endpoint, 257, 0, "a").error).toBe(Errors.NoSpace);
    expect(world.cache.attach(endpoint, 100, 99, "a").error).toBe(Errors.BadArgument);
    for (const slot of [weak.cap, endpoint, notification]) kernel.capDelete(slot);
    world.machine.assertNothingLeaked(before);
    const one = world.attach(new RecordedDisk(PAGE), { name: "a", guaranteed: 100 });
    expect(() => world.attach(new RecordedDisk(PAGE), { name: "a" })).toThrow(`error ${Errors.Exists}`);
    expect(() => world.attach(new RecordedDisk(PAGE), { guaranteed: 157 })).toThrow(`error ${Errors.NoSpace}`);
    expect(good(world.cache.capacity())).toMatchObject({ pages: 256, guaranteed: 100 });
    expect(world.cache.share(257, 0, "a").error).toBe(Errors.NoSpace);
    expect(world.cache.share(0, 0, "b").error).toBe(Errors.NotFound);
    expect(world.cache.configure(0, 99).error).toBe(Errors.NoSpace);
    expect(world.cache.configure(4, 0).error).toBe(Errors.BadArgument);
    expect(new TextDecoder().decode(good(world.cache.list(0n)).text)).toMatch(/^a 0 100 256 0 0 0 0 0 0 0 0 0 0 1 0 0 0\n$/);
    world.release(one);
    expect(good(world.cache.list(0n)).text.length).toBe(0);
  });

  test("blocks of other sizes, places behind the disk's end, pages behind the last", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20), { volume } = world.attach(disk);
    const { object, dataspace } = good(volume.object());
    kernel.dataspaceResize(dataspace, BigInt(2 * PAGE));
    for (const size of [0, 256, 768, 4095, 131072]) expect(volume.fill(object, 0, size, 1, places(8)).error).toBe(Errors.BadArgument);
    for (const place of [2048 - 7, 2048, 2 ** 32 - 1]) {
      expect(volume.fill(object, 0, 4096, 1, places(place)).error).toBe(Errors.BadArgument);
      expect(volume.map(object, 0, 4096, places(place)).error).toBe(Errors.BadArgument);
    }
    expect(volume.fill(object, 0, 4096, 1, places(2048 - 8))).toEqual({ error: 0, filled: 1 });
    expect(volume.fill(object, 2, 4096, 1, places(8)), "behind its end there is nothing to fill").toEqual({ error: 0, filled: 0 });
    expect(volume.fill(object, 2 ** 24, 4096, 1, places(8)).error).toBe(Errors.BadArgument);
    expect(volume.fill(object, 0, 4096, 1, new Uint8Array(3)).error).toBe(Errors.BadArgument);
    for (const number of [0, object + 1, 2 ** 32 - 1]) expect(volume.fill(number, 0, 4096, 1, places(8)).error).toBe(Errors.BadArgument);
    expect(volume.drop(0).error).toBe(Errors.BadArgument);
    const other = world.attach(new RecordedDisk(1 << 20));
    expect(other.volume.drop(object).error, "an object of another volume").toBe(Errors.BadArgument);
  });

  test("writing to a disk that is read-only", async () => {
    const world = await StorageWorld.create(), { kernel } = world.client, disk = new RecordedDisk(1 << 20, 1), { volume, image, flags } = world.attach(disk);
    expect(flags).toBe(1);
    expect(kernel.dataspaceWrite(image, 0n, bytes(1, 1))).toBe(-Errors.NoRight);
    expect(kernel.dataspaceRead(image, 0n, 1).status).toBe(1);
    expect(volume.writeThrough(0n, bytes(512, 1)).error).toBe(Errors.ReadOnly);
    expect(volume.map(good(volume.object()).object, 0, 4096, places(8)).error).toBe(Errors.ReadOnly);
    expect(volume.barrier()).toEqual({ error: 0 });
    expect(disk.log).toEqual([]);
  });
});
