// What a program advises, reserves and makes durable: fd_advise, fd_allocate, fd_sync, fd_datasync.

import { ADVICE_LAST, EBADF, EFBIG, EINVAL, ESPIPE } from "../../layout/wasi";
import { NotSupported } from "../../../../abi/generated/assembly/errors";
import { ATTRIBUTES_SIZE, Attributes } from "../../../../abi/generated/assembly/records";
import { directory_sync } from "../../../../abi/generated/assembly/client/directory";
import { file_setSize, file_stat, file_sync } from "../../../../abi/generated/assembly/client/file";
import { CAN_WRITE, KIND_DIRECTORY, KIND_PIPE, KIND_SOCKET, KIND_TERMINAL, find } from "../descriptor-table";
import { describe } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { record } from "../region";

/** Advice is taken note of: contents are cached by page already. */
export function fd_advise(descriptor: i32, offset: i64, length: i64, advice: i32): i32 {
  const open = find(descriptor);
  if (!open || open.kind == KIND_DIRECTORY) return EBADF;
  if (<u32>advice > <u32>ADVICE_LAST || offset < 0 || length < 0) return EINVAL;
  describe(open);
  return open.kind == KIND_PIPE || open.kind == KIND_SOCKET || open.kind == KIND_TERMINAL ? ESPIPE : 0;
}

/** The file is at least offset + length long afterwards. Files are sparse: no space is set aside. */
export function fd_allocate(descriptor: i32, offset: i64, length: i64): i32 {
  const open = find(descriptor);
  if (!open || open.kind == KIND_DIRECTORY || !(open.flags & CAN_WRITE)) return EBADF;
  if (offset < 0 || length <= 0) return EINVAL;
  const size = offset + length;
  if (size < 0) return EFBIG;
  let status = file_stat(open.file, record(), ATTRIBUTES_SIZE);
  if (status >= 0 && Attributes.at(record()).size < <u64>size) status = file_setSize(open.file, size);
  return errnoOf(status);
}

export function fd_sync(descriptor: i32): i32 { return sync(descriptor, false); }
export function fd_datasync(descriptor: i32): i32 { return sync(descriptor, true); }

function sync(descriptor: i32, dataOnly: bool): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  const status = open.kind == KIND_DIRECTORY ? directory_sync(open.file, 0, 0) : file_sync(open.file, dataOnly);
  // As POSIX has it for what cannot be synchronised.
  return status == NotSupported ? EINVAL : errnoOf(status);
}
