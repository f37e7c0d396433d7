// The buffer cache on the real kernel when things end under it: a driver that is killed while its disk is read and written, and volumes that are detached,
// files that are dropped or cut, while pages of them are read ahead.

import { expect, it } from "vitest";
import { RIGHT_ALL } from "../../abi/layout/limits.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { useMachine } from "../testing/use-machine.ts";
import { CacheWorld } from "./cache-world.ts";
import type { CachedReport } from "./programs/cached.ts";
import { CACHE, DISKS, type EndsReport } from "./programs/volume-ends.ts";

const SECONDS = 3 * runsFactor(), IO = -99;
const test = useMachine({ servers: { cache: "servers/cache/assembly/checked.ts" } });

it.each(["inline", "worker"] as const)("a driver that dies under load takes only its own disk along, and no data that is not on it, placed %s", { timeout: SECONDS * 1000 + 120_000 }, async (placement) => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed);
  const world = await CacheWorld.start(machine, placement, random.below(4), 170), doomed = await world.attach("doomed", 80), healthy = await world.attach("healthy");
  const [losers, others] = [await world.users(doomed, 2), await world.users(healthy, 1)];
  const run = (user: (typeof losers)[number], self: number, ending: boolean): Promise<CachedReport> => user.run("cached", self, SECONDS * 1000, random.below(2 ** 31), ending) as Promise<CachedReport>;
  const work = Promise.all([...losers.map((user, i) => run(user, i, true)), ...others.map((user) => run(user, 0, false))]);
  await new Promise((resolve) => setTimeout(resolve, SECONDS * (200 + random.below(400))));
  expect(await init.do("domainKill", doomed.driver)).toBe(0);
  const reports = await work, other = reports.at(-1)!, lost = reports.slice(0, -1);
  console.log(`cache ${placement}: seed ${seed}, ${lost.map(({ writes, failed, looks }) => `${writes} writes, ${failed} failed, ${looks} looks`).join("; ")}; on the other disk ${other.writes} writes, ${other.refused} refused`);
  for (const { wrong } of reports) expect(wrong, `seed ${seed}`).toEqual([]);
  for (const { failed, writes } of lost) { expect(failed).toBeGreaterThan(0); expect(writes).toBeGreaterThan(5); }
  expect(other).toMatchObject({ failed: 0 });
  expect(other.writes).toBeGreaterThan(20);
  // The volume is there as long as somebody has it, does not end as if all were well, and the cache serves the others.
  expect((await init.do("call", doomed.volume, 0x3d0b)).status).toBe(IO);
  expect((await world.figures(doomed))(96)).toBeGreaterThan(0);
  expect((await init.do("call", healthy.volume, 0x3d08)).status).toBe(0);
  await world.end([...losers, ...others], [doomed, healthy]);
});

it.each(["inline", "worker"] as const)("volumes and files end while pages are read ahead, placed %s", { timeout: SECONDS * 1000 + 120_000 }, async (placement) => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed);
  const world = await CacheWorld.start(machine, placement, random.below(4), 1024), first = await world.attach("first");
  await world.release(first);
  const user = await machine.domain();
  for (const [slot, at] of [[world.cache.endpoint, CACHE], [first.disks, DISKS]] as const) expect(await init.do("capGrant", user.slot, slot, RIGHT_ALL, 0, at)).toBe(at);
  const report = await user.run("volumeEnds", SECONDS * 1000, random.below(2 ** 31)) as EndsReport;
  console.log(`cache ${placement}: seed ${seed}, ${JSON.stringify(report)}`);
  expect(report.wrong, `seed ${seed}`).toEqual([]);
  for (const count of [report.detached, report.abandoned, report.dropped, report.cut]) expect(count).toBeGreaterThan(1);
  expect(report.ahead).toBeGreaterThan(20);
  await world.end([user], [first]);
});
