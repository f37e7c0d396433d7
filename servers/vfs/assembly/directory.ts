// The interface `directory`: each method walks its path and does its work where the walk has come to. The badge is the
// directory handle that relative paths start from.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, Io, IsDirectory, NoMemory, NoRight, NotFound, ReadOnly, TooLong } from "../../../abi/generated/assembly/errors";
import {
  fileSystem_readDirectory, fileSystem_readLink, fileSystem_setMode, fileSystem_setSize, fileSystem_setTimes, fileSystem_stat, fileSystem_status,
} from "../../../abi/generated/assembly/client/file-system";
import { FileKind, MountFlags } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes, FILE_SYSTEM_STATUS_SIZE, FileSystemStatus } from "../../../abi/generated/assembly/records";
import { MAX_PATH, RANGE_LIMIT, RIGHT_MANAGE } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { textContains } from "../../../lib/assembly/memory/text";
import { linkBetween, makeDirectoryAt, makeLinkAt, removeDirectoryAt, renameBetween, unlinkAt } from "./change";
import { answer_mount } from "./generated/directory-dispatch";
import { badgeOfTarget, handleFind } from "./handle";
import { deliverMounts, mountAtWalk, mountRoot, unmountAndEnd } from "./mounting";
import { openArgumentsError, openWalk } from "./open";
import { outcome } from "./outcome";
import { pathOf } from "./path-of";
import { state } from "./state";
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
function walkTo(badge: u32, pathLength: i32, follow: bool, emptyAllowed: bool): Walk {
  const walk = walkStart(badge, 0, pathLength, emptyAllowed);
  if (walkError(walk) || pathLength < 1) return walk;
  const status = walkLast(walk, follow);
  return status < 0 ? changetype<Walk>(<usize>done(walk, status)) : walk;
}

export function stat(badge: u32, follow: bool, pathLength: i32, room: i32): i32 {
  const walk = walkTo(badge, pathLength, follow, true);
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
  const from = walkTo(badge, fromLength, follow, false);
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
  const walk = walkTo(badge, pathLength, false, false);
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
  const walk = walkTo(badge, pathLength, follow, false);
  if (walkError(walk)) return walkError(walk);
  return done(walk, walk.at.readOnly ? ReadOnly : outcome(fileSystem_setMode(walk.at.fileSystem, walk.inode, mode)));
}

export function setTimes(badge: u32, which: u32, accessed: u64, modified: u64, follow: bool, pathLength: i32): i32 {
  const walk = walkTo(badge, pathLength, follow, false);
  if (walkError(walk)) return walkError(walk);
  return done(walk, walk.at.readOnly ? ReadOnly : outcome(fileSystem_setTimes(walk.at.fileSystem, walk.inode, which, accessed, modified)));
}

export function setSize(badge: u32, size: u64, pathLength: i32): i32 {
  const walk = walkTo(badge, pathLength, true, false);
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
  const walk = walkTo(badge, pathLength, true, true);
  if (walkError(walk)) return walkError(walk);
  let result = outcome(fileSystem_status(walk.at.fileSystem, walk.scratch, FILE_SYSTEM_STATUS_SIZE));
  if (!result && kernel.r0n != FILE_SYSTEM_STATUS_SIZE) result = Io;
  if (!result) {
    if (walk.at.readOnly) FileSystemStatus.at(walk.scratch).readOnly = 1;
    result = min(kernel.deliver(0, 0, walk.scratch, FILE_SYSTEM_STATUS_SIZE), 0);
  }
  return done(walk, result);
}

export function mount(badge: u32, flags: u32, root: i32, pathLength: i32, sourceLength: i32): i32 {
  const mayManage = (kernel.rights & RIGHT_MANAGE) != 0;
  const result = !mayManage ? NoRight : flags & ~MountFlags.ReadOnly ? BadArgument : mountOn(badge, flags, root, pathLength, sourceLength);
  if (result < 0) dropCap(root);
  else answer_mount(state().lastDevice);
  return result;
}

function mountOn(badge: u32, flags: u32, root: i32, pathLength: i32, sourceLength: i32): i32 {
  if (root <= 0) return BadArgument;
  if (!state().rootMount) return isRootPath(pathLength) ? mountRoot(flags, root, sourceLength) : NotFound;
  const walk = walkTo(badge, pathLength, true, false);
  return walkError(walk) ? walkError(walk) : done(walk, mountAtWalk(walk, flags, root, sourceLength));
}

/** Whether the path is `/`. */
function isRootPath(pathLength: i32): bool {
  const buffer = allocateRaw(16);
  if (!buffer) return false;
  const isRoot = pathLength == 1 && kernel.fetch(0, 0, 0, buffer, 1) == 1 && load<u8>(buffer) == 0x2f;
  release(buffer);
  return isRoot;
}

export function unmount(badge: u32, pathLength: i32): i32 {
  if (!(kernel.rights & RIGHT_MANAGE)) return NoRight;
  const walk = walkTo(badge, pathLength, true, false);
  return walkError(walk) ? walkError(walk) : unmountAndEnd(walk);
}

export function mounts(badge: u32, position: u64, room: i32): i32 { return deliverMounts(position, room); }

/** Nothing is pending. Others may hold the same handle: it ends with its last capability. */
export function close(badge: u32): i32 { return 0; }
