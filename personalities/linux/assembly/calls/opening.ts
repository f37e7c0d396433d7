// path_open.

import {
  EFAULT, EINVAL, ENOTDIR, FDFLAGS_APPEND, FDFLAGS_NONBLOCK, LOOKUP_SYMLINK_FOLLOW, OFLAGS_CREAT, OFLAGS_DIRECTORY, OFLAGS_EXCL,
  OFLAGS_TRUNC, RIGHT_FD_ALLOCATE, RIGHT_FD_FILESTAT_SET_SIZE, RIGHT_FD_READ, RIGHT_FD_READDIR, RIGHT_FD_WRITE,
} from "../../layout/wasi";
import { FileFlags } from "../../../../abi/generated/assembly/enums";
import * as client from "../../../../abi/generated/assembly/client/directory";
import { walking_open } from "../../../../lib/assembly/files/walking-directory";
import {
  CAN_READ, CAN_WRITE, CREATED, KIND_DIRECTORY, KIND_REGULAR, SHARED_POSITION, at, lowestFree, release, settleData,
} from "../descriptor-table";
import { kindOf } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { resolve } from "../path";
import { inside, store32 } from "../program";
import { firstPath, mounts } from "../region";

/** WASI has no permission bits: 0666 less the usual umask of 022. */
const FILE_MODE: u32 = 0o644;
/** Every fdflag of WASI. */
const FDFLAGS: i32 = 31;

export function path_open(
  descriptor: i32, lookup: i32, path: usize, length: i32, oflags: i32, base: i64, inheriting: i64, fdflags: i32, result: usize,
): i32 {
  const start = resolve(descriptor, path, length, firstPath(), (oflags & OFLAGS_CREAT) != 0);
  if (start < 0) return -start;
  // As Linux has it: a directory is not made by opening it.
  if ((oflags & OFLAGS_CREAT && oflags & OFLAGS_DIRECTORY) || fdflags & ~FDFLAGS) return EINVAL;
  if (!inside(result, 4)) return EFAULT;
  const made = lowestFree();
  if (made < 0) return -made;

  const access = accessOf(base, oflags);
  const status = walking_open(mounts(), start, flagsOf(access, lookup, oflags, fdflags), FILE_MODE, firstPath(), length);
  if (status < 0) return errnoOf(status);
  const open = at(made);
  open.file = client.directory_open_file();
  open.data = client.directory_open_data();
  open.kind = kindOf(client.directory_open_kind());
  open.fdflags = <u16>fdflags;
  open.position = 0;
  if (open.kind == KIND_DIRECTORY) {
    open.flags = 0;
  } else {
    // Devices keep no position here; whether one is a terminal is asked when it matters.
    open.flags = access | (open.kind == KIND_REGULAR ? 0 : SHARED_POSITION) | (client.directory_open_created() ? CREATED : 0);
    if (oflags & OFLAGS_DIRECTORY) {
      release(made);
      return ENOTDIR;
    }
    settleData(open);
    if (open.kind != KIND_REGULAR) open.kind = 0;
  }
  store32(result, made);
  return 0;
}

/** CAN_READ and CAN_WRITE by the rights asked for. A file opened with neither can be read, as with O_RDONLY; a directory is
 *  never written. */
function accessOf(rights: i64, oflags: i32): u8 {
  const write = rights & (RIGHT_FD_WRITE | RIGHT_FD_ALLOCATE | RIGHT_FD_FILESTAT_SET_SIZE);
  if (oflags & OFLAGS_DIRECTORY || !write) return CAN_READ;
  return rights & (RIGHT_FD_READ | RIGHT_FD_READDIR) ? CAN_READ | CAN_WRITE : CAN_WRITE;
}

function flagsOf(access: u8, lookup: i32, oflags: i32, fdflags: i32): u32 {
  return (access & CAN_READ ? FileFlags.Read : 0)
    // Truncating is writing, whatever rights go with the descriptor.
    | (access & CAN_WRITE || oflags & OFLAGS_TRUNC ? FileFlags.Write : 0)
    | (oflags & OFLAGS_CREAT ? FileFlags.Create : 0)
    | (oflags & OFLAGS_EXCL ? FileFlags.Exclusive : 0)
    | (oflags & OFLAGS_TRUNC ? FileFlags.Truncate : 0)
    | (oflags & OFLAGS_DIRECTORY ? FileFlags.Directory : 0)
    | (lookup & LOOKUP_SYMLINK_FOLLOW ? 0 : FileFlags.NoFollow)
    | (fdflags & FDFLAGS_APPEND ? FileFlags.Append : 0)
    | (fdflags & FDFLAGS_NONBLOCK ? FileFlags.NonBlocking : 0);
}
