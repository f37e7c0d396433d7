// fd_write, fd_pwrite. What lies within a file that has a Dataspace is written by one kernel call per iovec; what extends it,
// or goes elsewhere, is gathered in scratch memory and sent to the file's server.

import { EBADF, EFAULT, EINVAL, FDFLAGS_APPEND, FDFLAGS_DSYNC, FDFLAGS_SYNC } from "../../layout/wasi";
import { RANGE_LIMIT } from "../../../../abi/layout/limits";
import { BrokenPipe, Fault } from "../../../../abi/generated/assembly/errors";
import * as kernel from "../../../../lib/assembly/kernel";
import { file_sync, file_write, file_write_size, file_write_written } from "../../../../abi/generated/assembly/client/file";
import { CAN_WRITE, Descriptor, KIND_DIRECTORY, KIND_PIPE, SHARED_POSITION, find } from "../descriptor-table";
import { describe } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { copyIn, inside, store32 } from "../program";
import { process, record, scratch } from "../region";
import { checkIoVectors, ioVectorAddress, ioVectorLength } from "../io-vectors";
import { proc_raise } from "./processes";

const PROGRAM_MEMORY: i32 = 1;
const SIGPIPE: i32 = 13;
/** Writes to a pipe without a reader that a program may fail before it gets the signal that POSIX sends at the first. WASI has no handlers, so
 *  nothing tells whether a program minds the error (CPython and Rust do, and report it); one that goes on as if nothing had happened would never end. */
const BROKEN_WRITES: i32 = 64;

export function fd_write(descriptor: i32, vectors: usize, count: i32, result: usize): i32 {
  return writeVectors(descriptor, vectors, count, -1, result);
}

export function fd_pwrite(descriptor: i32, vectors: usize, count: i32, offset: i64, result: usize): i32 {
  if (offset < 0) return find(descriptor) ? EINVAL : EBADF;
  return writeVectors(descriptor, vectors, count, offset, result);
}

/** @param offset where to write, or -1: at the descriptor's position, which then advances */
function writeVectors(descriptor: i32, vectors: usize, count: i32, offset: i64, result: usize): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  if (open.kind == KIND_DIRECTORY) return EBADF;
  if (!(open.flags & CAN_WRITE)) return EBADF;
  if (!inside(result, 4)) return EFAULT;
  const wrong = checkIoVectors(vectors, count);
  if (wrong) return wrong;
  const own = offset < 0;
  let position = !own ? offset : open.flags & SHARED_POSITION ? -1 : open.position;
  let total = 0;
  let index = 0; // of the iovec to go on with
  let used = 0; // bytes of it that are written
  if (open.writeData) {
    for (; index < count; index++) {
      const length = ioVectorLength(vectors, index);
      used = kernel.dataspaceWrite(open.writeData, position + total, PROGRAM_MEMORY, ioVectorAddress(vectors, index), length);
      if (used < 0) return total ? finish(open, own, position, total, result) : errnoOf(used);
      total += used;
      if (used < length) break;
      used = 0;
    }
  }
  let status = 0;
  while (true) {
    const gathered = gather(vectors, count, index, used);
    if (gathered < 0) {
      status = gathered;
      break;
    }
    // A write of nothing at all still asks the server whether it may.
    if (!gathered && (total || open.writeData)) break;
    status = sendAll(open, position < 0 ? -1 : position + total, gathered);
    if (status < 0) break;
    total += status;
    if (own && position >= 0 && open.fdflags & FDFLAGS_APPEND) position = load<i64>(record()) - total;
    if (status < gathered || !gathered) break;
    // Skip what went out.
    let left = gathered;
    while (left) {
      const room = ioVectorLength(vectors, index) - used;
      const part = min(room, left);
      left -= part;
      if (part == room) {
        index++;
        used = 0;
      } else used += part;
    }
  }
  if (status < 0 && !total) {
    if (status == BrokenPipe && ++process().brokenWrites > BROKEN_WRITES) proc_raise(SIGPIPE);
    return errnoOf(status);
  }
  // It writes to pipes that are read: it is one that goes on without the others.
  if (process().brokenWrites) {
    describe(open);
    if (open.kind == KIND_PIPE) process().brokenWrites = 0;
  }
  if (open.fdflags & (FDFLAGS_DSYNC | FDFLAGS_SYNC)) {
    const synced = file_sync(open.file, !(open.fdflags & FDFLAGS_SYNC));
    if (synced < 0) return errnoOf(synced);
  }
  return finish(open, own, position, total, result);
}

function finish(open: Descriptor, own: bool, position: i64, total: i32, result: usize): i32 {
  if (own && position >= 0) open.position = position + total;
  store32(result, <u32>total);
  return 0;
}

/** Copy what is next to scratch: at most RANGE_LIMIT bytes, which are returned; or the negated error Fault. */
function gather(vectors: usize, count: i32, index: i32, used: i32): i32 {
  let gathered = 0;
  for (; index < count && gathered < RANGE_LIMIT; index++, used = 0) {
    const part = min(ioVectorLength(vectors, index) - used, RANGE_LIMIT - gathered);
    const from = ioVectorAddress(vectors, index) + used;
    if (!inside(from, part)) return gathered ? gathered : Fault;
    copyIn(scratch() + gathered, from, part);
    gathered += part;
  }
  return gathered;
}

/** Send scratch to the server until all is taken. Bytes taken, or a negated error if there are none; the size that the file then has
 *  is left in the record. */
function sendAll(open: Descriptor, position: i64, length: i32): i32 {
  let sent = 0;
  do {
    const status = file_write(open.file, position < 0 ? -1 : position + sent, scratch() + sent, length - sent);
    if (status < 0) return sent ? sent : status;
    const written = <i32>file_write_written();
    store<u64>(record(), file_write_size());
    sent += min(max(written, 0), length - sent);
    if (!written) break;
  } while (sent < length);
  return sent;
}
