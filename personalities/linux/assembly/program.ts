// The program's own memory. The accessors come from the machine and may trap outside of it, so every address that the
// program gives is checked with `inside` (or `insideWord`) before it is used; the calls answer EFAULT where it fails.

import { process } from "./region";

@external("program", "load8") export declare function load8(address: usize): u32;
@external("program", "load16") export declare function load16(address: usize): u32;
@external("program", "load32") export declare function load32(address: usize): u32;
@external("program", "load64") export declare function load64(address: usize): u64;
@external("program", "store8") export declare function store8(address: usize, value: u32): void;
@external("program", "store16") export declare function store16(address: usize, value: u32): void;
@external("program", "store32") export declare function store32(address: usize, value: u32): void;
@external("program", "store64") export declare function store64(address: usize, value: u64): void;
/** To own memory from the program's. */
@external("program", "copyIn") export declare function copyIn(destination: usize, source: usize, length: usize): void;
/** To the program's memory from one's own. */
@external("program", "copyOut") export declare function copyOut(destination: usize, source: usize, length: usize): void;
/** As kernel.dataspaceRead, but only if that needs no look-up: any error means that it is worth while to ask that. For the one call of fd_read, of which it becomes
 *  a part where the kernel's short way of reading is merged with this library. */
@external("kernel", "dataspaceReadNow") export declare function readNow(dataspace: i32, offset: i64, memory: i32, destination: usize, length: i32): i32;
/** Bytes of the program's memory. */
@external("program", "size") declare function size(): usize;

/** Whether `length` bytes at `address` lie in the program's memory. */
export function inside(address: usize, length: usize): bool {
  return <u64>address + <u64>length <= <u64>size();
}

/** Whether `count` records of `each` bytes (at most 64) at `address` lie in the program's memory. */
export function insideArray(address: usize, count: i32, each: u32): bool {
  return <u64>address + <u64><u32>count * <u64>each <= <u64>size();
}

/** Whether 8 bytes at `address` lie in the program's memory: the cheap check of the hot paths. A memory never shrinks, so
 *  what held once holds; the program is asked for its size only when it has grown past what is known. */
@inline export function insideWord(address: usize): bool {
  return <u32>address < process().known || insideWordNow(address);
}

/** Whether both are known to: no if `insideWord` has not been asked of addresses that high. */
@inline export function knownInside(a: usize, b: usize): bool { return max(<u32>a, <u32>b) < process().known; }

function insideWordNow(address: usize): bool {
  const now = size();
  if (now < 8) return false;
  process().known = <u32>(now - 7);
  return <u32>address < <u32>(now - 7);
}
