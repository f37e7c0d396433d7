// The absolute path of a directory, found by going up: each parent is read until the entry with the child's inode turns up. The
// path is built from the end of the walk's buffer.

import * as kernel from "../../../lib/assembly/kernel";
import { Io, NotFound, TooLong } from "../../../abi/generated/assembly/errors";
import { fileSystem_lookup_inode, fileSystem_readDirectory } from "../../../abi/generated/assembly/client/file-system";
import { DIRECTORY_ENTRY_SIZE, DirectoryEntry } from "../../../abi/generated/assembly/records";
import { MAX_NAME } from "../../../abi/layout/limits";
import { SCRATCH, Walk, leaveMounts, lookUp } from "./walk";
import { outcome } from "./outcome";

/** Go up from where the walk (of an empty path) stands; the path is then what is in the buffer from `position` on. */
export function pathOf(walk: Walk): i32 {
  const end = walk.buffer + <usize>(walk.position + walk.rest);
  while (leaveMounts(walk)) {
    const child = walk.inode;
    store<u16>(walk.scratch, 0x2e2e);
    let status = lookUp(walk, walk.scratch, 2);
    if (status < 0) return status;
    walk.inode = fileSystem_lookup_inode();
    status = prependName(walk, child);
    if (status < 0) return status;
  }
  if (walk.buffer + <usize>walk.position == end) prepend(walk, 0, 0);
  return 0;
}

/** A slash and a name before the path. */
function prepend(walk: Walk, name: usize, length: i32): i32 {
  if (length + 1 > walk.position) return TooLong;
  walk.position -= length + 1;
  const at = walk.buffer + <usize>walk.position;
  store<u8>(at, 0x2f);
  memory.copy(at + 1, name, <usize>length);
  return 0;
}

/** Find the name of `child` in the directory where the walk stands. */
function prependName(walk: Walk, child: u64): i32 {
  let cookie: u64 = 0;
  for (; ;) {
    const status = outcome(fileSystem_readDirectory(walk.at.fileSystem, walk.inode, cookie, walk.scratch, SCRATCH));
    if (status < 0) return status;
    const length = kernel.r0n;
    if (length == 0) return NotFound;
    let next = cookie;
    for (let offset = 0; offset < length;) {
      const entry = DirectoryEntry.at(walk.scratch + <usize>offset);
      if (length - offset < DIRECTORY_ENTRY_SIZE || entry.nameLength > <u32>MAX_NAME) return Io;
      const nameLength = <i32>entry.nameLength;
      if (offset + DIRECTORY_ENTRY_SIZE + nameLength > length) return Io;
      const name = changetype<usize>(entry) + DIRECTORY_ENTRY_SIZE;
      if (entry.inode == child && !isDots(name, nameLength)) return prepend(walk, name, nameLength);
      next = entry.next;
      offset += (DIRECTORY_ENTRY_SIZE + nameLength + 7) & ~7;
    }
    if (next == cookie) return Io;
    cookie = next;
  }
  return 0;
}

function isDots(name: usize, length: i32): bool {
  return length <= 2 && load<u8>(name) == 0x2e && (length == 1 || load<u8>(name, 1) == 0x2e);
}
