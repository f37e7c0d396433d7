// Finds wasi-libc's variable `__wasilibc_cwd` in a program without symbols. It is a word of static data that holds the address
// of the string "/" and is loaded from a constant address; in CPython and in all of LLVM no other word is like that. libc is
// linked last, so the code section is searched from its end.
//
// The two encodings of `i32.load` from a constant address A:
//     41 00  28 02 <A unsigned>      i32.const 0; i32.load align=4 offset=A
//     41 <A signed>  28 02 00        i32.const A; i32.load align=4 offset=0

import * as kernel from "../../../lib/assembly/kernel";
import { inside, load16, load32 } from "./program";
import { scratch } from "./region";

/** Bytes looked at in one go, and how far two goes overlap: more than the longest encoding on either side. */
const WINDOW: i32 = 65536;
const OVERLAP: i32 = 16;
const CODE_SECTION: u8 = 10;
/** How often the variable must be loaded to be believed: `getcwd` and the making of absolute paths do, at least thrice. */
const WITNESSES: i32 = 2;

/** The variable's address in the program's memory, which must hold its initial data; 0 if there is none.
 *  @param program Dataspace of the module */
export function findWorkingDirectoryVariable(program: i32): u32 {
  let offset: i64 = 8;
  while (kernel.dataspaceRead(program, offset, 0, scratch(), 8) >= 2) {
    const section = load<u8>(scratch());
    const length = <i64>unsigned(scratch() + 1);
    const start = offset + 1 + encodedLength(scratch() + 1);
    if (section == CODE_SECTION) return searchBackwards(program, start, start + length);
    offset = start + length;
  }
  return 0;
}

function searchBackwards(program: i32, start: i64, end: i64): u32 {
  let found: u32 = 0;
  let witnesses = 0;
  while (end > start) {
    const from = max(start, end - WINDOW);
    const length = kernel.dataspaceRead(program, from, 0, scratch(), <i32>(end - from));
    if (length < OVERLAP) return 0;
    // The 6 bytes before and the 10 after what is examined are the overlap, so nothing is seen twice.
    const last = scratch() + length - 10;
    for (let at = scratch() + 6; at < last; at++) {
      // 28 02: i32.load, aligned
      if (load<u16>(at) != 0x0228) continue;
      const variable = addressLoaded(at);
      if (!variable || !holdsSlash(variable)) continue;
      if (!found) found = variable;
      if (variable == found && ++witnesses == WITNESSES) return found;
    }
    if (from == start) return 0;
    end = from + OVERLAP;
  }
  return 0;
}

/** The constant address that the i32.load at `at` reads, or 0. */
function addressLoaded(at: usize): u32 {
  if (load<u16>(at - 2) == 0x0041) return unsigned(at + 2);
  if (load<u8>(at, 2)) return 0;
  // The byte before ends the constant; those before it continue it.
  if (load<u8>(at - 1) & 0x80) return 0;
  for (let back: usize = 2; back <= 6; back++) {
    const byte = load<u8>(at - back);
    if (byte == 0x41) return unsigned(at - back + 1);
    if (!(byte & 0x80)) return 0;
  }
  return 0;
}

function holdsSlash(variable: u32): bool {
  if (variable & 3 || !inside(variable, 4)) return false;
  const text = load32(variable);
  return text >= 64 && inside(text, 2) && load16(text) == 0x002f;
}

/** LEB128 of at most 5 bytes. (A positive signed one reads the same.) */
function unsigned(at: usize): u32 {
  let value: u32 = 0;
  for (let shift: u32 = 0; shift < 35; shift += 7) {
    const byte = load<u8>(at++);
    value |= <u32>(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

function encodedLength(at: usize): i32 {
  let length = 1;
  while (load<u8>(at++) & 0x80) length++;
  return length;
}
