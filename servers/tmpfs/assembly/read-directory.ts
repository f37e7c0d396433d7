// Answering readDirectory: `.`, `..`, then the names from a cookie on, as DirectoryEntry records.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { DIRECTORY_ENTRY_SIZE, DirectoryEntry } from "../../../abi/generated/assembly/records";
import { Inode } from "./inode";
import { FIRST_SEQUENCE, nameAfter, nameFrom } from "./name-entry";
import { TRANSFER_SIZE, state } from "./state";

@inline function padded(length: i32): i32 { return (DIRECTORY_ENTRY_SIZE + length + 7) & ~7; }

/** Fill the head of a record and the padding; the name is copied from `source`, or with 0 is that many dots. */
function put(at: usize, inode: u64, next: u64, kind: u32, source: usize, length: i32): void {
  const entry = DirectoryEntry.at(at);
  entry.inode = inode;
  entry.next = next;
  entry.kind = kind;
  entry.nameLength = <u32>length;
  const name = at + DIRECTORY_ENTRY_SIZE;
  memory.fill(name, source ? 0 : 0x2e, <usize>(padded(length) - DIRECTORY_ENTRY_SIZE));
  if (source) memory.copy(name, source, <usize>length);
  else memory.fill(name + <usize>length, 0, <usize>(padded(length) - DIRECTORY_ENTRY_SIZE - length));
}

/** Answer with as many whole records as fit. A removed directory is empty. */
export function deliverEntries(directory: Inode, cookie: u64, room: i32): i32 {
  const buffer = state().transfer;
  const limit = min(room, TRANSFER_SIZE);
  let used = 0;
  let full = false;
  if (!directory.links) return 0;
  for (let dots = cookie; dots < FIRST_SEQUENCE && !full; dots++) {
    const length = <i32>dots + 1;
    full = used + padded(length) > limit;
    if (full) break;
    const target = dots ? changetype<Inode>(<usize>directory.parent) : directory;
    put(buffer + <usize>used, target.number, dots + 1, FileKind.Directory, 0, length);
    used += padded(length);
  }
  if (!full) {
    let entry = nameFrom(directory, cookie);
    while (changetype<usize>(entry)) {
      const length = <i32>entry.length;
      full = used + padded(length) > limit;
      if (full) {
        directory.hint = <u32>changetype<usize>(entry);
        break;
      }
      put(buffer + <usize>used, entry.target.number, entry.sequence + 1, entry.target.kind, entry.bytes, length);
      used += padded(length);
      entry = nameAfter(entry);
    }
  }
  directory.accessed = <u64>kernel.wallClock();
  // An empty answer means the end: a buffer that is too small for one record must not look like it.
  if (!used) return full ? BadArgument : 0;
  return min(kernel.deliver(0, 0, buffer, used), 0);
}
