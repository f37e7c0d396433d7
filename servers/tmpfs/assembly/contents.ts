// Contents of regular files: a Dataspace each, made when first needed, whose size is the file's. Clients read and overwrite it
// themselves; so the time of the last change is the later of what the inode says and what the Dataspace tells of its writes.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, NoMemory, NoSpace, QuotaExceeded, TooLarge } from "../../../abi/generated/assembly/errors";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { Inode } from "./inode";
import { BLOCK, MAX_PAGES, MAX_SIZE, TRANSFER_SIZE, state } from "./state";

/** The size in bytes. Brings times and the count of pages up to date. */
export function contentsSize(inode: Inode): u64 {
  if (!inode.contents || kernel.dataspaceInfo(inode.contents) < 0) return 0;
  const writes = <u64>kernel.w2;
  if (writes != inode.seenWrites) {
    inode.seenWrites = writes;
    inode.modified = <u64>kernel.w3;
    inode.changed = <u64>kernel.w3;
  }
  const pages = <u32>kernel.w1;
  state().pages += <u64>pages - <u64>inode.pages;
  inode.pages = pages;
  return <u64>kernel.w0;
}

/** Say that the times now in the inode are the right ones, whatever was written before. */
export function contentsTimesSet(inode: Inode): void {
  if (inode.contents && kernel.dataspaceInfo(inode.contents) >= 0) inode.seenWrites = <u64>kernel.w2;
}

/** Make sure that there is a Dataspace: 0 or a negated error. */
export function contentsEnsure(inode: Inode): i32 {
  if (inode.contents) return 0;
  const slot = kernel.dataspaceCreate(0);
  if (slot < 0) return full(slot);
  inode.contents = slot;
  contentsTimesSet(inode);
  return 0;
}

/** An error of the kernel for want of resources is a full file system to a client. */
function full(status: i32): i32 { return status == QuotaExceeded || status == NoMemory || status == BadArgument ? NoSpace : status; }

/** Truncate or extend. */
export function contentsResize(inode: Inode, size: u64): i32 {
  if (size > MAX_SIZE) return TooLarge;
  let status = contentsEnsure(inode);
  if (status < 0) return status;
  status = kernel.dataspaceResize(inode.contents, <i64>size);
  if (status < 0) return full(status);
  contentsSize(inode);
  inode.modified = <u64>kernel.wallClock();
  inode.changed = inode.modified;
  return 0;
}

/** Give the answer's buffer up to `room` bytes from `position`: the bytes given, or a negated error. */
export function contentsRead(inode: Inode, position: u64, room: i32): i32 {
  inode.accessed = <u64>kernel.wallClock();
  if (!inode.contents || position >= MAX_SIZE) return 0;
  const buffer = state().transfer;
  let done = 0;
  while (done < room) {
    const read = kernel.dataspaceRead(inode.contents, <i64>position + done, 0, buffer, min(room - done, TRANSFER_SIZE));
    if (read <= 0) return done ? done : read;
    const given = kernel.deliver(0, done, buffer, read);
    if (given < 0) return given;
    done += read;
    if (given < read) break;
  }
  return done;
}

/** Write the `length` bytes of the message's send range at `position`: the bytes written, or a negated error if none. */
export function contentsWrite(inode: Inode, position: u64, length: i32): i32 {
  if (length == 0) return 0;
  if (position > MAX_SIZE - <u64>length) return TooLarge;
  let status = contentsEnsure(inode);
  if (status < 0) return status;
  const size = contentsSize(inode);
  const end = position + <u64>length;
  if (!hasRoom(inode, size, position, end)) return NoSpace;
  if (end > size) {
    status = kernel.dataspaceResize(inode.contents, <i64>end);
    if (status < 0) return full(status);
  }
  const done = copyIn(inode, position, length);
  // What could not be filled must not stay as a tail of zeros.
  const reached = done > 0 ? position + <u64>done : position;
  if (end > size && done < length) kernel.dataspaceResize(inode.contents, <i64>max(size, done > 0 ? reached : size));
  contentsSize(inode);
  return done;
}

function copyIn(inode: Inode, position: u64, length: i32): i32 {
  const buffer = state().transfer;
  let done = 0;
  while (done < length) {
    const got = kernel.fetch(0, 0, done, buffer, min(length - done, TRANSFER_SIZE));
    if (got <= 0) return done ? done : got;
    const written = kernel.dataspaceWrite(inode.contents, <i64>position + done, 0, buffer, got);
    if (written <= 0) return done ? done : written < 0 ? full(written) : NoSpace;
    done += written;
    if (written < got) break;
  }
  return done;
}

/** Whether the pages that [position, end) may newly need stay within the limit. */
function hasRoom(inode: Inode, size: u64, position: u64, end: u64): bool {
  const spanned = (end + BLOCK - 1) / BLOCK - position / BLOCK;
  if (state().pages + spanned <= MAX_PAGES) return true;
  return end <= size && <u64>inode.pages >= (size + BLOCK - 1) / BLOCK;
}

/** The end of a file. Clients that still hold its Dataspace keep that alive, not the file. */
export function releaseContents(inode: Inode): void {
  dropCap(inode.contents);
  inode.contents = 0;
  state().pages -= <u64>inode.pages;
  inode.pages = 0;
}
