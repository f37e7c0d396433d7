// The benchmark as a WASI program: `read-bench PIECES ROUNDS FILE-PIECES PATH` writes one line a round to standard output, the nanoseconds
// that reading PIECES pieces of the file took, after a line with its checksum. PATH is relative to the root, FILE-PIECES how many
// pieces of 4 KiB the file is to be long; it is made if it is not. Exits by trap if a call fails. Runs under any host of WASI preview 1.

import { decimalLine, decimalOf } from "../../programs/assembly/decimal";
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
  if (count != 5 || load<u32>(POINTERS + 4) > 1024) unreachable();
  wasi.args_get(POINTERS, STRINGS);
  const pieces = decimalOf(load<u32>(POINTERS + 4));
  const rounds = decimalOf(load<u32>(POINTERS + 8)), filePieces = decimalOf(load<u32>(POINTERS + 12));
  const path = <usize>load<u32>(POINTERS + 16);
  let length = 0;
  while (load<u8>(path + length)) length++;
  const descriptor = createFile(WORK, path, length, filePieces);
  if (descriptor < 0) unreachable();
  line(<u64>checksum(WORK, descriptor, filePieces));
  for (let round = 0; round < rounds; round++) {
    const time = readPieces(WORK, descriptor, pieces, filePieces);
    if (time < 0) unreachable();
    line(time);
  }
}

function line(value: u64): void {
  const at = decimalLine(value, TEXT_END);
  store<u32>(POINTERS, <u32>at);
  store<u32>(POINTERS + 4, <u32>(TEXT_END - at));
  if (wasi.fd_write(1, POINTERS, 1, POINTERS + 8)) unreachable();
}
