// Domains and servers killed at random moments for a long time, while all of them make system calls: every invariant holds all the while,
// and when it is over every count is back. GRAIL_RUNS=20 makes it last 20 times as long (200 seconds), GRAIL_SEED repeats the random choices.

import { it } from "vitest";
import { D_GENERATION, DOMAIN_SIZE, DOMAINS } from "../../abi/layout/kernel-memory.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { reportStall } from "../testing/stall-report.ts";
import type { TestDomain } from "../testing/test-machine.ts";
import { useMachine } from "../testing/use-machine.ts";
import { World } from "./world.ts";

const SECONDS = 10 * runsFactor();
const CROWD = 6;
/** Domains without init's capability that may live on. */
const DROPPED = 3;

const test = useMachine({ servers: { actor: "kernel-wasm/tests/server/assembly/actor.ts" } });

it("killing at any instruction leaves the kernel whole", { timeout: SECONDS * 1000 + 120_000 }, async () => {
  const { machine } = test, seed = seedOfRun(), random = new Random(seed), world = await World.make(machine, random);
  const crowd: TestDomain[] = [], end = performance.now() + SECONDS * 1000;
  const over = reportStall(machine, SECONDS * 1000 + 60_000);
  let killed = 0, servers = 0, outlived = 0;
  const lifeOf = (number: number): number => machine.machine.inspector.u32(DOMAINS + number * DOMAIN_SIZE + D_GENERATION);
  // With init's capability a domain does not end that another one holds, or that holds itself: some would live for ever if the machine did not end them.
  const dropped: { number: number; life: number }[] = [];
  const endDropped = (): void => {
    const { number, life } = dropped.shift()!, state = machine.machine.inspector.domainState(number);
    if (lifeOf(number) !== life || state === "unused" || state === "dying") return;
    outlived++;
    machine.machine.kill(number);
  };
  const start = async (): Promise<void> => {
    const puppet = await world.puppet(crowd);
    if (random.below(8) === 0) await machine.grant(puppet, puppet.slot);
    // Some never enter the kernel again: only terminating ends them.
    void (random.below(6) ? puppet.run("wild", random.below(2 ** 31), 0, false) : puppet.run("spin")).catch(() => undefined);
    crowd.push(puppet);
  };
  for (let i = 0; i < CROWD; i++) await start();
  // On a machine that is busy otherwise, as long as it takes to kill some.
  while (performance.now() < end || killed <= SECONDS / 2) {
    const pause = random.below(40);
    await new Promise((resolve) => setTimeout(resolve, pause));
    machine.check();
    const choice = random.below(10);
    if (choice === 0) { servers++; await world.replaceActor(random.below(world.actors.length)); }
    else if (choice === 1) machine.machine.place(random.pick(world.actors).number, random.pick(["worker", "inline"] as const));
    else {
      const [victim] = crowd.splice(random.below(crowd.length), 1);
      killed++;
      // By the capability, by the machine, or by taking init's capability away, which is mostly the last.
      if (choice < 6) await machine.init.do("domainKill", victim!.slot);
      else if (choice < 8 && machine.machine.inspector.domainState(victim!.number) !== "unused") machine.machine.kill(victim!.number);
      else dropped.push({ number: victim!.number, life: lifeOf(victim!.number) });
      await machine.init.do("capDelete", victim!.slot);
      while (dropped.length > DROPPED) endDropped();
      if (random.below(2)) await start();
      while (crowd.length < CROWD - 2) await start();
      if (crowd.length < CROWD && random.below(2)) await start();
    }
    machine.check();
  }
  while (dropped.length > 0) endDropped();
  console.log(`kill-anywhere: seed ${seed}, ${killed} domains and ${servers} servers killed, ${outlived} of them outlived init's capability`);
  await world.end(...crowd);
  over();
});
