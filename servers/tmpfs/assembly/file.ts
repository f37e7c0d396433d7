// The interface `file`: open files of a tmpfs. The badge is the open file; a number that names none is BadHandle.

import * as kernel from "../../../lib/assembly/kernel";
import { AccessDenied, BadArgument, BadHandle, NoRight, ReadOnly } from "../../../abi/generated/assembly/errors";
import { FileFlags, PollEvents } from "../../../abi/generated/assembly/enums";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { deliverAttributes, setModeOf, setTimesOf } from "./attributes";
import { contentsRead, contentsResize, contentsSize, contentsWrite } from "./contents";
import { allowed } from "./file-system";
import { answer_poll, answer_reopen, answer_seek, answer_write } from "./generated/file-dispatch";
import { OpenFile, fileFind, fileOpen } from "./open-file";

@inline function isNull(file: OpenFile): bool { return changetype<usize>(file) == 0; }

export function read(badge: u32, position: i64, room: i32): i32 {
  const file = fileFind(badge);
  if (isNull(file)) return BadHandle;
  if (!(file.flags & FileFlags.Read)) return NoRight;
  if (position < -1) return BadArgument;
  const shared = position == -1;
  const done = contentsRead(file.target, shared ? file.position : <u64>position, room);
  if (shared && done > 0) file.position += <u64>done;
  return min(done, 0);
}

export function write(badge: u32, position: i64, dataLength: i32): i32 {
  const file = fileFind(badge);
  if (isNull(file)) return BadHandle;
  if (!(file.flags & FileFlags.Write)) return NoRight;
  if (position < -1) return BadArgument;
  const shared = position == -1;
  const at = file.flags & FileFlags.Append ? contentsSize(file.target) : shared ? file.position : <u64>position;
  const done = contentsWrite(file.target, at, dataLength);
  if (done < 0) return done;
  if (shared) file.position = at + <u64>done;
  answer_write(<u32>done, contentsSize(file.target));
  return 0;
}

export function stat(badge: u32, room: i32): i32 {
  const file = fileFind(badge);
  return isNull(file) ? BadHandle : deliverAttributes(file.target, file.device);
}

export function setSize(badge: u32, size: u64): i32 {
  const file = fileFind(badge);
  if (isNull(file)) return BadHandle;
  return file.flags & FileFlags.Write ? contentsResize(file.target, size) : NoRight;
}

export function sync(badge: u32, dataOnly: bool): i32 { return isNull(fileFind(badge)) ? BadHandle : 0; }

export function setTimes(badge: u32, which: u32, accessed: u64, modified: u64): i32 {
  const file = fileFind(badge);
  return isNull(file) ? BadHandle : file.flags & FileFlags.ReadOnlyMount ? ReadOnly : setTimesOf(file.target, which, accessed, modified);
}

export function setMode(badge: u32, mode: u32): i32 {
  const file = fileFind(badge);
  return isNull(file) ? BadHandle : file.flags & FileFlags.ReadOnlyMount ? ReadOnly : setModeOf(file.target, mode);
}

export function seek(badge: u32, offset: i64, whence: u32): i32 {
  const file = fileFind(badge);
  if (isNull(file)) return BadHandle;
  if (whence > 2) return BadArgument;
  const base = whence == 0 ? 0 : whence == 1 ? <i64>file.position : <i64>contentsSize(file.target);
  const position = base + offset;
  // The base is never negative, so a sum below it by a positive offset has overflowed.
  if (position < 0 || (offset > 0 && position < base)) return BadArgument;
  file.position = <u64>position;
  answer_seek(<u64>position);
  return 0;
}

/** A file of a tmpfs is always ready: nobody ever waits for it. */
export function poll(badge: u32, events: u32, bits: u64, notify: i32): i32 {
  dropCap(notify);
  const file = fileFind(badge);
  if (isNull(file)) return BadHandle;
  answer_poll(PollEvents.Readable | PollEvents.Writable);
  return 0;
}

export function setFlags(badge: u32, flags: u32): i32 {
  const file = fileFind(badge);
  if (isNull(file)) return BadHandle;
  file.flags = file.flags & ~FileFlags.Append | flags & FileFlags.Append;
  return 0;
}

export function reopen(badge: u32, flags: u32): i32 {
  const file = fileFind(badge);
  if (isNull(file)) return BadHandle;
  const bound = file.flags & FileFlags.ReadOnlyMount;
  if (bound && flags & (FileFlags.Write | FileFlags.Append | FileFlags.Truncate)) return ReadOnly;
  if (!allowed(file.target, flags)) return AccessDenied;
  const copy = fileOpen(file.target, flags & (FileFlags.Read | FileFlags.Write | FileFlags.Append) | bound, file.device);
  if (copy < 0) return copy;
  answer_reopen(copy);
  return 0;
}

/** Nothing is pending. Others may hold the same open file: it ends with its last capability. */
export function close(badge: u32): i32 { return isNull(fileFind(badge)) ? BadHandle : 0; }
