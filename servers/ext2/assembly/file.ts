// The interface `file`: open files. The badge is the open file; a number that names none is BadHandle.

import { AccessDenied, BadArgument, BadHandle, NoRight, ReadOnly } from "../../../abi/generated/assembly/errors";
import { FileFlags, PollEvents } from "../../../abi/generated/assembly/enums";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { deliverAttributes, setModeOf, setTimesOf } from "./attributes";
import { contentsRead, contentsResize, contentsWrite } from "./contents";
import { allowed } from "./file-system";
import { answer_poll, answer_reopen, answer_seek, answer_write } from "./generated/file-dispatch";
import { fileEnter, fileFind, fileOpen, noFile } from "./open-file";
import { inodeSync } from "./transaction";
import { isNull, noVolume, volumeLeave } from "./volume";

export function read(badge: u32, position: i64, room: i32): i32 {
  if (position < -1) return BadArgument;
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  if (noFile(file)) return volumeLeave(v, BadHandle);
  if (!(file.flags & FileFlags.Read)) return volumeLeave(v, NoRight);
  const shared = position == -1;
  const done = contentsRead(v, file.target, shared ? file.position : <u64>position, room);
  if (shared && done > 0) file.position += <u64>done;
  return volumeLeave(v, min(done, 0));
}

export function write(badge: u32, position: i64, dataLength: i32): i32 {
  if (position < -1) return BadArgument;
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  if (noFile(file)) return volumeLeave(v, BadHandle);
  if (!(file.flags & FileFlags.Write)) return volumeLeave(v, NoRight);
  const shared = position == -1, inode = file.target;
  const at = file.flags & FileFlags.Append ? inode.size : shared ? file.position : <u64>position;
  const done = contentsWrite(v, inode, at, dataLength);
  if (shared && done >= 0) file.position = at + <u64>done;
  const size = inode.size, status = volumeLeave(v, min(done, 0));
  if (status == 0) answer_write(<u32>done, size);
  return status;
}

export function stat(badge: u32, room: i32): i32 {
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  return volumeLeave(v, noFile(file) ? BadHandle : deliverAttributes(v, file.target, file.device));
}

export function setSize(badge: u32, size: u64): i32 {
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  return volumeLeave(v, noFile(file) ? BadHandle : file.flags & FileFlags.Write ? contentsResize(v, file.target, size) : NoRight);
}

export function sync(badge: u32, dataOnly: bool): i32 {
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  return volumeLeave(v, noFile(file) ? BadHandle : inodeSync(v, file.target));
}

export function setTimes(badge: u32, which: u32, accessed: u64, modified: u64): i32 {
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  return volumeLeave(v, noFile(file) ? BadHandle : file.flags & FileFlags.ReadOnlyMount ? ReadOnly : setTimesOf(v, file.target, which, accessed, modified));
}

export function setMode(badge: u32, mode: u32): i32 {
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  return volumeLeave(v, noFile(file) ? BadHandle : file.flags & FileFlags.ReadOnlyMount ? ReadOnly : setModeOf(v, file.target, mode));
}

export function seek(badge: u32, offset: i64, whence: u32): i32 {
  if (whence > 2) return BadArgument;
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  if (noFile(file)) return volumeLeave(v, BadHandle);
  const base = whence == 0 ? 0 : whence == 1 ? <i64>file.position : <i64>file.target.size;
  const position = base + offset;
  // The base is never negative, so a sum below it by a positive offset has overflowed.
  if (position < 0 || (offset > 0 && position < base)) return volumeLeave(v, BadArgument);
  file.position = <u64>position;
  const status = volumeLeave(v, 0);
  answer_seek(<u64>position);
  return status;
}

/** A file on a disk is always ready: nobody ever waits for it. */
export function poll(badge: u32, events: u32, bits: u64, notify: i32): i32 {
  dropCap(notify);
  if (noFile(fileFind(badge))) return BadHandle;
  answer_poll(PollEvents.Readable | PollEvents.Writable);
  return 0;
}

export function setFlags(badge: u32, flags: u32): i32 {
  const file = fileFind(badge);
  if (noFile(file)) return BadHandle;
  file.flags = file.flags & ~FileFlags.Append | flags & FileFlags.Append;
  return 0;
}

export function reopen(badge: u32, flags: u32): i32 {
  const v = fileEnter(badge);
  if (isNull(v)) return noVolume();
  const file = fileFind(badge);
  if (noFile(file)) return volumeLeave(v, BadHandle);
  const bound = file.flags & FileFlags.ReadOnlyMount;
  if (bound && flags & (FileFlags.Write | FileFlags.Append | FileFlags.Truncate)) return volumeLeave(v, ReadOnly);
  if (!allowed(file.target, flags)) return volumeLeave(v, AccessDenied);
  const copy = fileOpen(v, file.target, flags & (FileFlags.Read | FileFlags.Write | FileFlags.Append) | bound, file.device);
  const status = volumeLeave(v, min(copy, 0));
  if (status == 0) answer_reopen(copy);
  return status;
}

/** What was written is visible to others already. Others may hold the same open file: it ends with its last capability. */
export function close(badge: u32): i32 { return noFile(fileFind(badge)) ? BadHandle : 0; }
