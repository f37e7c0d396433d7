// Open files: what a `file` capability's badge names. An open file keeps its inode alive. It ends when the last capability
// derived from its root goes.

import * as kernel from "../../../lib/assembly/kernel";
import { TooManyOpen } from "../../../abi/generated/assembly/errors";
import { dropCap, handleMint } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { numberAdd, numberFind, numberRemove } from "../../../lib/assembly/memory/number-table";
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
  /** The watched root of its capabilities. */
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
  const number = numberAdd(files(), changetype<usize>(file));
  if (number) {
    const root = handleMint(number);
    if (root > 0) {
      file.root = root;
      const copy = kernel.capCopy(root);
      if (copy > 0) return copy;
    }
    numberRemove(files(), number);
  }
  fileFree(file);
  return TooManyOpen;
}

/** The last capability with this badge is gone. */
export function fileClose(badge: u32): void {
  const file = fileFind(badge);
  if (!changetype<usize>(file)) return;
  numberRemove(files(), badge);
  fileFree(file);
}

function fileFree(file: OpenFile): void {
  dropCap(file.root);
  const inode = file.target;
  inode.opens--;
  inodeDrop(inode);
  release(changetype<usize>(file));
}
