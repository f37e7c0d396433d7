import { expect, it } from "vitest";
import { countInstructions } from "./instruction-count.ts";
import { assemble } from "./testing/compile.ts";

it("instructions are counted by exported function; structure and imports are not", async () => {
  const bytes = await assemble(`(module
    (import "a" "b" (func $b)) (export "imported" (func $b))
    (func (nop) (nop))
    (func (export "four") (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))))`);
  expect(countInstructions(bytes)).toEqual(new Map([["four", 4]]));
});
