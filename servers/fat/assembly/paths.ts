// The interface `paths`: an attached volume as clients that walk for themselves see it. Through the badge of the volume the VFS makes clients and says what is
// covered; a client's badge names a record that says which volume and what its mount allows, and no other interface answers it.

import { BadHandle, Busy, IsDirectory, NotDirectory, NotFound, ReadOnly, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { MountFlags } from "../../../abi/generated/assembly/enums";
import { leadPath, makeDirectoryPath, openPath, pathRequest, removePath, statPath } from "../../../lib/assembly/files/path-requests";
import { PathWalk } from "../../../lib/assembly/files/path-walk";
import { handleEnd, handleGive } from "../../../lib/assembly/ipc/record-handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { writable } from "./attach";
import { deliverAttributes, setModeOf, setTimesOf } from "./attributes";
import { contentsResize } from "./contents";
import { addNew, changed, fetchName, findName, left, noLink, openInode, removeName, renameName } from "./file-system";
import { answer_makeDirectory, answer_open, answer_remove, answer_restrict, answer_stat, answer_walk } from "./generated/paths-dispatch";
import { Inode, inodeFind, inodeRest, isNoInode } from "./inode";
import { deliverEntries } from "./read-directory";
import { HANDLE_CLIENT, handleFind, handles } from "./state";
import { Volume, isNoVolume, volumeEnter } from "./volume";

/** Clients of a mount. Lives as long as capabilities with its badge; the volume may be gone before. */
@unmanaged class Client {
  kind: u32;
  /** Badge of the volume. */
  volume: u32;
  /** MountFlags. */
  flags: u32;
  /** Its badge, and the watched root of its capabilities. */
  number: u32;
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
    const found = findName(this.v, inodeFind(this.v, directory), name, length);
    if (isNoInode(found)) return this.v.lookupError;
    this.found = found.number;
    this.kind = found.kind;
    this.covered = found.covers;
    // It goes to the end of the unused: the walk needs it no longer than its number is known.
    inodeRest(found);
    return 0;
  }
  foundInode(): u64 { return this.found; }
  foundKind(): u32 { return this.kind; }
  foundCovered(): bool { return this.covered != 0; }

  mountFlags(): u32 { return this.flags; }
  /** There are no links. */
  deliverLink(inode: u64, room: i32): i32 { return NotFound; }
  deliverAttributes(inode: u64): i32 {
    const found = inodeFind(this.v, inode);
    return isNoInode(found) ? NotFound : deliverAttributes(found, 0);
  }
  create(directory: u64, name: usize, length: i32, kind: u32, mode: u32): i64 { return addNew(this.v, inodeFind(this.v, directory), name, length, kind, mode); }
  remove(directory: u64, name: usize, length: i32, directoryWanted: bool): i32 { return removeName(this.v, inodeFind(this.v, directory), name, length, directoryWanted); }
  open(inode: u64, flags: u32, device: u64, dataWanted: bool): i32 {
    const file = openInode(this.v, inodeFind(this.v, inode), flags, device, dataWanted);
    this.walk.size = this.v.openedSize;
    this.walk.data = this.v.openedData;
    return file;
  }
}

@inline function requestError(request: Request): i32 { return min(<i32>changetype<usize>(request), 0); }

function clientFind(badge: u32): Client { return changetype<Client>(handleFind(badge, HANDLE_CLIENT)); }

/** The last capability with a client's badge is gone. */
export function clientClose(badge: u32): void {
  const client = clientFind(badge);
  handleEnd(handles(), badge, client.root);
  release(changetype<usize>(client));
}

/** The volume of a client (or of the VFS), with its mutex held, or null. */
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
  const volume = enter(badge);
  if (isNoVolume(volume)) {
    release(changetype<usize>(request));
    return changetype<Request>(<usize>BadHandle);
  }
  request.volume = <u32>changetype<usize>(volume);
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
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const client = changetype<Client>(allocate(<i32>offsetof<Client>()));
  let copy = TooManyOpen;
  if (changetype<usize>(client)) {
    client.kind = HANDLE_CLIENT;
    client.volume = badge;
    client.flags = flags & (MountFlags.ReadOnly | MountFlags.NoData);
    copy = handleGive(handles(), changetype<usize>(client), changetype<usize>(client) + offsetof<Client>("number"), changetype<usize>(client) + offsetof<Client>("root"));
    if (copy < 0) release(changetype<usize>(client));
  }
  const status = left(volume, min(copy, 0));
  if (!status) answer_restrict(copy);
  return status;
}

export function cover(badge: u32, inode: u64, covered: bool): i32 {
  if (changetype<usize>(clientFind(badge))) return BadHandle;
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  // The count is in the record, which stays as long as the inode is held.
  if (isNoInode(found) || !found.holds || (!covered && !found.covers)) return left(volume, NotFound);
  if (covered) found.covers++;
  else found.covers--;
  return left(volume, 0);
}

export function walk(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = left(request.v, leadPath<Request>(request, at, mode, room));
  if (!status) answer_walk(at.end, <u32>at.consumed, at.inode, at.kind);
  return end(request, status);
}

export function stat(badge: u32, directory: u64, root: u64, follow: bool, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = left(request.v, statPath<Request>(request, at, follow, room));
  if (!status) answer_stat(at.end, <u32>at.consumed, at.inode);
  return end(request, status);
}

export function open(badge: u32, directory: u64, root: u64, flags: u32, mode: u32, device: u64, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = left(request.v, openPath<Request>(request, at, flags, mode, device, room));
  if (!status) answer_open(at.end, <u32>at.consumed, at.inode, at.kind, at.size, at.created, at.file, at.data);
  return end(request, status);
}

export function makeDirectory(badge: u32, directory: u64, root: u64, mode: u32, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = left(request.v, makeDirectoryPath<Request>(request, at, mode, room));
  if (!status) answer_makeDirectory(at.end, <u32>at.consumed, at.inode);
  return end(request, status);
}

export function remove(badge: u32, directory: u64, root: u64, directoryWanted: bool, pathLength: i32, room: i32): i32 {
  const request = begin(badge, directory, root, pathLength);
  if (requestError(request)) return requestError(request);
  const at = request.walk, status = left(request.v, removePath<Request>(request, at, directoryWanted, room));
  if (!status) answer_remove(at.end, <u32>at.consumed, at.inode);
  return end(request, status);
}

/** Enter to change something: null if that is not allowed, or there is no volume. */
function enterToChange(badge: u32): Volume { return flagsOf(badge) & MountFlags.ReadOnly ? changetype<Volume>(0) : enter(badge); }
function noChange(badge: u32): i32 { return flagsOf(badge) & MountFlags.ReadOnly ? ReadOnly : BadHandle; }

export function rename(badge: u32, fromDirectory: u64, toDirectory: u64, fromLength: i32, toLength: i32): i32 {
  const volume = enterToChange(badge);
  if (isNoVolume(volume)) return noChange(badge);
  let status = fetchName(0, volume.nameA, fromLength);
  if (!status) status = fetchName(1, volume.nameB, toLength);
  if (status) return left(volume, status);
  if (isCovered(volume, fromDirectory, volume.nameA, fromLength) || isCovered(volume, toDirectory, volume.nameB, toLength)) return left(volume, Busy);
  return changed(volume, renameName(volume, inodeFind(volume, fromDirectory), fromLength, inodeFind(volume, toDirectory), toLength));
}

function isCovered(volume: Volume, directory: u64, name: usize, length: i32): bool {
  const found = findName(volume, inodeFind(volume, directory), name, length);
  if (isNoInode(found)) return false;
  const covers = found.covers != 0;
  inodeRest(found);
  return covers;
}

export function link(badge: u32, inode: u64, directory: u64, nameLength: i32): i32 {
  const volume = enterToChange(badge);
  if (isNoVolume(volume)) return noChange(badge);
  return left(volume, noLink(volume, directory, nameLength));
}

export function symbolicLink(badge: u32, directory: u64, nameLength: i32, contentsLength: i32): i32 { return link(badge, 0, directory, nameLength); }

export function setMode(badge: u32, inode: u64, mode: u32): i32 {
  const volume = enterToChange(badge);
  if (isNoVolume(volume)) return noChange(badge);
  const found = inodeFind(volume, inode), error = changeError(volume, found);
  return error ? left(volume, error) : changed(volume, setModeOf(found, mode));
}

export function setTimes(badge: u32, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  const volume = enterToChange(badge);
  if (isNoVolume(volume)) return noChange(badge);
  const found = inodeFind(volume, inode), error = changeError(volume, found);
  return error ? left(volume, error) : changed(volume, setTimesOf(found, which, accessed, modified));
}

export function setSize(badge: u32, inode: u64, size: u64): i32 {
  const volume = enterToChange(badge);
  if (isNoVolume(volume)) return noChange(badge);
  const found = inodeFind(volume, inode), error = changeError(volume, found);
  if (error) return left(volume, error);
  return found.isDirectory ? left(volume, IsDirectory) : changed(volume, contentsResize(found, size));
}

@inline function changeError(volume: Volume, found: Inode): i32 { return isNoInode(found) ? NotFound : writable(volume); }

export function readDirectory(badge: u32, inode: u64, cookie: u64, room: i32): i32 {
  const volume = enter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  return left(volume, isNoInode(found) ? NotFound : found.isDirectory ? deliverEntries(found, cookie, room) : NotDirectory);
}
