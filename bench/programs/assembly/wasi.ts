// The WASI calls that benchmark programs make, and what several of them need.

import { decimalLine, decimalOf } from "./decimal";

@external("wasi_snapshot_preview1", "fd_close") export declare function fd_close(descriptor: i32): i32;
@external("wasi_snapshot_preview1", "fd_read") export declare function fd_read(descriptor: i32, vectors: usize, count: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_write") export declare function fd_write(descriptor: i32, vectors: usize, count: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_seek") export declare function fd_seek(descriptor: i32, offset: i64, whence: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_sync") export declare function fd_sync(descriptor: i32): i32;
@external("wasi_snapshot_preview1", "path_open") export declare function path_open(directory: i32, lookup: i32, path: usize, length: i32, oflags: i32, base: i64, inheriting: i64, fdflags: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "path_filestat_get") export declare function path_filestat_get(directory: i32, lookup: i32, path: usize, length: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "path_create_directory") export declare function path_create_directory(directory: i32, path: usize, length: i32): i32;
@external("wasi_snapshot_preview1", "path_remove_directory") export declare function path_remove_directory(directory: i32, path: usize, length: i32): i32;
@external("wasi_snapshot_preview1", "path_unlink_file") export declare function path_unlink_file(directory: i32, path: usize, length: i32): i32;
@external("wasi_snapshot_preview1", "clock_time_get") declare function clock_time_get(clock: i32, precision: i64, result: usize): i32;
@external("wasi_snapshot_preview1", "args_get") declare function args_get(pointers: usize, strings: usize): i32;
@external("wasi_snapshot_preview1", "args_sizes_get") declare function args_sizes_get(count: usize, length: usize): i32;

/** The preopened root. */
export const ROOT: i32 = 3;
export const O_CREAT: i32 = 1;
export const O_EXCL: i32 = 4;
export const O_TRUNC: i32 = 8;
/** fd_read, and both fd_read and fd_write. */
export const READ: i64 = 2;
export const READ_AND_WRITE: i64 = 66;

// The first page of the program's memory: what these functions use, then the program's own.
const TIME: usize = 1024;
const TEXT_END: usize = 1152;
const POINTERS: usize = 1280;
const STRINGS: usize = 1536;
/** From here on memory is the program's. */
export const FREE: usize = 4096;

/** Monotonic nanoseconds. */
export function now(): i64 {
  clock_time_get(1, 0, TIME);
  return load<i64>(TIME);
}

/** Argument `index`, text that ends with a zero; traps if there is none. */
export function textArgument(index: i32): usize {
  args_sizes_get(POINTERS, POINTERS + 4);
  if (load<i32>(POINTERS) <= index || load<i32>(POINTERS) > 16 || load<u32>(POINTERS + 4) > 1024) unreachable();
  args_get(POINTERS, STRINGS);
  return <usize>load<u32>(POINTERS + (<usize>index << 2));
}

export function lengthOf(text: usize): i32 {
  let length = 0;
  while (load<u8>(text + length)) length++;
  return length;
}

/** The same as a number. */
export function argument(index: i32): i32 { return decimalOf(textArgument(index)); }

/** A line with the number on standard output. */
export function line(value: u64): void {
  const at = decimalLine(value, TEXT_END);
  store<u32>(POINTERS, <u32>at);
  store<u32>(POINTERS + 4, <u32>(TEXT_END - at));
  if (fd_write(1, POINTERS, 1, POINTERS + 8)) unreachable();
}

/** A failed call ends the program. */
@inline export function must(errno: i32): void { if (errno) unreachable(); }
