// Answering readDirectory. A cookie is a place in the directory: records never move, and a cookie whose record was merged into the one before
// it goes on with the next that starts behind it.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, Corrupt } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { DIRECTORY_ENTRY_SIZE, DirectoryEntry } from "../../../abi/generated/assembly/records";
import { DE_NAME } from "../../../lib/formats/ext2";
import { directoryData, entryGood, entryInode, entryKind, entryLength, entryNameLength } from "./directory-block";
import { Inode, kindOf, noInode } from "./inode";
import { inodeGet } from "./inode-cache";
import { TRANSFER_SIZE, Volume } from "./volume";

@inline function padded(length: u32): i32 { return (DIRECTORY_ENTRY_SIZE + <i32>length + 7) & ~7; }

/** Answer with as many whole records as fit. A removed directory is empty. */
export function deliverEntries(v: Volume, directory: Inode, cookie: u64, room: i32): i32 {
  if (!directory.links || cookie >= directory.size) return 0;
  const limit = min(room, TRANSFER_SIZE);
  let used = 0, full = false, logical = <u32>(cookie >> v.blockShift);
  const blocks = <u32>(directory.size >> v.blockShift);
  for (; logical < blocks && !full; logical++) {
    const data = directoryData(v, directory, logical);
    if (!data) return v.status;
    for (let offset: u32 = 0; offset < v.blockSize;) {
      if (!entryGood(v, directory, logical, data, offset)) return Corrupt;
      const entry = data + <usize>offset, at = (<u64>logical << v.blockShift) + offset, size = entryLength(entry);
      offset += size;
      const inode = entryInode(entry);
      if (at < cookie || !inode) continue;
      const length = entryNameLength(v, entry);
      full = used + padded(length) > limit;
      if (full) break;
      put(v.transfer + <usize>used, inode, at + size, entryKind(v, entry), entry + DE_NAME, length);
      used += padded(length);
    }
  }
  // An empty answer means the end: a buffer that is too small for one record must not look like it.
  if (!used) return full ? BadArgument : 0;
  kinds(v, used);
  return min(kernel.deliver(0, 0, v.transfer, used), 0);
}

function put(at: usize, inode: u32, next: u64, kind: u32, name: usize, length: u32): void {
  const record = DirectoryEntry.at(at);
  record.inode = inode;
  record.next = next;
  record.kind = kind;
  record.nameLength = length;
  memory.fill(at + DIRECTORY_ENTRY_SIZE, 0, <usize>(padded(length) - DIRECTORY_ENTRY_SIZE));
  memory.copy(at + DIRECTORY_ENTRY_SIZE, name, <usize>length);
}

/** Where entries do not say what they are, the inodes do. */
function kinds(v: Volume, used: i32): void {
  for (let at = v.transfer; at < v.transfer + <usize>used;) {
    const record = DirectoryEntry.at(at);
    if (record.kind == FileKind.Unknown) {
      const inode = inodeGet(v, record.inode);
      if (!noInode(inode)) record.kind = kindOf(inode.mode);
      else if (v.aborted) return;
    }
    at += <usize>padded(record.nameLength);
  }
}
