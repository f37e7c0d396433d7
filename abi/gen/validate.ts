// Refuses definitions that could not be carried by a message, or that would clash. Each refusal has a name and says where.
import type { RecordType, Type } from "../idl/dsl.ts";
import { errors } from "../idl/errors.ts";
import { MESSAGE_CAPS, MESSAGE_WORDS, RANGE_LIMIT } from "../layout/limits.ts";
import type { Definitions } from "./model.ts";
import { registerOf, scalarSizes } from "./model.ts";
import { constant, kebab, pascal } from "./naming.ts";

export type Problem =
  | "NumberOutOfRange" | "DuplicateInterfaceNumber" | "DuplicateMethodNumber" | "DuplicateName" | "BadName" | "ReservedName"
  | "TooManyWords" | "TooManyCaps" | "TooManyRanges" | "UnknownError"
  | "FieldOutsideRecord" | "MisalignedField" | "OverlappingFields" | "RecordTooLong" | "BadValue" | "UnexportedType"
  | "UndescribedCall" | "UndeclaredCall" | "MissingSentence";

export class DefinitionError extends Error {
  constructor(readonly problem: Problem, readonly where: string, what: string) {
    super(`${problem} in ${where}: ${what}`);
    this.name = "DefinitionError";
  }
}

/** Names that generated parameters, results and helpers use themselves. */
const reserved = new Set(["cap", "kernel", "buffer", "capacity", "answer", "message", "error", "context", "badge", "slot", "label", "handlers", "status_", "result"]);
const families = [[0x01, 0x4f], [0xf0, 0xff]] as const;

export function validate(definitions: Definitions): void {
  const numbers = new Map<number, string>(), names = new Names();
  for (const name of ["Interfaces", "Labels", "Errors", "Failure", "CallContext", "fromWord", "failure"]) names.take(name, "the generated support code");
  for (const each of definitions.enumerations) checkEnumeration(each, names);
  for (const each of definitions.records) checkRecord(each, names);
  for (const { definition: each } of definitions.interfaces) {
    checkName(each.name, each.name, /^[a-z][A-Za-z0-9]*$/);
    if (!families.some(([low, high]) => each.number >= low && each.number <= high)) throw new DefinitionError("NumberOutOfRange", each.name, `interface number ${each.number} belongs to no family`);
    const other = numbers.get(each.number);
    if (other) throw new DefinitionError("DuplicateInterfaceNumber", each.name, `${each.number} is the number of ${other}`);
    numbers.set(each.number, each.name);
    for (const name of [`file ${kebab(each.name)}`, `${pascal(each.name)}Client`, `${pascal(each.name)}Handlers`, `dispatch${pascal(each.name)}`, `INTERFACE_${constant(each.name)}`]) names.take(name, each.name);
    checkMethods(each, names, definitions);
  }
}

function checkMethods(each: Definitions["interfaces"][number]["definition"], names: Names, definitions: Definitions): void {
  const numbers = new Map<number, string>();
  for (const [name, method] of Object.entries(each.methods)) {
    const where = `${each.name}.${name}`;
    checkName(name, where, /^[a-z][A-Za-z0-9]*$/);
    if (!Number.isInteger(method.number) || method.number < 1 || method.number > 255) throw new DefinitionError("NumberOutOfRange", where, `method number ${method.number} is not 1–255`);
    const other = numbers.get(method.number);
    if (other) throw new DefinitionError("DuplicateMethodNumber", where, `${method.number} is the number of ${other}`);
    numbers.set(method.number, name);
    for (const taken of [`${pascal(each.name)}${pascal(name)}Result`, `encode${pascal(each.name)}${pascal(name)}`, `LABEL_${constant(each.name)}_${constant(name)}`]) names.take(taken, where);
    for (const error of method.errors) if (!(error in errors)) throw new DefinitionError("UnknownError", where, `${error} is not in errors.ts`);
    checkParameters(where, "argument", method.args, 2, definitions);
    checkParameters(where, "result", method.results, 1, definitions);
  }
  if (new Set(Object.keys(each.methods).map((name) => name.replace(/Async$/, ""))).size !== Object.keys(each.methods).length) {
    throw new DefinitionError("DuplicateName", each.name, "a method's name is another's with Async");
  }
}

function checkParameters(where: string, what: string, parameters: Readonly<Record<string, { type: Type }>>, ranges: number, definitions: Definitions): void {
  const count = { word: 0, cap: 0, range: 0 }, emitted = new Names();
  for (const [name, { type }] of Object.entries(parameters)) {
    checkName(name, where, /^[a-z][A-Za-z0-9]*$/);
    if (reserved.has(name)) throw new DefinitionError("ReservedName", where, `${what} ${name}: generated code uses this name itself`);
    emitted.take(name, where);
    if (type === "bytes" || type === "string") emitted.take(`${name}Length`, where);
    if (typeof type === "object" && ![...definitions.records, ...definitions.enumerations].includes(type as never)) {
      throw new DefinitionError("UnexportedType", where, `${what} ${name}: ${type.name} is not exported by a definition file`);
    }
    count[registerOf(type)]++;
  }
  if (count.word > MESSAGE_WORDS) throw new DefinitionError("TooManyWords", where, `${count.word} words of ${what}s, at most ${MESSAGE_WORDS}`);
  if (count.cap > MESSAGE_CAPS) throw new DefinitionError("TooManyCaps", where, `${count.cap} capabilities of ${what}s, at most ${MESSAGE_CAPS}`);
  if (count.range > ranges) throw new DefinitionError("TooManyRanges", where, `${count.range} ranges of ${what}s, at most ${ranges}`);
}

function checkEnumeration(each: Definitions["enumerations"][number], names: Names): void {
  checkName(each.name, each.name, /^[A-Z][A-Za-z0-9]*$/);
  names.take(each.name, each.name);
  for (const [name, value] of Object.entries(each.values)) {
    checkName(name, `${each.name}.${name}`, /^[A-Z][A-Za-z0-9]*$/);
    const single = value > 0 && (value & (value - 1)) === 0;
    if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) throw new DefinitionError("BadValue", `${each.name}.${name}`, `${value} is not 0–2³¹-1`);
    if (each.kind === "flags" && !single) throw new DefinitionError("BadValue", `${each.name}.${name}`, `${value} is not a single bit`);
  }
  if (new Set(Object.values(each.values)).size !== Object.keys(each.values).length) throw new DefinitionError("BadValue", each.name, "two names have the same value");
}

function checkRecord(each: RecordType, names: Names): void {
  checkName(each.name, each.name, /^[A-Z][A-Za-z0-9]*$/);
  for (const name of [each.name, `${each.name}Size`, `read${each.name}`, `write${each.name}`, `${constant(each.name)}_SIZE`]) names.take(name, each.name);
  if (!Number.isInteger(each.size) || each.size < 1 || each.size > RANGE_LIMIT) throw new DefinitionError("RecordTooLong", each.name, `${each.size} bytes is not 1–${RANGE_LIMIT}`);
  let end = 0, before = "";
  for (const [name, field] of Object.entries(each.fields).sort(([, a], [, b]) => a.offset - b.offset)) {
    const where = `${each.name}.${name}`, size = scalarSizes[field.type];
    checkName(name, where, /^[a-z][A-Za-z0-9]*$/);
    if (name === "at" || /^padding[0-9]+$/.test(name)) throw new DefinitionError("ReservedName", where, "generated code uses this name itself");
    if (field.offset < 0 || field.offset + size > each.size) throw new DefinitionError("FieldOutsideRecord", where, `bytes ${field.offset}–${field.offset + size - 1} of a record of ${each.size}`);
    if (field.offset % size) throw new DefinitionError("MisalignedField", where, `offset ${field.offset} is no multiple of ${size}`);
    if (field.offset < end) throw new DefinitionError("OverlappingFields", where, `starts at ${field.offset}, where ${before} lies up to ${end - 1}`);
    end = field.offset + size;
    before = name;
  }
}

function checkName(name: string, where: string, form: RegExp): void {
  if (!form.test(name)) throw new DefinitionError("BadName", where, `${JSON.stringify(name)} should match ${form.source}`);
}

class Names {
  readonly #owners = new Map<string, string>();
  take(name: string, owner: string): void {
    const other = this.#owners.get(name);
    if (other !== undefined) throw new DefinitionError("DuplicateName", owner, `${name} is generated for ${other} too`);
    this.#owners.set(name, owner);
  }
}
