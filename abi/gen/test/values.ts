// Random values for the types of definitions.
import fc from "fast-check";
import type { RecordType, Scalar, Type } from "../../idl/dsl.ts";
import type { ParameterModel } from "../model.ts";

const scalars: Readonly<Record<Scalar, () => fc.Arbitrary<unknown>>> = {
  u8: () => fc.integer({ min: 0, max: 0xff }), u16: () => fc.integer({ min: 0, max: 0xffff }),
  u32: () => fc.integer({ min: 0, max: 0xffffffff }), i32: () => fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  u64: () => fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), i64: () => fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), bool: () => fc.boolean(),
};

export function arbitrary(type: Type): fc.Arbitrary<unknown> {
  if (type === "cap") return fc.integer({ min: 0, max: 4096 });
  if (type === "bytes") return fc.oneof({ weight: 9, arbitrary: fc.uint8Array({ maxLength: 200 }) }, { weight: 1, arbitrary: fc.integer({ min: 30000, max: 32768 }).map((length) => new Uint8Array(length).fill(length)) });
  if (type === "string") return fc.string({ unit: "binary", maxLength: 60 });
  if (typeof type === "string") return scalars[type]();
  if (type.kind === "record") return arbitraryRecord(type);
  const values = Object.values(type.values);
  return type.kind === "enum" ? fc.constantFrom(...values) : fc.subarray(values).map((set) => set.reduce((all, each) => all | each, 0));
}

export function arbitraryRecord(type: RecordType): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, scalars[field.type]()])), { noNullPrototype: true });
}

/** An object with a value for each parameter. */
export function arbitraryOf(parameters: readonly ParameterModel[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(parameters.map((each) => [each.name, arbitrary(each.type)])), { noNullPrototype: true });
}
