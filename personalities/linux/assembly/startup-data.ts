// Arguments and environment, as `init` got them of the process server: kept in the region, as some programs (CPython's packed file
// system) ask for them at every call.

import { EFAULT } from "../layout/wasi";
import { copyOut, inside, insideArray, store32 } from "./program";
import { startupData } from "./region";

/** process.startup: called without the stub, as the answer may be longer than the RANGE_LIMIT that stubs observe. */
export const LABEL_STARTUP: i32 = 0x1107;

/** Write `count` pointers to `pointers` and `length` bytes of strings to `strings`, both in the program's memory.
 *  @param skip bytes of startup data before the strings */
export function giveStrings(skip: i32, count: i32, length: i32, pointers: usize, strings: usize): i32 {
  if (!insideArray(pointers, count, 4) || !inside(strings, length)) return EFAULT;
  const from = startupData() + skip;
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

