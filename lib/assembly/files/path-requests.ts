// What servers of `paths` do with a path, once the message is taken apart: each request walks (path-walk.ts) and does its work at the end of the walk. A server
// brings its own class, lends it as for walkPath, and answers from the walk afterwards:
//
//   const status = openPath<Host>(host, walk, flags, mode, device, room);      after walk.begin(...)
//   if (!status) answer_open(walk.end, <u32>walk.consumed, walk.inode, walk.kind, walk.size, walk.created, walk.file, walk.data);
//
// Only if walk.end is Done has anything been done. Besides what walkPath asks for, `Host` has
//
//   mountFlags(): u32                                                 what the caller's mount allows
//   deliverLink(inode: u64, room: i32): i32                           contents of a symbolic link as the answer's bytes
//   deliverAttributes(inode: u64): i32
//   create(directory: u64, name: usize, length: i32, kind: u32, mode: u32): i64            the new inode, or a negated error: a file or a directory
//   remove(directory: u64, name: usize, length: i32, directoryWanted: bool): i32
//   open(inode: u64, flags: u32, device: u64, dataWanted: bool): i32                       a capability to a regular file, with size and data in the walk
//
// A server whose lock is dropped while it works keeps each request in a block of its own: pathRequest.

import * as kernel from "../kernel";
import { BadArgument, Busy, Exists, IsDirectory, LinkLoop, NoMemory, NotDirectory, NotEmpty, NotFound, ReadOnly } from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind, MountFlags, WalkEnd, WalkMode } from "../../../abi/generated/assembly/enums";
import { RANGE_LIMIT } from "../../../abi/layout/limits";
import { allocateRaw, release } from "../memory/allocator";
import { textContains } from "../memory/text";
import { PathWalk, walkPath } from "./path-walk";

/** Fetch the path of the current message: 0 or a negated error. There is room for `length` bytes. */
export function fetchPath(to: usize, length: i32): i32 {
  const got = length ? kernel.fetch(0, 0, 0, to, length) : 0;
  if (got != length) return got < 0 ? got : BadArgument;
  return textContains(to, length, 0) ? BadArgument : 0;
}

/** A block with `head` bytes for the server, the walk, ready to go (requestWalk), and the path of the current message; a negated error instead. */
export function pathRequest(head: usize, directory: u64, root: u64, length: i32): usize {
  if (length > RANGE_LIMIT) return <usize>BadArgument;
  const block = allocateRaw(<i32>(head + offsetof<PathWalk>()) + length);
  if (!block) return <usize>NoMemory;
  const path = block + head + offsetof<PathWalk>();
  const status = fetchPath(path, length);
  if (status) {
    release(block);
    return <usize>status;
  }
  changetype<PathWalk>(block + head).begin(directory, root, path, length);
  return block;
}

/** What belongs to an end other than Done. */
function deliverEnd<Host>(host: Host, walk: PathWalk, room: i32): i32 {
  return walk.end == WalkEnd.Link ? host.deliverLink(walk.link, room) : 0;
}

export function leadPath<Host>(host: Host, walk: PathWalk, mode: u32, room: i32): i32 {
  if (mode > <u32>WalkMode.Parent) return BadArgument;
  const status = walkPath<Host>(host, walk, mode);
  if (status < 0) return status;
  // A link that is not followed is what was asked for: its contents spare a readLink.
  if (walk.end == WalkEnd.Done && walk.kind == FileKind.SymbolicLink) return host.deliverLink(walk.inode, room);
  return deliverEnd<Host>(host, walk, room);
}

export function statPath<Host>(host: Host, walk: PathWalk, follow: bool, room: i32): i32 {
  const status = walkPath<Host>(host, walk, follow ? WalkMode.LastFollowed : WalkMode.Last);
  if (status < 0) return status;
  return walk.end == WalkEnd.Done ? host.deliverAttributes(walk.inode) : deliverEnd<Host>(host, walk, room);
}

const KNOWN: u32 = 0x1ff;
const CHANGES: u32 = FileFlags.Write | FileFlags.Append | FileFlags.Truncate;
const PASSED: u32 = FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.Truncate | FileFlags.NonBlocking;

export function openPath<Host>(host: Host, walk: PathWalk, flags: u32, mode: u32, device: u64, room: i32): i32 {
  if (flags & ~KNOWN || mode > 0o7777 || (flags & FileFlags.Create && flags & FileFlags.Directory)) return BadArgument;
  const exclusive = (flags & FileFlags.Create) != 0 && (flags & FileFlags.Exclusive) != 0;
  let status = walkPath<Host>(host, walk, exclusive || flags & FileFlags.NoFollow ? WalkMode.Last : WalkMode.LastFollowed);
  if (status == NotFound && walk.missing && flags & FileFlags.Create) {
    status = createLast<Host>(host, walk, mode);
    walk.created = status == 0;
  } else if (!status && exclusive && walk.last && (walk.end == WalkEnd.Done || walk.end == WalkEnd.Covered)) status = Exists;
  if (status < 0) return status;
  if (walk.end != WalkEnd.Done) return deliverEnd<Host>(host, walk, room);
  // The client opens directories at the VFS.
  if (walk.kind == FileKind.Directory) return flags & (CHANGES | FileFlags.Create) ? IsDirectory : 0;
  if (flags & FileFlags.Directory) return NotDirectory;
  if (walk.kind == FileKind.SymbolicLink) return LinkLoop;
  const allowed = host.mountFlags();
  const bound = allowed & MountFlags.ReadOnly;
  if (flags & CHANGES && bound) return ReadOnly;
  const passed = flags & PASSED | (walk.created ? FileFlags.Create : 0) | (bound ? FileFlags.ReadOnlyMount : 0);
  const file = host.open(walk.inode, passed, device, !(allowed & MountFlags.NoData));
  if (file < 0) return file;
  walk.file = file;
  return 0;
}

/** Make the file that the last component names. */
function createLast<Host>(host: Host, walk: PathWalk, mode: u32): i32 {
  if (walk.directoryWanted) return IsDirectory;
  if (host.mountFlags() & MountFlags.ReadOnly) return ReadOnly;
  const made = host.create(walk.directory, walk.name, walk.nameLength, FileKind.Regular, mode);
  if (made < 0) return <i32>made;
  walk.inode = <u64>made;
  walk.kind = FileKind.Regular;
  walk.end = WalkEnd.Done;
  return 0;
}

export function makeDirectoryPath<Host>(host: Host, walk: PathWalk, mode: u32, room: i32): i32 {
  if (mode > 0o7777) return BadArgument;
  const status = walkPath<Host>(host, walk, WalkMode.Parent);
  if (status < 0) return status;
  if (walk.end != WalkEnd.Done) return deliverEnd<Host>(host, walk, room);
  if (walk.special >= 0) return Exists;
  if (host.mountFlags() & MountFlags.ReadOnly) return ReadOnly;
  return <i32>min<i64>(host.create(walk.directory, walk.name, walk.nameLength, FileKind.Directory, mode), 0);
}

export function removePath<Host>(host: Host, walk: PathWalk, directoryWanted: bool, room: i32): i32 {
  const status = walkPath<Host>(host, walk, WalkMode.Parent);
  if (status < 0) return status;
  if (walk.end != WalkEnd.Done) return deliverEnd<Host>(host, walk, room);
  if (!directoryWanted && walk.special >= 0) return IsDirectory;
  switch (walk.special) {
    case 0: return Busy;
    case 1: return BadArgument;
    case 2: return NotEmpty;
  }
  if (host.mountFlags() & MountFlags.ReadOnly) return ReadOnly;
  if (directoryWanted || walk.directoryWanted) {
    const found = host.find(walk.directory, walk.name, walk.nameLength);
    if (found < 0) return found;
    if (directoryWanted && host.foundCovered()) return Busy;
    if (!directoryWanted) return host.foundKind() == FileKind.Directory ? IsDirectory : NotDirectory;
  }
  return host.remove(walk.directory, walk.name, walk.nameLength, directoryWanted);
}
