// The functions of a module's code section, and a walk over the instructions of one.

import { DELEGATE, END, opensBlock, skipInstruction } from "./instructions.ts";
import { Reader } from "./reader.ts";
import { elementCount, SECTION_FUNCTION, skipValueType, type Section } from "./sections.ts";

export interface Body {
  /** Where its length stands; the body proper follows. */
  readonly start: number;
  /** Where its local declarations begin: the length counts from here. */
  readonly locals: number;
  /** Where its first instruction stands. */
  readonly instructions: number;
  readonly end: number;
}

/** The bodies in order. `code` is the code section of `sections`. */
export function* readBodies(bytes: Uint8Array, sections: readonly Section[], code: Section): Generator<Body> {
  const reader = new Reader(bytes, code.contents, code.end);
  const count = reader.count("functions", 3);
  const declared = elementCount(bytes, sections, SECTION_FUNCTION);
  if (count !== declared) reader.fail(`${declared} functions declared, ${count} defined`, code.contents);
  for (let left = count; left > 0; left--) {
    const start = reader.offset;
    const length = reader.u32();
    const locals = reader.offset;
    reader.skip(length);
    const body = new Reader(bytes, locals, reader.offset);
    for (let groups = body.count("groups of locals", 2); groups > 0; groups--) {
      body.skipLeb(32);
      skipValueType(body);
    }
    yield { start, locals, instructions: body.offset, end: body.end };
  }
  if (!reader.done) reader.fail("bytes left after the last function");
}

/** Calls `visit` for each instruction with where it begins and ends; checks that blocks are closed and the body ends with END. */
export function walkInstructions(
  bytes: Uint8Array,
  body: Body,
  visit: (opcode: number, start: number, end: number) => void,
): void {
  const reader = new Reader(bytes, body.instructions, body.end);
  for (let depth = 1; depth > 0; ) {
    const start = reader.offset;
    const opcode = skipInstruction(reader);
    if (opensBlock(opcode)) depth++;
    else if (opcode === END || opcode === DELEGATE) depth--;
    if (depth === 0 && opcode === DELEGATE) reader.fail("delegate outside of a try", start);
    visit(opcode, start, reader.offset);
  }
  if (!reader.done) reader.fail("function goes on after its end");
}
