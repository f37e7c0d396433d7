// The chain of clusters of a file or directory: read once, whole and checked; extended; cut. See table.ts for what is written when.

import { NoMemory, NoSpace } from "../../../abi/generated/assembly/errors";
import { ENTRY_END } from "../../../lib/formats/fat";
import { commit, reclaim } from "./commit";
import { BAD_LINK, CROSS_LINK, damaged } from "./damage";
import { extentAt, extentsAdd, extentsCluster, extentsCut, extentsLength } from "./extents";
import { Inode, clustersOf, entryChanged, inodeChanged, isRoot } from "./inode";
import { claim, cutBehind, disclaim, entryRead, entryWrite, giveClusters, isEnd, takeCluster, untakeCluster } from "./table";
import { isCluster } from "./volume";

/** Bring the chain into memory: 0, or Corrupt if it leaves the volume, runs into free or bad clusters, or into another chain or itself. */
export function chainLoad(inode: Inode): i32 {
  if (inode.loaded) return 0;
  const volume = inode.owner;
  if (isRoot(inode) && volume.type != 32) { inode.loaded = true; return 0; }
  let status = 0;
  let cluster = inode.cluster;
  let count: u32 = 0;
  while (cluster) {
    // The bit keeps a chain from running for ever: every step takes a cluster that no chain had.
    if (!isCluster(volume, cluster)) { status = damaged(volume, BAD_LINK, inode.cluster, cluster); break; }
    if (!claim(volume, cluster)) { status = damaged(volume, CROSS_LINK, inode.cluster, cluster); break; }
    const runs = extentsAdd(inode.runs, count, cluster, 1);
    if (!runs) { disclaim(volume, cluster, 1); status = NoMemory; break; }
    inode.runs = runs;
    count++;
    const entry = entryRead(volume, cluster);
    if (entry < 0) { status = entry; break; }
    if (isEnd(entry)) break;
    if (!entry) { status = damaged(volume, BAD_LINK, inode.cluster, cluster); break; }
    cluster = <u32>entry;
  }
  if (status < 0) { unload(inode); return status; }
  inode.fresh = count;
  inode.loaded = true;
  return 0;
}

function unload(inode: Inode): void {
  for (let i: u32 = 0; i < extentsLength(inode.runs); i++) {
    const extent = extentAt(inode.runs, i);
    disclaim(inode.owner, extent.start, extent.count);
  }
  extentsCut(inode.runs, 0);
}

/** Add `count` clusters, which hold whatever they held: 0, or NoSpace or NoMemory and nothing is changed. The chain is loaded. */
export function chainExtend(inode: Inode, count: u32): i32 {
  if (!count) return 0;
  const volume = inode.owner;
  // The tail that was cut off is still on the disk: a link past it must wait until its end is there.
  if (inode.cut) {
    const status = commit(volume);
    if (status < 0) return status;
  }
  if (count > volume.free) {
    const status = reclaim(volume, count);
    if (status < 0) return status;
    if (count > volume.free) return NoSpace;
  }
  const before = clustersOf(inode);
  let last = before ? extentsCluster(inode.runs, before - 1) : 0;
  let status = 0;
  for (let i: u32 = 0; i < count; i++) {
    const cluster = takeCluster(volume, last ? last + 1 : 0);
    if (!cluster) { status = NoSpace; break; }
    const runs = extentsAdd(inode.runs, before + i, cluster, 1);
    if (!runs) { untakeCluster(volume, cluster); status = NoMemory; break; }
    inode.runs = runs;
    if (!last) inode.cluster = cluster;
    else if (before + i > inode.fresh) status = entryWrite(volume, last, cluster);
    else { inode.linkFrom = last; inode.linkTo = cluster; }
    if (status < 0) break;
    last = cluster;
  }
  if (!status) status = entryWrite(volume, last, ENTRY_END);
  if (status < 0) { undo(inode, before); return status; }
  if (!before) entryChanged(inode);
  inodeChanged(inode);
  return 0;
}

/** Take back clusters that were just added. Their entries may be written already: they become free as those of a file do. */
function undo(inode: Inode, keep: u32): void {
  const volume = inode.owner;
  giveBehind(inode, keep);
  if (!keep) inode.cluster = 0;
  else if (keep > inode.fresh) entryWrite(volume, extentsCluster(inode.runs, keep - 1), ENTRY_END);
  if (keep <= inode.fresh) { inode.linkFrom = 0; inode.linkTo = 0; }
}

function giveBehind(inode: Inode, keep: u32): i32 {
  const volume = inode.owner;
  let status = 0;
  for (let i: u32 = 0; i < extentsLength(inode.runs); i++) {
    const extent = extentAt(inode.runs, i);
    if (extent.first + extent.count <= keep) continue;
    const skip = extent.first < keep ? keep - extent.first : 0;
    disclaim(volume, extent.start + skip, extent.count - skip);
    const given = giveClusters(volume, extent.start + skip, extent.count - skip);
    if (given < 0) status = given;
  }
  extentsCut(inode.runs, keep);
  return status;
}

/** Keep the first `keep` clusters only. The chain is loaded. Should memory run out, clusters are lost, as in a crash. */
export function chainCut(inode: Inode, keep: u32): void {
  if (keep >= clustersOf(inode)) return;
  giveBehind(inode, keep);
  inodeChanged(inode);
  if (!keep) {
    inode.cluster = 0;
    inode.cut = false;
    entryChanged(inode);
  } else if (keep > inode.fresh) {
    // The new end is not on the disk's side of any link yet.
    entryWrite(inode.owner, extentsCluster(inode.runs, keep - 1), ENTRY_END);
  } else if (keep < inode.fresh) {
    cutBehind(inode.owner, extentsCluster(inode.runs, keep - 1));
    inode.cut = true;
  }
  if (keep <= inode.fresh) {
    inode.fresh = keep;
    inode.linkFrom = 0;
    inode.linkTo = 0;
  }
}
