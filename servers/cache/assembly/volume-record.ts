// Volumes: disks in the cache. A badge names one. It ends when its last capability goes or when it is detached (volume-end.ts): from then on no badge
// finds it, and the record goes when the last thread that is at work on it has left.
//
//   const volume = volumeEnter(badge);      null: BadHandle
//   ... mutexAcquire(volume.mutex) around whatever reads or writes its disk, or changes which pages and objects it has (but for
//       giving up clean pages, which other volumes do under the server's lock alone, and adding objects) ...
//   volumeLeave(volume);                    on every path out
//
// Never hold two volumes' mutexes, nor wait for room (shares.ts) while holding one.

import { allocate, allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { listAppend, listInitialize, listRemove } from "../../../lib/assembly/memory/list";
import { numberAdd, numberFind, numberRemove } from "../../../lib/assembly/memory/number-table";
import { Mutex, mutexCreate } from "../../../lib/assembly/sync/mutex";
import { arrivalForget } from "./arrival";
import { policyForget, policyInitialize } from "./policy";
import { PolicyState } from "./policy-state";
import { Page } from "./page";
import { BATCH_SIZE } from "./batch";
import { CHUNK, RECENT_FILLED, RECENT_MAPPED, SMALL_CHUNK, TRANSFER, state, volumeList, volumeNumbers } from "./state";

@unmanaged export class Volume {
  /** List of volumes. */
  next: u32;
  previous: u32;
  /** List of objects; the image is the first. */
  objectsNext: u32;
  objectsPrevious: u32;
  number: u32;
  /** Watched root of its capabilities. */
  root: i32;
  /** Slot of the `disk`. */
  disk: i32;
  /** The CacheObject of number 0. */
  image: u32;
  /** Threads at work on it. */
  users: u32;
  /** The next object that ageing looks at (age.ts). */
  ageCursor: u32;
  ended: bool;
  /** The disk's driver has died. */
  failed: bool;
  readOnly: bool;
  nameLength: u32;
  sectors: u32;
  guaranteed: u32;
  /** 0: no limit but the total. */
  limit: u32;
  /** Pages it has, with those that are promised. */
  pages: u32;
  objects: u32;
  /** Error of the last write-back. */
  lastError: i32;
  /** The page of the image after the last that was asked for, and how many the next reading-ahead takes. */
  faultNext: u32;
  faultAhead: u32;
  /** The most bytes that its disk takes at once. */
  transferLimit: i32;
  /** TRANSFER bytes, and BATCH_SIZE: of whoever holds the mutex. */
  transfer: usize;
  batch: usize;
  batchCount: u32;
  /** Where the next page that was mapped, or filled, goes among those that stay. */
  mappedNext: u32;
  filledNext: u32;
  /** Stamp of the search for room that has tried it (shares.ts). */
  tried: u32;
  hits: u64; misses: u64; readAhead: u64; evictions: u64; writeBacks: u64; barriers: u64; diskReads: u64; diskWrites: u64; failures: u64;
  mutex0: u64;
  /** ARRIVAL_SLOTS Arrivals (arrival.ts). */
  arrival0: u64; arrival1: u64; arrival2: u64; arrival3: u64;

  @inline get mutex(): Mutex { return changetype<Mutex>(changetype<usize>(this) + offsetof<Volume>("mutex0")); }
  @inline get policy(): PolicyState { return changetype<PolicyState>(changetype<usize>(this) + POLICY); }
  @inline get name(): usize { return changetype<usize>(this) + NAME; }
}

export const ARRIVAL_SLOTS: u32 = 4;
@inline export function arrivalAt(volume: Volume, i: u32): usize { return changetype<usize>(volume) + offsetof<Volume>("arrival0") + (<usize>i << 3); }

const POLICY: usize = offsetof<Volume>();
const NAME: usize = POLICY + offsetof<PolicyState>();
/** RECENT_MAPPED pages that `map` named last, and RECENT_FILLED that somebody waited for last. */
const RECENT_PAGES: usize = NAME + 64;
const RECENT: u32 = RECENT_MAPPED + RECENT_FILLED;
const SIZE: usize = RECENT_PAGES + 4 * <usize>RECENT;

@inline export function objectList(volume: Volume): usize { return changetype<usize>(volume) + offsetof<Volume>("objectsNext"); }
@inline export function isNull(volume: Volume): bool { return changetype<usize>(volume) == 0; }

/** Pages that a policy may count on. */
@inline export function volumeCapacity(volume: Volume): u32 { return max(volume.pages, volume.guaranteed); }
/** The most pages it may have. */
@inline export function volumeLimit(volume: Volume): u32 { return volume.limit ? volume.limit : state().total; }
/** Pages that are read at once: not so many that they push out most of what it has. */
@inline export function chunkOf(volume: Volume): i32 { return min(volumeLimit(volume), state().total) < <u32>CHUNK * 8 ? SMALL_CHUNK : CHUNK; }
/** Pages above its guarantee. */
@inline export function volumeBorrowed(volume: Volume): u32 { return volume.pages > volume.guaranteed ? volume.pages - volume.guaranteed : 0; }

/** The volume of a badge, which stays until volumeLeave; null if there is none. */
export function volumeEnter(badge: u32): Volume {
  const volume = changetype<Volume>(numberFind(volumeNumbers(), badge));
  if (isNull(volume) || volume.ended) return changetype<Volume>(0);
  volume.users++;
  return volume;
}

export function volumeLeave(volume: Volume): void {
  if (--volume.users == 0 && volume.ended) volumeFree(volume);
}

/** A record without objects and disk, with one user; null without memory. */
export function volumeAdd(): Volume {
  const volume = changetype<Volume>(allocate(<i32>SIZE));
  if (isNull(volume)) return volume;
  volume.users = 1;
  volume.transfer = allocateRaw(TRANSFER);
  volume.batch = allocateRaw(BATCH_SIZE);
  listInitialize(objectList(volume));
  policyInitialize(volume.policy, state().policy);
  listAppend(volumeList(), changetype<usize>(volume));
  state().volumeCount++;
  volume.number = numberAdd(volumeNumbers(), changetype<usize>(volume));
  if (volume.transfer && volume.batch && volume.number && mutexCreate(volume.mutex) == 0) return volume;
  volume.ended = true;
  volumeLeave(volume);
  return changetype<Volume>(0);
}

/** It has no pages and no objects any more. */
function volumeFree(volume: Volume): void {
  policyForget(volume.policy);
  dropCap(volume.root);
  dropCap(volume.disk);
  dropCap(volume.mutex.notification);
  arrivalForget(volume);
  if (volume.number) numberRemove(volumeNumbers(), volume.number);
  listRemove(changetype<usize>(volume));
  state().volumeCount--;
  state().guaranteed -= volume.guaranteed;
  release(volume.transfer);
  release(volume.batch);
  release(changetype<usize>(volume));
}

@inline function recentAt(volume: Volume, i: u32): usize { return changetype<usize>(volume) + RECENT_PAGES + (<usize>i << 2); }

/** A page was mapped: it stays until RECENT_MAPPED others were, so that who maps alone in a volume may take his time. */
export function keepMapped(volume: Volume, page: Page): void {
  keep(volume, page, volume.mappedNext);
  volume.mappedNext = (volume.mappedNext + 1) % RECENT_MAPPED;
}

/** A page was filled: it stays until RECENT_FILLED others were, so that whoever waited finds it. */
export function keepFilled(volume: Volume, page: Page): void {
  keep(volume, page, RECENT_MAPPED + volume.filledNext);
  volume.filledNext = (volume.filledNext + 1) % RECENT_FILLED;
}

function keep(volume: Volume, page: Page, place: u32): void {
  const at = recentAt(volume, place), old = changetype<Page>(<usize>load<u32>(at));
  if (changetype<usize>(old)) old.recent--;
  store<u32>(at, <u32>changetype<usize>(page));
  page.recent++;
}

/** How many pages are named, with repetitions. */
export function recentCount(volume: Volume): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < RECENT; i++) if (load<u32>(recentAt(volume, i))) count++;
  return count;
}

/** The page's record goes. */
export function recentForget(volume: Volume, page: Page): void {
  for (let i: u32 = 0; i < RECENT; i++) if (<usize>load<u32>(recentAt(volume, i)) == changetype<usize>(page)) store<u32>(recentAt(volume, i), 0);
  page.recent = 0;
}
