// What is found wrong on a disk while it is in use: the volume becomes read-only, so that nothing gets worse, and the log says what.

import { Corrupt } from "../../../abi/generated/assembly/errors";
import { log } from "../../../lib/assembly/component/log";
import { Volume } from "./volume";

const FAT: u64 = 0x746166; // "fat"
// What is wrong: up to eight characters.
export const BAD_LINK: u64 = 0x6b6e696c646162; // "badlink"
export const CROSS_LINK: u64 = 0x6b6e696c78; // "xlink"
export const SHORT_CHAIN: u64 = 0x74726f6873; // "short"
export const BAD_ENTRY: u64 = 0x7972746e65; // "entry"
export const LOOP: u64 = 0x706f6f6c; // "loop"
export const MARKED_CLEAN: u64 = 0x6e61656c63; // "clean"

/** Corrupt, after the volume was made read-only. `a` and `b` tell where. */
export function damaged(volume: Volume, what: u64, a: u32, b: u32): i32 {
  volume.damaged = true;
  log(FAT, what, a, b);
  return Corrupt;
}
