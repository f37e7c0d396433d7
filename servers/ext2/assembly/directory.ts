// Operations on names: checked first, then done. A request that changes says how many blocks it changes at the most before it starts
// (changeBegin); allocation, which may find the disk full, comes before the first change that would have to be taken back.

import { AccessDenied, BadArgument, Corrupt, Exists, IsDirectory, NotDirectory, NotEmpty, NotFound, TooManyLinks } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { FAST_LINK, INODE_ROOT, MAX_LINKS, MODE_DIRECTORY, MODE_LINK, MODE_REGULAR } from "../../../lib/formats/ext2";
import * as kernel from "../../../lib/assembly/kernel";
import { inodeAllocate, inodeFree } from "./allocate";
import { blockEnsure } from "./block-map";
import { bufferNew } from "./buffer";
import { directoryAdd, directoryFind, directoryFirst, directoryIsEmpty, directoryMakeRoom, directoryRemove, directorySet } from "./directory-block";
import { sayStart, volumeFail } from "./image";
import { Inode, inodeChanged, inodeClear, inodeModified, inodeWrite, kindOf, noInode, pointerAt } from "./inode";
import { inodeForget, inodeGet, inodeRecord } from "./inode-cache";
import { inodeDrop, orphanAdd } from "./orphan";
import { sayBlank, sayDirectory, sayIsDamaged } from "./phrases";
import { changeBegin } from "./transaction";
import { Volume } from "./volume";

/** Blocks that a change of names touches: the superblock, and for up to two directories and two inodes the table, bitmaps, descriptors, a
 *  block of entries and indirect blocks above it. */
const NAME_BLOCKS: u32 = 36;
/** More directories than this above one another are a loop. */
const MAX_DEPTH: u32 = 65536;

/** 0 if there is a directory in which names can be. */
export function directoryError(v: Volume, directory: Inode): i32 {
  if (noInode(directory)) return v.status;
  if (!directory.isDirectory) return NotDirectory;
  return directory.links ? 0 : NotFound;
}

/** Whether a new name may be added: 0 with the room for it looked up, or why not. */
function newNameError(v: Volume, directory: Inode, name: usize, length: i32, isDirectory: bool): i32 {
  const error = directoryError(v, directory);
  if (error) return error;
  const found = directoryFind(v, directory, name, length);
  if (found) return found > 0 ? Exists : found;
  return isDirectory && directory.links >= <u32>MAX_LINKS ? TooManyLinks : 0;
}

function modeOf(kind: u32): u32 { return kind == FileKind.Directory ? MODE_DIRECTORY : kind == FileKind.SymbolicLink ? MODE_LINK : MODE_REGULAR; }

/** A new inode under a new name: its number, or a negated error. A symbolic link's contents are `text`. */
export function addNew(v: Volume, directory: Inode, name: usize, length: i32, kind: u32, mode: u32, text: usize, textLength: i32): i64 {
  let status = newNameError(v, directory, name, length, kind == FileKind.Directory);
  if (status == 0) status = changeBegin(v, NAME_BLOCKS);
  if (status == 0) status = directoryMakeRoom(v, directory);
  if (status < 0) return status;
  const isDirectory = kind == FileKind.Directory;
  const number = inodeAllocate(v, directory.number, isDirectory, isDirectory && directory.number == INODE_ROOT);
  if (!number) return v.status;
  const inode = inodeRecord(v, number);
  if (noInode(inode)) { inodeFree(v, number, isDirectory); return v.status; }
  if (!inodeClear(v, inode)) return v.status;
  inode.mode = modeOf(kind) | mode & 0o7777;
  const now = <u64>kernel.wallClock();
  inode.accessed = now;
  inode.modified = now;
  inode.changed = now;
  status = isDirectory || kind == FileKind.SymbolicLink ? fill(v, inode, directory, isDirectory, text, textLength) : 0;
  if (status < 0) {
    if (v.aborted) return status;
    inode.mode = 0;
    inodeWrite(v, inode);
    inodeForget(v, inode);
    return inodeFree(v, number, isDirectory) ? status : v.status;
  }
  inode.links = isDirectory ? 2 : 1;
  if (isDirectory) directory.links++;
  if (!inodeWrite(v, inode) || !directoryAdd(v, directory, name, length, number, kind) || !inodeModified(v, directory)) return v.status;
  return number;
}

/** First contents of a directory or a symbolic link. */
function fill(v: Volume, inode: Inode, parent: Inode, isDirectory: bool, text: usize, textLength: i32): i32 {
  inode.size = isDirectory ? <u64>v.blockSize : <u64>textLength;
  if (!isDirectory && textLength < FAST_LINK) {
    memory.copy(pointerAt(inode, 0), text, <usize>textLength);
    return 0;
  }
  const block = blockEnsure(v, inode, 0, 0);
  if (block < 0) return <i32>block;
  const data = bufferNew(v, <u32>block);
  if (!data) return v.status;
  if (isDirectory) directoryFirst(v, data, inode.number, parent.number);
  else memory.copy(data, text, <usize>textLength);
  return 0;
}

export function addLink(v: Volume, inode: Inode, directory: Inode, name: usize, length: i32): i32 {
  if (noInode(inode) || !inode.links) return NotFound;
  let status = newNameError(v, directory, name, length, false);
  if (status < 0) return status;
  if (inode.isDirectory) return AccessDenied;
  if (inode.links >= <u32>MAX_LINKS) return TooManyLinks;
  status = changeBegin(v, NAME_BLOCKS);
  if (status == 0) status = directoryMakeRoom(v, directory);
  if (status < 0) return status;
  if (!directoryAdd(v, directory, name, length, inode.number, kindOf(inode.mode))) return v.status;
  inode.links++;
  return inodeChanged(v, inode) && inodeModified(v, directory) ? 0 : v.status;
}

/** The inode of the name that was found: an entry that names none is damage. */
function foundInode(v: Volume, directory: Inode): Inode {
  const inode = inodeGet(v, v.foundInode);
  if (noInode(inode) && v.status == NotFound) {
    const t = sayStart();
    if (changetype<usize>(t)) { sayDirectory(t); t.decimal(directory.number); sayIsDamaged(t); sayBlank(t); t.decimal(v.foundInode); }
    volumeFail(v, t, Corrupt);
  }
  return inode;
}

/** The inode of a name, or null with the reason in `status`. */
export function directoryLookup(v: Volume, directory: Inode, name: usize, length: i32): Inode {
  const error = directoryError(v, directory);
  const found = error ? error : directoryFind(v, directory, name, length);
  if (found > 0) return foundInode(v, directory);
  v.status = found ? found : NotFound;
  return changetype<Inode>(0);
}

export function removeName(v: Volume, directory: Inode, name: usize, length: i32, directoryWanted: bool): i32 {
  const inode = directoryLookup(v, directory, name, length);
  if (noInode(inode)) return v.status;
  if (directoryWanted && !inode.isDirectory) return NotDirectory;
  if (!directoryWanted && inode.isDirectory) return IsDirectory;
  const block = v.foundBlock, offset = v.foundOffset, before = v.foundBefore;
  if (inode.isDirectory) {
    const empty = directoryIsEmpty(v, inode);
    if (empty < 0) return empty;
    if (!empty) return NotEmpty;
  }
  const status = changeBegin(v, NAME_BLOCKS);
  if (status < 0) return status;
  v.foundBlock = block;
  v.foundOffset = offset;
  v.foundBefore = before;
  if (!directoryRemove(v, directory) || !unlinked(v, inode, directory) || !inodeModified(v, directory)) return v.status;
  return inodeDrop(v, inode);
}

/** `inode` has lost a name in `directory`, which the caller writes. */
function unlinked(v: Volume, inode: Inode, directory: Inode): bool {
  if (inode.isDirectory) {
    inode.links = 0;
    if (directory.links > 2) directory.links--;
  } else {
    inode.links--;
  }
  if (!inode.links && !orphanAdd(v, inode)) return false;
  return inodeChanged(v, inode);
}

export function renameName(v: Volume, from: Inode, fromName: usize, fromLength: i32, to: Inode, toName: usize, toLength: i32): i32 {
  let status = directoryError(v, from);
  if (!status) status = directoryError(v, to);
  if (status) return status;
  const inode = directoryLookup(v, from, fromName, fromLength);
  if (noInode(inode)) return v.status;
  const there = directoryFind(v, to, toName, toLength);
  if (there < 0) return there;
  const old = there ? foundInode(v, to) : changetype<Inode>(0);
  if (there && noInode(old)) return v.status;
  if (there && changetype<usize>(old) == changetype<usize>(inode)) return 0;
  const moved = inode.isDirectory && changetype<usize>(from) != changetype<usize>(to);
  status = renameError(v, inode, from, to, old);
  if (status == 0) status = changeBegin(v, NAME_BLOCKS);
  if (status < 0) return status;
  // What was looked up since has overwritten where the target is.
  if (directoryFind(v, to, toName, toLength) < 0) return v.status;
  if (there) {
    if (!directorySet(v, to, inode.number, kindOf(inode.mode)) || !unlinked(v, old, to)) return v.status;
  } else {
    status = directoryMakeRoom(v, to);
    if (status < 0) return status;
    if (!directoryAdd(v, to, toName, toLength, inode.number, kindOf(inode.mode))) return v.status;
  }
  // The new name may have come between the old one and the one before it.
  if (directoryFind(v, from, fromName, fromLength) <= 0 || !directoryRemove(v, from)) return v.status ? v.status : Corrupt;
  if (moved) {
    if (from.links > 2) from.links--;
    to.links++;
    if (!parentSet(v, inode, to)) return v.status;
  }
  if (!inodeChanged(v, inode) || !inodeModified(v, from) || !inodeModified(v, to)) return v.status;
  return there ? inodeDrop(v, old) : 0;
}

function renameError(v: Volume, inode: Inode, from: Inode, to: Inode, old: Inode): i32 {
  if (inode.isDirectory) {
    const below = isBelow(v, to, inode);
    if (below) return below < 0 ? below : BadArgument;
  }
  if (!noInode(old)) {
    if (inode.isDirectory && !old.isDirectory) return NotDirectory;
    if (!inode.isDirectory && old.isDirectory) return IsDirectory;
    if (!old.isDirectory) return 0;
    const empty = directoryIsEmpty(v, old);
    return empty < 0 ? empty : empty ? 0 : NotEmpty;
  }
  return inode.isDirectory && changetype<usize>(from) != changetype<usize>(to) && to.links >= <u32>MAX_LINKS ? TooManyLinks : 0;
}

/** Look up `..`. */
export function parentOf(v: Volume, directory: Inode): Inode {
  store<u16>(v.record, 0x2e2e);
  return directoryLookup(v, directory, v.record, 2);
}

function parentSet(v: Volume, directory: Inode, parent: Inode): bool {
  store<u16>(v.record, 0x2e2e);
  const found = directoryFind(v, directory, v.record, 2);
  if (found <= 0) {
    if (!found) volumeFail(v, sayStart(), Corrupt);
    return false;
  }
  return directorySet(v, directory, parent.number, FileKind.Directory) && inodeWrite(v, directory);
}

/** 1 if `directory` is `ancestor` or lies below it, 0 if not, or a negated error. */
function isBelow(v: Volume, directory: Inode, ancestor: Inode): i32 {
  let at = directory;
  for (let depth: u32 = 0; depth < MAX_DEPTH; depth++) {
    if (at.number == ancestor.number) return 1;
    if (at.number == INODE_ROOT) return 0;
    at = parentOf(v, at);
    if (noInode(at)) return v.status == NotFound ? Corrupt : v.status;
    if (!at.isDirectory) return Corrupt;
  }
  return volumeFail(v, sayStart(), Corrupt);
}
