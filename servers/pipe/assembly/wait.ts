// Calls that wait at an end: a read of an empty pipe, a write to a full one. Each keeps its reply; the data of a write stays in
// its caller's memory until there is room. Waiting calls are served in order, and nothing overtakes them.

import * as kernel from "../../../lib/assembly/kernel";
import { BrokenPipe, TryAgain } from "../../../abi/generated/assembly/errors";
import { DEFERRED } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listAppend, listFirst, listIsEmpty, listRemove } from "../../../lib/assembly/memory/list";
import { End, Pipe } from "./end";
import { reply_read, reply_write } from "./generated/file-dispatch";
import { ringDeliver, ringFetch } from "./ring";

/** A write of up to this many bytes is not mixed with others. */
export const ATOMIC: i32 = 4096;
const MAX_WAITERS: u32 = 256;

@unmanaged class Waiter {
  next: u32;
  previous: u32;
  reply: i32;
  /** Bytes to write, or room to read into. */
  length: i32;
  /** Bytes written so far. */
  done: i32;
}

/** Let the current call wait at an end, `done` of its `length` bytes being written: DEFERRED, or a negated error. */
export function waitAt(end: End, length: i32, done: i32): i32 {
  if (end.waiterCount >= MAX_WAITERS) sweep(end);
  if (end.waiterCount >= MAX_WAITERS) return TryAgain;
  const waiter = changetype<Waiter>(allocate(<i32>offsetof<Waiter>()));
  if (!changetype<usize>(waiter)) return TryAgain;
  const reply = kernel.saveReply();
  if (reply < 0) {
    release(changetype<usize>(waiter));
    return reply;
  }
  waiter.reply = reply;
  waiter.length = length;
  waiter.done = done;
  listAppend(end.waiters, changetype<usize>(waiter));
  end.waiterCount++;
  return DEFERRED;
}

@inline export function someoneWaits(end: End): bool { return !listIsEmpty(end.waiters); }

function forget(end: End, waiter: Waiter): void {
  listRemove(changetype<usize>(waiter));
  release(changetype<usize>(waiter));
  end.waiterCount--;
}

/** Forget calls whose callers have gone. */
function sweep(end: End): void {
  let link = listFirst(end.waiters);
  while (link != end.waiters) {
    const next = listAfter(link);
    const waiter = changetype<Waiter>(link);
    const gone = end.isWriter ? kernel.fetch(waiter.reply, 0, 0, changetype<usize>(end), 0) : kernel.deliver(waiter.reply, 0, changetype<usize>(end), 0);
    if (gone < 0) {
      dropCap(waiter.reply);
      forget(end, waiter);
    }
    link = next;
  }
}

/** How much of a write of `length` bytes, `done` of them done, may go into the pipe now. Small ones go whole or not at all. */
export function writable(pipe: Pipe, length: i32, done: i32): i32 {
  const rest = length - done;
  if (length <= ATOMIC) return pipe.ring.room >= rest ? rest : 0;
  return min(rest, pipe.ring.room);
}

/** Move data between the ring and whoever waits at either end, until nothing more can move. */
export function pump(pipe: Pipe): void {
  let moved = true;
  while (moved) {
    moved = pipe.reader != 0 && serveReader(pipe, changetype<End>(<usize>pipe.reader));
    if (pipe.writer && serveWriter(pipe, changetype<End>(<usize>pipe.writer))) moved = true;
  }
}

/** Answer the first waiting read if there is something, or never will be: whether anything happened. */
function serveReader(pipe: Pipe, end: End): bool {
  if (listIsEmpty(end.waiters) || (!pipe.ring.count && pipe.writer)) return false;
  const waiter = changetype<Waiter>(listFirst(end.waiters));
  const reply = waiter.reply;
  const given = ringDeliver(pipe.ring, reply, waiter.length);
  forget(end, waiter);
  if (given < 0) kernel.reply(reply, given, 0);
  else reply_read(reply);
  return true;
}

/** Take what the first waiting write can give: whether anything happened. */
function serveWriter(pipe: Pipe, end: End): bool {
  if (listIsEmpty(end.waiters)) return false;
  const waiter = changetype<Waiter>(listFirst(end.waiters));
  const reply = waiter.reply;
  if (!pipe.reader) {
    const done = waiter.done;
    forget(end, waiter);
    if (done) reply_write(reply, <u32>done, 0);
    else kernel.reply(reply, BrokenPipe, 0);
    return true;
  }
  const part = writable(pipe, waiter.length, waiter.done);
  if (!part) return false;
  const got = ringFetch(pipe.ring, reply, waiter.done, part);
  if (got > 0) waiter.done += got;
  if (got < part) {
    forget(end, waiter);
    kernel.reply(reply, got < 0 ? got : TryAgain, 0);
  } else if (waiter.done == waiter.length) {
    forget(end, waiter);
    reply_write(reply, <u32>waiter.length, 0);
  }
  return true;
}

/** Give up all calls that wait at an end that is being closed: their callers hold no capability to it any more. */
export function abandonWaiters(end: End): void {
  while (!listIsEmpty(end.waiters)) {
    const waiter = changetype<Waiter>(listFirst(end.waiters));
    kernel.reply(waiter.reply, BrokenPipe, 0);
    forget(end, waiter);
  }
}
