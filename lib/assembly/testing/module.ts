// The library's memory and locks as a module of their own, for the tests beside them.

import { allocate, freeBytes, heapIsWhole, initializeAllocator, release } from "../memory/allocator";
import { HashLink, HashTable, hashFirst, hashInitialize, hashInsert, hashNext, hashNumber, hashRemove } from "../memory/hash-table";
import { NumberTable, numberAdd, numberFind, numberRemove, numbersInitialize } from "../memory/number-table";
import { Text } from "../memory/text";
import { lockAcquire, lockRelease } from "../sync/lock";

export { allocate, freeBytes, heapIsWhole, initializeAllocator, release };

/** A hash table of numbers: records of { HashLink, key }. */
export function tableCreate(): usize {
  const table = allocate(<i32>offsetof<HashTable>());
  return hashInitialize(changetype<HashTable>(table)) ? table : 0;
}
function find(table: usize, key: u32): usize {
  let node = hashFirst(changetype<HashTable>(table), hashNumber(key));
  while (node && load<u32>(node, offsetof<HashLink>()) != key) node = hashNext(node);
  return node;
}
export function tableHas(table: usize, key: u32): bool { return find(table, key) != 0; }
export function tableAdd(table: usize, key: u32): void {
  const node = allocate(<i32>offsetof<HashLink>() + 4);
  store<u32>(node, key, offsetof<HashLink>());
  hashInsert(changetype<HashTable>(table), node, hashNumber(key));
}
export function tableRemove(table: usize, key: u32): void {
  const node = find(table, key);
  hashRemove(changetype<HashTable>(table), node);
  release(node);
}

export function numbersCreate(): usize {
  const table = allocate(<i32>offsetof<NumberTable>());
  return numbersInitialize(changetype<NumberTable>(table)) ? table : 0;
}
export function numbersAdd(table: usize, record: usize): u32 { return numberAdd(changetype<NumberTable>(table), record); }
export function numbersFind(table: usize, number: u32): usize { return numberFind(changetype<NumberTable>(table), number); }
export function numbersRemove(table: usize, number: u32): void { numberRemove(changetype<NumberTable>(table), number); }

/** Writes a number in decimal between brackets into `capacity` bytes behind the result; its length. */
export function decimal(buffer: usize, capacity: i32, value: i64): i32 {
  const text = changetype<Text>(allocate(<i32>offsetof<Text>()));
  text.start(buffer, capacity);
  text.constant(0x5b);
  text.decimal(value);
  text.byte(0x5d);
  const length = text.length;
  release(changetype<usize>(text));
  return length;
}

/** Add 1 to an ordinary word `times` times, each under the lock. */
export function count(lock: usize, word: usize, times: i32): void {
  for (let i = 0; i < times; i++) {
    lockAcquire(lock);
    store<u32>(word, load<u32>(word) + 1);
    lockRelease(lock);
  }
}
