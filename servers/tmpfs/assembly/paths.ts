// The interface `paths`: the tmpfs as clients that walk for themselves see it. The VFS uses the capability without a badge; clients have one whose badge
// says what their mount allows, and which no other interface answers.

import * as kernel from "../../../lib/assembly/kernel";
import {
  BadArgument, BadHandle, Busy, Exists, IsDirectory, LinkLoop, NoSpace, NotDirectory, NotEmpty, NotFound, ReadOnly,
} from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind, MountFlags, WalkEnd, WalkMode } from "../../../abi/generated/assembly/enums";
import { RANGE_LIMIT, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../../abi/layout/limits";
import { PathWalk, walkPath } from "../../../lib/assembly/files/path-walk";
import { textContains } from "../../../lib/assembly/memory/text";
import { deliverAttributes } from "./attributes";
import { addNew, newNameError, removeName } from "./directory";
import * as fileSystem from "./file-system";
import {
  answer_makeDirectory, answer_open, answer_remove, answer_restrict, answer_stat, answer_walk,
} from "./generated/paths-dispatch";
import { Inode, inodeFind } from "./inode";
import { nameFind } from "./name-entry";
import { PATH_WALK, state } from "./state";

/** The badge of a client is (flags + 1) << CLIENT_SHIFT: no number of an open file is like that, whose lower 16 bits are never all zero. */
const CLIENT_SHIFT: u32 = 16;
const CLIENT_FLAGS: u32 = MountFlags.ReadOnly | MountFlags.NoData;

/** What walkPath asks of a tmpfs. */
@unmanaged class Names {
  find(directory: u64, name: usize, length: i32): i32 {
    const found = fileSystem.findName(directory, name, length);
    state().found = <u32>max(<i32>changetype<usize>(found), 0);
    return min(<i32>changetype<usize>(found), 0);
  }
  foundInode(): u64 { return changetype<Inode>(<usize>state().found).number; }
  foundKind(): u32 { return changetype<Inode>(<usize>state().found).kind; }
  foundCovered(): bool { return changetype<Inode>(<usize>state().found).covers != 0; }
}

@inline function isNull(inode: Inode): bool { return changetype<usize>(inode) == 0; }
@inline function walked(): PathWalk { return changetype<PathWalk>(PATH_WALK); }

/** What a client may: MountFlags, or BadHandle. */
function flagsOf(badge: u32): i32 {
  if (!badge) return 0;
  const flags = (badge >> CLIENT_SHIFT) - 1;
  return badge & ((1 << CLIENT_SHIFT) - 1) || flags & ~CLIENT_FLAGS ? BadHandle : <i32>flags;
}

/** 0 if the client may change things. */
function changeError(badge: u32): i32 {
  const flags = flagsOf(badge);
  return flags < 0 ? flags : flags & MountFlags.ReadOnly ? ReadOnly : 0;
}

/** Walk the path in the message; the walk is then in walked(). */
function walkTo(badge: u32, directory: u64, root: u64, mode: u32, length: i32): i32 {
  if (flagsOf(badge) < 0) return BadHandle;
  if (length > RANGE_LIMIT) return BadArgument;
  const path = state().transfer;
  const got = length ? kernel.fetch(0, 0, 0, path, length) : 0;
  if (got != length) return got < 0 ? got : BadArgument;
  if (textContains(path, length, 0)) return BadArgument;
  walked().begin(directory, root, path, length);
  return walkPath<Names>(changetype<Names>(PATH_WALK), walked(), mode);
}

/** Deliver what belongs to an end other than Done. */
function deliverEnd(room: i32): i32 {
  if (walked().end != WalkEnd.Link) return 0;
  const link = inodeFind(walked().link);
  link.accessed = <u64>kernel.wallClock();
  return min(kernel.deliver(0, 0, <usize>link.text, min(<i32>link.textLength, room)), 0);
}

export function restrict(badge: u32, flags: u32): i32 {
  if (badge) return BadHandle;
  const slot = kernel.capMint(SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, <i32>((flags & CLIENT_FLAGS) + 1 << CLIENT_SHIFT));
  if (slot < 0) return slot;
  answer_restrict(slot);
  return 0;
}

export function cover(badge: u32, inode: u64, covered: bool): i32 {
  if (badge) return BadHandle;
  const found = inodeFind(inode);
  if (isNull(found) || (!covered && !found.covers)) return NotFound;
  if (covered) found.covers++;
  else found.covers--;
  return 0;
}

export function walk(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  if (mode > <u32>WalkMode.Parent) return BadArgument;
  let status = walkTo(badge, directory, root, mode, pathLength);
  if (status < 0) return status;
  const at = walked();
  // A link that is not followed is what was asked for: its contents spare a readLink.
  if (at.end == WalkEnd.Done && at.kind == FileKind.SymbolicLink) {
    at.link = at.inode;
    const link = inodeFind(at.inode);
    status = min(kernel.deliver(0, 0, <usize>link.text, min(<i32>link.textLength, room)), 0);
  } else status = deliverEnd(room);
  if (!status) answer_walk(at.end, <u32>at.consumed, at.inode, at.kind);
  return status;
}

export function stat(badge: u32, directory: u64, root: u64, follow: bool, pathLength: i32, room: i32): i32 {
  let status = walkTo(badge, directory, root, follow ? WalkMode.LastFollowed : WalkMode.Last, pathLength);
  if (status < 0) return status;
  const at = walked();
  if (at.end == WalkEnd.Done) {
    const found = inodeFind(at.inode);
    status = isNull(found) ? NotFound : deliverAttributes(found, 0);
  } else status = deliverEnd(room);
  if (!status) answer_stat(at.end, <u32>at.consumed, at.inode);
  return status;
}

const KNOWN: u32 = 0x1ff;
const CHANGES: u32 = FileFlags.Write | FileFlags.Append | FileFlags.Truncate;
const PASSED: u32 = FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.Truncate | FileFlags.NonBlocking;

export function open(badge: u32, directory: u64, root: u64, flags: u32, mode: u32, device: u64, pathLength: i32, room: i32): i32 {
  if (flags & ~KNOWN || mode > 0o7777 || (flags & FileFlags.Create && flags & FileFlags.Directory)) return BadArgument;
  const exclusive = (flags & FileFlags.Create) != 0 && (flags & FileFlags.Exclusive) != 0;
  const allowed = flagsOf(badge);
  let status = walkTo(badge, directory, root, exclusive || flags & FileFlags.NoFollow ? WalkMode.Last : WalkMode.LastFollowed, pathLength);
  const at = walked();
  let created = false;
  if (status == NotFound && at.missing && flags & FileFlags.Create) {
    if (at.directoryWanted) return IsDirectory;
    if (allowed & MountFlags.ReadOnly) return ReadOnly;
    const parent = inodeFind(at.directory);
    status = newNameError(parent, at.name, at.nameLength, FileKind.Regular);
    if (status) return status;
    const made = addNew(parent, at.name, at.nameLength, FileKind.Regular, mode);
    if (isNull(made)) return NoSpace;
    at.inode = made.number;
    at.kind = FileKind.Regular;
    at.end = WalkEnd.Done;
    created = true;
  } else if (!status && exclusive && at.last && (at.end == WalkEnd.Done || at.end == WalkEnd.Covered)) return Exists;
  if (status < 0) return status;
  if (at.end != WalkEnd.Done) {
    status = deliverEnd(room);
    if (!status) answer_open(at.end, <u32>at.consumed, at.inode, at.kind, 0, false, 0, 0);
    return status;
  }
  if (at.kind == FileKind.Directory) {
    if (flags & (CHANGES | FileFlags.Create)) return IsDirectory;
    answer_open(at.end, <u32>at.consumed, at.inode, at.kind, 0, false, 0, 0);
    return 0;
  }
  if (flags & FileFlags.Directory) return NotDirectory;
  if (at.kind == FileKind.SymbolicLink) return LinkLoop;
  if (flags & CHANGES && allowed & MountFlags.ReadOnly) return ReadOnly;
  const opened = fileSystem.openInode(inodeFind(at.inode), flags & PASSED | (created ? FileFlags.Create : 0) | (allowed & MountFlags.ReadOnly ? FileFlags.ReadOnlyMount : 0), device, !(allowed & MountFlags.NoData));
  if (opened < 0) return opened;
  answer_open(WalkEnd.Done, <u32>at.consumed, at.inode, at.kind, state().openedSize, created, opened, state().openedData);
  return 0;
}

export function makeDirectory(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  if (mode > 0o7777) return BadArgument;
  let status = walkTo(badge, directory, root, WalkMode.Parent, pathLength);
  if (status < 0) return status;
  const at = walked();
  if (at.end == WalkEnd.Done) {
    if (at.special >= 0) return Exists;
    status = changeError(badge);
    if (status) return status;
    const parent = inodeFind(at.directory);
    status = newNameError(parent, at.name, at.nameLength, FileKind.Directory);
    if (!status && isNull(addNew(parent, at.name, at.nameLength, FileKind.Directory, mode))) status = NoSpace;
  } else status = deliverEnd(room);
  if (!status) answer_makeDirectory(at.end, <u32>at.consumed, at.inode);
  return status;
}

export function remove(badge: u32, directory: u64, root: u64, directoryWanted: bool, pathLength: i32, room: i32): i32 {
  let status = walkTo(badge, directory, root, WalkMode.Parent, pathLength);
  if (status < 0) return status;
  const at = walked();
  status = at.end == WalkEnd.Done ? removeLast(badge, directoryWanted) : deliverEnd(room);
  if (!status) answer_remove(at.end, <u32>at.consumed, at.inode);
  return status;
}

/** Remove what the last component names. */
function removeLast(badge: u32, directoryWanted: bool): i32 {
  const at = walked();
  if (!directoryWanted && at.special >= 0) return IsDirectory;
  switch (at.special) {
    case 0: return Busy;
    case 1: return BadArgument;
    case 2: return NotEmpty;
  }
  const error = changeError(badge);
  if (error) return error;
  const parent = inodeFind(at.directory);
  if (isNull(parent)) return NotFound;
  const entry = nameFind(parent, at.name, at.nameLength);
  if (changetype<usize>(entry)) {
    if (directoryWanted && entry.target.covers) return Busy;
    if (!directoryWanted && at.directoryWanted) return entry.target.isDirectory ? IsDirectory : NotDirectory;
  }
  return removeName(parent, at.name, at.nameLength, directoryWanted);
}

export function rename(badge: u32, fromDirectory: u64, toDirectory: u64, fromLength: i32, toLength: i32): i32 {
  const error = changeError(badge);
  return error ? error : fileSystem.renameUncovered(fromDirectory, toDirectory, fromLength, toLength);
}

export function link(badge: u32, inode: u64, directory: u64, nameLength: i32): i32 {
  const error = changeError(badge);
  return error ? error : fileSystem.link(0, inode, directory, nameLength);
}

export function symbolicLink(badge: u32, directory: u64, nameLength: i32, contentsLength: i32): i32 {
  const error = changeError(badge);
  if (error) return error;
  const status = fileSystem.symbolicLink(0, directory, nameLength, contentsLength);
  kernel.answer = 0;
  return status;
}

export function setMode(badge: u32, inode: u64, mode: u32): i32 {
  const error = changeError(badge);
  return error ? error : fileSystem.setMode(0, inode, mode);
}

export function setTimes(badge: u32, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  const error = changeError(badge);
  return error ? error : fileSystem.setTimes(0, inode, which, accessed, modified);
}

export function setSize(badge: u32, inode: u64, size: u64): i32 {
  const error = changeError(badge);
  return error ? error : fileSystem.setSize(0, inode, size);
}

export function readDirectory(badge: u32, inode: u64, cookie: u64, room: i32): i32 {
  return flagsOf(badge) < 0 ? BadHandle : fileSystem.readDirectory(0, inode, cookie, room);
}
