// A module that could not be instantiated twice over one memory does not get into the build.

import { describe, expect, it } from "vitest";
import { assemble } from "../../kernel-wasm/rewriter/testing/compile.ts";
import type { AssemblyModule } from "./assembly-modules.ts";
import { faultsOf } from "./check-image.ts";

const module: AssemblyModule = { name: "test", entries: [], pages: [1, 1], polled: false, flags: [], privateGlobals: 1 };
const faults = async (text: string, wanted: Partial<AssemblyModule> = {}) => faultsOf({ ...module, ...wanted }, await assemble(text));

describe("an image", () => {
  it("may have what exists once: code, constants, imported and exported globals, and what it is allowed", async () => {
    expect(await faults(`(module (import "a" "g" (global (mut i32))) (memory 1) (global i32 (i32.const 1))
      (global (export "register") (mut i64) (i64.const 0)) (global (mut i32) (i32.const 5)) (func nop))`)).toEqual([]);
  });

  it("has no data segments", async () => {
    expect(await faults('(module (memory 1) (data (i32.const 0) "x") (data (i32.const 8) "y"))')).toEqual([expect.stringContaining("2 data segments")]);
  });

  it("has no more mutable globals of its own than allowed", async () => {
    const text = "(module (global (mut i32) (i32.const 0)) (global (mut f64) (f64.const 1)))";
    expect(await faults(text)).toEqual([expect.stringContaining("2 mutable globals, 1 allowed")]);
    expect(await faults(text, { privateGlobals: 2 })).toEqual([]);
  });

  it("stays under its limit", async () => {
    expect(await faults("(module (func nop))", { limit: 10 })).toEqual([expect.stringMatching(/bytes, must be under 10/)]);
  });
});
