// An unmount that fails, at whichever of its writes and flushes: the volume goes on being served and is not marked as clean on the disk, so that what a crash
// leaves from then on is repaired; or it is read-only.

import { describe, expect, test } from "vitest";
import { FileKind } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { good } from "../../lib/testing/files.ts";
import { RecordedDisk, failFrom } from "../../lib/testing/recorded-disk.ts";
import { checkFat } from "../../personalities/native/storage-tools/fat/check.ts";
import { makeFat, type MakeOptions } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { fsckFat, haveDosfstools } from "./testing/dosfstools.ts";
import { FatWorld } from "./testing/fat-world.ts";

const KIB = 1024;
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const BEFORE = filled(3000, 1), LEFT = filled(2000, 2), AFTER = filled(2500, 3);
const volumes: [string, number, Partial<MakeOptions>][] = [["FAT16", 2200 * KIB, { type: 16, sectorsPerCluster: 1 }], ["FAT32", 500 * KIB, { type: 32, sectorsPerCluster: 2, fewClusters: true }]];
const findings = (image: Uint8Array): string[] => checkFat(new MemoryDevice(image)).findings.map(({ kind, text }) => kind === "dirty" ? kind : `${kind}: ${text}`);

describe.each(volumes)("an unmount of %s that fails", (_, size, options) => {
  const device = new MemoryDevice(new Uint8Array(size));
  makeFat(device, { serial: 1, time: 0, ...options });

  /** Mounted, with one file that is synced and one that the unmount has to write. */
  function use(world: FatWorld): RecordedDisk {
    const disk = new RecordedDisk(device.bytes);
    world.attach(disk);
    expect([world.error, world.readOnly], world.reason).toEqual([0, false]);
    world.write("/before", BEFORE);
    good(world.fs.sync());
    world.write("/left", LEFT);
    world.machine.settle();
    return disk;
  }
  const isSame = (world: FatWorld, path: string, contents: Uint8Array): boolean => Buffer.compare(world.read(path), contents) === 0;

  function expectAfterCrash(world: FatWorld, crashed: Uint8Array, names: ReadonlyMap<string, Uint8Array>, what: string): void {
    // It is marked as in use, and there is nothing else to say: the count in FSInfo is a hint.
    expect(findings(crashed).filter((each) => !each.startsWith("count:")), what).toEqual(["dirty"]);
    world.attach(new RecordedDisk(crashed));
    for (const [path, contents] of names) expect(isSame(world, path, contents), `${what}: ${path} after the crash`).toBe(true);
    world.machine.settle();
    expect(world.detach(), what).toBe(0);
    expect(findings(world.disk.contents), what).toEqual([]);
    if (!haveDosfstools) return;
    const checked = fsckFat(world.disk.contents);
    expect(checked.status, `${what}: ${checked.output}`).toBe(0);
  }

  function outcome(world: FatWorld, at: number, error: "Io" | "NoSpace", once: boolean): "writable" | "read-only" {
    const disk = use(world), what = `${error} at ${at}${once ? "" : " and ever after"}`, names = new Map([["/before", BEFORE]]);
    failFrom(disk, at, error, once);
    expect(world.fs.detach().error, what).toBe(Errors[error]);
    if (!once) expect(world.fs.detach().error, what).toBe(Errors[error]);
    disk.fail = undefined;
    expect(isSame(world, "/before", BEFORE) && isSame(world, "/left", LEFT), what).toBe(true);
    const made = world.fs.create(world.root, FileKind.Regular, 0o644, "after");
    if (made.error) expect([error, once, made.error], what).toEqual(["Io", false, Errors.ReadOnly]);
    else {
      world.write("/after", AFTER);
      good(world.fs.sync());
      names.set("/left", LEFT).set("/after", AFTER);
    }
    world.machine.settle();
    const crashed = disk.stableImage(disk.log.length);
    // What a read-only volume had marked is not undone before the disk works again, at its unmount.
    expect(world.detach(), what).toBe(0);
    expect(findings(disk.contents), `${what}, unmounted at last`).toEqual(made.error ? ["dirty"] : []);
    if (!made.error) expectAfterCrash(world, crashed, names, what);
    return made.error ? "read-only" : "writable";
  }

  test("once, or from some write on, leaves a volume that keeps its promises", async () => {
    const world = await FatWorld.empty({ pages: 256 }), disk = use(world), from = disk.log.length;
    expect(world.detach()).toBe(0);
    const steps = disk.log.length - from, found = new Map<string, string[]>();
    for (const error of ["Io", "NoSpace"] as const) for (const once of [true, false]) found.set(`${error} ${once ? "once" : "on"}`, Array.from({ length: steps }, (__, at) => outcome(world, at, error, once)));
    const all = (what: string): string[] => [...new Set(found.get(what))];
    expect([all("Io once"), all("NoSpace once"), all("NoSpace on")]).toEqual([["writable"], ["writable"], ["writable"]]);
    // From the mark on, of which there is one in each FAT, and the two flushes behind it.
    expect(found.get("Io on")!.map((each) => each === "read-only")).toEqual(Array.from({ length: steps }, (__, at) => at >= steps - 4));
  }, 120_000);
});
