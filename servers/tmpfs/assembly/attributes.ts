// The records that tell of inodes, and the setting of times and modes.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument } from "../../../abi/generated/assembly/errors";
import { FileKind, SetTimes } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes } from "../../../abi/generated/assembly/records";
import { contentsSize, contentsTimesSet } from "./contents";
import { Inode, inodeChanged } from "./inode";
import { BLOCK, RECORD_BUFFER } from "./state";

/** Length in bytes, as stat tells it. */
export function sizeOf(inode: Inode): u64 {
  if (inode.kind == FileKind.Regular) return contentsSize(inode);
  return inode.isDirectory ? <u64>inode.entries * 32 + 64 : <u64>inode.textLength;
}

/** Answer the current call with the attributes. */
export function deliverAttributes(inode: Inode, device: u64): i32 {
  memory.fill(RECORD_BUFFER, 0, ATTRIBUTES_SIZE);
  const attributes = Attributes.at(RECORD_BUFFER);
  attributes.size = sizeOf(inode);
  attributes.device = device;
  attributes.inode = inode.number;
  attributes.kind = inode.kind;
  attributes.mode = inode.mode;
  attributes.links = inode.links;
  attributes.blockSize = BLOCK;
  attributes.blocks = <u64>inode.pages * (BLOCK / 512);
  attributes.accessed = inode.accessed;
  attributes.modified = inode.modified;
  attributes.changed = inode.changed;
  return min(kernel.deliver(0, 0, RECORD_BUFFER, ATTRIBUTES_SIZE), 0);
}

export function setTimesOf(inode: Inode, which: u32, accessed: u64, modified: u64): i32 {
  if (which & ~(SetTimes.Accessed | SetTimes.AccessedNow | SetTimes.Modified | SetTimes.ModifiedNow)) return BadArgument;
  if ((which & SetTimes.Accessed) && (which & SetTimes.AccessedNow)) return BadArgument;
  if ((which & SetTimes.Modified) && (which & SetTimes.ModifiedNow)) return BadArgument;
  sizeOf(inode);
  const now = <u64>kernel.wallClock();
  if (which & SetTimes.Accessed) inode.accessed = accessed;
  if (which & SetTimes.AccessedNow) inode.accessed = now;
  if (which & SetTimes.Modified) inode.modified = modified;
  if (which & SetTimes.ModifiedNow) inode.modified = now;
  contentsTimesSet(inode);
  inode.changed = now;
  return 0;
}

export function setModeOf(inode: Inode, mode: u32): i32 {
  if (mode > 0o7777) return BadArgument;
  inode.mode = mode;
  inodeChanged(inode);
  return 0;
}
