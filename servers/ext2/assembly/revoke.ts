// Blocks that a replay must not write: their numbers go to the journal with the running transaction, and then no copy of them in it or in an
// earlier one counts. That is metadata that was freed, and blocks of files of which the journal has a copy (ordered.ts: they are "logged") when
// they are freed, or when they have been written in their place since.
//
// A block that is revoked is not logged again in the same transaction: it is free until the commit, or was written in its place for it.

import { NoMemory } from "../../../abi/generated/assembly/errors";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { sayStart, volumeFail } from "./image";
import { noInode } from "./inode";
import { inodeKnown } from "./inode-cache";
import { Volume, loggedOf } from "./volume";

/** A block of a file with a copy in the journal. */
@unmanaged class Logged {
  hashNext: u32;
  hash: u32;
  block: u32;
  /** Number of the file's inode. */
  inode: u32;
  /** Where its copy is, if it is to be read there: a block of the disk; 0: it is escaped there. */
  at: u32;
}

/** Revoke a block: false if the volume failed. */
export function revoke(v: Volume, block: u32): bool {
  if (v.revokedCount == v.revokedRoom) {
    const room = max(64, v.revokedRoom << 1), list = allocateRaw(<i32>(room << 2));
    if (!list) { volumeFail(v, sayStart(), NoMemory); return false; }
    if (v.revoked) memory.copy(list, v.revoked, <usize>v.revokedCount << 2);
    release(v.revoked);
    v.revoked = list;
    v.revokedRoom = room;
  }
  store<u32>(v.revoked + (<usize>v.revokedCount << 2), block);
  v.revokedCount++;
  return true;
}

@inline export function loggedCount(v: Volume): u32 { return loggedOf(v).count; }

function find(v: Volume, block: u32): Logged {
  for (let node = hashFirst(loggedOf(v), hashNumber(block)); node; node = hashNext(node)) if (changetype<Logged>(node).block == block) return changetype<Logged>(node);
  return changetype<Logged>(0);
}

/** Whether a replay would write this block of a file. */
export function isLogged(v: Volume, block: u32): bool { return loggedCount(v) != 0 && changetype<usize>(find(v, block)) != 0; }

/** Whether a replay would write a block of this file. */
export function hasLogged(v: Volume, number: u32): bool {
  const table = loggedOf(v);
  if (!table.count) return false;
  for (let i: u32 = 0; i <= table.mask; i++) {
    for (let node = <usize>load<u32>(<usize>table.buckets + (<usize>i << 2)); node; node = <usize>changetype<Logged>(node).hashNext) {
      if (changetype<Logged>(node).inode == number) return true;
    }
  }
  return false;
}

/** The running transaction logs a file's block: false without memory. */
export function loggedAdd(v: Volume, block: u32, inode: u32): bool {
  let logged = find(v, block);
  if (!changetype<usize>(logged)) {
    logged = changetype<Logged>(allocateRaw(<i32>offsetof<Logged>()));
    if (!changetype<usize>(logged)) return false;
    logged.block = block;
    logged.at = 0;
    hashInsert(loggedOf(v), changetype<usize>(logged), hashNumber(block));
  }
  logged.inode = inode;
  return true;
}

/** The volume is read-only, and its last copy of a block, of a file maybe, is at block `at` of the disk (0: only in a private copy): false without memory. */
export function loggedPlace(v: Volume, block: u32, at: u32): bool {
  if (!loggedAdd(v, block, 0)) return false;
  find(v, block).at = at;
  v.logRead = 1;
  return true;
}

/** Where a block of a file is to be read; 0: not from the disk. A hole is no block, even if the journal has block 0. */
export function placeToRead(v: Volume, block: u32): u32 {
  const logged = v.logRead && block ? find(v, block) : changetype<Logged>(0);
  return changetype<usize>(logged) ? logged.at : block;
}

/** It is about to be revoked, if it is logged: whether it is. */
export function loggedRemove(v: Volume, block: u32): bool {
  const logged = loggedCount(v) ? find(v, block) : changetype<Logged>(0);
  if (!changetype<usize>(logged)) return false;
  hashRemove(loggedOf(v), changetype<usize>(logged));
  release(changetype<usize>(logged));
  return true;
}

/** The data of these files lies in its place: of inode `number`, or of all on the ordered list if that is 0. Their logged blocks are revoked: false if the volume failed. */
export function loggedRevoke(v: Volume, number: u32): bool {
  const table = loggedOf(v);
  if (!table.count) return true;
  for (let i: u32 = 0; i <= table.mask; i++) {
    let node = <usize>load<u32>(<usize>table.buckets + (<usize>i << 2));
    while (node) {
      const logged = changetype<Logged>(node), next = <usize>logged.hashNext;
      if (number ? logged.inode == number : isOrdered(v, logged.inode)) {
        if (!revoke(v, logged.block)) return false;
        hashRemove(table, node);
        release(node);
      }
      node = next;
    }
  }
  return true;
}

function isOrdered(v: Volume, number: u32): bool {
  const inode = inodeKnown(v, number);
  return !noInode(inode) && inode.isOrdered != 0;
}

/** The journal is empty. */
export function loggedClear(v: Volume): void {
  const table = loggedOf(v);
  if (!table.count) return;
  for (let i: u32 = 0; i <= table.mask; i++) {
    const bucket = <usize>table.buckets + (<usize>i << 2);
    let node = <usize>load<u32>(bucket);
    store<u32>(bucket, 0);
    while (node) {
      const next = <usize>changetype<Logged>(node).hashNext;
      release(node);
      node = next;
    }
  }
  table.count = 0;
}
