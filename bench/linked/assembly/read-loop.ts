// The loop that the benchmark `read` measures: a file of 1 MiB is read again and again in pieces of 4 KiB. It is part of the WASI
// program (program.ts) and of the linked module (linked.ts), the same source in both.
//
// It uses WORK_SIZE bytes of memory from the address that it is given.

import * as wasi from "./wasi";

export const PIECE: i32 = 4096;
export const PIECES: i32 = 256;
export const WORK_SIZE: usize = 8192;

const VECTOR: usize = 0;
const RESULT: usize = 16;
const TIME: usize = 24;
const PATH: usize = 32;
const BUFFER: usize = 4096;
const ROOT: i32 = 3;
const O_CREAT_TRUNC: i32 = 9;
const READ_AND_WRITE: i64 = 66;

/** Make the file, PIECES different pieces long, below the root: its descriptor, or a negated errno. */
export function createFile(work: usize): i32 {
  // "read-bench"
  store<u64>(work + PATH, 0x6e65622d64616572);
  store<u16>(work + PATH + 8, 0x6863);
  const errno = wasi.path_open(ROOT, 1, work + PATH, 10, O_CREAT_TRUNC, READ_AND_WRITE, 0, 0, work + RESULT);
  if (errno) return -errno;
  const descriptor = load<i32>(work + RESULT);
  setVector(work);
  for (let piece = 0; piece < PIECES; piece++) {
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

/** Read `pieces` pieces, from the start again when the file ends. Nanoseconds that it took, or a negated errno. */
export function readPieces(work: usize, descriptor: i32, pieces: i32): i64 {
  setVector(work);
  const start = now(work);
  for (let left = pieces; left > 0; left -= PIECES) {
    let errno = wasi.fd_seek(descriptor, 0, 0, work + RESULT);
    if (errno) return -errno;
    for (let piece = min(left, PIECES); piece > 0; piece--) {
      errno = wasi.fd_read(descriptor, work + VECTOR, 1, work + RESULT);
      if (errno) return -errno;
    }
  }
  return now(work) - start;
}

/** Read the file once and add up its words: the same in every build. */
export function checksum(work: usize, descriptor: i32): u32 {
  setVector(work);
  wasi.fd_seek(descriptor, 0, 0, work + RESULT);
  let sum: u32 = 0;
  for (let piece = 0; piece < PIECES; piece++) {
    wasi.fd_read(descriptor, work + VECTOR, 1, work + RESULT);
    for (let at: usize = 0; at < <usize>PIECE; at += 4) sum = sum * 33 + load<u32>(work + BUFFER + at);
  }
  return sum;
}

function now(work: usize): i64 {
  wasi.clock_time_get(1, 0, work + TIME);
  return load<i64>(work + TIME);
}
