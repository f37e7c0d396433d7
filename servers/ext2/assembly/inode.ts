// Inodes: what is on the disk of one, decoded, and what the server keeps for it while it is in use.
//
// Fields are changed in the record and then written to the block of the inode table (inodeWrite), in the same request. How records come
// and go: inode-cache.ts. Times are nanoseconds since 1970; on the disk they are seconds where the inode has no room for more.

import * as kernel from "../../../lib/assembly/kernel";
import { FileKind } from "../../../abi/generated/assembly/enums";
import {
  EXTRA_SIZE, FAST_LINK, INODE_SIZE, I_ATIME, I_ATIME_EXTRA, I_BLOCK, I_BLOCKS, I_CRTIME, I_CRTIME_EXTRA, I_CTIME, I_CTIME_EXTRA, I_DTIME, I_EXTRA_SIZE, I_FILE_ACL, I_FLAGS, I_GENERATION,
  I_LINKS, I_MODE, I_MTIME, I_MTIME_EXTRA, I_SIZE, I_SIZE_HIGH, MODE_BLOCK, MODE_CHARACTER, MODE_DIRECTORY, MODE_FIFO, MODE_LINK, MODE_REGULAR, MODE_SOCKET, MODE_TYPE,
  READ_ONLY_LARGE_FILE, SB_READ_ONLY_COMPATIBLE,
} from "../../../lib/formats/ext2";
import { bufferModify } from "./buffer";
import { placesOf } from "./group";
import { Tagged } from "./state";
import { superModify } from "./superblock";
import { Volume } from "./volume";

@unmanaged export class Inode extends Tagged {
  // ListLink of the volume's list of inodes in order of use.
  next: u32;
  previous: u32;
  volume: u32;
  number: u32;
  /** With the type. */
  mode: u32;
  links: u32;
  flags: u32;
  /** i_blocks: sectors, indirect blocks and the block of attributes included. */
  sectors: u32;
  size: u64;
  accessed: u64;
  modified: u64;
  changed: u64;
  fileAcl: u32;
  /** i_dtime: when it was deleted; on the orphan list the number of the next inode there. */
  deleted: u32;
  generation: u32;
  /** Bytes behind the first 128 that hold fields. */
  extra: u32;
  /** i_block, 15 of them. */
  block0: u32; block1: u32; block2: u32; block3: u32; block4: u32; block5: u32; block6: u32; block7: u32;
  block8: u32; block9: u32; block10: u32; block11: u32; block12: u32; block13: u32; block14: u32;
  /** 1: on the orphan list. */
  orphan: u32;
  /** Inode, neighbours there. */
  orphanNext: u32;
  orphanPrevious: u32;

  opens: u32;
  holds: u32;
  /** Mounts that cover this directory, which is held meanwhile. */
  covers: u32;

  // Contents of a regular file (contents.ts).
  /** Number of the object in the cache, or 0; its Dataspace with all rights, and without Manage. */
  object: u32;
  contents: i32;
  writer: i32;
  /** Number of the transaction that changed it last. */
  transaction: u32;
  /** Inode, the next of those whose data goes before the commit; `isOrdered` if it is on that list. */
  orderedNext: u32;
  isOrdered: u32;
  /** Blocks that were written and are not known to be stable (unsynced.ts): [first, end), empty if end is 0. */
  unsynced0: u64; unsynced1: u64; unsynced2: u64; unsynced3: u64;
  /** The page after the last that was filled, and how many are filled at once. */
  nextFault: u32;
  window: u32;
  /** The last block that was allocated for it: the next one goes behind. */
  lastAllocated: u32;
  /** Directory: the first of its blocks that may have room for a name. */
  roomFrom: u32;

  @inline get type(): u32 { return this.mode & MODE_TYPE; }
  @inline get isDirectory(): bool { return this.type == MODE_DIRECTORY; }
  @inline get isRegular(): bool { return this.type == MODE_REGULAR; }
  @inline get isLink(): bool { return this.type == MODE_LINK; }
  @inline get volumeOf(): Volume { return changetype<Volume>(<usize>this.volume); }
}

@inline export function noInode(inode: Inode): bool { return changetype<usize>(inode) == 0; }
@inline export function pointerAt(inode: Inode, index: u32): usize { return changetype<usize>(inode) + offsetof<Inode>("block0") + (<usize>index << 2); }

export function kindOf(mode: u32): u32 {
  switch (mode & MODE_TYPE) {
    case MODE_REGULAR: return FileKind.Regular;
    case MODE_DIRECTORY: return FileKind.Directory;
    case MODE_LINK: return FileKind.SymbolicLink;
    case MODE_CHARACTER: return FileKind.CharacterDevice;
    case MODE_BLOCK: return FileKind.BlockDevice;
    case MODE_FIFO: return FileKind.Pipe;
    case MODE_SOCKET: return FileKind.Socket;
  }
  return FileKind.Unknown;
}

/** Whether a symbolic link's contents lie in the inode itself. */
export function isFastLink(v: Volume, inode: Inode): bool {
  return inode.size < <u64>FAST_LINK && inode.sectors == (inode.fileAcl ? v.sectorsPerBlock : 0);
}

@inline function tableBlock(v: Volume, number: u32): u32 { return placesOf(v, (number - 1) / v.inodesPerGroup).inodeTable + ((number - 1) % v.inodesPerGroup * v.inodeSize >> v.blockShift); }
@inline function tableOffset(v: Volume, number: u32): u32 { return (number - 1) % v.inodesPerGroup * v.inodeSize & (v.blockSize - 1); }
/** Where it is on the disk, in bytes. */
export function inodePlace(v: Volume, number: u32): u64 { return (<u64>tableBlock(v, number) << v.blockShift) + tableOffset(v, number); }
@inline export function inodeBlock(v: Volume, number: u32): u32 { return tableBlock(v, number); }

const BILLION: u64 = 1_000_000_000;

/** Seconds are signed; what lies before 1970 is told as 1970. Bits 0–1 of the extra word are bits 32–33 of the seconds, the rest nanoseconds. */
function loadTime(at: usize, field: usize, extra: usize, end: u32): u64 {
  let seconds = <i64><i32>load<u32>(at + field), fraction: u64 = 0;
  if (extra + 4 <= <usize>end) {
    const more = load<u32>(at + extra);
    seconds += <i64>(more & 3) << 32;
    fraction = min(<u64>(more >> 2), BILLION - 1);
  }
  return seconds < 0 ? 0 : <u64>seconds * BILLION + fraction;
}

function storeTime(at: usize, field: usize, extra: usize, end: u32, time: u64): void {
  const seconds = time / BILLION;
  if (extra + 4 <= <usize>end) {
    const high = (<i64>seconds - <i64><i32>seconds) >> 32;
    store<u32>(at + field, <u32>seconds);
    store<u32>(at + extra, <u32>(high & 3) | <u32>(time % BILLION) << 2);
  } else {
    store<u32>(at + field, <u32>min(seconds, 0x7fffffff));
  }
}

/** Decode what is at `at`. */
export function inodeDecode(v: Volume, inode: Inode, at: usize): void {
  inode.mode = load<u16>(at, I_MODE);
  inode.links = load<u16>(at, I_LINKS);
  inode.flags = load<u32>(at, I_FLAGS);
  inode.sectors = load<u32>(at, I_BLOCKS);
  inode.size = load<u32>(at, I_SIZE);
  if (inode.isRegular) inode.size |= <u64>load<u32>(at, I_SIZE_HIGH) << 32;
  inode.fileAcl = load<u32>(at, I_FILE_ACL);
  inode.deleted = load<u32>(at, I_DTIME);
  inode.generation = load<u32>(at, I_GENERATION);
  const extra = v.inodeSize > <u32>INODE_SIZE ? <u32>load<u16>(at, I_EXTRA_SIZE) : 0;
  inode.extra = extra <= v.inodeSize - INODE_SIZE ? extra : 0;
  const end = INODE_SIZE + inode.extra;
  inode.accessed = loadTime(at, I_ATIME, I_ATIME_EXTRA, end);
  inode.modified = loadTime(at, I_MTIME, I_MTIME_EXTRA, end);
  inode.changed = loadTime(at, I_CTIME, I_CTIME_EXTRA, end);
  memory.copy(pointerAt(inode, 0), at + I_BLOCK, 60);
}

/** Write it to the running transaction: false if the volume has failed. */
export function inodeWrite(v: Volume, inode: Inode): bool {
  const block = bufferModify(v, tableBlock(v, inode.number));
  if (!block) return false;
  const at = block + <usize>tableOffset(v, inode.number), end = INODE_SIZE + inode.extra;
  store<u16>(at, <u16>inode.mode, I_MODE);
  store<u16>(at, <u16>inode.links, I_LINKS);
  store<u32>(at, inode.flags, I_FLAGS);
  store<u32>(at, inode.sectors, I_BLOCKS);
  store<u32>(at, <u32>inode.size, I_SIZE);
  if (inode.isRegular) store<u32>(at, <u32>(inode.size >> 32), I_SIZE_HIGH);
  store<u32>(at, inode.fileAcl, I_FILE_ACL);
  store<u32>(at, inode.deleted, I_DTIME);
  store<u32>(at, inode.generation, I_GENERATION);
  storeTime(at, I_ATIME, I_ATIME_EXTRA, end, inode.accessed);
  storeTime(at, I_MTIME, I_MTIME_EXTRA, end, inode.modified);
  storeTime(at, I_CTIME, I_CTIME_EXTRA, end, inode.changed);
  memory.copy(at + I_BLOCK, pointerAt(inode, 0), 60);
  inode.transaction = v.sequence;
  if (inode.isRegular && inode.size > 0x7fffffff && !(v.readOnlyCompatible & READ_ONLY_LARGE_FILE)) {
    const s = superModify(v);
    if (!s) return false;
    v.readOnlyCompatible |= READ_ONLY_LARGE_FILE;
    store<u32>(s, v.readOnlyCompatible, SB_READ_ONLY_COMPATIBLE);
  }
  return true;
}

/** Make the place of a new inode on the disk empty, with room for all times where it is large enough. */
export function inodeClear(v: Volume, inode: Inode): bool {
  const block = bufferModify(v, tableBlock(v, inode.number));
  if (!block) return false;
  const at = block + <usize>tableOffset(v, inode.number);
  inode.generation = load<u32>(at, I_GENERATION) + 1;
  memory.fill(at, 0, <usize>v.inodeSize);
  inode.extra = v.inodeSize >= <u32>(INODE_SIZE + EXTRA_SIZE) ? EXTRA_SIZE : 0;
  if (inode.extra) {
    store<u16>(at, EXTRA_SIZE, I_EXTRA_SIZE);
    storeTime(at, I_CRTIME, I_CRTIME_EXTRA, INODE_SIZE + EXTRA_SIZE, <u64>kernel.wallClock());
  }
  return true;
}

/** Something about the inode itself has changed: written. */
export function inodeChanged(v: Volume, inode: Inode): bool {
  inode.changed = <u64>kernel.wallClock();
  return inodeWrite(v, inode);
}

/** Its contents have changed: written. */
export function inodeModified(v: Volume, inode: Inode): bool {
  inode.modified = <u64>kernel.wallClock();
  inode.changed = inode.modified;
  return inodeWrite(v, inode);
}
