// Operations on directories: what each of them does to names, links and times. Arguments are checked here, and nothing is
// changed before everything is known to work.

import { Exists, IsDirectory, NoSpace, NotDirectory, NotEmpty, NotFound, AccessDenied, BadArgument, TooManyLinks } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { Inode, directoryChanged, inodeChanged, inodeCreate, inodeDrop } from "./inode";
import { NameEntry, nameAdd, nameFind, nameRemove } from "./name-entry";
import { MAX_LINKS } from "./state";

@inline function isNull(inode: Inode): bool { return changetype<usize>(inode) == 0; }

/** 0 if names can be added to it. */
export function directoryError(directory: Inode): i32 {
  if (isNull(directory)) return NotFound;
  if (!directory.isDirectory) return NotDirectory;
  return directory.links ? 0 : NotFound;
}

/** A new inode under a new name, in `created`; for a symbolic link the caller adds the contents. */
export function addNew(directory: Inode, name: usize, length: i32, kind: u32, mode: u32): Inode {
  const inode = inodeCreate(kind, mode);
  if (isNull(inode)) return inode;
  if (!changetype<usize>(nameAdd(directory, name, length, inode))) {
    inodeDrop(inode);
    return changetype<Inode>(0);
  }
  inode.links = 1;
  if (kind == FileKind.Directory) {
    inode.links = 2;
    inode.parent = <u32>changetype<usize>(directory);
    directory.links++;
  }
  directoryChanged(directory);
  return inode;
}

/** Whether a new name may be added: 0, or why not. */
export function newNameError(directory: Inode, name: usize, length: i32, kind: u32): i32 {
  const error = directoryError(directory);
  if (error) return error;
  if (changetype<usize>(nameFind(directory, name, length))) return Exists;
  return kind == FileKind.Directory && directory.links >= MAX_LINKS ? TooManyLinks : 0;
}

export function addLink(inode: Inode, directory: Inode, name: usize, length: i32): i32 {
  const error = newNameError(directory, name, length, FileKind.Regular);
  if (error) return error;
  if (isNull(inode) || !inode.links) return NotFound;
  if (inode.isDirectory) return AccessDenied;
  if (inode.links >= MAX_LINKS) return TooManyLinks;
  if (!changetype<usize>(nameAdd(directory, name, length, inode))) return NoSpace;
  inode.links++;
  inodeChanged(inode);
  directoryChanged(directory);
  return 0;
}

export function removeName(directory: Inode, name: usize, length: i32, directoryWanted: bool): i32 {
  const error = directoryError(directory);
  if (error) return error;
  const entry = nameFind(directory, name, length);
  if (!changetype<usize>(entry)) return NotFound;
  const inode = entry.target;
  if (directoryWanted && !inode.isDirectory) return NotDirectory;
  if (!directoryWanted && inode.isDirectory) return IsDirectory;
  if (inode.isDirectory && inode.entries) return NotEmpty;
  nameRemove(entry);
  directoryChanged(directory);
  unlinked(inode, directory);
  return 0;
}

/** `inode` has lost a name in `directory`. */
function unlinked(inode: Inode, directory: Inode): void {
  if (inode.isDirectory) {
    inode.links = 0;
    inode.parent = 0;
    directory.links--;
  } else {
    inode.links--;
  }
  inodeChanged(inode);
  inodeDrop(inode);
}

export function renameName(from: Inode, fromName: usize, fromLength: i32, to: Inode, toName: usize, toLength: i32): i32 {
  const error = directoryError(from) ? directoryError(from) : directoryError(to);
  if (error) return error;
  const source = nameFind(from, fromName, fromLength);
  if (!changetype<usize>(source)) return NotFound;
  const inode = source.target;
  const old = nameFind(to, toName, toLength);
  if (changetype<usize>(old) && old.inode == source.inode) return 0;
  const status = renameError(inode, from, to, old);
  if (status) return status;
  if (changetype<usize>(old)) {
    const replaced = old.target;
    old.inode = source.inode;
    unlinked(replaced, to);
  } else if (!changetype<usize>(nameAdd(to, toName, toLength, inode))) {
    return NoSpace;
  }
  nameRemove(source);
  if (inode.isDirectory && changetype<usize>(from) != changetype<usize>(to)) {
    inode.parent = <u32>changetype<usize>(to);
    from.links--;
    to.links++;
  }
  inodeChanged(inode);
  directoryChanged(from);
  directoryChanged(to);
  return 0;
}

function renameError(inode: Inode, from: Inode, to: Inode, old: NameEntry): i32 {
  if (inode.isDirectory && isBelow(to, inode)) return BadArgument;
  if (changetype<usize>(old)) {
    const replaced = old.target;
    if (inode.isDirectory && !replaced.isDirectory) return NotDirectory;
    if (!inode.isDirectory && replaced.isDirectory) return IsDirectory;
    return replaced.isDirectory && replaced.entries ? NotEmpty : 0;
  }
  return inode.isDirectory && changetype<usize>(from) != changetype<usize>(to) && to.links >= MAX_LINKS ? TooManyLinks : 0;
}

/** Whether `directory` is `ancestor` or lies below it. */
function isBelow(directory: Inode, ancestor: Inode): bool {
  let at = directory;
  while (changetype<usize>(at) != changetype<usize>(ancestor)) {
    if (!at.parent || <usize>at.parent == changetype<usize>(at)) return false;
    at = changetype<Inode>(<usize>at.parent);
  }
  return true;
}
