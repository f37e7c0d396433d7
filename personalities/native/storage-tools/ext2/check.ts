// The checker behind fsck.ext2: superblock, groups, journal, inodes and their blocks, directories, links, the orphan list, bitmaps, counts.
//
//   const report = checkExt2(device);         nothing is written; what the journal has is taken into account
//   repairExt2(report);                       replays the journal, and mends every finding that is `mendable`
//
// A finding that is not mendable is damage to data or structure: it is told, and left.

import * as ext2 from "../../../../lib/formats/ext2.ts";
import type { SectorDevice } from "../sector-device.ts";
import { Bits } from "./bits.ts";
import { InodeCheck } from "./check-inodes.ts";
import { checkDirectories } from "./check-directories.ts";
import { replayJournal } from "./journal.ts";
import { groupBlocks, groupFirst, headBlocks, NotExt2 } from "./layout.ts";
import { Ext2Volume } from "./volume.ts";

export interface Finding { readonly text: string; readonly mend?: () => void }

export class Report {
  readonly findings: Finding[] = [];
  files = 0;
  directories = 0;
  usedBlocks = 0;
  /** Blocks that the journal has for their places, as the file system was not unmounted. */
  replayed = 0;
  needsReplay = false;
  volume: Ext2Volume | undefined;
  add(text: string, mend?: () => void): void { this.findings.push(mend ? { text, mend } : { text }); }
}

export function checkExt2(device: SectorDevice): Report {
  const report = new Report();
  let volume: Ext2Volume;
  try { volume = new Ext2Volume(device); } catch (error) {
    report.add((error as Error).message);
    if (error instanceof NotExt2 || error instanceof Error) return report;
    throw error;
  }
  report.volume = volume;
  if (!checkDescriptors(volume, report)) return report;
  const before = new DataView(volume.superblock().buffer), recover = (volume.layout.incompatible & ext2.INCOMPATIBLE_RECOVER) !== 0;
  if (volume.layout.compatible & ext2.COMPATIBLE_JOURNAL) {
    try {
      const number = before.getUint32(ext2.SB_JOURNAL_INODE, true), inodes = new InodeCheck(volume, new Report()), numbers = inodes.journalBlocks(number), replayed = replayJournal(volume, numbers);
      report.replayed = replayed.blocks;
      report.needsReplay = recover || replayed.blocks > 0;
      if (replayed.error) report.add(`journal: error ${replayed.error} was found while the file system was in use`, () => clearError(volume, numbers[0]!));
    } catch (error) { report.add((error as Error).message); return report; }
    try { volume.reread(); } catch (error) { report.add(`after the replay: ${(error as Error).message}`); return report; }
    if (!checkDescriptors(volume, report)) return report;
  }
  const s = new DataView(volume.superblock().buffer), state = s.getUint16(ext2.SB_STATE, true);
  if (state & ext2.STATE_ERROR) report.add("superblock: marked as faulty", () => {});
  else if (!(state & ext2.STATE_VALID)) report.add("superblock: not cleanly unmounted", () => {});
  checkFigures(volume, report);
  const inodes = new InodeCheck(volume, report);
  inodes.orphans(s.getUint32(ext2.SB_LAST_ORPHAN, true));
  inodes.run();
  checkDirectories(volume, report, inodes);
  checkBitmaps(volume, report, inodes);
  return report;
}

/** Figures of the superblock that follow from others. */
function checkFigures(volume: Ext2Volume, report: Report): void {
  const s = new DataView(volume.superblock().buffer), { blocksPerGroup, compatible } = volume.layout;
  const same = (what: string, offset: number, width: 2 | 4, wanted: number): void => {
    const found = width === 4 ? s.getUint32(offset, true) : s.getUint16(offset, true);
    if (found !== wanted) report.add(`superblock: ${what} ${found}, should be ${wanted}`, () => {
      const bytes = volume.superblock(), view = new DataView(bytes.buffer);
      if (width === 4) view.setUint32(offset, wanted, true); else view.setUint16(offset, wanted, true);
      volume.putSuperblock(bytes);
    });
  };
  same("fragment size", ext2.SB_LOG_FRAGMENT_SIZE, 4, s.getUint32(ext2.SB_LOG_BLOCK_SIZE, true));
  same("fragments per group", ext2.SB_FRAGMENTS_PER_GROUP, 4, blocksPerGroup);
  if (s.getUint16(ext2.SB_DESCRIPTOR_SIZE, true) !== ext2.DESCRIPTOR_SIZE) same("descriptor size", ext2.SB_DESCRIPTOR_SIZE, 2, 0);
  if (s.getUint32(ext2.SB_RESERVED_BLOCKS, true) > volume.layout.blocks / 2) same("reserved blocks", ext2.SB_RESERVED_BLOCKS, 4, 0);
  if (!(compatible & ext2.COMPATIBLE_JOURNAL)) same("journal inode", ext2.SB_JOURNAL_INODE, 4, 0);
  if (!(compatible & 0x10)) same("reserved descriptor blocks", ext2.SB_RESERVED_GDT_BLOCKS, 2, 0);
}

function clearError(volume: Ext2Volume, block: number): void {
  const bytes = volume.block(block);
  new DataView(bytes.buffer).setUint32(ext2.JS_ERROR, 0);
  volume.put(block, bytes);
}

/** Whether the groups can be looked at. */
function checkDescriptors(volume: Ext2Volume, report: Report): boolean {
  const { layout } = volume;
  let usable = true;
  for (let group = 0; group < layout.groups; group++) {
    const first = groupFirst(layout, group), head = headBlocks(layout, group), count = groupBlocks(layout, group), at = volume.descriptor(group);
    const inside = (block: number, length: number): boolean => block >= first + head && block + length <= first + count;
    const wrong = (what: string, block: number): void => { report.add(`group ${group}: ${what} ${block} is out of range`); usable = false; };
    if (!inside(at.blockBitmap, 1)) wrong("block bitmap", at.blockBitmap);
    if (!inside(at.inodeBitmap, 1) || at.inodeBitmap === at.blockBitmap) wrong("inode bitmap", at.inodeBitmap);
    if (!inside(at.inodeTable, volume.tableBlocks) || [at.blockBitmap, at.inodeBitmap].some((block) => block >= at.inodeTable && block < at.inodeTable + volume.tableBlocks)) wrong("inode table", at.inodeTable);
  }
  return usable;
}

/** Bitmaps and counts against what is in use. */
function checkBitmaps(volume: Ext2Volume, report: Report, inodes: InodeCheck): void {
  const { layout } = volume;
  let freeBlocks = 0, freeInodes = 0;
  const compare = (what: string, at: number, wanted: Bits, limit: number, first: number): void => {
    const found = new Bits(volume.block(at)), lost: number[] = [], missing: number[] = [];
    for (let i = 0; i < limit; i++) if (found.has(i) !== wanted.has(i)) (found.has(i) ? lost : missing).push(first + i);
    for (let i = limit; i < layout.blockSize * 8; i++) wanted.set(i);
    const list = (numbers: readonly number[]): string => `${numbers.slice(0, 8).join(", ")}${numbers.length > 8 ? ` and ${numbers.length - 8} more` : ""}`;
    const mend = (): void => volume.put(at, wanted.bytes);
    if (lost.length > 0) report.add(`${what} bitmap: in use there, and by nobody: ${list(lost)}`, mend);
    if (missing.length > 0) report.add(`${what} bitmap: free there, and in use: ${list(missing)}`, mend);
  };
  for (let group = 0; group < layout.groups; group++) {
    const at = volume.descriptor(group), first = groupFirst(layout, group), count = groupBlocks(layout, group);
    const blocks = new Bits(new Uint8Array(layout.blockSize)), used = new Bits(new Uint8Array(layout.blockSize));
    let free = 0, freeHere = 0;
    for (let i = 0; i < count; i++) if (inodes.owner[first + i]) { blocks.set(i); report.usedBlocks++; } else free++;
    for (let i = 0; i < layout.inodesPerGroup; i++) if (inodes.used.has(group * layout.inodesPerGroup + i)) used.set(i); else freeHere++;
    compare(`group ${group}: block`, at.blockBitmap, blocks, count, first);
    compare(`group ${group}: inode`, at.inodeBitmap, used, layout.inodesPerGroup, group * layout.inodesPerGroup + 1);
    const directories = inodes.directoriesOf[group] ?? 0;
    if (at.freeBlocks !== free || at.freeInodes !== freeHere || at.directories !== directories) {
      report.add(`group ${group}: counts of free blocks, free inodes and directories are ${at.freeBlocks}, ${at.freeInodes}, ${at.directories}; should be ${free}, ${freeHere}, ${directories}`, () => volume.putCounts(group, free, freeHere, directories));
    }
    freeBlocks += free;
    freeInodes += freeHere;
  }
  const bytes = volume.superblock(), s = new DataView(bytes.buffer);
  for (const [what, offset, wanted] of [["free blocks", ext2.SB_FREE_BLOCKS, freeBlocks], ["free inodes", ext2.SB_FREE_INODES, freeInodes]] as const) {
    if (s.getUint32(offset, true) === wanted) continue;
    report.add(`superblock: ${what} ${s.getUint32(offset, true)}, should be ${wanted}`, () => {
      const now = volume.superblock();
      new DataView(now.buffer).setUint32(offset, wanted, true);
      volume.putSuperblock(now);
    });
  }
}

/** Replay, mend what can be, and say in the superblock how it is then: how many findings are left. */
export function repairExt2(report: Report): number {
  const { volume } = report;
  if (!volume) return report.findings.length;
  const left = report.findings.filter(({ mend }) => !mend);
  // Damage that is not understood: only what the journal has is written.
  if (left.length === 0) for (const { mend } of report.findings) mend?.();
  const bytes = volume.superblock(), s = new DataView(bytes.buffer);
  s.setUint32(ext2.SB_INCOMPATIBLE, s.getUint32(ext2.SB_INCOMPATIBLE, true) & ~ext2.INCOMPATIBLE_RECOVER, true);
  s.setUint16(ext2.SB_STATE, left.length > 0 ? s.getUint16(ext2.SB_STATE, true) | ext2.STATE_ERROR : ext2.STATE_VALID, true);
  if (left.length > 0 || report.findings.length > 0 || report.needsReplay) volume.putSuperblock(bytes);
  volume.save();
  return left.length;
}
