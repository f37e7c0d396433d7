// What the built kernel must look like.

import wabt from "wabt";
import { expect, it } from "vitest";
import { kernel } from "../../tools/build/assembly-modules.ts";
import { compileAssembly } from "../../tools/build/compile-assembly.ts";

it("waits in one place only, where nothing is alive across the wait", async () => {
  const { readWasm } = await wabt();
  const text = readWasm(await compileAssembly(kernel), { threads: true, mutable_globals: true, bulk_memory: true, sign_extension: true, sat_float_to_int: true } as never).toText({});
  expect(text.match(/memory\.atomic\.wait32/g)).toHaveLength(1);
});
