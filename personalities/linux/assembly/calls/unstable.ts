// `wasi_unstable`, as WASI called itself before preview 1: programs built until 2020 import it. It differs in four calls only; the
// machine binds those to the ones here, and all others to those of preview 1.

import { EBADF, EFAULT, EINVAL, EVENTTYPE_CLOCK, SIZE_SUBSCRIPTION, WHENCE_CUR, WHENCE_END, WHENCE_SET } from "../../layout/wasi";
import { Attributes } from "../../../../abi/generated/assembly/records";
import { find } from "../descriptor-table";
import { filetypeOf } from "../descriptor-kind";
import { copyIn, inside, store32, store64, store8 } from "../program";
import { record, scratch } from "../region";
import { attributesOfDescriptor, attributesOfPath } from "./attributes";
import { checkPoll, pollFetched } from "./polling";
import { fd_seek } from "./positions";

const SIZE_OLD_FILESTAT: i32 = 56;
const SIZE_OLD_SUBSCRIPTION: i32 = 56;

/** `whence` was 0 for the position, 1 for the end, 2 for the start. */
export function unstable_fd_seek(descriptor: i32, offset: i64, whence: i32, result: usize): i32 {
  if (<u32>whence > 2) return find(descriptor) ? EINVAL : EBADF;
  return fd_seek(descriptor, offset, whence == 0 ? WHENCE_CUR : whence == 1 ? WHENCE_END : WHENCE_SET, result);
}

export function unstable_fd_filestat_get(descriptor: i32, result: usize): i32 {
  return attributesOfDescriptor(descriptor) || giveOldAttributes(result);
}

export function unstable_path_filestat_get(descriptor: i32, flags: i32, path: usize, length: i32, result: usize): i32 {
  return attributesOfPath(descriptor, flags, path, length) || giveOldAttributes(result);
}

/** The number of links was a u32 at 20, and what follows lay 8 bytes lower. */
function giveOldAttributes(result: usize): i32 {
  if (!inside(result, SIZE_OLD_FILESTAT)) return EFAULT;
  const attributes = Attributes.at(record());
  store64(result, attributes.device);
  store64(result + 8, attributes.inode);
  store32(result + 16, 0);
  store8(result + 16, filetypeOf(attributes.kind));
  store32(result + 20, attributes.links);
  store64(result + 24, attributes.size);
  store64(result + 32, attributes.accessed);
  store64(result + 40, attributes.modified);
  store64(result + 48, attributes.changed);
  return 0;
}

/** A clock's subscription had an identifier before its other fields. */
export function unstable_poll_oneoff(subscriptions: usize, events: usize, count: i32, result: usize): i32 {
  const errno = checkPoll(subscriptions, SIZE_OLD_SUBSCRIPTION, events, count, result);
  if (errno) return errno;
  for (let index = 0; index < count; index++) {
    const from = subscriptions + <usize>index * SIZE_OLD_SUBSCRIPTION;
    const to = scratch() + <usize>index * SIZE_SUBSCRIPTION;
    // User data and type; then the rest, which for a clock begins 8 bytes further on.
    copyIn(to, from, 16);
    copyIn(to + 16, load<u8>(to, 8) == EVENTTYPE_CLOCK ? from + 24 : from + 16, 32);
  }
  return pollFetched(count, events, result);
}
