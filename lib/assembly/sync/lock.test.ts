// The lock between real threads.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { compileOptimized } from "../../../kernel-wasm/machine/node/machine-host.ts";
import { compileBytes } from "../../testing/compile.ts";

const body = `
  const { workerData: { module, memory, times } } = require("node:worker_threads");
  new WebAssembly.Instance(module, { env: { memory }, kernel: { monotonic: () => 0n } }).exports.count(64, 128, times);
`;

test("a word that four threads count up under the lock misses no count", async () => {
  // Node 20's baseline compiler loses a local of a function that waits: the count was once too high.
  const module = await compileOptimized(await compileBytes("lib/assembly/testing/module.ts"));
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 1024, shared: true });
  const times = 100_000;
  const workers = Array.from({ length: 4 }, () => new Worker(body, { eval: true, workerData: { module, memory, times } }));
  for (const [code] of await Promise.all(workers.map((worker) => once(worker, "exit")))) expect(code).toBe(0);
  const words = new Uint32Array(memory.buffer);
  expect(words[32]).toBe(4 * times);
  expect(words[16], "the lock is free in the end").toBe(0);
});
