// The buffer cache on the real kernel, used from several Workers at once, placed inline, in a Worker of its own, and moved to and fro: nothing written is
// lost, nothing old follows something new to the disk, what was cut off does not come back, and what a barrier promised is there.

import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { expect, it } from "vitest";
import { useMachine } from "../testing/use-machine.ts";
import { CacheWorld } from "./cache-world.ts";
import { USERS, type CachedReport } from "./programs/cached.ts";

const SECONDS = 5 * runsFactor();
const test = useMachine({ servers: { cache: "servers/cache/assembly/checked.ts" } });

it.each(["inline", "worker", "moved"] as const)("what many write through it is there, placed %s", { timeout: SECONDS * 1000 + 120_000 }, async (placement) => {
  const { machine } = test, seed = seedOfRun(), random = new Random(seed), both = ["inline", "worker"] as const;
  const world = await CacheWorld.start(machine, placement === "moved" ? "worker" : placement, random.below(4), 150), volume = await world.attach("d"), users = await world.users(volume, USERS);
  let over = false, moves = 0;
  const work = Promise.all(users.map((user, i) => user.run("cached", i, SECONDS * 1000, random.below(2 ** 31)) as Promise<CachedReport>)).finally(() => { over = true; });
  while (placement === "moved" && !over) {
    machine.machine.place(world.cache.number, random.pick(both));
    moves++;
    await new Promise((resolve) => setTimeout(resolve, random.below(30)));
  }
  const reports = await work, sum = (of: (report: CachedReport) => number): number => reports.reduce((total, report) => total + of(report), 0), figure = await world.figures(volume);
  console.log(`cache ${placement}: seed ${seed}, ${sum(({ writes }) => writes)} writes, of which ${sum(({ again }) => again)} took long, ${sum(({ cuts }) => cuts)} cuts, ${sum(({ looks }) => looks)} looks, ${sum(({ barriers }) => barriers)} barriers, ${sum(({ refused }) => refused)} refused; ${figure(48)} read ahead, ${figure(56)} given up, ${figure(64)} written back; ${moves} moves`);
  for (const { wrong } of reports) expect(wrong, `seed ${seed}`).toEqual([]);
  for (const count of [sum(({ writes }) => writes), sum(({ looks }) => looks), figure(56), figure(64), figure(48)]) expect(count).toBeGreaterThan(20);
  for (const count of [sum(({ barriers }) => barriers), sum(({ again }) => again)]) expect(count).toBeGreaterThan(1);
  if (placement === "moved") expect(moves).toBeGreaterThan(10);
  await world.end(users, [volume]);
});
