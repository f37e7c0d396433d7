// Reads a YAML document against an expected shape, and says for everything that does not fit on which line and why. A reader takes a
// node and gives its value, or throws Refused.
//
//   const read = record({ name: required(text), port: optional(wholeNumber(1, 65535), 80) });
//   const value = readDocument(source, read);

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";

/** The document is refused: `line` counts from 1. */
export class Refused extends Error {
  constructor(readonly line: number, readonly reason: string) { super(`line ${line}: ${reason}`); this.name = "Refused"; }
}

export interface Place { /** Line of the node. */ readonly line: number; /** What to call it, e.g. `servers[2].name`. */ readonly where: string }
export type Reader<Value> = (node: Node | null, place: Place, lineOf: LineOf) => Value;
type LineOf = (node: Node | null) => number | undefined;

const SIZE_LIMIT = 1_000_000;

/** Parse and read a whole document. Throws Refused. */
export function readDocument<Value>(source: string, reader: Reader<Value>): Value {
  if (source.length > SIZE_LIMIT) throw new Refused(1, `longer than ${SIZE_LIMIT} characters`);
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new Refused(lines.linePos(error.pos[0]).line || 1, error.message);
  const lineOf: LineOf = (node) => node?.range ? lines.linePos(node.range[0]).line : undefined;
  return reader(document.contents, { line: lineOf(document.contents) ?? 1, where: "the manifest" }, lineOf);
}

export function refuse(place: Place, reason: string): never { throw new Refused(place.line, `${place.where}: ${reason}`); }

function kindOf(node: Node | null): string {
  if (node === null || (isScalar(node) && node.value === null)) return "nothing";
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  return isScalar(node) ? `${typeof node.value} ${JSON.stringify(node.value)}` : "an alias";
}

/** Any scalar that `accept` takes; `wanted` says what that is. */
function scalar<Value>(wanted: string, accept: (value: unknown) => Value | undefined): Reader<Value> {
  return (node, place) => {
    if (isAlias(node)) refuse(place, "aliases are not supported");
    const value = isScalar(node) ? accept(node.value) : undefined;
    return value === undefined ? refuse(place, `${wanted} expected, not ${kindOf(node)}`) : value;
  };
}

export const text: Reader<string> = scalar("text", (value) => typeof value === "string" ? value : undefined);
export const boolean: Reader<boolean> = scalar("true or false", (value) => typeof value === "boolean" ? value : undefined);
export const plain: Reader<string | number | boolean> = scalar("text, a number, true or false", (value) => ["string", "number", "boolean"].includes(typeof value) ? value as string : undefined);

/** As plain, on one line. */
export const singleLine: Reader<string | number | boolean> = scalar("text on one line, a number, true or false", (value) => typeof value === "string" ? value.includes("\n") ? undefined : value : ["number", "boolean"].includes(typeof value) ? value as number : undefined);

export function wholeNumber(least: number, most: number): Reader<number> {
  return scalar(`a whole number from ${least} to ${most}`, (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most ? value as number : undefined);
}

export function matching(pattern: RegExp, wanted: string): Reader<string> {
  return scalar(wanted, (value) => typeof value === "string" && pattern.test(value) ? value : undefined);
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Reader<Value> {
  return scalar(`one of ${values.join(", ")}`, (value) => values.find((each) => each === value));
}

/** Bytes: a number, or text such as `64 MiB`. */
export const byteSize: Reader<number> = scalar("a size such as `64 MiB`", (value) => {
  const [, digits, unit = "B"] = /^(\d{1,12})\s*(B|KiB|MiB|GiB)?$/.exec(String(value)) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** ["B", "KiB", "MiB", "GiB"].indexOf(unit);
});

export function list<Value>(item: Reader<Value>): Reader<Value[]> {
  return (node, place, lineOf) => {
    if (!isSeq(node)) return refuse(place, `a list expected, not ${kindOf(node)}`);
    return node.items.map((each, index) => item(each as Node | null, { line: lineOf(each as Node | null) ?? place.line, where: `${place.where}[${index}]` }, lineOf));
  };
}

/** A mapping of any names to values of one kind. */
export function dictionary<Value>(key: RegExp, value: Reader<Value>): Reader<Map<string, Value>> {
  return (node, place, lineOf) => {
    const found = new Map<string, Value>();
    for (const [name, item, at] of pairs(node, place, lineOf)) {
      if (!key.test(name)) refuse(at, `bad name ${JSON.stringify(name)}`);
      found.set(name, value(item, at, lineOf));
    }
    return found;
  };
}

interface Key<Value> { readonly reader: Reader<Value>; readonly needed: boolean; readonly otherwise?: Value }
export function required<Value>(reader: Reader<Value>): Key<Value> { return { reader, needed: true }; }
export function optional<Value>(reader: Reader<Value>, otherwise: Value): Key<Value> { return { reader, needed: false, otherwise }; }

/** A mapping with known keys, and the line it stands on. Unknown keys are refused. */
export function record<Keys extends Record<string, Key<never> | Key<unknown>>>(keys: Keys): Reader<{ [Name in keyof Keys]: Keys[Name] extends Key<infer Value> ? Value : never } & Place> {
  return (node, place, lineOf) => {
    const found: Record<string, unknown> = {};
    for (const [name, item, at] of pairs(node, place, lineOf)) {
      const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (!key) refuse({ ...at, where: place.where }, `unknown key \`${name}\`; known are ${Object.keys(keys).join(", ")}`);
      found[name] = (key.reader as Reader<unknown>)(item, at, lineOf);
    }
    for (const [name, key] of Object.entries(keys)) {
      if (Object.hasOwn(found, name)) continue;
      if (key.needed) refuse(place, `\`${name}\` is missing`);
      found[name] = key.otherwise;
    }
    return { ...found, ...place } as never;
  };
}

function* pairs(node: Node | null, place: Place, lineOf: LineOf): Generator<[string, Node | null, Place]> {
  if (!isMap(node)) return refuse(place, `a mapping expected, not ${kindOf(node)}`);
  for (const { key, value } of node.items) {
    const at = { line: lineOf(key as Node | null) ?? place.line, where: place.where };
    if (!isScalar(key) || typeof key.value !== "string") return refuse(at, "keys must be text");
    const item = value as Node | null;
    yield [key.value, item, { line: lineOf(item) ?? at.line, where: place.where === "the manifest" ? key.value : `${place.where}.${key.value}` }];
  }
}
