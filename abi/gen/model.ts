// What the emitters work from: the definitions with every register assigned. Arguments and results go to registers in the
// order of their declaration: words to w0…, capabilities to c0…, ranges to s0, s1 (sent) or r0 (received).
// `buildModel` expects definitions that `validate` has passed.
import type { Enumeration, Interface, RecordType, Scalar, Type } from "../idl/dsl.ts";
import { SHAPE_CAPS, SHAPE_RECEIVE, SHAPE_SEND } from "../layout/limits.ts";

export type Register = "word" | "cap" | "range";

export interface ParameterModel {
  readonly name: string;
  readonly type: Type;
  readonly doc: string;
  readonly register: Register;
  /** Which one of its kind: w`index`, c`index`, s`index`. */
  readonly index: number;
  /** Of a range: the constant in abi/layout/limits.ts that says how long it may be. */
  readonly limit: "RANGE_LIMIT" | "TRANSFER_LIMIT";
}

export interface MethodModel {
  readonly name: string;
  readonly number: number;
  readonly label: number;
  readonly doc: string;
  readonly errors: readonly string[];
  readonly replayable: boolean;
  readonly args: readonly ParameterModel[];
  readonly results: readonly ParameterModel[];
  /** Of the request: words, capabilities, ranges, as in abi/layout/limits.ts. */
  readonly requestShape: number;
  /** Of the answer: words and capabilities. */
  readonly answerShape: number;
}

export interface InterfaceModel {
  readonly name: string;
  readonly number: number;
  readonly doc: string;
  /** The definition's file, relative to abi/idl. */
  readonly source: string;
  readonly methods: readonly MethodModel[];
}

export interface Model {
  readonly interfaces: readonly InterfaceModel[];
  readonly enumerations: readonly Enumeration[];
  readonly records: readonly RecordType[];
}

/** Everything that abi/idl exports, with the file it comes from. */
export interface Definitions {
  readonly interfaces: readonly { readonly source: string; readonly definition: Interface }[];
  readonly enumerations: readonly Enumeration[];
  readonly records: readonly RecordType[];
}

export function registerOf(type: Type): Register {
  if (type === "cap") return "cap";
  if (type === "bytes" || type === "string") return "range";
  return typeof type === "object" && type.kind === "record" ? "range" : "word";
}

export function isRecord(type: Type): type is RecordType { return typeof type === "object" && type.kind === "record"; }
export function isEnumeration(type: Type): type is Enumeration { return typeof type === "object" && type.kind !== "record"; }
/** The scalar that a word parameter travels as. */
export function scalarOf(type: Type): Scalar { return typeof type === "object" ? "u32" : type as Scalar; }
export function typeName(type: Type): string { return typeof type === "object" ? type.name : type; }

export const scalarSizes: Readonly<Record<Scalar, number>> = { u8: 1, u16: 2, u32: 4, i32: 4, u64: 8, i64: 8, bool: 1 };

export function of(parameters: readonly ParameterModel[], register: Register): ParameterModel[] {
  return parameters.filter((each) => each.register === register);
}

export function buildModel(definitions: Definitions): Model {
  const interfaces = definitions.interfaces.map(({ source, definition }) => buildInterface(source, definition));
  return {
    interfaces: interfaces.sort((a, b) => a.number - b.number),
    enumerations: [...definitions.enumerations].sort(byName),
    records: [...definitions.records].sort(byName),
  };
}

function buildInterface(source: string, definition: Interface): InterfaceModel {
  const methods = Object.entries(definition.methods).map(([name, method]): MethodModel => {
    const args = assign(method.args), results = assign(method.results);
    const receives = of(results, "range").length > 0;
    return {
      name, number: method.number, label: definition.number * 256 + method.number, doc: method.doc,
      errors: method.errors, replayable: method.replayable, args, results,
      requestShape: of(args, "word").length + of(args, "cap").length * SHAPE_CAPS
        + of(args, "range").length * SHAPE_SEND + (receives ? SHAPE_RECEIVE : 0),
      answerShape: of(results, "word").length + of(results, "cap").length * SHAPE_CAPS,
    };
  });
  return { name: definition.name, number: definition.number, doc: definition.doc, source, methods: methods.sort((a, b) => a.number - b.number) };
}

function assign(parameters: Interface["methods"][string]["args"]): ParameterModel[] {
  const next: Record<Register, number> = { word: 0, cap: 0, range: 0 };
  return Object.entries(parameters).map(([name, { type, doc, large }]) => {
    const register = registerOf(type);
    return { name, type, doc, register, index: next[register]++, limit: large ? "TRANSFER_LIMIT" : "RANGE_LIMIT" };
  });
}

function byName(a: { name: string }, b: { name: string }): number { return a.name < b.name ? -1 : 1; }
