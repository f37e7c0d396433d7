// Open files: what a `file` capability's badge names. An open file keeps its inode, and its volume, alive. It ends when the last capability
// derived from its root goes.

import { TooManyOpen } from "../../../abi/generated/assembly/errors";
import { handleEnd, handleGive } from "../../../lib/assembly/ipc/record-handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { Inode } from "./inode";
import { inodeDrop } from "./orphan";
import { TAG_FILE, Tagged, numbers, recordFind } from "./state";
import { Volume, volumeLock } from "./volume";

@unmanaged export class OpenFile extends Tagged {
  inode: u32;
  /** FileFlags: Read, Write, Append, ReadOnlyMount. */
  flags: u32;
  /** The shared position, used when a call says -1. */
  position: u64;
  /** Number of the mount it was opened through, for stat. */
  device: u64;
  /** The watched root of its capabilities. */
  root: i32;

  @inline get target(): Inode { return changetype<Inode>(<usize>this.inode); }
}

@inline export function noFile(file: OpenFile): bool { return changetype<usize>(file) == 0; }
/** It may be gone once the server's lock was dropped: look it up again with the volume's mutex held. */
@inline export function fileFind(badge: u32): OpenFile { return changetype<OpenFile>(recordFind(badge, TAG_FILE)); }

/** The volume of an open file, with its mutex taken, or null. */
export function fileEnter(badge: u32): Volume {
  const file = fileFind(badge);
  return volumeLock(noFile(file) ? changetype<Volume>(0) : file.target.volumeOf);
}

/** Open an inode: a capability to give away, or a negated error. */
export function fileOpen(v: Volume, inode: Inode, flags: u32, device: u64): i32 {
  const file = changetype<OpenFile>(allocate(<i32>offsetof<OpenFile>()));
  if (noFile(file)) return TooManyOpen;
  file.tag = TAG_FILE;
  file.inode = <u32>changetype<usize>(inode);
  file.flags = flags;
  file.device = device;
  const copy = handleGive(numbers(), changetype<usize>(file), changetype<usize>(file) + offsetof<OpenFile>("badge"), changetype<usize>(file) + offsetof<OpenFile>("root"));
  if (copy < 0) {
    release(changetype<usize>(file));
    return copy;
  }
  inode.opens++;
  v.opens++;
  return copy;
}

/** The last capability with this badge is gone. The volume's mutex is held. */
export function fileClose(v: Volume, badge: u32): void {
  const file = fileFind(badge);
  if (noFile(file)) return;
  handleEnd(numbers(), badge, file.root);
  const inode = file.target;
  inode.opens--;
  v.opens--;
  release(changetype<usize>(file));
  inodeDrop(v, inode);
}
