// Operations on names whose paths this side resolves as far as it can (SawMill's third protocol): it knows the mounts (mount-cache.ts), and calls the file system
// that a path leads to, which walks the path and does the work in one call. Where a mount has another protocol, and for what only the VFS can do, the VFS
// is asked. Each function takes what the client stub of `directory` takes, with the cache before it, and leaves its results where that stub's
// accessors look for them:
//
//   walking_open(cache, directory, flags, mode, path, length)      then directory_open_file() ...

import * as kernel from "../kernel";
import { BadHandle, Io, LinkLoop, NotLink, PeerDied, TooLong } from "../../../abi/generated/assembly/errors";
import * as vfs from "../../../abi/generated/assembly/client/directory";
import * as paths from "../../../abi/generated/assembly/client/paths";
import { FileKind, WalkEnd, WalkMode } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes } from "../../../abi/generated/assembly/records";
import { MAX_NAME, MAX_PATH } from "../../../abi/layout/limits";
import { textContains } from "../memory/text";
import { CONTENTS_SIZE, MountCache, PATH_SIZE } from "./mount-cache";

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;
/** As the VFS has it. */
const LINK_LIMIT: u32 = 40;
/** How often a walk begins again because a file system was revoked under it. */
const ATTEMPTS: i32 = 4;

/** Not a status: the VFS is to be asked. */
const ASK: i32 = 1;
const AGAIN: i32 = 2;

// What is done at the end of the path.
const WALK: u32 = 0;
const OPEN: u32 = 1;
const STAT: u32 = 2;
const MAKE_DIRECTORY: u32 = 3;
const REMOVE: u32 = 4;

@inline function isGone(status: i32): bool { return status == BadHandle || status == PeerDied; }

/** Walk a path, calling the file systems that it leads through until one is done with it: 0, a negated error, or ASK. */
function walk(cache: MountCache, directory: i32, path: usize, length: i32, what: u32): i32 {
  if (length > MAX_PATH) return ASK;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const status = walkOnce(cache, directory, path, length, what);
    if (status != AGAIN) return status;
  }
  return ASK;
}

function walkOnce(cache: MountCache, directory: i32, path: usize, length: i32, what: u32): i32 {
  if (!cache.refresh(directory)) return ASK;
  if (!(length && load<u8>(path) == SLASH ? cache.standAtRoot() : cache.standAt(directory))) return ASK;
  cache.position = PATH_SIZE - length;
  memory.copy(cache.path + <usize>cache.position, path, <usize>length);
  for (let links: u32 = 0; ;) {
    const mount = cache.at;
    const slot = cache.pathsOf(mount, directory);
    if (!slot) return ASK;
    let status = callOn(cache, slot, what);
    if (isGone(status)) {
      cache.forgetPaths(mount.id);
      return AGAIN;
    }
    if (status < 0) return status;
    // The first three results of all of them.
    const end = <u32>kernel.w0;
    const inode = <u64>kernel.w2;
    const consumed = <i32>kernel.w1;
    if (<u32>consumed > <u32>cache.rest) return Io;
    cache.position += consumed;
    if (end == WalkEnd.Done) {
      cache.inode = inode;
      return 0;
    }
    status = end == WalkEnd.Link ? followLink(cache, inode, ++links) : end == WalkEnd.Covered ? enterMounts(cache, inode) : leaveMounts(cache);
    if (status) return status;
  }
  return 0;
}

function callOn(cache: MountCache, slot: i32, what: u32): i32 {
  const root = cache.at.rootInode;
  const rest = cache.path + <usize>cache.position;
  switch (what) {
    case OPEN: return paths.paths_open(slot, cache.inode, root, cache.flags, cache.mode, cache.at.device, rest, cache.rest, cache.contents, CONTENTS_SIZE);
    case STAT: return paths.paths_stat(slot, cache.inode, root, cache.follow, rest, cache.rest, cache.contents, CONTENTS_SIZE);
    case MAKE_DIRECTORY: return paths.paths_makeDirectory(slot, cache.inode, root, cache.mode, rest, cache.rest, cache.contents, CONTENTS_SIZE);
    case REMOVE: return paths.paths_remove(slot, cache.inode, root, cache.follow, rest, cache.rest, cache.contents, CONTENTS_SIZE);
  }
  return paths.paths_walk(slot, cache.inode, root, cache.mode, rest, cache.rest, cache.contents, CONTENTS_SIZE);
}

/** Put the contents of the link before the rest of the path. */
function followLink(cache: MountCache, inode: u64, links: u32): i32 {
  if (links > LINK_LIMIT) return LinkLoop;
  const length = kernel.r0n;
  if (length < 1 || length >= CONTENTS_SIZE || textContains(cache.contents, length, 0)) return Io;
  if (length > cache.position) return TooLong;
  cache.position -= length;
  memory.copy(cache.path + <usize>cache.position, cache.contents, <usize>length);
  if (load<u8>(cache.contents) != SLASH) cache.inode = inode;
  else if (!cache.standAtRoot()) return ASK;
  return 0;
}

/** From a covered directory to the root of what covers it; what another mount of the file system covers is not covered here. */
function enterMounts(cache: MountCache, inode: u64): i32 {
  cache.inode = inode;
  for (let on = cache.covering(cache.at, inode); changetype<usize>(on); on = cache.covering(on, on.rootInode)) {
    cache.mount = <u32>changetype<usize>(on);
    cache.inode = on.rootInode;
  }
  return 0;
}

/** From the root of a mount to the directory that it covers, where the `..` before which the walk stopped is looked up; the root of all is its own parent. */
function leaveMounts(cache: MountCache): i32 {
  cache.inode = cache.at.rootInode;
  while (cache.inode == cache.at.rootInode) {
    const mount = cache.at;
    const parent = cache.find(mount.parent);
    if (!changetype<usize>(parent)) {
      cache.position += 2;
      return cache.rest < 0 ? Io : 0;
    }
    cache.mount = <u32>changetype<usize>(parent);
    cache.inode = mount.coveredInode;
  }
  return 0;
}

export function walking_open(cache: MountCache, directory: i32, flags: u32, mode: u32, path: usize, length: i32): i32 {
  cache.flags = flags;
  cache.mode = mode;
  const status = length ? walk(cache, directory, path, length, OPEN) : ASK;
  if (status < 0) return status;
  // Directories are the VFS's: it holds them.
  if (status == ASK || paths.paths_open_kind() == FileKind.Directory) return vfs.directory_open(directory, flags, mode, path, length);
  // From the results of paths.open to those of directory.open; the capabilities are where they belong.
  const inode = paths.paths_open_inode();
  kernel.w0 = paths.paths_open_kind();
  kernel.w1 = <i64>paths.paths_open_size();
  kernel.w3 = paths.paths_open_created() ? 1 : 0;
  kernel.w2 = <i64>inode;
  kernel.w4 = cache.at.id;
  return 0;
}

export function walking_stat(cache: MountCache, directory: i32, follow: bool, path: usize, length: i32, buffer: usize, capacity: i32): i32 {
  cache.follow = follow;
  const status = capacity >= ATTRIBUTES_SIZE ? walk(cache, directory, path, length, STAT) : ASK;
  if (status == ASK) return vfs.directory_stat(directory, follow, path, length, buffer, capacity);
  if (status < 0) return status;
  if (kernel.r0n != ATTRIBUTES_SIZE) return Io;
  memory.copy(buffer, cache.contents, ATTRIBUTES_SIZE);
  Attributes.at(buffer).device = cache.at.device;
  return 0;
}

export function walking_makeDirectory(cache: MountCache, directory: i32, mode: u32, path: usize, length: i32): i32 {
  cache.mode = mode;
  const status = length ? walk(cache, directory, path, length, MAKE_DIRECTORY) : ASK;
  return status == ASK ? vfs.directory_makeDirectory(directory, mode, path, length) : status;
}

export function walking_removeDirectory(cache: MountCache, directory: i32, path: usize, length: i32): i32 {
  cache.follow = true;
  const status = length ? walk(cache, directory, path, length, REMOVE) : ASK;
  return status == ASK ? vfs.directory_removeDirectory(directory, path, length) : status;
}

export function walking_unlink(cache: MountCache, directory: i32, path: usize, length: i32): i32 {
  cache.follow = false;
  const status = length ? walk(cache, directory, path, length, REMOVE) : ASK;
  return status == ASK ? vfs.directory_unlink(directory, path, length) : status;
}

/** To what a path means: cache.at, cache.inode; its kind is in the registers. */
function walkTo(cache: MountCache, directory: i32, follow: bool, path: usize, length: i32): i32 {
  cache.mode = follow ? WalkMode.LastFollowed : WalkMode.Last;
  return length ? walk(cache, directory, path, length, WALK) : ASK;
}

/** To the directory of the last component, which is then what is left of the path: cache.at, cache.inode. ASK as well if that is `.`, `..`, nothing, or ends with a slash, whose
 *  demands take a further look. */
function walkToParent(cache: MountCache, directory: i32, path: usize, length: i32): i32 {
  cache.mode = WalkMode.Parent;
  const status = length ? walk(cache, directory, path, length, WALK) : ASK;
  if (status) return status;
  const name = cache.path + <usize>cache.position;
  const rest = cache.rest;
  if (rest < 1 || rest > MAX_NAME || textContains(name, rest, SLASH)) return ASK;
  return load<u8>(name) == DOT && (rest == 1 || (rest == 2 && load<u8>(name, 1) == DOT)) ? ASK : 0;
}

export function walking_rename(cache: MountCache, directory: i32, target: i32, from: usize, fromLength: i32, to: usize, toLength: i32): i32 {
  let status = walkToParent(cache, directory, from, fromLength);
  if (status < 0) return status;
  if (!status) {
    const mount = cache.at.id;
    const old = cache.inode;
    const nameLength = cache.rest;
    memory.copy(cache.name, cache.path + <usize>cache.position, <usize>nameLength);
    status = walkToParent(cache, target, to, toLength);
    if (status < 0) return status;
    if (!status && cache.at.id == mount) {
      const slot = cache.pathsOf(cache.at, directory);
      status = slot ? paths.paths_rename(slot, old, cache.inode, cache.name, nameLength, cache.path + <usize>cache.position, cache.rest) : BadHandle;
      if (!isGone(status)) return status;
    }
  }
  return vfs.directory_rename(directory, target, from, fromLength, to, toLength);
}

export function walking_link(cache: MountCache, directory: i32, follow: bool, target: i32, from: usize, fromLength: i32, to: usize, toLength: i32): i32 {
  let status = walkTo(cache, directory, follow, from, fromLength);
  if (status < 0) return status;
  if (!status && paths.paths_walk_kind() != FileKind.Directory) {
    const mount = cache.at.id;
    const inode = cache.inode;
    status = walkToParent(cache, target, to, toLength);
    if (status < 0) return status;
    if (!status && cache.at.id == mount) {
      const slot = cache.pathsOf(cache.at, directory);
      status = slot ? paths.paths_link(slot, inode, cache.inode, cache.path + <usize>cache.position, cache.rest) : BadHandle;
      if (!isGone(status)) return status;
    }
  }
  return vfs.directory_link(directory, follow, target, from, fromLength, to, toLength);
}

export function walking_symbolicLink(cache: MountCache, directory: i32, contents: usize, contentsLength: i32, path: usize, length: i32): i32 {
  let status = contentsLength > 0 ? walkToParent(cache, directory, path, length) : ASK;
  if (status < 0) return status;
  if (!status) {
    const slot = cache.pathsOf(cache.at, directory);
    status = slot ? paths.paths_symbolicLink(slot, cache.inode, cache.path + <usize>cache.position, cache.rest, contents, contentsLength) : BadHandle;
    if (!isGone(status)) return status;
  }
  return vfs.directory_symbolicLink(directory, contents, contentsLength, path, length);
}

export function walking_readLink(cache: MountCache, directory: i32, path: usize, length: i32, buffer: usize, capacity: i32): i32 {
  const status = walkTo(cache, directory, false, path, length);
  if (status == ASK) return vfs.directory_readLink(directory, path, length, buffer, capacity);
  if (status < 0) return status;
  if (paths.paths_walk_kind() != FileKind.SymbolicLink) return NotLink;
  kernel.r0n = min(kernel.r0n, capacity);
  memory.copy(buffer, cache.contents, <usize>kernel.r0n);
  return 0;
}

export function walking_setTimes(cache: MountCache, directory: i32, which: u32, accessed: u64, modified: u64, follow: bool, path: usize, length: i32): i32 {
  let status = walkTo(cache, directory, follow, path, length);
  if (status < 0) return status;
  if (!status) {
    const slot = cache.pathsOf(cache.at, directory);
    status = slot ? paths.paths_setTimes(slot, cache.inode, which, accessed, modified) : BadHandle;
    if (!isGone(status)) return status;
  }
  return vfs.directory_setTimes(directory, which, accessed, modified, follow, path, length);
}

export function walking_readDirectory(cache: MountCache, directory: i32, cookie: u64, buffer: usize, capacity: i32): i32 {
  if (cache.refresh(directory) && cache.standAt(directory)) {
    const slot = cache.pathsOf(cache.at, directory);
    const status = slot ? paths.paths_readDirectory(slot, cache.inode, cookie, buffer, capacity) : BadHandle;
    if (!isGone(status)) return status;
  }
  return vfs.directory_readDirectory(directory, cookie, buffer, capacity);
}
