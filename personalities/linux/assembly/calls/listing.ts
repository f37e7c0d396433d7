// fd_readdir.

import { EBADF, EFAULT, ENOTDIR, SIZE_DIRENT } from "../../layout/wasi";
import { DirectoryEntry, DIRECTORY_ENTRY_SIZE } from "../../../../abi/generated/assembly/records";
import { directory_readDirectory_entries_length } from "../../../../abi/generated/assembly/client/directory";
import { walking_readDirectory } from "../../../../lib/assembly/files/walking-directory";
import { KIND_DIRECTORY, find } from "../descriptor-table";
import { describe, filetypeOf } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { copyOut, inside, store32 } from "../program";
import { mounts, record, scratch } from "../region";

/** Bytes asked of the VFS at once: half of the scratch area that is always there. */
const PORTION: i32 = 32768;

/**
 * Fill the buffer with entries from `cookie` on. The last may be cut off: a result of `length` says that there is more, as
 * wasi-libc expects, which then asks again from the cookie of the last whole entry; a smaller result is the end.
 */
export function fd_readdir(descriptor: i32, buffer: usize, length: i32, cookie: i64, result: usize): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  describe(open);
  if (open.kind != KIND_DIRECTORY) return ENOTDIR;
  if (!inside(buffer, length) || !inside(result, 4)) return EFAULT;
  const room = <u32>length;
  let used: u32 = 0;
  while (used < room) {
    const status = walking_readDirectory(mounts(), open.file, cookie, scratch(), PORTION);
    if (status < 0) {
      if (used) break;
      return errnoOf(status);
    }
    const end = scratch() + min(directory_readDirectory_entries_length(), PORTION);
    if (end == scratch()) break;
    for (let at = scratch(); at < end && used < room;) {
      const entry = DirectoryEntry.at(at);
      used = giveEntry(entry, at + DIRECTORY_ENTRY_SIZE, buffer, used, room);
      cookie = entry.next;
      at += (DIRECTORY_ENTRY_SIZE + entry.nameLength + 7) & ~7;
    }
  }
  store32(result, used);
  return 0;
}

/** Append a WASI dirent and its name, cut off at `room`; the bytes then used. */
function giveEntry(entry: DirectoryEntry, name: usize, buffer: usize, used: u32, room: u32): u32 {
  const head = record();
  store<u64>(head, entry.next, 0);
  store<u64>(head, entry.inode, 8);
  store<u32>(head, entry.nameLength, 16);
  store<u32>(head, filetypeOf(entry.kind), 20);
  const headPart = min<u32>(SIZE_DIRENT, room - used);
  copyOut(buffer + used, head, headPart);
  used += headPart;
  const namePart = min<u32>(entry.nameLength, room - used);
  copyOut(buffer + used, name, namePart);
  return used + namePart;
}
