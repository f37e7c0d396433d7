// Changes to an image of mke2fs that make mistakes show.
//
//   littered(image)              what is free has bytes that no file ever writes: a file that shows one names a block that was not written
//   withShortLog(image, first)   the journal starts at its block `first`, so that it is soon full
//   withOldJournal(image)        the journal's superblock is of the first version: it has no features

import * as ext2 from "../../../lib/formats/ext2.ts";

export const LITTER = 0xfe;

export function littered(image: Uint8Array): Uint8Array {
  const bytes = image.slice(), view = new DataView(bytes.buffer), s = ext2.SUPER_OFFSET, blockSize = 1024 << view.getUint32(s + ext2.SB_LOG_BLOCK_SIZE, true);
  const blocks = view.getUint32(s + ext2.SB_BLOCKS, true), first = view.getUint32(s + ext2.SB_FIRST_DATA_BLOCK, true), perGroup = view.getUint32(s + ext2.SB_BLOCKS_PER_GROUP, true);
  for (let block = first; block < blocks; block++) {
    const index = (block - first) % perGroup, descriptor = (first + 1) * blockSize + Math.floor((block - first) / perGroup) * ext2.DESCRIPTOR_SIZE;
    const bitmap = view.getUint32(descriptor + ext2.GD_BLOCK_BITMAP, true) * blockSize;
    if (!(bytes[bitmap + (index >> 3)]! >> (index & 7) & 1)) bytes.fill(LITTER, block * blockSize, (block + 1) * blockSize);
  }
  return bytes;
}

/** Where the journal's superblock is. */
export function journalAt(image: Uint8Array): number {
  const view = new DataView(image.buffer, image.byteOffset), size = 1024 << view.getUint32(ext2.SUPER_OFFSET + ext2.SB_LOG_BLOCK_SIZE, true);
  // A copy of the journal inode's pointers lies in the superblock.
  return view.getUint32(ext2.SUPER_OFFSET + ext2.SB_JOURNAL_BLOCKS, true) * size;
}

export function withShortLog(image: Uint8Array, first = 500): Uint8Array {
  const bytes = image.slice();
  new DataView(bytes.buffer).setUint32(journalAt(bytes) + ext2.JS_FIRST, first);
  return bytes;
}

export function withOldJournal(image: Uint8Array): Uint8Array {
  const bytes = image.slice(), at = journalAt(bytes);
  new DataView(bytes.buffer).setUint32(at + 4, ext2.JBD_SUPER_1);
  bytes.fill(0, at + ext2.JS_COMPATIBLE, at + 1024);
  return bytes;
}
