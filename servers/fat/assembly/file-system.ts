// The interface `fileSystem`: what the VFS calls. The badge is an attached volume. Every inode number is looked up anew, so a stale one is NotFound.

import * as kernel from "../../../lib/assembly/kernel";
import { Busy, AccessDenied, BadArgument, BadHandle, Exists, IsDirectory, NotDirectory, NotFound, NotLink, NotSupported, TooLong } from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind } from "../../../abi/generated/assembly/enums";
import { FILE_SYSTEM_STATUS_SIZE, FileSystemStatus } from "../../../abi/generated/assembly/records";
import { MAX_NAME, RIGHT_GRANT, RIGHT_READ } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { textContains } from "../../../lib/assembly/memory/text";
import { rootInode, volumeDetach, writable } from "./attach";
import { deliverAttributes, isReadOnlyFile, setModeOf, setTimesOf } from "./attributes";
import { commit } from "./commit";
import { contentsEnsure, contentsResize } from "./contents";
import * as directories from "./directory";
import { answer_create, answer_lookup, answer_open, answer_root } from "./generated/file-system-dispatch";
import { Inode, inodeFind, inodeRest, isNoInode } from "./inode";
import { entryFailure } from "./entry";
import { NameRecord, isNoName, nameFind, whyMissing } from "./name-index";
import { fileOpen } from "./open-file";
import { deliverEntries } from "./read-directory";
import { rename as renameEntry } from "./rename";
import { isName } from "./short-name";
import { utf8ToWide } from "./unicode";
import { LONG_MAX_UNITS } from "../../../lib/formats/fat";
import { Volume, clusterBytes, isNoVolume, volumeChanged, volumeEnter, volumeLeave } from "./volume";

/** 0 for `.`, 1 for `..`, -1 for another name. */
function dots(name: usize, length: i32): i32 {
  if (length > 2 || load<u8>(name) != 0x2e) return -1;
  return length == 1 ? 0 : load<u8>(name, 1) == 0x2e ? 1 : -1;
}

/** Fetch a name that may contain anything but `/` and NUL, as UTF-8. */
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

/** The units of a name in UTF-16, or BadArgument if FAT cannot keep it. */
function widen(name: usize, length: i32, to: usize): i32 {
  const units = utf8ToWide(name, length, to, LONG_MAX_UNITS);
  return units < 0 || !isName(to, units) ? BadArgument : units;
}

export function left(volume: Volume, status: i32): i32 {
  volumeLeave(volume);
  return status;
}
/** The same after what changes something if it goes well. */
export function changed(volume: Volume, status: i32): i32 {
  if (status >= 0) volumeChanged(volume);
  volumeLeave(volume);
  return status;
}

export function root(badge: u32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const number = rootInode(volume).number;
  volumeLeave(volume);
  answer_root(number);
  return 0;
}

/** The inode of a name; null and the reason in `volume.lookupError`. */
export function findName(volume: Volume, directory: Inode, name: usize, length: i32): Inode {
  volume.lookupError = NotFound;
  const special = dots(name, length);
  const ready = special < 0 ? directories.directoryReady(directory, false) : isNoInode(directory) ? NotFound : directory.isDirectory ? 0 : NotDirectory;
  if (ready < 0) volume.lookupError = ready;
  if (ready < 0 || !directory.linked) return changetype<Inode>(0);
  if (special >= 0) return special ? directory.directory : directory;
  const units = widen(name, length, volume.wideA);
  const record = units < 0 ? changetype<NameRecord>(0) : nameFind(directory, volume.wideA, units);
  if (isNoName(record)) {
    if (units >= 0) volume.lookupError = whyMissing(directory);
    return changetype<Inode>(0);
  }
  const inode = directories.nameInode(directory, record);
  if (isNoInode(inode)) volume.lookupError = entryFailure(directory, record.index);
  return inode;
}

export function lookup(badge: u32, directory: u64, nameLength: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const status = fetchAnyName(0, volume.nameA, nameLength);
  if (status) return left(volume, status);
  const inode = findName(volume, inodeFind(volume, directory), volume.nameA, nameLength);
  if (isNoInode(inode)) return left(volume, volume.lookupError);
  const number = inode.number;
  const kind = inode.kind;
  inodeRest(inode);
  volumeLeave(volume);
  answer_lookup(number, kind);
  return 0;
}

export function create(badge: u32, directory: u64, kind: u32, mode: u32, nameLength: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  if (kind != FileKind.Regular && kind != FileKind.Directory) return left(volume, BadArgument);
  const status = fetchName(0, volume.nameA, nameLength), made = status ? <i64>status : addNew(volume, inodeFind(volume, directory), volume.nameA, nameLength, kind, mode);
  volumeLeave(volume);
  if (made < 0) return <i32>made;
  answer_create(<u64>made);
  return 0;
}

/** A new file or directory: its inode, or a negated error. */
export function addNew(volume: Volume, parent: Inode, name: usize, length: i32, kind: u32, mode: u32): i64 {
  let status = writable(volume);
  if (status) return status;
  const units = widen(name, length, volume.wideA);
  status = units < 0 ? units : directories.create(parent, volume.wideA, units, kind, mode);
  if (status < 0) return status;
  volumeChanged(volume);
  return <i64>findName(volume, parent, name, length).number;
}

export function unlink(badge: u32, directory: u64, directoryWanted: bool, nameLength: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const status = fetchName(0, volume.nameA, nameLength);
  return left(volume, status ? status : removeName(volume, inodeFind(volume, directory), volume.nameA, nameLength, directoryWanted));
}

export function removeName(volume: Volume, parent: Inode, name: usize, length: i32, directoryWanted: bool): i32 {
  let status = writable(volume);
  if (status) return status;
  const units = widen(name, length, volume.wideA);
  status = units < 0 ? missing(parent) : directories.unlink(parent, volume.wideA, units, directoryWanted);
  if (!status) volumeChanged(volume);
  return status;
}

/** What is wrong with a directory, or NotFound: it has no name that FAT cannot keep. */
function missing(directory: Inode): i32 {
  const status = directories.directoryReady(directory, true);
  return status < 0 ? status : NotFound;
}

export function rename(badge: u32, fromDirectory: u64, toDirectory: u64, fromLength: i32, toLength: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  let status = fetchName(0, volume.nameA, fromLength);
  if (!status) status = fetchName(1, volume.nameB, toLength);
  return status ? left(volume, status) : changed(volume, renameName(volume, inodeFind(volume, fromDirectory), fromLength, inodeFind(volume, toDirectory), toLength));
}

/** Rename what volume.nameA says to volume.nameB. */
export function renameName(volume: Volume, from: Inode, fromLength: i32, to: Inode, toLength: i32): i32 {
  const status = writable(volume);
  if (status) return status;
  const fromUnits = widen(volume.nameA, fromLength, volume.wideA);
  if (fromUnits < 0) return missing(from);
  const toUnits = widen(volume.nameB, toLength, volume.wideB);
  return toUnits < 0 ? toUnits : renameEntry(from, volume.wideA, fromUnits, to, volume.wideB, toUnits);
}

export function link(badge: u32, inode: u64, directory: u64, nameLength: i32): i32 {
  const volume = volumeEnter(badge);
  return isNoVolume(volume) ? BadHandle : left(volume, noLink(volume, directory, nameLength));
}

/** FAT has neither hard nor symbolic links. What is wrong with the place of the name in the message is told first, as elsewhere. */
export function noLink(volume: Volume, directory: u64, nameLength: i32): i32 {
  let status = fetchName(0, volume.nameA, nameLength);
  const parent = inodeFind(volume, directory);
  if (!status) status = directories.directoryReady(parent, true);
  if (status) return status;
  const found = findName(volume, parent, volume.nameA, nameLength);
  if (isNoInode(found)) return volume.lookupError == NotFound ? NotSupported : volume.lookupError;
  inodeRest(found);
  return Exists;
}

export function symbolicLink(badge: u32, directory: u64, nameLength: i32, contentsLength: i32): i32 {
  return link(badge, 0, directory, nameLength);
}

export function readLink(badge: u32, inode: u64, room: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  return left(volume, isNoInode(inodeFind(volume, inode)) ? NotFound : NotLink);
}

export function stat(badge: u32, inode: u64, room: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  return left(volume, isNoInode(found) ? NotFound : deliverAttributes(found, 0));
}

export function setMode(badge: u32, inode: u64, mode: u32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  const error = isNoInode(found) ? NotFound : writable(volume);
  return error ? left(volume, error) : changed(volume, setModeOf(found, mode));
}

export function setTimes(badge: u32, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  const error = isNoInode(found) ? NotFound : writable(volume);
  return error ? left(volume, error) : changed(volume, setTimesOf(found, which, accessed, modified));
}

export function setSize(badge: u32, inode: u64, size: u64): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  const error = isNoInode(found) ? NotFound : found.isDirectory ? IsDirectory : writable(volume);
  return error ? left(volume, error) : changed(volume, contentsResize(found, size));
}

export function readDirectory(badge: u32, inode: u64, cookie: u64, room: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  return left(volume, isNoInode(found) ? NotFound : found.isDirectory ? deliverEntries(found, cookie, room) : NotDirectory);
}

export function open(badge: u32, inode: u64, flags: u32, device: u64): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const file = openInode(volume, inodeFind(volume, inode), flags, device, true), size = volume.openedSize, data = volume.openedData;
  volumeLeave(volume);
  if (file < 0) return file;
  answer_open(size, file, data);
  return 0;
}

/** An open file: its capability, with size and Dataspace (0 unless `dataWanted`) in the volume; or a negated error. */
export function openInode(volume: Volume, found: Inode, flags: u32, device: u64, dataWanted: bool): i32 {
  let status = openError(volume, found, flags);
  const truncate = !status && (flags & FileFlags.Truncate) != 0 && found.size != 0;
  if (!status) status = truncate ? contentsResize(found, 0) : contentsEnsure(found);
  if (status < 0) return status;
  if (truncate) volumeChanged(volume);
  const file = fileOpen(found, flags & (FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.ReadOnlyMount), device);
  if (file < 0) { inodeRest(found); return file; }
  // Clients write through the server only: it alone knows where the file's pages belong.
  const data = dataWanted ? kernel.capMint(found.data, RIGHT_READ | RIGHT_GRANT, 0) : 0;
  if (data < 0) { dropCap(file); return data; }
  volume.openedSize = found.size;
  volume.openedData = data;
  return file;
}

function openError(volume: Volume, inode: Inode, flags: u32): i32 {
  if (isNoInode(inode)) return NotFound;
  if (inode.isDirectory) return IsDirectory;
  if (!(flags & (FileFlags.Write | FileFlags.Truncate))) return 0;
  if (!(flags & FileFlags.Create) && isReadOnlyFile(inode)) return AccessDenied;
  return writable(volume);
}

export function status(badge: u32, room: i32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  memory.fill(volume.record, 0, FILE_SYSTEM_STATUS_SIZE);
  const figures = FileSystemStatus.at(volume.record);
  figures.blockSize = clusterBytes(volume);
  figures.blocks = volume.clusters;
  figures.free = <u64>volume.free + volume.freedClusters;
  figures.nameLimit = MAX_NAME;
  figures.readOnly = writable(volume) ? 1 : 0;
  return left(volume, min(kernel.deliver(0, 0, volume.record, FILE_SYSTEM_STATUS_SIZE), 0));
}

export function hold(badge: u32, inode: u64): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  if (isNoInode(found) || found.holds == u32.MAX_VALUE) return left(volume, NotFound);
  found.holds++;
  volume.holds++;
  inodeRest(found);
  return left(volume, 0);
}

export function release(badge: u32, inode: u64): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  const found = inodeFind(volume, inode);
  if (isNoInode(found) || !found.holds) return left(volume, NotFound);
  found.holds--;
  volume.holds--;
  inodeRest(found);
  return left(volume, 0);
}

export function detach(badge: u32): i32 {
  const volume = volumeEnter(badge);
  return isNoVolume(volume) ? BadHandle : left(volume, volumeDetach(volume, false));
}

export function abandon(badge: u32): i32 {
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return BadHandle;
  return left(volume, volume.opens || volume.holds ? Busy : volumeDetach(volume, true));
}

export function sync(badge: u32): i32 {
  const volume = volumeEnter(badge);
  return isNoVolume(volume) ? BadHandle : left(volume, commit(volume));
}
