// Open files: what a `file` capability's badge names. An open file keeps its inode alive. It ends when the last capability derived from its root goes.

import { TooManyOpen } from "../../../abi/generated/assembly/errors";
import { handleEnd, handleGive } from "../../../lib/assembly/ipc/record-handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { volumeDetach } from "./attach";
import { Inode, inodeRest } from "./inode";
import { HANDLE_FILE, handleFind, handles } from "./state";
import { Volume, volumeLeave, volumeLock } from "./volume";

@unmanaged export class OpenFile {
  kind: u32;
  inode: u32;
  /** FileFlags: Read, Write, Append. */
  flags: u32;
  /** Its badge, and the watched root of its capabilities. */
  number: u32;
  root: i32;
  /** The shared position, used when a call says -1. */
  position: u64;
  /** Number of the mount it was opened through, for stat. */
  device: u64;
  volume: u32;

  @inline get target(): Inode { return changetype<Inode>(<usize>this.inode); }
  @inline get owner(): Volume { return changetype<Volume>(<usize>this.volume); }
}

@inline export function isNoFile(file: OpenFile): bool { return changetype<usize>(file) == 0; }

/** The open file of a badge with its volume's mutex held (volumeLeave(file.owner)), or null and nothing is held. */
export function fileEnter(badge: u32): OpenFile {
  const file = changetype<OpenFile>(handleFind(badge, HANDLE_FILE));
  if (isNoFile(file)) return file;
  const volume = file.owner;
  if (!volumeLock(volume)) return changetype<OpenFile>(0);
  // It may have been closed while this thread waited.
  if (handleFind(badge, HANDLE_FILE) == changetype<usize>(file)) return file;
  volumeLeave(volume);
  return changetype<OpenFile>(0);
}

/** Open an inode: a capability to give away, or a negated error. */
export function fileOpen(inode: Inode, flags: u32, device: u64): i32 {
  const file = changetype<OpenFile>(allocate(<i32>offsetof<OpenFile>()));
  if (isNoFile(file)) return TooManyOpen;
  file.kind = HANDLE_FILE;
  file.inode = <u32>changetype<usize>(inode);
  file.volume = inode.volume;
  file.flags = flags;
  file.device = device;
  inode.opens++;
  inode.owner.opens++;
  const copy = handleGive(handles(), changetype<usize>(file), changetype<usize>(file) + offsetof<OpenFile>("number"), changetype<usize>(file) + offsetof<OpenFile>("root"));
  if (copy < 0) fileFree(file);
  return copy;
}

/** The last capability with this badge is gone. */
export function fileClose(badge: u32): void {
  const file = fileEnter(badge);
  if (isNoFile(file)) return;
  const volume = file.owner;
  handleEnd(handles(), badge, file.root);
  fileFree(file);
  if (volume.abandoned && !volume.opens) volumeDetach(volume, true);
  volumeLeave(volume);
}

function fileFree(file: OpenFile): void {
  const inode = file.target;
  inode.opens--;
  inode.owner.opens--;
  release(changetype<usize>(file));
  inodeRest(inode);
}
