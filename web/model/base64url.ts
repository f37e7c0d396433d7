// Bytes as text that may stand in a URL fragment: base64 with - and _ and no padding (RFC 4648, section 5).
// decodeBase64Url answers undefined for anything that encodeBase64Url would not have written; it never throws.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

export function encodeBase64Url(bytes: Uint8Array): string {
  const letters: string[] = [];
  for (let index = 0; index < bytes.length; index += 3) {
    const taken = Math.min(3, bytes.length - index);
    const bits = (bytes[index] << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    for (let letter = 0; letter <= taken; letter++) letters.push(ALPHABET[(bits >> (18 - 6 * letter)) & 63]);
  }
  return letters.join("");
}

export function decodeBase64Url(text: string): Uint8Array | undefined {
  const rest = text.length % 4;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let written = 0;
  let bits = 0;
  let count = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[written++] = (bits >> count) & 255;
    }
  }
  // Left-over bits must be zero, or two texts would mean the same bytes.
  if ((bits & ((1 << count) - 1)) !== 0) return undefined;
  return bytes;
}
