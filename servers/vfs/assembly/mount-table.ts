// The mount table: which file system covers which directory. A mount is pinned while a walk stands in it, and counts the
// handles and mounts that it carries; it can be removed only without any of them.

import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { release } from "../../../lib/assembly/memory/allocator";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { MountFlags } from "../../../abi/generated/assembly/enums";
import { mountList, state } from "./state";

@unmanaged export class Mount {
  next: u32;
  previous: u32;
  device: u64;
  rootInode: u64;
  /** The directory it covers, in `parent`; the mount at `/` has none. */
  coveredInode: u64;
  parent: u32;
  /** Capability to its fileSystem. */
  fileSystem: i32;
  flags: u32;
  pins: u32;
  handles: u32;
  submounts: u32;
  /** Its line of the mount table without the flags: a block. */
  text: u32;
  textLength: i32;

  @inline get readOnly(): bool { return (this.flags & MountFlags.ReadOnly) != 0; }
}

@inline export function mountAt(address: u32): Mount { return changetype<Mount>(<usize>address); }

/** The mount on a directory, or null. */
export function mountCovering(parent: Mount, inode: u64): Mount {
  if (parent.submounts) {
    for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) {
      const mount = changetype<Mount>(link);
      if (<usize>mount.parent == changetype<usize>(parent) && mount.coveredInode == inode) return mount;
    }
  }
  return changetype<Mount>(0);
}

/** Put a filled-in mount into the table. */
export function mountInsert(mount: Mount): void {
  mount.device = ++state().lastDevice;
  listAppend(mountList(), changetype<usize>(mount));
  state().mountCount++;
  if (mount.parent) mountAt(mount.parent).submounts++;
  else state().rootMount = <u32>changetype<usize>(mount);
}

/** Take it out; nothing finds it any more. Its parent still counts it, so that it cannot go before mountFree. */
export function mountRemove(mount: Mount): void {
  listRemove(changetype<usize>(mount));
  state().mountCount--;
  if (!mount.parent) state().rootMount = 0;
}

/** The end of a mount that was removed (or never inserted). */
export function mountFree(mount: Mount): void {
  dropCap(mount.fileSystem);
  release(<usize>mount.text);
  release(changetype<usize>(mount));
}
