// The root record of the server, and the numbers that badges are.
//
//   SERVER_STATE  State | +1024 the reason of the last attach, REASON_SIZE bytes
//
// A request on a volume takes the volume's mutex (volume.ts), since the server's own lock is dropped whenever it calls the cache or meets an
// absent page of the disk's image. What is here changes without a call in between, so the server's lock is enough for it.

import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { NumberTable, numberFind, numbersInitialize } from "../../../lib/assembly/memory/number-table";
import { listInitialize } from "../../../lib/assembly/memory/list";

@unmanaged export class State {
  /** What badges name: NumberTable of records that start with their kind. */
  handles0: u64;
  handles1: u64;
  handles2: u64;
  /** List of volumes. */
  volumesNext: u32;
  volumesPrevious: u32;
  /** Length of the reason. */
  reason: i32;
  /** Monotonic time of the last look at what is to be written. */
  ticked: i64;
}

// Kinds of record behind a badge.
export const HANDLE_VOLUME: u32 = 1;
export const HANDLE_FILE: u32 = 2;
export const HANDLE_PAGER: u32 = 3;
export const HANDLE_CLIENT: u32 = 4;

export const REASON_BUFFER: usize = SERVER_STATE + 1024;
export const REASON_SIZE: i32 = 200;

@inline export function state(): State { return changetype<State>(SERVER_STATE); }
@inline export function handles(): NumberTable { return changetype<NumberTable>(SERVER_STATE); }
@inline export function volumeList(): usize { return SERVER_STATE + offsetof<State>("volumesNext"); }

/** The record of a badge if it is of that kind, or 0. */
export function handleFind(badge: u32, kind: u32): usize {
  const record = numberFind(handles(), badge);
  return record && load<u32>(record) == kind ? record : 0;
}

/** False if there is no memory for the tables. */
export function initializeState(): bool {
  listInitialize(volumeList());
  return numbersInitialize(handles());
}
