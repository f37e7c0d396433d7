// fd_seek, fd_tell.

import { EBADF, EFAULT, EINVAL, ESPIPE, WHENCE_CUR, WHENCE_END, WHENCE_SET } from "../../layout/wasi";
import { ATTRIBUTES_SIZE, Attributes } from "../../../../abi/generated/assembly/records";
import * as kernel from "../../../../lib/assembly/kernel";
import { file_seek, file_seek_position, file_stat } from "../../../../abi/generated/assembly/client/file";
import { Descriptor, KIND_DIRECTORY, SHARED_POSITION, find } from "../descriptor-table";
import { canSeek, describe } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { insideWord, store64 } from "../program";
import { record } from "../region";

export function fd_seek(descriptor: i32, offset: i64, whence: i32, result: usize): i32 {
  const open = find(descriptor);
  if (!open || open.kind == KIND_DIRECTORY) return EBADF;
  if (<u32>whence > <u32>WHENCE_END) return EINVAL;
  if (!insideWord(result)) return EFAULT;
  if (open.flags & SHARED_POSITION) {
    describe(open);
    if (!canSeek(open)) return open.kind == KIND_DIRECTORY ? EBADF : ESPIPE;
    const status = file_seek(open.file, offset, whence);
    if (status < 0) return errnoOf(status);
    store64(result, file_seek_position());
    return 0;
  }
  const from = whence == WHENCE_SET ? 0 : whence == WHENCE_CUR ? open.position : sizeOf(open);
  if (from < 0) return errnoOf(<i32>from);
  // Overflow shows as a negative sum, too: both terms are then positive.
  const position = from + offset;
  if (position < 0) return EINVAL;
  open.position = position;
  store64(result, position);
  return 0;
}

export function fd_tell(descriptor: i32, result: usize): i32 {
  return fd_seek(descriptor, 0, WHENCE_CUR, result);
}

/** Bytes of the file, or a negated error. */
function sizeOf(open: Descriptor): i64 {
  if (open.data && kernel.dataspaceInfo(open.data) >= 0) return kernel.w0;
  const status = file_stat(open.file, record(), ATTRIBUTES_SIZE);
  return status < 0 ? <i64>status : <i64>Attributes.at(record()).size;
}
