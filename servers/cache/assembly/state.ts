// The root record of the buffer cache. The server's lock is dropped during every call to a disk and while a thread waits for a volume's
// mutex: what was found before must be looked up again after, but for what the mutex (volume-record.ts) or a count of users keeps.

import { allocate } from "../../../lib/assembly/memory/allocator";
import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { HashTable, hashInitialize } from "../../../lib/assembly/memory/hash-table";
import { listInitialize } from "../../../lib/assembly/memory/list";
import { NumberTable, numbersInitialize } from "../../../lib/assembly/memory/number-table";
import { TRANSFER_LIMIT } from "../../../abi/layout/limits";
import { ReplacementPolicy } from "../../../abi/generated/assembly/enums";

@unmanaged export class State {
  /** List of volumes, in the order in which they came. */
  volumesNext: u32;
  volumesPrevious: u32;
  /** Volumes by badge: NumberTable. */
  numbers0: u64;
  numbers1: u64;
  numbers2: u64;
  /** Objects by number: NumberTable. */
  objects0: u64;
  objects1: u64;
  objects2: u64;
  /** Pages by object and index: HashTable. */
  pages0: u64;
  pages1: u64;
  /** Pages remembered by policies after they were given up: HashTable. */
  ghosts0: u64;
  ghosts1: u64;
  /** The most pages of all volumes together. */
  total: u32;
  /** Pages of all volumes together, with those that are promised (shares.ts). */
  used: u32;
  /** Sum of the volumes' guarantees. */
  guaranteed: u32;
  volumeCount: u32;
  policy: u32;
  /** Stamp of the last search for room (shares.ts). */
  search: u32;
  /** How many pages were met in searches for room that stay for a moment only, as they were mapped just now (evict.ts). */
  mappedSeen: u32;
  /** A page of zeros. */
  zeros: usize;
  /** List of what is to be read ahead (ahead.ts), and how many there are. */
  aheadNext: u32;
  aheadPrevious: u32;
  aheadCount: u32;
  /** Slot of the Notification that tells the home Worker of it; 0: none. */
  bell: i32;
  /** The home Worker serves: what nobody waits for can be left to it. */
  serving: bool;
  /** It will look whether there is something before it waits. */
  awake: bool;
  /** Somebody waited for the mutex of the volume that it has just worked for. */
  givesWay: bool;
}

export const PAGE_SIZE: i32 = 4096;
export const SECTOR: i32 = 512;
/** Bytes that pass to or from a disk at once, at the most. */
export const TRANSFER: i32 = TRANSFER_LIMIT;
/** Pages that are read at once: a transfer where there is room for it (chunkOf), and where there is little. */
export const CHUNK: i32 = TRANSFER / 4096;
export const SMALL_CHUNK: i32 = 16;
/** Page numbers of a Dataspace are below. */
export const PAGE_LIMIT: u32 = 1 << 24;
export const MAX_VOLUMES: u32 = 32;
/** 64 MiB, which is what a domain gets by default. */
export const DEFAULT_TOTAL: u32 = 16384;
/** What the records of so many pages take fits the server's memory. */
export const MAX_TOTAL: u32 = 262144;
/** What every volume is guaranteed: the pages it may have under way, and those that must stay (RECENT_…), and some more. */
export const LEAST_GUARANTEE: u32 = 64;
/** How many of the pages that were mapped last, and that were filled last, stay where they are. */
export const RECENT_MAPPED: u32 = 32;
export const RECENT_FILLED: u32 = 16;
/** After so long a dirty page is written. */
export const AGE: u64 = 5_000_000_000;
export const MAX_NAME: i32 = 63;

@inline export function state(): State { return changetype<State>(SERVER_STATE); }
@inline export function volumeList(): usize { return SERVER_STATE; }
@inline export function aheadList(): usize { return SERVER_STATE + offsetof<State>("aheadNext"); }
@inline export function volumeNumbers(): NumberTable { return changetype<NumberTable>(SERVER_STATE + offsetof<State>("numbers0")); }
@inline export function objectNumbers(): NumberTable { return changetype<NumberTable>(SERVER_STATE + offsetof<State>("objects0")); }
@inline export function pageTable(): HashTable { return changetype<HashTable>(SERVER_STATE + offsetof<State>("pages0")); }
@inline export function ghostTable(): HashTable { return changetype<HashTable>(SERVER_STATE + offsetof<State>("ghosts0")); }

/** Empty tables; false if the memory is too small for them. */
export function initializeState(): bool {
  listInitialize(volumeList());
  listInitialize(aheadList());
  state().total = DEFAULT_TOTAL;
  state().policy = ReplacementPolicy.Clock;
  state().zeros = allocate(PAGE_SIZE);
  return state().zeros != 0 && numbersInitialize(volumeNumbers()) && numbersInitialize(objectNumbers()) && hashInitialize(pageTable()) && hashInitialize(ghostTable());
}
