// Names that may hold anything as text that can be told apart: backslash escapes as C writes them.

import { encode } from "../api/streams.ts";

const LETTERS: Readonly<Record<string, string>> = { "\x07": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v" };
/** Control characters, line and paragraph separators, what Unicode has not assigned, and bytes that are no UTF-8 (lone surrogates). */
const UNPRINTABLE = /[\p{Cc}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

/** As `ls -b` shows it: what cannot be printed as a letter or its bytes in octal, and a backslash before backslashes and each of `also`. */
export function escapeName(name: string, also: string): string {
  let escaped = "";
  for (const character of name) {
    if (character === "\\" || also.includes(character)) escaped += `\\${character}`;
    else if (LETTERS[character] !== undefined) escaped += `\\${LETTERS[character]}`;
    else if (UNPRINTABLE.test(character)) for (const byte of encode(character)) escaped += `\\${byte.toString(8).padStart(3, "0")}`;
    else escaped += character;
  }
  return escaped;
}
