import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./compile.ts";
import { loadDefinitions } from "./load.ts";
import { buildModel } from "./model.ts";
import { countInstructions, stubCosts } from "./stub-cost.ts";
import wabt from "wabt";

it("every client stub costs at most 30 instructions, and 4 per word and range", async () => {
  const costs = await stubCosts(buildModel(await loadDefinitions(join(root, "abi/idl"), ["server", "test"])));
  expect(costs.filter((cost) => cost.instructions > cost.allowance)).toEqual([]);
  expect(Math.min(...costs.map((cost) => cost.instructions))).toBeGreaterThanOrEqual(4);
});

it("instructions are counted, structure is not", async () => {
  const text = '(module (import "a" "b" (func)) (func (param i32) (local i32) nop nop) (func (export "five") (param i32) (result i32) local.get 0 if (result i32) i32.const 1 else i32.const 2 end))';
  const module = (await wabt()).parseWat("test.wat", text);
  const counts = await countInstructions(module.toBinary({}).buffer);
  expect(counts).toEqual(new Map([["five", 6]]));
});
