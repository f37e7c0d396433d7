// The block of extended attributes of an inode: not read, but given back with the inode. Several inodes may share one; it counts them.

import { Corrupt } from "../../../abi/generated/assembly/errors";
import { ATTRIBUTE_MAGIC } from "../../../lib/formats/ext2";
import { blockFree } from "./allocate";
import { blockPeek, bufferModify } from "./buffer";
import { sayStart, volumeFail } from "./image";
import { Inode } from "./inode";
import { sayAttributeBlock, sayColon, sayInode, sayIsDamaged } from "./phrases";
import { Volume } from "./volume";

/** Give up the inode's share of its block, if it has one; within a transaction. */
export function attributesFree(v: Volume, inode: Inode): bool {
  const block = inode.fileAcl;
  if (!block) return true;
  const there = blockPeek(v, block, v.scratch);
  if (!there) return false;
  const users = load<u32>(there, 4);
  if (load<u32>(there) != ATTRIBUTE_MAGIC || !users || users > 1024) {
    const t = sayStart();
    if (changetype<usize>(t)) {
      sayInode(t);
      t.decimal(inode.number);
      sayColon(t);
      sayAttributeBlock(t);
      t.decimal(block);
      sayIsDamaged(t);
    }
    volumeFail(v, t, Corrupt);
    return false;
  }
  inode.fileAcl = 0;
  inode.sectors -= v.sectorsPerBlock;
  if (users == 1) return blockFree(v, block, true);
  const copy = bufferModify(v, block);
  if (!copy) return false;
  store<u32>(copy, users - 1, 4);
  return true;
}
