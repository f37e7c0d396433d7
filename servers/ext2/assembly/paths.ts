// The interface `paths`: an attached volume as clients that walk for themselves see it. Through the badge of the volume the VFS makes clients and says what is
// covered; a client's badge names a record that says which volume and what its mount allows, and no other interface answers it.

import { BadHandle, Busy, NotDirectory, NotFound, ReadOnly, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { FileKind, MountFlags } from "../../../abi/generated/assembly/enums";
import { leadPath, makeDirectoryPath, openPath, pathRequest, removePath, statPath } from "../../../lib/assembly/files/path-requests";
import { PathWalk } from "../../../lib/assembly/files/path-walk";
import { handleEnd, handleGive } from "../../../lib/assembly/ipc/record-handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { deliverAttributes } from "./attributes";
import { addNew, directoryLookup, parentOf, removeName, renameName } from "./directory";
import { deliverLink, fetchContents, fetchName, openInode } from "./file-system";
import { answer_makeDirectory, answer_open, answer_remove, answer_restrict, answer_stat, answer_walk } from "./generated/paths-dispatch";
import { Inode, kindOf, noInode } from "./inode";
import { inodeGet } from "./inode-cache";
import { requestLink, requestReadDirectory, requestSetMode, requestSetSize, requestSetTimes } from "./requests";
import { TAG_CLIENT, Tagged, numbers, recordFind } from "./state";
import { Volume, isNull, noVolume, volumeEnter, volumeLeave } from "./volume";

/** Clients of a mount. Lives as long as capabilities with its badge; the volume may be gone before. */
@unmanaged class Client extends Tagged {
  volume: u32;
  /** MountFlags. */
  flags: u32;
  root: i32;
}

/** What a path is walked in, and what is done at its end; the walk and the path lie behind it. One block for each request. */
@unmanaged class Request {
  volume: u32;
  flags: u32;
  found: u64;
  kind: u32;
  covered: u32;

  @inline get v(): Volume { return changetype<Volume>(<usize>this.volume); }
  @inline get walk(): PathWalk { return changetype<PathWalk>(changetype<usize>(this) + offsetof<Request>()); }

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

  mountFlags(): u32 { return this.flags; }
  deliverLink(inode: u64, room: i32): i32 {
    const link = inodeGet(this.v, inode);
    return noInode(link) ? this.v.status : deliverLink(this.v, link, room);
  }
  deliverAttributes(inode: u64): i32 {
    const found = inodeGet(this.v, inode);
    return noInode(found) ? this.v.status : deliverAttributes(this.v, found, 0);
  }
  create(directory: u64, name: usize, length: i32, kind: u32, mode: u32): i64 { return addNew(this.v, inodeGet(this.v, directory), name, length, kind, mode, 0, 0); }
  remove(directory: u64, name: usize, length: i32, directoryWanted: bool): i32 { return removeName(this.v, inodeGet(this.v, directory), name, length, directoryWanted); }
  open(inode: u64, flags: u32, device: u64, dataWanted: bool): i32 {
    const file = openInode(this.v, inodeGet(this.v, inode), flags, device, dataWanted);
    this.walk.size = this.v.openedSize;
    this.walk.data = this.v.openedData;
    return file;
  }
}

@inline function requestError(request: Request): i32 { return min(<i32>changetype<usize>(request), 0); }

function clientFind(badge: u32): Client { return changetype<Client>(recordFind(badge, TAG_CLIENT)); }

/** The last capability with a badge is gone: whether it was a client's. */
export function clientClose(badge: u32): bool {
  const client = clientFind(badge);
  if (!changetype<usize>(client)) return false;
  handleEnd(numbers(), badge, client.root);
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

/** Take the path from the message and enter the volume: the request, or a negated error. */
function begin(badge: u32, directory: u64, root: u64, length: i32): Request {
  const flags = flagsOf(badge), request = changetype<Request>(pathRequest(offsetof<Request>(), directory, root, length));
  if (requestError(request)) return request;
  const v = enter(badge);
  if (isNull(v)) {
    release(changetype<usize>(request));
    return changetype<Request>(<usize>noVolume());
  }
  request.volume = <u32>changetype<usize>(v);
  request.flags = flags;
  return request;
}

/** Forget a request that was answered. */
function end(request: Request, status: i32): i32 {
  release(changetype<usize>(request));
  return status;
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
    copy = handleGive(numbers(), changetype<usize>(client), changetype<usize>(client) + offsetof<Client>("badge"), changetype<usize>(client) + offsetof<Client>("root"));
    if (copy < 0) release(changetype<usize>(client));
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
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = volumeLeave(request.v, leadPath<Request>(request, at, mode, room));
  if (!status) answer_walk(at.end, <u32>at.consumed, at.inode, at.kind);
  return end(request, status);
}

export function stat(badge: u32, directory: u64, root: u64, follow: bool, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = volumeLeave(request.v, statPath<Request>(request, at, follow, room));
  if (!status) answer_stat(at.end, <u32>at.consumed, at.inode);
  return end(request, status);
}

export function open(badge: u32, directory: u64, root: u64, flags: u32, mode: u32, device: u64, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = volumeLeave(request.v, openPath<Request>(request, at, flags, mode, device, room));
  if (!status) answer_open(at.end, <u32>at.consumed, at.inode, at.kind, at.size, at.created, at.file, at.data);
  return end(request, status);
}

export function makeDirectory(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = volumeLeave(request.v, makeDirectoryPath<Request>(request, at, mode, room));
  if (!status) answer_makeDirectory(at.end, <u32>at.consumed, at.inode);
  return end(request, status);
}

export function remove(badge: u32, directory: u64, root: u64, directoryWanted: bool, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = volumeLeave(request.v, removePath<Request>(request, at, directoryWanted, room));
  if (!status) answer_remove(at.end, <u32>at.consumed, at.inode);
  return end(request, status);
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
  return requestLink(v, inode, directory, nameLength);
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
  return requestSetMode(v, inode, mode);
}

export function setTimes(badge: u32, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  return requestSetTimes(v, inode, which, accessed, modified);
}

export function setSize(badge: u32, inode: u64, size: u64): i32 {
  const v = enterToChange(badge);
  if (isNull(v)) return noChange(badge);
  return requestSetSize(v, inode, size);
}

export function readDirectory(badge: u32, inode: u64, cookie: u64, room: i32): i32 {
  const v = enter(badge);
  if (isNull(v)) return noVolume();
  return requestReadDirectory(v, inode, cookie, room);
}
