// data=ordered: the inodes that got blocks in the running transaction, or grew. Their data is written to the disk before the transaction is
// committed, so that no committed inode names blocks with what was in them before.

import { Inode } from "./inode";
import { Volume } from "./volume";

export function orderedAdd(v: Volume, inode: Inode): void {
  if (inode.isOrdered) return;
  inode.isOrdered = 1;
  inode.orderedNext = v.ordered;
  v.ordered = <u32>changetype<usize>(inode);
}

export function orderedRemove(v: Volume, inode: Inode): void {
  if (!inode.isOrdered) return;
  inode.isOrdered = 0;
  let at = changetype<usize>(v) + offsetof<Volume>("ordered");
  while (load<u32>(at) && load<u32>(at) != <u32>changetype<usize>(inode)) at = <usize>load<u32>(at) + offsetof<Inode>("orderedNext");
  if (load<u32>(at)) store<u32>(at, inode.orderedNext);
}
