// A hash table over records in the allocator: chains, doubling as it fills.
//
// A record that can be in a table starts with a HashLink. The caller computes hashes and compares keys:
//
//   for (let node = hashFirst(table, hash); node; node = hashNext(node)) if (my key matches) ...
//
// hashInsert does not look for an equal key. A table that cannot grow goes on with longer chains.

import { allocate, release } from "./allocator";

@unmanaged export class HashLink {
  hashNext: u32;
  hash: u32;
}

@unmanaged export class HashTable {
  buckets: u32;
  /** Buckets - 1. */
  mask: u32;
  count: u32;
  reserved: u32;
}

const FIRST_BUCKETS: u32 = 64;

/** Make `table` empty; false if there is no memory for its buckets. */
export function hashInitialize(table: HashTable): bool {
  table.buckets = <u32>allocate(<i32>(FIRST_BUCKETS * 4));
  table.mask = FIRST_BUCKETS - 1;
  table.count = 0;
  return table.buckets != 0;
}

@inline function bucket(table: HashTable, hash: u32): usize { return <usize>table.buckets + (<usize>(hash & table.mask) << 2); }

export function hashInsert(table: HashTable, node: usize, hash: u32): void {
  if (table.count > table.mask) grow(table);
  const at = bucket(table, hash);
  changetype<HashLink>(node).hashNext = load<u32>(at);
  changetype<HashLink>(node).hash = hash;
  store<u32>(at, <u32>node);
  table.count++;
}

export function hashRemove(table: HashTable, node: usize): void {
  const at = bucket(table, changetype<HashLink>(node).hash);
  let link = at;
  while (load<u32>(link) != <u32>node) {
    // HashLink.hashNext is the first field: a node's address is its link's.
    link = <usize>load<u32>(link);
    if (!link) return;
  }
  store<u32>(link, changetype<HashLink>(node).hashNext);
  table.count--;
}

@inline export function hashFirst(table: HashTable, hash: u32): usize { return skipOthers(<usize>load<u32>(bucket(table, hash)), hash); }
@inline export function hashNext(node: usize): usize { return skipOthers(<usize>changetype<HashLink>(node).hashNext, changetype<HashLink>(node).hash); }

function skipOthers(node: usize, hash: u32): usize {
  while (node && changetype<HashLink>(node).hash != hash) node = <usize>changetype<HashLink>(node).hashNext;
  return node;
}

function grow(table: HashTable): void {
  const size = (table.mask + 1) << 1;
  const buckets = allocate(<i32>(size << 2));
  if (!buckets) return;
  const mask = size - 1;
  for (let i: u32 = 0; i <= table.mask; i++) {
    let node = <usize>load<u32>(<usize>table.buckets + (<usize>i << 2));
    while (node) {
      const link = changetype<HashLink>(node);
      const next = <usize>link.hashNext;
      const at = buckets + (<usize>(link.hash & mask) << 2);
      link.hashNext = load<u32>(at);
      store<u32>(at, <u32>node);
      node = next;
    }
  }
  release(<usize>table.buckets);
  table.buckets = <u32>buckets;
  table.mask = mask;
}

/** Hash of bytes (FNV-1a with a final mix), started from `seed`. */
export function hashBytes(address: usize, length: i32, seed: u32): u32 {
  let hash: u32 = 0x811c9dc5 ^ seed;
  for (let i = 0; i < length; i++) hash = (hash ^ load<u8>(address + <usize>i)) * 0x01000193;
  return mix(hash);
}

/** Hash of a number. */
export function hashNumber(value: u64): u32 {
  return mix(<u32>value * 0x9e3779b1 ^ <u32>(value >> 32) * 0x85ebca77);
}

@inline function mix(hash: u32): u32 {
  hash = (hash ^ hash >> 16) * 0x7feb352d;
  hash = (hash ^ hash >> 15) * 0x846ca68b;
  return hash ^ hash >> 16;
}
