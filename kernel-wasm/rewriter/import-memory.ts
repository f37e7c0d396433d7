// Turns the memory that a program defines into one that it imports, so that whoever runs the program makes the memory first: code
// that needs that memory can then exist before the program does, and the program's imports bind to it directly.
//
//   const { bytes, limits } = importMemory(program, "machine", "memory");
//
// The program behaves as before if it is given a memory of just these limits: the new import comes behind the other imported memories,
// so that no memory changes its number, and no code is touched. A program that exports an imported memory, or none, comes back as it is.

import { Reader } from "./reader.ts";
import {
  findSection, readExports, readImports, readLimits, readSections, SECTION_IMPORT, SECTION_MEMORY, sectionReader, type Limits, type Section,
} from "./sections.ts";
import { Writer } from "./writer.ts";

const KIND_MEMORY = 2;

export interface ImportedMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the memory that is imported now; undefined if nothing was changed. */
  readonly limits: Limits | undefined;
}

/** Does it for the memory that the program exports as `memory`. Throws RewriteError. */
export function importMemory(bytes: Uint8Array<ArrayBuffer>, module: string, name: string): ImportedMemory {
  const sections = readSections(bytes), exported = readExports(bytes, sections).find((entry) => entry.kind === "memory" && entry.name === "memory");
  const imports = readImports(bytes, sections), before = imports.filter((entry) => entry.kind === "memory").length;
  if (!exported || exported.index < before) return { bytes, limits: undefined };
  const own = findSection(sections, SECTION_MEMORY), reader = own ? sectionReader(bytes, own) : new Reader(bytes);
  const count = own ? reader.count("memories", 2) : 0;
  if (exported.index >= before + count) reader.fail(`exports memory ${exported.index}, but has ${before + count}`);
  // Any other would have to change its place among the memories, and with it its number in the code.
  if (exported.index > before) reader.fail(`exports memory ${exported.index}; a program's memory must be the first that it defines`);
  const start = reader.offset, limits = readLimits(reader), type = bytes.subarray(start, reader.offset);
  if (limits.wide) reader.fail("has a memory of 64-bit addresses, which programs cannot have", start);
  const output = new Writer(bytes.length + 64);
  output.bytes(bytes.subarray(0, 8));
  let written = false;
  const writeImports = (old: Section | undefined): void => {
    written = true;
    section(output, SECTION_IMPORT, (writer) => {
      const list = old && sectionReader(bytes, old);
      writer.u32((list?.count("imports", 4) ?? 0) + 1);
      if (list) writer.bytes(bytes.subarray(list.offset, old.end));
      text(writer, module);
      text(writer, name);
      writer.byte(KIND_MEMORY);
      writer.bytes(type);
    });
  };
  for (const each of sections) {
    // Imports come behind types (1) and before all else; custom sections may stand anywhere.
    if (!written && each.id >= SECTION_IMPORT) writeImports(each.id === SECTION_IMPORT ? each : undefined);
    if (each.id === SECTION_IMPORT) continue;
    if (each !== own) output.bytes(bytes.subarray(each.start, each.end));
    else if (count > 1) section(output, SECTION_MEMORY, (writer) => {
      writer.u32(count - 1);
      writer.bytes(bytes.subarray(start + type.length, own.end));
    });
  }
  return { bytes: output.take(), limits };
}

function section(output: Writer, id: number, write: (writer: Writer) => void): void {
  const contents = new Writer();
  write(contents);
  output.byte(id);
  output.u32(contents.length);
  output.bytes(contents.take());
}

function text(writer: Writer, value: string): void {
  const encoded = new TextEncoder().encode(value);
  writer.u32(encoded.length);
  writer.bytes(encoded);
}
