// Writers that stand still between `map` and the end of their write, for as long as a thread may on a machine that has more to do, while others take what room there is:
// what they write gets to the disk. And what was mapped and is never written does not keep room from anyone for long.

import { describe, expect, test } from "vitest";
import { FRAME_SIZE as PAGE, MAP_PATIENCE } from "../../abi/layout/limits.ts";
import { good } from "../../lib/testing/files.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import type { Shares } from "../../lib/testing/storage-world.ts";
import { checkInvariants, checkedWorld, places } from "./testing/mini-file-system.ts";

const SECTORS = PAGE / 512, COUNT = 400, MILLISECOND = 1_000_000n;
const bytes = (fill: number, length = PAGE): Uint8Array => new Uint8Array(length).fill(fill);

/** A volume with a file of ours, whose page n lies at sector 8 * (n + 1), and others' files behind it. */
async function setUp(pages = 128, shares: Shares = {}) {
  const world = await checkedWorld({ pages }), { kernel } = world.client, disk = new RecordedDisk(bytes(0xdd, 8 << 20)), { volume } = world.attach(disk, shares);
  const file = () => {
    const made = good(volume.object());
    kernel.dataspaceResize(made.dataspace, BigInt(COUNT * PAGE));
    return made;
  };
  const { object, dataspace } = file(), other = file(), read = file(), placeOf = (page: number): number => SECTORS * (page + 1);
  const map = (page: number, place = placeOf(page)): void => { good(volume.map(object, page, PAGE, places([place]))); };
  const fill = (page: number, place = placeOf(page)): void => { expect(good(volume.fill(object, page, PAGE, 1, places([place]))).filled).toBe(1); };
  const write = (page: number, value: number): void => { expect(kernel.dataspaceWrite(dataspace, BigInt(page * PAGE), bytes(value))).toBe(PAGE); };
  /** Others write more than there is room for, a page at a time, and wait for pages that they read. */
  const pressure = (): void => {
    for (let page = 0; page < COUNT; page++) {
      good(volume.map(other.object, page, PAGE, places([placeOf(COUNT + page)])));
      kernel.dataspaceWrite(other.dataspace, BigInt(page * PAGE), bytes(0xcc));
      if (page % 10 === 9) good(volume.fill(read.object, page, PAGE, 1, places([placeOf(2 * COUNT + page)])));
      if (page % 50 === 49) good(volume.writeBack(other.object));
    }
  };
  const isPresent = (page: number): boolean => (kernel.dataspaceMarks(dataspace, page, 1, 0).present & 1n) !== 0n;
  /** What is on the disk at a page's place; the cache is in order as well. */
  const stable = (page: number, place = placeOf(page)): Uint8Array => {
    good(volume.barrier());
    checkInvariants(world);
    return disk.contents.slice(place * 512, place * 512 + PAGE);
  };
  return { world, kernel, disk, volume, object, dataspace, file, map, fill, write, pressure, isPresent, stable, placeOf };
}

describe("a page that was mapped is still there for its writer, however much others want", () => {
  type Setting = Awaited<ReturnType<typeof setUp>>;
  test.each<[string, boolean, (setting: Setting) => void]>([
    ["was present and clean", true, ({ fill, map }) => { fill(0); map(0); }],
    ["was dirty, and is written back before he writes", true, ({ map, write, volume, object }) => { map(0); write(0, 1); map(0); good(volume.writeBack(object)); }],
    ["was absent", false, ({ map }) => { map(0); }],
    ["was absent, and comes because somebody reads it", true, ({ map, fill }) => { map(0); fill(0); }],
    // The kernel marks a page before it copies to it: somebody may clean it while he copies.
    ["is marked, cleaned and written back when he has only begun", true, ({ map, write, volume, object }) => { map(0); write(0, 1); good(volume.writeBack(object)); }],
  ])("if it %s", async (_, present, prepare) => {
    const setting = await setUp(), { pressure, isPresent, write, stable } = setting;
    prepare(setting);
    pressure();
    expect(isPresent(0)).toBe(present);
    write(0, 2);
    expect(stable(0)).toEqual(bytes(2));
  });

  test("if reading it fails meanwhile", async () => {
    const { map, volume, object, placeOf, disk, pressure, write, stable } = await setUp();
    map(0);
    disk.fail = (what) => what === "read" ? "Io" : undefined;
    expect(volume.fill(object, 0, PAGE, 1, places([placeOf(0)])).error).not.toBe(0);
    disk.fail = undefined;
    pressure();
    write(0, 1);
    expect(stable(0)).toEqual(bytes(1));
  });
});

describe("a page that is mapped again after it was written gets to the disk", () => {
  test.each([["present", true], ["absent", false]])("when it was %s and its record was given up before", async (_, present) => {
    const { world, fill, map, pressure, write, stable, isPresent } = await setUp();
    if (present) fill(0);
    map(0);
    world.machine.time += 10n * BigInt(MAP_PATIENCE);
    pressure();
    expect(isPresent(0)).toBe(false);
    write(0, 1);
    map(0);
    expect(stable(0)).toEqual(bytes(1));
  });

  test("when it was written back to nowhere, as it had no place", async () => {
    const { map, write, stable, placeOf } = await setUp();
    map(0, 0);
    write(0, 1);
    expect(stable(0)).toEqual(bytes(0xdd));
    map(0);
    expect(stable(0)).toEqual(bytes(1));
    map(0, placeOf(5));
    expect(stable(0, placeOf(5))).toEqual(bytes(1));
  });

  test("when it is given a place while it is on its way to another", async () => {
    const { world, map, volume, object, dataspace, kernel, disk } = await setUp(), first = [8, 0, 0, 0], second = [8, 100, 0, 0];
    map(0);
    good(volume.map(object, 0, 1024, places(first)));
    kernel.dataspaceWrite(dataspace, 0n, bytes(1));
    disk.fail = (what) => {
      if (what !== "write") return undefined;
      disk.fail = undefined;
      world.machine.asAnotherThread(() => { good(volume.map(object, 0, 1024, places(second))); });
      return undefined;
    };
    good(volume.barrier());
    expect(disk.fail).toBeUndefined();
    good(volume.barrier());
    expect(disk.contents.slice(8 * 512, 8 * 512 + 1024)).toEqual(bytes(1, 1024));
    expect(disk.contents.slice(100 * 512, 100 * 512 + 1024)).toEqual(bytes(1, 1024));
  });

  test("and costs no write to the disk when it lost a place, or kept those that it had", async () => {
    const { map, write, stable, disk } = await setUp();
    map(0);
    write(0, 1);
    stable(0);
    const writes = (): number => disk.log.filter(({ kind }) => kind === "write").length, before = writes();
    map(0);
    stable(0);
    map(0, 0);
    stable(0);
    expect(writes()).toBe(before);
  });
});

test("a dirty page that gets a new place and is written then is put on the disk once, not twice", async () => {
  const { map, write, stable, disk, pressure, placeOf } = await setUp(), writes = (): number => disk.log.filter((event) => event.kind === "write" && event.offset === placeOf(0) * 512).length;
  map(0, 0);
  write(0, 1);
  stable(0);
  map(0);
  write(0, 2);
  pressure();
  expect(writes(), "written for want of room").toBe(1);
  expect(stable(0)).toEqual(bytes(2));
  expect(writes()).toBe(1);
});

describe("what was mapped and is never written", () => {
  test("makes others wait for a moment, and does not have them refused", async () => {
    const { world, volume, file, placeOf } = await setUp(128, { guaranteed: 64, limit: 64 }), start = world.machine.time;
    for (let i = 0; i < 200; i++) good(volume.map(file().object, 0, PAGE, places([placeOf(i)])));
    checkInvariants(world);
    expect(good(volume.statistics()).statistics.pages).toBe(64n);
    expect(world.machine.time - start).toBeGreaterThan(100n * MILLISECOND);
    expect(world.machine.time - start).toBeLessThan(2000n * MILLISECOND);
  });

  test("is given up for whoever has less than he is guaranteed, and when there are to be fewer pages", async () => {
    const { world, volume, file, placeOf } = await setUp(300, { name: "greedy" }), disk = new RecordedDisk(2 << 20), modest = world.attach(disk, { name: "modest", guaranteed: 200 });
    for (let i = 0; i < 300; i++) good(volume.map(file().object, 0, PAGE, places([placeOf(i)])));
    expect(good(volume.statistics()).statistics.pages).toBe(300n);
    expect(world.client.kernel.dataspaceRead(modest.image, 0n, 200 * PAGE).status).toBe(200 * PAGE);
    expect(good(modest.volume.statistics()).statistics.pages).toBeGreaterThanOrEqual(200n);
    for (let i = 0; i < 30; i++) good(volume.map(file().object, 0, PAGE, places([placeOf(i)])));
    good(world.cache.share(64, 64, "greedy"));
    expect(good(volume.statistics()).statistics.pages).toBeLessThanOrEqual(64n);
    checkInvariants(world);
  });
});
