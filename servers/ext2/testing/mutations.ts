// Damage to ext2 images that knows their structure: a field of the superblock, of a group descriptor, of an inode in use, a pointer in an
// indirect block, a directory entry, a bitmap, a block of the journal gets a value that is wrong in an interesting way.
//
//   const targets = new Targets(image);  const damaged = targets.mutate(random)        { bytes, what }

import * as ext2 from "../../../lib/formats/ext2.ts";

interface Field { readonly offset: number; readonly width: 1 | 2 | 4; readonly big?: boolean; readonly what: string }

const SUPER_FIELDS: readonly (readonly [number, 1 | 2 | 4])[] = [
  ...[0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40].map((at): [number, 4] => [at, 4]), [56, 2], [58, 2], [60, 2], [76, 4], [84, 4], [88, 2], [92, 4], [96, 4], [100, 4], [206, 2], [224, 4], [228, 4], [232, 4], [254, 2],
];
const INODE_FIELDS: readonly (readonly [number, 1 | 2 | 4])[] = [
  [0, 2], [4, 4], [8, 4], [20, 4], [26, 2], [28, 4], [32, 4], ...Array.from({ length: 15 }, (_, i): [number, 4] => [40 + i * 4, 4]), [104, 4], [108, 4], [128, 2],
];
const JOURNAL_FIELDS: readonly (readonly [number, 1 | 2 | 4])[] = [[0, 4], [4, 4], [8, 4], [12, 4], [16, 4], [20, 4], [24, 4], [28, 4], [32, 4], [36, 4], [40, 4], [44, 4]];

export class Targets {
  readonly view: DataView;
  readonly blockSize: number;
  private readonly groups: { fields: Field[]; weight: number }[] = [];
  private readonly numbers: number[];

  constructor(readonly image: Uint8Array) {
    this.view = new DataView(image.buffer, image.byteOffset, image.length);
    const s = ext2.SUPER_OFFSET, u32 = (at: number): number => this.view.getUint32(at, true), u16 = (at: number): number => this.view.getUint16(at, true);
    this.blockSize = 1024 << u32(s + ext2.SB_LOG_BLOCK_SIZE);
    const first = u32(s + ext2.SB_FIRST_DATA_BLOCK), blocks = u32(s + ext2.SB_BLOCKS), perGroup = u32(s + ext2.SB_BLOCKS_PER_GROUP), inodesPerGroup = u32(s + ext2.SB_INODES_PER_GROUP), inodeSize = u16(s + ext2.SB_INODE_SIZE);
    const groupCount = Math.ceil((blocks - first) / perGroup), descriptors = (first + 1) * this.blockSize;
    this.numbers = [0, 1, 2, 7, 8, 11, 12, 255, 256, 1023, 1024, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, blocks - 1, blocks, blocks + 1, first, inodesPerGroup, groupCount * inodesPerGroup, perGroup, this.blockSize, this.blockSize - 12];
    const add = (weight: number, fields: Field[]): void => { if (fields.length > 0) this.groups.push({ weight, fields }); };
    add(3, SUPER_FIELDS.map(([at, width]) => ({ offset: s + at, width, what: `superblock +${at}` })));
    const inodes: Field[] = [], indirect: Field[] = [], entries: Field[] = [], descriptorFields: Field[] = [], bitmaps: Field[] = [], journal: Field[] = [];
    for (let group = 0; group < groupCount; group++) {
      const at = descriptors + group * ext2.DESCRIPTOR_SIZE, table = u32(at + ext2.GD_INODE_TABLE) * this.blockSize;
      for (const [offset, width] of [[0, 4], [4, 4], [8, 4], [12, 2], [14, 2], [16, 2]] as const) descriptorFields.push({ offset: at + offset, width, what: `group ${group} +${offset}` });
      for (const map of [u32(at), u32(at + 4)]) for (let byte = 0; byte < 64; byte++) bitmaps.push({ offset: map * this.blockSize + byte * 3, width: 1, what: `bitmap of group ${group}` });
      this.numbers.push(u32(at), u32(at + 4), u32(at + 8));
      for (let i = 0; i < inodesPerGroup; i++) {
        const inode = table + i * inodeSize, mode = u16(inode), number = group * inodesPerGroup + i + 1;
        if (!mode || !u16(inode + ext2.I_LINKS)) continue;
        for (const [offset, width] of INODE_FIELDS) if (offset < inodeSize) inodes.push({ offset: inode + offset, width, what: `inode ${number} +${offset}` });
        const pointer = (index: number): number => u32(inode + ext2.I_BLOCK + index * 4);
        this.numbers.push(pointer(0));
        if (number === ext2.INODE_JOURNAL) { this.journal(pointer, journal); continue; }
        if ((mode & ext2.MODE_TYPE) === ext2.MODE_LINK && u32(inode + ext2.I_SIZE) < ext2.FAST_LINK) continue;
        for (const level of [12, 13, 14]) if (pointer(level)) for (let j = 0; j < 16; j++) indirect.push({ offset: pointer(level) * this.blockSize + j * 4, width: 4, what: `indirect block of inode ${number}` });
        if ((mode & ext2.MODE_TYPE) === ext2.MODE_DIRECTORY) for (let j = 0; j < 12 && pointer(j); j++) this.entries(pointer(j) * this.blockSize, number, entries);
      }
    }
    add(2, descriptorFields);
    add(6, inodes);
    add(2, indirect);
    add(4, entries);
    add(1, bitmaps);
    add(3, journal);
  }

  private entries(at: number, number: number, fields: Field[]): void {
    for (let offset = 0; offset < this.blockSize;) {
      const what = `directory ${number}, entry at ${offset}`;
      fields.push({ offset: at + offset, width: 4, what }, { offset: at + offset + 4, width: 2, what }, { offset: at + offset + 6, width: 1, what }, { offset: at + offset + 7, width: 1, what }, { offset: at + offset + 8, width: 1, what });
      const length = this.view.getUint16(at + offset + 4, true);
      if (length < 8) return;
      offset += length;
    }
  }

  /** The superblock, and the first blocks of the ring: descriptors, commits, revoked numbers. */
  private journal(pointer: (index: number) => number, fields: Field[]): void {
    for (let j = 0; j < 12; j++) {
      if (!pointer(j)) return;
      const at = pointer(j) * this.blockSize, wide = this.view.getUint32(at) === ext2.JBD_MAGIC;
      for (const [offset, width] of JOURNAL_FIELDS) if (wide || offset < 16) fields.push({ offset: at + offset, width, big: true, what: `journal block ${j} +${offset}` });
      if (wide && j > 0) for (let tag = 0; tag < 20; tag++) fields.push({ offset: at + 28 + tag * 4, width: 4, big: true, what: `journal block ${j}, tags` });
    }
  }

  mutate(random: () => number): { bytes: Uint8Array; what: string } {
    const bytes = this.image.slice(), view = new DataView(bytes.buffer), what: string[] = [];
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    for (let count = random() < 0.7 ? 1 : 1 + Math.floor(random() * 6); count > 0; count--) {
      let dice = random() * this.groups.reduce((sum, { weight }) => sum + weight, 0);
      const { fields } = this.groups.find(({ weight }) => (dice -= weight) < 0) ?? this.groups[0]!, field = pick(fields);
      if (field.offset + 4 > bytes.length) continue;
      const little = !field.big, old = field.width === 1 ? bytes[field.offset]! : field.width === 2 ? view.getUint16(field.offset, little) : view.getUint32(field.offset, little);
      const luck = random(), value = luck < 0.25 ? old ^ 1 << Math.floor(random() * field.width * 8) : luck < 0.4 ? old + (random() < 0.5 ? 1 : -1) : luck < 0.85 ? pick(this.numbers) : Math.floor(random() * 2 ** 32);
      if (field.width === 1) bytes[field.offset] = value;
      else if (field.width === 2) view.setUint16(field.offset, value & 0xffff, little);
      else view.setUint32(field.offset, value >>> 0, little);
      what.push(`${field.what}: ${old} -> ${value >>> 0}`);
    }
    // Cut off now and then.
    if (random() < 0.03) { const size = Math.floor(random() * bytes.length / 512) * 512; what.push(`cut to ${size}`); return { bytes: bytes.slice(0, size), what: what.join(", ") }; }
    return { bytes, what: what.join(", ") };
  }
}
