// The interface `file`: the ends of pipes. The badge is the end; a number that names none is BadHandle.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, BrokenPipe, NoRight, NotSeekable, NotSupported, WouldBlock } from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind, PollEvents } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes } from "../../../abi/generated/assembly/records";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { End, endFind } from "./end";
import { answer_poll, answer_write } from "./generated/file-dispatch";
import { pollerAdd, pollersTell, readyAt } from "./poll";
import { ringDeliver, ringFetch } from "./ring";
import { ATOMIC, pump, someoneWaits, waitAt, writable } from "./wait";

@inline function isNull(end: End): bool { return changetype<usize>(end) == 0; }

/** After data has moved: serve who waits, tell who polls. */
function settle(end: End): void {
  const pipe = end.owner;
  pump(pipe);
  pollersTell(changetype<End>(<usize>pipe.reader));
  pollersTell(changetype<End>(<usize>pipe.writer));
}

export function read(badge: u32, position: i64, room: i32): i32 {
  const end = endFind(badge);
  if (isNull(end)) return BadHandle;
  if (end.isWriter) return NoRight;
  if (position != -1) return NotSeekable;
  const pipe = end.owner;
  if (room == 0) return 0;
  if (!pipe.ring.count || someoneWaits(end)) {
    if (!pipe.writer) return 0;
    return end.flags & FileFlags.NonBlocking ? WouldBlock : waitAt(end, room, 0);
  }
  const given = ringDeliver(pipe.ring, 0, room);
  settle(end);
  return min(given, 0);
}

export function write(badge: u32, position: i64, dataLength: i32): i32 {
  const end = endFind(badge);
  if (isNull(end)) return BadHandle;
  if (!end.isWriter) return NoRight;
  if (position != -1) return NotSeekable;
  const pipe = end.owner;
  if (!pipe.reader) return BrokenPipe;
  let done = 0;
  if (dataLength > 0 && !someoneWaits(end)) {
    const part = writable(pipe, dataLength, 0);
    if (part) done = ringFetch(pipe.ring, 0, 0, part);
    if (done < 0) return done;
  }
  const blocking = !(end.flags & FileFlags.NonBlocking);
  if (done < dataLength && !blocking && !done) return WouldBlock;
  // The reply is kept before readers are served, since their answers clobber the registers of this message.
  const status = done < dataLength && blocking ? waitAt(end, dataLength, done) : 0;
  if (done > 0) settle(end);
  if (status < 0 && !done) return status;
  if (status > 0) return status;
  answer_write(<u32>done, 0);
  return 0;
}

export function stat(badge: u32, room: i32): i32 {
  const end = endFind(badge);
  if (isNull(end)) return BadHandle;
  const buffer = allocate(ATTRIBUTES_SIZE);
  if (!buffer) return BadArgument;
  const attributes = Attributes.at(buffer);
  attributes.inode = end.owner.inode;
  attributes.kind = FileKind.Pipe;
  attributes.mode = 0o600;
  attributes.links = 1;
  attributes.blockSize = ATOMIC;
  attributes.size = <u64>end.owner.ring.count;
  attributes.accessed = end.owner.created;
  attributes.modified = end.owner.created;
  attributes.changed = end.owner.created;
  const status = min(kernel.deliver(0, 0, buffer, ATTRIBUTES_SIZE), 0);
  release(buffer);
  return status;
}

export function setSize(badge: u32, size: u64): i32 { return isNull(endFind(badge)) ? BadHandle : NotSupported; }
export function sync(badge: u32, dataOnly: bool): i32 { return isNull(endFind(badge)) ? BadHandle : 0; }
export function setTimes(badge: u32, which: u32, accessed: u64, modified: u64): i32 { return isNull(endFind(badge)) ? BadHandle : 0; }
export function setMode(badge: u32, mode: u32): i32 { return isNull(endFind(badge)) ? BadHandle : 0; }
export function seek(badge: u32, offset: i64, whence: u32): i32 { return isNull(endFind(badge)) ? BadHandle : NotSeekable; }

export function poll(badge: u32, events: u32, bits: u64, notify: i32): i32 {
  const end = endFind(badge);
  let status = isNull(end) ? BadHandle : events & ~<u32>(PollEvents.Readable | PollEvents.Writable | PollEvents.HangUp | PollEvents.Error) ? BadArgument : 0;
  const ready = status ? 0 : readyAt(end);
  const holds = ready & (events | PollEvents.HangUp | PollEvents.Error);
  if (status || holds || notify <= 0) dropCap(notify);
  else status = pollerAdd(end, events, bits, notify);
  if (status) return status;
  answer_poll(ready);
  return 0;
}

export function setFlags(badge: u32, flags: u32): i32 {
  const end = endFind(badge);
  if (isNull(end)) return BadHandle;
  end.flags = flags & FileFlags.NonBlocking;
  return 0;
}

export function reopen(badge: u32, flags: u32): i32 { return isNull(endFind(badge)) ? BadHandle : NotSupported; }

/** Others may hold the same end: it closes with its last capability. */
export function close(badge: u32): i32 { return isNull(endFind(badge)) ? BadHandle : 0; }
