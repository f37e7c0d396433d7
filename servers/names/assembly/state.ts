// What the name server knows: names with their capabilities, and the lookups that wait for one.

import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { listAfter, listFirst, listInitialize } from "../../../lib/assembly/memory/list";
import { textEquals } from "../../../lib/assembly/memory/text";

export const MAX_ENTRIES: u32 = 256;
export const MAX_WAITERS: u32 = 256;
export const NAME_LIMIT: i32 = 63;

/** A name: `length` bytes behind the record. */
@unmanaged export class Entry {
  linkNext: u32;
  linkPrevious: u32;
  /** The capability for everyone, or 0; of a waiter, the saved reply. */
  slot: i32;
  /** The capability for those who ask with Manage, or 0; of a waiter, 1 if it asked with Manage. */
  administrative: i32;
  length: i32;
  /** The Notification to signal when the name is looked up, or 0 if there is none or it was signalled; whether somebody asked to be told and has
   *  not learnt yet that it was; whether it was looked up since it was published. */
  watch: i32;
  watched: i32;
  wanted: i32;
  watchBits: u64;
  @inline get text(): usize { return changetype<usize>(this) + offsetof<Entry>(); }

  /** What this name means to one who asked with Manage or without; 0: nothing. */
  @inline slotFor(administrator: bool): i32 { return administrator && this.administrative ? this.administrative : this.slot; }
}

@unmanaged export class State {
  entriesNext: u32;
  entriesPrevious: u32;
  waitersNext: u32;
  waitersPrevious: u32;
  entryCount: u32;
  waiterCount: u32;
}

@inline export function state(): State { return changetype<State>(SERVER_STATE); }
@inline export function entries(): usize { return SERVER_STATE; }
@inline export function waiters(): usize { return SERVER_STATE + offsetof<State>("waitersNext"); }

export function initializeState(): void {
  listInitialize(entries());
  listInitialize(waiters());
}

/** The first record of a list whose name is the given one, from `link` on; 0 if there is none. */
export function findNamed(head: usize, link: usize, name: usize, length: i32): usize {
  for (; link != head; link = listAfter(link)) {
    const entry = changetype<Entry>(link);
    if (textEquals(entry.text, entry.length, name, length)) return link;
  }
  return 0;
}

@inline export function findEntry(name: usize, length: i32): usize { return findNamed(entries(), listFirst(entries()), name, length); }
