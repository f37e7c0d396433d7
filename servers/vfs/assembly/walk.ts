// Path walking. A Walk stands in a directory of a pinned mount, with the rest of the path in its own buffer:
//
//   walk = walkStart(badge, which, length, ...)     a Walk, or a negated error (walkError)
//   walkParent(walk)                                into the directory of the last component, which is then in name/nameLength
//   walkLast(walk, follow)                          to what the last component names: mount, inode, kind
//   walkEnd(walk)                                   on every way out
//
// The rest of the path ends at the end of the buffer, so that a symbolic link is spliced in before it:
//
//   | link  4 KiB | ............ | position -> rest of the path |
//
// Each look-up is a call to a file system, in which the lock is dropped; the walk itself belongs to one call only.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, Io, LinkLoop, NoMemory, NotDirectory, NotFound, TooLong } from "../../../abi/generated/assembly/errors";
import { fileSystem_lookup, fileSystem_lookup_inode, fileSystem_lookup_kind, fileSystem_readLink } from "../../../abi/generated/assembly/client/file-system";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { MAX_NAME, MAX_PATH } from "../../../abi/layout/limits";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { textContains } from "../../../lib/assembly/memory/text";
import { Handle, handleFind } from "./handle";
import { Mount, mountAt, mountCovering, mountUnpin } from "./mount-table";
import { outcome } from "./outcome";
import { state } from "./state";

export const LINK_LIMIT: u32 = 40;
const BUFFER: i32 = 16384;
export const SCRATCH: i32 = 4096;
const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

@unmanaged export class Walk {
  mount: u32;
  kind: u32;
  inode: u64;
  /** Directory that the last component was looked up in. */
  parentInode: u64;
  links: u32;
  /** Offset of the rest of the path in the buffer. */
  position: i32;
  /** The last component, in the buffer; of length 0 if the path has none (`/`). */
  name: usize;
  nameLength: i32;
  /** The path ends with a slash. */
  directoryWanted: bool;
  /** walkLast failed because the last component alone is missing. */
  lastMissing: bool;

  @inline get at(): Mount { return mountAt(this.mount); }
  /** SCRATCH bytes for any use between steps. */
  @inline get scratch(): usize { return changetype<usize>(this) + offsetof<Walk>(); }
  @inline get buffer(): usize { return this.scratch + SCRATCH; }
  @inline get rest(): i32 { return BUFFER - this.position; }
  /** 0 no component, 1 `.`, 2 `..`, -1 an ordinary name. */
  get special(): i32 {
    if (this.nameLength == 0) return 0;
    if (this.nameLength > 2 || load<u8>(this.name) != DOT) return -1;
    return this.nameLength == 1 ? 1 : load<u8>(this.name, 1) == DOT ? 2 : -1;
  }
}

/** The error that walkStart gave instead of a walk, or 0. */
@inline export function walkError(walk: Walk): i32 { return min(<i32>changetype<usize>(walk), 0); }
@inline function failed(status: i32): Walk { return changetype<Walk>(<usize>status); }

/** A walk that stands in the directory of `badge` (BadHandle), or NotFound before a root is mounted. Its path is empty. */
export function walkAt(badge: u32): Walk {
  let mount = mountAt(state().rootMount);
  if (!changetype<usize>(mount)) return failed(NotFound);
  let inode = mount.rootInode;
  if (badge) {
    const handle = handleFind(badge);
    if (!changetype<usize>(handle)) return failed(BadHandle);
    mount = mountAt(handle.mount);
    inode = handle.inode;
  }
  const walk = changetype<Walk>(allocateRaw(<i32>offsetof<Walk>() + SCRATCH + BUFFER));
  if (!changetype<usize>(walk)) return failed(NoMemory);
  memory.fill(changetype<usize>(walk), 0, offsetof<Walk>());
  stand(walk, mount, inode);
  walk.kind = FileKind.Directory;
  walk.position = BUFFER;
  return walk;
}

/** A walk along the path in send range `which`, from the directory of `badge` or the root. */
export function walkStart(badge: u32, which: i32, length: i32, emptyAllowed: bool): Walk {
  if (length < 1 && !emptyAllowed) return failed(NotFound);
  if (length > MAX_PATH) return failed(TooLong);
  const walk = walkAt(badge);
  if (walkError(walk) || length < 1) return walk;
  walk.position = BUFFER - length;
  const path = walk.buffer + <usize>walk.position;
  const got = kernel.fetch(0, which, 0, path, length);
  if (got != length || textContains(path, length, 0)) {
    walkEnd(walk);
    return failed(got < 0 ? got : BadArgument);
  }
  if (load<u8>(path) == SLASH) toRoot(walk);
  return walk;
}

export function walkEnd(walk: Walk): void {
  mountUnpin(walk.at);
  release(changetype<usize>(walk));
}

/** Stand at an inode of a mount. */
export function stand(walk: Walk, mount: Mount, inode: u64): void {
  mount.pins++;
  if (walk.mount) mountUnpin(walk.at);
  walk.mount = <u32>changetype<usize>(mount);
  walk.inode = inode;
}

/** The root can have been unmounted since the walk began: then stay, where nothing will be found. */
function toRoot(walk: Walk): void {
  const root = mountAt(state().rootMount);
  if (changetype<usize>(root)) stand(walk, root, root.rootInode);
}

/** From a directory that is covered to the root of what covers it. */
function enterMounts(walk: Walk): void {
  let mount = mountCovering(walk.at, walk.inode);
  while (changetype<usize>(mount)) {
    stand(walk, mount, mount.rootInode);
    mount = mountCovering(mount, mount.rootInode);
  }
}

/** From the root of a mount to the directory that it covers: false at the root of all. */
export function leaveMounts(walk: Walk): bool {
  while (walk.inode == walk.at.rootInode) {
    const mount = walk.at;
    if (!mount.parent) return false;
    stand(walk, mountAt(mount.parent), mount.coveredInode);
  }
  return true;
}

/** Look a name up where the walk stands: 0, with the inode and kind in the registers. */
@inline export function lookUp(walk: Walk, name: usize, length: i32): i32 {
  return outcome(fileSystem_lookup(walk.at.fileSystem, walk.inode, name, length));
}

/** To the parent directory; the root is its own. */
function goUp(walk: Walk): i32 {
  if (!leaveMounts(walk)) return 0;
  store<u16>(walk.scratch, 0x2e2e);
  const status = lookUp(walk, walk.scratch, 2);
  if (status < 0) return status;
  walk.inode = fileSystem_lookup_inode();
  enterMounts(walk);
  return 0;
}

/** Put the contents of a symbolic link before the rest of the path. */
function follow(walk: Walk, inode: u64): i32 {
  if (++walk.links > LINK_LIMIT) return LinkLoop;
  const status = outcome(fileSystem_readLink(walk.at.fileSystem, inode, walk.scratch, SCRATCH));
  if (status < 0) return status;
  const length = kernel.r0n;
  if (length < 1 || length >= SCRATCH) return Io;
  if (textContains(walk.scratch, length, 0)) return Io;
  if (length > walk.position) return TooLong;
  walk.position -= length;
  memory.copy(walk.buffer + <usize>walk.position, walk.scratch, <usize>length);
  if (load<u8>(walk.scratch) == SLASH) toRoot(walk);
  return 0;
}

/** Take the next component into name; whether it is the last one. `position` is then behind it. */
function nextComponent(walk: Walk): bool {
  const buffer = walk.buffer;
  let at = walk.position;
  while (at < BUFFER && load<u8>(buffer + <usize>at) == SLASH) at++;
  const start = at;
  while (at < BUFFER && load<u8>(buffer + <usize>at) != SLASH) at++;
  walk.name = buffer + <usize>start;
  walk.nameLength = at - start;
  walk.position = at;
  while (at < BUFFER && load<u8>(buffer + <usize>at) == SLASH) at++;
  walk.directoryWanted = at > walk.position || start == at;
  return at == BUFFER;
}

/** Go on to the directory that the last component is in. */
export function walkParent(walk: Walk): i32 {
  while (!nextComponent(walk)) {
    const status = enter(walk);
    if (status < 0) return status;
  }
  return walk.nameLength > MAX_NAME ? TooLong : 0;
}

/** Into the directory that the component names. */
function enter(walk: Walk): i32 {
  const special = walk.special;
  if (special >= 0) return special == 2 ? goUp(walk) : 0;
  if (walk.nameLength > MAX_NAME) return TooLong;
  const status = lookUp(walk, walk.name, walk.nameLength);
  if (status < 0) return status;
  const inode = fileSystem_lookup_inode();
  const kind = fileSystem_lookup_kind();
  if (kind == FileKind.SymbolicLink) return follow(walk, inode);
  if (kind != FileKind.Directory) return NotDirectory;
  walk.inode = inode;
  enterMounts(walk);
  return 0;
}

/** Go on to what the path names; a symbolic link at its end is followed if `followLast`, or before a final slash. */
export function walkLast(walk: Walk, followLast: bool): i32 {
  for (; ;) {
    walk.lastMissing = false;
    let status = walkParent(walk);
    if (status < 0) return status;
    walk.parentInode = walk.inode;
    walk.kind = FileKind.Directory;
    if (walk.special >= 0) return enter(walk);
    status = lookUp(walk, walk.name, walk.nameLength);
    if (status < 0) {
      walk.lastMissing = status == NotFound;
      return status;
    }
    const inode = fileSystem_lookup_inode();
    walk.kind = fileSystem_lookup_kind();
    if (walk.kind == FileKind.SymbolicLink && (followLast || walk.directoryWanted)) {
      status = follow(walk, inode);
      if (status < 0) return status;
      continue;
    }
    walk.inode = inode;
    if (walk.kind == FileKind.Directory) enterMounts(walk);
    else if (walk.directoryWanted) return NotDirectory;
    return 0;
  }
  return 0;
}

/** Back to before the last component, to look it up once more. Only if it did not lead into another mount. */
export function walkBack(walk: Walk): void {
  walk.inode = walk.parentInode;
  walk.position = <i32>(walk.name - walk.buffer);
}
