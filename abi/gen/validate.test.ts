import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Field, Interface, Method, Parameter, RecordType, Type } from "../idl/dsl.ts";
import { defineEnum, defineFlags, defineInterface, defineRecord, p } from "../idl/dsl.ts";
import { root } from "./compile.ts";
import { loadDefinitions } from "./load.ts";
import type { Definitions } from "./model.ts";
import type { Problem } from "./validate.ts";
import { DefinitionError, validate } from "./validate.ts";

const parameters = (count: number, type: Type): Record<string, Parameter> => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, p(type, "any")]));
const method = (change: Partial<Method> = {}): Method => ({ number: 1, doc: "Does it.", args: {}, results: {}, errors: [], replayable: true, ...change });
const service = (change: Partial<Interface> = {}): Interface => defineInterface({ name: "service", number: 0x2f, doc: "A service.", methods: { act: method() }, ...change });
const acting = (change: Partial<Method>): Interface => service({ methods: { act: method(change) } });
const record = (fields: Record<string, [Field["type"], number]>, size = 16): RecordType =>
  defineRecord({ name: "Row", doc: "A row.", size, fields: Object.fromEntries(Object.entries(fields).map(([name, [type, offset]]) => [name, { type, offset, doc: "any" }])) });

function definitions(parts: { interfaces?: Interface[]; records?: RecordType[]; enumerations?: Definitions["enumerations"] }): Definitions {
  return { interfaces: (parts.interfaces ?? []).map((definition) => ({ source: "test", definition })), records: parts.records ?? [], enumerations: parts.enumerations ?? [] };
}

function problemOf(parts: Parameters<typeof definitions>[0]): { problem: Problem; where: string } | undefined {
  try { validate(definitions(parts)); return undefined; } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { problem: error.problem, where: error.where };
  }
}

describe("definitions are refused", () => {
  const cases: [string, Problem, string, Parameters<typeof definitions>[0]][] = [
    ["when two interfaces have one number", "DuplicateInterfaceNumber", "other", { interfaces: [service(), service({ name: "other" })] }],
    ["when two methods have one number", "DuplicateMethodNumber", "service.again", { interfaces: [service({ methods: { act: method(), again: method() } })] }],
    ["when an interface number is in no family", "NumberOutOfRange", "service", { interfaces: [service({ number: 0x50 })] }],
    ["when an interface takes the kernel's own number", "NumberOutOfRange", "service", { interfaces: [service({ number: 0 })] }],
    ["when a method number is 0", "NumberOutOfRange", "service.act", { interfaces: [acting({ number: 0 })] }],
    ["when a method number is 256", "NumberOutOfRange", "service.act", { interfaces: [acting({ number: 256 })] }],
    ["when there are nine words of arguments", "TooManyWords", "service.act", { interfaces: [acting({ args: parameters(9, "u8") })] }],
    ["when there are nine words of results", "TooManyWords", "service.act", { interfaces: [acting({ results: parameters(9, "u64") })] }],
    ["when there are five capabilities", "TooManyCaps", "service.act", { interfaces: [acting({ args: parameters(5, "cap") })] }],
    ["when there are three ranges of arguments", "TooManyRanges", "service.act", { interfaces: [acting({ args: parameters(3, "bytes") })] }],
    ["when there are two ranges of results", "TooManyRanges", "service.act", { interfaces: [acting({ results: parameters(2, "string") })] }],
    ["when an error is not in the list", "UnknownError", "service.act", { interfaces: [acting({ errors: ["Oops"] })] }],
    ["when a parameter has a name that the stubs use", "ReservedName", "service.act", { interfaces: [acting({ args: { capacity: p("u32", "any") } })] }],
    ["when a parameter is named as another's length", "DuplicateName", "service.act", { interfaces: [acting({ args: { data: p("bytes", "any"), dataLength: p("u32", "any") } })] }],
    ["when a method has no camelCase name", "BadName", "service.Act", { interfaces: [service({ methods: { Act: method() } })] }],
    ["when a record has the name of a method's result", "DuplicateName", "service.act", { interfaces: [service()], records: [defineRecord({ ...record({}), name: "ServiceActResult" })] }],
    ["when a record is used but not exported", "UnexportedType", "service.act", { interfaces: [acting({ results: { row: p(record({}), "any") } })] }],
    ["when fields overlap", "OverlappingFields", "Row.b", { records: [record({ a: ["u64", 0], b: ["u32", 4] })] }],
    ["when a field is misaligned", "MisalignedField", "Row.a", { records: [record({ a: ["u32", 2] })] }],
    ["when a field ends beyond its record", "FieldOutsideRecord", "Row.a", { records: [record({ a: ["u64", 8] }, 12)] }],
    ["when a record is longer than a range", "RecordTooLong", "Row", { records: [record({}, 65537)] }],
    ["when two types have one name", "DuplicateName", "Row", { records: [record({})], enumerations: [defineEnum("Row", "any", { A: 0 })] }],
    ["when two values of an enumeration are equal", "BadValue", "Color", { enumerations: [defineEnum("Color", "any", { Red: 1, Crimson: 1 })] }],
    ["when a flag is not one bit", "BadValue", "Flags.Both", { enumerations: [defineFlags("Flags", "any", { One: 1, Both: 3 })] }],
  ];
  it.each(cases)("%s", (_, problem, where, parts) => { expect(problemOf(parts)).toEqual({ problem, where }); });
});

it("the limits themselves are allowed", () => {
  const type = record({ a: ["u64", 0], b: ["u32", 8], c: ["u16", 12], d: ["bool", 14], e: ["u8", 15] });
  const args = { ...parameters(8, "u64"), c0: p("cap", "any"), c1: p("cap", "any"), c2: p("cap", "any"), c3: p("cap", "any"), r0: p("bytes", "any"), r1: p(type, "any") };
  expect(problemOf({ interfaces: [acting({ number: 255, args, results: { ...parameters(8, "i64"), row: p(type, "any") } })], records: [type] })).toBeUndefined();
});

it("the project's own definitions are accepted", async () => {
  const own = await loadDefinitions(join(root, "abi/idl"), ["server", "test"]);
  expect(own.interfaces.length).toBeGreaterThan(9);
  expect(() => validate(own)).not.toThrow();
});
