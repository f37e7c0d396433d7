// What follows each opcode: the table by which a pass walks over instructions without understanding them. Covers the MVP,
// sign extension, saturating conversion, bulk memory, reference types, typed function references, SIMD with its relaxed
// part, threads, tail calls, exceptions (legacy and current), multi-value and multi-memory. Garbage collection is refused.

import type { Reader } from "./reader.ts";
import { skipValueType } from "./sections.ts";

export const UNREACHABLE = 0x00;
export const BLOCK = 0x02;
export const LOOP = 0x03;
export const IF = 0x04;
export const ELSE = 0x05;
export const TRY = 0x06;
export const CATCH = 0x07;
export const END = 0x0b;
export const BR = 0x0c;
export const BR_IF = 0x0d;
export const BR_TABLE = 0x0e;
export const RETURN = 0x0f;
export const CALL = 0x10;
export const DELEGATE = 0x18;
export const TRY_TABLE = 0x1f;

/** Kinds of immediates. */
const UNKNOWN = 0;
const NONE = 1;
const BLOCK_TYPE = 2;
const INDEX = 3;
const TWO_INDICES = 4;
const MEMORY = 5;
const TABLE_OF_LABELS = 6;
const TYPES = 7;
const I32 = 8;
const I64 = 9;
const FOUR_BYTES = 10;
const EIGHT_BYTES = 11;
const HEAP_TYPE = 12;
const CATCHES = 13;
const PREFIX_FC = 14;
const PREFIX_FD = 15;
const PREFIX_FE = 16;

const immediates = new Uint8Array(256);
const set = (kind: number, first: number, last = first) => immediates.fill(kind, first, last + 1);
set(NONE, 0x00, 0x01);
set(BLOCK_TYPE, BLOCK, IF);
set(NONE, ELSE);
set(BLOCK_TYPE, TRY);
set(INDEX, CATCH, 0x09); // catch, throw, rethrow
set(NONE, 0x0a, END); // throw_ref, end
set(INDEX, BR, BR_IF);
set(TABLE_OF_LABELS, BR_TABLE);
set(NONE, RETURN);
set(INDEX, CALL);
set(TWO_INDICES, 0x11); // call_indirect
set(INDEX, 0x12); // return_call
set(TWO_INDICES, 0x13); // return_call_indirect
set(INDEX, 0x14, 0x15); // call_ref, return_call_ref
set(INDEX, DELEGATE);
set(NONE, 0x19, 0x1b); // catch_all, drop, select
set(TYPES, 0x1c); // select with types
set(CATCHES, TRY_TABLE);
set(INDEX, 0x20, 0x26); // locals, globals, table.get, table.set
set(MEMORY, 0x28, 0x3e);
set(INDEX, 0x3f, 0x40); // memory.size, memory.grow
set(I32, 0x41);
set(I64, 0x42);
set(FOUR_BYTES, 0x43);
set(EIGHT_BYTES, 0x44);
set(NONE, 0x45, 0xc4); // comparisons, arithmetic, conversions, sign extension
set(HEAP_TYPE, 0xd0); // ref.null
set(NONE, 0xd1); // ref.is_null
set(INDEX, 0xd2); // ref.func
set(NONE, 0xd3, 0xd4); // ref.eq, ref.as_non_null
set(INDEX, 0xd5, 0xd6); // br_on_null, br_on_non_null
set(PREFIX_FC, 0xfc);
set(PREFIX_FD, 0xfd);
set(PREFIX_FE, 0xfe);

/** memory.init and so on: numbers of indices after 0xfc 0 … 17. */
const MISCELLANEOUS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

/** Reads one opcode (a prefix counts as the opcode) and passes over what follows it. */
export function skipInstruction(reader: Reader): number {
  const start = reader.offset;
  const opcode = reader.byte();
  switch (immediates[opcode]) {
    case NONE: break;
    case INDEX: reader.skipLeb(32); break;
    case I32: reader.skipLeb(32); break;
    case MEMORY: skipMemoryArgument(reader); break;
    case BLOCK_TYPE: skipBlockType(reader); break;
    case I64: reader.skipLeb(64); break;
    case TWO_INDICES: reader.skipLeb(32); reader.skipLeb(32); break;
    case TABLE_OF_LABELS:
      for (let left = reader.count("labels") + 1; left > 0; left--) reader.skipLeb(32);
      break;
    case TYPES:
      for (let left = reader.count("types"); left > 0; left--) skipValueType(reader);
      break;
    case FOUR_BYTES: reader.skip(4); break;
    case EIGHT_BYTES: reader.skip(8); break;
    case HEAP_TYPE: reader.s33(); break;
    case CATCHES: skipCatches(reader); break;
    case PREFIX_FC: {
      const indices = MISCELLANEOUS[reader.u32()] ?? reader.fail("unknown instruction after 0xfc", start);
      for (let left = indices; left > 0; left--) reader.skipLeb(32);
      break;
    }
    case PREFIX_FD: skipVector(reader, start); break;
    case PREFIX_FE: skipAtomic(reader, start); break;
    default:
      if (opcode === 0xfb) reader.fail("instructions of garbage collection are not supported", start);
      reader.fail(`unknown instruction 0x${opcode.toString(16)}`, start);
  }
  return opcode;
}

/** Opens a block that an END (or, of a legacy try, a DELEGATE) closes. */
export function opensBlock(opcode: number): boolean {
  return (opcode >= BLOCK && opcode <= IF) || opcode === TRY || opcode === TRY_TABLE;
}

function skipMemoryArgument(reader: Reader): void {
  // Bit 6 of the alignment says that the number of a memory follows.
  if (reader.u32() & 0x40) reader.skipLeb(32);
  reader.skipLeb(64);
}

function skipBlockType(reader: Reader): void {
  const type = reader.s33();
  // -29 and -28 are (ref null) and (ref), followed by what they refer to.
  if (type === -29 || type === -28) reader.s33();
}

function skipCatches(reader: Reader): void {
  skipBlockType(reader);
  for (let left = reader.count("catch clauses", 2); left > 0; left--) {
    const kind = reader.byte();
    if (kind > 3) reader.fail(`unknown catch clause ${kind}`, reader.offset - 1);
    if (kind < 2) reader.skipLeb(32);
    reader.skipLeb(32);
  }
}

function skipVector(reader: Reader, start: number): void {
  const operation = reader.u32();
  if (operation > 0x113) reader.fail(`unknown vector instruction 0x${operation.toString(16)}`, start);
  if (operation <= 11 || operation === 92 || operation === 93) skipMemoryArgument(reader);
  else if (operation <= 13) reader.skip(16); // v128.const, i8x16.shuffle
  else if (operation >= 21 && operation <= 34) reader.skip(1); // lanes
  else if (operation >= 84 && operation <= 91) {
    skipMemoryArgument(reader);
    reader.skip(1);
  }
}

function skipAtomic(reader: Reader, start: number): void {
  const operation = reader.u32();
  if (operation === 3) reader.skip(1); // atomic.fence
  else if (operation <= 2 || (operation >= 0x10 && operation <= 0x4e)) skipMemoryArgument(reader);
  else reader.fail(`unknown atomic instruction 0x${operation.toString(16)}`, start);
}
