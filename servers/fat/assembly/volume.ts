// An attached volume. Whoever works on one brackets the work:
//
//   const volume = volumeEnter(badge);      // waits for the volume's mutex; null if there is no such volume (any more)
//   …
//   volumeLeave(volume);                    // then answer: it may clobber the registers
//
// A volume that is detached while others wait for it stays as a record until the last of them has left.

import { monotonic } from "../../../lib/assembly/kernel";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { HashTable, hashInitialize } from "../../../lib/assembly/memory/hash-table";
import { listInitialize } from "../../../lib/assembly/memory/list";
import { Mutex, mutexAcquire, mutexCreate, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { HANDLE_VOLUME, handleFind } from "./state";

@unmanaged export class Volume {
  kind: u32;
  /** Its badge, and the watched root of the capabilities with that badge. */
  number: u32;
  root: i32;
  /** Capabilities: the `volume` of the cache, and the Dataspace that is the disk. */
  cache: i32;
  image: i32;
  // ListLink of State.volumes.
  next: u32;
  previous: u32;
  // Mutex.
  mutex: i32;
  mutexNotification: i32;
  /** Threads that are in it or wait for it. */
  users: u32;
  /** Nothing is served any more. */
  detached: bool;
  readOnly: bool;
  /** Something was found wrong with it while it was in use: nothing new is written, and it is not marked as clean. */
  damaged: bool;
  /** The last `fileSystem` capability is gone: detach as soon as no file is open. */
  abandoned: bool;

  // Geometry. Sectors are of 512 bytes, whatever the volume's own are.
  /** 12, 16 or 32. */
  type: u32;
  clusterShift: u32;
  /** First sector of the first FAT, sectors of each, how many are kept up from there, and which is read. */
  fatStart: u32;
  fatSectors: u32;
  fats: u32;
  activeFat: u32;
  /** Of FAT12 and FAT16: the root directory. */
  rootStart: u32;
  rootSlots: u32;
  /** Of FAT32: its first cluster. */
  rootCluster: u32;
  /** First sector of cluster 2; clusters in all. */
  dataStart: u32;
  clusters: u32;
  /** Sector of FSInfo, or 0. */
  fsInfo: u32;

  // Space. One bit for each cluster number.
  /** In use, or never to be used. */
  used: usize;
  /** Known to belong to a file whose chain is in memory: a second owner is a damage. */
  claimed: usize;
  free: u32;
  /** Where to look for free clusters. */
  hint: u32;
  /** Clusters in runs that become free in the third phase (an Extents). */
  freed: usize;
  freedClusters: u32;
  /** Clusters that become the last of their chain in the third phase (an Extents). */
  cuts: usize;

  // Private copies of sectors: HashTable and list, and how many of each kind.
  sectors0: u64;
  sectors1: u64;
  sectorsNext: u32;
  sectorsPrevious: u32;
  fatCopies: u32;
  slotCopies: u32;
  /** Why the last copy that could not be made was not: Io or NoMemory. */
  noCopy: i32;
  /** Io if a sector could not be read since this was set to 0. */
  unread: i32;
  /** Old entries of renames that say so (an Extents: slot, sector, inode). */
  moving: usize;
  /** Hashes of names that entries lost since the last commit (an Extents). */
  gone: usize;
  /** The steps of the commit's second phase that slots wait for: bit 1 << step. */
  steps: u32;

  // Inodes: by number, by place, and the entries of directories by name: HashTables.
  numbers0: u64;
  numbers1: u64;
  places0: u64;
  places1: u64;
  names0: u64;
  names1: u64;
  /** List of inodes that nobody uses, the longest unused first. */
  idleNext: u32;
  idlePrevious: u32;
  idle: u32;
  /** List of inodes that the next commit has to see. */
  changedNext: u32;
  changedPrevious: u32;
  /** The root directory's Inode. */
  rootInode: u32;
  opens: u32;
  holds: u32;
  /** Monotonic time of the first change that is not committed; 0 if there is none. */
  changedSince: i64;
  commits: u64;
  /** The last commit's error. */
  lastError: i32;
  /** Why the last lookup found nothing; read by whoever made it. */
  lookupError: i32;
  /** Of the file that was opened last: its size, and the capability to its Dataspace or 0. */
  openedData: i32;
  openedSize: u64;

  // Buffers, which whoever has the mutex may use.
  /** TRANSFER bytes. */
  transfer: usize;
  /** A page. */
  page: usize;
  /** Names: UTF-8, and UTF-16 with space for 260 units each. */
  nameA: usize;
  nameB: usize;
  wideA: usize;
  wideB: usize;
  /** A name read from a directory: UTF-16. */
  wideFound: usize;
  /** Records for answers; 21 slots of a new entry. */
  record: usize;
  slots: usize;
  /** Places of a fill or map: PLACES of u32. */
  places: usize;
  /** One sector of a FAT and one of a directory, as read last; their numbers, 0 for none. */
  fatSector: usize;
  slotSector: usize;
  fatSectorNumber: u32;
  slotSectorNumber: u32;
}

/** Something was changed that a commit has to write. */
export function volumeChanged(volume: Volume): void { if (!volume.changedSince) volume.changedSince = monotonic(); }

export const TRANSFER: i32 = 65536;
export const PLACES: i32 = 1024;

@inline export function isNoVolume(volume: Volume): bool { return changetype<usize>(volume) == 0; }
@inline export function sectorTable(volume: Volume): HashTable { return changetype<HashTable>(changetype<usize>(volume) + offsetof<Volume>("sectors0")); }
@inline export function sectorList(volume: Volume): usize { return changetype<usize>(volume) + offsetof<Volume>("sectorsNext"); }
@inline export function numberTable(volume: Volume): HashTable { return changetype<HashTable>(changetype<usize>(volume) + offsetof<Volume>("numbers0")); }
@inline export function placeTable(volume: Volume): HashTable { return changetype<HashTable>(changetype<usize>(volume) + offsetof<Volume>("places0")); }
@inline export function nameTable(volume: Volume): HashTable { return changetype<HashTable>(changetype<usize>(volume) + offsetof<Volume>("names0")); }
@inline export function idleList(volume: Volume): usize { return changetype<usize>(volume) + offsetof<Volume>("idleNext"); }
@inline export function changedList(volume: Volume): usize { return changetype<usize>(volume) + offsetof<Volume>("changedNext"); }
@inline export function volumeLink(volume: Volume): usize { return changetype<usize>(volume) + offsetof<Volume>("next"); }
@inline export function volumeOfLink(link: usize): Volume { return changetype<Volume>(link - offsetof<Volume>("next")); }
@inline function mutexOf(volume: Volume): Mutex { return changetype<Mutex>(changetype<usize>(volume) + offsetof<Volume>("mutex")); }
@inline export function clusterBytes(volume: Volume): u32 { return <u32>1 << volume.clusterShift; }
/** First sector of a cluster. */
@inline export function sectorOf(volume: Volume, cluster: u32): u32 { return volume.dataStart + (cluster - 2 << volume.clusterShift - 9); }
@inline export function isCluster(volume: Volume, cluster: u32): bool { return cluster - 2 < volume.clusters; }

/** A record with its buffers and empty tables, or null. */
export function volumeCreate(): Volume {
  const volume = changetype<Volume>(allocate(<i32>offsetof<Volume>()));
  if (isNoVolume(volume)) return volume;
  volume.kind = HANDLE_VOLUME;
  // One block for all buffers, cut up.
  const block = allocate(TRANSFER + 4096 + 512 * 6 + 520 * 3 + 672 + PLACES * 4 + 64);
  volume.transfer = block;
  volume.page = block + TRANSFER;
  volume.fatSector = volume.page + 4096;
  volume.slotSector = volume.fatSector + 512;
  volume.nameA = volume.slotSector + 512;
  volume.nameB = volume.nameA + 1024;
  volume.places = volume.nameB + 1024;
  volume.wideA = volume.places + PLACES * 4;
  volume.wideB = volume.wideA + 520;
  volume.wideFound = volume.wideB + 520;
  volume.slots = volume.wideFound + 520;
  volume.record = allocate(512);
  listInitialize(sectorList(volume));
  listInitialize(idleList(volume));
  listInitialize(changedList(volume));
  listInitialize(volumeLink(volume));
  if (block && volume.record && mutexCreate(mutexOf(volume)) >= 0 && hashInitialize(sectorTable(volume)) && hashInitialize(numberTable(volume)) && hashInitialize(placeTable(volume)) && hashInitialize(nameTable(volume))) return volume;
  volumeFree(volume);
  return changetype<Volume>(0);
}

/** The end of the record; inodes and copies are gone already. */
export function volumeFree(volume: Volume): void {
  release(<usize>sectorTable(volume).buckets);
  release(<usize>numberTable(volume).buckets);
  release(<usize>placeTable(volume).buckets);
  release(<usize>nameTable(volume).buckets);
  release(volume.used);
  release(volume.claimed);
  release(volume.freed);
  release(volume.cuts);
  release(volume.moving);
  release(volume.gone);
  release(volume.transfer);
  release(volume.record);
  dropCap(volume.mutexNotification);
  dropCap(volume.image);
  dropCap(volume.cache);
  release(changetype<usize>(volume));
}

/** Take the mutex of a volume that is known to be there; false if it is detached by now (then it is left already). */
export function volumeLock(volume: Volume): bool {
  volume.users++;
  if (mutexAcquire(mutexOf(volume)) < 0) {
    drop(volume);
    return false;
  }
  if (!volume.detached) return true;
  volumeLeave(volume);
  return false;
}

export function volumeEnter(badge: u32): Volume {
  const volume = changetype<Volume>(handleFind(badge, HANDLE_VOLUME));
  return isNoVolume(volume) || !volumeLock(volume) ? changetype<Volume>(0) : volume;
}

export function volumeLeave(volume: Volume): void {
  mutexRelease(mutexOf(volume));
  drop(volume);
}

function drop(volume: Volume): void { if (!--volume.users && volume.detached) volumeFree(volume); }
