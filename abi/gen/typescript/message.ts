// What the TypeScript stubs and dispatches share: results, and the passage of text, ranges and words into and out of messages.
// The generator copies this file to abi/generated/ts/message.ts; import it from there.
import type { Answer, Incoming, Outcome } from "../../../lib/ts/kernel.ts";
import type { ErrorNumber } from "../../generated/ts/errors.ts";
import { Errors } from "../../generated/ts/errors.ts";

/** A call that failed. Results are `{ error: 0, ... }` or this, so that `if (result.error)` tells them apart. */
export interface Failure { readonly error: ErrorNumber }

/** What a handler may know of the call besides its arguments. */
export interface CallContext {
  /** Badge of the capability that was called. */
  readonly badge: number;
  /** Rights of that capability: RIGHT_* of abi/layout/limits.ts. */
  readonly rights: number;
  /** The Reply capability: keep it when answering "deferred". */
  readonly reply: number;
  /** Bytes that the caller can take. */
  readonly room: number;
}

/** The failure that a negative kernel status stands for. */
export function failure(status: number): Failure { return { error: -status as ErrorNumber }; }
export function contextOf(incoming: Incoming): CallContext {
  return { badge: incoming.badge, rights: incoming.rights, reply: incoming.reply, room: incoming.room };
}

export function isShaped(incoming: Incoming, words: number, caps: number, ranges: number, room: number): boolean {
  return incoming.words.length === words && incoming.caps.length === caps && incoming.ranges.length === ranges && incoming.room >= room;
}
/** Whether an answer that succeeded carries what its method promises. */
export function isAnswered(answer: Answer, words: number, caps: number): boolean {
  return answer.words.length >= words && answer.caps.length >= caps;
}

export const badMessage: Outcome = { status: -Errors.BadMessage };
export const badMethod: Outcome = { status: -Errors.BadMethod };
export const badArgument: Outcome = { status: -Errors.BadArgument };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Bytes that are no UTF-8, in a string: one lone surrogate each (U+DC80 to U+DCFF), as Python's "surrogateescape" has it. Names on disks are bytes. */
const escaped = /[\udc80-\udcff]/u;

/** The reverse of decodeTextLosslessly, too. */
export function encodeText(text: string): Uint8Array {
  if (!escaped.test(text)) return encoder.encode(text);
  const bytes = new Uint8Array(text.length * 3);
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code < 0x80) { bytes[end++] = code; continue; }
    if (code < 0x800) { bytes[end++] = 0xc0 | (code >> 6); bytes[end++] = 0x80 | (code & 0x3f); continue; }
    if (code >= 0xdc80 && code <= 0xdcff) { bytes[end++] = code & 0xff; continue; }
    if (code >= 0xd800 && code < 0xe000) {
      const low = code < 0xdc00 ? text.charCodeAt(at + 1) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        code = ((code - 0xd7c0) << 10) | (low & 0x3ff);
        at++;
        bytes[end++] = 0xf0 | (code >> 18);
        bytes[end++] = 0x80 | ((code >> 12) & 0x3f);
        bytes[end++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[end++] = 0x80 | (code & 0x3f);
        continue;
      }
      // As the host's encoder has it.
      code = 0xfffd;
    }
    bytes[end++] = 0xe0 | (code >> 12);
    bytes[end++] = 0x80 | ((code >> 6) & 0x3f);
    bytes[end++] = 0x80 | (code & 0x3f);
  }
  return bytes.slice(0, end);
}
/** Bytes that are no UTF-8 become U+FFFD: for text to show. */
export function decodeText(bytes: Uint8Array): string { return decoder.decode(bytes); }
/** Undefined if the bytes are no UTF-8: for names, which must not be mistaken for one another. */
export function decodeTextStrictly(bytes: Uint8Array): string | undefined {
  try { return strict.decode(bytes); } catch { return undefined; }
}

/** Bytes that are no UTF-8 become lone surrogates, which encodeText makes the same bytes of: for names and contents that go on elsewhere. */
export function decodeTextLosslessly(bytes: Uint8Array): string {
  const whole = decodeTextStrictly(bytes);
  if (whole !== undefined) return whole;
  // Not the host's decoder for what lies between bad bytes: in binary data those are runs of a few bytes, and a call for each is slow.
  const units = new Uint16Array(Math.min(bytes.length, 8192) + 1);
  let text = "";
  for (let at = 0; at < bytes.length;) {
    let count = 0;
    while (at < bytes.length && count < units.length - 1) {
      const lead = bytes[at]!, length = characterLength(bytes, at);
      if (length <= 1) { units[count++] = length ? lead : 0xdc00 + lead; at++; continue; }
      let code = lead & (0x7f >> length);
      for (let next = 1; next < length; next++) code = (code << 6) | (bytes[at + next]! & 0x3f);
      at += length;
      if (code > 0xffff) units[count++] = 0xd7c0 + (code >> 10);
      units[count++] = code > 0xffff ? 0xdc00 + (code & 0x3ff) : code;
    }
    text += String.fromCharCode(...units.subarray(0, count));
  }
  return text;
}

/** Bytes of the character of UTF-8 that begins at a place; 0: none does. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!, second = bytes[at + 1] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf5 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  // Longer than need be, surrogates, and what is beyond the last.
  if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second >= 0xa0) || (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second >= 0x90)) return 0;
  return length;
}

/** A word as its type: cut to the width, never trusted to be in range. */
export const fromWord = {
  u8: (word: bigint): number => Number(BigInt.asUintN(8, word)),
  u16: (word: bigint): number => Number(BigInt.asUintN(16, word)),
  u32: (word: bigint): number => Number(BigInt.asUintN(32, word)),
  i32: (word: bigint): number => Number(BigInt.asIntN(32, word)),
  u64: (word: bigint): bigint => BigInt.asUintN(64, word),
  i64: (word: bigint): bigint => BigInt.asIntN(64, word),
  bool: (word: bigint): boolean => word !== 0n,
} as const;
