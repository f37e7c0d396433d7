// What becomes of custom sections when code moves. Those that point into the code by offset would lie afterwards and are
// dropped; of the name section only the names of labels go, as inserted blocks shift their numbers. Engines ignore what is
// wrong in a custom section, so a name section that cannot be read is no reason to refuse a module: it is dropped.

import { Reader } from "./reader.ts";
import { RewriteError } from "./rewrite-error.ts";
import type { Section } from "./sections.ts";
import { Writer } from "./writer.ts";

const LABEL_NAMES = 3;
const POINTS_INTO_CODE = /^(\.debug_.*|reloc\..*|linking|metadata\.code\..*|sourceMappingURL|external_debug_info|compilationHints)$/;

/** The section to write instead, or undefined for none. */
export function adjustCustomSection(bytes: Uint8Array, section: Section): Uint8Array | undefined {
  if (POINTS_INTO_CODE.test(section.name)) return undefined;
  const whole = bytes.subarray(section.start, section.end);
  if (section.name !== "name") return whole;
  let labels: { start: number; end: number } | undefined;
  try {
    labels = findLabelNames(bytes, section);
  } catch (error) {
    if (error instanceof RewriteError) return undefined;
    throw error;
  }
  if (!labels) return whole;
  const contents = new Writer();
  contents.u32(4);
  contents.bytes(Uint8Array.of(0x6e, 0x61, 0x6d, 0x65)); // "name"
  contents.bytes(bytes.subarray(section.contents, labels.start));
  contents.bytes(bytes.subarray(labels.end, section.end));
  const writer = new Writer(contents.length + 6);
  writer.byte(section.id);
  writer.u32(contents.length);
  writer.bytes(contents.take());
  return writer.take();
}

function findLabelNames(bytes: Uint8Array, section: Section): { start: number; end: number } | undefined {
  const reader = new Reader(bytes, section.contents, section.end);
  while (!reader.done) {
    const start = reader.offset;
    const id = reader.byte();
    reader.skip(reader.u32());
    if (id === LABEL_NAMES) return { start, end: reader.offset };
  }
  return undefined;
}
