// How many instructions the exported functions of a module have: for bounds on what stubs cost.

import { readBodies, walkInstructions } from "./code.ts";
import { BLOCK, ELSE, END, LOOP } from "./instructions.ts";
import { findSection, readExports, readImports, readSections, SECTION_CODE } from "./sections.ts";

/** Structure that becomes no machine instruction. */
const isStructure = (opcode: number): boolean => opcode === BLOCK || opcode === LOOP || opcode === ELSE || opcode === END;

/** By export name; imported functions that are exported again are left out. Throws RewriteError. */
export function countInstructions(bytes: Uint8Array): Map<string, number> {
  const sections = readSections(bytes);
  const code = findSection(sections, SECTION_CODE);
  const counts: number[] = [];
  for (const body of code ? readBodies(bytes, sections, code) : []) {
    let count = 0;
    walkInstructions(bytes, body, (opcode) => {
      if (!isStructure(opcode)) count++;
    });
    counts.push(count);
  }
  const imported = readImports(bytes, sections).filter((entry) => entry.kind === "function").length;
  const functions = readExports(bytes, sections).filter((entry) => entry.kind === "function" && entry.index >= imported);
  return new Map(functions.map(({ name, index }) => [name, counts[index - imported]!]));
}
