// The two builds of the benchmark read the same file, and the linked one has nothing but the clocks outside of itself.

import { beforeAll, expect, test } from "vitest";
import { compileProgram, LinuxWorld, type Program } from "../../personalities/linux/testing/linux-world.ts";
import { buildLinked, buildProgram } from "./build.ts";

let program: Program, linked: WebAssembly.Module;
beforeAll(async () => {
  program = await compileProgram(await buildProgram());
  linked = await WebAssembly.compile(await buildLinked());
});

test("the linked module reads what the program reads, in one module", async () => {
  expect(WebAssembly.Module.imports(linked).map(({ module, name }) => `${module}.${name}`).filter((name) => name !== "env.abort").sort()).toEqual(["env.monotonic", "env.wallClock"]);
  const now = (): bigint => BigInt(Math.round(performance.now() * 1e6));
  const instance = await WebAssembly.instantiate(linked, { env: { monotonic: now, wallClock: now, abort: () => { throw new Error("abort"); } } });
  const { start, read, sum, systemCalls } = instance.exports as unknown as { start(filePieces: number): number; read(pieces: number): bigint; sum(): number; systemCalls(): number };
  expect(start(256)).toBe(0);
  const calls = systemCalls();
  expect(read(1000)).toBeGreaterThan(0n);
  expect(systemCalls()).toBe(calls);

  const world = await LinuxWorld.create();
  const process = await world.start({ module: program, args: ["read-bench", "1000", "2", "256", "read-bench"] });
  expect(process.run()).toBe(0);
  const lines = process.stdout.text().trim().split("\n").map(Number);
  expect(lines).toHaveLength(3);
  expect(sum() >>> 0).toBe(lines[0]);
  expect(lines[1]).toBeGreaterThan(0);
});
