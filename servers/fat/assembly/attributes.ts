// The records that tell of inodes, and the setting of times and modes. FAT has one bit of permissions: read-only. All else is as if everybody might do
// everything.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument } from "../../../abi/generated/assembly/errors";
import { SetTimes } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes } from "../../../abi/generated/assembly/records";
import { ATTRIBUTE_READ_ONLY } from "../../../lib/formats/fat";
import { chainLoad } from "./chain";
import { Inode, clustersOf, entryChanged } from "./inode";
import { indexLoad } from "./name-index";
import { truncated, truncatedDay } from "./times";
import { clusterBytes } from "./volume";

@inline export function isReadOnlyFile(inode: Inode): bool { return !inode.isDirectory && (inode.attributes & ATTRIBUTE_READ_ONLY) != 0; }

/** Answer the current call with the attributes. */
export function deliverAttributes(inode: Inode, device: u64): i32 {
  // Of a removed directory nothing is read any more.
  if (inode.linked) {
    const status = inode.isDirectory ? indexLoad(inode) : chainLoad(inode);
    if (status < 0) return status;
  }
  const volume = inode.owner;
  memory.fill(volume.record, 0, ATTRIBUTES_SIZE);
  const attributes = Attributes.at(volume.record);
  attributes.device = device;
  attributes.inode = inode.number;
  attributes.kind = inode.kind;
  attributes.mode = isReadOnlyFile(inode) ? 0o555 : 0o755;
  attributes.links = !inode.linked ? 0 : inode.isDirectory ? 2 + inode.directories : 1;
  attributes.blockSize = clusterBytes(volume);
  attributes.size = inode.isDirectory ? <u64>clustersOf(inode) << volume.clusterShift : inode.size;
  attributes.blocks = <u64>clustersOf(inode) << volume.clusterShift - 9;
  attributes.accessed = inode.accessed;
  attributes.modified = inode.modified;
  attributes.changed = inode.modified;
  return min(kernel.deliver(0, 0, volume.record, ATTRIBUTES_SIZE), 0);
}

export function setTimesOf(inode: Inode, which: u32, accessed: u64, modified: u64): i32 {
  if (which & ~(SetTimes.Accessed | SetTimes.AccessedNow | SetTimes.Modified | SetTimes.ModifiedNow)) return BadArgument;
  if ((which & SetTimes.Accessed) && (which & SetTimes.AccessedNow)) return BadArgument;
  if ((which & SetTimes.Modified) && (which & SetTimes.ModifiedNow)) return BadArgument;
  const now = <u64>kernel.wallClock();
  if (which & (SetTimes.Accessed | SetTimes.AccessedNow)) inode.accessed = truncatedDay(which & SetTimes.Accessed ? accessed : now);
  if (which & (SetTimes.Modified | SetTimes.ModifiedNow)) inode.modified = truncated(which & SetTimes.Modified ? modified : now);
  if (inode.linked) entryChanged(inode);
  return 0;
}

export function setModeOf(inode: Inode, mode: u32): i32 {
  if (mode > 0o7777) return BadArgument;
  if (inode.isDirectory) return 0;
  inode.attributes = mode & 0o200 ? inode.attributes & ~ATTRIBUTE_READ_ONLY : inode.attributes | ATTRIBUTE_READ_ONLY;
  if (inode.linked) entryChanged(inode);
  return 0;
}
