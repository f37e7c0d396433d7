// The iovecs of a program: records of an address and a length.

import { EFAULT, EINVAL, SIZE_IOVEC } from "../layout/wasi";
import { insideArray, load32 } from "./program";

/** Where the bytes are, in the program's memory. */
@inline export function ioVectorAddress(vectors: usize, index: i32): usize { return load32(vectors + <usize>index * SIZE_IOVEC); }
@inline export function ioVectorLength(vectors: usize, index: i32): i32 { return load32(vectors + <usize>index * SIZE_IOVEC + 4); }

/** 0 if the vectors can be read and their lengths add up to a positive i32, so that no later sum overflows; else an errno. */
export function checkIoVectors(vectors: usize, count: i32): i32 {
  if (!insideArray(vectors, count, SIZE_IOVEC)) return EFAULT;
  let total: u64 = 0;
  for (let index = 0; index < count; index++) {
    total += <u64><u32>ioVectorLength(vectors, index);
    if (total > <u64>i32.MAX_VALUE) return EINVAL;
  }
  return 0;
}
