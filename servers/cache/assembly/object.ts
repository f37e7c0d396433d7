// Objects: the Dataspaces of a volume. Number 0 is the disk itself; the others are files. An object ends when it is dropped, or with its volume;
// whoever has dropped the server's lock finds it again by its number, or holds the volume's mutex, which dropping takes.

import * as kernel from "../../../lib/assembly/kernel";
import { NoMemory, QuotaExceeded, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listAppend, listFirst, listInitialize, listRemove } from "../../../lib/assembly/memory/list";
import { numberAdd, numberFind, numberRemove } from "../../../lib/assembly/memory/number-table";
import { aheadForget } from "./ahead";
import { pageOfLink, pageRemove } from "./page";
import { PAGE_LIMIT, objectNumbers } from "./state";
import { Volume, objectList } from "./volume-record";

@unmanaged export class CacheObject {
  /** List of the volume's objects. */
  next: u32;
  previous: u32;
  /** Its pages. */
  pagesNext: u32;
  pagesPrevious: u32;
  number: u32;
  /** The Volume. */
  volume: u32;
  /** Slot of the Dataspace, with all rights. */
  dataspace: i32;
  /** Pages with the flag DIRTY. */
  dirtyPages: u32;
  /** How often it was mapped, and when last, ns (page.ts). */
  maps: u32;
  mappedAt: i64;
  /** When it was first seen dirty since it was last written, ns; 0: not. */
  dirtySince: u64;

  @inline get home(): Volume { return changetype<Volume>(<usize>this.volume); }
}

@inline export function pageList(object: CacheObject): usize { return changetype<usize>(object) + offsetof<CacheObject>("pagesNext"); }
@inline export function isImage(object: CacheObject): bool { return object.number == 0; }

/** The object of a number in a volume, or null. */
export function objectFind(volume: Volume, number: u32): CacheObject {
  if (number == 0) return changetype<CacheObject>(<usize>volume.image);
  const object = changetype<CacheObject>(numberFind(objectNumbers(), number));
  return changetype<usize>(object) && <usize>object.volume == changetype<usize>(volume) ? object : changetype<CacheObject>(0);
}

/** A new object of `size` bytes; `image`: the disk's own. Null, and then `kernel.w0` says why. */
export function objectAdd(volume: Volume, size: u64, image: bool): CacheObject {
  const object = changetype<CacheObject>(allocate(<i32>offsetof<CacheObject>()));
  if (!changetype<usize>(object)) return failed(NoMemory);
  const dataspace = kernel.dataspaceCreate(<i64>size);
  const number = dataspace > 0 && !image ? numberAdd(objectNumbers(), changetype<usize>(object)) : 0;
  if (dataspace < 0 || (!number && !image)) {
    dropCap(dataspace);
    release(changetype<usize>(object));
    return failed(dataspace < 0 && dataspace != QuotaExceeded ? dataspace : TooManyOpen);
  }
  object.number = number;
  object.volume = <u32>changetype<usize>(volume);
  object.dataspace = dataspace;
  listInitialize(pageList(object));
  listAppend(objectList(volume), changetype<usize>(object));
  volume.objects++;
  return object;
}

function failed(status: i32): CacheObject {
  kernel.w0 = status;
  return changetype<CacheObject>(0);
}

/** Forget pages from `first` on, without writing them. Nobody else may be reading or writing them: hold the mutex. */
export function objectForget(object: CacheObject, first: u32): void {
  aheadForget(object.home, object.number, first, -1);
  let link = listFirst(pageList(object));
  while (link != pageList(object)) {
    const page = pageOfLink(link);
    link = listAfter(link);
    if (page.index >= first) pageRemove(page, false);
  }
  kernel.dataspaceEvict(object.dataspace, <i32>first, <i32>(PAGE_LIMIT - first));
}

/** The end of an object: as objectForget, and its Dataspace is empty for whoever still has it. */
export function objectRemove(object: CacheObject): void {
  const volume = object.home;
  objectForget(object, 0);
  kernel.dataspaceResize(object.dataspace, 0);
  dropCap(object.dataspace);
  // Whoever goes through the objects and has dropped the lock goes on with the next one.
  if (<usize>volume.ageCursor == changetype<usize>(object)) volume.ageCursor = object.next;
  listRemove(changetype<usize>(object));
  if (object.number) numberRemove(objectNumbers(), object.number);
  release(changetype<usize>(object));
  volume.objects--;
}
