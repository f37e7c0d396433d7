// Splits a Wasm module into its sections, and reads the parts of them that a pass must know. Contents of sections are not
// checked beyond that: the engine validates the module that comes out.

import { Reader } from "./reader.ts";

export const SECTION_CUSTOM = 0;
export const SECTION_TYPE = 1;
export const SECTION_IMPORT = 2;
export const SECTION_FUNCTION = 3;
export const SECTION_MEMORY = 5;
export const SECTION_GLOBAL = 6;
export const SECTION_EXPORT = 7;
export const SECTION_CODE = 10;
export const SECTION_DATA = 11;

/** Section numbers in the order in which they must come: 13 (tags) and 12 (data count) were added in between. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

export interface Section {
  readonly id: number;
  /** Where its number byte stands. */
  readonly start: number;
  /** Its contents (of a custom section: after the name). */
  readonly contents: number;
  readonly end: number;
  /** Of a custom section. */
  readonly name: string;
}

export type ExternalKind = "function" | "table" | "memory" | "global" | "tag";
const KINDS: readonly ExternalKind[] = ["function", "table", "memory", "global", "tag"];

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** Of a memory. */
  readonly limits?: Limits;
  /** Of a global. */
  readonly mutable?: boolean;
}

export interface Limits { readonly minimum: number; readonly maximum?: number; readonly shared: boolean; readonly wide: boolean }

export interface Export { readonly name: string; readonly kind: ExternalKind; readonly index: number }

/** The sections in order. Throws RewriteError where the header, an order, a length or a custom section's name is wrong. */
export function readSections(bytes: Uint8Array): Section[] {
  const reader = new Reader(bytes);
  for (const [i, expected] of [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00].entries()) {
    if (reader.done || reader.byte() !== expected) {
      reader.fail(i < 4 ? "does not begin with \\0asm" : "is not Wasm version 1", i);
    }
  }
  const sections: Section[] = [];
  let place = -1;
  while (!reader.done) {
    const start = reader.offset;
    const id = reader.byte();
    const length = reader.u32();
    const contents = reader.offset;
    if (id !== SECTION_CUSTOM) {
      const next = ORDER.indexOf(id);
      if (next < 0) reader.fail(`unknown section ${id}`, start);
      if (next <= place) reader.fail(`section ${id} is out of order or given twice`, start);
      place = next;
    }
    reader.skip(length);
    const end = reader.offset;
    const custom = id === SECTION_CUSTOM ? new Reader(bytes, contents, end) : undefined;
    const name = custom?.name() ?? "";
    sections.push({ id, start, contents: custom?.offset ?? contents, end, name });
  }
  return sections;
}

export function findSection(sections: readonly Section[], id: number): Section | undefined {
  return sections.find((section) => section.id === id);
}

export function sectionReader(bytes: Uint8Array, section: Section): Reader {
  return new Reader(bytes, section.contents, section.end);
}

/** Passes over a value type, also a typed reference. */
export function skipValueType(reader: Reader): void {
  const type = reader.byte();
  if (type === 0x63 || type === 0x64) reader.s33();
  else if (type < 0x60 || type > 0x7f) reader.fail(`unknown value type 0x${type.toString(16)}`, reader.offset - 1);
}

export function readLimits(reader: Reader): Limits {
  const flags = reader.byte();
  if (flags > 7) reader.fail(`unknown limits 0x${flags.toString(16)}`, reader.offset - 1);
  const wide = (flags & 4) !== 0;
  // Sizes beyond 2^32 pages cannot be had anyway: a wide memory's limits are read as far as they are 32-bit numbers.
  const minimum = reader.u32();
  const maximum = flags & 1 ? reader.u32() : undefined;
  return { minimum, maximum, shared: (flags & 2) !== 0, wide };
}

export function readImports(bytes: Uint8Array, sections: readonly Section[]): Import[] {
  const section = findSection(sections, SECTION_IMPORT);
  if (!section) return [];
  const reader = sectionReader(bytes, section);
  const imports: Import[] = [];
  for (let left = reader.count("imports", 4); left > 0; left--) {
    const module = reader.name();
    const name = reader.name();
    const kind = readKind(reader);
    if (kind === "memory") imports.push({ module, name, kind, limits: readLimits(reader) });
    else if (kind === "global") {
      skipValueType(reader);
      imports.push({ module, name, kind, mutable: reader.byte() === 1 });
    } else {
      if (kind === "function") reader.u32();
      else if (kind === "table") {
        skipValueType(reader);
        readLimits(reader);
      } else {
        reader.byte();
        reader.u32();
      }
      imports.push({ module, name, kind });
    }
  }
  return imports;
}

function readKind(reader: Reader): ExternalKind {
  const kind = KINDS[reader.byte()];
  return kind ?? reader.fail("unknown kind of import or export", reader.offset - 1);
}

export function readExports(bytes: Uint8Array, sections: readonly Section[]): Export[] {
  const section = findSection(sections, SECTION_EXPORT);
  if (!section) return [];
  const reader = sectionReader(bytes, section);
  const exports: Export[] = [];
  for (let left = reader.count("exports", 3); left > 0; left--) {
    exports.push({ name: reader.name(), kind: readKind(reader), index: reader.u32() });
  }
  return exports;
}

/** Limits of memory 0, imported or its own; undefined if the module has none. */
export function readFirstMemory(bytes: Uint8Array, sections: readonly Section[]): Limits | undefined {
  const imported = readImports(bytes, sections).find((entry) => entry.kind === "memory");
  if (imported) return imported.limits;
  const section = findSection(sections, SECTION_MEMORY);
  if (!section) return undefined;
  const reader = sectionReader(bytes, section);
  return reader.count("memories", 2) > 0 ? readLimits(reader) : undefined;
}

/** How many elements the vector has that a section holds (functions, globals, data segments …); 0 if there is no such section. */
export function elementCount(bytes: Uint8Array, sections: readonly Section[], id: number): number {
  const section = findSection(sections, id);
  return section ? sectionReader(bytes, section).count("elements") : 0;
}
