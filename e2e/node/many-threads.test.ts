// More threads than have their transfer windows before the first frames: what passes through the windows of the others arrives as it was sent.

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { NEAR_THREADS } from "../../abi/layout/kernel-memory.ts";
import { NodeSystem } from "./node-system.ts";

test.skipIf(!existsSync("build/images"))("a pipeline of sixteen programs passes on what it gets", async () => {
  const system = await NodeSystem.boot();
  await system.prompt();
  expect(await system.run(`seq 1 20000 > /tmp/a; cat /tmp/a ${"| cat ".repeat(14)}| cmp - /tmp/a && echo same`)).toEqual({ output: "same", status: 0 });
  expect(system.machine.figures().workers).toBeGreaterThan(NEAR_THREADS);
  await system.stop();
}, 180_000);
