// The monolithic baseline of the benchmarks `read` and `reread`: their loop, the WASI library and the tmpfs in one module over one memory.
// Built by ../build.ts, which puts linked-kernel.ts and linked-program-memory.ts in the place of the kernel and of the program's
// memory. Call `start` once, then `read` as often as wanted.

import { init as startLibrary } from "../../../personalities/linux/assembly/main";
import { REGION_SIZE } from "../../../personalities/linux/assembly/region";
import { init as startFileSystem } from "../../../servers/tmpfs/assembly/main";
import { SLOTS, calls, setBase } from "../../../lib/assembly/kernel";
import { setFrames } from "./linked-dataspace";
import { PIECE, WORK_SIZE, checksum, createFile, readPieces } from "./read-loop";

/** 64 KiB pages for frames, besides those of the file. */
const FRAME_PAGES: i32 = 112;
let work: usize = 0;
let descriptor: i32 = 0;
let pieces: i32 = 0;

/** With a file of so many pieces of 4 KiB: 0, or what failed, negated. */
export function start(filePieces: i32): i32 {
  pieces = filePieces;
  // The tmpfs takes all the memory there is when it starts: the rest is added behind it.
  const mine = <usize>memory.size() << 16;
  setBase(mine);
  if (memory.grow(FRAME_PAGES + (filePieces * PIECE + 65535 >> 16)) < 0) return -1;
  const region = mine + <usize>SLOTS * 8;
  work = region + REGION_SIZE;
  setFrames(work + 4096 + WORK_SIZE, <usize>memory.size() << 16);
  const status = startFileSystem(0);
  if (status < 0) return status;
  const begun = startLibrary(region, REGION_SIZE);
  if (begun < 0) return begun;
  // "read-bench"
  store<u64>(work, 0x6e65622d64616572);
  store<u16>(work + 8, 0x6863);
  descriptor = createFile(work + 4096, work, 10, filePieces);
  return min(descriptor, 0);
}

/** Read `count` pieces: nanoseconds, or a negated errno. */
export function read(count: i32): i64 { return readPieces(work + 4096, descriptor, count, pieces); }

/** Checksum of the file, the same as the WASI program's. */
export function sum(): u32 { return checksum(work + 4096, descriptor, pieces); }

/** How often the file system was called so far; reading is to add none. */
export function systemCalls(): i32 { return calls; }
