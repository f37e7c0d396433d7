// Directories as they lie on the disk: blocks full of records, linear, also where an index is kept beside them (it looks like empty records;
// whoever changes such a directory clears its index flag). Every record is checked before it is used.

import { Corrupt, NoSpace } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { textEquals } from "../../../lib/assembly/memory/text";
import {
  DE_INODE, DE_LENGTH, DE_NAME, DE_NAME_LENGTH, DE_TYPE, FLAG_INDEX, INCOMPATIBLE_FILETYPE, TYPE_BLOCK, TYPE_CHARACTER, TYPE_DIRECTORY, TYPE_FIFO, TYPE_LINK, TYPE_REGULAR, TYPE_SOCKET,
} from "../../../lib/formats/ext2";
import { blockEnsure, blockOf } from "./block-map";
import { blockPeek, bufferModify, bufferNew } from "./buffer";
import { sayStart, volumeFail } from "./image";
import { Inode, inodeWrite } from "./inode";
import { sayColon, sayDirectory, sayEntry, sayHole, sayIsDamaged } from "./phrases";
import { Volume } from "./volume";

export const NO_ENTRY: u32 = 0xffffffff;

@inline export function entrySize(nameLength: u32): u32 { return DE_NAME + nameLength + 3 & ~3; }
@inline export function entryLength(entry: usize): u32 { return load<u16>(entry, DE_LENGTH); }
@inline export function entryInode(entry: usize): u32 { return load<u32>(entry, DE_INODE); }
@inline export function entryNameLength(v: Volume, entry: usize): u32 { return v.incompatible & INCOMPATIBLE_FILETYPE ? <u32>load<u8>(entry, DE_NAME_LENGTH) : <u32>load<u16>(entry, DE_NAME_LENGTH); }

/** A FileKind, or Unknown where entries have none. */
export function entryKind(v: Volume, entry: usize): u32 {
  if (!(v.incompatible & INCOMPATIBLE_FILETYPE)) return FileKind.Unknown;
  switch (<i32>load<u8>(entry, DE_TYPE)) {
    case TYPE_REGULAR: return FileKind.Regular;
    case TYPE_DIRECTORY: return FileKind.Directory;
    case TYPE_CHARACTER: return FileKind.CharacterDevice;
    case TYPE_BLOCK: return FileKind.BlockDevice;
    case TYPE_FIFO: return FileKind.Pipe;
    case TYPE_SOCKET: return FileKind.Socket;
    case TYPE_LINK: return FileKind.SymbolicLink;
  }
  return FileKind.Unknown;
}

function typeOf(kind: u32): i32 {
  switch (kind) {
    case FileKind.Regular: return TYPE_REGULAR;
    case FileKind.Directory: return TYPE_DIRECTORY;
    case FileKind.SymbolicLink: return TYPE_LINK;
    case FileKind.CharacterDevice: return TYPE_CHARACTER;
    case FileKind.BlockDevice: return TYPE_BLOCK;
    case FileKind.Pipe: return TYPE_FIFO;
    case FileKind.Socket: return TYPE_SOCKET;
  }
  return 0;
}

function damaged(v: Volume, directory: Inode, at: u32, hole: bool): i32 {
  const t = sayStart();
  if (changetype<usize>(t)) {
    sayDirectory(t);
    t.decimal(directory.number);
    if (hole) sayHole(t);
    else { sayColon(t); sayEntry(t); }
    t.decimal(at);
    if (!hole) sayIsDamaged(t);
  }
  return volumeFail(v, t, Corrupt);
}

/** The disk's block of a directory's block, or a negated error: a directory has no holes. */
function directoryBlock(v: Volume, directory: Inode, logical: u32): i64 {
  const block = blockOf(v, directory, logical);
  return block ? block : damaged(v, directory, logical, true);
}

/** The contents of a directory's block, in `block2` maybe; 0 with the reason in `status`. */
export function directoryData(v: Volume, directory: Inode, logical: u32): usize {
  const block = directoryBlock(v, directory, logical);
  if (block >= 0) return blockPeek(v, <u32>block, v.block2);
  v.status = <i32>block;
  return 0;
}

/** Whether the record at `offset` of the block at `data` can be used; if not, the volume has failed. */
export function entryGood(v: Volume, directory: Inode, logical: u32, data: usize, offset: u32): bool {
  const left = v.blockSize - offset, entry = data + <usize>offset;
  if (left >= 12) {
    const length = entryLength(entry), name = entryNameLength(v, entry);
    if (length >= 12 && !(length & 3) && length <= left && name <= 255 && entrySize(name) <= length && entryInode(entry) <= v.inodeCount && (name || !entryInode(entry))) return true;
  }
  damaged(v, directory, (logical << v.blockShift) + offset, false);
  return false;
}

/** Look for a name: 1 and found… are set; 0, and room… says where it could go; or a negated error. */
export function directoryFind(v: Volume, directory: Inode, name: usize, length: i32): i32 {
  const blocks = <u32>(directory.size >> v.blockShift), need = entrySize(<u32>length), first = load<u8>(name);
  v.roomBlock = 0;
  for (let logical: u32 = 0; logical < blocks; logical++) {
    const block = directoryBlock(v, directory, logical);
    if (block < 0) return <i32>block;
    const data = blockPeek(v, <u32>block, v.block2);
    if (!data) return v.status;
    let before = NO_ENTRY;
    for (let offset: u32 = 0; offset < v.blockSize;) {
      if (!entryGood(v, directory, logical, data, offset)) return Corrupt;
      const entry = data + <usize>offset, inode = entryInode(entry), nameLength = entryNameLength(v, entry), size = entryLength(entry);
      if (inode) {
        if (nameLength == <u32>length && load<u8>(entry, DE_NAME) == first && textEquals(entry + DE_NAME, length, name, length)) {
          v.foundBlock = <u32>block;
          v.foundOffset = offset;
          v.foundBefore = before;
          v.foundInode = inode;
          return 1;
        }
      }
      if (!v.roomBlock && size - (inode ? entrySize(nameLength) : 0) >= need) {
        v.roomBlock = <u32>block;
        v.roomOffset = offset;
      }
      before = offset;
      offset += size;
    }
  }
  return 0;
}

/** After directoryFind has not found a name: make sure that there is room for it. Within a transaction: 0, NoSpace, or an error. */
export function directoryMakeRoom(v: Volume, directory: Inode): i32 {
  if (v.roomBlock) return 0;
  const logical = <u32>(directory.size >> v.blockShift);
  if (logical >= 1 << 20) return NoSpace;
  const block = blockEnsure(v, directory, logical, 0);
  if (block < 0) {
    if (!v.aborted) inodeWrite(v, directory);
    return <i32>block;
  }
  const data = bufferNew(v, <u32>block);
  if (!data) return v.status;
  store<u16>(data, <u16>v.blockSize, DE_LENGTH);
  directory.size += v.blockSize;
  v.roomBlock = <u32>block;
  v.roomOffset = 0;
  return inodeWrite(v, directory) ? 0 : v.status;
}

/** Write a name where there is room for it. The caller writes the directory's inode. */
export function directoryAdd(v: Volume, directory: Inode, name: usize, length: i32, inode: u32, kind: u32): bool {
  const data = bufferModify(v, v.roomBlock);
  if (!data) return false;
  let entry = data + <usize>v.roomOffset;
  const size = entryLength(entry), used: u32 = entryInode(entry) ? entrySize(entryNameLength(v, entry)) : 0;
  if (used) {
    store<u16>(entry, <u16>used, DE_LENGTH);
    entry += <usize>used;
  }
  store<u16>(entry, <u16>(size - used), DE_LENGTH);
  store<u16>(entry, <u16>length, DE_NAME_LENGTH);
  entrySet(v, entry, inode, kind);
  memory.copy(entry + DE_NAME, name, <usize>length);
  memory.fill(entry + DE_NAME + <usize>length, 0, <usize>(entrySize(<u32>length) - DE_NAME - <u32>length));
  directory.flags &= ~FLAG_INDEX;
  return true;
}

function entrySet(v: Volume, entry: usize, inode: u32, kind: u32): void {
  store<u32>(entry, inode, DE_INODE);
  if (v.incompatible & INCOMPATIBLE_FILETYPE) store<u8>(entry, <u8>typeOf(kind), DE_TYPE);
}

/** Let the name that directoryFind has found mean another inode. */
export function directorySet(v: Volume, directory: Inode, inode: u32, kind: u32): bool {
  const data = bufferModify(v, v.foundBlock);
  if (!data) return false;
  entrySet(v, data + <usize>v.foundOffset, inode, kind);
  directory.flags &= ~FLAG_INDEX;
  return true;
}

/** Remove the name that directoryFind has found. */
export function directoryRemove(v: Volume, directory: Inode): bool {
  const data = bufferModify(v, v.foundBlock);
  if (!data) return false;
  const entry = data + <usize>v.foundOffset;
  if (v.foundBefore == NO_ENTRY) {
    store<u32>(entry, 0, DE_INODE);
  } else {
    const before = data + <usize>v.foundBefore;
    store<u16>(before, <u16>(entryLength(before) + entryLength(entry)), DE_LENGTH);
  }
  directory.flags &= ~FLAG_INDEX;
  return true;
}

/** The first block of a new directory, at `data`. */
export function directoryFirst(v: Volume, data: usize, inode: u32, parent: u32): void {
  store<u16>(data, 12, DE_LENGTH);
  store<u16>(data, 1, DE_NAME_LENGTH);
  store<u8>(data, 0x2e, DE_NAME);
  entrySet(v, data, inode, FileKind.Directory);
  const second = data + 12;
  store<u16>(second, <u16>(v.blockSize - 12), DE_LENGTH);
  store<u16>(second, 2, DE_NAME_LENGTH);
  store<u16>(second, 0x2e2e, DE_NAME);
  entrySet(v, second, parent, FileKind.Directory);
}

/** 1 if there is nothing but `.` and `..`, 0 if there is, or a negated error. */
export function directoryIsEmpty(v: Volume, directory: Inode): i32 {
  const blocks = <u32>(directory.size >> v.blockShift);
  for (let logical: u32 = 0; logical < blocks; logical++) {
    const data = directoryData(v, directory, logical);
    if (!data) return v.status;
    for (let offset: u32 = 0; offset < v.blockSize;) {
      if (!entryGood(v, directory, logical, data, offset)) return Corrupt;
      const entry = data + <usize>offset;
      if (entryInode(entry) && !isDots(entry + DE_NAME, <i32>entryNameLength(v, entry))) return 0;
      offset += entryLength(entry);
    }
  }
  return 1;
}

@inline export function isDots(name: usize, length: i32): bool {
  return length == 1 && load<u8>(name) == 0x2e || length == 2 && load<u16>(name) == 0x2e2e;
}
