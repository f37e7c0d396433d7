// lib's mutex that is held across calls, taken by inline callers in Workers of their own and by the server's home Worker, which works when its
// receive times out: one holder at a time, one thread under the server's lock at a time, and callers that are killed leave it free.

import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { expect, it } from "vitest";
import { useMachine } from "../testing/use-machine.ts";
import { HOLD_COUNTS, HOLD_START } from "./server/labels.ts";

const SECONDS = 5 * runsFactor();
const test = useMachine({ servers: { actor: "kernel-wasm/tests/server/assembly/actor.ts", holder: "kernel-wasm/tests/server/assembly/holder.ts" } });

it("a mutex has one holder, also while that one calls on, and whoever of them is killed", { timeout: SECONDS * 1000 + 90_000 }, async () => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), actor = await machine.server("actor"), holder = await machine.server("holder", "inline");
  expect((await init.do("call", holder.endpoint, HOLD_START, { caps: [actor.endpoint] })).status).toBe(0);
  const client = async (): Promise<{ domain: Awaited<ReturnType<typeof machine.domain>>; cap: number }> => { const domain = await machine.domain(); return { domain, cap: await machine.grant(domain, holder.endpoint) }; };
  const lasting = await Promise.all(Array.from({ length: 3 }, client));
  const reports = lasting.map(({ domain, cap }, i) => domain.run("holds", cap, i + 1, SECONDS * 1000) as Promise<{ held: number; failed: number[] }>);
  let over = false, killed = 0;
  const all = Promise.all(reports).finally(() => { over = true; });
  // Others come and are killed, in whatever they are doing: waiting for the mutex, holding it, or on their way.
  while (!over) {
    const victim = await client();
    void victim.domain.run("holds", victim.cap, 100 + killed, 1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 5 + random.below(60)));
    await machine.end(victim.domain);
    killed++;
    machine.check();
  }
  const done = await all, [held, ticks, mutexViolations, lockViolations] = (await init.do("call", holder.endpoint, HOLD_COUNTS)).words;
  console.log(`mutex: seed ${seed}, held ${held} times, ${ticks} by the home Worker when nothing came, ${killed} callers killed`);
  for (const { failed, held: own } of done) { expect(failed, `seed ${seed}`).toEqual([]); expect(own).toBeGreaterThan(10); }
  expect([mutexViolations, lockViolations], `seed ${seed}`).toEqual([0n, 0n]);
  expect(Number(held)).toBeGreaterThanOrEqual(done.reduce((sum, report) => sum + report.held, 0));
  expect(Number(ticks)).toBeGreaterThan(0);
  // Nobody has it in the end: those who were killed finished their calls first.
  await machine.until(() => machine.counts().threads <= 6, "the killed to be gone");
  await expect.poll(async () => { const counts = await init.do("call", holder.endpoint, HOLD_COUNTS); return counts.words[4]; }, { timeout: 20_000 }).toBe(0n);
  await machine.end(holder, actor, ...lasting.map(({ domain }) => domain));
});
