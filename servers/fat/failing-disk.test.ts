// A disk that fails from some moment on, or now and then, reads included: whoever wants something of it is told Io, not that memory ran out or that a name
// is not there, and no name comes to be there twice.

import { expect, test } from "vitest";
import { FileKind } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { good } from "../../lib/testing/files.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { checkFat } from "../../personalities/native/storage-tools/fat/check.ts";
import { makeFat } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { FatWorld } from "./testing/fat-world.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 31 + (i >> 8) & 255);

/** On a new disk, under a cache of 64 pages, which reading `/large` takes up. */
async function mounted(): Promise<FatWorld> {
  const device = new MemoryDevice(new Uint8Array(4 << 20)), world = await FatWorld.empty({ pages: 64 });
  makeFat(device, { serial: 1, time: 0, type: 16, sectorsPerCluster: 1 });
  world.attach(new RecordedDisk(device.bytes));
  world.write("/large", bytes(280_000));
  return world;
}

test("says Io of a disk that has failed, whatever is to be changed, and never that memory ran out", async () => {
  const world = await mounted();
  for (let i = 0; i < 40; i++) world.write(`/a file with a long name ${i}`, bytes(i * 1000));
  world.makeDirectory("/from");
  world.makeDirectory("/to");
  for (let i = 0; i < 40; i++) world.write(`/from/another long name ${i}`, bytes(700));
  world.makeDirectory("/from/turned");
  good(world.fs.sync());
  const { fs, root } = world, from = world.walk("/from"), to = world.walk("/to"), files = Array.from({ length: 40 }, (_, i) => world.walk(`/a file with a long name ${i}`)), said = new Set<number>();
  const opened = [0, 1, 30, 39].map((i) => world.open(files[i]!));
  // Nothing else is read without the disk then.
  world.read("/large");
  world.disk.fail = () => "Io";
  for (let round = 0; round < 20; round++) {
    const results = [
      fs.create(root, FileKind.Regular, 0o644, `made ${round}`), fs.create(to, FileKind.Directory, 0o755, `made ${round}`), fs.rename(from, to, `another long name ${round}`, `moved ${round}`), fs.rename(from, from, `another long name ${round + 20}`, `renamed ${round}`),
      fs.rename(from, to, "turned", "turned"), fs.unlink(from, false, `another long name ${round + 10}`), fs.unlink(root, false, `a file with a long name ${round + 2}`), fs.setMode(files[30]!, 0o444 + (round & 1) * 0o200), fs.sync(),
    ];
    for (const { error } of results) said.add(error);
    for (const file of opened) { said.add(file.client.write(BigInt(round * 20_000), bytes(20_000)).error); said.add(file.client.setSize(BigInt(round * 900)).error); }
    world.pressure();
  }
  expect(said).toContain(Errors.Io);
  expect([...said].filter((error) => ![0, Errors.Io, Errors.ReadOnly, Errors.NotFound].includes(error))).toEqual([]);
});

test("a name is there once, or not, or Io, while reads fail now and then", async () => {
  const seed = seedOfRun(), random = new Random(seed), world = await mounted();
  const directories = Array.from({ length: 4 }, (_, i) => `/directory ${i}`), names = new Set<string>(), failures = { lookups: 0, creations: 0, renames: 0 };
  for (const directory of directories) world.makeDirectory(directory);
  for (let i = 0; i < 120; i++) {
    const path = `${random.pick(directories)}/a name that has parts in two sectors, number ${i}`;
    world.make(path);
    names.add(path);
  }
  good(world.fs.sync());
  const { fs } = world, inodes = new Map(directories.map((path) => [path, world.walk(path)]));
  const split = (path: string): [bigint, string] => [inodes.get(path.slice(0, path.lastIndexOf("/")))!, path.slice(path.lastIndexOf("/") + 1)];
  for (let step = 0; step < 1000 * runsFactor(); step++) {
    const path = random.pick([...names]), [directory, name] = split(path), fresh = `${random.pick(directories)}/made in step ${step}, or renamed then`, [to, freshName] = split(fresh), what = `seed ${seed}, step ${step}, ${path}`;
    world.disk.fail = (operation) => operation === "read" && random.below(2) ? "Io" : undefined;
    switch (random.below(4)) {
      case 0: {
        const { error } = fs.lookup(directory, random.below(2) ? name : name.toUpperCase());
        expect([0, Errors.Io], what).toContain(error);
        if (error) failures.lookups++;
        break;
      }
      case 1: expect([Errors.Exists, Errors.Io], what).toContain(fs.create(directory, FileKind.Regular, 0o644, name).error); break;
      case 2: {
        const { error } = fs.create(to, FileKind.Regular, 0o644, freshName);
        expect([0, Errors.Io], what).toContain(error);
        if (error) failures.creations++; else names.add(fresh);
        break;
      }
      default: {
        const { error } = fs.rename(directory, to, name, freshName);
        expect([0, Errors.Io], what).toContain(error);
        if (error) failures.renames++;
        else { names.delete(path); names.add(fresh); }
      }
    }
    world.disk.fail = undefined;
    if (!random.below(10)) good(fs.sync());
    if (!random.below(3)) world.read("/large");
  }
  for (const directory of directories) expect(world.names(directory).sort(), `seed ${seed}`).toEqual([...names].filter((path) => path.startsWith(`${directory}/`)).map((path) => split(path)[1]).sort());
  expect(Math.min(...Object.values(failures)), JSON.stringify(failures)).toBeGreaterThan(0);
  expect(world.detach()).toBe(0);
  expect(checkFat(new MemoryDevice(world.disk.contents)).findings, `seed ${seed}`).toEqual([]);
});
