// What is mounted where. An Instance is a file system, however often it is mounted: mounts of the same capability and binds share it. A Mount is one
// place in the tree that shows it, from its own root on and with its own flags.
//
//   Mount (root of all) <──parent── Mount (covers a directory of its parent)
//        └── instance ──► Instance (capability, device)  ◄── instance ──┘ (of a bind)
//
// A mount is pinned while a walk stands in it, and counts the handles and mounts that it carries. One that was removed while walks were in it lives
// until the last of them has left; nothing finds it any more.

import * as kernel from "../../../lib/assembly/kernel";
import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { release } from "../../../lib/assembly/memory/allocator";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { MountFlags } from "../../../abi/generated/assembly/enums";
import { mountList, state } from "./state";

@unmanaged export class Instance {
  device: u64;
  /** Capability to its fileSystem. */
  fileSystem: i32;
  /** Mounts that refer to it, removed ones that are still pinned included. */
  references: u32;
  /** Mounts of it in the table. */
  mounts: u32;
  /** Mounts that cover directories of it. */
  covers: u32;
}

@unmanaged export class Mount {
  next: u32;
  previous: u32;
  rootInode: u64;
  /** The directory it covers, in `parent`; the mount at `/` has none. */
  coveredInode: u64;
  parent: u32;
  instance: u32;
  id: u32;
  flags: u32;
  pins: u32;
  handles: u32;
  submounts: u32;
  /** Generation of the mount table when its flags last changed. */
  changed: u32;
  /** What clients that walk for themselves get copies of: a restricted `paths`, or 0. */
  paths: i32;
  /** Its line of the mount table without the flags: a block. */
  text: u32;
  textLength: i32;
  /** Shows a directory of another mount, which it holds. */
  bound: bool;
  removed: bool;

  @inline get readOnly(): bool { return (this.flags & MountFlags.ReadOnly) != 0; }
  @inline get source(): Instance { return changetype<Instance>(<usize>this.instance); }
  @inline get fileSystem(): i32 { return this.source.fileSystem; }
  @inline get device(): u64 { return this.source.device; }
}

@inline export function mountAt(address: u32): Mount { return changetype<Mount>(<usize>address); }

/** The mount on a directory of a mount, or null. */
export function mountCovering(parent: Mount, inode: u64): Mount {
  if (parent.submounts) {
    for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) {
      const mount = changetype<Mount>(link);
      if (<usize>mount.parent == changetype<usize>(parent) && mount.coveredInode == inode) return mount;
    }
  }
  return changetype<Mount>(0);
}

/** Whether any mount covers this directory, by whatever way it is reached. */
export function isCovered(instance: Instance, inode: u64): bool {
  if (!instance.covers) return false;
  for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) {
    const mount = changetype<Mount>(link);
    if (mount.parent && mount.coveredInode == inode && mountAt(mount.parent).instance == <u32>changetype<usize>(instance)) return true;
  }
  return false;
}

/** The mount with a number, or null. */
export function mountNumbered(id: u32): Mount {
  for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) if (changetype<Mount>(link).id == id) return changetype<Mount>(link);
  return changetype<Mount>(0);
}

/** The instance in the table that has the same file system as `wanted`, or null. */
function instanceLike(wanted: Instance): Instance {
  if (kernel.capInfo(wanted.fileSystem) < 0) return changetype<Instance>(0);
  const badge = kernel.w0;
  const object = kernel.w1;
  for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) {
    const instance = changetype<Mount>(link).source;
    if (kernel.capInfo(instance.fileSystem) >= 0 && kernel.w0 == badge && kernel.w1 == object) return instance;
  }
  return changetype<Instance>(0);
}

/** Put a filled-in mount into the table. Its instance may be replaced by one that is there already. */
export function mountInsert(mount: Mount): void {
  const own = mount.source;
  if (!own.mounts) {
    const other = instanceLike(own);
    if (changetype<usize>(other)) {
      mount.instance = <u32>changetype<usize>(other);
      other.references++;
      instanceLeave(own);
    } else own.device = ++state().lastDevice;
  }
  mount.source.mounts++;
  mount.id = ++state().lastMount;
  listAppend(mountList(), changetype<usize>(mount));
  state().mountCount++;
  if (mount.parent) {
    mountAt(mount.parent).submounts++;
    mountAt(mount.parent).source.covers++;
  } else state().rootMount = <u32>changetype<usize>(mount);
}

/** Take it out; nothing finds it any more. Its parent counts it until it is freed. Call mountUnpin or mountFree then. */
export function mountRemove(mount: Mount): void {
  listRemove(changetype<usize>(mount));
  state().mountCount--;
  mount.source.mounts--;
  mount.removed = true;
  if (mount.parent) mountAt(mount.parent).source.covers--;
  else state().rootMount = 0;
}

/** A walk leaves. Makes no call, so that an answer in the registers stays whole. */
export function mountUnpin(mount: Mount): void {
  if (--mount.pins == 0 && mount.removed) mountFree(mount);
}

/** The end of a mount that was removed (or never inserted, with `parent` 0). */
export function mountFree(mount: Mount): void {
  if (mount.parent) mountAt(mount.parent).submounts--;
  instanceLeave(mount.source);
  dropCap(mount.paths);
  release(<usize>mount.text);
  release(changetype<usize>(mount));
}

function instanceLeave(instance: Instance): void {
  if (--instance.references) return;
  dropCap(instance.fileSystem);
  release(changetype<usize>(instance));
}
