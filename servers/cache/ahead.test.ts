// What the buffer cache reads ahead when its home Worker serves: as many steps as a test wants, one at a time.

import { describe, expect, test } from "vitest";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { good } from "../../lib/testing/files.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { aheadStep, checkInvariants, checkedWorld, leaveAhead, places } from "./testing/mini-file-system.ts";

const PAGE = 4096, SECTORS = 8, CHUNK = 64;

/** A file of `pages` pages one behind the other on the disk, each full of its number. */
async function begin(pages: number, total?: number) {
  const world = await checkedWorld(total === undefined ? {} : { pages: total }), { kernel } = world.client;
  const contents = new Uint8Array((pages + 2) * PAGE);
  for (let page = 0; page < pages; page++) contents.fill(page % 251 + 1, (page + 1) * PAGE, (page + 2) * PAGE);
  const disk = new RecordedDisk(contents), attached = world.attach(disk), { volume } = attached, { object, dataspace } = good(volume.object());
  kernel.dataspaceResize(dataspace, BigInt(pages * PAGE));
  leaveAhead(world);
  const placesOf = (first: number, count: number): Uint8Array => places(Array.from({ length: count }, (_, i) => (first + i + 1) * SECTORS));
  const present = (): number => kernel.dataspaceInfo(dataspace)!.present;
  const figures = () => good(volume.statistics()).statistics;
  return {
    world, kernel, disk, attached, volume, object, dataspace, placesOf, present, figures,
    fill: (page: number, wanted: number, count: number) => volume.fill(object, page, PAGE, wanted, placesOf(page, count)),
    byteOf: (page: number): number | undefined => kernel.dataspaceRead(dataspace, BigInt(page * PAGE), 1).data[0],
    /** Steps until one reads nothing more: how many read something. */
    finish: (): number => { for (let steps = 0; ; steps++) { const before = disk.reads; aheadStep(world); checkInvariants(world); if (disk.reads === before) return steps; } },
  };
}

describe("reading ahead", () => {
  test("a fill reads one transfer, what it offers beyond comes later, and nothing is read twice", async () => {
    const { disk, fill, present, finish, figures, byteOf } = await begin(300);
    expect(good(fill(0, 16, 256)).filled).toBe(CHUNK);
    expect([disk.reads, present()]).toEqual([1, CHUNK]);
    expect(finish()).toBe(3);
    expect([disk.reads, present(), figures().readAhead]).toEqual([4, 256, BigInt(256 - 16)]);
    for (const page of [0, 63, 64, 255]) expect(byteOf(page)).toBe(page % 251 + 1);
    // Who goes on gets what is there, and more behind it.
    expect(good(fill(200, 16, 100)).filled).toBe(16);
    expect([finish(), disk.reads, present()]).toEqual([1, 5, 300]);
  });

  test("a few pages somewhere are read at once, as ever", async () => {
    const { disk, fill, present, finish } = await begin(300);
    expect(good(fill(100, 1, 8)).filled).toBe(8);
    expect([finish(), disk.reads, present()]).toEqual([0, 1, 8]);
  });

  test("ends with the file, also if that is cut meanwhile, and old pages do not come back", async () => {
    const { kernel, fill, present, finish, volume, object, dataspace, placesOf, byteOf } = await begin(300);
    expect(good(volume.fill(object, 200, PAGE, 1, placesOf(200, 101))).filled).toBe(CHUNK);
    expect([finish(), present()]).toEqual([1, 100]);
    good(fill(0, 1, 200));
    good(volume.unmap(object, 100));
    kernel.dataspaceResize(dataspace, BigInt(100 * PAGE));
    kernel.dataspaceResize(dataspace, BigInt(300 * PAGE));
    finish();
    for (let page = 100; page < 300; page += 20) expect(good(volume.fill(object, page, PAGE, 1, places([0]))).filled).toBe(1);
    for (let page = 100; page < 300; page += 20) expect(byteOf(page)).toBe(0);
  });

  test("a page that gets another place meanwhile is not read from the old one", async () => {
    const { world, kernel, fill, finish, volume, object, dataspace, disk, byteOf, placesOf } = await begin(200);
    const write = (page: number, place: number, byte: number): void => {
      good(volume.map(object, page, PAGE, places([place * SECTORS])));
      kernel.dataspaceWrite(dataspace, BigInt(page * PAGE), new Uint8Array(PAGE).fill(byte));
    };
    good(fill(0, 1, 200));
    write(150, 201, 99);
    for (let page = 64; page < 136; page++) write(page, page + 1, 7);
    good(volume.writeBack(object));
    // It is written, and given up.
    good(world.cache.configure(0, 64));
    expect(kernel.dataspaceMarks(dataspace, 150, 1, 0).present).toBe(0n);
    good(world.cache.configure(0, 4096));
    finish();
    expect(good(volume.fill(object, 150, PAGE, 1, places([201 * SECTORS]))).filled).toBe(1);
    expect([byteOf(150), disk.contents[201 * PAGE], disk.contents[151 * PAGE]]).toEqual([99, 99, 151]);
    expect(good(volume.fill(object, 149, PAGE, 1, placesOf(149, 1))).filled).toBe(1);
    expect(byteOf(149)).toBe(150);
  });

  test("takes no room that is dirty, no more than a quarter of what there is, and lets the pages stay that somebody has just asked for", async () => {
    const { kernel, fill, finish, present, volume, object, dataspace, placesOf, disk } = await begin(300, 128);
    expect(good(fill(0, 4, 300)).filled).toBe(16);
    finish();
    expect(present()).toBe(16 + 32);
    good(volume.writeBack(object));
    for (let page = 100; page < 228; page += 16) {
      good(volume.map(object, page, PAGE, placesOf(page, 16)));
      kernel.dataspaceWrite(dataspace, BigInt(page * PAGE), new Uint8Array(16 * PAGE).fill(5));
    }
    const writes = disk.log.length;
    good(fill(0, 1, 60));
    const after = disk.log.length;
    finish();
    expect(disk.log.length, "nothing is written to make room for what nobody waits for").toBe(after);
    expect(after).toBeGreaterThanOrEqual(writes);
  });

  test("an error of what nobody asked for is nobody's; who asks for it gets it, and it can be read when the disk works again", async () => {
    const { fill, finish, present, disk, byteOf } = await begin(300);
    disk.fail = (what, offset, length) => what === "read" && offset + length > 100 * PAGE ? "Io" : undefined;
    expect(good(fill(0, 16, 256)).filled).toBe(CHUNK);
    finish();
    expect(present()).toBe(CHUNK);
    expect(byteOf(63)).toBe(64);
    // Also where one transfer has good and bad pages.
    expect(good(fill(90, 4, 40)).filled).toBe(9);
    expect(fill(99, 1, 1).error).toBe(Errors.Io);
    disk.fail = undefined;
    expect(good(fill(99, 1, 8)).filled).toBe(8);
    expect(byteOf(99)).toBe(100);
  });

  test("a driver that dies while there is something to read ahead takes nothing with it that is there", async () => {
    const { world, attached, fill, finish, present, byteOf, volume } = await begin(300);
    good(fill(0, 16, 256));
    world.machine.kill(attached.driver);
    finish();
    expect([present(), byteOf(63)]).toEqual([CHUNK, 64]);
    expect(fill(64, 1, 1).error).toBe(Errors.Io);
    expect(good(fill(10, 1, 1)).filled).toBe(1);
    expect(volume.barrier().error).toBe(Errors.Io);
  });

  test("an object that is dropped, and a volume that ends, take their requests along", async () => {
    const { world, attached, fill, finish, volume, object, disk } = await begin(300);
    good(fill(0, 16, 256));
    good(volume.drop(object));
    expect([finish(), disk.reads]).toEqual([0, 1]);
    const other = good(volume.object());
    world.client.kernel.dataspaceResize(other.dataspace, BigInt(300 * PAGE));
    good(volume.fill(other.object, 0, PAGE, 1, places(Array.from({ length: 300 }, (_, i) => (i + 1) * SECTORS))));
    good(volume.detach());
    expect([finish(), disk.reads, disk.closed]).toEqual([0, 2, 1]);
    world.release(attached);
    checkInvariants(world);
  });
});
