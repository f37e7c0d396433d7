// The contents of a Dataspace as bytes of the machine's own, for compiling a program. Absent pages read as zeros, unless a pager knows what
// is in them: the machine cannot ask it, so whoever starts the program makes the pages present first.

import * as L from "../../abi/layout/kernel-memory.ts";
import { FRAME_SIZE } from "../../abi/layout/limits.ts";
import type { Inspector } from "./inspect.ts";
import type { PageBytes } from "./page-memory.ts";

/** What tells two contents apart: two Dataspaces, or one before and after a write, never give the same. */
export function dataspaceKey(inspector: Inspector, address: number): string {
  return `${inspector.u64(address + L.S_SERIAL)}:${inspector.u64(address + L.S_WRITES)}:${inspector.u64(address + L.S_LENGTH)}`;
}

/** A page that only its pager knows. */
export class AbsentPage extends Error {}

/** Throws AbsentPage. */
export function dataspaceBytes(inspector: Inspector, page: PageBytes, address: number, limit = 1 << 30): Uint8Array<ArrayBuffer> {
  const length = Math.min(Number(inspector.u64(address + L.S_LENGTH)), limit);
  const bytes = new Uint8Array(length), depth = inspector.u32(address + L.S_DEPTH), root = inspector.u32(address + L.S_ROOT);
  for (let at = 0; at < length; at += FRAME_SIZE) {
    const frame = entry(inspector, depth, root, at / FRAME_SIZE) & L.ENTRY_FRAME;
    if (!frame && inspector.u32(address + L.S_PAGER)) throw new AbsentPage(`page ${at / FRAME_SIZE} of the program is not in memory: it was given up while the program was being started`);
    if (!frame) continue;
    const from = L.FRAMES_BASE + frame * FRAME_SIZE;
    bytes.set(page.upTo(from + FRAME_SIZE).subarray(from, from + Math.min(FRAME_SIZE, length - at)), at);
  }
  return bytes;
}

function entry(inspector: Inspector, depth: number, root: number, page: number): number {
  if (depth === 0) return page === 0 ? root : 0;
  if (page >= 256 ** depth) return 0;
  let node = root;
  for (let level = depth - 1; level > 0; level--) {
    node = inspector.u32(node + ((page >> (level * 8)) & 255) * 4);
    if (!node) return 0;
  }
  return inspector.u32(node + (page & 255) * 4);
}
