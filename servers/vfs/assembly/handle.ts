// What the badges of the VFS's capabilities name: directory handles, and open files whose calls it forwards (the first protocol). Badge 0 is the root
// directory. A directory handle holds its inode at the file system, so that it stays valid when the directory is renamed or removed.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle, NotFound, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { fileSystem_hold, fileSystem_release } from "../../../abi/generated/assembly/client/file-system";
import { OBJECT_ENDPOINT, SLOT_SELF } from "../../../abi/layout/limits";
import { dropCap, handleMint } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { numberAdd, numberFind, numberRemove } from "../../../lib/assembly/memory/number-table";
import { Mount, mountAt } from "./mount-table";
import { outcome } from "./outcome";
import { handles } from "./state";

@unmanaged export class Handle {
  mount: u32;
  /** The watched root of its capabilities. */
  root: i32;
  inode: u64;
  /** The file system's open file, of a forwarded one; 0: a directory. */
  file: i32;
}

@inline function find(badge: u32): Handle { return changetype<Handle>(numberFind(handles(), badge)); }

/** The directory handle of a badge, or null. */
export function handleFind(badge: u32): Handle {
  const handle = find(badge);
  return changetype<usize>(handle) && handle.file ? changetype<Handle>(0) : handle;
}

/** The open file behind a badge: its capability, or a negated error. */
export function forwardFind(badge: u32): i32 {
  const handle = find(badge);
  return changetype<usize>(handle) && handle.file ? handle.file : BadHandle;
}

/** A record with a number: a capability to give away, or a negated error; then the record is gone. */
function give(handle: Handle): i32 {
  if (!changetype<usize>(handle)) return TooManyOpen;
  const number = numberAdd(handles(), changetype<usize>(handle));
  const root = number ? handleMint(number) : TooManyOpen;
  const copy = root > 0 ? kernel.capCopy(root) : TooManyOpen;
  if (copy > 0) {
    handle.root = root;
    return copy;
  }
  if (number) numberRemove(handles(), number);
  dropCap(root);
  release(changetype<usize>(handle));
  return TooManyOpen;
}

/** Stand in for an open file of a file system, whose capability becomes ours: a capability to give away, or a negated error. */
export function forwardOpen(file: i32): i32 {
  const handle = changetype<Handle>(allocate(<i32>offsetof<Handle>()));
  if (changetype<usize>(handle)) handle.file = file;
  const copy = give(handle);
  if (copy < 0) dropCap(file);
  return copy;
}

/** A handle for a directory of a pinned mount: a capability to give away, or a negated error. */
export function handleOpen(mount: Mount, inode: u64): i32 {
  const held = fileSystem_hold(mount.fileSystem, inode);
  if (held < 0) return outcome(held);
  const handle = changetype<Handle>(allocate(<i32>offsetof<Handle>()));
  if (changetype<usize>(handle)) {
    handle.mount = <u32>changetype<usize>(mount);
    handle.inode = inode;
  }
  const copy = give(handle);
  if (copy > 0) mount.handles++;
  else fileSystem_release(mount.fileSystem, inode);
  return copy;
}

/** The last capability with this badge is gone. */
export function handleClose(badge: u32): void {
  const handle = find(badge);
  if (!changetype<usize>(handle)) return;
  const mount = mountAt(handle.mount);
  const inode = handle.inode;
  const file = handle.file;
  numberRemove(handles(), badge);
  dropCap(handle.root);
  release(changetype<usize>(handle));
  if (file) {
    dropCap(file);
    return;
  }
  // Still counted as a handle, the mount outlives the call.
  fileSystem_release(mount.fileSystem, inode);
  mount.handles--;
}

/** The badge (0 to 2^32-1) of a directory capability that a client has sent, or a negated error if it is none of ours. */
export function badgeOfTarget(slot: i32): i64 {
  if (slot <= 0) return BadHandle;
  if (kernel.capInfo(SLOT_SELF) < 0) return NotFound;
  const own = kernel.w1;
  const information = kernel.capInfo(slot);
  if (information < 0 || (information & 255) != OBJECT_ENDPOINT || kernel.w1 != own) return BadHandle;
  return kernel.w0 & 0xffffffff;
}
