// The interface `file` on mounts with SawMill's first protocol: every call on an open file comes here and is made again on the file system's own. The badge
// is the stand-in; what it stands for is looked up once, before the call, in which the lock is dropped and the stand-in may go.

import * as kernel from "../../../lib/assembly/kernel";
import { NoMemory } from "../../../abi/generated/assembly/errors";
import * as client from "../../../abi/generated/assembly/client/file";
import { ATTRIBUTES_SIZE } from "../../../abi/generated/assembly/records";
import { NOT_RELAYED, RANGE_LIMIT } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { answer_poll, answer_reopen, answer_seek, answer_write } from "./generated/file-dispatch";
import { forwardFind, forwardOpen } from "./handle";
import { outcome } from "./outcome";

/** Pass on the call being answered, as it came; NOT_RELAYED if its data has to come by way of a buffer here. */
@inline function relay(file: i32): i32 { return kernel.relay(file, kernel.label, kernel.shape); }

export function read(badge: u32, position: i64, room: i32): i32 {
  const file = forwardFind(badge);
  if (file < 0) return file;
  const relayed = relay(file);
  if (relayed != NOT_RELAYED) return outcome(relayed);
  const length = min(room, RANGE_LIMIT);
  const buffer = allocateRaw(max(length, 1));
  if (!buffer) return NoMemory;
  let status = outcome(client.file_read(file, position, buffer, length));
  if (!status) status = min(kernel.deliver(0, 0, buffer, min(client.file_read_data_length(), length)), 0);
  release(buffer);
  return status;
}

export function write(badge: u32, position: i64, dataLength: i32): i32 {
  const file = forwardFind(badge);
  if (file < 0) return file;
  const relayed = relay(file);
  if (relayed != NOT_RELAYED) return written(relayed);
  const length = min(dataLength, RANGE_LIMIT);
  const buffer = allocateRaw(max(length, 1));
  if (!buffer) return NoMemory;
  let status = kernel.fetch(0, 0, 0, buffer, length);
  if (status >= 0) status = written(client.file_write(file, position, buffer, status));
  release(buffer);
  return status;
}

function written(answered: i32): i32 {
  const status = outcome(answered);
  if (!status) answer_write(client.file_write_written(), client.file_write_size());
  return status;
}

export function stat(badge: u32, room: i32): i32 {
  const file = forwardFind(badge);
  if (file < 0) return file;
  const relayed = relay(file);
  if (relayed != NOT_RELAYED) return outcome(relayed);
  const buffer = allocateRaw(ATTRIBUTES_SIZE);
  if (!buffer) return NoMemory;
  let status = outcome(client.file_stat(file, buffer, ATTRIBUTES_SIZE));
  if (!status) status = min(kernel.deliver(0, 0, buffer, ATTRIBUTES_SIZE), 0);
  release(buffer);
  return status;
}

export function setSize(badge: u32, size: u64): i32 {
  const file = forwardFind(badge);
  return file < 0 ? file : outcome(client.file_setSize(file, size));
}

export function sync(badge: u32, dataOnly: bool): i32 {
  const file = forwardFind(badge);
  return file < 0 ? file : outcome(client.file_sync(file, dataOnly));
}

export function setTimes(badge: u32, which: u32, accessed: u64, modified: u64): i32 {
  const file = forwardFind(badge);
  return file < 0 ? file : outcome(client.file_setTimes(file, which, accessed, modified));
}

export function setMode(badge: u32, mode: u32): i32 {
  const file = forwardFind(badge);
  return file < 0 ? file : outcome(client.file_setMode(file, mode));
}

export function seek(badge: u32, offset: i64, whence: u32): i32 {
  const file = forwardFind(badge);
  if (file < 0) return file;
  const status = outcome(client.file_seek(file, offset, whence));
  if (!status) answer_seek(client.file_seek_position());
  return status;
}

export function poll(badge: u32, events: u32, bits: u64, notify: i32): i32 {
  const file = forwardFind(badge);
  let status = file;
  let ready: u32 = 0;
  if (file >= 0) {
    status = outcome(client.file_poll(file, events, notify, bits));
    ready = client.file_poll_ready();
  }
  dropCap(notify);
  if (!status) answer_poll(ready);
  return status;
}

export function setFlags(badge: u32, flags: u32): i32 {
  const file = forwardFind(badge);
  return file < 0 ? file : outcome(client.file_setFlags(file, flags));
}

export function reopen(badge: u32, flags: u32): i32 {
  const file = forwardFind(badge);
  if (file < 0) return file;
  const status = outcome(client.file_reopen(file, flags));
  if (status < 0) return status;
  const copy = forwardOpen(client.file_reopen_file());
  if (copy < 0) return copy;
  answer_reopen(copy);
  return 0;
}

/** The file system's own open file ends with the stand-in, when the last capability of that goes. */
export function close(badge: u32): i32 {
  const file = forwardFind(badge);
  return file < 0 ? file : outcome(client.file_close(file));
}
