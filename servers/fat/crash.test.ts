// The world stops at any moment, and any subset of what was not flushed is on the disk: the checker finds nothing worse than lost clusters, everything
// that was synced is there once the volume is attached again, and the next unmount leaves a volume with nothing wrong but clusters still lost.
// GRAIL_CRASH_POINTS says how many points are tried (CI: 500 in all).

import { describe, expect, test } from "vitest";
import { checkFat, type Kind } from "../../personalities/native/storage-tools/fat/check.ts";
import { makeFat, type MakeOptions } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { FatWorld } from "./testing/fat-world.ts";
import { good } from "../../lib/testing/files.ts";
import { randomNumbers } from "../../lib/testing/random.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { Workload,  type Node, type Touched } from "./testing/workload.ts";

const POINTS = Number(process.env["GRAIL_CRASH_POINTS"] ?? 500), STEPS = 200, PER_RUN = 50;
const KIB = 1024;
const volumes: [string, number, Partial<MakeOptions>][] = [
  ["FAT12", 300 * KIB, { type: 12 }], ["FAT16", 2200 * KIB, { type: 16, sectorsPerCluster: 1 }], ["FAT32", 500 * KIB, { type: 32, sectorsPerCluster: 2, fewClusters: true }],
];

/** A plain volume writes when it is told to; the real cache, with few pages, whenever it likes. */
const worlds = volumes.flatMap(([name, ...rest]) => [[name, {}, ...rest] as const, [`${name} on a small cache`, { pages: 96 }, ...rest] as const]);

/** A file or directory as it was when something was synced. */
interface Kept { path: string; data: Uint8Array | undefined }
interface Snapshot { at: number; nodes: Map<number, Kept> }
interface Event { at: number; changed: Set<number>; removed: Set<number> }

class Recorder {
  readonly snapshots: Snapshot[] = [{ at: 0, nodes: new Map() }];
  readonly events: Event[] = [];
  /** By id: names and from when on. */
  readonly names = new Map<number, { at: number; path: string }[]>();

  constructor(private readonly workload: Workload, private readonly log: { readonly length: number }) {
    workload.onStep = (touched) => { this.note(touched); };
    workload.onSynced = () => { this.snapshots.push({ at: log.length, nodes: this.nodes() }); };
  }
  private nodes(): Map<number, Kept> {
    return new Map([...Workload.below(this.workload.root)].map((node) => [node.id, { path: Workload.path(node), data: node.children ? undefined : node.data }]));
  }
  private note({ changed = [], removed = [] }: Touched): void {
    const ids = (nodes: readonly Node[]): Set<number> => new Set(nodes.map(({ id }) => id));
    this.events.push({ at: this.log.length, changed: ids(changed), removed: ids(removed) });
  }
  /** After each step: which names there are now. */
  after(): void {
    for (const [id, { path }] of this.nodes()) {
      const history = this.names.get(id) ?? [];
      if (history.at(-1)?.path !== path) this.names.set(id, [...history, { at: this.log.length, path }]);
    }
  }

  /** Throws if something is missing from what a crash at `point` has left. */
  expect(point: number, tree: Map<string, Uint8Array | undefined>): void {
    const snapshot = this.snapshots.findLast(({ at }) => at <= point)!;
    const later = this.events.filter(({ at }) => at >= snapshot.at && at <= point);
    for (const [id, { path, data }] of snapshot.nodes) {
      if (later.some(({ removed }) => removed.has(id))) continue;
      const names = [path, ...(this.names.get(id) ?? []).filter(({ at }) => at >= snapshot.at).map((each) => each.path)];
      // Of two renames, of a file and of a directory above it, the crash may have undone either: any directory may hold the last part of a name.
      const lastParts = new Set(names.map((name) => name.slice(name.lastIndexOf("/"))));
      const candidates = new Set(names).size === 1 ? [path] : [...tree.keys()].filter((name) => lastParts.has(name.slice(name.lastIndexOf("/"))));
      const found = candidates.filter((name) => tree.has(name) && (tree.get(name) === undefined) === (data === undefined));
      if (found.length === 0) throw new Error(`${path} was synced and is gone (looked for ${names.join(", ")}; there are ${[...tree.keys()].join(", ")})`);
      if (!data || later.some(({ changed }) => changed.has(id))) continue;
      if (!found.some((name) => Buffer.compare(tree.get(name)!, data) === 0)) throw new Error(`${path} was synced and has other contents`);
    }
  }
}

/** What a crash may leave: see Kind. */
const HARMLESS: ReadonlySet<Kind> = new Set<Kind>(["lost", "leftover", "mirror", "moving", "count", "dirty"]);
/** What is left after attaching and unmounting: lost clusters stay until fsck.fat. */
const AFTERWARDS: ReadonlySet<Kind> = new Set<Kind>(["lost", "leftover"]);
const beyond = (device: MemoryDevice, allowed: ReadonlySet<Kind>): string[] => checkFat(device).findings.filter(({ kind }) => !allowed.has(kind)).map(({ kind, text }) => `${kind}: ${text}`);

describe.each(worlds)("a crash on %s", (_, below, size, options) => {
  test("loses clusters at the most, and nothing that was synced", async () => {
    const world = await FatWorld.empty(below), points = Math.ceil(POINTS / worlds.length);
    for (let done = 0, run = 0; done < points; run++) {
      const seed = run * 104_729 + size + 17, { disk, recorder } = record(world, seed, size, options), random = randomNumbers(seed + 1);
      const count = Math.min(PER_RUN, points - done);
      const where = Array.from({ length: count }, () => Math.floor(random() * (disk.log.length + 1))).sort((a, b) => a - b);
      for (const point of where) check(world, recorder, point, [disk.crashImage(point, random), disk.imageAt(point), disk.stableImage(point)][Math.max(0, Math.floor(random() * 8) - 5)]!, seed);
      done += count;
    }
  }, 60_000 + POINTS * 1000);
});

describe("a crash at every moment of one commit", () => {
  /** What `before` makes is synced; then the world stops at each moment while what `work` does is synced, in several ways. */
  async function everyMoment(before: (world: FatWorld) => void, work: (world: FatWorld) => void, expected: (tree: Map<string, Uint8Array | undefined>) => void): Promise<void> {
    const world = await FatWorld.empty(), device = new MemoryDevice(new Uint8Array(300 * KIB)), random = randomNumbers(7);
    makeFat(device, { serial: 1, time: 0, type: 12 });
    const disk = new RecordedDisk(device.bytes);
    world.attach(disk);
    before(world);
    good(world.fs.sync());
    const start = disk.log.length;
    work(world);
    good(world.fs.sync());
    const end = disk.log.length;
    world.forget();
    for (let point = start; point <= end; point++) {
      for (const image of [disk.imageAt(point), disk.stableImage(point), ...Array.from({ length: 8 }, () => disk.crashImage(point, random))]) {
        expect(beyond(new MemoryDevice(image), HARMLESS), `crash at ${point}`).toEqual([]);
        world.attach(new RecordedDisk(image));
        try { expected(world.tree()); } catch (error) { throw new Error(`crash at ${point} of ${start} to ${end}`, { cause: error }); }
        expect(world.detach()).toBe(0);
      }
    }
  }
  const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

  test("a file that takes the name of one that was renamed just before", async () => {
    await everyMoment(
      (world) => { world.makeDirectory("/d"); world.write("/A.TXT", bytes(900, 1)); world.write("/d/B", bytes(2000, 2)); },
      (world) => { world.rename("/A.TXT", "/d/A.TXT"); world.rename("/d/B", "/d/A.TXT"); },
      (tree) => { expect([tree.get("/d/B"), tree.get("/d/A.TXT")].some((data) => data && Buffer.compare(data, bytes(2000, 2)) === 0)).toBe(true); },
    );
  });

  test("a file that has grown, is renamed, and then emptied", async () => {
    await everyMoment(
      (world) => { world.makeDirectory("/d"); world.write("/d/B", bytes(2000, 2)); },
      (world) => {
        const file = world.open(world.walk("/d/B"));
        file.write(bytes(6000, 3), 2000n);
        world.rename("/d/B", "/A.TXT");
        good(file.client.setSize(0n));
        file.close();
      },
      (tree) => { expect(tree.has("/d/B") || tree.has("/A.TXT")).toBe(true); },
    );
  });
});

function record(world: FatWorld, seed: number, size: number, options: Partial<MakeOptions>): { disk: RecordedDisk; recorder: Recorder } {
  const device = new MemoryDevice(new Uint8Array(size));
  makeFat(device, { serial: 1, time: 0, ...options });
  const disk = new RecordedDisk(device.bytes);
  world.attach(disk);
  const workload = new Workload(world, seed), recorder = new Recorder(workload, disk.log);
  for (let i = 0; i < STEPS; i++) { workload.step(); recorder.after(); }
  workload.closeAll();
  expect(world.detach()).toBe(0);
  return { disk, recorder };
}

function check(world: FatWorld, recorder: Recorder, point: number, image: Uint8Array, seed: number): void {
  const device = new MemoryDevice(image);
  const where = `seed ${seed}, crash at ${point}`;
  expect(beyond(device, HARMLESS), where).toEqual([]);
  world.attach(new RecordedDisk(image));
  expect([world.error, world.readOnly, world.reason], where).toEqual([0, false, ""]);
  try { recorder.expect(point, world.tree()); } catch (error) { throw new Error(where, { cause: error }); }
  expect(world.detach()).toBe(0);
  expect(beyond(new MemoryDevice(world.disk.contents), AFTERWARDS), where).toEqual([]);
}
