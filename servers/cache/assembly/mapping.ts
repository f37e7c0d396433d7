// Mapping: saying where pages belong that are about to be written, or that were written while they had no record or other places: what is present
// and is not on the disk where it belongs from now on is DIRTY.

import { BadArgument, NoMemory } from "../../../abi/generated/assembly/errors";
import { aheadForget } from "./ahead";
import * as kernel from "../../../lib/assembly/kernel";
import { CacheObject, objectFind } from "./object";
import { pageAdd, pageFind, setDirtyAgain, setPlaces } from "./page";
import { placeBytes } from "./reading";
import { promise, unpromise } from "./shares";
import { Volume, keepMapped } from "./volume-record";

const ATTEMPTS: i32 = 64;

/** A `map` of an object begins: what those before named was written. */
export function mapBegin(object: CacheObject): void { object.maps = max(object.maps + 1, 1); }

/** Records for `count` (at most SMALL_CHUNK) pages, with their places, and they stay for the moment: 0, or a negated error. */
export function mapPages(volume: Volume, number: u32, first: u32, count: i32, blockSize: u32, places: usize): i32 {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let object = objectFind(volume, number);
    if (!changetype<usize>(object)) return BadArgument;
    let missing: u32 = 0;
    for (let i = 0; i < count; i++) if (!changetype<usize>(pageFind(object, first + <u32>i))) missing++;
    const status = promise(volume, missing);
    if (status < 0) return status;
    // The lock may have been dropped.
    object = objectFind(volume, number);
    aheadForget(volume, number, first, first + <u32>count);
    let left = missing, done = 0;
    if (changetype<usize>(object)) object.mappedAt = kernel.monotonic();
    while (changetype<usize>(object) && done < count) {
      const index = first + <u32>done, present = kernel.dataspaceMarks(object.dataspace, <i32>index, 1, 0) >= 0 && (kernel.w0 & 1) != 0;
      let page = pageFind(object, index);
      const added = !changetype<usize>(page);
      if (added) {
        if (!left) break;
        page = pageAdd(object, index, 0);
        if (!changetype<usize>(page)) break;
        left--;
        volume.misses++;
      }
      const gained = setPlaces(page, blockSize, places + <usize>done * placeBytes(blockSize));
      // Without a record, it was written by somebody who had stood still; without a place, what it has may have been written back to nowhere.
      if (present && (added || gained)) setDirtyAgain(page);
      page.mapped = object.maps;
      keepMapped(volume, page);
      done++;
    }
    const out = left > 0;
    unpromise(volume, left);
    if (done == count) return 0;
    if (!changetype<usize>(object)) return BadArgument;
    if (out) return NoMemory;
  }
  return NoMemory;
}
