// The interface `fileSystem`: what the VFS calls. Only the capability without a badge speaks it; the badge of an open file is
// refused. Every inode number is looked up anew, so a stale one is NotFound.

import * as kernel from "../../../lib/assembly/kernel";
import { AccessDenied, BadArgument, BadHandle, Busy, IsDirectory, NoSpace, NotFound, NotDirectory, NotLink, TooLong } from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind } from "../../../abi/generated/assembly/enums";
import { FILE_SYSTEM_STATUS_SIZE, FileSystemStatus } from "../../../abi/generated/assembly/records";
import { MAX_NAME, MAX_PATH, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocateRaw, release as releaseMemory } from "../../../lib/assembly/memory/allocator";
import { textContains } from "../../../lib/assembly/memory/text";
import { deliverAttributes, setModeOf, setTimesOf, sizeOf } from "./attributes";
import { contentsEnsure, contentsResize } from "./contents";
import { addLink, addNew, newNameError, removeName, renameName } from "./directory";
import { answer_create, answer_lookup, answer_open, answer_root, answer_symbolicLink } from "./generated/file-system-dispatch";
import { Inode, inodeDrop, inodeFind } from "./inode";
import { nameFind } from "./name-entry";
import { fileOpen } from "./open-file";
import { deliverEntries } from "./read-directory";
import { BLOCK, LINK_BUFFER, MAX_INODES, MAX_PAGES, NAME_A, NAME_B, RECORD_BUFFER, state } from "./state";

@inline function isNull(inode: Inode): bool { return changetype<usize>(inode) == 0; }

/** 0 for `.`, 1 for `..`, -1 for another name. */
function dots(name: usize, length: i32): i32 {
  if (length > 2 || load<u8>(name) != 0x2e) return -1;
  return length == 1 ? 0 : load<u8>(name, 1) == 0x2e ? 1 : -1;
}

/** Fetch a name that may contain anything but `/` and NUL. */
function fetchAnyName(which: i32, buffer: usize, length: i32): i32 {
  if (length < 1) return BadArgument;
  if (length > MAX_NAME) return TooLong;
  const got = kernel.fetch(0, which, 0, buffer, length);
  if (got != length) return got < 0 ? got : BadArgument;
  return textContains(buffer, length, 0x2f) || textContains(buffer, length, 0) ? BadArgument : 0;
}

/** Fetch a name to be made or removed: `.` and `..` are none. */
function fetchName(which: i32, buffer: usize, length: i32): i32 {
  const status = fetchAnyName(which, buffer, length);
  return status ? status : dots(buffer, length) >= 0 ? BadArgument : 0;
}

export function root(badge: u32): i32 {
  if (badge) return BadHandle;
  answer_root(changetype<Inode>(<usize>state().root).number);
  return 0;
}

export function lookup(badge: u32, directory: u64, nameLength: i32): i32 {
  if (badge) return BadHandle;
  const status = fetchAnyName(0, NAME_A, nameLength);
  if (status) return status;
  const found = findName(directory, NAME_A, nameLength);
  if (<i32>changetype<usize>(found) < 0) return <i32>changetype<usize>(found);
  answer_lookup(found.number, found.kind);
  return 0;
}

/** What a name (`.` and `..` included) means in a directory; a negated error instead. */
export function findName(directory: u64, name: usize, length: i32): Inode {
  let found = inodeFind(directory);
  if (isNull(found)) return changetype<Inode>(<usize>NotFound);
  if (!found.isDirectory) return changetype<Inode>(<usize>NotDirectory);
  const special = dots(name, length);
  if (special == 1) {
    found = changetype<Inode>(<usize>found.parent);
  } else if (special < 0) {
    const entry = nameFind(found, name, length);
    found = changetype<usize>(entry) ? entry.target : changetype<Inode>(0);
  }
  return isNull(found) ? changetype<Inode>(<usize>NotFound) : found;
}

export function create(badge: u32, directory: u64, kind: u32, mode: u32, nameLength: i32): i32 {
  if (badge) return BadHandle;
  if (kind != FileKind.Regular && kind != FileKind.Directory) return BadArgument;
  let status = fetchName(0, NAME_A, nameLength);
  if (status) return status;
  const parent = inodeFind(directory);
  status = newNameError(parent, NAME_A, nameLength, kind);
  if (status) return status;
  const inode = addNew(parent, NAME_A, nameLength, kind, mode);
  if (isNull(inode)) return NoSpace;
  answer_create(inode.number);
  return 0;
}

export function unlink(badge: u32, directory: u64, directoryWanted: bool, nameLength: i32): i32 {
  if (badge) return BadHandle;
  const status = fetchName(0, NAME_A, nameLength);
  return status ? status : removeName(inodeFind(directory), NAME_A, nameLength, directoryWanted);
}

export function rename(badge: u32, fromDirectory: u64, toDirectory: u64, fromLength: i32, toLength: i32): i32 {
  if (badge) return BadHandle;
  let status = fetchName(0, NAME_A, fromLength);
  if (!status) status = fetchName(1, NAME_B, toLength);
  return status ? status : renameName(inodeFind(fromDirectory), NAME_A, fromLength, inodeFind(toDirectory), NAME_B, toLength);
}

/** As rename, for clients: Busy if a mount covers what is renamed or replaced. */
export function renameUncovered(fromDirectory: u64, toDirectory: u64, fromLength: i32, toLength: i32): i32 {
  let status = fetchName(0, NAME_A, fromLength);
  if (!status) status = fetchName(1, NAME_B, toLength);
  if (status) return status;
  const from = findName(fromDirectory, NAME_A, fromLength);
  const to = findName(toDirectory, NAME_B, toLength);
  if ((<i32>changetype<usize>(from) > 0 && from.covers) || (<i32>changetype<usize>(to) > 0 && to.covers)) return Busy;
  return renameName(inodeFind(fromDirectory), NAME_A, fromLength, inodeFind(toDirectory), NAME_B, toLength);
}

export function link(badge: u32, inode: u64, directory: u64, nameLength: i32): i32 {
  if (badge) return BadHandle;
  const status = fetchName(0, NAME_A, nameLength);
  return status ? status : addLink(inodeFind(inode), inodeFind(directory), NAME_A, nameLength);
}

export function symbolicLink(badge: u32, directory: u64, nameLength: i32, contentsLength: i32): i32 {
  if (badge) return BadHandle;
  let status = fetchName(0, NAME_A, nameLength);
  if (status) return status;
  if (contentsLength < 1) return BadArgument;
  if (contentsLength >= MAX_PATH) return TooLong;
  const got = kernel.fetch(0, 1, 0, LINK_BUFFER, contentsLength);
  if (got != contentsLength) return got < 0 ? got : BadArgument;
  if (textContains(LINK_BUFFER, contentsLength, 0)) return BadArgument;
  const parent = inodeFind(directory);
  status = newNameError(parent, NAME_A, nameLength, FileKind.SymbolicLink);
  if (status) return status;
  const text = allocateRaw(contentsLength);
  if (!text) return NoSpace;
  memory.copy(text, LINK_BUFFER, <usize>contentsLength);
  const inode = addNew(parent, NAME_A, nameLength, FileKind.SymbolicLink, 0o777);
  if (isNull(inode)) {
    releaseMemory(text);
    return NoSpace;
  }
  inode.text = <u32>text;
  inode.textLength = <u32>contentsLength;
  answer_symbolicLink(inode.number);
  return 0;
}

export function readLink(badge: u32, inode: u64, room: i32): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  if (isNull(found)) return NotFound;
  if (found.kind != FileKind.SymbolicLink) return NotLink;
  found.accessed = <u64>kernel.wallClock();
  return min(kernel.deliver(0, 0, <usize>found.text, min(<i32>found.textLength, room)), 0);
}

export function stat(badge: u32, inode: u64, room: i32): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  return isNull(found) ? NotFound : deliverAttributes(found, 0);
}

export function setMode(badge: u32, inode: u64, mode: u32): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  return isNull(found) ? NotFound : setModeOf(found, mode);
}

export function setTimes(badge: u32, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  return isNull(found) ? NotFound : setTimesOf(found, which, accessed, modified);
}

export function setSize(badge: u32, inode: u64, size: u64): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  if (isNull(found)) return NotFound;
  if (found.isDirectory) return IsDirectory;
  return found.kind == FileKind.Regular ? contentsResize(found, size) : BadArgument;
}

export function readDirectory(badge: u32, inode: u64, cookie: u64, room: i32): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  if (isNull(found)) return NotFound;
  return found.isDirectory ? deliverEntries(found, cookie, room) : NotDirectory;
}

export function open(badge: u32, inode: u64, flags: u32, device: u64): i32 {
  if (badge) return BadHandle;
  const file = openInode(inodeFind(inode), flags, device, true);
  if (file < 0) return file;
  answer_open(state().openedSize, file, state().openedData);
  return 0;
}

/** An open file: its capability, with size and Dataspace (0 unless `dataWanted`) in the state; or a negated error. */
export function openInode(found: Inode, flags: u32, device: u64, dataWanted: bool): i32 {
  if (isNull(found)) return NotFound;
  if (found.isDirectory) return IsDirectory;
  if (found.kind != FileKind.Regular) return BadArgument;
  if (!(flags & FileFlags.Create) && !allowed(found, flags)) return AccessDenied;
  let status = 0;
  if (flags & FileFlags.Truncate) status = contentsResize(found, 0);
  // A writer gets its Dataspace now, so that it reads back without calls what it writes.
  if (!status && (flags & FileFlags.Write)) status = contentsEnsure(found);
  if (status) return status;
  const file = fileOpen(found, flags & (FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.ReadOnlyMount), device);
  if (file < 0) return file;
  let data = 0;
  if (found.contents && dataWanted) {
    data = kernel.capMint(found.contents, dataRights(flags), 0);
    if (data < 0) {
      dropCap(file);
      return data;
    }
  }
  state().openedSize = sizeOf(found);
  state().openedData = data;
  return file;
}

/** Whether the owner's permission bits allow it. */
export function allowed(inode: Inode, flags: u32): bool {
  if ((flags & FileFlags.Read) && !(inode.mode & 0o400)) return false;
  return !(flags & (FileFlags.Write | FileFlags.Truncate)) || (inode.mode & 0o200) != 0;
}

/** Who appends must write through the server: the Dataspace alone does not know where the end is. */
function dataRights(flags: u32): i32 {
  return (flags & FileFlags.Write) && !(flags & FileFlags.Append) ? RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT : RIGHT_READ | RIGHT_GRANT;
}

export function status(badge: u32, room: i32): i32 {
  if (badge) return BadHandle;
  memory.fill(RECORD_BUFFER, 0, FILE_SYSTEM_STATUS_SIZE);
  const figures = FileSystemStatus.at(RECORD_BUFFER);
  figures.blockSize = BLOCK;
  figures.blocks = MAX_PAGES;
  figures.free = state().pages < MAX_PAGES ? MAX_PAGES - state().pages : 0;
  figures.files = MAX_INODES;
  figures.filesFree = MAX_INODES - state().inodeCount;
  figures.nameLimit = MAX_NAME;
  return min(kernel.deliver(0, 0, RECORD_BUFFER, FILE_SYSTEM_STATUS_SIZE), 0);
}

export function hold(badge: u32, inode: u64): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  if (isNull(found) || found.holds == u32.MAX_VALUE) return NotFound;
  found.holds++;
  return 0;
}

export function release(badge: u32, inode: u64): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  if (isNull(found) || !found.holds) return NotFound;
  found.holds--;
  inodeDrop(found);
  return 0;
}

/** What is in memory lives as long as the server, mounted or not. */
export function abandon(badge: u32): i32 { return badge ? BadHandle : 0; }
export function detach(badge: u32): i32 { return badge ? BadHandle : 0; }

/** Memory is as stable as it gets. */
export function sync(badge: u32): i32 { return badge ? BadHandle : 0; }
