// What the page's address carries. The decoder comes only when there is a link: its decompressor fills tables as it is loaded, which takes longer than all
// else that the page's own scripts do before the machine starts.

import type { Decoded } from "../model/share-link.ts";

/** `fragment`: as in location.hash. */
export async function readLink(fragment: string): Promise<Decoded> {
  return /^#?g\d+=/.test(fragment) ? (await import("../model/share-link.ts")).decodeShareLink(fragment) : { kind: "none" };
}
