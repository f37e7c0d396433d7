// fd_filestat_get, fd_filestat_set_size, fd_filestat_set_times, path_filestat_get, path_filestat_set_times.

import {
  EBADF, EFAULT, EINVAL, FSTFLAGS_ATIM, FSTFLAGS_ATIM_NOW, FSTFLAGS_MTIM, FSTFLAGS_MTIM_NOW, LOOKUP_SYMLINK_FOLLOW, SIZE_FILESTAT,
} from "../../layout/wasi";
import { SetTimes } from "../../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes } from "../../../../abi/generated/assembly/records";
import { walking_setTimes, walking_stat } from "../../../../lib/assembly/files/walking-directory";
import { file_setSize, file_setTimes, file_stat } from "../../../../abi/generated/assembly/client/file";
import { CAN_WRITE, KIND_DIRECTORY, find } from "../descriptor-table";
import { describe, filetypeOf } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { resolve } from "../path";
import { inside, store64, store8 } from "../program";
import { firstPath, mounts, record } from "../region";

export function fd_filestat_get(descriptor: i32, result: usize): i32 {
  if (!inside(result, SIZE_FILESTAT)) return find(descriptor) ? EFAULT : EBADF;
  return attributesOfDescriptor(descriptor) || giveAttributes(result);
}

export function path_filestat_get(descriptor: i32, flags: i32, path: usize, length: i32, result: usize): i32 {
  const errno = attributesOfPath(descriptor, flags, path, length);
  if (errno) return errno;
  return inside(result, SIZE_FILESTAT) ? giveAttributes(result) : EFAULT;
}

/** Leave the attributes of an open file in the record. 0 or an errno. */
export function attributesOfDescriptor(descriptor: i32): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  describe(open);
  return errnoOf(open.kind == KIND_DIRECTORY
    ? walking_stat(mounts(), open.file, true, firstPath(), 0, record(), ATTRIBUTES_SIZE)
    : file_stat(open.file, record(), ATTRIBUTES_SIZE));
}

/** Leave the attributes of a name in the record. 0 or an errno. */
export function attributesOfPath(descriptor: i32, flags: i32, path: usize, length: i32): i32 {
  const start = resolve(descriptor, path, length, firstPath(), false);
  if (start < 0) return -start;
  return errnoOf(walking_stat(mounts(), start, (flags & LOOKUP_SYMLINK_FOLLOW) != 0, firstPath(), length, record(), ATTRIBUTES_SIZE));
}

/** Write the attributes in the record as a WASI filestat. */
function giveAttributes(result: usize): i32 {
  const attributes = Attributes.at(record());
  store64(result, attributes.device);
  store64(result + 8, attributes.inode);
  store64(result + 16, 0);
  store8(result + 16, filetypeOf(attributes.kind));
  store64(result + 24, attributes.links);
  store64(result + 32, attributes.size);
  store64(result + 40, attributes.accessed);
  store64(result + 48, attributes.modified);
  store64(result + 56, attributes.changed);
  return 0;
}

export function fd_filestat_set_size(descriptor: i32, size: i64): i32 {
  const open = find(descriptor);
  if (!open || open.kind == KIND_DIRECTORY) return EBADF;
  if (size < 0 || !(open.flags & CAN_WRITE)) return EINVAL;
  return errnoOf(file_setSize(open.file, size));
}

export function fd_filestat_set_times(descriptor: i32, accessed: i64, modified: i64, flags: i32): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  const which = timesOf(flags);
  if (which < 0) return EINVAL;
  describe(open);
  if (open.kind != KIND_DIRECTORY) return errnoOf(file_setTimes(open.file, which, accessed, modified));
  store<u8>(firstPath(), 0x2e);
  return errnoOf(walking_setTimes(mounts(), open.file, which, accessed, modified, true, firstPath(), 1));
}

export function path_filestat_set_times(
  descriptor: i32, lookup: i32, path: usize, length: i32, accessed: i64, modified: i64, flags: i32,
): i32 {
  const start = resolve(descriptor, path, length, firstPath(), false);
  if (start < 0) return -start;
  const which = timesOf(flags);
  if (which < 0) return EINVAL;
  return errnoOf(walking_setTimes(mounts(), start, which, accessed, modified, (lookup & LOOKUP_SYMLINK_FOLLOW) != 0, firstPath(), length));
}

/** SetTimes for fstflags, or -1 if they contradict each other. */
function timesOf(flags: i32): i32 {
  const both = FSTFLAGS_ATIM | FSTFLAGS_ATIM_NOW;
  const bothModified = FSTFLAGS_MTIM | FSTFLAGS_MTIM_NOW;
  if ((flags & both) == both || (flags & bothModified) == bothModified || flags & ~(both | bothModified)) return -1;
  return (flags & FSTFLAGS_ATIM ? SetTimes.Accessed : 0) | (flags & FSTFLAGS_ATIM_NOW ? SetTimes.AccessedNow : 0)
    | (flags & FSTFLAGS_MTIM ? SetTimes.Modified : 0) | (flags & FSTFLAGS_MTIM_NOW ? SetTimes.ModifiedNow : 0);
}
