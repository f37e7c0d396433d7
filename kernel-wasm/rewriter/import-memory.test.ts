// A program whose memory was made an import does what it did, given a memory of those limits; what cannot be one is refused by name.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importMemory } from "./import-memory.ts";
import { RewriteError } from "./rewrite-error.ts";
import { readExports, readImports, readSections } from "./sections.ts";
import { assemble, compileAssemblyScript } from "./testing/compile.ts";
import { samples } from "./testing/samples.ts";

type Functions = Record<string, (...a: number[]) => number>;
const rename = (bytes: Uint8Array<ArrayBuffer>): ReturnType<typeof importMemory> => importMemory(bytes, "machine", "memory");

/** Instantiated as it is, and changed: what each shows of a call, result or trap and the whole memory. */
function both(bytes: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports = {}): ((name: string, ...a: number[]) => string)[] {
  const { bytes: changed, limits } = rename(bytes);
  const given = new WebAssembly.Memory({ initial: limits!.minimum, ...(limits!.maximum === undefined ? {} : { maximum: limits!.maximum }) });
  return [new WebAssembly.Instance(new WebAssembly.Module(bytes), imports), new WebAssembly.Instance(new WebAssembly.Module(changed), { ...imports, machine: { memory: given } })]
    .map(({ exports }, index) => {
      const memory = exports.memory as WebAssembly.Memory;
      if (index) expect(memory).toBe(given);
      return (name, ...a) => {
        let outcome: string;
        try { outcome = String((exports as Functions)[name]!(...a)); } catch (error) { outcome = (error as Error).message; }
        return `${outcome} ${memory.buffer.byteLength} ${Buffer.from(memory.buffer).toString("latin1")}`;
      };
    });
}

const importing = `(module
  (import "a" "before" (func $before (param i32) (result i32))) (import "a" "flag" (global $flag i32))
  (memory (export "memory") 2 5) (table 1 funcref) (elem (i32.const 0) $grow) (data (i32.const 100) "contents") (data $later "later")
  (global $own (mut i32) (i32.const 7))
  (start $begin)
  (func $begin (i32.store (i32.const 8) (i32.add (global.get $flag) (i32.load8_u (i32.const 101)))))
  (func $grow (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (call $before (local.get 1))) (global.set $own (local.get 1)))
  (func (export "init") (param i32) (memory.init $later (local.get 0) (i32.const 0) (i32.const 5)))
  (func (export "indirect") (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))`;

describe("behaves as before", () => {
  it("imports, start function, segments, growth to its limit and no further, traps at its end", async () => {
    const bytes = await assemble(importing), before = (value: number): number => value * 3 + 1;
    const call = fc.oneof(
      fc.tuple(fc.constantFrom("grow", "indirect"), fc.integer({ min: 0, max: 4 }), fc.constant(0)),
      fc.tuple(fc.constant("store"), fc.oneof(fc.nat(), fc.integer({ min: 131066, max: 131076 }), fc.integer({ min: 0, max: 5 * 65536 })), fc.integer()),
      fc.tuple(fc.constant("init"), fc.oneof(fc.constant(-1), fc.nat(400000)), fc.constant(0)),
    );
    fc.assert(fc.property(fc.array(call, { maxLength: 12 }), (calls) => {
      const [plain, changed] = both(bytes, { a: { before, flag: 5 } });
      for (const [name, a, b] of calls) expect(changed!(name, a, b) === plain!(name, a, b), `${name} ${a} ${b}`).toBe(true);
      expect(changed!("size")).toBe(plain!("size"));
    }), { numRuns: 60 });
  });

  it("compiled code of every shape", async () => {
    // As compiled, the memory is imported: an equal module that defines it instead.
    const compiled = await compileAssemblyScript(samples, false), own = defineMemory(compiled);
    const [plain, changed] = both(own, { env: { abort() {} } });
    for (const [, name] of samples.matchAll(/export function (run_\w+)/g)) {
      fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => { expect(changed!(name!, a, b) === plain!(name!, a, b)).toBe(true); }), { numRuns: 25 });
    }
  });

  it("memories keep their numbers: only the first own one becomes the last imported one", async () => {
    const bytes = await assemble(`(module (import "a" "first" (memory 1)) (memory (export "memory") 2 3) (memory (export "other") 4)
      (func (export "f") (result i32) (memory.size 1)))`);
    const { bytes: changed, limits } = rename(bytes), sections = readSections(changed);
    expect(limits).toMatchObject({ minimum: 2, maximum: 3, shared: false });
    expect(readImports(changed, sections).map(({ module, name, limits }) => [module, name, limits?.minimum])).toEqual([["a", "first", 1], ["machine", "memory", 2]]);
    expect(readExports(changed, sections)).toEqual(readExports(bytes, readSections(bytes)));
    // The code section was not touched.
    const code = (of: Uint8Array): string => { const found = readSections(of).find(({ id }) => id === 10)!; return Buffer.from(of.subarray(found.start, found.end)).toString("hex"); };
    expect(code(changed)).toBe(code(bytes));
  });
});

describe("leaves alone", () => {
  it.each([
    ["a program that imports its memory", `(module (import "env" "m" (memory 1)) (export "memory" (memory 0)))`],
    ["one that exports none", `(module (memory 1))`],
    ["one that exports it under another name", `(module (memory (export "mem") 1))`],
    ["one without", `(module)`],
    ["one that exports a function under that name", `(module (memory 1) (func (export "memory")))`],
  ])("%s", async (_, text) => {
    const bytes = await assemble(text);
    expect(rename(bytes)).toEqual({ bytes, limits: undefined });
  });
});

describe("refuses", () => {
  const refusal = (bytes: Uint8Array<ArrayBuffer>): string => { try { rename(bytes); } catch (error) { expect(error).toBeInstanceOf(RewriteError); return (error as RewriteError).reason; } return "accepted"; };
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], exports = (index: number): number[] => [7, 10, 1, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, index];
  it("what is not the first own memory, or of 64-bit addresses, or not there, or of unknown limits", async () => {
    expect(refusal(await assemble(`(module (memory 1) (memory (export "memory") 1))`))).toBe("exports memory 1; a program's memory must be the first that it defines");
    expect(refusal(Uint8Array.from([...header, 5, 3, 1, 4, 1, ...exports(0)]))).toBe("has a memory of 64-bit addresses, which programs cannot have");
    expect(refusal(Uint8Array.from([...header, 5, 3, 1, 0, 1, ...exports(3)]))).toBe("exports memory 3, but has 1");
    expect(refusal(Uint8Array.from([...header, ...exports(0)]))).toBe("exports memory 0, but has 0");
    expect(refusal(Uint8Array.from([...header, 5, 4, 1, 8, 1, 0, ...exports(0)]))).toBe("unknown limits 0x8");
    expect(refusal(Uint8Array.from([...header, 5, 1, 9, ...exports(0)]))).toMatch(/^9 memories announced/);
  });

  it("nothing that is valid, and gives a valid module for it; and throws nothing but RewriteError, whatever the bytes", async () => {
    const modules = [await assemble(importing), defineMemory(await compileAssemblyScript(samples, false))];
    let accepted = 0;
    fc.assert(fc.property(fc.constantFrom(...modules), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean()), { minLength: 1, maxLength: 3 }), (module, edits) => {
      const bytes = Uint8Array.from(module);
      // Half of the edits where the sections that matter are: near the front.
      for (const [at, value, front] of edits) bytes[at % (front ? Math.min(200, bytes.length) : bytes.length)] = value;
      const valid = WebAssembly.validate(bytes);
      try {
        const { bytes: changed } = rename(bytes);
        if (valid) { accepted++; expect(WebAssembly.validate(changed)).toBe(true); }
      } catch (error) {
        expect(error).toBeInstanceOf(RewriteError);
        expect(valid).toBe(false);
      }
    }), { numRuns: 2000 });
    expect(accepted).toBeGreaterThan(100);
  });
});

/** The opposite, for a module that imports env.memory of 1 to 16 pages as its only memory: it defines and exports it. */
function defineMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const sections = readSections(bytes), name = [...Buffer.from("env")], memory = [3, ...name, 6, ...Buffer.from("memory"), 2];
  const out: number[] = [...bytes.subarray(0, 8)];
  const add = (id: number, contents: number[]): void => { out.push(id, ...leb(contents.length), ...contents); };
  let defined = false;
  for (const each of sections) {
    const contents = [...bytes.subarray(each.contents, each.end)];
    if (each.id > 5 && !defined) { defined = true; add(5, [1, 1, 1, 16]); }
    if (each.id === 2) {
      const at = contents.findIndex((_, index) => memory.every((byte, i) => contents[index + i] === byte));
      // One import less; the limits that follow are flags, 1 and 16.
      add(2, [contents[0]! - 1, ...contents.slice(1, at), ...contents.slice(at + memory.length + 3)]);
    } else if (each.id === 7) {
      add(7, [contents[0]! + 1, ...contents.slice(1), 6, ...Buffer.from("memory"), 2, 0]);
    } else if (each.id !== 0) out.push(...bytes.subarray(each.start, each.end));
  }
  return Uint8Array.from(out);
}

const leb = (value: number): number[] => value < 128 ? [value] : [value & 127 | 128, ...leb(value >> 7)];
