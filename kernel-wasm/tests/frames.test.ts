// Dataspaces are read without a lock while others cut them, empty them and destroy them: no reader ever sees a byte of another Dataspace
// (I10), and what was freed is free again soon.

import { expect, it } from "vitest";
import { H_LIMBO_FILL } from "../../abi/layout/kernel-memory.ts";
import { RIGHT_ALL, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { useMachine } from "../testing/use-machine.ts";
import { STAMPED, STAMPED_SIZE } from "./programs/stamps.ts";

const SECONDS = 6 * runsFactor();
const test = useMachine();

it("a reader sees its own Dataspace or zeros, whatever is freed and used again meanwhile", { timeout: SECONDS * 1000 + 60_000 }, async () => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), puppets = await Promise.all([0, 1, 2].map(() => machine.domain(256, 4096)));
  const spaces = new Map<number, number>();
  let stamp = 0, running = puppets.length;
  const reports = puppets.map((puppet, i) => (puppet.run("stamps", SECONDS * 1000, seed + i, i > 0) as Promise<{ reads: number; foreign: string[] }>).finally(() => { running--; }));
  while (running > 0) {
    const at = random.pick(STAMPED), old = spaces.get(at);
    if (old) { await init.do("capRevoke", old); await init.do("capDelete", old); }
    stamp = stamp % 250 + 1;
    const space = await init.do("dataspaceCreate", BigInt(STAMPED_SIZE));
    spaces.set(at, space);
    for (let page = 0; page < 40; page += 1 + random.below(4)) await init.do("dataspaceWrite", space, BigInt(page * 4096), new Uint8Array(4096).fill(stamp));
    // They may read, cut and empty it; what is in it is ours alone.
    for (const puppet of puppets) await init.do("capGrant", puppet.slot, space, RIGHT_ALL & ~RIGHT_WRITE, stamp, at);
    if (random.below(10) === 0) machine.check();
  }
  let reads = 0;
  for (const report of await Promise.all(reports)) { expect(report.foreign, `seed ${seed}`).toEqual([]); reads += report.reads; }
  expect(reads).toBeGreaterThan(200);
  for (const space of spaces.values()) { await init.do("capRevoke", space); await init.do("capDelete", space); }
  await machine.end(...puppets);
  await machine.until(() => machine.machine.inspector.u32(H_LIMBO_FILL) === 0, "limbo to drain");
});

it("memory that was just freed can be had again, also when there is no other", async () => {
  const { machine } = test, { init } = machine, MiB = 1 << 20, frames = 24_000;
  for (let round = 0; round < 2; round++) {
    const space = await init.do("dataspaceCreate", BigInt(frames * 4096));
    let written = 0;
    const page = new Uint8Array(4 * MiB).fill(round + 1);
    for (let done = 1; done > 0 && written < frames * 4096; written += Math.max(done, 0)) done = await init.do("dataspaceWrite", space, BigInt(written), page);
    expect(written).toBe(frames * 4096);
    await init.do("capDelete", space);
  }
});
