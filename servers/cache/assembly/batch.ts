// A batch of writes that a volume has to do: parts of pages and the sectors they belong to, sorted so that neighbours go in one call. It
// belongs to whoever holds the volume's mutex. A page counts its parts in `pending`.

import { Page } from "./page";
import { Volume } from "./volume-record";

/** Parts in a batch. */
export const BATCH_LIMIT: u32 = 1024;

@unmanaged export class Part {
  sector: u32;
  /** The Page. */
  page: u32;
  /** Where in the page. */
  offset: u16;
  length: u16;

  @inline get whole(): Page { return changetype<Page>(<usize>this.page); }
}

const PART: usize = offsetof<Part>();
export const BATCH_SIZE: i32 = <i32>BATCH_LIMIT * <i32>offsetof<Part>();

@inline export function partAt(volume: Volume, i: u32): Part { return changetype<Part>(volume.batch + <usize>i * PART); }

export function batchAdd(volume: Volume, sector: u32, page: Page, offset: i32, length: i32): void {
  const part = partAt(volume, volume.batchCount++);
  part.sector = sector;
  part.page = <u32>changetype<usize>(page);
  part.offset = <u16>offset;
  part.length = <u16>length;
  page.pending++;
}

export function batchCopy(volume: Volume, from: u32, to: u32): void { memory.copy(changetype<usize>(partAt(volume, to)), changetype<usize>(partAt(volume, from)), PART); }

/** By sector: heap sort, in place. */
export function batchSort(volume: Volume): void {
  const count = volume.batchCount;
  for (let i = <i32>(count >> 1) - 1; i >= 0; i--) sink(volume, <u32>i, count);
  for (let end = count; end > 1;) {
    end--;
    swap(volume, 0, end);
    sink(volume, 0, end);
  }
}

function sink(volume: Volume, from: u32, count: u32): void {
  for (let at = from; ;) {
    let child: u32 = (at << 1) + 1;
    if (child >= count) return;
    if (child + 1 < count && partAt(volume, child + 1).sector > partAt(volume, child).sector) child++;
    if (partAt(volume, at).sector >= partAt(volume, child).sector) return;
    swap(volume, at, child);
    at = child;
  }
}

function swap(volume: Volume, a: u32, b: u32): void {
  const one = changetype<usize>(partAt(volume, a)), other = changetype<usize>(partAt(volume, b));
  for (let word: usize = 0; word < PART; word += 4) {
    const value = load<u32>(one + word);
    store<u32>(one + word, load<u32>(other + word));
    store<u32>(other + word, value);
  }
}

if (offsetof<Part>() != 12) ERROR("a part is not three words");
