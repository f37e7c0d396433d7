// Inodes. One lives while it has a name (links), a hold of the VFS, or an open file; inodeDrop is to be called whenever one of
// these counts was lowered.

import * as kernel from "../../../lib/assembly/kernel";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { listInitialize } from "../../../lib/assembly/memory/list";
import { releaseContents } from "./contents";
import { MAX_INODES, inodes, state } from "./state";

@unmanaged export class Inode {
  // HashLink of the table of inodes.
  hashNext: u32;
  hash: u32;
  number: u64;
  kind: u32;
  mode: u32;
  /** Names; for a directory 2 + subdirectories, and 0 once it is removed. */
  links: u32;
  holds: u32;
  /** Mounts that cover this directory. */
  covers: u32;
  opens: u32;
  /** Symbolic link: bytes of its contents. */
  textLength: u32;
  accessed: u64;
  modified: u64;
  changed: u64;

  // Regular file.
  /** The Dataspace, or 0 while the file was never written. */
  contents: i32;
  /** Its pages when last seen: what this file adds to State.pages. */
  pages: u32;
  /** Its count of writes that `modified` accounts for. */
  seenWrites: u64;

  // Directory.
  /** Inode of the directory that holds it (the root: itself); 0 once removed. */
  parent: u32;
  /** Names in it. */
  entries: u32;
  /** List of them, in order of their sequence numbers. */
  entriesNext: u32;
  entriesPrevious: u32;
  lastSequence: u64;
  /** A name at which a recent readDirectory ended, or 0. */
  hint: u32;

  /** Symbolic link: its contents. */
  text: u32;

  @inline get isDirectory(): bool { return this.kind == FileKind.Directory; }
}

export function inodeFind(number: u64): Inode {
  for (let node = hashFirst(inodes(), hashNumber(number)); node; node = hashNext(node)) {
    if (changetype<Inode>(node).number == number) return changetype<Inode>(node);
  }
  return changetype<Inode>(0);
}

/** A new inode without names, or null if the file system has no room for it. */
export function inodeCreate(kind: u32, mode: u32): Inode {
  if (state().inodeCount >= MAX_INODES) return changetype<Inode>(0);
  const inode = changetype<Inode>(allocate(<i32>offsetof<Inode>()));
  if (!changetype<usize>(inode)) return inode;
  inode.number = ++state().lastInode;
  inode.kind = kind;
  inode.mode = mode & 0o7777;
  const now = <u64>kernel.wallClock();
  inode.accessed = now;
  inode.modified = now;
  inode.changed = now;
  listInitialize(entryList(inode));
  hashInsert(inodes(), changetype<usize>(inode), hashNumber(inode.number));
  state().inodeCount++;
  return inode;
}

@inline export function entryList(directory: Inode): usize { return changetype<usize>(directory) + offsetof<Inode>("entriesNext"); }

/** Free it if nothing needs it. */
export function inodeDrop(inode: Inode): void {
  if (inode.links || inode.holds || inode.opens) return;
  releaseContents(inode);
  release(<usize>inode.text);
  hashRemove(inodes(), changetype<usize>(inode));
  state().inodeCount--;
  release(changetype<usize>(inode));
}

/** Something about the inode itself has changed. */
export function inodeChanged(inode: Inode): void { inode.changed = <u64>kernel.wallClock(); }

/** The entries of a directory have changed. */
export function directoryChanged(directory: Inode): void {
  const now = <u64>kernel.wallClock();
  directory.modified = now;
  directory.changed = now;
}
