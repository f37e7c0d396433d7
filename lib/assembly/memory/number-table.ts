// Gives records numbers that fit a capability's badge, and finds them again.
//
//   number = (generation & GENERATIONS) << 16 | index + 1       never 0; a number of a removed record is not found
//
// So a badge that outlives its record (a message that was under way when the last capability went) does not reach another.

import { BADGE_BITS } from "../ipc/badge-bits";
import { allocate, release } from "./allocator";

@unmanaged export class NumberTable {
  /** Entries of 8 bytes: record address, or next free index + 1; generation << 1 | in use. */
  entries: u32;
  capacity: u32;
  /** First free index + 1, or 0. */
  firstFree: u32;
  /** Indices below were used at least once. */
  used: u32;
  count: u32;
  reserved: u32;
}

const FIRST_CAPACITY: u32 = 64;
const GENERATIONS: u32 = (1 << (BADGE_BITS - 16)) - 1;
/** The most records in one table. */
export const NUMBER_LIMIT: u32 = 65535;

@inline function entry(table: NumberTable, index: u32): usize { return <usize>table.entries + (<usize>index << 3); }

/** Make `table` empty; false if there is no memory for it. */
export function numbersInitialize(table: NumberTable): bool {
  memory.fill(changetype<usize>(table), 0, offsetof<NumberTable>());
  return grow(table);
}

/** A number for `record`, or 0 if the table cannot take more. */
export function numberAdd(table: NumberTable, record: usize): u32 {
  let index: u32;
  if (table.firstFree) {
    index = table.firstFree - 1;
    table.firstFree = load<u32>(entry(table, index));
  } else {
    if (table.used == table.capacity && !grow(table)) return 0;
    index = table.used++;
    store<u32>(entry(table, index), 0, 4);
  }
  const at = entry(table, index);
  store<u32>(at, <u32>record);
  store<u32>(at, load<u32>(at, 4) | 1, 4);
  table.count++;
  return (load<u32>(at, 4) >> 1 & GENERATIONS) << 16 | index + 1;
}

/** The record of a number, or 0. */
export function numberFind(table: NumberTable, number: u32): usize {
  const index = (number & 0xffff) - 1;
  if (index >= table.used) return 0;
  const at = entry(table, index);
  const state = load<u32>(at, 4);
  return state & 1 && (state >> 1 & GENERATIONS) == number >> 16 ? <usize>load<u32>(at) : 0;
}

/** Forget a number that numberFind finds. */
export function numberRemove(table: NumberTable, number: u32): void {
  if (!numberFind(table, number)) return;
  const index = (number & 0xffff) - 1;
  const at = entry(table, index);
  store<u32>(at, table.firstFree);
  store<u32>(at, (load<u32>(at, 4) | 1) + 1, 4);
  table.firstFree = index + 1;
  table.count--;
}

function grow(table: NumberTable): bool {
  const capacity = table.capacity ? min(table.capacity << 1, NUMBER_LIMIT) : FIRST_CAPACITY;
  if (capacity <= table.capacity) return false;
  const entries = allocate(<i32>(capacity << 3));
  if (!entries) return false;
  if (table.entries) memory.copy(entries, <usize>table.entries, <usize>table.used << 3);
  release(<usize>table.entries);
  table.entries = <u32>entries;
  table.capacity = capacity;
  return true;
}
