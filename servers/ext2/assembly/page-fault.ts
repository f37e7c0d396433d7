// The pager of the files' objects: a client, or the cache, reads or writes a page that is absent. The message is the kernel's; its answer lets
// the reader go on.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle } from "../../../abi/generated/assembly/errors";
import { Inode, noInode } from "./inode";
import { fillPages, windowFor } from "./contents";
import { TAG_INODE, recordFind } from "./state";
import { Volume, isNull, noVolume, volumeLeave, volumeLock } from "./volume";

/** Fill the pages that the message asks for: 0 or a negated error. */
export function pageFault(badge: u32): i32 {
  const page = <u32>kernel.w0, wanted = max(<u32>kernel.w1, 1);
  let inode = changetype<Inode>(recordFind(badge, TAG_INODE));
  const v = volumeLock(noInode(inode) ? changetype<Volume>(0) : inode.volumeOf);
  if (isNull(v)) return noVolume();
  // It may have been given up meanwhile.
  inode = changetype<Inode>(recordFind(badge, TAG_INODE));
  if (noInode(inode)) return volumeLeave(v, BadHandle);
  v.faults++;
  const few = min(wanted, 64);
  return volumeLeave(v, fillPages(v, inode, page, few, windowFor(inode, page, few)));
}
