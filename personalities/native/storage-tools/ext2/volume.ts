// An ext2 file system as the checker sees it: blocks read from the disk, or from what the journal would make of them. Writes collect in memory
// until `save`.

import * as ext2 from "../../../../lib/formats/ext2.ts";
import type { SectorDevice } from "../sector-device.ts";
import { readLayout, tableBlocks, type Layout } from "./layout.ts";

export interface Descriptor { readonly blockBitmap: number; readonly inodeBitmap: number; readonly inodeTable: number; readonly freeBlocks: number; readonly freeInodes: number; readonly directories: number }

export class Ext2Volume {
  layout: Layout;
  /** Blocks that differ from the disk. */
  readonly changed = new Map<number, Uint8Array>();
  private table: { block: number; bytes: Uint8Array } | undefined;

  constructor(readonly device: SectorDevice) {
    if (device.size < ext2.SUPER_OFFSET + ext2.SUPER_SIZE) throw new Error(`a disk of ${device.size} bytes is too small for a file system`);
    this.layout = readLayout(device.read(ext2.SUPER_OFFSET, ext2.SUPER_SIZE), device.size);
  }

  /** A copy; change it by `put`. */
  block(number: number): Uint8Array {
    const { blockSize } = this.layout;
    return (this.changed.get(number) ?? this.device.read(number * blockSize, blockSize)).slice();
  }

  put(number: number, bytes: Uint8Array): void {
    this.changed.set(number, bytes);
    this.table = undefined;
  }

  /** After the journal was replayed the superblock may say something else. */
  reread(): void { this.layout = readLayout(this.superblock(), this.device.size); }

  private get superBlock(): number { return Math.floor(ext2.SUPER_OFFSET / this.layout.blockSize); }
  superblock(): Uint8Array {
    const at = ext2.SUPER_OFFSET % this.layout.blockSize;
    return this.block(this.superBlock).slice(at, at + ext2.SUPER_SIZE);
  }
  putSuperblock(bytes: Uint8Array): void {
    const block = this.block(this.superBlock);
    block.set(bytes, ext2.SUPER_OFFSET % this.layout.blockSize);
    this.put(this.superBlock, block);
  }

  private descriptorPlace(group: number): [block: number, offset: number] {
    const at = group * ext2.DESCRIPTOR_SIZE, { blockSize, firstDataBlock } = this.layout;
    return [firstDataBlock + 1 + Math.floor(at / blockSize), at % blockSize];
  }
  descriptor(group: number): Descriptor {
    const [block, at] = this.descriptorPlace(group), view = new DataView(this.block(block).buffer);
    return {
      blockBitmap: view.getUint32(at + ext2.GD_BLOCK_BITMAP, true), inodeBitmap: view.getUint32(at + ext2.GD_INODE_BITMAP, true), inodeTable: view.getUint32(at + ext2.GD_INODE_TABLE, true),
      freeBlocks: view.getUint16(at + ext2.GD_FREE_BLOCKS, true), freeInodes: view.getUint16(at + ext2.GD_FREE_INODES, true), directories: view.getUint16(at + ext2.GD_DIRECTORIES, true),
    };
  }
  putCounts(group: number, freeBlocks: number, freeInodes: number, directories: number): void {
    const [block, at] = this.descriptorPlace(group), bytes = this.block(block), view = new DataView(bytes.buffer);
    view.setUint16(at + ext2.GD_FREE_BLOCKS, freeBlocks, true);
    view.setUint16(at + ext2.GD_FREE_INODES, freeInodes, true);
    view.setUint16(at + ext2.GD_DIRECTORIES, directories, true);
    this.put(block, bytes);
  }

  private inodePlace(number: number): [block: number, offset: number] {
    const { inodesPerGroup, inodeSize, blockSize } = this.layout, index = (number - 1) % inodesPerGroup, at = index * inodeSize;
    return [this.descriptor(Math.floor((number - 1) / inodesPerGroup)).inodeTable + Math.floor(at / blockSize), at % blockSize];
  }
  inode(number: number): Inode {
    const { inodesPerGroup, inodeSize, blockSize } = this.layout, index = (number - 1) % inodesPerGroup;
    // Inodes are mostly read in order: the last block of the table is at hand.
    if (this.table === undefined || index * inodeSize % blockSize === 0 || this.tableNumber !== Math.floor((number - 1) * inodeSize / blockSize)) {
      const [block] = this.inodePlace(number);
      this.table = { block, bytes: this.block(block) };
      this.tableNumber = Math.floor((number - 1) * inodeSize / blockSize);
    }
    const at = index * inodeSize % blockSize;
    return new Inode(number, new DataView(this.table.bytes.buffer, at, inodeSize));
  }
  private tableNumber = -1;
  changeInode(number: number, change: (view: DataView) => void): void {
    const [block, at] = this.inodePlace(number), bytes = this.block(block);
    change(new DataView(bytes.buffer, at, this.layout.inodeSize));
    this.put(block, bytes);
  }

  get tableBlocks(): number { return tableBlocks(this.layout); }

  /** Write what has changed. */
  save(): void {
    for (const [number, bytes] of this.changed) this.device.write(number * this.layout.blockSize, bytes);
    this.device.flush();
    this.changed.clear();
  }
}

export class Inode {
  readonly mode: number; readonly links: number; readonly flags: number; readonly sectors: number; readonly size: number; readonly fileAcl: number; readonly deleted: number;
  readonly pointers: readonly number[];
  /** Bytes behind the first 128 that hold fields; undefined where there is no room for any. */
  readonly extra: number | undefined;
  constructor(readonly number: number, view: DataView) {
    this.mode = view.getUint16(ext2.I_MODE, true);
    this.links = view.getUint16(ext2.I_LINKS, true);
    this.flags = view.getUint32(ext2.I_FLAGS, true);
    this.sectors = view.getUint32(ext2.I_BLOCKS, true);
    this.fileAcl = view.getUint32(ext2.I_FILE_ACL, true);
    this.deleted = view.getUint32(ext2.I_DTIME, true);
    this.size = view.getUint32(ext2.I_SIZE, true) + (this.isRegular ? view.getUint32(ext2.I_SIZE_HIGH, true) * 2 ** 32 : 0);
    this.extra = view.byteLength > ext2.INODE_SIZE ? view.getUint16(ext2.I_EXTRA_SIZE, true) : undefined;
    this.pointers = Array.from({ length: ext2.BLOCK_POINTERS }, (_, i) => view.getUint32(ext2.I_BLOCK + i * 4, true));
  }
  get type(): number { return this.mode & ext2.MODE_TYPE; }
  get isDirectory(): boolean { return this.type === ext2.MODE_DIRECTORY; }
  get isRegular(): boolean { return this.type === ext2.MODE_REGULAR; }
  get isLink(): boolean { return this.type === ext2.MODE_LINK; }
  /** Whether the pointers are blocks. */
  hasBlocks(blockSize: number): boolean { return this.isRegular || this.isDirectory || (this.isLink && (this.size >= ext2.FAST_LINK || this.sectors > (this.fileAcl ? blockSize / 512 : 0))); }
}
