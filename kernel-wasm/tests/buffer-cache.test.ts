// The buffer cache on the real kernel, used from several Workers at once, placed inline and in a Worker of its own: nothing written is lost, nothing old
// follows something new to the disk, and what a barrier promised is there.

import { expect, it } from "vitest";
import { RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { useMachine } from "../testing/use-machine.ts";
import { DISK, DISK_SIZE, IMAGE, USERS, VOLUME, type CachedReport } from "./programs/cached.ts";
import { Random, runsFactor, seedOfRun } from "./programs/random.ts";

const SECONDS = 5 * runsFactor(), DISK_RAM = 19;
const test = useMachine({ servers: { cache: "servers/cache/assembly/checked.ts" } });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

it.each(["inline", "worker"] as const)("what many write through it is there, placed %s", { timeout: SECONDS * 1000 + 120_000 }, async (placement) => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), good = (slot: number | undefined): number => { expect(slot).toBeGreaterThan(0); return slot!; };
  const driver = good(await init.do("domainCreate", 256, 16, 0, 0)), disks = good(await init.do("endpointCreate"));
  await init.do("capGrant", driver, disks, RIGHT_ALL, 0, SLOT_SELF);
  expect(await init.do("domainStart", driver, 0, DISK_RAM)).toBe(0);
  expect((await init.do("call", disks, 0x3b03, { words: [DISK_SIZE], send: [text("d")] })).status).toBe(0);
  const disk = good((await init.do("call", disks, 0x3b02, { words: [0], send: [text("d")] })).caps[0]);
  const cache = await machine.server("cache", placement);
  expect((await init.do("call", cache.endpoint, 0x3c03, { words: [random.below(4), 150] })).status).toBe(0);
  const attached = await init.do("call", cache.endpoint, 0x3c01, { words: [0, 0], caps: [disk], send: [text("d")] });
  expect(attached.status).toBe(0);
  const [volume, image] = attached.caps as [number, number];
  const users = await Promise.all(Array.from({ length: USERS }, () => machine.domain()));
  for (const user of users) {
    for (const [slot, at] of [[volume, VOLUME], [image, IMAGE], [disk, DISK]] as const) expect(await init.do("capGrant", user.slot, slot, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0, at)).toBe(at);
  }
  const reports = await Promise.all(users.map((user, i) => user.run("cached", i, SECONDS * 1000, random.below(2 ** 31)) as Promise<CachedReport>));
  const sum = (of: (report: CachedReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const figures = new DataView((await init.do("call", volume, 0x3d0a, { receive: 128 })).data.slice().buffer), figure = (at: number): bigint => figures.getBigUint64(at, true);
  console.log(`cache ${placement}: seed ${seed}, ${sum(({ writes }) => writes)} writes, ${sum(({ cuts }) => cuts)} cuts, ${figure(48)} read ahead, ${sum(({ looks }) => looks)} looks, ${sum(({ barriers }) => barriers)} barriers, ${sum(({ refused }) => refused)} refused; ${figure(56)} given up, ${figure(64)} written back`);
  for (const { wrong } of reports) expect(wrong, `seed ${seed}`).toEqual([]);
  for (const count of [sum(({ writes }) => writes), sum(({ looks }) => looks), Number(figure(56)), Number(figure(64)), Number(figure(48))]) expect(count).toBeGreaterThan(100);
  expect(sum(({ barriers }) => barriers)).toBeGreaterThan(5);
  for (const slot of [volume, image, disk]) await init.do("capDelete", slot);
  await machine.end(...users, cache, { slot: driver, endpoint: disks });
});
