// What the rewriter accepts, what it refuses with which words, and that no bytes at all make it hang or throw anything else.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rewrite, RewriteError } from "./index.ts";
import { readSections } from "./sections.ts";
import { assemble, compileAssemblyScript } from "./testing/compile.ts";
import { samples } from "./testing/samples.ts";

/** At least one instruction for each form that immediates take. */
const everyForm = `(module
  (type $two (func (param i32) (result i32 i32)))
  (memory 1 2 shared) (table $t 2 funcref) (table $u 2 externref)
  (global $g (mut i32) (i32.const 0)) (tag $e (param i32))
  (elem $seg func $f) (data $d "abc") (elem declare func $f)
  (func $f (param i32) (result i32)
    (local $i i32) (local $l i64) (local $r externref) (local $v v128)
    (loop $again (param) (br_if $again (i32.eqz (i32.const 1))))
    (i32.const 5) (loop (type $two) (i32.const 6)) (drop) (drop)
    (block (block (block (br_table 0 1 2 (local.get 0)))))
    (try (do (throw $e (i32.const 1))) (catch $e (drop)) (catch_all (rethrow 0)))
    (try (do (try (do (nop)) (delegate 0))) (catch_all))
    (drop (select (result externref) (ref.null extern) (local.get $r) (i32.const 1)))
    (drop (ref.is_null (ref.func $f)))
    (drop (call_indirect $t (param i32) (result i32) (i32.const 1) (i32.const 0)))
    (drop (table.get $u (i32.const 0))) (table.set $u (i32.const 0) (ref.null extern))
    (table.copy $t $t (i32.const 0) (i32.const 0) (i32.const 0)) (table.init $t $seg (i32.const 0) (i32.const 0) (i32.const 0))
    (drop (table.grow $u (ref.null extern) (i32.const 1))) (drop (table.size $t)) (elem.drop $seg)
    (table.fill $u (i32.const 0) (ref.null extern) (i32.const 0))
    (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3)) (data.drop $d)
    (memory.copy (i32.const 0) (i32.const 8) (i32.const 8)) (memory.fill (i32.const 0) (i32.const 0) (i32.const 8))
    (drop (memory.grow (i32.const 0))) (drop (memory.size))
    (global.set $g (i32.const -2147483648)) (local.set $l (i64.const -9223372036854775808))
    (drop (f32.const 1.5)) (drop (f64.const 2.5)) (drop (i32.trunc_sat_f64_u (f64.const 1))) (drop (i64.extend8_s (local.get $l)))
    (local.set $v (v128.const i32x4 1 2 3 4)) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v)))
    (drop (i16x8.extract_lane_u 3 (local.get $v))) (drop (v128.load32_lane offset=4 2 (i32.const 0) (local.get $v)))
    (drop (v128.load64_zero (i32.const 0))) (v128.store offset=65 (i32.const 0) (i32x4.add (local.get $v) (local.get $v)))
    (drop (i32.atomic.rmw.cmpxchg offset=300 (i32.const 0) (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const 0))) (atomic.fence)
    (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))
    (drop) (return_call $f (local.get $i)))
  (func (export "run") (param i32) (result i32) (return_call_indirect $t (param i32) (result i32) (local.get 0) (i32.const 0)))
  (func $unnamed (unreachable)))`;

const plain = (code: string) => `(module (memory (export "memory") 1) (func (export "run") ${code}))`;

describe("accepts", () => {
  it("every form of instruction, and gives a valid module", async () => {
    const bytes = await assemble(everyForm);
    expect(WebAssembly.validate(bytes)).toBe(true);
    const result = rewrite(bytes, { pollPoints: true });
    expect(WebAssembly.validate(result)).toBe(true);
    // Three functions and two loops, nine bytes each, and lengths that may have grown.
    expect(result.length - bytes.length).toBeGreaterThanOrEqual(45);
    expect(result.length - bytes.length).toBeLessThan(55);
  });

  it("a module without code, and rewrites nothing without passes", async () => {
    const empty = await assemble("(module)");
    expect(rewrite(empty, { pollPoints: true })).toEqual(empty);
    const bytes = await assemble(plain(""));
    expect(rewrite(bytes)).toEqual(bytes);
  });

  it("names, and keeps those of functions and locals but not those of labels", async () => {
    const bytes = await assemble(plain("(local $count i32) (loop $outer (br_if $outer (i32.const 0)))"));
    const labels = Uint8Array.of(3, 7, 1, 0, 1, 0, 2, 0x6f, 0x75); // subsection 3: function 0, label 0, "ou"
    const section = readSections(bytes).find((one) => one.name === "name")!;
    const contents = [...bytes.subarray(section.contents - 5, section.end), ...labels];
    const named = Uint8Array.from([...bytes.subarray(0, section.start), 0, contents.length, ...contents, ...bytes.subarray(section.end)]);
    const result = rewrite(named, { pollPoints: true });
    expect(rewrite(bytes, { pollPoints: true })).toEqual(result);
    expect(Buffer.from(result).includes("count")).toBe(true);
  });

  it("sections that point into the code, and drops them", async () => {
    const bytes = await assemble(plain(""));
    const custom = (name: string) => [0, name.length + 2, name.length, ...Buffer.from(name), 1];
    const extended = Uint8Array.from([...bytes, ...custom(".debug_line"), ...custom("mine"), ...custom("sourceMappingURL")]);
    const names = readSections(rewrite(extended, { pollPoints: true })).map((section) => section.name).filter(Boolean);
    expect(names).toContain("mine");
    expect(names).not.toContain(".debug_line");
    expect(names).not.toContain("sourceMappingURL");
  });
});

describe("refuses", () => {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const oneFunction = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1];
  const body = (...code: number[]) => [...header, ...oneFunction, 10, code.length + 3, 1, code.length + 1, 0, ...code];
  it.each<[string, number[], number, string]>([
    ["what is empty", [], 0, "does not begin with \\0asm"],
    ["what is not Wasm", [0x7f, 0x45, 0x4c, 0x46], 0, "does not begin with \\0asm"],
    ["a later version", [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0], 4, "is not Wasm version 1"],
    ["a section that is cut off", [...header, 1, 9, 0], 10, "9 bytes announced, 1 left"],
    ["an unknown section", [...header, 77, 0], 8, "unknown section 77"],
    ["a section given twice", [...header, 1, 1, 0, 1, 1, 0], 11, "section 1 is out of order or given twice"],
    ["a number that is too long", [...header, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0], 9, "number does not fit 32 bits"],
    ["an unknown instruction", body(0xff, 0x0b), 28, "unknown instruction 0xff"],
    ["garbage collection", body(0xfb, 0, 0, 0x0b), 28, "instructions of garbage collection are not supported"],
    ["a block left open", body(0x02, 0x40, 0x0b), 31, "unexpected end"],
    ["a function that goes on", body(0x0b, 0x01), 29, "function goes on after its end"],
    ["a wrong count of functions", [...header, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 10, 1, 0], 25, "1 functions declared, 0 defined"],
    ["code without a memory", [...header, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 4, 1, 2, 0, 0x0b], 18, "has no memory, so no poll word"],
  ])("%s", (_, bytes, offset, reason) => {
    try {
      rewrite(Uint8Array.from(bytes), { pollPoints: true });
    } catch (error) {
      expect(error).toBeInstanceOf(RewriteError);
      expect([(error as RewriteError).offset, (error as RewriteError).reason]).toEqual([offset, reason]);
      return;
    }
    expect.fail("was accepted");
  });
});

describe("whatever the bytes", () => {
  it("throws nothing but RewriteError, and makes of every valid module a valid one", async () => {
    const modules = [await assemble(everyForm), await assemble(plain("(loop (br 0))")), await compileAssemblyScript(samples)];
    const edit = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }), kind: fc.constantFrom("set", "cut", "insert", "remove") });
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...modules), fc.array(edit, { minLength: 1, maxLength: 4 }), (module, edits) => {
        let bytes = Uint8Array.from(module);
        for (const { at, value, kind } of edits) {
          const place = at % bytes.length;
          if (kind === "set") bytes[place] = value;
          else if (kind === "cut") bytes = bytes.slice(0, place + 1);
          else if (kind === "insert") bytes = Uint8Array.from([...bytes.subarray(0, place), value, ...bytes.subarray(place)]);
          else bytes = Uint8Array.from([...bytes.subarray(0, place), ...bytes.subarray(place + 1)]);
          if (bytes.length === 0) bytes = Uint8Array.of(0);
        }
        const valid = WebAssembly.validate(bytes);
        try {
          const result = rewrite(bytes, { pollPoints: true });
          if (valid) expect(WebAssembly.validate(result)).toBe(true);
          accepted++;
        } catch (error) {
          expect(error).toBeInstanceOf(RewriteError);
          if (valid) expect((error as RewriteError).reason).toBe("has no memory, so no poll word");
        }
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it("refuses random bytes behind a good header", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        try {
          rewrite(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...tail]), { pollPoints: true });
        } catch (error) {
          expect(error).toBeInstanceOf(RewriteError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
