// Renaming. The old name goes from the disk before the new one comes, unless both are in one sector and change at once; see commit.ts.

import { BadArgument, Io, IsDirectory, NotDirectory, NotEmpty } from "../../../abi/generated/assembly/errors";
import { chainLoad } from "./chain";
import { LAST_STEP, STEP_NOW, STEP_RENAMED, STEP_TURNED, commit } from "./commit";
import { beforeDirectoryGoes, directoryChanged, directoryReady, nameFailure, nameInode, putCluster, unlinked } from "./directory";
import { addEntry, removeEntry } from "./entry-change";
import { entryFill, entryName } from "./entry";
import { Inode, entryChanged, inodeMove, inodePlace, inodeRest, isNoInode, isRoot } from "./inode";
import { NameRecord, indexLoad, isNoName, nameFind, wasThere, whyMissing } from "./name-index";
import { isNoCopy } from "./sectors";
import { slotCopy, slotIn, slotLevel, slotLevelOf, slotPlace, slotSector, slotView } from "./slot";

/** Whether `directory` is `ancestor` or lies below it. */
function isBelow(directory: Inode, ancestor: Inode): bool {
  let at = directory;
  while (changetype<usize>(at) != changetype<usize>(ancestor)) {
    if (isRoot(at)) return false;
    at = at.directory;
  }
  return true;
}

/** Give an entry another name, here or in another directory, replacing what had that name. 0, or a negated error and nothing is changed. */
export function rename(from: Inode, fromName: usize, fromUnits: i32, to: Inode, toName: usize, toUnits: i32): i32 {
  let status = directoryReady(from, true);
  if (!status) status = directoryReady(to, true);
  if (status < 0) return status;
  const record = nameFind(from, fromName, fromUnits);
  if (isNoName(record)) return whyMissing(from);
  const inode = nameInode(from, record);
  if (isNoInode(inode)) return nameFailure(from, record);
  const old = nameFind(to, toName, toUnits);
  let replaced = changetype<Inode>(0);
  if (!isNoName(old)) {
    replaced = nameInode(to, old);
    if (isNoInode(replaced)) status = nameFailure(to, old);
    else if (changetype<usize>(replaced) == changetype<usize>(inode)) {
      // Another case of its own name, or nothing at all.
      replaced = changetype<Inode>(0);
      if (isExactly(to, old, toName, toUnits)) { inodeRest(inode); return 0; }
    }
  } else status = to.owner.unread;
  if (!status) status = renameError(inode, to, replaced);
  if (!status) status = move(inode, from, to, toName, toUnits, replaced, old);
  inodeRest(inode);
  return status;
}

/** Whether a record's entry has this very name, case and all. */
function isExactly(directory: Inode, record: NameRecord, name: usize, units: i32): bool {
  if (record.short) return false;
  const found = entryName(directory, record.index, record.longSlots);
  return found == units && memory.compare(directory.owner.wideFound, name, <usize>units << 1) == 0;
}

function renameError(inode: Inode, to: Inode, replaced: Inode): i32 {
  if (inode.isDirectory && isBelow(to, inode)) return BadArgument;
  if (isNoInode(replaced)) return 0;
  if (inode.isDirectory && !replaced.isDirectory) return NotDirectory;
  if (!inode.isDirectory && replaced.isDirectory) return IsDirectory;
  const status = replaced.isDirectory ? indexLoad(replaced) : chainLoad(replaced);
  return status < 0 ? status : replaced.isDirectory && replaced.entries ? NotEmpty : 0;
}

function move(inode: Inode, from: Inode, to: Inode, name: usize, units: i32, replaced: Inode, old: NameRecord): i32 {
  const oldIndex = inode.index;
  const oldSlots = inode.longSlots;
  const oldSector = slotSector(from, oldIndex);
  const turned = inode.isDirectory && changetype<usize>(from) != changetype<usize>(to);
  // A second rename of one file in one commit would leave its name on the disk to neither of the two.
  if (inode.moved) {
    const committed = commit(to.owner);
    if (committed < 0) return committed;
  }
  // At most one directory changes its parent in a commit, and nothing else is renamed with it: so recovery is never in doubt about what is below what. And
  // a name that another entry had a moment ago waits until that has gone from the disk.
  const waits = turned ? to.owner.steps > 1 : (to.owner.steps >> STEP_TURNED & 1) != 0;
  let status = waits || wasThere(to, name, units) ? commit(to.owner) : 0;
  if (!status && !isNoInode(replaced) && replaced.isDirectory) status = beforeDirectoryGoes(replaced);
  if (status < 0) return status;
  // What can fail is done first: copies of the sectors that change.
  status = turned ? prepareDots(inode) : 0;
  for (let at = oldIndex - oldSlots; at <= oldIndex && !status; at++) if (isNoCopy(slotCopy(from, at))) status = from.owner.noCopy;
  if (status < 0) return status;
  // In one sector, old and new name change at once. A slot that waits for a step already makes its successor wait as long.
  const near = slotLevelOf(slotCopy(from, oldIndex), oldIndex);
  // A file without clusters cannot come to have two owners, and is not found by them: its new name comes first, its old one goes last.
  const empty = !inode.isDirectory && !inode.cluster;
  let level = empty ? near : max<u32>(near, turned ? STEP_TURNED : STEP_RENAMED);
  let together = false;
  let removal: u32 = STEP_NOW;
  if (!isNoInode(replaced) && isExactly(to, old, name, units)) {
    const copy = slotCopy(to, replaced.index);
    if (isNoCopy(copy)) return to.owner.noCopy;
    together = copy.sector == oldSector && !turned;
    // What it replaces may wait for a step itself (it was renamed in this commit): the old name then waits as long.
    if (together) { level = max(near, slotLevelOf(copy, replaced.index)); removal = level; }
    slotLevel(copy, replaced.index, level);
    inode.index = replaced.index;
    inode.longSlots = replaced.longSlots;
    entryFill(inode, slotIn(copy, inode.index));
    inodePlace(replaced, 0);
    inodePlace(inode, slotPlace(to, inode.index));
    to.owner.steps |= 1 << level;
  } else {
    // What it replaces has its name in another case: that goes first, or two entries had one name.
    const least: u32 = isNoInode(replaced) ? STEP_NOW : STEP_RENAMED;
    status = addEntry(inode, to, name, units, max(level, least), turned ? 0 : oldSector, max(near, least));
    if (status < 0) return status;
    together = slotSector(to, inode.index) == oldSector && !turned;
    if (together) removal = slotLevelOf(slotCopy(to, inode.index), inode.index);
    if (!isNoInode(replaced)) removeEntry(to, replaced.index, replaced.longSlots, STEP_NOW, changetype<Inode>(0), false);
  }
  if (empty && !together) removal = LAST_STEP;
  removeEntry(from, oldIndex, oldSlots, removal, inode, !empty && !together);
  if (turned) {
    const copy = slotCopy(inode, 1);
    if (!isNoCopy(copy)) {
      putCluster(slotIn(copy, 1), isRoot(to) ? 0 : to.cluster, to.owner.type);
      slotLevel(copy, 1, STEP_RENAMED);
      to.owner.steps |= 1 << STEP_RENAMED;
    }
  }
  if (!isNoInode(replaced)) unlinked(replaced);
  inodeMove(inode, to);
  inode.moved = true;
  entryChanged(inode);
  directoryChanged(from);
  directoryChanged(to);
  return 0;
}

/** Make sure that `..` of a directory can be changed. */
function prepareDots(inode: Inode): i32 {
  const status = indexLoad(inode);
  if (status < 0) return status;
  const slot = slotView(inode, 1);
  if (!slot) return Io;
  // A directory without `..` is damaged; moving it would write over another entry.
  if (load<u16>(slot) != 0x2e2e) return BadArgument;
  return isNoCopy(slotCopy(inode, 1)) ? inode.owner.noCopy : 0;
}
