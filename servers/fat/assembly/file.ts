// The interface `file`: open files. The badge is the open file; a number that names none is BadHandle.

import { AccessDenied, BadArgument, BadHandle, NoRight, ReadOnly } from "../../../abi/generated/assembly/errors";
import { FileFlags, PollEvents } from "../../../abi/generated/assembly/enums";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { writable } from "./attach";
import { deliverAttributes, isReadOnlyFile, setModeOf, setTimesOf } from "./attributes";
import { commit } from "./commit";
import { contentsRead, contentsResize, contentsWrite } from "./contents";
import { answer_poll, answer_reopen, answer_seek, answer_write } from "./generated/file-dispatch";
import { OpenFile, fileEnter, fileOpen, isNoFile } from "./open-file";
import { volumeChanged, volumeLeave } from "./volume";

/** Leave the file's volume, which was changed if all went well. */
function changed(file: OpenFile, status: i32): i32 {
  const volume = file.owner;
  if (status >= 0) volumeChanged(volume);
  volumeLeave(volume);
  return status;
}

/** Why the file cannot be changed through this opening: its mount was read-only, or its volume is. */
@inline function unchangeable(file: OpenFile): i32 { return file.flags & FileFlags.ReadOnlyMount ? ReadOnly : writable(file.owner); }

function left(file: OpenFile, status: i32): i32 {
  volumeLeave(file.owner);
  return status;
}

export function read(badge: u32, position: i64, room: i32): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  if (!(file.flags & FileFlags.Read)) return left(file, NoRight);
  if (position < -1) return left(file, BadArgument);
  const shared = position == -1;
  const done = contentsRead(file.target, shared ? file.position : <u64>position, room);
  if (shared && done > 0) file.position += <u64>done;
  return left(file, min(done, 0));
}

export function write(badge: u32, position: i64, dataLength: i32): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  const inode = file.target;
  const error = !(file.flags & FileFlags.Write) ? NoRight : position < -1 ? BadArgument : writable(file.owner);
  if (error) return left(file, error);
  const shared = position == -1;
  const at = file.flags & FileFlags.Append ? inode.size : shared ? file.position : <u64>position;
  const done = contentsWrite(inode, at, dataLength);
  if (shared && done >= 0) file.position = at + <u64>done;
  const size = inode.size;
  changed(file, done);
  if (done < 0) return done;
  answer_write(<u32>done, size);
  return 0;
}

export function stat(badge: u32, room: i32): i32 {
  const file = fileEnter(badge);
  return isNoFile(file) ? BadHandle : left(file, deliverAttributes(file.target, file.device));
}

export function setSize(badge: u32, size: u64): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  const error = file.flags & FileFlags.Write ? writable(file.owner) : NoRight;
  return error ? left(file, error) : changed(file, contentsResize(file.target, size));
}

/** A commit of the whole volume: FAT has no smaller unit. */
export function sync(badge: u32, dataOnly: bool): i32 {
  const file = fileEnter(badge);
  return isNoFile(file) ? BadHandle : left(file, commit(file.owner));
}

export function setTimes(badge: u32, which: u32, accessed: u64, modified: u64): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  const error = unchangeable(file);
  return error ? left(file, error) : changed(file, setTimesOf(file.target, which, accessed, modified));
}

export function setMode(badge: u32, mode: u32): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  const error = unchangeable(file);
  return error ? left(file, error) : changed(file, setModeOf(file.target, mode));
}

export function seek(badge: u32, offset: i64, whence: u32): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  if (whence > 2) return left(file, BadArgument);
  const base: i64 = whence == 0 ? 0 : whence == 1 ? <i64>file.position : file.target.size;
  const position = base + offset;
  // The base is never negative, so a sum below it by a positive offset has overflowed.
  if (position < 0 || (offset > 0 && position < base)) return left(file, BadArgument);
  file.position = <u64>position;
  left(file, 0);
  answer_seek(<u64>position);
  return 0;
}

/** A file on a disk is always ready: nobody ever waits for it. */
export function poll(badge: u32, events: u32, bits: u64, notify: i32): i32 {
  dropCap(notify);
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  left(file, 0);
  answer_poll(PollEvents.Readable | PollEvents.Writable);
  return 0;
}

export function setFlags(badge: u32, flags: u32): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  file.flags = file.flags & ~FileFlags.Append | flags & FileFlags.Append;
  return left(file, 0);
}

export function reopen(badge: u32, flags: u32): i32 {
  const file = fileEnter(badge);
  if (isNoFile(file)) return BadHandle;
  const bound = file.flags & FileFlags.ReadOnlyMount;
  if (bound && flags & (FileFlags.Write | FileFlags.Append | FileFlags.Truncate)) return left(file, ReadOnly);
  const denied = (flags & FileFlags.Write) != 0 && isReadOnlyFile(file.target);
  const copy = denied ? AccessDenied : fileOpen(file.target, flags & (FileFlags.Read | FileFlags.Write | FileFlags.Append) | bound, file.device);
  left(file, 0);
  if (copy < 0) return copy;
  answer_reopen(copy);
  return 0;
}

/** Nothing is pending that others could not see. Others may hold the same open file: it ends with its last capability. */
export function close(badge: u32): i32 {
  const file = fileEnter(badge);
  return isNoFile(file) ? BadHandle : left(file, 0);
}
