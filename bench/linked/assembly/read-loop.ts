// The loop that the benchmarks `read` and `reread` measure: a file is read again and again in pieces of 4 KiB. It is part of the WASI
// program (program.ts) and of the linked module (linked.ts), the same source in both.
//
// It uses WORK_SIZE bytes of memory from the address that it is given.

import * as wasi from "./wasi";

export const PIECE: i32 = 4096;
export const WORK_SIZE: usize = 8192;

const VECTOR: usize = 0;
const RESULT: usize = 16;
const TIME: usize = 24;
const BUFFER: usize = 4096;
const ROOT: i32 = 3;
const O_CREAT: i32 = 1;
const END: i32 = 2;
const READ_AND_WRITE: i64 = 66;

/** Open the file at `path` below the root, and make it `pieces` different pieces long if it is not yet: its descriptor, or a negated errno. */
export function createFile(work: usize, path: usize, length: i32, pieces: i32): i32 {
  let errno = wasi.path_open(ROOT, 1, path, length, O_CREAT, READ_AND_WRITE, 0, 0, work + RESULT);
  if (errno) return -errno;
  const descriptor = load<i32>(work + RESULT);
  errno = wasi.fd_seek(descriptor, 0, END, work + TIME);
  if (errno) return -errno;
  if (load<i64>(work + TIME) == <i64>pieces * PIECE) return descriptor;
  wasi.fd_seek(descriptor, 0, 0, work + TIME);
  setVector(work);
  for (let piece = 0; piece < pieces; piece++) {
    for (let at: usize = 0; at < <usize>PIECE; at += 4) store<u32>(work + BUFFER + at, piece * 31 + <u32>at);
    const failed = wasi.fd_write(descriptor, work + VECTOR, 1, work + RESULT);
    if (failed) return -failed;
  }
  return descriptor;
}

function setVector(work: usize): void {
  store<u32>(work + VECTOR, <u32>(work + BUFFER));
  store<u32>(work + VECTOR + 4, PIECE);
}

/** Read `pieces` pieces, from the start again after each `each`, where the file ends. Nanoseconds that it took, or a negated errno. */
export function readPieces(work: usize, descriptor: i32, pieces: i32, each: i32): i64 {
  setVector(work);
  const start = now(work);
  for (let left = pieces; left > 0; left -= each) {
    let errno = wasi.fd_seek(descriptor, 0, 0, work + RESULT);
    if (errno) return -errno;
    for (let piece = min(left, each); piece > 0; piece--) {
      errno = wasi.fd_read(descriptor, work + VECTOR, 1, work + RESULT);
      if (errno) return -errno;
    }
  }
  return now(work) - start;
}

/** Read the file's pieces once and add up their words: the same in every build. */
export function checksum(work: usize, descriptor: i32, pieces: i32): u32 {
  setVector(work);
  wasi.fd_seek(descriptor, 0, 0, work + RESULT);
  let sum: u32 = 0;
  for (let piece = 0; piece < pieces; piece++) {
    wasi.fd_read(descriptor, work + VECTOR, 1, work + RESULT);
    for (let at: usize = 0; at < <usize>PIECE; at += 4) sum = sum * 33 + load<u32>(work + BUFFER + at);
  }
  return sum;
}

function now(work: usize): i64 {
  wasi.clock_time_get(1, 0, work + TIME);
  return load<i64>(work + TIME);
}
