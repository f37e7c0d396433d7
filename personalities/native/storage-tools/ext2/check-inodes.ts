// The checker's look at inodes: which are in use, whose each block is, and the orphan list.

import * as ext2 from "../../../../lib/formats/ext2.ts";
import type { Report } from "./check.ts";
import { Bits } from "./bits.ts";
import { groupFirst, headBlocks } from "./layout.ts";
import type { Ext2Volume, Inode } from "./volume.ts";

/** An owner that is no inode: the file system itself. */
const SYSTEM = 0xffffffff;

export class InodeCheck {
  /** For each block the inode that has it, SYSTEM, or 0. */
  readonly owner: Uint32Array;
  /** Inodes in use; bit 0 is inode 1. */
  readonly used: Bits;
  readonly directoriesOf: number[];
  /** Without names, and being finished at the next attach. */
  readonly orphaned = new Set<number>();
  readonly directories = new Map<number, { inode: Inode; blocks: number[] }>();
  readonly kinds: Uint16Array;
  readonly links: Uint32Array;
  /** Users of shared blocks of extended attributes. */
  private readonly attributes = new Map<number, number>();

  constructor(private readonly volume: Ext2Volume, private readonly report: Report) {
    const { layout } = volume, count = layout.groups * layout.inodesPerGroup;
    this.owner = new Uint32Array(layout.blocks);
    this.used = new Bits(new Uint8Array(Math.ceil(count / 8)));
    this.directoriesOf = Array.from({ length: layout.groups }, () => 0);
    this.kinds = new Uint16Array(count + 1);
    this.links = new Uint32Array(count + 1);
    for (let group = 0; group < layout.groups; group++) {
      const at = volume.descriptor(group), first = groupFirst(layout, group);
      for (let i = 0; i < headBlocks(layout, group); i++) this.owner[first + i] = SYSTEM;
      for (const block of [at.blockBitmap, at.inodeBitmap, ...Array.from({ length: volume.tableBlocks }, (_, i) => at.inodeTable + i)]) this.owner[block] = SYSTEM;
    }
  }

  get count(): number { return this.kinds.length - 1; }

  /** The blocks of the journal's file, in order. Throws an Error if it has none. */
  journalBlocks(number: number): number[] {
    if (number < 1 || number > this.count) throw new Error(`journal: inode ${number} is out of range`);
    const inode = this.volume.inode(number), blocks: number[] = [];
    if (!inode.isRegular || !inode.links) throw new Error(`journal: inode ${number} is no file`);
    const count = Math.floor(inode.size / this.volume.layout.blockSize);
    this.walk(inode, (block, logical) => { if (logical !== undefined && logical < count) blocks[logical] = block; });
    if (blocks.length < ext2.JOURNAL_MIN_BLOCKS || Array.from(blocks, (block) => block === undefined).includes(true)) throw new Error(`journal: blocks ${blocks.length} is out of range`);
    return blocks;
  }

  /** The list of inodes without names. */
  orphans(first: number): void {
    for (let number = first; number;) {
      if (number < this.volume.layout.firstInode || number > this.count || this.orphaned.has(number)) { this.report.add(`orphan list at inode ${number} is damaged`); return; }
      this.orphaned.add(number);
      number = this.volume.inode(number).deleted;
    }
  }

  run(): void {
    const { volume, report } = this, { layout } = volume;
    for (let number = 1; number <= this.count; number++) {
      const inode = volume.inode(number), reserved = number < layout.firstInode && number !== ext2.INODE_ROOT;
      if (reserved) {
        this.mark(number);
        if (number === ext2.INODE_RESIZE) { if (inode.pointers[13]) this.claim(inode, inode.pointers[13]); }
        else if (inode.links > 0 || number === ext2.INODE_BAD_BLOCKS) this.claimAll(inode, number === ext2.INODE_BAD_BLOCKS);
        continue;
      }
      if (!inode.links && !this.orphaned.has(number)) {
        if (number === ext2.INODE_ROOT) report.add("inode 2: there is no root directory");
        else if (inode.mode && !inode.deleted) report.add(`inode ${number}: without names, and not deleted`);
        continue;
      }
      this.mark(number);
      this.kinds[number] = inode.type;
      this.links[number] = inode.links;
      this.look(inode);
    }
    for (const [block, users] of this.attributes) {
      const view = new DataView(volume.block(block).buffer);
      if (view.getUint32(0, true) !== ext2.ATTRIBUTE_MAGIC || view.getUint32(4, true) !== users) report.add(`attribute block ${block} is damaged, or counts ${view.getUint32(4, true)} users where there are ${users}`);
    }
  }

  private mark(number: number): void { this.used.set(number - 1); }

  private look(inode: Inode): void {
    const { report, volume } = this, { blockSize, inodesPerGroup } = volume.layout, { number } = inode;
    if (![ext2.MODE_REGULAR, ext2.MODE_DIRECTORY, ext2.MODE_LINK, ext2.MODE_FIFO, ext2.MODE_CHARACTER, ext2.MODE_BLOCK, ext2.MODE_SOCKET].includes(inode.type)) { report.add(`inode ${number}: mode 0o${inode.mode.toString(8)} is out of range`); return; }
    if (inode.flags & (ext2.FLAG_EXTENTS | ext2.FLAG_INLINE_DATA)) { report.add(`inode ${number}: flags 0x${inode.flags.toString(16)} are not of ext2`); return; }
    if (inode.isDirectory) { this.directoriesOf[Math.floor((number - 1) / inodesPerGroup)]!++; report.directories++; } else report.files++;
    if (inode.deleted && !this.orphaned.has(number)) report.add(`inode ${number}: has names and a time of deletion`);
    if (inode.isDirectory && (inode.size % blockSize || (inode.size === 0 && inode.links > 0))) report.add(`inode ${number}: directory of ${inode.size} bytes`);
    if (inode.isRegular && inode.size > this.largest) report.add(`inode ${number}: size ${inode.size}, should be at most ${this.largest}`);
    if (inode.extra !== undefined && (inode.extra % 4 || inode.extra > volume.layout.inodeSize - ext2.INODE_SIZE)) report.add(`inode ${number}: extra size ${inode.extra} is out of range`, () => volume.changeInode(number, (view) => view.setUint16(ext2.I_EXTRA_SIZE, Math.min(ext2.EXTRA_SIZE, volume.layout.inodeSize - ext2.INODE_SIZE), true)));
    if (inode.isLink && !this.orphaned.has(number)) this.link(inode);
    const found = this.claimAll(inode, false), sectors = found.claimed * blockSize / 512;
    if (sectors !== inode.sectors) report.add(`inode ${number}: counts ${inode.sectors} sectors, should be ${sectors}`, () => volume.changeInode(number, (view) => view.setUint32(ext2.I_BLOCKS, sectors, true)));
    // Blocks behind the end are allowed of a file that is being cut only.
    if (found.last * blockSize >= Math.ceil(inode.size / blockSize) * blockSize && found.last >= 0 && !this.orphaned.has(number) && !inode.isLink) report.add(`inode ${number}: has block ${found.last}, but is ${inode.size} bytes long`);
    if (inode.isDirectory) this.directories.set(number, { inode, blocks: found.blocks });
  }

  /** What triple indirect blocks reach. */
  private get largest(): number {
    const { blockSize } = this.volume.layout, per = blockSize / 4;
    return (ext2.DIRECT_BLOCKS + per + per ** 2 + per ** 3) * blockSize;
  }

  /** A symbolic link is as long as its text. */
  private link(inode: Inode): void {
    const { blockSize } = this.volume.layout, inside = !inode.hasBlocks(blockSize), [first = 0] = inode.pointers;
    if (!inside && (first < this.volume.layout.firstDataBlock || first >= this.volume.layout.blocks)) return;
    const text = inside ? new Uint8Array(new Uint32Array(inode.pointers).buffer) : this.volume.block(first), length = text.indexOf(0);
    if (inode.size === 0 || (length < 0 ? text.length : length) !== inode.size || (!inside && inode.size < ext2.FAST_LINK)) this.report.add(`inode ${inode.number}: symbolic link of ${inode.size} bytes, which its text is not`);
  }

  private claimAll(inode: Inode, listOnly: boolean): { claimed: number; last: number; blocks: number[] } {
    const { blockSize } = this.volume.layout, blocks: number[] = [];
    let claimed = 0, last = -1;
    if (inode.fileAcl && !listOnly && this.inRange(inode, inode.fileAcl)) {
      claimed++;
      if (!this.attributes.has(inode.fileAcl)) this.claim(inode, inode.fileAcl);
      this.attributes.set(inode.fileAcl, (this.attributes.get(inode.fileAcl) ?? 0) + 1);
    }
    if (inode.hasBlocks(blockSize) || listOnly) this.walk(inode, (block, logical) => {
      claimed++;
      if (logical !== undefined) { last = Math.max(last, logical); if (inode.isDirectory) blocks[logical] = block; }
      return this.claim(inode, block);
    });
    return { claimed, last, blocks };
  }

  private inRange(inode: Inode, block: number): boolean {
    if (block >= this.volume.layout.firstDataBlock && block < this.volume.layout.blocks) return true;
    this.report.add(`inode ${inode.number}: block ${block} is out of range`);
    return false;
  }

  /** Say that the inode has the block: whether nobody else has. */
  private claim(inode: Inode, block: number): boolean {
    if (!this.inRange(inode, block)) return false;
    const other = this.owner[block]!;
    if (other) { this.report.add(`inode ${inode.number}: block ${block} is ${other === SYSTEM ? "the file system's own" : other === inode.number ? "in it twice" : `inode ${other}'s`}`); return false; }
    this.owner[block] = inode.number;
    return true;
  }

  /** All blocks of an inode, indirect ones without a logical number. `visit` false: what is below such a block is not looked at. */
  private walk(inode: Inode, visit: (block: number, logical: number | undefined) => boolean | void): void {
    const per = this.volume.layout.blockSize / 4;
    const below = (block: number, level: number, first: number): void => {
      if (!block) return;
      if (!this.inRange(inode, block)) return;
      const go = visit(block, level ? undefined : first);
      if (!level || go === false) return;
      const view = new DataView(this.volume.block(block).buffer);
      for (let i = 0; i < per; i++) below(view.getUint32(i * 4, true), level - 1, first + i * per ** (level - 1));
    };
    inode.pointers.forEach((block, index) => {
      const level = Math.max(0, index - ext2.DIRECT_BLOCKS + 1);
      below(block, level, level ? ext2.DIRECT_BLOCKS + (level > 1 ? per : 0) + (level > 2 ? per * per : 0) : index);
    });
  }
}
