// A small buffer cache and those who use it, each in a Worker: a Dataspace of a few pages, a "disk" that is an array of the keeper, writers
// that remember what they wrote last, and a board (a Dataspace of its own) where they tell it.
//
// A page is cut into lanes, one for each writer, of 4-byte cells that all hold one number: how often the lane was written. Lanes do not
// keep to pages: the last one reaches into the next page.

import { FRAME_SIZE, LABEL_PAGE_FAULT, MARK_DIRTY, MARK_REFERENCED } from "../../../abi/layout/limits.ts";
import { Random } from "../../../lib/testing/random.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";

export const PAGES = 12;
export const LANES = 3;
/** Bytes from one lane to the next: not a divisor of the page, so that some lie across two. */
const LANE = 1360;
const LANE_COUNT = Math.floor(PAGES * FRAME_SIZE / LANE);
/** Slots: the Dataspace, the board, and (the keeper's) the endpoint that faults come to. */
export const SPACE = 5, BOARD = 6, FAULTS = 7;

export interface WriterReport { writes: number; reads: number; lost: string[] }
export interface KeeperReport { faults: number; cleaned: number; reclaimed: number; wrong: string[] }

const stamped = (value: number): Uint8Array => new Uint8Array(new Uint32Array(LANE / 4).fill(value).buffer);
const cells = (data: Uint8Array): Uint32Array => new Uint32Array(data.slice().buffer);

/** Write own lanes for `milliseconds`, and read all. What was written last must be there; of others', at least what they have told. */
export function writer(kernel: Kernel, self: number, milliseconds: number, seed: number): WriterReport {
  const random = new Random(seed), end = performance.now() + milliseconds, mine = new Uint32Array(LANE_COUNT), report: WriterReport = { writes: 0, reads: 0, lost: [] };
  while (performance.now() < end && report.lost.length < 5) {
    const lane = random.below(LANE_COUNT), offset = BigInt(lane * LANE);
    if (lane % LANES === self && random.below(3)) {
      const value = mine[lane]! + 1, written = kernel.dataspaceWrite(SPACE, offset, stamped(value));
      if (written !== LANE) report.lost.push(`writing lane ${lane} gave ${written}`);
      mine[lane] = value;
      kernel.dataspaceWrite(BOARD, BigInt(lane * 4), new Uint8Array(new Uint32Array([value]).buffer));
      report.writes++;
    }
    const told = cells(kernel.dataspaceRead(BOARD, BigInt(lane * 4), 4).data)[0]!, { status, data } = kernel.dataspaceRead(SPACE, offset, LANE);
    if (status !== LANE) { report.lost.push(`reading lane ${lane} gave ${status}`); continue; }
    report.reads++;
    const seen = cells(data), wrong = seen.findIndex((cell) => lane % LANES === self ? cell !== mine[lane] : cell < told);
    if (wrong >= 0) report.lost.push(`cell ${wrong} of lane ${lane} is ${seen[wrong]}, ${lane % LANES === self ? `was written ${mine[lane]}` : `after ${told} was told`}`);
  }
  return report;
}

/** Serve faults, write dirty pages to the disk and reclaim clean ones, until `stop` (a Notification in that slot) is signalled. */
export function keeper(kernel: Kernel, seed: number, stop: number): KeeperReport {
  const random = new Random(seed), disk = new Uint8Array(PAGES * FRAME_SIZE), report: KeeperReport = { faults: 0, cleaned: 0, reclaimed: 0, wrong: [] };
  const serve = (): void => {
    for (let got = kernel.receive(FAULTS, 0); got.status === 0; got = kernel.receive(FAULTS, 0)) {
      const page = Number(got.words[0]), at = page * FRAME_SIZE;
      if (got.label !== LABEL_PAGE_FAULT || page >= PAGES) report.wrong.push(`a message of label ${got.label} for page ${page}`);
      const supplied = kernel.dataspaceSupply(SPACE, BigInt(at), disk.subarray(at, at + FRAME_SIZE));
      if (supplied !== FRAME_SIZE) report.wrong.push(`supplying page ${page} gave ${supplied}`);
      report.faults++;
      kernel.reply(got.reply, { status: 0 });
    }
  };
  while (kernel.wait(stop, 0).status < 0) {
    serve();
    const page = random.below(PAGES), at = page * FRAME_SIZE, { present, dirty } = kernel.dataspaceMarks(SPACE, page, 1, random.below(2) ? MARK_DIRTY : MARK_DIRTY | MARK_REFERENCED);
    if (!present) continue;
    // Clear the mark, then read: the order that misses nothing.
    if (dirty) { disk.set(kernel.dataspaceRead(SPACE, BigInt(at), FRAME_SIZE).data, at); report.cleaned++; }
    if (random.below(3) === 0) report.reclaimed += kernel.dataspaceReclaim(SPACE, page, 1);
    if (random.below(64) === 0) report.reclaimed += kernel.dataspaceReclaim(SPACE, 0, PAGES);
  }
  serve();
  return report;
}

/** Write the whole Dataspace again and again, whatever size it has, until `stop` is signalled. */
export function scribble(kernel: Kernel, stop: number): number {
  const data = new Uint8Array(2 * FRAME_SIZE).fill(255);
  let writes = 0;
  while (kernel.wait(stop, 0).status < 0) { kernel.dataspaceWrite(SPACE, 0n, data); writes++; }
  return writes;
}
