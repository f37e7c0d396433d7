// The monolithic baseline of the benchmark `read`: its loop, the WASI library and the tmpfs in one module over one memory.
// Built by ../build.ts, which puts linked-kernel.ts and linked-program-memory.ts in the place of the kernel and of the program's
// memory. Call `start` once, then `read` as often as wanted.

import { init as startLibrary } from "../../../personalities/linux/assembly/main";
import { REGION_SIZE } from "../../../personalities/linux/assembly/region";
import { init as startFileSystem } from "../../../servers/tmpfs/assembly/main";
import { SLOTS, setBase } from "../../../lib/assembly/kernel";
import { setFrames } from "./linked-dataspace";
import { WORK_SIZE, checksum, createFile, readPieces } from "./read-loop";

const FRAME_PAGES: i32 = 128;
let work: usize = 0;
let descriptor: i32 = 0;

/** 0, or what failed, negated. */
export function start(): i32 {
  // The tmpfs takes all the memory there is when it starts: the rest is added behind it.
  const mine = <usize>memory.size() << 16;
  setBase(mine);
  if (memory.grow(FRAME_PAGES) < 0) return -1;
  const region = mine + <usize>SLOTS * 8;
  work = region + REGION_SIZE;
  setFrames(work + WORK_SIZE, <usize>memory.size() << 16);
  const status = startFileSystem(0);
  if (status < 0) return status;
  const begun = startLibrary(region, REGION_SIZE);
  if (begun < 0) return begun;
  descriptor = createFile(work);
  return min(descriptor, 0);
}

/** Read `pieces` pieces of 4 KiB: nanoseconds, or a negated errno. */
export function read(pieces: i32): i64 { return readPieces(work, descriptor, pieces); }

/** Checksum of the file, the same as the WASI program's. */
export function sum(): u32 { return checksum(work, descriptor); }
