// fat on the real kernel and the real cache, used from several Workers at once, without a VFS that would put calls in order: clients are killed in the midst of what they
// do, and the servers are moved between their own Workers and their callers'. What each survivor knows is there, of the killed there is nothing that is another's, and the
// checkers find nothing. GRAIL_RUNS=20 for a long run.

import { expect, it, vi } from "vitest";
import { CacheClient } from "../../abi/generated/ts/client/cache.ts";
import { DiskClient } from "../../abi/generated/ts/client/disk.ts";
import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileSystemsClient } from "../../abi/generated/ts/client/file-systems.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { FileKind } from "../../abi/generated/ts/enums.ts";
import { RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import type { Puppet } from "../../kernel-wasm/testing/puppet-control.ts";
import { useMachine } from "../../kernel-wasm/testing/use-machine.ts";
import { FILES, SHARED, homeOf, ownerOf, type FileReport, type Tree } from "../../kernel-wasm/tests/programs/file-user.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { good } from "../../lib/testing/files.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { checkFat } from "../../personalities/native/storage-tools/fat/check.ts";
import { makeFat } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { fsckFat, haveDosfstools } from "./testing/dosfstools.ts";

const SECONDS = 6 * runsFactor(), DISK_RAM = 19, SIZE = 6 << 20, STEP = 65536, PAGES = 160;
const SURVIVORS = 3, OWNERS = 15;
// Two servers and the kernel may have to be compiled first.
vi.setConfig({ hookTimeout: 240_000 });
const test = useMachine({ servers: { cache: "servers/cache/assembly/main.ts", fat: "servers/fat/assembly/main.ts" } });

/** The asynchronous half of a Kernel: calls that a puppet makes. */
const kernelOf = (domain: Puppet): Kernel => ({ callAsync: (...args: Parameters<Kernel["call"]>) => domain.do("call", ...args) }) as unknown as Kernel;

it("what several clients know of their files is there, whoever is killed and wherever the servers run", { timeout: SECONDS * 1000 + 240_000 }, async () => {
  const { machine } = test, { init } = machine, kernel = kernelOf(init), seed = seedOfRun(), random = new Random(seed), device = new MemoryDevice(new Uint8Array(SIZE));
  makeFat(device, { serial: 1, time: 0, type: 16, sectorsPerCluster: 1 });
  const driver = await init.do("domainCreate", 256, 16, 0, 0), drivers = await init.do("endpointCreate");
  await init.do("capGrant", driver, drivers, RIGHT_ALL, 0, SLOT_SELF);
  expect(await init.do("domainStart", driver, 0, DISK_RAM)).toBe(0);
  good(await new DisksClient(kernel, drivers).createAsync(BigInt(SIZE), "d"));
  const { disk } = good(await new DisksClient(kernel, drivers).openAsync(0, "d")), contents = new DiskClient(kernel, disk);
  for (let at = 0; at < SIZE; at += STEP) {
    const part = device.bytes.subarray(at, at + STEP);
    if (part.some((byte) => byte !== 0)) good(await contents.writeAsync(BigInt(at), part));
  }
  const cache = await machine.server("cache"), fat = await machine.server("fat");
  // Few pages, so that they are given up and read again all the time.
  good(await new CacheClient(kernel, cache.endpoint).configureAsync(random.below(4), PAGES));
  const attached = good(await new CacheClient(kernel, cache.endpoint).attachAsync(disk, 0, 0, "d"));
  const { root, readOnly } = good(await new FileSystemsClient(kernel, fat.endpoint).attachAsync(0, attached.size, attached.volume, attached.image));
  expect(readOnly).toBe(false);
  for (const slot of [attached.volume, attached.image]) await init.do("capDelete", slot);
  const system = new FileSystemClient(kernel, root), top = good(await system.rootAsync()).inode;
  for (const name of [SHARED, ...Array.from({ length: OWNERS }, (_, i) => homeOf(i + 1))]) good(await system.createAsync(top, FileKind.Directory, 0o755, name));
  const user = async (): Promise<Awaited<ReturnType<typeof machine.domain>>> => {
    const made = await machine.domain();
    expect(await init.do("capGrant", made.slot, root, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0, FILES)).toBe(FILES);
    return made;
  };

  let working = true, moves = 0, kills = 0;
  const moving = (async (): Promise<void> => {
    for (; working; moves++) {
      machine.machine.place((moves & 1 ? fat : cache).number, moves & 2 ? "worker" : "inline");
      await new Promise((resolve) => { setTimeout(resolve, 20 + random.below(60)); });
    }
  })();
  const killing = (async (): Promise<void> => {
    for (let owner = SURVIVORS + 1; working && owner <= OWNERS; owner++, kills++) {
      const victim = await user();
      void victim.run("fileUser", owner, 3_600_000, random.below(2 ** 31));
      await new Promise((resolve) => { setTimeout(resolve, 50 + random.below(400)); });
      await machine.end(victim);
    }
  })();
  const survivors = await Promise.all(Array.from({ length: SURVIVORS }, user));
  const reports = await Promise.all(survivors.map((each, i) => each.run("fileUser", i + 1, SECONDS * 1000, random.below(2 ** 31)) as Promise<FileReport>));
  working = false;
  await Promise.all([moving, killing]);
  const operations = reports.reduce((sum, report) => sum + report.operations, 0);
  console.log(`fat: seed ${seed}, ${operations} operations, ${moves} moves, ${kills} clients killed`);
  for (const { wrong } of reports) expect(wrong, `seed ${seed}`).toEqual([]);
  expect(operations).toBeGreaterThan(100);
  expect(moves).toBeGreaterThan(10);
  expect(kills).toBeGreaterThan(2);

  const observer = await user(), there = new Map(await observer.run("lookAtFiles") as Tree);
  for (const [i, { tree }] of reports.entries()) {
    const own = new Map(tree), mine = [...there.keys()].filter((path) => path.startsWith(`${SHARED}/${i + 1} `) || path === homeOf(i + 1) || path.startsWith(`${homeOf(i + 1)}/`));
    expect(mine.sort(), `seed ${seed}`).toEqual([...own.keys()].sort());
    for (const [path, data] of own) if (data) expect(Buffer.compare(data, there.get(path)!), `seed ${seed}: ${path}`).toBe(0);
  }
  for (const [path, data] of there) {
    const owner = Number(/^(?:home|shared\/)(\d+)/.exec(path)?.[1]);
    for (const byte of data ?? []) if (byte !== 0 && ownerOf(byte) !== owner) throw new Error(`seed ${seed}: ${path} has bytes of ${ownerOf(byte)}`);
  }
  await machine.end(observer, ...survivors);

  // What the dead had open is closed when their ends are heard of.
  for (let tries = 0; ; tries++) {
    const { error } = await system.detachAsync();
    if (!error) break;
    expect([Errors.Busy, tries < 2000]).toEqual([error, true]);
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
  for (let at = 0; at < SIZE; at += STEP) device.bytes.set(good(await contents.readAsync(BigInt(at), STEP)).data, at);
  expect(checkFat(device).findings, `seed ${seed}`).toEqual([]);
  if (haveDosfstools) { const checked = fsckFat(device.bytes); expect(checked.status, checked.output).toBe(0); }
  expect(machine.deaths.filter(({ reason }) => reason > 1), "no server trapped").toEqual([]);
  for (const slot of [root, disk]) await init.do("capDelete", slot);
  await machine.end(fat, cache, { slot: driver, endpoint: drivers });
});
