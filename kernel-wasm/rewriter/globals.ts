// The global section: which globals a module has of its own.

import { END, skipInstruction } from "./instructions.ts";
import { findSection, SECTION_GLOBAL, sectionReader, skipValueType, type Section } from "./sections.ts";

export interface Global { readonly mutable: boolean }

/** The module's own globals, in order; their indices follow those of imported ones. */
export function readGlobals(bytes: Uint8Array, sections: readonly Section[]): Global[] {
  const section = findSection(sections, SECTION_GLOBAL);
  if (!section) return [];
  const reader = sectionReader(bytes, section);
  const globals: Global[] = [];
  for (let left = reader.count("globals", 3); left > 0; left--) {
    skipValueType(reader);
    globals.push({ mutable: reader.byte() === 1 });
    while (skipInstruction(reader) !== END);
  }
  return globals;
}
