// Binary rewriting of Wasm modules before they are compiled, at build time and in the browser: a streaming pass over the
// code section. `rewrite(bytes, { pollPoints: true })` gives the new module; what is wrong with a module is thrown as a
// RewriteError that names the offset and the reason. A module that passes is well-formed as far as its sections and
// instructions go; whether it is valid is for the engine to say. Bytes are read once and must not change meanwhile: hand in
// a copy of shared memory.

import { readBodies, type Body } from "./code.ts";
import { adjustCustomSection } from "./custom-sections.ts";
import { Insertions } from "./insertions.ts";
import { insertPollPoints } from "./poll-points.ts";
import { findSection, readFirstMemory, readSections, SECTION_CODE, SECTION_CUSTOM, type Section } from "./sections.ts";
import { RewriteError } from "./rewrite-error.ts";
import { u32Length, Writer } from "./writer.ts";

export { POLL_WORDS, pollWord, setPollWords } from "./poll-points.ts";
export { RewriteError } from "./rewrite-error.ts";

export interface RewriteOptions {
  /** Make code stoppable by the poll word (poll-points.ts). The module must have a memory. */
  pollPoints?: boolean;
  /** By which of the POLL_WORDS; the first. */
  pollPlace?: number;
}

type Pass = (body: Body, insertions: Insertions) => void;

/** The module rewritten; without passes or without code, a copy. Throws RewriteError. */
export function rewrite(bytes: Uint8Array, options: RewriteOptions = {}): Uint8Array<ArrayBuffer> {
  const sections = readSections(bytes);
  const code = findSection(sections, SECTION_CODE);
  const pass = code && choosePass(bytes, sections, code, options);
  if (!code || !pass) return bytes.slice();
  const output = new Writer(bytes.length + (bytes.length >> 1) + 64);
  output.bytes(bytes.subarray(0, 8));
  for (const section of sections) {
    if (section === code) writeCode(bytes, sections, code, pass, output);
    else {
      const kept = section.id === SECTION_CUSTOM ? adjustCustomSection(bytes, section) : bytes.subarray(section.start, section.end);
      if (kept) output.bytes(kept);
    }
  }
  return output.take();
}

function choosePass(bytes: Uint8Array, sections: readonly Section[], code: Section, options: RewriteOptions): Pass | undefined {
  if (!options.pollPoints) return undefined;
  const memory = readFirstMemory(bytes, sections);
  if (!memory) throw new RewriteError(code.start, "has no memory, so no poll word");
  return insertPollPoints(bytes, memory, options.pollPlace ?? 0);
}

function writeCode(bytes: Uint8Array, sections: readonly Section[], code: Section, pass: Pass, output: Writer): void {
  const contents = new Writer((code.end - code.start) * 2);
  const insertions = new Insertions();
  let count = 0;
  for (const body of readBodies(bytes, sections, code)) {
    insertions.clear();
    pass(body, insertions);
    contents.u32(body.end - body.locals + insertions.size);
    insertions.apply(bytes, body.locals, body.end, contents);
    count++;
  }
  output.byte(SECTION_CODE);
  output.u32(contents.length + u32Length(count));
  output.u32(count);
  output.bytes(contents.take());
}
