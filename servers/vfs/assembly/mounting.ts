// Mounting, binding and remounting. Between the look-up of the place and the change there are calls, so what was checked before them is checked again.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, BadMethod, Busy, NoMemory, NotDirectory, NotFound, NotSupported, TryAgain } from "../../../abi/generated/assembly/errors";
import { fileSystem_hold, fileSystem_release, fileSystem_root, fileSystem_root_inode } from "../../../abi/generated/assembly/client/file-system";
import { paths_cover, paths_restrict, paths_restrict_paths } from "../../../abi/generated/assembly/client/paths";
import { FileKind, MountFlags } from "../../../abi/generated/assembly/enums";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { Instance, Mount, mountCovering, mountFree, mountInsert } from "./mount-table";
import { describe, describeBind } from "./mount-text";
import { outcome } from "./outcome";
import { pathOf } from "./path-of";
import { nextGeneration, publishTable } from "./shared-table";
import { MAX_MOUNTS, state } from "./state";
import { Walk, stand, walkAt, walkEnd, walkError } from "./walk";

const KNOWN: u32 = MountFlags.ReadOnly | MountFlags.Forward | MountFlags.ClientSide | MountFlags.NoData;

/** 0 if there are such flags, and no two protocols among them. */
export function mountFlagsError(flags: u32): i32 {
  return flags & ~KNOWN || (flags & MountFlags.Forward && flags & MountFlags.ClientSide) ? BadArgument : 0;
}

/** A mount of `instance`, not in the table yet. A negated error instead. */
function mountCreate(flags: u32, instance: Instance, rootInode: u64): Mount {
  const mount = changetype<Mount>(allocate(<i32>offsetof<Mount>()));
  if (!changetype<usize>(mount)) return changetype<Mount>(<usize>NoMemory);
  mount.rootInode = rootInode;
  mount.instance = <u32>changetype<usize>(instance);
  mount.flags = flags;
  instance.references++;
  return mount;
}

/** A mount of the file system in `slot`; the slot is its own if it gets into the table. A negated error instead. */
function mountNew(flags: u32, slot: i32): Mount {
  const status = outcome(fileSystem_root(slot));
  if (status < 0) return changetype<Mount>(<usize>status);
  const inode = fileSystem_root_inode();
  const instance = changetype<Instance>(allocate(<i32>offsetof<Instance>()));
  if (!changetype<usize>(instance)) return changetype<Mount>(<usize>NoMemory);
  instance.fileSystem = slot;
  const mount = mountCreate(flags, instance, inode);
  if (<i32>changetype<usize>(mount) < 0) release(changetype<usize>(instance));
  return mount;
}

/** Give up a mount that did not get into the table; the caller still has the slot of a new file system. */
function abandon(mount: Mount, status: i32): i32 {
  const instance = mount.source;
  if (!mount.bound) instance.fileSystem = 0;
  mountFree(mount);
  return status;
}

/** What clients that walk for themselves are to get for these flags: a capability, 0 if they are none of theirs, or a negated error. */
function clientPaths(fileSystem: i32, flags: u32): i32 {
  if (!(flags & MountFlags.ClientSide)) return 0;
  const status = paths_restrict(fileSystem, flags & (MountFlags.ReadOnly | MountFlags.NoData));
  if (status == BadMethod || status == BadHandle) return NotSupported;
  return status < 0 ? outcome(status) : paths_restrict_paths();
}

/** The first mount of all, on `/`. */
export function mountRoot(flags: u32, slot: i32, sourceLength: i32): i32 {
  const mount = mountNew(flags, slot);
  if (<i32>changetype<usize>(mount) < 0) return <i32>changetype<usize>(mount);
  const paths = clientPaths(slot, flags);
  if (paths < 0) return abandon(mount, paths);
  mount.paths = paths;
  const status = describe(mount, 0, 0, sourceLength);
  if (status) return abandon(mount, status);
  if (state().rootMount) return abandon(mount, Busy);
  insert(mount);
  return 0;
}

/** Mount on the directory where the walk stands. */
export function mountAtWalk(walk: Walk, flags: u32, slot: i32, sourceLength: i32): i32 {
  const status = placeError(walk);
  return status ? status : cover(walk, mountNew(flags, slot), 0, sourceLength);
}

/** Mount the directory where `from` stands on that where the walk stands. */
export function bindAtWalk(walk: Walk, from: Walk, flags: u32): i32 {
  if (from.kind != FileKind.Directory) return NotDirectory;
  let status = placeError(walk);
  if (status) return status;
  const shown = from.at;
  const inode = from.inode;
  status = outcome(fileSystem_hold(shown.fileSystem, inode));
  if (status < 0) return status;
  const mount = mountCreate(flags, shown.source, inode);
  if (<i32>changetype<usize>(mount) >= 0) mount.bound = true;
  status = cover(walk, mount, changetype<usize>(shown), 0);
  if (status) fileSystem_release(shown.fileSystem, inode);
  return status;
}

function placeError(walk: Walk): i32 {
  if (walk.kind != FileKind.Directory) return NotDirectory;
  return walk.inode == walk.at.rootInode ? Busy : 0;
}

/** Put a mount (or the error that there is instead of one) on the directory where the walk stands. `shown`: the mount that a bind is of. */
function cover(walk: Walk, mount: Mount, shown: usize, sourceLength: i32): i32 {
  if (<i32>changetype<usize>(mount) < 0) return <i32>changetype<usize>(mount);
  const parent = walk.at;
  const covered = walk.inode;
  let status = outcome(fileSystem_hold(parent.fileSystem, covered));
  if (status < 0) return abandon(mount, status);
  mount.paths = max(0, status = clientPaths(mount.fileSystem, mount.flags));
  if (status >= 0) status = describeAt(mount, parent, covered, shown, sourceLength);
  // From here on walks of clients end there, and nobody removes it; a file system that does not know the call has no such clients.
  const told = !status && paths_cover(parent.fileSystem, covered, true) == 0;
  // (1) Other threads were in here during the calls: somebody may have mounted on it, or very much elsewhere; or the parent may be gone.
  if (!status && changetype<usize>(mountCovering(parent, covered))) status = Busy;
  if (!status && state().mountCount >= MAX_MOUNTS) status = TryAgain;
  if (!status && (parent.removed || (shown && changetype<Mount>(shown).removed))) status = NotFound;
  if (status) {
    if (told) paths_cover(parent.fileSystem, covered, false);
    fileSystem_release(parent.fileSystem, covered);
    return abandon(mount, status);
  }
  mount.parent = <u32>changetype<usize>(parent);
  mount.coveredInode = covered;
  insert(mount);
  return 0;
}

function insert(mount: Mount): void {
  mount.changed = nextGeneration();
  mountInsert(mount);
  state().mounted = <u32>changetype<usize>(mount);
  publishTable();
}

/** Describe a mount on a directory of `parent`, which is pinned. */
function describeAt(mount: Mount, parent: Mount, covered: u64, shown: usize, sourceLength: i32): i32 {
  const up = walkAt(0);
  if (walkError(up)) return walkError(up);
  stand(up, parent, covered);
  let status = pathOf(up);
  if (!status && shown) status = describeFrom(mount, up, changetype<Mount>(shown));
  else if (!status) status = describe(mount, up.buffer + <usize>up.position, up.rest, sourceLength);
  walkEnd(up);
  return status;
}

function describeFrom(mount: Mount, up: Walk, shown: Mount): i32 {
  const from = walkAt(0);
  if (walkError(from)) return walkError(from);
  stand(from, shown, mount.rootInode);
  let status = pathOf(from);
  if (!status) status = describeBind(mount, from.buffer + <usize>from.position, from.rest, up.buffer + <usize>up.position, up.rest, shown);
  walkEnd(from);
  return status;
}

/** Change the flags of the mount at whose root the walk stands. Whoever walks for itself has to ask for it anew. */
export function remountAtWalk(walk: Walk, changes: u32, mask: u32): i32 {
  const mount = walk.at;
  if (walk.kind != FileKind.Directory || walk.inode != mount.rootInode) return BadArgument;
  const flags = mount.flags & ~mask | changes;
  if (mountFlagsError(flags)) return BadArgument;
  const paths = clientPaths(mount.fileSystem, flags);
  if (paths < 0) return paths;
  if (mount.removed) {
    dropCap(paths);
    return NotFound;
  }
  const old = mount.paths;
  mount.flags = flags;
  mount.paths = paths;
  mount.changed = nextGeneration();
  publishTable();
  revoke(old);
  return 0;
}

/** Take back every copy of what clients were given. */
export function revoke(paths: i32): void {
  if (paths <= 0) return;
  kernel.capRevoke(paths);
  kernel.capDelete(paths);
}
