// The interface `paths`: the tmpfs as clients that walk for themselves see it. The VFS uses the capability without a badge; clients have one whose badge
// says what their mount allows, and which no other interface answers.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, NoSpace, NotFound, ReadOnly } from "../../../abi/generated/assembly/errors";
import { MountFlags } from "../../../abi/generated/assembly/enums";
import { RANGE_LIMIT, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../../abi/layout/limits";
import { fetchPath, leadPath, makeDirectoryPath, openPath, removePath, statPath } from "../../../lib/assembly/files/path-requests";
import { PathWalk } from "../../../lib/assembly/files/path-walk";
import { deliverAttributes } from "./attributes";
import { addNew, newNameError, removeName } from "./directory";
import * as fileSystem from "./file-system";
import {
  answer_makeDirectory, answer_open, answer_remove, answer_restrict, answer_stat, answer_walk,
} from "./generated/paths-dispatch";
import { Inode, inodeFind } from "./inode";
import { PATH_WALK, state } from "./state";

/** The badge of a client is (flags + 1) << CLIENT_SHIFT: no number of an open file is like that, whose lower 16 bits are never all zero. */
const CLIENT_SHIFT: u32 = 16;
const CLIENT_FLAGS: u32 = MountFlags.ReadOnly | MountFlags.NoData;

/** What a path is walked in, and what is done at its end. */
@unmanaged class Names {
  find(directory: u64, name: usize, length: i32): i32 {
    const found = fileSystem.findName(directory, name, length);
    state().found = <u32>max(<i32>changetype<usize>(found), 0);
    return min(<i32>changetype<usize>(found), 0);
  }
  foundInode(): u64 { return changetype<Inode>(<usize>state().found).number; }
  foundKind(): u32 { return changetype<Inode>(<usize>state().found).kind; }
  foundCovered(): bool { return changetype<Inode>(<usize>state().found).covers != 0; }

  mountFlags(): u32 { return state().clientFlags; }
  deliverLink(inode: u64, room: i32): i32 {
    const link = inodeFind(inode);
    link.accessed = <u64>kernel.wallClock();
    return min(kernel.deliver(0, 0, <usize>link.text, min(<i32>link.textLength, room)), 0);
  }
  deliverAttributes(inode: u64): i32 {
    const found = inodeFind(inode);
    return isNull(found) ? NotFound : deliverAttributes(found, 0);
  }
  create(directory: u64, name: usize, length: i32, kind: u32, mode: u32): i64 {
    const parent = inodeFind(directory), status = newNameError(parent, name, length, kind);
    if (status) return status;
    const made = addNew(parent, name, length, kind, mode);
    return isNull(made) ? NoSpace : <i64>made.number;
  }
  remove(directory: u64, name: usize, length: i32, directoryWanted: bool): i32 { return removeName(inodeFind(directory), name, length, directoryWanted); }
  open(inode: u64, flags: u32, device: u64, dataWanted: bool): i32 {
    const file = fileSystem.openInode(inodeFind(inode), flags, device, dataWanted);
    walked().size = state().openedSize;
    walked().data = state().openedData;
    return file;
  }
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

/** Take the path from the message: 0, and the walk is ready in walked(), or a negated error. */
function begin(badge: u32, directory: u64, root: u64, length: i32): i32 {
  const flags = flagsOf(badge);
  if (flags < 0) return flags;
  state().clientFlags = <u32>flags;
  if (length > RANGE_LIMIT) return BadArgument;
  const status = fetchPath(state().transfer, length);
  if (!status) walked().begin(directory, root, state().transfer, length);
  return status;
}
@inline function names(): Names { return changetype<Names>(PATH_WALK); }

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
  let status = begin(badge, directory, root, pathLength);
  const at = walked();
  if (!status) status = leadPath<Names>(names(), at, mode, room);
  if (!status) answer_walk(at.end, <u32>at.consumed, at.inode, at.kind);
  return status;
}

export function stat(badge: u32, directory: u64, root: u64, follow: bool, pathLength: i32, room: i32): i32 {
  let status = begin(badge, directory, root, pathLength);
  const at = walked();
  if (!status) status = statPath<Names>(names(), at, follow, room);
  if (!status) answer_stat(at.end, <u32>at.consumed, at.inode);
  return status;
}

export function open(badge: u32, directory: u64, root: u64, flags: u32, mode: u32, device: u64, pathLength: i32, room: i32): i32 {
  let status = begin(badge, directory, root, pathLength);
  const at = walked();
  if (!status) status = openPath<Names>(names(), at, flags, mode, device, room);
  if (!status) answer_open(at.end, <u32>at.consumed, at.inode, at.kind, at.size, at.created, at.file, at.data);
  return status;
}

export function makeDirectory(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  let status = begin(badge, directory, root, pathLength);
  const at = walked();
  if (!status) status = makeDirectoryPath<Names>(names(), at, mode, room);
  if (!status) answer_makeDirectory(at.end, <u32>at.consumed, at.inode);
  return status;
}

export function remove(badge: u32, directory: u64, root: u64, directoryWanted: bool, pathLength: i32, room: i32): i32 {
  let status = begin(badge, directory, root, pathLength);
  const at = walked();
  if (!status) status = removePath<Names>(names(), at, directoryWanted, room);
  if (!status) answer_remove(at.end, <u32>at.consumed, at.inode);
  return status;
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
