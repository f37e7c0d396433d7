// An attached file system. A request to it:
//
//   const v = volumeEnter(badge); if (null) return BadHandle;      takes the volume's mutex
//   ... everything that reads or changes the volume ...
//   return volumeLeave(v, status);                                 lets go of it
//
// The mutex is held across calls to the cache and page faults of the image, when the server's own lock is dropped. Nothing of a volume is
// touched without it, but `users`, `gone` and the list. The record lives until nobody waits for the mutex any more.

import { dropCap } from "../../../lib/assembly/ipc/handle";
import { release } from "../../../lib/assembly/memory/allocator";
import { HashTable } from "../../../lib/assembly/memory/hash-table";
import { Mutex, mutexAcquire, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { BadHandle } from "../../../abi/generated/assembly/errors";
import { inodesTrim } from "./inode-cache";
import { loggedClear } from "./revoke";
import { State, TAG_VOLUME, Tagged, recordFind, state } from "./state";

@unmanaged export class Volume extends Tagged {
  /** The next of the list of volumes. */
  next: u32;
  // Under the server's lock.
  /** Requests that hold the mutex or wait for it. */
  users: u32;
  /** Detached: nothing is served any more. */
  gone: u32;
  mutex0: u64;
  mutex1: u64;

  // Capabilities: `volume` and the image of the cache, the watched root of `fileSystem`.
  volume: i32;
  image: i32;
  root: i32;

  /** Nothing may be changed. */
  readOnly: u32;
  /** Why a request failed that returned no value: 0 or a negated error. */
  status: i32;
  /** Damage was found: nothing is written any more. */
  aborted: u32;
  /** Nobody has a capability to the file system: it ends with its last open file. */
  abandoned: u32;

  // Figures of the superblock.
  size: u64;
  blockSize: u32;
  blockShift: u32;
  /** Block numbers in a block. */
  pointers: u32;
  sectorsPerBlock: u32;
  blocks: u32;
  inodeCount: u32;
  firstDataBlock: u32;
  blocksPerGroup: u32;
  inodesPerGroup: u32;
  groups: u32;
  inodeSize: u32;
  firstInode: u32;
  reservedGdt: u32;
  descriptorBlocks: u32;
  compatible: u32;
  incompatible: u32;
  readOnlyCompatible: u32;
  revision: u32;
  freeBlocks: u32;
  freeInodes: u32;
  /** GroupPlaces of each group. */
  places: usize;

  // The running transaction (transaction.ts).
  /** Private copies of blocks, by number: HashTable. */
  buffers0: u64;
  buffers1: u64;
  /** Buffer, in order of their first change. */
  firstBuffer: u32;
  lastBuffer: u32;
  bufferCount: u32;
  /** The most blocks of one transaction. */
  bufferLimit: u32;
  /** u32 numbers of blocks that no copy in the journal from before may overwrite (revoke.ts). */
  revoked: usize;
  revokedCount: u32;
  revokedRoom: u32;
  /** Blocks freed in it, which are not to be used before it is committed. */
  pendingFree: u32;
  /** Inode, the first of those whose data must be on the disk before it is committed. */
  ordered: u32;
  /** Data of it lies in its place already, and may not be stable: the commit block has to wait for a flush. */
  orderedFlush: u32;
  /** Monotonic ns when it began. */
  began: i64;
  /** Its sequence number. */
  sequence: u32;

  // The journal (journal.ts).
  /** u32 block number of each of its blocks. */
  log: usize;
  logBlocks: u32;
  logFirst: u32;
  /** Where the next transaction goes. */
  logHead: u32;
  /** Where the first transaction that may be not in its place begins, and its number. */
  logTail: u32;
  logUsed: u32;
  journalInode: u32;
  /** Its superblock has JS_COMPATIBLE_CHECKSUM: commit blocks have a checksum. */
  logChecked: u32;
  /** It has JS_INCOMPATIBLE_ASYNC_COMMIT as well: a transaction may be written in one piece. */
  logAsync: u32;
  /** The disk may say that it is not in use: nothing is changed before it says so again (journal-use.ts). */
  logClosed: u32;
  /** Read-only, and not replayed: the newest of some blocks is in it (revoke.ts). */
  logRead: u32;
  /** Of the blocks of the running transaction that were written to it. */
  logChecksum: u32;
  /** File blocks of which a replay would write a copy, by number (revoke.ts): HashTable. */
  logged0: u64;
  logged1: u64;
  /** What its superblock says went wrong: 0 if nothing. */
  journalError: u32;

  // Inodes in use (inode-cache.ts).
  inodes0: u64;
  inodes1: u64;
  /** List, the one used longest ago first. */
  leastNext: u32;
  leastPrevious: u32;
  inodesCached: u32;
  objects: u32;
  /** Inode that is not to be given up now. */
  pinned: u32;
  /** Inode, the head of the orphan list. */
  orphans: u32;
  opens: u32;
  holds: u32;
  /** For new generation numbers and the spreading of directories. */
  counter: u32;

  // Buffers of the request that holds the mutex.
  /** A block each. */
  scratch: usize;
  block2: usize;
  /** TRANSFER_SIZE bytes. */
  transfer: usize;
  /** Sectors for fill and map: PLACES_SIZE bytes; and one byte a block: newly allocated. */
  sectors: usize;
  fresh: usize;
  nameA: usize;
  nameB: usize;
  /** A record for an answer, or a link's contents. */
  record: usize;

  // Of the file that was opened last: its size, and the capability to its Dataspace or 0.
  openedSize: u64;
  openedData: i32;

  // What directoryFind found (directory-block.ts).
  foundBlock: u32;
  foundOffset: u32;
  /** The entry before it in its block, or NO_ENTRY. */
  foundBefore: u32;
  foundInode: u32;
  /** Room for the name: a block of the disk (0: none) and the entry that has room behind it, or is free. */
  roomBlock: u32;
  roomOffset: u32;
  /** A number that is being read. */
  word: u64;

  // Counts for `list`.
  commits: u64;
  commitBlocks: u64;
  /** Commits that were one piece, and blocks of files in them. */
  quickCommits: u64;
  quickBlocks: u64;
  checkpoints: u64;
  faults: u64;
  filled: u64;
  replayed: u64;
}

export const TRANSFER_SIZE: i32 = 65536;
export const PLACES_SIZE: i32 = 65536;
export const RECORD_SIZE: i32 = 4096;
export const NAME_SIZE: i32 = 256;

@inline export function buffersOf(v: Volume): HashTable { return changetype<HashTable>(changetype<usize>(v) + offsetof<Volume>("buffers0")); }
@inline export function loggedOf(v: Volume): HashTable { return changetype<HashTable>(changetype<usize>(v) + offsetof<Volume>("logged0")); }
@inline export function inodesOf(v: Volume): HashTable { return changetype<HashTable>(changetype<usize>(v) + offsetof<Volume>("inodes0")); }
@inline export function mutexOf(v: Volume): Mutex { return changetype<Mutex>(changetype<usize>(v) + offsetof<Volume>("mutex0")); }
@inline export function isNull(v: Volume): bool { return changetype<usize>(v) == 0; }

/** The volume that a badge names, with its mutex taken, or null. */
export function volumeEnter(badge: u32): Volume {
  const v = changetype<Volume>(recordFind(badge, TAG_VOLUME));
  return volumeLock(v);
}

/** Take the mutex of a volume that is known to be there now: it, or null if it was detached meanwhile. */
export function volumeLock(v: Volume): Volume {
  if (isNull(v) || v.gone) return refused(BadHandle);
  v.users++;
  const held = mutexAcquire(mutexOf(v));
  if (held < 0) {
    v.users--;
    if (v.gone && !v.users) volumeFree(v);
    return refused(held);
  }
  if (!v.gone) {
    v.status = 0;
    return v;
  }
  volumeUnlock(v);
  return refused(BadHandle);
}

function refused(status: i32): Volume {
  state().refused = status;
  return changetype<Volume>(0);
}

/** End of a request: `status` is returned. Clobbers the registers: give the answer afterwards. */
export function volumeLeave(v: Volume, status: i32): i32 {
  if (!v.gone) inodesTrim(v);
  volumeUnlock(v);
  return status;
}

function volumeUnlock(v: Volume): void {
  mutexRelease(mutexOf(v));
  v.users--;
  if (v.gone && !v.users) volumeFree(v);
}

export function volumeFree(v: Volume): void {
  dropCap(mutexOf(v).notification);
  release(v.places);
  release(v.revoked);
  release(v.log);
  release(v.scratch);
  release(v.block2);
  release(v.transfer);
  release(v.sectors);
  release(v.fresh);
  release(v.nameA);
  release(v.nameB);
  release(v.record);
  release(<usize>buffersOf(v).buckets);
  loggedClear(v);
  release(<usize>loggedOf(v).buckets);
  release(<usize>inodesOf(v).buckets);
  release(changetype<usize>(v));
}

/** Put it on the list; take it off. */
export function volumeLink(v: Volume): void {
  v.next = state().volumes;
  state().volumes = <u32>changetype<usize>(v);
}

export function volumeUnlink(v: Volume): void {
  let at = changetype<usize>(state()) + offsetof<State>("volumes");
  while (load<u32>(at) && load<u32>(at) != <u32>changetype<usize>(v)) at = <usize>load<u32>(at) + offsetof<Volume>("next");
  if (load<u32>(at)) store<u32>(at, v.next);
}

/** What a handler returns that got no volume. */
@inline export function noVolume(): i32 { return state().refused; }
