// The root record of the server: numbers of badges, the list of volumes, the reason of the last attach. Everything else belongs to a
// volume (volume.ts), since the server's lock is dropped whenever it calls the cache, and requests to other volumes come in.
//
//   SERVER_STATE  State | +1024 text of the reason

import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { NumberTable, numberFind, numbersInitialize } from "../../../lib/assembly/memory/number-table";
import { checksumTables } from "./checksum";

@unmanaged export class State {
  /** Volumes, open files, clients of mounts, and inodes that are pagers, by badge: NumberTable. */
  numbers0: u64;
  numbers1: u64;
  numbers2: u64;
  /** Volume, the first of the list. */
  volumes: u32;
  reasonLength: i32;
  /** Why the last request got no volume; read at once, before the server's lock is dropped. */
  refused: i32;
  /** Monotonic ns of the last look for old transactions. */
  ticked: i64;
  /** Tables of checksum.ts. */
  checksums: usize;
}

export const REASON: usize = SERVER_STATE + 1024;
export const REASON_SIZE: i32 = 200;

/** What a record with a number is; the tag lies at the same place in all of them. */
export const TAG_VOLUME: u32 = 0x4c4f56;
export const TAG_FILE: u32 = 0x454c46;
export const TAG_INODE: u32 = 0x444e49;
export const TAG_CLIENT: u32 = 0x494c43;

/** The head of every record that has a number. */
@unmanaged export class Tagged {
  // HashLink, where the record is in a table.
  hashNext: u32;
  hash: u32;
  tag: u32;
  /** Its number, or 0. */
  badge: u32;
}

@inline export function state(): State { return changetype<State>(SERVER_STATE); }
@inline export function numbers(): NumberTable { return changetype<NumberTable>(SERVER_STATE); }
export function initializeState(): bool {
  state().checksums = checksumTables();
  return state().checksums != 0 && numbersInitialize(numbers());
}

/** The record of a kind that a badge names, or 0. */
export function recordFind(badge: u32, tag: u32): usize {
  const record = numberFind(numbers(), badge);
  return record && changetype<Tagged>(record).tag == tag ? record : 0;
}
