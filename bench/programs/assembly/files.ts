// The benchmark `files` as a WASI program: `files-bench COUNT ROUNDS` makes COUNT files of 1 KiB in /tmp/files-bench, reads each, asks for
// each one's attributes and deletes each, ROUNDS times. After each round it prints four lines, the nanoseconds of each part. Traps if
// a call fails or a file reads as something else.

import * as wasi from "./wasi";

const SIZE: i32 = 1024;
const VECTOR: usize = wasi.FREE;
const RESULT: usize = wasi.FREE + 16;
const PATH: usize = wasi.FREE + 64;
const ATTRIBUTES: usize = wasi.FREE + 128;
const BUFFER: usize = wasi.FREE + 1024;
/** "tmp/files-bench", and with "/00000" behind it. */
const DIRECTORY_LENGTH: i32 = 15;
const PATH_LENGTH: i32 = 21;

function name(index: i32): void {
  let rest = index;
  for (let at = PATH + PATH_LENGTH - 1; at > PATH + DIRECTORY_LENGTH; at--) {
    store<u8>(at, <u8>(48 + rest % 10));
    rest /= 10;
  }
}

function open(flags: i32, rights: i64): i32 {
  wasi.must(wasi.path_open(wasi.ROOT, 1, PATH, PATH_LENGTH, flags, rights, 0, 0, RESULT));
  return load<i32>(RESULT);
}

// Exported so that they stay functions of their own: engines replace slow code by fast code when a function is entered.

export function create(count: i32): void {
  for (let i = 0; i < count; i++) {
    name(i);
    const descriptor = open(wasi.O_CREAT | wasi.O_EXCL, wasi.READ_AND_WRITE);
    store<i32>(BUFFER, i);
    wasi.must(wasi.fd_write(descriptor, VECTOR, 1, RESULT));
    if (load<i32>(RESULT) != SIZE) unreachable();
    wasi.must(wasi.fd_close(descriptor));
  }
}

export function read(count: i32): void {
  for (let i = 0; i < count; i++) {
    name(i);
    const descriptor = open(0, wasi.READ);
    wasi.must(wasi.fd_read(descriptor, VECTOR, 1, RESULT));
    if (load<i32>(RESULT) != SIZE || load<i32>(BUFFER) != i) unreachable();
    wasi.must(wasi.fd_close(descriptor));
  }
}

export function stat(count: i32): void {
  for (let i = 0; i < count; i++) {
    name(i);
    wasi.must(wasi.path_filestat_get(wasi.ROOT, 1, PATH, PATH_LENGTH, ATTRIBUTES));
    if (load<u64>(ATTRIBUTES + 32) != SIZE) unreachable();
  }
}

export function remove(count: i32): void {
  for (let i = 0; i < count; i++) {
    name(i);
    wasi.must(wasi.path_unlink_file(wasi.ROOT, PATH, PATH_LENGTH));
  }
}

export function _start(): void {
  const count = wasi.argument(1), rounds = wasi.argument(2);
  // "tmp/file" "s-bench/"
  store<u64>(PATH, 0x656c69662f706d74);
  store<u64>(PATH + 8, 0x2f68636e65622d73);
  store<u32>(VECTOR, <u32>BUFFER);
  store<u32>(VECTOR + 4, SIZE);
  wasi.must(wasi.path_create_directory(wasi.ROOT, PATH, DIRECTORY_LENGTH));
  for (let round = 0; round < rounds; round++) {
    const began = wasi.now();
    create(count);
    const created = wasi.now();
    read(count);
    const done = wasi.now();
    stat(count);
    const told = wasi.now();
    remove(count);
    const removed = wasi.now();
    wasi.line(created - began);
    wasi.line(done - created);
    wasi.line(told - done);
    wasi.line(removed - told);
  }
  wasi.must(wasi.path_remove_directory(wasi.ROOT, PATH, DIRECTORY_LENGTH));
}
