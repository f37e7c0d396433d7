// What the built kernel must look like.

import wabt from "wabt";
import { expect, it } from "vitest";
import { kernel } from "../../tools/build/assembly-modules.ts";
import { compileAssembly } from "../../tools/build/compile-assembly.ts";

const built = (async () => {
  const { readWasm } = await wabt();
  return readWasm(await compileAssembly(kernel), { threads: true, mutable_globals: true, bulk_memory: true, sign_extension: true, sat_float_to_int: true } as never).toText({});
})();

it("waits in one place only, where nothing is alive across the wait", async () => {
  expect((await built).match(/memory\.atomic\.wait32/g)).toHaveLength(1);
});

it("enters no function of its own but the wait while it takes its lock, so that nobody is terminated between that and giving it back", async () => {
  const text = await built, imports = text.match(/\(import "[^"]*" "[^"]*" \(func/g)!.length, functions = text.split(/^ {2}(?=\(func )/m).slice(1);
  const taking = functions.filter((code) => /i32\.const 64\s+i32\.const 0\s+global\.get \d+\s+i32\.atomic\.rmw\.cmpxchg/.test(code));
  expect(taking).toHaveLength(1);
  const called = [...taking[0]!.matchAll(/\bcall (\d+)/g)].map(([, number]) => Number(number)).filter((number) => number >= imports);
  expect(called.map((number) => /memory\.atomic\.wait32/.test(functions[number - imports]!))).toEqual([true]);
});
