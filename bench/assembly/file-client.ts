// The client side of `placement`: a native module that asks the capability in SLOT_NAMES for its next job, reads or writes a file in pieces
// of 4 KiB, and tells how long it took and how many answers were wrong. The loops are exported so that they stay functions of their own (see
// client.ts).

import * as kernel from "../../lib/assembly/kernel";
import { SLOT_NAMES } from "../../abi/layout/limits";
import { file_read, file_setSize, file_write, file_write_written } from "../../abi/generated/assembly/client/file";
import { FILE_PIECES, JOB_END, JOB_READ, JOB_REWRITE, JOB_WRITE, LABEL_JOB } from "./labels";

const PIECE: i32 = 4096;
const BUFFER: usize = 16384;
const WORDS: usize = 8192;

/** The last wrong answer is kept at WORDS. */
function wrong(status: i32): i32 {
  store<i32>(WORDS, status);
  return 1;
}

@inline function mark(piece: i32): i32 { return piece * 31 + 7; }

export function reads(file: i32, count: i32): i32 {
  let mistakes = 0;
  for (let i = 0; i < count; i++) {
    const piece = i % FILE_PIECES, status = file_read(file, <i64>piece * PIECE, BUFFER, PIECE);
    if (status != 0 || kernel.r0n != PIECE || load<i32>(BUFFER) != mark(piece) || load<i32>(BUFFER + PIECE - 4) != ~mark(piece)) mistakes += wrong(status);
  }
  return mistakes;
}

export function writes(file: i32, count: i32, anew: bool): i32 {
  let mistakes = 0;
  for (let i = 0; i < count; i++) {
    const piece = i % FILE_PIECES;
    if (anew && piece == 0) {
      const cut = file_setSize(file, 0);
      if (cut != 0) mistakes += wrong(cut);
    }
    store<i32>(BUFFER, mark(piece));
    store<i32>(BUFFER + PIECE - 4, ~mark(piece));
    const status = file_write(file, <i64>piece * PIECE, BUFFER, PIECE);
    if (status != 0 || file_write_written() != <u32>PIECE) mistakes += wrong(status);
  }
  return mistakes;
}

export function main(): i32 {
  let time: i64 = 0, mistakes = 0;
  while (true) {
    kernel.w0 = time;
    kernel.w1 = mistakes;
    kernel.w2 = load<i32>(WORDS);
    if (kernel.call(SLOT_NAMES, LABEL_JOB, 3) != 0) return 1;
    const job = <i32>kernel.w0, count = <i32>kernel.w1, file = <i32>kernel.w2;
    if (job == JOB_END) return 0;
    const began = kernel.monotonic();
    if (job == JOB_READ) mistakes = reads(file, count);
    else if (job == JOB_WRITE || job == JOB_REWRITE) mistakes = writes(file, count, job == JOB_WRITE);
    else return 2;
    time = kernel.monotonic() - began;
  }
}
