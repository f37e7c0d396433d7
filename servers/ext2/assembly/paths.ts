// The interface `paths`: an attached volume as clients that walk for themselves see it. Through the badge of the volume the VFS makes clients and says what is
// covered; a client's badge names a record that says which volume and what its mount allows, and no other interface answers it.

import * as kernel from "../../../lib/assembly/kernel";
import {
  BadArgument, BadHandle, Busy, Exists, IsDirectory, LinkLoop, NoMemory, NotDirectory, NotEmpty, NotFound, ReadOnly, TooManyOpen,
} from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind, MountFlags, WalkEnd, WalkMode } from "../../../abi/generated/assembly/enums";
import { RANGE_LIMIT } from "../../../abi/layout/limits";
import { PathWalk, walkPath } from "../../../lib/assembly/files/path-walk";
import { dropCap, handleMint } from "../../../lib/assembly/ipc/handle";
import { allocate, allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { numberAdd, numberRemove } from "../../../lib/assembly/memory/number-table";
import { textContains } from "../../../lib/assembly/memory/text";
import { deliverAttributes, setModeOf, setTimesOf } from "./attributes";
import { contentsResize } from "./contents";
import { addLink, addNew, directoryLookup, parentOf, removeName, renameName } from "./directory";
import { deliverLink, fetchContents, fetchName, openInode } from "./file-system";
import { answer_makeDirectory, answer_open, answer_remove, answer_restrict, answer_stat, answer_walk } from "./generated/paths-dispatch";
import { Inode, kindOf, noInode } from "./inode";
import { inodeGet } from "./inode-cache";
import { deliverEntries } from "./read-directory";
import { TAG_CLIENT, Tagged, numbers, recordFind } from "./state";
import { Volume, isNull, noVolume, volumeEnter, volumeLeave } from "./volume";

/** Clients of a mount. Lives as long as capabilities with its badge; the volume may be gone before. */
@unmanaged class Client extends Tagged {
  volume: u32;
  /** MountFlags. */
  flags: u32;
  root: i32;
}

/** What walkPath asks of a volume; and the walk itself, the path behind it. One for each request. */
@unmanaged class Request {
  volume: u32;
  flags: u32;
  found: u64;
  kind: u32;
  covered: u32;

  @inline get v(): Volume { return changetype<Volume>(<usize>this.volume); }
  @inline get walk(): PathWalk { return changetype<PathWalk>(changetype<usize>(this) + offsetof<Request>()); }
  @inline get path(): usize { return changetype<usize>(this.walk) + offsetof<PathWalk>(); }

  find(directory: u64, name: usize, length: i32): i32 {
    const v = this.v;
    const at = inodeGet(v, directory);
    if (noInode(at)) return v.status;
    if (!at.isDirectory) return NotDirectory;
    const up = length == 2 && load<u16>(name) == 0x2e2e;
    const found = up ? parentOf(v, at) : directoryLookup(v, at, name, length);
    if (noInode(found)) return v.status;
    this.found = found.number;
    this.kind = kindOf(found.mode);
    this.covered = found.covers;
    return 0;
  }
  foundInode(): u64 { return this.found; }
  foundKind(): u32 { return this.kind; }
  foundCovered(): bool { return this.covered != 0; }
}

@inline function requestError(request: Request): i32 { return min(<i32>changetype<usize>(request), 0); }
@inline function failed(status: i32): Request { return changetype<Request>(<usize>status); }

function clientFind(badge: u32): Client { return changetype<Client>(recordFind(badge, TAG_CLIENT)); }

/** The last capability with a badge is gone: whether it was a client's. */
export function clientClose(badge: u32): bool {
  const client = clientFind(badge);
  if (!changetype<usize>(client)) return false;
  numberRemove(numbers(), badge);
  dropCap(client.root);
  release(changetype<usize>(client));
  return true;
}

/** The volume of a client (or of the VFS), with its mutex taken, or null. */
function enter(badge: u32): Volume {
  const client = clientFind(badge);
  return volumeEnter(changetype<usize>(client) ? client.volume : badge);
}

/** What the capability allows; look before the volume is entered. */
function flagsOf(badge: u32): u32 {
  const client = clientFind(badge);
  return changetype<usize>(client) ? client.flags : 0;
}

/** Take the path from the message, enter the volume and walk: the request, or a negated error. */
function walkTo(badge: u32, directory: u64, root: u64, mode: u32, length: i32): Request {
  if (length > RANGE_LIMIT) return failed(BadArgument);
  const flags = flagsOf(badge);
  const block = allocateRaw(<i32>(offsetof<Request>() + offsetof<PathWalk>()) + length);
  if (!block) return failed(NoMemory);
  const request = changetype<Request>(block);
  const got = length ? kernel.fetch(0, 0, 0, request.path, length) : 0;
  let status = got != length ? (got < 0 ? got : BadArgument) : textContains(request.path, length, 0) ? BadArgument : 0;
  const v = status ? changetype<Volume>(0) : enter(badge);
  if (!status && isNull(v)) status = noVolume();
  if (status) {
    release(block);
    return failed(status);
  }
  request.volume = <u32>changetype<usize>(v);
  request.flags = flags;
  request.walk.begin(directory, root, request.path, length);
  status = walkPath<Request>(request, request.walk, mode);
  request.walk.missing = request.walk.missing && status == NotFound;
  return status && !request.walk.missing ? failed(finish(request, status)) : request;
}

/** Leave the volume and forget the request. */
function finish(request: Request, status: i32): i32 {
  const left = volumeLeave(request.v, status);
  release(changetype<usize>(request));
  return left;
}

/** Deliver what belongs to an end other than Done. */
function deliverEnd(request: Request, room: i32): i32 {
  if (request.walk.end != WalkEnd.Link) return 0;
  const link = inodeGet(request.v, request.walk.link);
  return noInode(link) ? request.v.status : deliverLink(request.v, link, room);
}

export function restrict(badge: u32, flags: u32): i32 {
  if (changetype<usize>(clientFind(badge))) return BadHandle;
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const client = changetype<Client>(allocate(<i32>offsetof<Client>()));
  let copy = TooManyOpen;
  if (changetype<usize>(client)) {
    client.tag = TAG_CLIENT;
    client.volume = badge;
    client.flags = flags & (MountFlags.ReadOnly | MountFlags.NoData);
    client.badge = numberAdd(numbers(), changetype<usize>(client));
    if (client.badge) {
      client.root = handleMint(client.badge);
      copy = client.root > 0 ? kernel.capCopy(client.root) : TooManyOpen;
      if (copy < 0) clientClose(client.badge);
    } else release(changetype<usize>(client));
  }
  const status = volumeLeave(v, min(copy, 0));
  if (!status) answer_restrict(copy);
  return status;
}

export function cover(badge: u32, inode: u64, covered: bool): i32 {
  if (changetype<usize>(clientFind(badge))) return BadHandle;
  const v = volumeEnter(badge);
  if (isNull(v)) return noVolume();
  const found = inodeGet(v, inode);
  // The count is in the record, which stays as long as the inode is held.
  if (noInode(found) || !found.holds || (!covered && !found.covers)) return volumeLeave(v, NotFound);
  if (covered) found.covers++;
  else found.covers--;
  return volumeLeave(v, 0);
}

export function walk(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  if (mode > <u32>WalkMode.Parent) return BadArgument;
  const request = walkTo(badge, directory, root, mode, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk;
  let status = at.missing ? NotFound : 0;
  // A link that is not followed is what was asked for: its contents spare a readLink.
  if (!status && at.end == WalkEnd.Done && at.kind == FileKind.SymbolicLink) {
    const link = inodeGet(request.v, at.inode);
    status = noInode(link) ? request.v.status : deliverLink(request.v, link, room);
  } else if (!status) status = deliverEnd(request, room);
  const end = at.end;
  const consumed = at.consumed;
  const inode = at.inode;
  const kind = at.kind;
  status = finish(request, status);
  if (!status) answer_walk(end, <u32>consumed, inode, kind);
  return status;
}

export function stat(badge: u32, directory: u64, root: u64, follow: bool, pathLength: i32, room: i32): i32 {
  const request = walkTo(badge, directory, root, follow ? WalkMode.LastFollowed : WalkMode.Last, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk;
  let status = at.missing ? NotFound : 0;
  if (!status && at.end == WalkEnd.Done) {
    const found = inodeGet(request.v, at.inode);
    status = noInode(found) ? request.v.status : deliverAttributes(request.v, found, 0);
  } else if (!status) status = deliverEnd(request, room);
  const end = at.end;
  const consumed = at.consumed;
  const inode = at.inode;
  status = finish(request, status);
  if (!status) answer_stat(end, <u32>consumed, inode);
  return status;
}

const KNOWN: u32 = 0x1ff;
const CHANGES: u32 = FileFlags.Write | FileFlags.Append | FileFlags.Truncate;
const PASSED: u32 = FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.Truncate | FileFlags.NonBlocking;

export function open(badge: u32, directory: u64, root: u64, flags: u32, mode: u32, device: u64, pathLength: i32, room: i32): i32 {
  if (flags & ~KNOWN || mode > 0o7777 || (flags & FileFlags.Create && flags & FileFlags.Directory)) return BadArgument;
  const exclusive = (flags & FileFlags.Create) != 0 && (flags & FileFlags.Exclusive) != 0;
  const request = walkTo(badge, directory, root, exclusive || flags & FileFlags.NoFollow ? WalkMode.Last : WalkMode.LastFollowed, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk;
  let status = 0, file = 0, created = false;
  if (at.missing) {
    status = flags & FileFlags.Create ? createLast(request, mode) : NotFound;
    created = status == 0;
  } else if (exclusive && at.last && (at.end == WalkEnd.Done || at.end == WalkEnd.Covered)) status = Exists;
  if (!status) {
    if (at.end != WalkEnd.Done) status = deliverEnd(request, room);
    else if (at.kind == FileKind.Directory) status = flags & (CHANGES | FileFlags.Create) ? IsDirectory : 0;
    else {
      file = openLast(request, flags, created, device);
      status = min(file, 0);
    }
  }
  const end = at.end;
  const consumed = at.consumed;
  const inode = at.inode;
  const kind = at.kind;
  const size = file > 0 ? request.v.openedSize : 0;
  const data = file > 0 ? request.v.openedData : 0;
  status = finish(request, status);
  if (!status) answer_open(end, <u32>consumed, inode, kind, size, created, file, data);
  return status;
}

/** Make the file that the last component names. */
function createLast(request: Request, mode: u32): i32 {
  const at = request.walk;
  if (at.directoryWanted) return IsDirectory;
  if (request.flags & MountFlags.ReadOnly) return ReadOnly;
  const made = addNew(request.v, inodeGet(request.v, at.directory), at.name, at.nameLength, FileKind.Regular, mode, 0, 0);
  if (made < 0) return <i32>made;
  at.inode = <u64>made;
  at.kind = FileKind.Regular;
  at.end = WalkEnd.Done;
  return 0;
}

/** Open what the walk led to, which is no directory: a capability, or a negated error. */
function openLast(request: Request, flags: u32, created: bool, device: u64): i32 {
  const at = request.walk;
  const bound = request.flags & MountFlags.ReadOnly;
  if (flags & FileFlags.Directory) return NotDirectory;
  if (at.kind == FileKind.SymbolicLink) return LinkLoop;
  if (flags & CHANGES && bound) return ReadOnly;
  const passed = flags & PASSED | (created ? FileFlags.Create : 0) | (bound ? FileFlags.ReadOnlyMount : 0);
  return openInode(request.v, inodeGet(request.v, at.inode), passed, device, !(request.flags & MountFlags.NoData));
}

export function makeDirectory(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  if (mode > 0o7777) return BadArgument;
  const request = walkTo(badge, directory, root, WalkMode.Parent, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk;
  let status = 0;
  if (at.end != WalkEnd.Done) status = deliverEnd(request, room);
  else if (at.special >= 0) status = Exists;
  else if (request.flags & MountFlags.ReadOnly) status = ReadOnly;
  else status = <i32>min<i64>(addNew(request.v, inodeGet(request.v, at.directory), at.name, at.nameLength, FileKind.Directory, mode, 0, 0), 0);
  const end = at.end;
  const consumed = at.consumed;
  const inode = at.inode;
  status = finish(request, status);
  if (!status) answer_makeDirectory(end, <u32>consumed, inode);
  return status;
}

export function remove(badge: u32, directory: u64, root: u64, directoryWanted: bool, pathLength: i32, room: i32): i32 {
  const request = walkTo(badge, directory, root, WalkMode.Parent, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk;
  let status = at.end == WalkEnd.Done ? removeLast(request, directoryWanted) : deliverEnd(request, room);
  const end = at.end;
  const consumed = at.consumed;
  const inode = at.inode;
  status = finish(request, status);
  if (!status) answer_remove(end, <u32>consumed, inode);
  return status;
}

/** Remove what the last component names. */
function removeLast(request: Request, directoryWanted: bool): i32 {
  const at = request.walk;
  if (!directoryWanted && at.special >= 0) return IsDirectory;
  switch (at.special) {
    case 0: return Busy;
    case 1: return BadArgument;
    case 2: return NotEmpty;
  }
  if (request.flags & MountFlags.ReadOnly) return ReadOnly;
  const v = request.v;
  if (directoryWanted || at.directoryWanted) {
    const status = request.find(at.directory, at.name, at.nameLength);
    if (status) return status;
    if (directoryWanted && request.covered) return Busy;
    if (!directoryWanted) return request.kind == FileKind.Directory ? IsDirectory : NotDirectory;
  }
  return removeName(v, inodeGet(v, at.directory), at.name, at.nameLength, directoryWanted);
}

/** Enter to change something: null if that is not allowed, or there is no volume. */
function enterToChange(badge: u32): Volume { return flagsOf(badge) & MountFlags.ReadOnly ? changetype<Volume>(0) : enter(badge); }
function noChange(badge: u32): i32 { return flagsOf(badge) & MountFlags.ReadOnly ? ReadOnly : noVolume(); }

export function rename(badge: u32, fromDirectory: u64, toDirectory: u64, fromLength: i32, toLength: i32): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  let status = fetchName(0, v.nameA, fromLength);
  if (!status) status = fetchName(1, v.nameB, toLength);
  if (!status) {
    const from = inodeGet(v, fromDirectory), to = noInode(from) ? from : inodeGet(v, toDirectory);
    status = noInode(to) ? v.status : isCovered(v, from, v.nameA, fromLength) || isCovered(v, to, v.nameB, toLength) ? Busy : renameName(v, from, v.nameA, fromLength, to, v.nameB, toLength);
  }
  return volumeLeave(v, status);
}

function isCovered(v: Volume, directory: Inode, name: usize, length: i32): bool {
  const found = directory.isDirectory ? directoryLookup(v, directory, name, length) : changetype<Inode>(0);
  return !noInode(found) && found.covers != 0;
}

export function link(badge: u32, inode: u64, directory: u64, nameLength: i32): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  let status = fetchName(0, v.nameA, nameLength);
  if (!status) {
    const to = inodeGet(v, directory);
    status = noInode(to) ? v.status : addLink(v, inodeGet(v, inode), to, v.nameA, nameLength);
  }
  return volumeLeave(v, status);
}

export function symbolicLink(badge: u32, directory: u64, nameLength: i32, contentsLength: i32): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  let status = fetchName(0, v.nameA, nameLength);
  if (!status) status = fetchContents(v, contentsLength);
  if (!status) status = <i32>min<i64>(addNew(v, inodeGet(v, directory), v.nameA, nameLength, FileKind.SymbolicLink, 0o777, v.transfer, contentsLength), 0);
  return volumeLeave(v, status);
}

export function setMode(badge: u32, inode: u64, mode: u32): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  const found = inodeGet(v, inode);
  return volumeLeave(v, noInode(found) ? v.status : setModeOf(v, found, mode));
}

export function setTimes(badge: u32, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  const found = inodeGet(v, inode);
  return volumeLeave(v, noInode(found) ? v.status : setTimesOf(v, found, which, accessed, modified));
}

export function setSize(badge: u32, inode: u64, size: u64): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  const found = inodeGet(v, inode);
  if (noInode(found)) return volumeLeave(v, v.status);
  return volumeLeave(v, found.isDirectory ? IsDirectory : found.isRegular ? contentsResize(v, found, size) : BadArgument);
}

export function readDirectory(badge: u32, inode: u64, cookie: u64, room: i32): i32 {
  const v = enter(badge);
  if (isNull(v)) return noVolume();
  const found = inodeGet(v, inode);
  if (noInode(found)) return volumeLeave(v, v.status);
  return volumeLeave(v, found.isDirectory ? deliverEntries(v, found, cookie, room) : NotDirectory);
}
