// Changing names: what each operation demands of the last component before the file system is asked. The walks stand in the
// directories of the names (walkParent).

import {
  AccessDenied, BadArgument, Busy, CrossDevice, Exists, IsDirectory, NotDirectory, NotEmpty, NotFound, ReadOnly,
} from "../../../abi/generated/assembly/errors";
import {
  fileSystem_create, fileSystem_link, fileSystem_lookup_inode, fileSystem_lookup_kind, fileSystem_rename, fileSystem_symbolicLink, fileSystem_unlink,
} from "../../../abi/generated/assembly/client/file-system";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { isCovered } from "./mount-table";
import { outcome } from "./outcome";
import { Walk, lookUp } from "./walk";

/** Whether a new name can be made: 0 or why not. */
function newNameError(walk: Walk): i32 {
  if (walk.special >= 0) return Exists;
  return walk.at.readOnly ? ReadOnly : 0;
}

export function makeDirectoryAt(walk: Walk, mode: u32): i32 {
  const error = newNameError(walk);
  if (error) return error;
  return outcome(fileSystem_create(walk.at.fileSystem, walk.inode, FileKind.Directory, mode, walk.name, walk.nameLength));
}

export function makeLinkAt(walk: Walk, contents: usize, length: i32): i32 {
  let error = newNameError(walk);
  if (!error && walk.directoryWanted) error = missingOrExists(walk);
  if (error) return error;
  return outcome(fileSystem_symbolicLink(walk.at.fileSystem, walk.inode, walk.name, walk.nameLength, contents, length));
}

/** A name with a final slash can only mean a directory: one that is there, or one that is missing. */
function missingOrExists(walk: Walk): i32 {
  const status = lookUp(walk, walk.name, walk.nameLength);
  return status < 0 ? status : Exists;
}

export function removeDirectoryAt(walk: Walk): i32 {
  switch (walk.special) {
    case 0: return Busy;
    case 1: return BadArgument;
    case 2: return NotEmpty;
  }
  if (walk.at.readOnly) return ReadOnly;
  const error = coveredError(walk);
  if (error) return error;
  return outcome(fileSystem_unlink(walk.at.fileSystem, walk.inode, true, walk.name, walk.nameLength));
}

export function unlinkAt(walk: Walk): i32 {
  if (walk.special >= 0) return IsDirectory;
  if (walk.at.readOnly) return ReadOnly;
  if (walk.directoryWanted) {
    const status = lookUp(walk, walk.name, walk.nameLength);
    if (status < 0) return status;
    return fileSystem_lookup_kind() == FileKind.Directory ? IsDirectory : NotDirectory;
  }
  return outcome(fileSystem_unlink(walk.at.fileSystem, walk.inode, false, walk.name, walk.nameLength));
}

/** Busy if something is mounted on what the last component names. */
function coveredError(walk: Walk): i32 {
  if (!walk.at.source.covers) return 0;
  const status = lookUp(walk, walk.name, walk.nameLength);
  if (status == NotFound) return 0;
  if (status < 0) return status;
  return isCovered(walk.at.source, fileSystem_lookup_inode()) ? Busy : 0;
}

export function renameBetween(from: Walk, to: Walk): i32 {
  if (from.mount != to.mount) return CrossDevice;
  if (from.special >= 0 || to.special >= 0) return Busy;
  if (from.at.readOnly) return ReadOnly;
  if (from.directoryWanted || to.directoryWanted) {
    const status = lookUp(from, from.name, from.nameLength);
    if (status < 0) return status;
    if (fileSystem_lookup_kind() != FileKind.Directory) return NotDirectory;
  }
  let error = coveredError(from);
  if (!error) error = coveredError(to);
  if (error) return error;
  return outcome(fileSystem_rename(from.at.fileSystem, from.inode, to.inode, from.name, from.nameLength, to.name, to.nameLength));
}

/** `from` stands at what is to get another name. */
export function linkBetween(from: Walk, to: Walk): i32 {
  if (from.kind == FileKind.Directory) return AccessDenied;
  let error = to.special >= 0 ? Exists : 0;
  if (!error && to.directoryWanted) error = missingOrExists(to);
  if (!error && from.mount != to.mount) error = CrossDevice;
  if (!error && from.at.readOnly) error = ReadOnly;
  if (error) return error;
  return outcome(fileSystem_link(from.at.fileSystem, from.inode, to.inode, to.name, to.nameLength));
}
