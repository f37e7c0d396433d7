// Open files: what a `file` capability's badge names. An open file keeps its inode alive. It ends when the last capability
// derived from its root goes.

import { TooManyOpen } from "../../../abi/generated/assembly/errors";
import { handleEnd, handleGive } from "../../../lib/assembly/ipc/record-handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { numberFind } from "../../../lib/assembly/memory/number-table";
import { Inode, inodeDrop } from "./inode";
import { files } from "./state";

@unmanaged export class OpenFile {
  inode: u32;
  /** FileFlags: Read, Write, Append, ReadOnlyMount. */
  flags: u32;
  /** The shared position, used when a call says -1. */
  position: u64;
  /** Number of the mount it was opened through, for stat. */
  device: u64;
  /** Its badge, and the watched root of its capabilities. */
  number: u32;
  root: i32;

  @inline get target(): Inode { return changetype<Inode>(<usize>this.inode); }
}

@inline export function fileFind(badge: u32): OpenFile { return changetype<OpenFile>(numberFind(files(), badge)); }

/** Open an inode: a capability to give away, or a negated error. */
export function fileOpen(inode: Inode, flags: u32, device: u64): i32 {
  const file = changetype<OpenFile>(allocate(<i32>offsetof<OpenFile>()));
  if (!changetype<usize>(file)) return TooManyOpen;
  file.inode = <u32>changetype<usize>(inode);
  file.flags = flags;
  file.device = device;
  inode.opens++;
  const copy = handleGive(files(), changetype<usize>(file), changetype<usize>(file) + offsetof<OpenFile>("number"), changetype<usize>(file) + offsetof<OpenFile>("root"));
  if (copy < 0) fileFree(file);
  return copy;
}

/** The last capability with this badge is gone. */
export function fileClose(badge: u32): void {
  const file = fileFind(badge);
  if (!changetype<usize>(file)) return;
  handleEnd(files(), badge, file.root);
  fileFree(file);
}

function fileFree(file: OpenFile): void {
  const inode = file.target;
  inode.opens--;
  inodeDrop(inode);
  release(changetype<usize>(file));
}
