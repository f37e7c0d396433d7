// Arguments and environment. They are not kept, but fetched again from the process server when the program asks: it does so
// once or never, and they may be as large as all of the region.

import { EFAULT } from "../layout/wasi";
import { SLOT_SELF } from "../../../abi/layout/limits";
import * as kernel from "../../../lib/assembly/kernel";
import { copyOut, inside, insideArray, store32 } from "./program";
import { errnoOf } from "./generated/errno-of";
import { scratch, scratchSize } from "./region";

/** process.startup: called without the stub, as the answer may be longer than the RANGE_LIMIT that stubs observe. */
export const LABEL_STARTUP: i32 = 0x1107;

/** Write `count` pointers to `pointers` and `length` bytes of strings to `strings`, both in the program's memory.
 *  @param skip bytes of startup data before the strings */
export function giveStrings(skip: i32, count: i32, length: i32, pointers: usize, strings: usize): i32 {
  if (!insideArray(pointers, count, 4) || !inside(strings, length)) return EFAULT;
  kernel.r0a = scratch();
  kernel.r0n = scratchSize();
  const status = kernel.call(SLOT_SELF, LABEL_STARTUP, 512);
  if (status < 0) return errnoOf(status);
  const from = scratch() + skip;
  copyOut(strings, from, length);
  let start = true;
  for (let at: usize = 0; at < <usize>length; at++) {
    if (start) {
      store32(pointers, <u32>(strings + at));
      pointers += 4;
    }
    start = !load<u8>(from + at);
  }
  return 0;
}

export function giveSizes(count: i32, length: i32, countAddress: usize, lengthAddress: usize): i32 {
  if (!inside(countAddress, 4) || !inside(lengthAddress, 4)) return EFAULT;
  store32(countAddress, count);
  store32(lengthAddress, length);
  return 0;
}

