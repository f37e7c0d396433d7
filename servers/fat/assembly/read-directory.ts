// Answering readDirectory: `.`, `..`, then the entries from a cookie on. A cookie is the slot behind an entry, so reading goes on at the right place
// whatever happens in between.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, NotFound } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { DIRECTORY_ENTRY_SIZE, DirectoryEntry } from "../../../abi/generated/assembly/records";
import { ATTRIBUTE_DIRECTORY, SLOT_ATTRIBUTES } from "../../../lib/formats/fat";
import { entryName, entryNext } from "./entry";
import { Inode, numberOfPlace } from "./inode";
import { indexLoad } from "./name-index";
import { slotPlace, slotView } from "./slot";
import { wideToUtf8 } from "./unicode";
import { TRANSFER } from "./volume";

const FIRST_COOKIE: u64 = 2;

@inline function padded(length: i32): i32 { return (DIRECTORY_ENTRY_SIZE + length + 7) & ~7; }

/** Fill in a record, whose name is there. */
function put(at: usize, inode: u64, next: u64, kind: u32, length: i32): void {
  const entry = DirectoryEntry.at(at);
  entry.inode = inode;
  entry.next = next;
  entry.kind = kind;
  entry.nameLength = <u32>length;
  memory.fill(at + DIRECTORY_ENTRY_SIZE + <usize>length, 0, <usize>(padded(length) - DIRECTORY_ENTRY_SIZE - length));
}

/** Answer with as many whole records as fit. A removed directory is empty. */
export function deliverEntries(directory: Inode, cookie: u64, room: i32): i32 {
  if (!directory.linked) return 0;
  const loaded = indexLoad(directory);
  if (loaded < 0) return loaded;
  const volume = directory.owner;
  const buffer = volume.transfer;
  const limit = min(room, TRANSFER);
  let used = 0;
  let full = false;
  for (let dots = cookie; dots < FIRST_COOKIE && !full; dots++) {
    const length = <i32>dots + 1;
    full = used + padded(length) > limit;
    if (full) break;
    memory.fill(buffer + <usize>used + DIRECTORY_ENTRY_SIZE, 0x2e, length);
    put(buffer + <usize>used, dots ? directory.directory.number : directory.number, dots + 1, FileKind.Directory, length);
    used += padded(length);
  }
  let at = cookie > FIRST_COOKIE ? cookie - FIRST_COOKIE : 0;
  while (!full && at < 0x10000) {
    const found = entryNext(directory, <u32>at);
    if (found == <i64>NotFound) break;
    if (found < 0) return <i32>found;
    const index = <u32>(found >> 8);
    const units = entryName(directory, index, <u32>found & 255);
    const length = wideToUtf8(volume.wideFound, units, volume.nameB, 1020);
    at = index + 1;
    if (length <= 0) continue;
    full = used + padded(length) > limit;
    if (full) break;
    memory.copy(buffer + <usize>used + DIRECTORY_ENTRY_SIZE, volume.nameB, length);
    const slot = slotView(directory, index);
    const kind = slot && load<u8>(slot, SLOT_ATTRIBUTES) & ATTRIBUTE_DIRECTORY ? FileKind.Directory : FileKind.Regular;
    put(buffer + <usize>used, numberOfPlace(volume, slotPlace(directory, index)), FIRST_COOKIE + at, kind, length);
    used += padded(length);
  }
  // An empty answer means the end: a buffer that is too small for one record must not look like it.
  if (!used) return full ? BadArgument : 0;
  return min(kernel.deliver(0, 0, buffer, used), 0);
}
