// Trampolines: a module whose functions jump through a table that can be filled, and changed, while programs that import them run
// (GrailOS's second way to catch a system call). `trampolineModule(library)` gives one function for each that the library exports,
// under its name and with its type; its exported `table` has the entry of the n-th function at n.

import { readExports, readSections, sectionReader, findSection, SECTION_FUNCTION, SECTION_IMPORT, SECTION_TYPE, skipValueType, readLimits, SECTION_CODE, SECTION_EXPORT } from "./sections.ts";
import { Writer } from "./writer.ts";

const SECTION_TABLE = 4;
const FUNCREF = 0x70, LOCAL_GET = 0x20, I32_CONST = 0x41, CALL_INDIRECT = 0x11, END = 0x0b;

/** Throws RewriteError if `library` is malformed. */
export function trampolineModule(library: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(library), types = findSection(sections, SECTION_TYPE);
  const parameters = parameterCounts(library, sections), typeOf = functionTypes(library, sections);
  const functions = readExports(library, sections).filter((entry) => entry.kind === "function");
  const output = new Writer();
  output.bytes(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  if (types) section(output, SECTION_TYPE, (writer) => writer.bytes(library.subarray(types.contents, types.end)));
  section(output, SECTION_FUNCTION, (writer) => {
    writer.u32(functions.length);
    for (const { index } of functions) writer.u32(typeOf[index]!);
  });
  section(output, SECTION_TABLE, (writer) => {
    writer.u32(1);
    writer.byte(FUNCREF);
    writer.byte(1);
    writer.u32(functions.length);
    writer.u32(functions.length);
  });
  section(output, SECTION_EXPORT, (writer) => {
    writer.u32(functions.length + 1);
    functions.forEach(({ name }, index) => exported(writer, name, 0, index));
    exported(writer, "table", 1, 0);
  });
  section(output, SECTION_CODE, (writer) => {
    writer.u32(functions.length);
    functions.forEach(({ index }, slot) => {
      const body = new Writer();
      body.u32(0);
      for (let i = 0; i < parameters[typeOf[index]!]!; i++) { body.byte(LOCAL_GET); body.u32(i); }
      body.byte(I32_CONST);
      signed(body, slot);
      body.byte(CALL_INDIRECT);
      body.u32(typeOf[index]!);
      body.u32(0);
      body.byte(END);
      writer.u32(body.length);
      writer.bytes(body.take());
    });
  });
  return output.take().slice();
}

function section(output: Writer, id: number, write: (writer: Writer) => void): void {
  const contents = new Writer();
  write(contents);
  output.byte(id);
  output.u32(contents.length);
  output.bytes(contents.take());
}

function exported(writer: Writer, name: string, kind: number, index: number): void {
  const text = new TextEncoder().encode(name);
  writer.u32(text.length);
  writer.bytes(text);
  writer.byte(kind);
  writer.u32(index);
}

/** Signed LEB128 of a number >= 0. */
function signed(writer: Writer, value: number): void {
  for (; value >= 0x40; value >>>= 7) writer.byte((value & 0x7f) | 0x80);
  writer.byte(value);
}

/** How many parameters each type has. */
function parameterCounts(bytes: Uint8Array, sections: ReturnType<typeof readSections>): number[] {
  const found = findSection(sections, SECTION_TYPE), counts: number[] = [];
  if (!found) return counts;
  const reader = sectionReader(bytes, found);
  for (let left = reader.count("types", 3); left > 0; left--) {
    if (reader.byte() !== 0x60) reader.fail("only function types are known", reader.offset - 1);
    const parameters = reader.count("parameters");
    for (let i = 0; i < parameters; i++) skipValueType(reader);
    for (let results = reader.count("results"); results > 0; results--) skipValueType(reader);
    counts.push(parameters);
  }
  return counts;
}

/** The type of each function, imported ones first. */
function functionTypes(bytes: Uint8Array, sections: ReturnType<typeof readSections>): number[] {
  const types: number[] = [], imports = findSection(sections, SECTION_IMPORT), own = findSection(sections, SECTION_FUNCTION);
  if (imports) {
    const reader = sectionReader(bytes, imports);
    for (let left = reader.count("imports", 4); left > 0; left--) {
      reader.name();
      reader.name();
      switch (reader.byte()) {
        case 0: types.push(reader.u32()); break;
        case 1: skipValueType(reader); readLimits(reader); break;
        case 2: readLimits(reader); break;
        case 3: skipValueType(reader); reader.byte(); break;
        default: reader.fail("unknown kind of import", reader.offset - 1);
      }
    }
  }
  if (own) {
    const reader = sectionReader(bytes, own);
    for (let left = reader.count("functions"); left > 0; left--) types.push(reader.u32());
  }
  return types;
}
