// Text to bytes and back. Use these and not TextDecoder: browsers refuse views of shared memory, and what another domain
// can still change must be copied before it is looked at, exactly once.

import { decodeTextLosslessly as decodeOwned, encodeText } from "../../abi/generated/ts/message.ts";

export { encodeText };

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** A private copy if the bytes lie in shared memory, else the bytes themselves. */
export function unshared(bytes: Uint8Array): Uint8Array {
  return typeof SharedArrayBuffer !== "undefined" && bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}

/** Bytes that are no UTF-8 become U+FFFD: for text to show. */
export function decodeText(bytes: Uint8Array): string { return lenient.decode(unshared(bytes)); }

/** Undefined if the bytes are no UTF-8: for names, which must not be mistaken for one another. */
export function decodeTextStrictly(bytes: Uint8Array): string | undefined {
  try { return strict.decode(unshared(bytes)); } catch { return undefined; }
}

/** Bytes that are no UTF-8 become lone surrogates, which encodeText makes the same bytes of: for names and contents that go on elsewhere. */
export function decodeTextLosslessly(bytes: Uint8Array): string { return decodeOwned(unshared(bytes)); }

/** Bytes that came in parts. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

/** NUL-terminated strings, one after the other, as `process.create` takes arguments and environment. Strings must not contain NUL. */
export function encodeStrings(strings: readonly string[]): Uint8Array { return encodeText(strings.map((text) => `${text}\0`).join("")); }

/** The reverse; a last string without its NUL counts. */
export function decodeStrings(bytes: Uint8Array): string[] {
  const strings = decodeTextLosslessly(bytes).split("\0");
  if (strings.at(-1) === "") strings.pop();
  return strings;
}

/** At most `limit` bytes of UTF-8, never cut inside a character. */
export function encodeTextWithin(text: string, limit: number): Uint8Array {
  const bytes = encodeText(text);
  if (bytes.length <= limit) return bytes;
  let end = limit;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
