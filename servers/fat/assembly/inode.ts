// Inodes: what is known of a file or directory while it is used, and for a while after. FAT has none on the disk; a file's number is the place
// of its entry (sector and slot), and stays what it is while the inode is in memory, wherever a rename puts the entry. Should another file come
// to that place meanwhile, its number gets a serial on top.
//
// An inode lives while it is open, held, the parent of another, changed since the last commit, or among the IDLE_LIMIT used last. Whoever
// has lowered one of these counts, or has looked one up, calls inodeRest.

import { FileKind } from "../../../abi/generated/assembly/enums";
import { volume_drop, volume_writeBack } from "../../../abi/generated/assembly/client/volume";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { HashTable, hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { listAppend, listFirst, listInitialize, listIsEmpty, listRemove } from "../../../lib/assembly/memory/list";
import { numberRemove } from "../../../lib/assembly/memory/number-table";
import { extentAt, extentsClusters, extentsLength } from "./extents";
import { indexFree } from "./name-index";
import { handles } from "./state";
import { disclaim, giveClusters } from "./table";
import { Volume, changedList, idleList, numberTable, placeTable } from "./volume";

@unmanaged export class Inode {
  // HashLink by number.
  hashNext: u32;
  hash: u32;
  // HashLink by place.
  placeNext: u32;
  placeHash: u32;
  // ListLinks: of idle ones, of changed ones.
  idleNext: u32;
  idlePrevious: u32;
  changedNext: u32;
  changedPrevious: u32;
  number: u64;
  /** sector << 4 | slot of its entry; 0: the root, or it has none any more. */
  place: u64;
  created: u64;
  modified: u64;
  accessed: u64;
  volume: u32;
  /** Inode of its directory (the root: itself); which slot there is its entry; how many slots before that are its long name. */
  parent: u32;
  index: u32;
  longSlots: u32;
  kind: u32;
  attributes: u32;
  size: u32;
  opens: u32;
  holds: u32;
  /** Mounts on this directory. */
  covers: u32;
  children: u32;
  /** It has a name. */
  linked: bool;
  /** Its entry does not say yet what is here. */
  entryChanged: bool;
  /** A rename of this commit has put its entry where it is: another one must wait for the next. */
  moved: bool;

  // Its clusters.
  /** The chain is in memory: `runs` (Extents). */
  loaded: bool;
  /** It was cut since the last commit, but not to nothing: it must not grow before the next. */
  cut: bool;
  runs: usize;
  /** First cluster, or 0. */
  cluster: u32;
  /** Clusters behind this count are new: nothing on the disk refers to them yet. */
  fresh: u32;
  /** The link from the old chain to the new clusters, which the commit makes; 0 for none. */
  linkFrom: u32;
  linkTo: u32;

  // A file's contents in the cache.
  /** Number of its object, 0 for none; its Dataspace; the record and badge of its pager. */
  object: u32;
  data: i32;
  pager: u32;
  pagerRecord: u32;
  /** The page that a sequential reader asks for next, and how many more it is given. */
  expected: u32;
  window: u32;

  // A directory.
  /** Its names are in the volume's table. */
  indexed: bool;
  /** List of them. */
  namesNext: u32;
  namesPrevious: u32;
  entries: u32;
  directories: u32;
  /** Slots before its end; no slot before freeFrom is free. */
  end: u32;
  freeFrom: u32;

  @inline get isDirectory(): bool { return this.kind == FileKind.Directory; }
  @inline get owner(): Volume { return changetype<Volume>(<usize>this.volume); }
  @inline get directory(): Inode { return changetype<Inode>(<usize>this.parent); }
}

/** Unused inodes that are kept. */
const IDLE_LIMIT: u32 = 1024;
/** The lowest number of a file that was not the first at its place. */
const SERIAL: u64 = 1 << 36;
export const ROOT_NUMBER: u64 = 1;

@inline export function isNoInode(inode: Inode): bool { return changetype<usize>(inode) == 0; }
@inline function placeNode(inode: Inode): usize { return changetype<usize>(inode) + offsetof<Inode>("placeNext"); }
@inline function inodeOfPlace(node: usize): Inode { return changetype<Inode>(node - offsetof<Inode>("placeNext")); }
@inline function idleLink(inode: Inode): usize { return changetype<usize>(inode) + offsetof<Inode>("idleNext"); }
@inline function changedLink(inode: Inode): usize { return changetype<usize>(inode) + offsetof<Inode>("changedNext"); }
@inline export function inodeOfChanged(link: usize): Inode { return changetype<Inode>(link - offsetof<Inode>("changedNext")); }
@inline export function isRoot(inode: Inode): bool { return inode.number == ROOT_NUMBER; }
/** Clusters of a chain that is loaded. */
@inline export function clustersOf(inode: Inode): u32 { return extentsClusters(inode.runs); }

export function inodeFind(volume: Volume, number: u64): Inode {
  for (let node = hashFirst(numberTable(volume), hashNumber(number)); node; node = hashNext(node)) {
    if (changetype<Inode>(node).number == number) return changetype<Inode>(node);
  }
  return changetype<Inode>(0);
}

/** The inode in memory whose entry is at a place, or null. */
export function inodeOfEntry(volume: Volume, place: u64): Inode {
  for (let node = hashFirst(placeTable(volume), hashNumber(place)); node; node = hashNext(node)) {
    if (inodeOfPlace(node).place == place) return inodeOfPlace(node);
  }
  return changetype<Inode>(0);
}

/** The number that the file at a place has, or would get. */
export function numberOfPlace(volume: Volume, place: u64): u64 {
  const inode = inodeOfEntry(volume, place);
  if (!isNoInode(inode)) return inode.number;
  let number = place;
  while (!isNoInode(inodeFind(volume, number))) number += SERIAL;
  return number;
}

/** A new record with a place, or null; the root has place 0. The parent counts it. */
export function inodeCreate(volume: Volume, place: u64, parent: Inode, kind: u32): Inode {
  const inode = changetype<Inode>(allocate(<i32>offsetof<Inode>()));
  if (isNoInode(inode)) return inode;
  inode.volume = <u32>changetype<usize>(volume);
  inode.number = place ? numberOfPlace(volume, place) : ROOT_NUMBER;
  inode.kind = kind;
  inode.linked = true;
  listInitialize(idleLink(inode));
  listInitialize(changedLink(inode));
  listInitialize(changetype<usize>(inode) + offsetof<Inode>("namesNext"));
  hashInsert(numberTable(volume), changetype<usize>(inode), hashNumber(inode.number));
  inodePlace(inode, place);
  inode.parent = <u32>changetype<usize>(place ? parent : inode);
  inode.directory.children++;
  return inode;
}

/** Put it at another place in the table; 0 takes it out. */
export function inodePlace(inode: Inode, place: u64): void {
  const volume = inode.owner;
  if (inode.place) hashRemove(placeTable(volume), placeNode(inode));
  inode.place = place;
  if (place) hashInsert(placeTable(volume), placeNode(inode), hashNumber(place));
}

/** Give a new inode the number that belongs to its place. */
export function inodeRenumber(inode: Inode): void {
  const table = numberTable(inode.owner);
  const place = inode.place;
  hashRemove(table, changetype<usize>(inode));
  inode.number = place;
  while (!isNoInode(inodeFind(inode.owner, inode.number))) inode.number += SERIAL;
  hashInsert(table, changetype<usize>(inode), hashNumber(inode.number));
}

/** Give it another directory. */
export function inodeMove(inode: Inode, to: Inode): void {
  const from = inode.directory;
  if (changetype<usize>(from) == changetype<usize>(to)) return;
  inode.parent = <u32>changetype<usize>(to);
  to.children++;
  from.children--;
  inodeRest(from);
}

/** The next commit has to see it. */
export function inodeChanged(inode: Inode): void {
  if (!listIsEmpty(changedLink(inode))) return;
  unidle(inode);
  listAppend(changedList(inode.owner), changedLink(inode));
}
@inline export function inodeUnchanged(inode: Inode): void { listRemove(changedLink(inode)); }
export function entryChanged(inode: Inode): void {
  inode.entryChanged = true;
  inodeChanged(inode);
}

/** Whether anything keeps it in memory. */
@inline function isUsed(inode: Inode): bool { return inode.opens != 0 || inode.holds != 0 || inode.children != 0; }

function unidle(inode: Inode): void {
  if (listIsEmpty(idleLink(inode))) return;
  listRemove(idleLink(inode));
  inode.owner.idle--;
}

/** It may have become unused: keep it for a while, or (if it has no name) end it. */
export function inodeRest(inode: Inode): void {
  unidle(inode);
  if (isUsed(inode)) return;
  const volume = inode.owner;
  if (!inode.linked) { inodeEnd(inode); return; }
  if (!listIsEmpty(changedLink(inode))) return;
  listAppend(idleList(volume), idleLink(inode));
  volume.idle++;
  if (volume.idle > IDLE_LIMIT) inodeForgetOldest(volume);
}

/** Forget the inode that was unused longest: false if there is none, or its contents could not be written back. */
export function inodeForgetOldest(volume: Volume): bool {
  const head = idleList(volume);
  if (listIsEmpty(head)) return false;
  const inode = changetype<Inode>(listFirst(head) - offsetof<Inode>("idleNext"));
  // Its turn comes again last, should it have to stay.
  listRemove(idleLink(inode));
  listAppend(head, idleLink(inode));
  if (inode.object && volume_writeBack(volume.cache, inode.object) < 0) return false;
  // The call let others in, but not into this volume.
  unidle(inode);
  inodeFree(inode);
  return true;
}

/** The end of a file without a name: its clusters become free with the next commit. */
function inodeEnd(inode: Inode): void {
  const volume = inode.owner;
  if (inode.loaded) {
    for (let i: u32 = 0; i < extentsLength(inode.runs); i++) {
      const extent = extentAt(inode.runs, i);
      giveClusters(volume, extent.start, extent.count);
    }
  }
  inodeFree(inode);
}

/** Take it out of memory. What the cache has of it must be written back, or not be wanted. */
export function inodeFree(inode: Inode): void {
  const volume = inode.owner;
  unidle(inode);
  listRemove(changedLink(inode));
  contentsForget(inode);
  indexFree(inode);
  for (let i: u32 = 0; i < extentsLength(inode.runs); i++) {
    const extent = extentAt(inode.runs, i);
    disclaim(volume, extent.start, extent.count);
  }
  release(inode.runs);
  inodePlace(inode, 0);
  hashRemove(numberTable(volume), changetype<usize>(inode));
  const parent = inode.directory;
  release(changetype<usize>(inode));
  if (changetype<usize>(parent) == changetype<usize>(inode)) return;
  parent.children--;
  inodeRest(parent);
}

/** Give up the object in the cache, without writing it. */
export function contentsForget(inode: Inode): void {
  if (!inode.object) return;
  volume_drop(inode.owner.cache, inode.object);
  inode.object = 0;
  dropCap(inode.data);
  inode.data = 0;
  numberRemove(handles(), inode.pager);
  release(<usize>inode.pagerRecord);
  inode.pager = 0;
  inode.pagerRecord = 0;
}

/** Any inode in memory but the root, children before their parents; null if there is none. */
export function inodeAny(volume: Volume): Inode {
  const table: HashTable = numberTable(volume);
  for (let i: u32 = 0; i <= table.mask; i++) {
    for (let node = <usize>load<u32>(<usize>table.buckets + (<usize>i << 2)); node; node = <usize>load<u32>(node)) {
      const inode = changetype<Inode>(node);
      if (!isRoot(inode) && !inode.children) return inode;
    }
  }
  return changetype<Inode>(0);
}
