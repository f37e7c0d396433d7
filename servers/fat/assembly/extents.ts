// A growing array of runs of clusters: the chain of a file, and the lists of what a commit has to do.
//
//   extents = 0;  extents = extentsAdd(extents, first, start, count)      0 if there is no memory (the old one stays)

import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";

@unmanaged export class Extents {
  length: u32;
  capacity: u32;
}

@unmanaged export class Extent {
  /** Of a chain: how many clusters come before. */
  first: u32;
  start: u32;
  count: u32;
}

const ENTRY: usize = 12;

@inline export function extentAt(extents: usize, index: u32): Extent { return changetype<Extent>(extents + offsetof<Extents>() + <usize>index * ENTRY); }
@inline export function extentsLength(extents: usize): u32 { return extents ? changetype<Extents>(extents).length : 0; }
/** Clusters of a chain. */
export function extentsClusters(extents: usize): u32 {
  const length = extentsLength(extents);
  if (!length) return 0;
  const last = extentAt(extents, length - 1);
  return last.first + last.count;
}

/** Make room for one more: the array, moved perhaps, or 0. */
export function extentsReserve(extents: usize): usize {
  const length = extentsLength(extents);
  const capacity: u32 = extents ? changetype<Extents>(extents).capacity : 0;
  if (length < capacity) return extents;
  const wanted: u32 = capacity ? capacity << 1 : 4;
  if (wanted > 0x2000000) return 0;
  const block = allocateRaw(<i32>offsetof<Extents>() + <i32>(wanted * <u32>ENTRY));
  if (!block) return 0;
  memory.copy(block, extents, extents ? offsetof<Extents>() + <usize>length * ENTRY : 0);
  changetype<Extents>(block).length = length;
  changetype<Extents>(block).capacity = wanted;
  release(extents);
  return block;
}

/** Add a run; joined to the last one where it goes on from it in both. The array, moved perhaps, or 0 without memory. */
export function extentsAdd(extents: usize, first: u32, start: u32, count: u32): usize {
  const length = extentsLength(extents);
  if (length) {
    const last = extentAt(extents, length - 1);
    if (last.start + last.count == start && last.first + last.count == first) {
      last.count += count;
      return extents;
    }
  }
  return extentsAppend(extents, first, start, count);
}

/** Add a run as it is. */
export function extentsAppend(extents: usize, first: u32, start: u32, count: u32): usize {
  const length = extentsLength(extents);
  const array = extentsReserve(extents);
  if (!array) return 0;
  const entry = extentAt(array, length);
  entry.first = first;
  entry.start = start;
  entry.count = count;
  changetype<Extents>(array).length = length + 1;
  return array;
}

/** The index of the run that holds position `index` of a chain, which has it. */
export function extentFind(extents: usize, index: u32): u32 {
  let low: u32 = 0;
  let high = extentsLength(extents) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (extentAt(extents, middle).first <= index) low = middle; else high = middle - 1;
  }
  return low;
}

/** The cluster at position `index` of a chain, or 0 behind its end. */
export function extentsCluster(extents: usize, index: u32): u32 {
  if (index >= extentsClusters(extents)) return 0;
  const extent = extentAt(extents, extentFind(extents, index));
  return extent.start + (index - extent.first);
}

/** Forget what is behind the first `clusters` of a chain. */
export function extentsCut(extents: usize, clusters: u32): void {
  if (!extents) return;
  let length = changetype<Extents>(extents).length;
  while (length && extentAt(extents, length - 1).first >= clusters) length--;
  if (length) {
    const last = extentAt(extents, length - 1);
    last.count = min(last.count, clusters - last.first);
  }
  changetype<Extents>(extents).length = length;
}
