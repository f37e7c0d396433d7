// A text that a server gives in parts: names, disks, volumes, mounts. Each request names the byte from which on it wants more, and gets as much as fits;
// nothing more is the end.
//
//   const listed = readListed((position) => client.list(position));
//   if (listed.error === 0) for (const line of listed.text.split("\n")) ...
//
// The parts are decoded together and without loss: one may end inside a character, and names need not be UTF-8.

import type { Failure } from "../../abi/generated/ts/message.ts";
import { concatenate, decodeTextLosslessly, unshared } from "./text.ts";

export type ListedPart = { readonly error: 0; readonly text: Uint8Array } | Failure;

/** `text` is what came before the error, if there was one. */
export function readListed(ask: (position: bigint) => ListedPart): { readonly error: 0; readonly text: string } | Failure & { readonly text: string } {
  const parts: Uint8Array[] = [];
  for (let length = 0; ;) {
    const part = ask(BigInt(length));
    if (part.error || part.text.length === 0) {
      const text = decodeTextLosslessly(concatenate(parts));
      return part.error ? { error: part.error, text } : { error: 0, text };
    }
    parts.push(unshared(part.text));
    length += part.text.length;
  }
}
