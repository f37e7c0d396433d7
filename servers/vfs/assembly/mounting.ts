// Mounting, unmounting and the text of the mount table. Between the look-up of the place and the change there are calls, so
// what was checked before them is checked again.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, Busy, NoMemory, NotDirectory, TooLong, TryAgain } from "../../../abi/generated/assembly/errors";
import { fileSystem_hold, fileSystem_release, fileSystem_root, fileSystem_root_inode } from "../../../abi/generated/assembly/client/file-system";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { MAX_NAME, MAX_PATH } from "../../../abi/layout/limits";
import { allocate, allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { Text } from "../../../lib/assembly/memory/text";
import { Mount, mountAt, mountCovering, mountFree, mountInsert, mountRemove } from "./mount-table";
import { outcome } from "./outcome";
import { pathOf } from "./path-of";
import { MAX_MOUNTS, mountList, state } from "./state";
import { Walk, stand, walkAt, walkEnd, walkError } from "./walk";

const SPACE: u8 = 0x20;
const READ_ONLY: u64 = 0x6f72; // "ro"
const READ_WRITE: u64 = 0x7772; // "rw"

/** A mount of the file system in `slot`, not in the table yet; the slot is its own from then on. A negated error instead. */
function mountCreate(flags: u32, slot: i32): Mount {
  const status = outcome(fileSystem_root(slot));
  if (status < 0) return changetype<Mount>(<usize>status);
  const inode = fileSystem_root_inode();
  const mount = changetype<Mount>(allocate(<i32>offsetof<Mount>()));
  if (!changetype<usize>(mount)) return changetype<Mount>(<usize>NoMemory);
  mount.rootInode = inode;
  mount.fileSystem = slot;
  mount.flags = flags;
  return mount;
}

/** Give up a mount that did not get into the table; the caller still has the slot. */
function abandon(mount: Mount, status: i32): i32 {
  mount.fileSystem = 0;
  mountFree(mount);
  return status;
}

/** The first mount of all, on `/`. */
export function mountRoot(flags: u32, slot: i32, sourceLength: i32): i32 {
  const mount = mountCreate(flags, slot);
  if (<i32>changetype<usize>(mount) < 0) return <i32>changetype<usize>(mount);
  const status = describe(mount, 0, 0, sourceLength);
  if (status) return abandon(mount, status);
  if (state().rootMount) return abandon(mount, Busy);
  mountInsert(mount);
  return 0;
}

/** Mount on the directory where the walk stands. */
export function mountAtWalk(walk: Walk, flags: u32, slot: i32, sourceLength: i32): i32 {
  if (walk.kind != FileKind.Directory) return NotDirectory;
  if (walk.inode == walk.at.rootInode) return Busy;
  const parent = walk.at;
  const covered = walk.inode;
  const held = outcome(fileSystem_hold(parent.fileSystem, covered));
  if (held < 0) return held;
  const mount = mountCreate(flags, slot);
  let status = min(<i32>changetype<usize>(mount), 0);
  if (!status) {
    status = describeAt(mount, parent, covered, sourceLength);
    // (1) Other threads were in here during the calls: somebody may have mounted on it, or very much elsewhere.
    if (!status && changetype<usize>(mountCovering(parent, covered))) status = Busy;
    if (!status && state().mountCount >= MAX_MOUNTS) status = TryAgain;
    if (status) abandon(mount, status);
  }
  if (status) {
    fileSystem_release(parent.fileSystem, covered);
    return status;
  }
  mount.parent = <u32>changetype<usize>(parent);
  mount.coveredInode = covered;
  mountInsert(mount);
  return 0;
}

/** Describe a mount on a directory of `parent`, which is pinned. */
function describeAt(mount: Mount, parent: Mount, covered: u64, sourceLength: i32): i32 {
  const up = walkAt(0);
  if (walkError(up)) return walkError(up);
  stand(up, parent, covered);
  let status = pathOf(up);
  if (!status) status = describe(mount, up.buffer + <usize>up.position, up.rest, sourceLength);
  walkEnd(up);
  return status;
}

/** Write its line: source, path (of length 0: the root), and the source again as the type. */
function describe(mount: Mount, path: usize, pathLength: i32, sourceLength: i32): i32 {
  if (sourceLength < 1) return BadArgument;
  if (sourceLength > MAX_NAME || pathLength > MAX_PATH) return TooLong;
  const limit = sourceLength * 2 + pathLength * 4 + 3;
  const block = allocateRaw(<i32>offsetof<Text>() + limit + sourceLength);
  if (!block) return NoMemory;
  const text = changetype<Text>(block);
  text.start(block + offsetof<Text>(), limit);
  const source = text.buffer + <usize>limit;
  const got = kernel.fetch(0, 1, 0, source, sourceLength);
  if (got != sourceLength || !isWord(source, sourceLength)) {
    release(block);
    return got < 0 ? got : BadArgument;
  }
  text.copy(source, sourceLength);
  text.byte(SPACE);
  if (!pathLength) text.byte(0x2f);
  for (let i = 0; i < pathLength; i++) escaped(text, load<u8>(path + <usize>i));
  text.byte(SPACE);
  text.copy(source, sourceLength);
  const own = allocateRaw(text.length);
  if (own) {
    memory.copy(own, text.buffer, <usize>text.length);
    mount.text = <u32>own;
    mount.textLength = text.length;
  }
  release(block);
  return own ? 0 : NoMemory;
}

/** Blanks, control characters and backslashes in octal, as in /proc/mounts. */
function escaped(text: Text, byte: u8): void {
  if (byte > SPACE && byte != 0x5c) { text.byte(byte); return; }
  text.byte(0x5c);
  text.byte(0x30 + (byte >> 6));
  text.byte(0x30 + (byte >> 3 & 7));
  text.byte(0x30 + (byte & 7));
}

function isWord(text: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (load<u8>(text + <usize>i) <= SPACE) return false;
  return true;
}

/** Remove the mount at whose root the walk stands; ends the walk. */
export function unmountAndEnd(walk: Walk): i32 {
  const mount = walk.at;
  let status = 0;
  if (walk.kind != FileKind.Directory || walk.inode != mount.rootInode) status = BadArgument;
  else if (mount.handles || mount.submounts || mount.pins != 1) status = Busy;
  else mountRemove(mount);
  walkEnd(walk);
  if (status) return status;
  const parent = mountAt(mount.parent);
  const covered = mount.coveredInode;
  mountFree(mount);
  if (!changetype<usize>(parent)) return 0;
  // The parent cannot go during the call: it still counts its submount.
  fileSystem_release(parent.fileSystem, covered);
  parent.submounts--;
  return 0;
}

/** Answer with the table's text from `position` on. */
export function deliverMounts(position: u64, room: i32): i32 {
  let limit = 0;
  for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) limit += changetype<Mount>(link).textLength + 4;
  const block = allocateRaw(<i32>offsetof<Text>() + limit);
  if (!block) return NoMemory;
  const text = changetype<Text>(block);
  text.start(block + offsetof<Text>(), limit);
  for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) {
    const mount = changetype<Mount>(link);
    text.copy(<usize>mount.text, mount.textLength);
    text.byte(SPACE);
    text.constant(mount.readOnly ? READ_ONLY : READ_WRITE);
    text.byte(0x0a);
  }
  if (position < <u64>text.length) kernel.deliver(0, 0, text.buffer + <usize>position, min(room, text.length - <i32>position));
  release(block);
  return 0;
}
