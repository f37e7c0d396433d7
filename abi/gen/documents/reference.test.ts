import { describe, expect, it } from "vitest";
import { defineRecord } from "../../idl/dsl.ts";
import { root } from "../compile.ts";
import { generateAll } from "../generate.ts";
import { validateObjects } from "../validate-objects.ts";
import { drawRecord } from "./byte-layout.ts";
import { assemblyDeclarations, interfaceDeclarations } from "./declarations.ts";

const page = (await generateAll(root)).files.get("abi/generated/docs/reference.md")!;

describe("the reference", () => {
  it("has a place for every link, and only one", () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-"));
    const links = new Set([...page.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]!));
    expect([...links].filter((link) => anchors.filter((anchor) => anchor === link).length !== 1)).toEqual([]);
    expect(links.size).toBeGreaterThan(30);
  });
});

describe("a record is drawn", () => {
  it("with gaps, and empty rows once", () => {
    const drawing = drawRecord(defineRecord({ name: "Row", doc: "A row.", size: 28, fields: { a: { type: "u8", offset: 0, doc: "" }, b: { type: "u32", offset: 4, doc: "" }, last: { type: "u32", offset: 24, doc: "" } } }));
    expect(drawing).toBe([
      "      +0       +1       +2       +3       +4       +5       +6       +7",
      "   +--------+--------------------------+-----------------------------------+",
      " 0 |   a    |            -             |                 b                 |",
      "   +--------+--------------------------+-----------------------------------+",
      " 8 |                        bytes 8 to 23: no field                        |",
      "   +-----------------------------------------------------------------------+",
      "24 |               last                |",
      "   +-----------------------------------+",
    ].join("\n"));
  });
});

describe("system calls are read from their declarations", () => {
  it("with parameters and sentence", () => {
    expect(assemblyDeclarations('/** Set\n * bits. */\n@external("kernel", "signal") export declare function signal(notification: i32, bits: i64): i32;\n\n@external("kernel", "exit") export declare function exit(): void;')).toEqual([
      { name: "signal", parameters: [{ name: "notification", type: "i32" }, { name: "bits", type: "i64" }], result: "i32", doc: "Set bits." },
      { name: "exit", parameters: [], result: "void", doc: "" },
    ]);
    expect(interfaceDeclarations("export interface A {\n  /** Does. */\n  f(a: number, b: bigint): string[];\n}\n", "A")).toEqual([
      { name: "f", parameters: [{ name: "a", type: "number" }, { name: "b", type: "bigint" }], result: "string[]", doc: "Does." },
    ]);
  });

  it("and each must be described once", () => {
    const call = { name: "signal", parameters: [], result: "i32", doc: "Set bits." };
    const object = { kind: "object", name: "notification", doc: "Bits.", rights: {}, calls: { signal: { errors: [] } } } as const;
    const problem = (...args: Parameters<typeof validateObjects>) => () => validateObjects(...args);
    expect(problem([object], [call])).not.toThrow();
    expect(problem([], [call])).toThrow("UndescribedCall in signal");
    expect(problem([object], [])).toThrow("UndeclaredCall in notification.signal");
    expect(problem([object, { ...object, name: "other" }], [call])).toThrow("DuplicateName in other.signal");
    expect(problem([object], [{ ...call, doc: "" }])).toThrow("MissingSentence in notification.signal");
    expect(problem([{ ...object, calls: { signal: { errors: ["Oops"] } } }], [call])).toThrow("UnknownError in notification.signal");
    expect(problem([{ ...object, rights: { Fly: "to fly" } }], [call])).toThrow("BadValue in notification");
  });
});
