// The interface `fileSystem`: what the VFS calls. The badge is the attached volume. Every inode number is looked up anew, so a stale one is
// NotFound.

import * as kernel from "../../../lib/assembly/kernel";
import { AccessDenied, BadArgument, Busy, Corrupt, IsDirectory, NotDirectory, NotFound, NotLink, ReadOnly, TooLong } from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind } from "../../../abi/generated/assembly/enums";
import { FILE_SYSTEM_STATUS_SIZE, FileSystemStatus } from "../../../abi/generated/assembly/records";
import { MAX_NAME, RIGHT_GRANT, RIGHT_READ } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { textContains } from "../../../lib/assembly/memory/text";
import { INODE_ROOT } from "../../../lib/formats/ext2";
import { deliverAttributes } from "./attributes";
import { blockOf } from "./block-map";
import { blockPeek } from "./buffer";
import { contentsResize } from "./contents";
import { contentsEnsure } from "./contents-object";
import { volumeDetach, volumeGiveUp } from "./detach";
import { addNew, directoryLookup, parentOf, removeName, renameName } from "./directory";
import { answer_create, answer_lookup, answer_open, answer_root, answer_symbolicLink } from "./generated/file-system-dispatch";
import { groupHasSuper, tableBlocks } from "./group";
import { Inode, isFastLink, kindOf, noInode, pointerAt } from "./inode";
import { inodeGet, inodeKnown } from "./inode-cache";
import { fileOpen } from "./open-file";
import { inodeDrop } from "./orphan";
import { requestLink, requestReadDirectory, requestSetMode, requestSetSize, requestSetTimes } from "./requests";
import { volumeSync } from "./transaction";
import { Volume, isNull, noVolume, volumeEnter, volumeLeave } from "./volume";

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
export function fetchName(which: i32, buffer: usize, length: i32): i32 {
  const status = fetchAnyName(which, buffer, length);
  return status ? status : dots(buffer, length) >= 0 ? BadArgument : 0;
}

export function root(badge: u32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  volumeLeave(v, 0);
  answer_root(INODE_ROOT);
  return 0;
}

export function lookup(badge: u32, directory: u64, nameLength: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  let status = fetchAnyName(0, v.nameA, nameLength), number: u64 = 0, kind: u32 = 0;
  if (status == 0) {
    let found = inodeGet(v, directory);
    if (noInode(found)) status = v.status;
    else if (!found.isDirectory) status = NotDirectory;
    else {
      const special = dots(v.nameA, nameLength);
      if (special == 1) found = parentOf(v, found);
      else if (special < 0) found = directoryLookup(v, found, v.nameA, nameLength);
      if (noInode(found)) status = v.status;
      else {
        number = found.number;
        kind = kindOf(found.mode);
      }
    }
  }
  status = volumeLeave(v, status);
  if (status == 0) answer_lookup(number, kind);
  return status;
}

export function create(badge: u32, directory: u64, kind: u32, mode: u32, nameLength: i32): i32 {
  if (kind != FileKind.Regular && kind != FileKind.Directory) return BadArgument;
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  let status = fetchName(0, v.nameA, nameLength), number: i64 = 0;
  if (status == 0) {
    number = addNew(v, inodeGet(v, directory), v.nameA, nameLength, kind, mode, 0, 0);
    status = <i32>min<i64>(number, 0);
  }
  status = volumeLeave(v, status);
  if (status == 0) answer_create(number);
  return status;
}

export function unlink(badge: u32, directory: u64, directoryWanted: bool, nameLength: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const status = fetchName(0, v.nameA, nameLength);
  return volumeLeave(v, status ? status : removeName(v, inodeGet(v, directory), v.nameA, nameLength, directoryWanted));
}

export function rename(badge: u32, fromDirectory: u64, toDirectory: u64, fromLength: i32, toLength: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  let status = fetchName(0, v.nameA, fromLength);
  if (!status) status = fetchName(1, v.nameB, toLength);
  if (!status) {
    const from = inodeGet(v, fromDirectory), to = noInode(from) ? from : inodeGet(v, toDirectory);
    status = noInode(to) ? v.status : renameName(v, from, v.nameA, fromLength, to, v.nameB, toLength);
  }
  return volumeLeave(v, status);
}

export function link(badge: u32, inode: u64, directory: u64, nameLength: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  return requestLink(v, inode, directory, nameLength);
}

export function symbolicLink(badge: u32, directory: u64, nameLength: i32, contentsLength: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  let status = fetchName(0, v.nameA, nameLength), number: i64 = 0;
  if (status == 0) status = fetchContents(v, contentsLength);
  if (status == 0) {
    number = addNew(v, inodeGet(v, directory), v.nameA, nameLength, FileKind.SymbolicLink, 0o777, v.transfer, contentsLength);
    status = <i32>min<i64>(number, 0);
  }
  status = volumeLeave(v, status);
  if (status == 0) answer_symbolicLink(number);
  return status;
}

/** What a symbolic link points to must fit one block. */
export function fetchContents(v: Volume, length: i32): i32 {
  if (length < 1) return BadArgument;
  if (length >= <i32>v.blockSize) return TooLong;
  const got = kernel.fetch(0, 1, 0, v.transfer, length);
  if (got != length) return got < 0 ? got : BadArgument;
  return textContains(v.transfer, length, 0) ? BadArgument : 0;
}

export function readLink(badge: u32, inode: u64, room: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const found = inodeGet(v, inode);
  if (noInode(found)) return volumeLeave(v, v.status);
  return volumeLeave(v, found.isLink ? deliverLink(v, found, room) : NotLink);
}

export function deliverLink(v: Volume, inode: Inode, room: i32): i32 {
  let text = pointerAt(inode, 0);
  if (!isFastLink(v, inode)) {
    const block = blockOf(v, inode, 0);
    if (block <= 0) return block < 0 ? <i32>block : Corrupt;
    text = blockPeek(v, <u32>block, v.block2);
    if (!text) return v.status;
  }
  return min(kernel.deliver(0, 0, text, min(<i32>inode.size, room)), 0);
}

export function stat(badge: u32, inode: u64, room: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const found = inodeGet(v, inode);
  return volumeLeave(v, noInode(found) ? v.status : deliverAttributes(v, found, 0));
}

export function setMode(badge: u32, inode: u64, mode: u32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  return requestSetMode(v, inode, mode);
}

export function setTimes(badge: u32, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  return requestSetTimes(v, inode, which, accessed, modified);
}

export function setSize(badge: u32, inode: u64, size: u64): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  return requestSetSize(v, inode, size);
}

export function readDirectory(badge: u32, inode: u64, cookie: u64, room: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  return requestReadDirectory(v, inode, cookie, room);
}

export function open(badge: u32, inode: u64, flags: u32, device: u64): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const file = openInode(v, inodeGet(v, inode), flags, device, true);
  const size = v.openedSize, data = v.openedData;
  const status = volumeLeave(v, min(file, 0));
  if (status == 0) answer_open(size, file, data);
  return status;
}

/** An open file of what inodeGet gave: its capability, with size and Dataspace (0 unless `dataWanted`) in the volume; or a negated error. */
export function openInode(v: Volume, found: Inode, flags: u32, device: u64, dataWanted: bool): i32 {
  let status = noInode(found) ? v.status : openError(v, found, flags);
  if (status == 0 && flags & FileFlags.Truncate && found.size) status = contentsResize(v, found, 0);
  if (status == 0) status = contentsEnsure(v, found);
  if (status) return status;
  const file = fileOpen(v, found, flags & (FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.ReadOnlyMount), device);
  if (file < 0) return file;
  // Everybody writes through the server, which knows the blocks: the Dataspace is for reading.
  const data = dataWanted ? kernel.capMint(found.contents, RIGHT_READ | RIGHT_GRANT, 0) : 0;
  if (data < 0) {
    dropCap(file);
    return data;
  }
  v.openedSize = found.size;
  v.openedData = data;
  return file;
}

function openError(v: Volume, inode: Inode, flags: u32): i32 {
  if (inode.isDirectory) return IsDirectory;
  if (!inode.isRegular) return BadArgument;
  if (v.readOnly && flags & (FileFlags.Write | FileFlags.Truncate)) return ReadOnly;
  return !(flags & FileFlags.Create) && !allowed(inode, flags) ? AccessDenied : 0;
}

/** Whether the owner's permission bits allow it. */
export function allowed(inode: Inode, flags: u32): bool {
  if ((flags & FileFlags.Read) && !(inode.mode & 0o400)) return false;
  return !(flags & (FileFlags.Write | FileFlags.Truncate)) || (inode.mode & 0o200) != 0;
}

export function status(badge: u32, room: i32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  memory.fill(v.record, 0, FILE_SYSTEM_STATUS_SIZE);
  const figures = FileSystemStatus.at(v.record);
  figures.blockSize = v.blockSize;
  figures.blocks = v.blocks - overhead(v);
  figures.free = v.freeBlocks;
  figures.files = v.inodeCount;
  figures.filesFree = v.freeInodes;
  figures.nameLimit = MAX_NAME;
  figures.readOnly = v.readOnly ? 1 : 0;
  return volumeLeave(v, min(kernel.deliver(0, 0, v.record, FILE_SYSTEM_STATUS_SIZE), 0));
}

/** Blocks that are no file's. */
function overhead(v: Volume): u32 {
  let sum = v.firstDataBlock + v.groups * (2 + tableBlocks(v));
  for (let group: u32 = 0; group < v.groups; group++) if (groupHasSuper(v, group)) sum += 1 + v.descriptorBlocks + v.reservedGdt;
  return min(sum, v.blocks);
}

export function hold(badge: u32, inode: u64): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const found = inodeGet(v, inode);
  if (noInode(found)) return volumeLeave(v, v.status);
  if (found.holds == u32.MAX_VALUE) return volumeLeave(v, NotFound);
  found.holds++;
  v.holds++;
  return volumeLeave(v, 0);
}

export function release(badge: u32, inode: u64): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const found = inode <= <u64>v.inodeCount ? inodeKnown(v, <u32>inode) : changetype<Inode>(0);
  if (noInode(found) || !found.holds) return volumeLeave(v, NotFound);
  found.holds--;
  v.holds--;
  return volumeLeave(v, inodeDrop(v, found));
}

export function detach(badge: u32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  return volumeLeave(v, v.opens || v.holds ? Busy : volumeDetach(v));
}

export function abandon(badge: u32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  if (v.opens || v.holds) return volumeLeave(v, Busy);
  if (volumeDetach(v) < 0) volumeGiveUp(v);
  return volumeLeave(v, 0);
}

export function sync(badge: u32): i32 {
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  return volumeLeave(v, volumeSync(v));
}
