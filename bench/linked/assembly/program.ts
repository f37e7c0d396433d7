// The benchmark as a WASI program: `read-bench PIECES [ROUNDS]` writes one line a round to standard output, the nanoseconds that
// reading PIECES pieces took, after a line with the checksum of the file; it exits by trap if a call fails. Runs under any host of
// WASI preview 1.

import * as wasi from "./wasi";
import { WORK_SIZE, checksum, createFile, readPieces } from "./read-loop";

// Exported so that it stays a function of its own: engines replace slow code by fast code when a function is entered, and _start is
// entered once.
export { readPieces };

const WORK: usize = 4096;
const TEXT: usize = WORK + WORK_SIZE;
const TEXT_END: usize = TEXT + 64;
const POINTERS: usize = TEXT + 128;
const STRINGS: usize = POINTERS + 128;

export function _start(): void {
  wasi.args_sizes_get(POINTERS, POINTERS + 4);
  const count = load<i32>(POINTERS);
  if (count < 2 || count > 16 || load<u32>(POINTERS + 4) > 1024) unreachable();
  wasi.args_get(POINTERS, STRINGS);
  const pieces = number(load<u32>(POINTERS + 4));
  const rounds = count > 2 ? number(load<u32>(POINTERS + 8)) : 1;
  const descriptor = createFile(WORK);
  if (descriptor < 0) unreachable();
  line(<u64>checksum(WORK, descriptor));
  for (let round = 0; round < rounds; round++) {
    const time = readPieces(WORK, descriptor, pieces);
    if (time < 0) unreachable();
    line(time);
  }
}

function number(text: usize): i32 {
  let value = 0;
  for (; load<u8>(text); text++) value = value * 10 + load<u8>(text) - 48;
  return value;
}

function line(value: u64): void {
  let at = TEXT_END - 1;
  store<u8>(at, 10);
  do {
    store<u8>(--at, <u8>(48 + value % 10));
    value /= 10;
  } while (value);
  store<u32>(POINTERS, <u32>at);
  store<u32>(POINTERS + 4, <u32>(TEXT_END - at));
  if (wasi.fd_write(1, POINTERS, 1, POINTERS + 8)) unreachable();
}
