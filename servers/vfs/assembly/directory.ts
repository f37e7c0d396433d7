// The interface `directory`: each method walks its path and does its work where the walk has come to. The badge is the
// directory handle that relative paths start from.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, Io, IsDirectory, NoMemory, NoRight, NotFound, NotSupported, ReadOnly, TooLong } from "../../../abi/generated/assembly/errors";
import {
  fileSystem_readDirectory, fileSystem_readLink, fileSystem_setMode, fileSystem_setSize, fileSystem_setTimes, fileSystem_stat, fileSystem_status, fileSystem_sync,
} from "../../../abi/generated/assembly/client/file-system";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes, FILE_SYSTEM_STATUS_SIZE, FileSystemStatus } from "../../../abi/generated/assembly/records";
import { MAX_PATH, RANGE_LIMIT, RIGHT_MANAGE } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { textContains } from "../../../lib/assembly/memory/text";
import { linkBetween, makeDirectoryAt, makeLinkAt, removeDirectoryAt, renameBetween, unlinkAt } from "./change";
import { answer_mount, answer_mountTable, answer_resolve, answer_where } from "./generated/directory-dispatch";
import { badgeOfTarget, handleFind } from "./handle";
import { mountAt, mountNumbered } from "./mount-table";
import { deliverMounts } from "./mount-text";
import { bindAtWalk, mountAtWalk, mountFlagsError, mountRoot, remountAtWalk } from "./mounting";
import { openArgumentsError, openWalk } from "./open";
import { outcome } from "./outcome";
import { pathOf } from "./path-of";
import { sharedTable } from "./shared-table";
import { state } from "./state";
import { unmountAndEnd } from "./unmounting";
import { SCRATCH, Walk, walkAt, walkEnd, walkError, walkLast, walkParent, walkStart } from "./walk";

/** End a walk with this status. */
function done(walk: Walk, status: i32): i32 {
  walkEnd(walk);
  return status;
}

export function open(badge: u32, flags: u32, mode: u32, pathLength: i32): i32 {
  const error = openArgumentsError(flags, mode);
  if (error) return error;
  const walk = walkStart(badge, 0, pathLength, false);
  return walkError(walk) ? walkError(walk) : done(walk, openWalk(walk, flags, mode));
}

/** Walk to what an existing name means, in `walk`, for the methods that then ask the file system about it. */
function walkTo(badge: u32, which: i32, pathLength: i32, follow: bool, emptyAllowed: bool): Walk {
  const walk = walkStart(badge, which, pathLength, emptyAllowed);
  if (walkError(walk) || pathLength < 1) return walk;
  const status = walkLast(walk, follow);
  return status < 0 ? changetype<Walk>(<usize>done(walk, status)) : walk;
}

export function stat(badge: u32, follow: bool, pathLength: i32, room: i32): i32 {
  const walk = walkTo(badge, 0, pathLength, follow, true);
  if (walkError(walk)) return walkError(walk);
  let status = outcome(fileSystem_stat(walk.at.fileSystem, walk.inode, walk.scratch, ATTRIBUTES_SIZE));
  if (!status && kernel.r0n != ATTRIBUTES_SIZE) status = Io;
  if (!status) {
    Attributes.at(walk.scratch).device = walk.at.device;
    status = min(kernel.deliver(0, 0, walk.scratch, ATTRIBUTES_SIZE), 0);
  }
  return done(walk, status);
}

/** Walk to the directory in which a name is to change. */
function walkToParent(badge: u32, which: i32, pathLength: i32): Walk {
  const walk = walkStart(badge, which, pathLength, false);
  if (walkError(walk)) return walk;
  const status = walkParent(walk);
  return status < 0 ? changetype<Walk>(<usize>done(walk, status)) : walk;
}

export function makeDirectory(badge: u32, mode: u32, pathLength: i32): i32 {
  if (mode > 0o7777) return BadArgument;
  const walk = walkToParent(badge, 0, pathLength);
  return walkError(walk) ? walkError(walk) : done(walk, makeDirectoryAt(walk, mode));
}

export function removeDirectory(badge: u32, pathLength: i32): i32 {
  const walk = walkToParent(badge, 0, pathLength);
  return walkError(walk) ? walkError(walk) : done(walk, removeDirectoryAt(walk));
}

export function unlink(badge: u32, pathLength: i32): i32 {
  const walk = walkToParent(badge, 0, pathLength);
  return walkError(walk) ? walkError(walk) : done(walk, unlinkAt(walk));
}

export function rename(badge: u32, target: i32, fromLength: i32, toLength: i32): i32 {
  const to = badgeOfTarget(target);
  const status = to < 0 ? <i32>to : renameTo(badge, <u32>to, fromLength, toLength);
  dropCap(target);
  return status;
}

function renameTo(badge: u32, toBadge: u32, fromLength: i32, toLength: i32): i32 {
  const from = walkToParent(badge, 0, fromLength);
  if (walkError(from)) return walkError(from);
  const to = walkToParent(toBadge, 1, toLength);
  const status = walkError(to) ? walkError(to) : done(to, renameBetween(from, to));
  return done(from, status);
}

export function link(badge: u32, follow: bool, target: i32, fromLength: i32, toLength: i32): i32 {
  const to = badgeOfTarget(target);
  const status = to < 0 ? <i32>to : linkTo(badge, follow, <u32>to, fromLength, toLength);
  dropCap(target);
  return status;
}

function linkTo(badge: u32, follow: bool, toBadge: u32, fromLength: i32, toLength: i32): i32 {
  const from = walkTo(badge, 0, fromLength, follow, false);
  if (walkError(from)) return walkError(from);
  const to = walkToParent(toBadge, 1, toLength);
  const status = walkError(to) ? walkError(to) : done(to, linkBetween(from, to));
  return done(from, status);
}

export function symbolicLink(badge: u32, contentsLength: i32, pathLength: i32): i32 {
  if (contentsLength < 1) return NotFound;
  if (contentsLength >= MAX_PATH) return TooLong;
  const contents = allocateRaw(contentsLength);
  if (!contents) return NoMemory;
  const got = kernel.fetch(0, 0, 0, contents, contentsLength);
  let status = got < 0 ? got : got != contentsLength || textContains(contents, contentsLength, 0) ? BadArgument : 0;
  if (!status) {
    const walk = walkToParent(badge, 1, pathLength);
    status = walkError(walk) ? walkError(walk) : done(walk, makeLinkAt(walk, contents, contentsLength));
  }
  release(contents);
  return status;
}

export function readLink(badge: u32, pathLength: i32, room: i32): i32 {
  const walk = walkTo(badge, 0, pathLength, false, false);
  if (walkError(walk)) return walkError(walk);
  let status = outcome(fileSystem_readLink(walk.at.fileSystem, walk.inode, walk.scratch, SCRATCH));
  if (!status) status = min(kernel.deliver(0, 0, walk.scratch, min(kernel.r0n, room)), 0);
  return done(walk, status);
}

export function readDirectory(badge: u32, cookie: u64, room: i32): i32 {
  const walk = walkAt(badge);
  if (walkError(walk)) return walkError(walk);
  const length = min(room, RANGE_LIMIT);
  const buffer = allocateRaw(max(length, 1));
  if (!buffer) return done(walk, NoMemory);
  let status = outcome(fileSystem_readDirectory(walk.at.fileSystem, walk.inode, cookie, buffer, length));
  if (!status) status = min(kernel.deliver(0, 0, buffer, min(kernel.r0n, length)), 0);
  release(buffer);
  return done(walk, status);
}

export function setMode(badge: u32, mode: u32, follow: bool, pathLength: i32): i32 {
  if (mode > 0o7777) return BadArgument;
  const walk = walkTo(badge, 0, pathLength, follow, false);
  if (walkError(walk)) return walkError(walk);
  return done(walk, walk.at.readOnly ? ReadOnly : outcome(fileSystem_setMode(walk.at.fileSystem, walk.inode, mode)));
}

export function setTimes(badge: u32, which: u32, accessed: u64, modified: u64, follow: bool, pathLength: i32): i32 {
  const walk = walkTo(badge, 0, pathLength, follow, false);
  if (walkError(walk)) return walkError(walk);
  return done(walk, walk.at.readOnly ? ReadOnly : outcome(fileSystem_setTimes(walk.at.fileSystem, walk.inode, which, accessed, modified)));
}

export function setSize(badge: u32, size: u64, pathLength: i32): i32 {
  const walk = walkTo(badge, 0, pathLength, true, false);
  if (walkError(walk)) return walkError(walk);
  let status = walk.kind == FileKind.Directory ? IsDirectory : walk.at.readOnly ? ReadOnly : 0;
  if (!status) status = outcome(fileSystem_setSize(walk.at.fileSystem, walk.inode, size));
  return done(walk, status);
}

export function path(badge: u32, room: i32): i32 {
  const walk = walkAt(badge);
  if (walkError(walk)) return walkError(walk);
  let status = pathOf(walk);
  if (!status && walk.rest > room) status = TooLong;
  if (!status) status = min(kernel.deliver(0, 0, walk.buffer + <usize>walk.position, walk.rest), 0);
  return done(walk, status);
}

export function status(badge: u32, pathLength: i32, room: i32): i32 {
  const walk = walkTo(badge, 0, pathLength, true, true);
  if (walkError(walk)) return walkError(walk);
  let result = outcome(fileSystem_status(walk.at.fileSystem, walk.scratch, FILE_SYSTEM_STATUS_SIZE));
  if (!result && kernel.r0n != FILE_SYSTEM_STATUS_SIZE) result = Io;
  if (!result) {
    if (walk.at.readOnly) FileSystemStatus.at(walk.scratch).readOnly = 1;
    result = min(kernel.deliver(0, 0, walk.scratch, FILE_SYSTEM_STATUS_SIZE), 0);
  }
  return done(walk, result);
}

export function sync(badge: u32, pathLength: i32): i32 {
  const walk = walkTo(badge, 0, pathLength, true, true);
  return walkError(walk) ? walkError(walk) : done(walk, outcome(fileSystem_sync(walk.at.fileSystem)));
}

export function mount(badge: u32, flags: u32, root: i32, pathLength: i32, sourceLength: i32): i32 {
  const mayManage = (kernel.rights & RIGHT_MANAGE) != 0;
  const error = mayManage ? mountFlagsError(flags) : NoRight;
  const result = error ? error : mountOn(badge, flags, root, pathLength, sourceLength);
  if (result < 0) dropCap(root);
  else answer_mount(mountAt(state().mounted).device);
  return result;
}

function mountOn(badge: u32, flags: u32, root: i32, pathLength: i32, sourceLength: i32): i32 {
  if (root <= 0) return BadArgument;
  if (!state().rootMount) return isRootPath(pathLength) ? mountRoot(flags, root, sourceLength) : NotFound;
  const walk = walkTo(badge, 0, pathLength, true, false);
  return walkError(walk) ? walkError(walk) : done(walk, mountAtWalk(walk, flags, root, sourceLength));
}

export function bind(badge: u32, flags: u32, fromLength: i32, pathLength: i32): i32 {
  const error = kernel.rights & RIGHT_MANAGE ? mountFlagsError(flags) : NoRight;
  if (error) return error;
  const from = walkTo(badge, 0, fromLength, true, false);
  if (walkError(from)) return walkError(from);
  const walk = walkTo(badge, 1, pathLength, true, false);
  const status = walkError(walk) ? walkError(walk) : done(walk, bindAtWalk(walk, from, flags));
  return done(from, status);
}

export function remount(badge: u32, flags: u32, mask: u32, pathLength: i32): i32 {
  const error = kernel.rights & RIGHT_MANAGE ? flags & ~mask ? BadArgument : mountFlagsError(flags) : NoRight;
  if (error) return error;
  const walk = walkTo(badge, 0, pathLength, true, false);
  return walkError(walk) ? walkError(walk) : done(walk, remountAtWalk(walk, flags, mask));
}

export function where(badge: u32): i32 {
  const handle = handleFind(badge);
  const mount = mountAt(badge ? changetype<usize>(handle) ? handle.mount : 0 : state().rootMount);
  if (!changetype<usize>(mount)) return badge ? BadHandle : NotFound;
  answer_where(mount.id, badge ? handle.inode : mount.rootInode);
  return 0;
}

export function mountTable(badge: u32): i32 {
  const table = sharedTable();
  if (table < 0) return table;
  answer_mountTable(table);
  return 0;
}

export function resolve(badge: u32, mount: u32): i32 {
  const found = mountNumbered(mount);
  if (!changetype<usize>(found)) return NotFound;
  if (!found.paths) return NotSupported;
  const copy = kernel.capCopy(found.paths);
  if (copy < 0) return copy;
  answer_resolve(copy);
  return 0;
}

/** Whether the path is `/`. */
function isRootPath(pathLength: i32): bool {
  const buffer = allocateRaw(16);
  if (!buffer) return false;
  const isRoot = pathLength == 1 && kernel.fetch(0, 0, 0, buffer, 1) == 1 && load<u8>(buffer) == 0x2f;
  release(buffer);
  return isRoot;
}

export function unmount(badge: u32, pathLength: i32): i32 { return unmountPath(badge, pathLength, false); }
export function abandon(badge: u32, pathLength: i32): i32 { return unmountPath(badge, pathLength, true); }

function unmountPath(badge: u32, pathLength: i32, abandoned: bool): i32 {
  if (!(kernel.rights & RIGHT_MANAGE)) return NoRight;
  const walk = walkTo(badge, 0, pathLength, true, false);
  return walkError(walk) ? walkError(walk) : unmountAndEnd(walk, abandoned);
}

export function mounts(badge: u32, position: u64, room: i32): i32 { return deliverMounts(position, room); }

/** Nothing is pending. Others may hold the same handle: it ends with its last capability. */
export function close(badge: u32): i32 { return 0; }
