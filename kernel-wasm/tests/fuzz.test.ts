// Random system calls with random arguments: the kernel never traps, nothing leaks, every invariant holds. From TypeScript through the
// Kernel object, and from a Wasm module that calls the kernel's exports themselves with any numbers at all.

import { expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { RIGHT_ALL } from "../../abi/layout/limits.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { SITE, testModule } from "../testing/modules.ts";
import { useMachine } from "../testing/use-machine.ts";
import type { WildReport } from "./programs/wild.ts";
import { World } from "./world.ts";

const SECONDS = 9 * runsFactor();
const NATIVE = 12;
const test = useMachine({ servers: { actor: "kernel-wasm/tests/server/assembly/actor.ts" } });

it("wild calls from TypeScript get errors, never a trap", { timeout: SECONDS * 1000 + 120_000 }, async () => {
  const { machine } = test, seed = seedOfRun(), random = new Random(seed), world = await World.make(machine, random);
  const crowd = [await world.puppet([]), await world.puppet([])];
  for (let i = 0; i < 3; i++) crowd.push(await world.puppet(crowd));
  let calls = 0;
  const statuses = new Set<string>();
  for (let round = 0; round < 3; round++) {
    const running = crowd.map((puppet) => puppet.run("wild", random.below(2 ** 31), SECONDS * 1000 / 3, true) as Promise<WildReport>);
    let over = false;
    // Those that wait for ever (a pager that nobody serves) count as done.
    const patience = new Promise<undefined>((resolve) => setTimeout(resolve, SECONDS * 1000 / 3 + 3000, undefined));
    void patience.then(() => { over = true; });
    const checks = (async () => { while (!over) { machine.check(); await new Promise((resolve) => setTimeout(resolve, 30)); } })();
    for (const report of await Promise.all(running.map((one) => Promise.race([one, patience])))) {
      if (!report) continue;
      expect(report.thrown, `seed ${seed}`).toEqual([]);
      calls += report.calls;
      for (const status of Object.keys(report.statuses)) statuses.add(status);
    }
    over = true;
    await checks;
    for (const actor of world.actors.keys()) if (machine.machine.inspector.domainState(world.actors[actor]!.number) !== "running") await world.replaceActor(actor);
  }
  console.log(`fuzz: seed ${seed}, ${calls} calls, ${statuses.size} different outcomes`);
  await world.end(...crowd);
  expect(calls).toBeGreaterThan(1000);
});

it("wild calls from a Wasm module: nothing but its own death", { timeout: SECONDS * 1000 + 120_000 }, async () => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), world = await World.make(machine, random);
  const path = await testModule("wild", "kernel-wasm/tests/server/assembly/wild.ts"), code = new Uint8Array(readFileSync(`${SITE}/${path}`));
  const space = await init.do("dataspaceCreate", BigInt(code.length));
  await init.do("dataspaceWrite", space, 0n, code);
  const deaths = await init.do("endpointCreate"), end = performance.now() + SECONDS * 1000 / 2;
  let runs = 0;
  while (performance.now() < end) {
    const batch: number[] = [];
    for (let i = 0; i < 3; i++) {
      const domain = await init.do("domainCreate", 64 + random.below(100), 64, deaths, runs++);
      for (const { endpoint } of world.actors) await init.do("capGrant", domain, endpoint, RIGHT_ALL & ~8, 0);
      for (const [at, create] of (["endpointCreate", "notificationCreate", "dataspaceCreate"] as const).entries()) {
        const slot = create === "dataspaceCreate" ? await init.do(create, 10_000n) : await init.do(create);
        await init.do("capGrant", domain, slot, RIGHT_ALL, 0, at === 0 ? 5 : at === 1 ? 6 : 7);
        await init.do("capDelete", slot);
      }
      // The seed is what the module finds as the size of its Dataspace in slot 3.
      const seeded = await init.do("dataspaceCreate", BigInt(1 + random.below(2 ** 30)));
      await init.do("capGrant", domain, seeded, RIGHT_ALL, 0, 3);
      await init.do("capDelete", seeded);
      expect(await init.do("domainStart", domain, space, NATIVE)).toBe(0);
      batch.push(domain);
    }
    await new Promise((resolve) => setTimeout(resolve, 200 + random.below(300)));
    machine.check();
    for (const domain of batch) { await init.do("domainKill", domain); await init.do("capDelete", domain); }
    for (let got = await init.do("receive", deaths, 0); got.status === 0; got = await init.do("receive", deaths, 0)) {
      const text = new TextDecoder().decode(got.ranges[0]);
      // It may run out of its own stack or loop into its own poll point, and be killed; the kernel itself never traps.
      expect(["", "unreachable", "stack overflow", "the domain has ended"], `seed ${seed}: ${text}`).toContain(text);
      if (got.words[2] === 7n) throw new Error(`the module saw the kernel break a promise, seed ${seed}`);
    }
    for (const actor of world.actors.keys()) if (machine.machine.inspector.domainState(world.actors[actor]!.number) !== "running") await world.replaceActor(actor);
  }
  console.log(`fuzz: seed ${seed}, ${runs} modules`);
  await world.end();
  for (const slot of [space, deaths]) await init.do("capDelete", slot);
});
