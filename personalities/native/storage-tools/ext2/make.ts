// Making an ext2 file system with a journal, as mkfs.ext2 does: superblock, groups, root and lost+found, the journal. What was on the disk before is lost.
//
//   const made = makeExt2(device, { blockSize: 4096, label: "home" });      throws CannotMake
//
// Copies of the superblock and the descriptors are written too, so that checkers find them where the first is damaged.

import * as ext2 from "../../../../lib/formats/ext2.ts";
import { CannotMake, type SectorDevice } from "../sector-device.ts";
import { Bits } from "./bits.ts";
import { groupBlocks, groupFirst, hasSuper, headBlocks, tableBlocks, type Layout } from "./layout.ts";

export interface MakeOptions {
  /** 1024, 2048 or 4096; chosen by the size if absent. */
  blockSize?: number;
  /** At most 16 bytes. */
  label?: string;
  /** At least that many. */
  inodes?: number;
  /** False: none. */
  journal?: boolean;
  /** 16 random bytes. */
  uuid?: Uint8Array;
  /** Seconds since 1970. */
  time?: number;
}
export interface Made { layout: Layout; journalBlocks: number; freeBlocks: number; freeInodes: number }

const MIB = 1 << 20, INODE_SIZE = 256, STEP = 65536, LOST_AND_FOUND = 16384;

/** Blocks of the journal, as mke2fs chooses. */
function journalSize(blocks: number): number {
  if (blocks < ext2.JOURNAL_FROM_BLOCKS) return 0;
  return blocks < 32768 ? 1024 : blocks < 262144 ? 4096 : blocks < 524288 ? 8192 : blocks < 4194304 ? 16384 : ext2.JOURNAL_MAX_BLOCKS;
}

function chooseLayout(size: number, { blockSize = size < 16 * MIB ? 1024 : 4096, inodes, journal = true }: MakeOptions): Layout {
  if (![1024, 2048, 4096].includes(blockSize)) throw new CannotMake(`block size ${blockSize}: it is 1024, 2048 or 4096`);
  const firstDataBlock = blockSize === 1024 ? 1 : 0, blocksPerGroup = blockSize * 8, perBlock = blockSize / INODE_SIZE;
  let blocks = Math.min(Math.floor(size / blockSize), 2 ** 32 - 1);
  if (blocks < 60) throw new CannotMake(`a disk of ${size} bytes is too small: at least 60 blocks are needed`);
  const wanted = inodes ?? Math.max(16, Math.floor(size / (size < 512 * MIB ? 4096 : 16384)));
  if (!Number.isSafeInteger(wanted) || wanted < 16) throw new CannotMake(`${wanted} inodes: at least 16 are needed`);
  for (;;) {
    const groups = Math.ceil((blocks - firstDataBlock) / blocksPerGroup), inodesPerGroup = Math.ceil(Math.ceil(wanted / groups / perBlock) * perBlock / 8) * 8;
    if (inodesPerGroup > blockSize * 8) throw new CannotMake(`${wanted} inodes are too many: at most ${groups * blockSize * 8} fit this disk`);
    const layout: Layout = {
      blockSize, blocks, firstDataBlock, blocksPerGroup, inodesPerGroup, inodeSize: INODE_SIZE, firstInode: ext2.FIRST_INODE, groups, descriptorBlocks: Math.ceil(groups * ext2.DESCRIPTOR_SIZE / blockSize), reservedGdt: 0,
      compatible: ext2.COMPATIBLE_EXT_ATTR | (journal && journalSize(blocks) ? ext2.COMPATIBLE_JOURNAL : 0), incompatible: ext2.INCOMPATIBLE_FILETYPE,
      readOnlyCompatible: ext2.READ_ONLY_SPARSE_SUPER | ext2.READ_ONLY_LARGE_FILE,
    };
    const last = groups - 1, overhead = headBlocks(layout, last) + 2 + tableBlocks(layout);
    if (groupBlocks(layout, last) >= overhead + (groups === 1 ? 8 : 50)) return layout;
    // A last group that has hardly room for its own tables is left out.
    if (groups === 1) throw new CannotMake(`${wanted} inodes do not fit a disk of ${size} bytes`);
    blocks = groupFirst(layout, last);
  }
}

class Maker {
  readonly blockBits: Bits[] = [];
  readonly inodeBits: Bits[] = [];
  readonly tables: Uint8Array[] = [];
  readonly directories: number[];
  private next = 0;

  constructor(readonly device: SectorDevice, readonly layout: Layout, readonly time: number) {
    this.directories = Array.from({ length: layout.groups }, () => 0);
    for (let group = 0; group < layout.groups; group++) {
      const blocks = new Bits(new Uint8Array(layout.blockSize)), inodes = new Bits(new Uint8Array(layout.blockSize));
      for (let i = groupBlocks(layout, group); i < layout.blockSize * 8; i++) blocks.set(i);
      for (let i = layout.inodesPerGroup; i < layout.blockSize * 8; i++) inodes.set(i);
      for (let i = 0; i < headBlocks(layout, group) + 2 + tableBlocks(layout); i++) blocks.set(i);
      this.blockBits.push(blocks);
      this.inodeBits.push(inodes);
    }
  }

  bitmap(group: number): number { return groupFirst(this.layout, group) + headBlocks(this.layout, group); }

  allocate(): number {
    const { layout } = this;
    for (; this.next < layout.groups * layout.blocksPerGroup; this.next++) {
      const group = Math.floor(this.next / layout.blocksPerGroup), index = this.next % layout.blocksPerGroup, bits = this.blockBits[group]!;
      if (bits.has(index)) continue;
      bits.set(index);
      return groupFirst(layout, group) + index;
    }
    throw new CannotMake("the disk is too small for the file system's own blocks");
  }

  write(block: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; at += STEP) this.device.write(block * this.layout.blockSize + at, data.subarray(at, at + STEP));
  }

  /** Mark an inode as used, and write it to its place in the table of the first group. */
  inode(number: number, { mode, links, blocks, size, sectors }: { mode: number; links: number; blocks: readonly number[]; size: number; sectors: number }, table: Uint8Array): void {
    const view = new DataView(table.buffer), at = (number - 1) * INODE_SIZE;
    view.setUint16(at + ext2.I_MODE, mode, true);
    view.setUint32(at + ext2.I_SIZE, size, true);
    for (const field of [ext2.I_ATIME, ext2.I_CTIME, ext2.I_MTIME, ext2.I_CRTIME]) view.setUint32(at + field, this.time, true);
    view.setUint16(at + ext2.I_LINKS, links, true);
    view.setUint32(at + ext2.I_BLOCKS, sectors, true);
    blocks.forEach((block, index) => view.setUint32(at + ext2.I_BLOCK + index * 4, block, true));
    view.setUint16(at + ext2.I_EXTRA_SIZE, ext2.EXTRA_SIZE, true);
  }

  directory(inode: number, parent: number, entries: readonly [string, number][]): Uint8Array {
    const { blockSize } = this.layout, data = new Uint8Array(blockSize), view = new DataView(data.buffer), all: readonly [string, number][] = [[".", inode], ["..", parent], ...entries];
    let at = 0;
    all.forEach(([name, number], index) => {
      const length = index === all.length - 1 ? blockSize - at : 8 + name.length + 3 & ~3;
      view.setUint32(at, number, true);
      view.setUint16(at + ext2.DE_LENGTH, length, true);
      view.setUint8(at + ext2.DE_NAME_LENGTH, name.length);
      view.setUint8(at + ext2.DE_TYPE, ext2.TYPE_DIRECTORY);
      data.set(new TextEncoder().encode(name), at + ext2.DE_NAME);
      at += length;
    });
    return data;
  }

  /** Blocks of a file, with the indirect blocks above them, which are written: the inode's pointers, and all blocks in use. */
  file(count: number): { blocks: number[]; pointers: number[]; used: number } {
    const { blockSize } = this.layout, per = blockSize / 4, blocks = Array.from({ length: count }, () => this.allocate()), pointers = blocks.slice(0, ext2.DIRECT_BLOCKS);
    let rest = blocks.slice(ext2.DIRECT_BLOCKS), used = count;
    const above = (numbers: readonly number[]): number => {
      const block = this.allocate(), data = new Uint8Array(blockSize), view = new DataView(data.buffer);
      numbers.forEach((number, index) => view.setUint32(index * 4, number, true));
      this.write(block, data);
      used++;
      return block;
    };
    for (let level = 1; rest.length > 0; level++) {
      let numbers = rest.slice(0, per ** level);
      rest = rest.slice(per ** level);
      for (let i = 0; i < level; i++) numbers = Array.from({ length: Math.ceil(numbers.length / per) }, (_, at) => above(numbers.slice(at * per, (at + 1) * per)));
      pointers.push(numbers[0]!);
    }
    return { blocks, pointers, used };
  }
}

export function makeExt2(device: SectorDevice, options: MakeOptions = {}): Made {
  const label = new TextEncoder().encode(options.label ?? "");
  if (label.length > 16) throw new CannotMake(`the label '${options.label}' is longer than 16 bytes`);
  const layout = chooseLayout(device.size, options), { blockSize, groups } = layout, time = options.time ?? Math.floor(Date.now() / 1000), maker = new Maker(device, layout, time);
  const journalBlocks = layout.compatible & ext2.COMPATIBLE_JOURNAL ? journalSize(layout.blocks) : 0;
  const table = new Uint8Array(tableBlocks(layout) * blockSize), sectors = blockSize / 512;
  // Nothing there is a file system while this goes on.
  device.write(0, new Uint8Array(Math.max(2048, blockSize)));
  for (let i = 0; i < ext2.FIRST_INODE; i++) maker.inodeBits[0]!.set(i);
  maker.directories[0] = 2;

  const root = maker.allocate();
  maker.write(root, maker.directory(ext2.INODE_ROOT, ext2.INODE_ROOT, [["lost+found", ext2.FIRST_INODE]]));
  maker.inode(ext2.INODE_ROOT, { mode: ext2.MODE_DIRECTORY | 0o755, links: 3, blocks: [root], size: blockSize, sectors }, table);
  // Room for what a checker finds, as it may not be able to allocate any.
  const lost = maker.file(Math.max(1, Math.min(LOST_AND_FOUND / blockSize, Math.floor(layout.blocks / 64))));
  const empty = new Uint8Array(blockSize);
  new DataView(empty.buffer).setUint16(ext2.DE_LENGTH, blockSize, true);
  lost.blocks.forEach((block, index) => maker.write(block, index === 0 ? maker.directory(ext2.FIRST_INODE, ext2.INODE_ROOT, []) : empty));
  maker.inode(ext2.FIRST_INODE, { mode: ext2.MODE_DIRECTORY | 0o700, links: 2, blocks: lost.pointers, size: lost.blocks.length * blockSize, sectors: lost.used * sectors }, table);
  const journal = journalBlocks ? maker.file(journalBlocks) : undefined;
  if (journal) {
    const zeros = new Uint8Array(blockSize);
    journal.blocks.forEach((block, index) => maker.write(block, index === 0 ? journalSuper(layout, journalBlocks) : zeros));
    maker.inode(ext2.INODE_JOURNAL, { mode: ext2.MODE_REGULAR | 0o600, links: 1, blocks: journal.pointers, size: journalBlocks * blockSize, sectors: journal.used * sectors }, table);
  }
  return writeGroups(maker, table, journal?.pointers, { label, journalBlocks, uuid: options.uuid ?? crypto.getRandomValues(new Uint8Array(16)) });

  function journalSuper({ blockSize: size }: Layout, blocks: number): Uint8Array {
    const data = new Uint8Array(size), view = new DataView(data.buffer);
    for (const [at, value] of [[0, ext2.JBD_MAGIC], [4, ext2.JBD_SUPER_2], [ext2.JS_BLOCK_SIZE, size], [ext2.JS_BLOCKS, blocks], [ext2.JS_FIRST, 1], [ext2.JS_SEQUENCE, 1], [ext2.JS_USERS, 1]] as const) view.setUint32(at, value);
    return data;
  }

  function writeGroups(made: Maker, first: Uint8Array, pointers: readonly number[] | undefined, more: { label: Uint8Array; journalBlocks: number; uuid: Uint8Array }): Made {
    const descriptors = new Uint8Array(layout.descriptorBlocks * blockSize), view = new DataView(descriptors.buffer), zeros = new Uint8Array(first.length);
    let freeBlocks = 0, freeInodes = 0;
    for (let group = 0; group < groups; group++) {
      const map = made.bitmap(group), at = group * ext2.DESCRIPTOR_SIZE, free = countClear(made.blockBits[group]!, groupBlocks(layout, group)), inodes = countClear(made.inodeBits[group]!, layout.inodesPerGroup);
      view.setUint32(at + ext2.GD_BLOCK_BITMAP, map, true);
      view.setUint32(at + ext2.GD_INODE_BITMAP, map + 1, true);
      view.setUint32(at + ext2.GD_INODE_TABLE, map + 2, true);
      view.setUint16(at + ext2.GD_FREE_BLOCKS, free, true);
      view.setUint16(at + ext2.GD_FREE_INODES, inodes, true);
      view.setUint16(at + ext2.GD_DIRECTORIES, made.directories[group]!, true);
      freeBlocks += free;
      freeInodes += inodes;
      made.write(map, made.blockBits[group]!.bytes);
      made.write(map + 1, made.inodeBits[group]!.bytes);
      made.write(map + 2, group === 0 ? first : zeros);
    }
    const s = superblock({ ...more, pointers, freeBlocks, freeInodes });
    // The first last: it makes the file system.
    for (let group = groups - 1; group >= 0; group--) {
      if (!hasSuper(layout, group)) continue;
      made.write(groupFirst(layout, group) + 1, descriptors);
      new DataView(s.buffer).setUint16(ext2.SB_BLOCK_GROUP, group, true);
      if (group === 0) { device.flush(); device.write(ext2.SUPER_OFFSET, s); } else device.write(groupFirst(layout, group) * blockSize, s);
    }
    device.flush();
    return { layout, journalBlocks, freeBlocks, freeInodes };
  }

  function superblock({ label: name, uuid, pointers, freeBlocks, freeInodes }: { label: Uint8Array; uuid: Uint8Array; pointers: readonly number[] | undefined; freeBlocks: number; freeInodes: number }): Uint8Array {
    const s = new Uint8Array(ext2.SUPER_SIZE), view = new DataView(s.buffer), log = Math.log2(blockSize / 1024);
    const words: readonly (readonly [number, number])[] = [
      [ext2.SB_INODES, groups * layout.inodesPerGroup], [ext2.SB_BLOCKS, layout.blocks], [ext2.SB_FREE_BLOCKS, freeBlocks], [ext2.SB_FREE_INODES, freeInodes], [ext2.SB_FIRST_DATA_BLOCK, layout.firstDataBlock],
      [ext2.SB_LOG_BLOCK_SIZE, log], [ext2.SB_LOG_FRAGMENT_SIZE, log], [ext2.SB_BLOCKS_PER_GROUP, layout.blocksPerGroup], [ext2.SB_FRAGMENTS_PER_GROUP, layout.blocksPerGroup], [ext2.SB_INODES_PER_GROUP, layout.inodesPerGroup],
      [ext2.SB_WRITE_TIME, time], [ext2.SB_LAST_CHECK, time], [ext2.SB_MAKE_TIME, time], [ext2.SB_REVISION, 1], [ext2.SB_FIRST_INODE, layout.firstInode], [ext2.SB_COMPATIBLE, layout.compatible], [ext2.SB_INCOMPATIBLE, layout.incompatible],
      [ext2.SB_READ_ONLY_COMPATIBLE, layout.readOnlyCompatible],
    ];
    for (const [at, value] of words) view.setUint32(at, value, true);
    for (const [at, value] of [[ext2.SB_MAX_MOUNT_COUNT, 0xffff], [ext2.SB_MAGIC, ext2.SUPER_MAGIC], [ext2.SB_STATE, ext2.STATE_VALID], [ext2.SB_ERRORS, ext2.ERRORS_READ_ONLY], [ext2.SB_INODE_SIZE, INODE_SIZE], [ext2.SB_MIN_EXTRA_SIZE, ext2.EXTRA_SIZE], [ext2.SB_WANT_EXTRA_SIZE, ext2.EXTRA_SIZE]] as const) view.setUint16(at, value, true);
    s.set(uuid.map((byte, index) => (index === 6 ? byte & 15 | 64 : index === 8 ? byte & 63 | 128 : byte)), ext2.SB_UUID);
    s.set(name, ext2.SB_VOLUME_NAME);
    if (pointers) {
      view.setUint32(ext2.SB_JOURNAL_INODE, ext2.INODE_JOURNAL, true);
      view.setUint8(ext2.SB_JOURNAL_BACKUP_TYPE, 1);
      pointers.forEach((block, index) => view.setUint32(ext2.SB_JOURNAL_BLOCKS + index * 4, block, true));
      view.setUint32(ext2.SB_JOURNAL_BLOCKS + 64, journalBlocks * blockSize, true);
    }
    return s;
  }
}

function countClear(bits: Bits, limit: number): number {
  let count = 0;
  for (let i = 0; i < limit; i++) if (!bits.has(i)) count++;
  return count;
}
