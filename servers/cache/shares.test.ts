// Shares: whatever load runs, a volume is never denied what it is guaranteed, none exceeds its limit, and others never take it below its guarantee.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { good } from "../../lib/testing/files.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import type { Attached, StorageWorld } from "../../lib/testing/storage-world.ts";
import { checkInvariants, checkedWorld, places } from "./testing/mini-file-system.ts";

const PAGE = 4096, DISK = 4 << 20;

/** A volume with one large file, whose page n lies at sector 8 * (n + 1). */
class Load {
  readonly attached: Attached;
  readonly disk = new RecordedDisk(DISK);
  readonly object: number;
  readonly dataspace: number;
  constructor(readonly world: StorageWorld, readonly name: string, readonly guaranteed: number, readonly limit: number) {
    this.attached = world.attach(this.disk, { name, guaranteed, limit });
    ({ object: this.object, dataspace: this.dataspace } = good(this.attached.volume.object()));
    world.client.kernel.dataspaceResize(this.dataspace, BigInt(DISK - 2 * PAGE));
  }
  get figures() { return good(this.attached.volume.statistics()).statistics; }
  get pages(): number { return Number(this.figures.pages); }
  private places(first: number, count: number): Uint8Array { return places(Array.from({ length: count }, (_, i) => 8 * (first + i + 1))); }
  read(first: number, count: number): number {
    const result = this.attached.volume.fill(this.object, first, PAGE, count, this.places(first, count));
    if (result.error) return result.error;
    expect(result.filled).toBe(count);
    return 0;
  }
  write(first: number, count: number): number {
    const { error } = this.attached.volume.map(this.object, first, PAGE, this.places(first, count));
    if (error === 0) expect(this.world.client.kernel.dataspaceWrite(this.dataspace, BigInt(first * PAGE), new Uint8Array(count * PAGE).fill(first))).toBe(count * PAGE);
    return error;
  }
  look(page: number): number { return this.world.client.kernel.dataspaceRead(this.attached.image, BigInt(page * PAGE), 10 * PAGE).status; }
}

const action = fc.noBias(fc.record({ volume: fc.nat(2), kind: fc.constantFrom("read", "read", "write", "write", "look", "share", "configure", "tick", "barrier"), a: fc.nat(900), b: fc.integer({ min: 1, max: 32 }), c: fc.nat(400) }));

describe("shares", () => {
  test("hold under any load", async () => {
    await fc.assert(fc.asyncProperty(fc.nat(3), fc.array(action, { minLength: 30, maxLength: 120, size: "max" }), async (policy, actions) => {
      const world = await checkedWorld({ pages: 400 }), guarantees = [64, 100, 150], limits = [0, 180, 0];
      const loads = guarantees.map((guaranteed, i) => new Load(world, `v${i}`, guaranteed, limits[i]!));
      let total = 400;
      good(world.cache.configure(policy, 0));
      for (const { volume, kind, a, b, c } of actions) {
        const load = loads[volume]!, before = loads.map(({ pages }) => pages);
        switch (kind) {
          case "read": expect(load.read(a, b), `${load.name} was denied pages`).toBe(0); break;
          case "write": expect(load.write(a, b), `${load.name} was denied pages`).toBe(0); break;
          case "look": expect(load.look(a)).toBeGreaterThan(0); break;
          case "tick": world.tick(BigInt(b % 8) * 1_000_000_000n); break;
          case "barrier": good(load.attached.volume.barrier()); break;
          case "share": {
            const guaranteed = 64 + a % 200, limit = c % 3 ? 0 : guaranteed + c, { error } = world.cache.share(guaranteed, limit, load.name);
            const others = guarantees.reduce((sum, each, i) => i === volume ? sum : sum + each, 0);
            expect(error).toBe(others + guaranteed > total ? Errors.NoSpace : 0);
            if (error === 0) [guarantees[volume], limits[volume]] = [guaranteed, limit];
            break;
          }
          case "configure": {
            const { error } = world.cache.configure(a % 4, c + 100), least = guarantees.reduce((sum, each) => sum + each, 0);
            expect(error).toBe(c + 100 < least ? Errors.NoSpace : 0);
            if (error === 0) total = c + 100;
          }
        }
        checkInvariants(world);
        const after = loads.map(({ pages }) => pages);
        expect(after.reduce((sum, pages) => sum + pages, 0)).toBeLessThanOrEqual(total);
        after.forEach((pages, i) => {
          expect(pages).toBeLessThanOrEqual(limits[i] || total);
          if (i !== volume && kind !== "configure" && kind !== "tick") expect(pages, `v${i} lost what it is guaranteed`).toBeGreaterThanOrEqual(Math.min(before[i]!, guarantees[i]!));
        });
      }
    }), { numRuns: Number(process.env["CACHE_RUNS"] ?? 20), endOnFailure: true });
  });

  test("lend what is free, and take it back for whoever it is guaranteed to, also when it is dirty", async () => {
    const world = await checkedWorld({ pages: 300 }), greedy = new Load(world, "greedy", 64, 0), modest = new Load(world, "modest", 200, 0);
    for (let page = 0; page < 400; page += 20) expect(greedy.write(page, 20)).toBe(0);
    expect(greedy.pages).toBe(300);
    expect(greedy.figures).toMatchObject({ borrowed: 236n, guaranteed: 64n });
    for (let page = 0; page < 200; page += 20) expect(modest.read(page, 20)).toBe(0);
    expect(modest.pages).toBe(200);
    expect(greedy.pages).toBe(100);
    good(greedy.attached.volume.barrier());
    for (let page = 0; page < 400; page++) expect(greedy.disk.contents[(page + 1) * PAGE]).toBe(page - page % 20 & 255);
  });

  test("are halved between two who both want more than there is", async () => {
    const world = await checkedWorld({ pages: 300 }), one = new Load(world, "one", 64, 0), other = new Load(world, "other", 64, 0);
    for (let page = 0; page < 600; page += 10) for (const load of [one, one, other]) expect(load.read((page * 7 + load.pages) % 900, 10)).toBe(0);
    expect(Math.abs(one.pages - other.pages)).toBeLessThanOrEqual(20);
  });

  test("the domain's own quota of frames is a limit as well: pages are given up, and only then is there no memory", async () => {
    const world = await checkedWorld({ pages: 1000, cache: { frameQuota: 200 } }), load = new Load(world, "a", 64, 0);
    for (let page = 0; page < 900; page += 16) expect(load.read(page, 16)).toBe(0);
    expect(load.pages).toBeLessThanOrEqual(200);
    checkInvariants(world);
  });

  test("a quota of frames that is smaller than the pages is found out whatever is read, denies nobody, and is used whole", async () => {
    await fc.assert(fc.asyncProperty(fc.nat(3), fc.integer({ min: 80, max: 400 }), fc.array(fc.tuple(fc.nat(900), fc.integer({ min: 1, max: 100 })), { minLength: 5, maxLength: 30 }), async (policy, frameQuota, reads) => {
      const world = await checkedWorld({ pages: 1000, cache: { frameQuota } }), load = new Load(world, "a", 64, 0);
      good(world.cache.configure(policy, 0));
      for (const [page, count] of [...reads, [0, 500]] as const) {
        expect(load.read(page, count), `${count} pages from ${page} on`).toBe(0);
        checkInvariants(world);
      }
      expect(good(world.cache.capacity()).pages).toBe(frameQuota);
      expect(load.pages).toBe(frameQuota);
    }), { numRuns: Number(process.env["CACHE_RUNS"] ?? 20), endOnFailure: true });
  });

  test("pages that are cut off while they are read are no want of frames", async () => {
    const world = await checkedWorld({ pages: 300 }), load = new Load(world, "a", 64, 0);
    expect(load.read(0, 100)).toBe(0);
    load.disk.fail = (operation) => {
      if (operation === "read") world.client.kernel.dataspaceResize(load.dataspace, BigInt(150 * PAGE));
      return undefined;
    };
    expect(load.read(140, 20)).toBe(0);
    expect([good(world.cache.capacity()).pages, load.pages]).toEqual([300, 110]);
    checkInvariants(world);
  });

  test("a writer on a disk that cannot be written is told so when there is no more room, and reads what he wrote", async () => {
    for (const error of ["Io", "NoSpace"] as const) {
      const world = await checkedWorld({ pages: 128 }), writer = new Load(world, "writer", 64, 0), { kernel } = world.client;
      writer.disk.fail = (operation) => operation === "write" ? error : undefined;
      let page = 0;
      while (page < 900 && writer.write(page, 8) === 0) page += 8;
      expect(page).toBeGreaterThan(64);
      expect(page).toBeLessThanOrEqual(128);
      expect(writer.write(page, 8)).toBe(Errors[error]);
      for (let at = 0; at < page; at++) expect(kernel.dataspaceRead(writer.dataspace, BigInt(at * PAGE), 1).data[0]).toBe(at - at % 8 & 255);
      writer.disk.fail = undefined;
      expect(writer.write(page, 8)).toBe(0);
      good(writer.attached.volume.barrier());
    }
  });

  test("pages that were named last stay, whoever wants room", async () => {
    const world = await checkedWorld({ pages: 128 }), writer = new Load(world, "writer", 64, 0), other = new Load(world, "other", 64, 0), { kernel } = world.client;
    const { volume } = writer.attached;
    good(volume.map(writer.object, 0, PAGE, places(Array.from({ length: 32 }, (_, i) => 8 * (i + 1)))));
    for (let page = 0; page < 900; page += 16) expect(other.read(page, 16)).toBe(0);
    for (let page = 100; page < 400; page += 100) expect(kernel.dataspaceRead(writer.attached.image, BigInt(page * PAGE), 30 * PAGE).status).toBeGreaterThan(0);
    expect(kernel.dataspaceWrite(writer.dataspace, 0n, new Uint8Array(16 * PAGE).fill(9))).toBe(16 * PAGE);
    good(volume.barrier());
    expect(writer.disk.contents.subarray(PAGE, 17 * PAGE).every((byte) => byte === 9)).toBe(true);
  });
});
