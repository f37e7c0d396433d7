// Calls on a descriptor itself: fd_close, fd_renumber, fd_fdstat_get, fd_fdstat_set_flags, fd_fdstat_set_rights, fd_prestat_get,
// fd_prestat_dir_name.

import {
  EBADF, EFAULT, EINVAL, ENAMETOOLONG, ENOTSUP, FDFLAGS_APPEND, FDFLAGS_NONBLOCK, SIZE_FDSTAT, SIZE_PRESTAT,
} from "../../layout/wasi";
import { FileFlags } from "../../../../abi/generated/assembly/enums";
import * as kernel from "../../../../lib/assembly/kernel";
import { file_read, file_read_data_length, file_reopen, file_reopen_file, file_setFlags, file_setMode } from "../../../../abi/generated/assembly/client/file";
import {
  CREATED, Descriptor, KIND_DIRECTORY, PREOPENED, at, find, forget, release, settleData,
} from "../descriptor-table";
import { describe, filetypeOfDescriptor, inheritedRights, rightsOf } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { inside, store16, store32, store64, store8 } from "../program";
import { process, record } from "../region";
import { DOT_DESCRIPTOR, ROOT_DESCRIPTOR, WORKING_DIRECTORY_PATCHED } from "../working-directory";

export function fd_close(descriptor: i32): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  if (open.flags & CREATED) markProgram(open);
  return errnoOf(release(descriptor));
}

/** WASI has no permission bits, so a linker cannot make what it wrote executable: a file that this process created is, when it
 *  is closed, if it begins like a program. */
function markProgram(open: Descriptor): void {
  if (firstBytes(open) != 4) return;
  // "\0asm", "#!"
  if (load<u32>(record()) == 0x6d736100 || load<u16>(record()) == 0x2123) file_setMode(open.file, 0o755);
}

/** Fetch the first four bytes to the record, however the file was opened: how many there are, or a negated error. */
function firstBytes(open: Descriptor): i32 {
  if (open.data) return kernel.dataspaceRead(open.data, 0, 0, record(), 4);
  let status = file_reopen(open.file, FileFlags.Read);
  if (status < 0) return status;
  const reader = file_reopen_file();
  status = file_read(reader, 0, record(), 4);
  if (status >= 0) status = file_read_data_length();
  kernel.capDelete(reader);
  return status;
}

export function fd_renumber(from: i32, to: i32): i32 {
  if (!find(from) || !find(to)) return EBADF;
  if (from == to) return 0;
  const status = fd_close(to);
  memory.copy(changetype<usize>(at(to)), changetype<usize>(at(from)), offsetof<Descriptor>());
  forget(from);
  return status;
}

export function fd_fdstat_get(descriptor: i32, result: usize): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  if (!inside(result, SIZE_FDSTAT)) return EFAULT;
  describe(open);
  store64(result, 0);
  store8(result, filetypeOfDescriptor(open));
  store16(result + 2, open.fdflags);
  store64(result + 8, rightsOf(open));
  store64(result + 16, inheritedRights(open));
  return 0;
}

/** Append and NonBlocking can be changed, as with fcntl. */
export function fd_fdstat_set_flags(descriptor: i32, flags: i32): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  if ((flags ^ <i32>open.fdflags) & ~(FDFLAGS_APPEND | FDFLAGS_NONBLOCK)) return EINVAL;
  if (open.kind == KIND_DIRECTORY) return flags == <i32>open.fdflags ? 0 : EBADF;
  const status = file_setFlags(open.file, (flags & FDFLAGS_APPEND ? FileFlags.Append : 0) | (flags & FDFLAGS_NONBLOCK ? FileFlags.NonBlocking : 0));
  if (status < 0) return errnoOf(status);
  open.fdflags = <u16>flags;
  settleData(open);
  return 0;
}

/** Rights can only be kept: nothing here enforces them, as the kernel's capabilities do that job. */
export function fd_fdstat_set_rights(descriptor: i32, base: i64, inheriting: i64): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  describe(open);
  return (base & rightsOf(open)) == rightsOf(open) && (inheriting & inheritedRights(open)) == inheritedRights(open) ? 0 : ENOTSUP;
}

export function fd_prestat_get(descriptor: i32, result: usize): i32 {
  const length = preopenedName(descriptor);
  if (!length) return EBADF;
  if (!inside(result, SIZE_PRESTAT)) return EFAULT;
  store32(result, 0);
  store32(result + 4, length);
  return 0;
}

export function fd_prestat_dir_name(descriptor: i32, address: usize, length: i32): i32 {
  const needed = preopenedName(descriptor);
  if (!needed) return EBADF;
  if (<u32>length < <u32>needed) return ENAMETOOLONG;
  if (!inside(address, needed)) return EFAULT;
  store8(address, descriptor == ROOT_DESCRIPTOR ? 0x2f : 0x2e);
  return 0;
}

/** Bytes of the name of a preopened directory: "/" or "."; 0 if the descriptor is none. */
function preopenedName(descriptor: i32): i32 {
  const open = find(descriptor);
  if (!open || !(open.flags & PREOPENED)) return 0;
  return process().workingDirectoryMode == WORKING_DIRECTORY_PATCHED && descriptor == DOT_DESCRIPTOR ? 0 : 1;
}
