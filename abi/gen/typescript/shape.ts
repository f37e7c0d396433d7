// TypeScript types and expressions for the types of definitions.
import type { ParameterModel } from "../model.ts";
import { isEnumeration, isRecord, scalarOf, typeName } from "../model.ts";

const scalarTypes = { u8: "number", u16: "number", u32: "number", i32: "number", u64: "bigint", i64: "bigint", bool: "boolean" } as const;

export function scalarType(scalar: keyof typeof scalarTypes): string { return scalarTypes[scalar]; }

export function typeOf({ type }: ParameterModel): string {
  if (type === "cap") return "number";
  if (type === "bytes") return "Uint8Array";
  if (type === "string") return "string";
  if (isRecord(type) || isEnumeration(type)) return typeName(type);
  return scalarTypes[type];
}

/** The expression that makes `value` a word. */
export function toWord({ type }: ParameterModel, value: string): string { return scalarOf(type) === "bool" ? `${value} ? 1 : 0` : value; }
/** The expression that makes `value` a range. */
export function toRange({ type }: ParameterModel, value: string): string {
  return type === "string" ? `encodeText(${value})` : isRecord(type) ? `write${type.name}(${value})` : value;
}

/** Imports of the enumerations and records that the parameters mention. */
export function namedTypes(parameters: readonly ParameterModel[]): { enumerations: string[]; records: string[] } {
  const names = (wanted: (type: ParameterModel["type"]) => boolean): string[] =>
    [...new Set(parameters.filter((each) => wanted(each.type)).map((each) => typeName(each.type)))].sort();
  return { enumerations: names(isEnumeration), records: names(isRecord) };
}

/** An import line with only the names that `body` uses; empty if it uses none. */
export function importUsed(body: string, names: readonly string[], from: string, typeOnly = false): string {
  const code = body.replace(/\/\*\*[^]*?\*\//g, "");
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return used.length ? `import ${typeOnly ? "type " : ""}{ ${used.join(", ")} } from "${from}";\n` : "";
}
