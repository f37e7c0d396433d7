// Bytes from base64. It imports nothing, as the machine loads it first of all.

/** Blanks in the text do not count. Throws if it is no base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> { return Uint8Array.from(atob(text.replace(/\s/g, "")), (character) => character.charCodeAt(0)); }
