// Pages: one record for each page of an object that is present, or about to be. A page's record goes when the page is given up, so it has one
// whenever it is dirty. A record's life:
//
//   promised (shares.ts) -> made, BUSY -> present -> given up (clean, not kept) or forgotten (unmap, drop)
//
//   BUSY       it is being read or written: it stays
//   DIRTY      it was found dirty and its mark was cleared, but it is not written yet: as good as the kernel's mark
//   AGAIN      it has got new places while it was on its way to the old ones: when it has got there, it is DIRTY still
//   BLANK      zeros that were supplied because it is about to be overwritten whole: not what is on the disk
//   recent     times it is among the pages named last (volume-record.ts): it stays
//   mapped     by which `map` of its object it was named last: it stays for MAPPED_STAYS if that was the object's last
//
// Why a page that was mapped stays, even if it is present, clean and nobody has read it: whoever mapped it is about to write it with the right Manage,
// and would make a new page, without a record, were it gone. That it is marked dirty does not say that he has finished: the kernel marks a page before
// it copies, and a thread may stand still in between while the page is cleaned and given up. So only the next `map` of the object says that, or time,
// for which writers look at the clock.

import * as kernel from "../../../lib/assembly/kernel";
import { MAP_PATIENCE } from "../../../abi/layout/limits";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { listAppend, listInitialize, listRemove } from "../../../lib/assembly/memory/list";
import { CacheObject, pageList } from "./object";
import { policyAdd, policyRemove } from "./policy";
import { PolicyEntry } from "./policy-state";
import { PAGE_SIZE, SECTOR, pageTable, state } from "./state";
import { Volume, recentForget, volumeCapacity } from "./volume-record";

export const BUSY: u32 = 1;
export const DIRTY: u32 = 2;
export const BLANK: u32 = 4;
export const AGAIN: u32 = 8;

/** Nanoseconds that the pages of an object's last `map` stay: more than writers have, as Workers' clocks may differ. */
const MAPPED_STAYS: i64 = 4 * MAP_PATIENCE;
/** A clock that is behind by more than this has been set. */
const CLOCK_SET: i64 = 1_000_000_000;

@unmanaged export class Page extends PolicyEntry {
  /** List of the object's pages. */
  objectNext: u32;
  objectPrevious: u32;
  /** The CacheObject. */
  owner: u32;
  flags: u32;
  recent: u32;
  mapped: u32;
  /** Blocks of a batch that are not yet written (write-back.ts). */
  pending: u32;
  /** Bytes of a block: SECTOR to PAGE_SIZE. */
  blockSize: u32;
  /** Sector of each block, 0 for none. Of the disk's own pages only `blockSize` counts. */
  place0: u32; place1: u32; place2: u32; place3: u32; place4: u32; place5: u32; place6: u32; place7: u32;

  @inline get target(): CacheObject { return changetype<CacheObject>(<usize>this.owner); }
}

const LINK: usize = offsetof<Page>("objectNext");
@inline export function pageOfLink(link: usize): Page { return changetype<Page>(link - LINK); }
@inline function hashOf(object: CacheObject, index: u32): u32 { return hashNumber(<u64>changetype<usize>(object) << 32 | index); }

export function pageFind(object: CacheObject, index: u32): Page {
  for (let node = hashFirst(pageTable(), hashOf(object, index)); node; node = hashNext(node)) {
    const page = changetype<Page>(node);
    if (page.index == index && <usize>page.owner == changetype<usize>(object)) return page;
  }
  return changetype<Page>(0);
}

/** A new record for a page that has none, out of a promise (shares.ts): null without memory, and the promise stands. */
export function pageAdd(object: CacheObject, index: u32, flags: u32): Page {
  const page = changetype<Page>(allocate(<i32>offsetof<Page>()));
  if (!changetype<usize>(page)) return page;
  page.object = object.number;
  page.index = index;
  page.list = -1;
  page.owner = <u32>changetype<usize>(object);
  page.flags = flags;
  page.blockSize = PAGE_SIZE;
  hashInsert(pageTable(), changetype<usize>(page), hashOf(object, index));
  listAppend(pageList(object), changetype<usize>(page) + LINK);
  const volume = object.home;
  policyAdd(volume.policy, page, volumeCapacity(volume));
  return page;
}

/** The end of a record. `evicted`: for want of room, so that the policy remembers it. */
export function pageRemove(page: Page, evicted: bool): void {
  const object = page.target, volume = object.home;
  if (page.recent) recentForget(volume, page);
  setClean(page);
  policyRemove(volume.policy, page, evicted, volumeCapacity(volume));
  hashRemove(pageTable(), changetype<usize>(page));
  listRemove(changetype<usize>(page) + LINK);
  release(changetype<usize>(page));
  volume.pages--;
  state().used--;
}

@inline export function isBusy(page: Page): bool { return (page.flags & BUSY) != 0; }
@inline export function isDirty(page: Page): bool { return (page.flags & DIRTY) != 0; }

export function setDirty(page: Page): void {
  if (isDirty(page)) return;
  page.flags |= DIRTY;
  page.target.dirtyPages++;
}

export function setClean(page: Page): void {
  if (!isDirty(page)) return;
  page.flags &= ~DIRTY;
  page.target.dirtyPages--;
}

/** Its contents, which may be clean, have to be written once more. */
export function setDirtyAgain(page: Page): void {
  setDirty(page);
  if (page.pending) page.flags |= AGAIN;
}

/** Whether it was named by its object's last `map`, and that is not long ago. */
export function isMapped(page: Page): bool {
  const object = page.target;
  if (!page.mapped || page.mapped != object.maps) return false;
  const ago = kernel.monotonic() - object.mappedAt;
  if (ago < MAPPED_STAYS && ago > -CLOCK_SET) return true;
  page.mapped = 0;
  return false;
}

@inline export function placeAt(page: Page, block: i32): usize { return changetype<usize>(page) + offsetof<Page>("place0") + (<usize>block << 2); }

/** Say where a page of a file belongs: one sector for each of its blocks. Whether there is a place among them that it did not have. */
export function setPlaces(page: Page, blockSize: u32, places: usize): bool {
  let gained = false;
  for (let block: i32 = 0; block < PAGE_SIZE / <i32>blockSize; block++) {
    const at = placeAt(page, block), place = load<u32>(places + (<usize>block << 2));
    if (place && (place != load<u32>(at) || page.blockSize != blockSize)) gained = true;
    store<u32>(at, place);
  }
  page.blockSize = blockSize;
  return gained;
}

/** First sector of a page of the disk itself. */
@inline export function sectorOfImage(page: Page): u32 { return page.index * <u32>(PAGE_SIZE / SECTOR); }
