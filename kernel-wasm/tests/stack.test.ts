// A program recurses to the edge of its stack and then calls: it fails, and nothing else does. No lock is left held, nothing leaks, servers
// that it calls inline live on.

import { expect, it } from "vitest";
import { D_LOCK, DOMAIN_SIZE, DOMAINS, H_LOCK } from "../../abi/layout/kernel-memory.ts";
import { runsFactor } from "../../lib/testing/random.ts";
import { useMachine } from "../testing/use-machine.ts";
import type { DiveReport } from "./programs/dive.ts";
import * as A from "./server/labels.ts";

const test = useMachine({ servers: { actor: "kernel-wasm/tests/server/assembly/actor.ts" } });

for (const placement of ["worker", "inline"] as const) {
  it(`${placement}: at every depth near the edge`, { timeout: 120_000 }, async () => {
    const { machine } = test, { init } = machine, server = await machine.server("actor", placement), other = await machine.server("actor", placement), client = await machine.domain(4096);
    const nested = Number((await init.do("call", server.endpoint, A.KEEP, { caps: [other.endpoint] })).words[0]);
    const cap = await machine.grant(client, server.endpoint);
    const report = await client.run("dive", cap, nested, Math.round(150 * runsFactor()), placement === "inline" ? 8 : 1) as DiveReport;
    console.log(`stack, ${placement}: ${JSON.stringify(report)}`);
    expect(machine.machine.inspector.u32(H_LOCK)).toBe(0);
    for (const { number } of [server, other]) {
      expect(machine.machine.inspector.domainState(number)).toBe("running");
      expect(machine.machine.inspector.u32(DOMAINS + number * DOMAIN_SIZE + D_LOCK)).toBe(0);
    }
    machine.check();
    // The edge lies inside what was tried (an inline call wants 64 KiB for the server).
    expect(report.overflows).toBeGreaterThan(10);
    expect(Object.keys(report.statuses).length).toBeGreaterThanOrEqual(6);
    expect(await client.do("call", cap, A.ECHO, { words: [1] })).toMatchObject({ status: 0, words: [2n] });
    await machine.end(server, other, client);
  });
}
