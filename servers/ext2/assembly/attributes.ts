// The record that tells of an inode, and the setting of times and modes.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument } from "../../../abi/generated/assembly/errors";
import { SetTimes } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes } from "../../../abi/generated/assembly/records";
import { MODE_TYPE } from "../../../lib/formats/ext2";
import { Inode, inodeChanged, inodeWrite, kindOf } from "./inode";
import { changeBegin } from "./transaction";
import { Volume } from "./volume";

/** Answer the current call with the attributes. */
export function deliverAttributes(v: Volume, inode: Inode, device: u64): i32 {
  memory.fill(v.record, 0, ATTRIBUTES_SIZE);
  const attributes = Attributes.at(v.record);
  attributes.size = inode.size;
  attributes.device = device;
  attributes.inode = inode.number;
  attributes.kind = kindOf(inode.mode);
  attributes.mode = inode.mode & 0o7777;
  attributes.links = inode.links;
  attributes.blockSize = v.blockSize;
  attributes.blocks = inode.sectors;
  attributes.accessed = inode.accessed;
  attributes.modified = inode.modified;
  attributes.changed = inode.changed;
  return min(kernel.deliver(0, 0, v.record, ATTRIBUTES_SIZE), 0);
}

export function setTimesOf(v: Volume, inode: Inode, which: u32, accessed: u64, modified: u64): i32 {
  if (which & ~(SetTimes.Accessed | SetTimes.AccessedNow | SetTimes.Modified | SetTimes.ModifiedNow)) return BadArgument;
  if ((which & SetTimes.Accessed) && (which & SetTimes.AccessedNow)) return BadArgument;
  if ((which & SetTimes.Modified) && (which & SetTimes.ModifiedNow)) return BadArgument;
  const status = changeBegin(v, 4);
  if (status < 0) return status;
  const now = <u64>kernel.wallClock();
  if (which & SetTimes.Accessed) inode.accessed = accessed;
  if (which & SetTimes.AccessedNow) inode.accessed = now;
  if (which & SetTimes.Modified) inode.modified = modified;
  if (which & SetTimes.ModifiedNow) inode.modified = now;
  inode.changed = now;
  return inodeWrite(v, inode) ? 0 : v.status;
}

export function setModeOf(v: Volume, inode: Inode, mode: u32): i32 {
  if (mode > 0o7777) return BadArgument;
  const status = changeBegin(v, 4);
  if (status < 0) return status;
  inode.mode = inode.mode & MODE_TYPE | mode;
  return inodeChanged(v, inode) ? 0 : v.status;
}
