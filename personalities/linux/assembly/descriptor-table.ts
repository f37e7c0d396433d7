// The table of file descriptors of one process: 1024 records of 32 bytes in its region. Zeroed memory is an empty table.

import { EMFILE, FDFLAGS_APPEND, FDFLAGS_DSYNC, FDFLAGS_SYNC } from "../layout/wasi";
import { RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits";
import * as kernel from "../../../lib/assembly/kernel";
import { file_close } from "../../../abi/generated/assembly/client/file";
import { directory_close } from "../../../abi/generated/assembly/client/directory";
import { descriptorAddress, mounts, process } from "./region";

export const MAX_DESCRIPTORS: i32 = 1024;

/** The kind has not been asked for yet (a descriptor that was inherited). */
export const KIND_UNKNOWN: u8 = 0;
export const KIND_REGULAR: u8 = 1;
export const KIND_DIRECTORY: u8 = 2;
/** A character device that is no terminal. */
export const KIND_DEVICE: u8 = 3;
export const KIND_TERMINAL: u8 = 4;
export const KIND_PIPE: u8 = 5;
export const KIND_BLOCK_DEVICE: u8 = 6;
export const KIND_SOCKET: u8 = 7;

/** Opened for reading. */
export const CAN_READ: u8 = 1;
/** Opened for writing. */
export const CAN_WRITE: u8 = 2;
/** The position is kept by the server, as the open file is shared with another process or has none. */
export const SHARED_POSITION: u8 = 4;
/** A directory that the program finds open: fd_prestat_get tells of it. */
export const PREOPENED: u8 = 8;
/** Other processes may hold the same open file, so it must not be closed at its server, only let go. */
export const INHERITED: u8 = 16;

/** The process created the file. */
export const CREATED: u8 = 32;

@unmanaged
export class Descriptor {
  /** Capability of the open file or directory; 0: the descriptor is free. */
  file: i32;
  /** Dataspace to read from, or 0 to ask the server. */
  readData: i32;
  /** Dataspace to write to within its size, or 0 to ask the server. */
  writeData: i32;
  /** A KIND_…. */
  kind: u8;
  /** CAN_READ and so on. */
  flags: u8;
  /** As in WASI. */
  fdflags: u16;
  /** Private position, bytes; unused with SHARED_POSITION. */
  position: i64;
  /** Dataspace of the contents whatever its use, to be deleted on close; or 0. */
  data: i32;
}

/** The descriptor's record, or null if it is free or out of range. */
@inline export function find(descriptor: i32): Descriptor | null {
  if (<u32>descriptor >= <u32>MAX_DESCRIPTORS) return null;
  const found = at(descriptor);
  return found.file ? found : null;
}

@inline export function at(descriptor: i32): Descriptor { return changetype<Descriptor>(descriptorAddress(descriptor)); }

/** The lowest free descriptor, or -EMFILE. It is taken by setting its `file`. */
export function lowestFree(): i32 {
  for (let descriptor = process().lowestFree; descriptor < MAX_DESCRIPTORS; descriptor++) {
    if (!at(descriptor).file) {
      process().lowestFree = descriptor;
      return descriptor;
    }
  }
  process().lowestFree = MAX_DESCRIPTORS;
  return -EMFILE;
}

/** Decide what goes to the file's Dataspace instead of its server: reads, if it was opened for reading; writes within its size, if it was opened
 *  for writing, neither appends nor promises to be on stable storage, and the file system lets clients write there (those on disks do
 *  not: they must know what is written). Overwrites the message registers. */
export function settleData(open: Descriptor): void {
  open.readData = 0;
  open.writeData = 0;
  if (!open.data) return;
  const information = kernel.capInfo(open.data);
  const rights = information < 0 ? 0 : information >> 8;
  if (open.flags & CAN_READ && rights & RIGHT_READ) open.readData = open.data;
  if (open.flags & CAN_WRITE && rights & RIGHT_WRITE && !(open.fdflags & (FDFLAGS_APPEND | FDFLAGS_DSYNC | FDFLAGS_SYNC))) open.writeData = open.data;
}

/** Let go of what the descriptor holds and make it free; the status of closing. */
export function release(descriptor: i32): i32 {
  const open = at(descriptor);
  let status = 0;
  if (open.kind == KIND_DIRECTORY) mounts().forgetPlace(open.file);
  if (!(open.flags & INHERITED)) status = open.kind == KIND_DIRECTORY ? directory_close(open.file) : file_close(open.file);
  kernel.capDelete(open.file);
  if (open.data) kernel.capDelete(open.data);
  forget(descriptor);
  return status;
}

/** Make the descriptor free without letting go of its capabilities: they have moved elsewhere. */
export function forget(descriptor: i32): void {
  memory.fill(descriptorAddress(descriptor), 0, offsetof<Descriptor>());
  if (descriptor < process().lowestFree) process().lowestFree = descriptor;
}
