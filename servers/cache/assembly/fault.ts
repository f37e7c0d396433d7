// Page faults of volumes' images: somebody reads or writes a page of a disk that is absent.

import * as kernel from "../../../lib/assembly/kernel";
import { Io } from "../../../abi/generated/assembly/errors";
import { objectFind } from "./object";
import { BLANK, Page, pageAdd, pageFind, pageRemove } from "./page";
import { readPages } from "./reading";
import { promise, unpromise } from "./shares";
import { PAGE_SIZE, SECTOR, SMALL_CHUNK, state } from "./state";
import { Volume, chunkOf, isNull, keepFilled, volumeEnter, volumeLeave } from "./volume-record";

/** `wanted` pages from `first` are asked for; `whole`: the first is about to be overwritten. 0 if the first is present now. */
export function imageFault(badge: u32, first: u32, wanted: u32, whole: bool): i32 {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return Io;
  const pages = (volume.sectors + (PAGE_SIZE / SECTOR) - 1) / (PAGE_SIZE / SECTOR);
  const status = first >= pages ? Io : whole ? makeBlank(volume, first) : readOn(volume, first, min(max(wanted, 1), pages - first), pages);
  volumeLeave(volume);
  return min(status, 0);
}

/** Who reads one page after the other gets more of them each time. */
function readOn(volume: Volume, first: u32, wanted: u32, pages: u32): i32 {
  volume.faultAhead = first == volume.faultNext ? min(max(volume.faultAhead << 1, 2), <u32>chunkOf(volume)) : 1;
  const waited = <i32>min(wanted, <u32>SMALL_CHUNK), count = min(max(waited, <i32>volume.faultAhead), <i32>(pages - first));
  const read = readPages(volume, 0, first, count, waited, 0, 0);
  // Less than was asked for is better than nothing.
  const status = read < 0 && count > 1 ? readPages(volume, 0, first, 1, 1, 0, 0) : read;
  volume.faultNext = first + <u32>max(status, 1);
  return status;
}

/** Zeros, without reading: until it is overwritten, it is not what is on the disk (age.ts takes it back if it never is). */
function makeBlank(volume: Volume, first: u32): i32 {
  const status = promise(volume, 1);
  if (status < 0) return status;
  const image = objectFind(volume, 0);
  const page = changetype<usize>(pageFind(image, first)) ? changetype<Page>(0) : pageAdd(image, first, BLANK);
  if (!changetype<usize>(page)) unpromise(volume, 1);
  else if (kernel.dataspaceSupply(image.dataspace, <i64>first * PAGE_SIZE, state().zeros, PAGE_SIZE) > 0) {
    keepFilled(volume, page);
    return 0;
  } else pageRemove(page, false);
  return readOn(volume, first, 1, first + 1);
}
