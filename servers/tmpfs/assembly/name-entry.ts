// Names in directories: one hash table for all of them, keyed by directory and bytes, so that large directories are as fast
// as small ones; and per directory a list in order of sequence numbers. A name's sequence number is its readDirectory
// cookie: it never changes or comes back, so reading goes on at the right place whatever happens in between.

import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { hashBytes, hashFirst, hashInsert, hashNext, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { textEquals } from "../../../lib/assembly/memory/text";
import { Inode, entryList } from "./inode";
import { names } from "./state";

/** Cookies below are `.` and `..`. */
export const FIRST_SEQUENCE: u64 = 2;

@unmanaged export class NameEntry {
  // HashLink of the table of names.
  hashNext: u32;
  hash: u32;
  // ListLink of the directory's list.
  next: u32;
  previous: u32;
  directory: u32;
  inode: u32;
  sequence: u64;
  length: u32;

  @inline get bytes(): usize { return changetype<usize>(this) + offsetof<NameEntry>(); }
  @inline get target(): Inode { return changetype<Inode>(<usize>this.inode); }
}

@inline function linkOf(entry: NameEntry): usize { return changetype<usize>(entry) + offsetof<NameEntry>("next"); }
@inline function entryOf(link: usize): NameEntry { return changetype<NameEntry>(link - offsetof<NameEntry>("next")); }
@inline function hashOf(directory: Inode, name: usize, length: i32): u32 { return hashBytes(name, length, <u32>directory.number * 0x9e3779b1); }

/** The entry of a name in a directory, or null. */
export function nameFind(directory: Inode, name: usize, length: i32): NameEntry {
  for (let node = hashFirst(names(), hashOf(directory, name, length)); node; node = hashNext(node)) {
    const entry = changetype<NameEntry>(node);
    if (<usize>entry.directory == changetype<usize>(directory) && textEquals(entry.bytes, <i32>entry.length, name, length)) return entry;
  }
  return changetype<NameEntry>(0);
}

/** Add a name that is not there: null without memory. Link counts are the caller's business. */
export function nameAdd(directory: Inode, name: usize, length: i32, inode: Inode): NameEntry {
  const entry = changetype<NameEntry>(allocateRaw(<i32>offsetof<NameEntry>() + length));
  if (!changetype<usize>(entry)) return entry;
  entry.directory = <u32>changetype<usize>(directory);
  entry.inode = <u32>changetype<usize>(inode);
  directory.lastSequence = max(directory.lastSequence + 1, FIRST_SEQUENCE);
  entry.sequence = directory.lastSequence;
  entry.length = <u32>length;
  memory.copy(entry.bytes, name, <usize>length);
  listAppend(entryList(directory), linkOf(entry));
  hashInsert(names(), changetype<usize>(entry), hashOf(directory, name, length));
  directory.entries++;
  return entry;
}

export function nameRemove(entry: NameEntry): void {
  const directory = changetype<Inode>(<usize>entry.directory);
  if (<usize>directory.hint == changetype<usize>(entry)) directory.hint = 0;
  listRemove(linkOf(entry));
  hashRemove(names(), changetype<usize>(entry));
  directory.entries--;
  release(changetype<usize>(entry));
}

/** The first entry whose sequence number is at least `sequence`, or null. */
export function nameFrom(directory: Inode, sequence: u64): NameEntry {
  const head = entryList(directory);
  let link = listFirst(head);
  const hint = changetype<NameEntry>(<usize>directory.hint);
  if (changetype<usize>(hint) && hint.sequence <= sequence) link = linkOf(hint);
  for (; link != head; link = listAfter(link)) if (entryOf(link).sequence >= sequence) return entryOf(link);
  return changetype<NameEntry>(0);
}

/** The entry after this one, or null. */
export function nameAfter(entry: NameEntry): NameEntry {
  const link = listAfter(linkOf(entry));
  return link == entryList(changetype<Inode>(<usize>entry.directory)) ? changetype<NameEntry>(0) : entryOf(link);
}
