// One of several who use a volume of the buffer cache at once, each with a file of its own and blocks of its own in the image, between those of the
// others. It stands still now and then between the steps of a write, as a thread does on a machine that has more to do, while the others take what room there is.
// It writes, cuts its file off, has things written back, reads ahead, gives pages up by reading more than there is room for, and looks: what it wrote
// last must be there, in the Dataspaces always, and on the disk itself from each barrier until it writes again; where it cut, zeros.

import { DiskClient } from "../../../abi/generated/ts/client/disk.ts";
import { VolumeClient } from "../../../abi/generated/ts/client/volume.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { FRAME_SIZE, MAP_PATIENCE, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { Random } from "../../../lib/testing/random.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";

/** Slots: the volume, its image, the disk itself. */
export const VOLUME = 5, IMAGE = 6, DISK = 7;
export const USERS = 3;
const FILE_PAGES = 90, LANES = 120;
/** Blocks of 1 KiB: the lanes of all users lie in turn in the first part of the disk, pages of a user's file after it, in turn with the others'. */
const BLOCK = 1024, FILES_AT = 1 + LANES * USERS;
export const DISK_SIZE = (FILES_AT + FILE_PAGES * 4 * USERS + 16) * BLOCK;

export interface CachedReport { /** Calls that failed because the disk's driver had died. */ failed: number; writes: number; /** Writes that took so long that the pages were mapped again. */ again: number; cuts: number; barriers: number; looks: number; refused: number; wrong: string[] }

/** `doomed`: the disk's driver will die. From the first error on, what is on the disk is out of reach, but what is written stays and reads as it was
 *  written, and whoever wants it on the disk is told that it is not. */
export function cached(kernel: Kernel, self: number, milliseconds: number, seed: number, doomed = false): CachedReport {
  const random = new Random(seed), end = performance.now() + milliseconds, report: CachedReport = { failed: 0, writes: 0, again: 0, cuts: 0, barriers: 0, looks: 0, refused: 0, wrong: [] };
  const volume = new VolumeClient(kernel, VOLUME), disk = new DiskClient(kernel, DISK), made = volume.object();
  if (made.error) return { ...report, wrong: [`object: ${made.error}`] };
  const { object, dataspace } = made, weak = kernel.capMint(dataspace, RIGHT_READ | RIGHT_WRITE, 0);
  kernel.dataspaceResize(dataspace, BigInt(FILE_PAGES * FRAME_SIZE));
  // Its own pager, as a file system is: what touches an absent page is told so (WouldDeadlock), and has it filled.
  const pager = kernel.endpointCreate();
  kernel.receive(pager, 0);
  kernel.dataspaceSetPager(dataspace, pager, 1);
  // A block holds one number; in a file's page each of its four.
  const laneOf = (lane: number): number => 1 + lane * USERS + self, blockOf = (block: number): number => FILES_AT + block * USERS + self;
  /** Whether a page has places: it was written since the file was cut there. */
  const placed = Array.from({ length: FILE_PAGES }, () => true);
  const lanes = new Uint32Array(LANES), blocks = new Uint32Array(FILE_PAGES * 4), stamped = (value: number): Uint8Array => new Uint8Array(new Uint32Array(BLOCK / 4).fill(value).buffer);
  const placesOf = (page: number, pages: number): Uint8Array => new Uint8Array(Uint32Array.from({ length: pages * 4 }, (_, i) => placed[page + (i >> 2)] ? blockOf(page * 4 + i) * 2 : 0).buffer);
  const isAll = (data: Uint8Array, value: number): boolean => data.length === BLOCK && new Uint32Array(data.slice().buffer).every((cell) => cell === value);
  const complain = (what: string): void => { report.wrong.push(what); };
  let value = self + 1;
  /** Lanes of which nobody knows what the disk has. */
  const lost = new Set<number>();
  /** Blocks that were written after the driver had died. */
  const kept = new Set<number>();
  const dead = (error: number): boolean => {
    // What cannot be written takes the room of what could be read.
    if (!doomed || (error !== Errors.Io && !(error === Errors.NoMemory && report.failed))) return false;
    report.failed++;
    return true;
  };
  /** All of another's may be looked at as well, to want room; that is not checked. */
  const fill = (page: number, pages: number): boolean => {
    const ahead = random.below(3) ? 0 : Math.min(random.below(60), FILE_PAGES - page - pages);
    const filled = volume.fill(object, page, BLOCK, pages, placesOf(page, pages + ahead));
    if (filled.error && !dead(filled.error)) report.refused++;
    return filled.error === 0;
  };
  /** Shorter than a writer may take (MAP_PATIENCE), longer, and longer than what he mapped stays. */
  const standStill = (): void => { for (const until = performance.now() + random.pick([15, 15, 15, 15, 50, 200]); performance.now() < until;); };
  const write = (page: number, pages: number, part: boolean): void => {
    const gone = report.failed > 0, first = page * 4 + (part ? random.below(4) : 0), count = part ? 1 : pages * 4;
    for (let tries = 0; tries < 100; tries++) {
      if (part && !fill(page, 1)) continue;
      const before = placed.slice(page, page + pages), started = kernel.monotonic(), mapped = (): boolean => volume.map(object, page, BLOCK, placesOf(page, part ? 1 : pages)).error === 0;
      placed.fill(true, page, page + (part ? 1 : pages));
      if (!mapped()) {
        before.forEach((was, i) => { placed[page + i] = was; });
        report.refused++;
        continue;
      }
      if (random.below(40) === 0) standStill();
      value += USERS;
      const data = new Uint8Array(new Uint32Array(count * BLOCK / 4).fill(value).buffer), written = kernel.dataspaceWrite(part && before[0] ? weak : dataspace, BigInt(first * BLOCK), data);
      if (written === -Errors.WouldDeadlock) continue;
      if (written !== data.length) { complain(`writing ${count} blocks from ${first} gave ${written}`); return; }
      blocks.fill(value, first, first + count);
      if (kernel.monotonic() - started > MAP_PATIENCE) {
        report.again++;
        if (!mapped()) { report.refused++; continue; }
      }
      if (gone) for (let block = first; block < first + count; block++) kept.add(block);
      report.writes++;
      return;
    }
    if (!report.failed) complain(`no room to write page ${page}`);
  };
  const look = (block: number): void => {
    for (let tries = 0; tries < 100; tries++) {
      if (!fill(block >> 2, 1)) {
        if (kept.has(block)) complain(`block ${block} was written when the driver was dead, and is lost`);
        if (report.failed) return;
        continue;
      }
      const { status, data } = kernel.dataspaceRead(dataspace, BigInt(block * BLOCK), BLOCK);
      if (status === -Errors.WouldDeadlock) continue;
      report.looks++;
      if (!isAll(data, blocks[block]!)) complain(`block ${block} reads ${status}, starts with ${data.slice(0, 4)}, was written ${blocks[block]}`);
      return;
    }
  };
  /** Shorter, and as long as before again. */
  const cut = (page: number): void => {
    const { error } = volume.unmap(object, page);
    if (error) complain(`unmap: ${error}`);
    for (const block of kept) if (block >= page * 4) kept.delete(block);
    kernel.dataspaceResize(dataspace, BigInt(page * FRAME_SIZE));
    placed.fill(false, page);
    blocks.fill(0, page * 4);
    kernel.dataspaceResize(dataspace, BigInt(FILE_PAGES * FRAME_SIZE));
    report.cuts++;
  };
  const stable = (): void => {
    const { error } = volume.barrier();
    if (!error && report.failed) complain("a barrier succeeded without a disk");
    if (error) { if (!dead(error)) complain(`barrier: ${error}`); return; }
    report.barriers++;
    // Twice: what is written back late must not be old.
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 12; i++) {
        const lane = random.below(LANES), block = random.below(blocks.length);
        for (const [what, at, expected] of [["lane", laneOf(lane), lanes[lane]!], ["block", blockOf(block), blocks[block]!]] as const) {
          if (what === "block" && !placed[block >> 2]) continue;
          const got = disk.read(BigInt(at * BLOCK), BLOCK);
          if (got.error && doomed) continue;
          if (got.error) complain(`reading the disk: ${got.error}`);
          else if (!isAll(got.data, expected)) complain(`${what} ${what === "lane" ? lane : block} on the disk starts with ${got.data.slice(0, 4)}, was written ${expected} before the barrier`);
        }
      }
      kernel.dataspaceRead(IMAGE, BigInt(random.below(DISK_SIZE)), FRAME_SIZE);
    }
  };
  while (performance.now() < end && report.wrong.length < 5) {
    const page = random.below(FILE_PAGES - 4), lane = random.below(LANES);
    switch (random.below(13)) {
      case 0: case 1: write(page, 1 + random.below(4), false); break;
      case 2: write(page, 1, true); break;
      case 3: case 4: case 5: look(random.below(blocks.length)); break;
      case 6: case 7: {
        value += USERS;
        const through = random.below(3) === 0, offset = BigInt(laneOf(lane) * BLOCK);
        const written = through ? -volume.writeThrough(offset, stamped(value)).error || BLOCK : kernel.dataspaceWrite(IMAGE, offset, stamped(value));
        // It may have got to the disk, or not.
        if (written < 0 && dead(-written)) { lost.add(lane); break; }
        lost.delete(lane);
        if (written !== BLOCK) complain(`writing lane ${lane} gave ${written}`);
        lanes[lane] = value;
        report.writes++;
        break;
      }
      case 8: case 9: {
        const { status, data } = kernel.dataspaceRead(IMAGE, BigInt(laneOf(lane) * BLOCK), BLOCK);
        if (lost.has(lane) || (status < 0 && dead(-status))) break;
        report.looks++;
        if (status !== BLOCK || !isAll(data, lanes[lane]!)) complain(`lane ${lane} reads ${status}, starts with ${data.slice(0, 4)}, was written ${lanes[lane]}`);
        break;
      }
      case 10: {
        const dirty = kept.size > 0, { error } = volume.writeBack(random.below(2) ? object : 0);
        if (error ? !dead(error) : dirty) complain(`writing back gave ${error}`);
        break;
      }
      case 11:
        if (random.below(3)) break;
        // A look ahead, so that something is under way.
        fill(Math.max(0, page - 30), 1);
        cut(page);
        break;
      default: if (random.below(3) === 0) stable();
    }
  }
  if (report.wrong.length === 0) stable();
  for (const slot of [weak, dataspace, pager]) kernel.capDelete(slot);
  const dropped = volume.drop(object).error;
  if (dropped) complain(`drop: ${dropped}`);
  return report;
}
