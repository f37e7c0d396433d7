// Dataspaces of the linked build: a record and a table of 4 KiB frames, as a page cache of a monolithic system has them.

import { NoMemory } from "../../../abi/generated/assembly/errors";

const FRAME: i32 = 4096;
/** Pages of one Dataspace: 16 MiB. */
const PAGES: i32 = 4096;

@unmanaged
export class Dataspace {
  size: i64;
  writes: i64;
  written: i64;
  present: i32;
  /** Address of the table: PAGES addresses of frames, 0 for a page that is absent. */
  table: usize;
}

let next: usize = 0;
let end: usize = 0;

/** Give it the memory from `start` to `limit`, zeroed and aligned to a frame. */
export function setFrames(start: usize, limit: usize): void {
  next = start;
  end = limit;
}

function take(bytes: usize): usize {
  const taken = next;
  if (taken + bytes > end) return 0;
  next += bytes;
  return taken;
}

/** A new one, or 0. */
export function create(size: i64): usize {
  const made = take(<usize>FRAME + PAGES * 4);
  if (!made) return 0;
  const dataspace = changetype<Dataspace>(made);
  dataspace.table = made + FRAME;
  dataspace.size = size;
  return made;
}

export function read(dataspace: Dataspace, offset: i64, destination: usize, length: i32): i32 {
  const size = dataspace.size;
  if (<u64>offset >= <u64>size) return 0;
  const count = <i64>length < size - offset ? length : <i32>(size - offset);
  const within = <i32>offset & (FRAME - 1);
  if (within + count <= FRAME) {
    const frame = <usize>load<u32>(dataspace.table + (<usize>(offset >> 12) << 2));
    if (frame) {
      memory.copy(destination, frame + within, count);
      return count;
    }
  }
  return readPages(dataspace, offset, destination, count);
}

function readPages(dataspace: Dataspace, offset: i64, destination: usize, count: i32): i32 {
  let done = 0;
  while (done < count) {
    const at = offset + done, within = <i32>at & (FRAME - 1);
    const part = min(count - done, FRAME - within);
    const frame = <usize>load<u32>(dataspace.table + (<usize>(at >> 12) << 2));
    if (frame) memory.copy(destination + done, frame + within, part); else memory.fill(destination + done, 0, part);
    done += part;
  }
  return done;
}

export function write(dataspace: Dataspace, offset: i64, source: usize, length: i32, now: i64): i32 {
  if (<u64>offset >= <u64>dataspace.size) return 0;
  const count = <i64>length < dataspace.size - offset ? length : <i32>(dataspace.size - offset);
  let done = 0;
  while (done < count) {
    const at = offset + done, within = <i32>at & (FRAME - 1), entry = dataspace.table + (<usize>(at >> 12) << 2);
    const part = min(count - done, FRAME - within);
    if (!load<u32>(entry)) {
      const frame = take(FRAME);
      if (!frame) return NoMemory;
      store<u32>(entry, <u32>frame);
      dataspace.present++;
    }
    memory.copy(<usize>load<u32>(entry) + within, source + done, part);
    done += part;
  }
  dataspace.writes++;
  dataspace.written = now;
  return done;
}

/** Grow or cut. (Frames that are cut off are zeroed, and kept for when it grows again.) */
export function resize(dataspace: Dataspace, size: i64, now: i64): i32 {
  if (size > <i64>PAGES * FRAME) return NoMemory;
  for (let at = size; at < dataspace.size;) {
    const within = <i32>at & (FRAME - 1), frame = <usize>load<u32>(dataspace.table + (<usize>(at >> 12) << 2));
    if (frame) memory.fill(frame + within, 0, FRAME - within);
    at += FRAME - within;
  }
  dataspace.size = size;
  dataspace.writes++;
  dataspace.written = now;
  return 0;
}
