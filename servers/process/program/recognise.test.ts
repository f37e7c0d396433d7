import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeText } from "../../../lib/ts/text.ts";
import { readImports } from "./import-section.ts";
import { recognise, type Program } from "./recognise.ts";

const leb = (value: number): number[] => { const bytes: number[] = []; do { bytes.push(value & 0x7f | (value > 0x7f ? 0x80 : 0)); value >>>= 7; } while (value); return bytes; };
const text = (name: string): number[] => { const bytes = encodeText(name); return [...leb(bytes.length), ...bytes]; };
const section = (id: number, body: number[]): number[] => [id, ...leb(body.length), ...body];
const imports = (...entries: [string, string, number[]][]): number[] => section(2, [...leb(entries.length), ...entries.flatMap(([module, name, type]) => [...text(module), ...text(name), ...type])]);
const wasm = (...sections: number[][]): Uint8Array => Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
const look = (bytes: Uint8Array): Program => recognise((offset, length) => bytes.slice(offset, offset + length), bytes.length);
const func = [0, 0];

describe("recognise", () => {
  it("tells WASI modules, native modules and modules without imports", () => {
    expect(look(wasm(section(1, [0]), imports(["wasi_snapshot_preview1", "fd_write", func])))).toEqual({ kind: "linux" });
    expect(look(wasm(imports(["wasi_unstable", "fd_write", func])))).toEqual({ kind: "linux" });
    expect(look(wasm(imports(["kernel", "call", func])))).toEqual({ kind: "native" });
    expect(look(wasm())).toEqual({ kind: "linux" });
  });

  it("lets native modules import their memory and abort, and nobody else", () => {
    const environment: [string, string, number[]][] = [["env", "memory", [2, 3, 16, 64]], ["env", "abort", func]];
    expect(look(wasm(imports(...environment, ["kernel", "call", func])))).toEqual({ kind: "native" });
    expect(look(wasm(imports(...environment)))).toMatchObject({ error: "MissingImport", reason: "imports env.memory, which nothing here provides" });
    expect(look(wasm(imports(...environment, ["env", "foo", func], ["kernel", "call", func])))).toMatchObject({ error: "MissingImport", reason: "imports env.foo, which nothing here provides" });
  });

  it("skips every kind of import", () => {
    const kinds: [string, string, number[]][] = [
      ["kernel", "f", [0, ...leb(300)]], ["kernel", "t", [1, 0x70, 0, 1]], ["kernel", "t2", [1, 0x64, 3, 1, 1, 2]], ["kernel", "m", [2, 3, ...leb(70000), ...leb(70000)]],
      ["kernel", "g", [3, 0x7f, 1]], ["kernel", "e", [4, 0, 5]], ["kernel", "last", func],
    ];
    expect(look(wasm(imports(...kinds)))).toEqual({ kind: "native" });
  });

  it("reads an import section that is longer than a chunk", () => {
    const many = Array.from({ length: 900 }, (_, index): [string, string, number[]] => ["wasi_snapshot_preview1", `function_${index}`, func]);
    expect(look(wasm(imports(...many)))).toEqual({ kind: "linux" });
    expect(look(wasm(imports(...many, ["env", "foo", func])))).toMatchObject({ error: "MissingImport", reason: "imports env.foo, which nothing here provides" });
  });

  it("refuses what is cut short, saying where", () => {
    const whole = wasm(section(1, [0]), imports(["wasi_snapshot_preview1", "fd_write", func]), section(10, [0, 0, 0]));
    for (let length = 1; length < whole.length; length++) {
      const found = look(whole.subarray(0, length));
      // A module may end after any whole section: what is missing then is the engine's to find.
      if ([8, 11, whole.length - 5].includes(length)) continue;
      expect(found, `length ${length}`).toMatchObject({ kind: "refused", error: "BadProgram" });
    }
  });

  it("refuses components and unknown versions", () => {
    expect(look(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0))).toMatchObject({ reason: expect.stringContaining("component") });
    expect(look(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0))).toMatchObject({ reason: expect.stringContaining("version 2") });
  });

  it("reads the first line of scripts", () => {
    const script = (line: string): Program => look(encodeText(line));
    expect(script("#!grail ls\n")).toEqual({ kind: "built-in", name: "ls" });
    expect(script("#! /bin/sh -e\necho")).toEqual({ kind: "script", interpreter: "/bin/sh", argument: "-e" });
    expect(script("#!/usr/bin/env python3 -u  \r\n")).toEqual({ kind: "script", interpreter: "/usr/bin/env", argument: "python3 -u" });
    expect(script("#!/bin/sh")).toEqual({ kind: "script", interpreter: "/bin/sh", argument: undefined });
    for (const bad of ["#!", "#!  \n", "#!grail\n", "#!" + "x".repeat(300), "", "echo hello\n", "\u0000\u0001"]) expect(script(bad)).toMatchObject({ kind: "refused", error: "BadProgram" });
  });

  it("survives any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, magic) => {
      if (magic) bytes.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].slice(0, bytes.length));
      expect(look(bytes).kind).toBeTypeOf("string");
      expect(readImports((offset, length) => bytes.slice(offset, offset + length), bytes.length)).toBeTypeOf("object");
    }));
  });
});
