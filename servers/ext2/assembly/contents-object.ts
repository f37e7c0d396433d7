// The object in the cache that holds a regular file's pages while the server knows its inode: made when first needed, its Dataspace as long
// as the file, with the server as pager (page-fault.ts). The server has two capabilities to it: with all rights, for writing whole pages; and
// without Manage, through which a read or a write of part of a page that was reclaimed is WouldDeadlock, not zeros.

import * as kernel from "../../../lib/assembly/kernel";
import { volume_drop, volume_object, volume_object_dataspace, volume_object_object, volume_writeBack } from "../../../abi/generated/assembly/client/volume";
import { NoMemory, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { numberAdd, numberRemove } from "../../../lib/assembly/memory/number-table";
import { Inode } from "./inode";
import { inodesShrink } from "./inode-cache";
import { orderedGone } from "./ordered";
import { numbers } from "./state";
import { unsyncedClear } from "./unsynced";
import { Volume } from "./volume";

/** Make sure that there is one: 0 or a negated error. */
export function contentsEnsure(v: Volume, inode: Inode): i32 {
  if (inode.object) return 0;
  let status = volume_object(v.volume);
  if (status == TooManyOpen || status == NoMemory) {
    inodesShrink(v, inode);
    status = volume_object(v.volume);
  }
  if (status < 0) return status;
  inode.object = volume_object_object();
  inode.contents = volume_object_dataspace();
  v.objects++;
  inode.badge = numberAdd(numbers(), changetype<usize>(inode));
  inode.writer = inode.badge ? kernel.capMint(inode.contents, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0) : TooManyOpen;
  status = inode.writer;
  if (status > 0) status = kernel.dataspaceSetPager(inode.contents, SLOT_SELF, <i32>inode.badge);
  if (status == 0) status = kernel.dataspaceResize(inode.contents, <i64>inode.size);
  if (status < 0) contentsRelease(v, inode, false);
  return status;
}

/** Give up the object; its data is written back first if `write`. False if that failed: then it is still there. */
export function contentsRelease(v: Volume, inode: Inode, write: bool): bool {
  if (!inode.object) return true;
  if (write && !v.readOnly && volume_writeBack(v.volume, inode.object) < 0) return false;
  orderedGone(v, inode, write);
  unsyncedClear(inode);
  volume_drop(v.volume, inode.object);
  dropCap(inode.writer);
  dropCap(inode.contents);
  if (inode.badge) numberRemove(numbers(), inode.badge);
  inode.object = 0;
  inode.contents = 0;
  inode.writer = 0;
  inode.badge = 0;
  inode.nextFault = 0;
  inode.window = 0;
  v.objects--;
  return true;
}
