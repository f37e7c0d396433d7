// Write-back and eviction against writers and readers, all at once, in Workers of their own (the races of object/page-marks): no write is lost, and
// what somebody has finished writing is never followed by something older.

import { expect, it } from "vitest";
import { DATASPACES, DATASPACE_SIZE, ENTRY_FRAME, FRAMES_BASE, H_NEXT_DATASPACE, S_DEPTH, S_LENGTH, S_ROOT, S_STATE, S_WRITES } from "../../abi/layout/kernel-memory.ts";
import { FRAME_SIZE, RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { PageBytes } from "../machine/page-memory.ts";
import { useMachine } from "../testing/use-machine.ts";
import { BOARD, FAULTS, LANES, PAGES, SPACE, type KeeperReport, type WriterReport } from "./programs/write-back.ts";

const SECONDS = 6 * runsFactor(), STOP = 6;
const test = useMachine();

it("what was written is there, however often its page is written back, given up and supplied again", { timeout: SECONDS * 1000 + 60_000 }, async () => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed);
  const keeper = await machine.domain(256, PAGES), writers = await Promise.all(Array.from({ length: LANES }, () => machine.domain()));
  const space = await init.do("dataspaceCreate", BigInt(PAGES * FRAME_SIZE)), board = await init.do("dataspaceCreate", 65536n);
  const faults = await init.do("endpointCreate"), stop = await init.do("notificationCreate");
  const give = async (to: typeof keeper, slot: number, at: number, rights = RIGHT_ALL): Promise<void> => { expect(await init.do("capGrant", to.slot, slot, rights, 0, at)).toBe(at); };
  for (const [slot, at] of [[space, SPACE], [faults, FAULTS], [stop, STOP]] as const) await give(keeper, slot, at);
  expect(await keeper.do("dataspaceSetPager", SPACE, FAULTS, 1)).toBe(0);
  await keeper.do("receive", FAULTS, 0); // The endpoint is the keeper's now.
  for (const writer of writers) { await give(writer, space, SPACE, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT); await give(writer, board, BOARD, RIGHT_READ | RIGHT_WRITE); }
  const keeping = keeper.run("keeper", random.below(2 ** 31), STOP) as Promise<KeeperReport>;
  const reports = await Promise.all(writers.map((writer, i) => writer.run("writer", i, SECONDS * 1000, random.below(2 ** 31)) as Promise<WriterReport>));
  await init.do("signal", stop, 1n);
  const kept = await keeping;
  const sum = (of: (report: WriterReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  console.log(`write-back: seed ${seed}, ${sum(({ writes }) => writes)} writes, ${sum(({ reads }) => reads)} reads, ${kept.faults} faults, ${kept.cleaned} pages written back, ${kept.reclaimed} given up`);
  expect(kept.wrong, `seed ${seed}`).toEqual([]);
  for (const { lost } of reports) expect(lost, `seed ${seed}`).toEqual([]);
  for (const count of [sum(({ writes }) => writes), sum(({ reads }) => reads), kept.faults, kept.cleaned, kept.reclaimed]) expect(count).toBeGreaterThan(5);
  for (const slot of [space, board, faults, stop]) { await init.do("capRevoke", slot); await init.do("capDelete", slot); }
  await machine.end(keeper, ...writers);
});

it("who cuts a Dataspace while somebody writes leaves zeros behind its end (I20)", async () => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), scribbler = await machine.domain();
  const space = await init.do("dataspaceCreate", 2n * BigInt(FRAME_SIZE)), stop = await init.do("notificationCreate");
  for (const [slot, at] of [[space, SPACE], [stop, STOP]] as const) expect(await init.do("capGrant", scribbler.slot, slot, RIGHT_ALL, 0, at)).toBe(at);
  const kernel = new DataView(machine.machine.kernelMemory.buffer), pages = new PageBytes(machine.machine.pageMemory);
  const all = Array.from({ length: kernel.getUint32(H_NEXT_DATASPACE, true) }, (_, i) => DATASPACES + i * DATASPACE_SIZE).filter((at) => kernel.getUint32(at + S_STATE, true) === 1);
  expect(all).toHaveLength(1);
  const [at] = all as [number], writes = (): bigint => kernel.getBigUint64(at + S_WRITES, true);
  const scribbling = scribbler.run("scribble", STOP) as Promise<number>;
  await machine.until(() => kernel.getUint32(at + S_DEPTH, true) === 1, "both pages to be there");
  let cuts = 0;
  for (const end = performance.now() + 2500 * runsFactor(); performance.now() < end || cuts <= 20; cuts++) {
    const size = FRAME_SIZE + 1 + random.below(FRAME_SIZE - 1);
    await init.do("dataspaceResize", space, BigInt(size));
    // Two parts a write: after four more of them, what was under way during the cut is over; what began later ends at the size.
    const before = writes();
    await machine.until(() => writes() > before + 4n, "it to write");
    expect(kernel.getUint32(at + S_LENGTH, true)).toBe(size);
    const entry = kernel.getUint32(kernel.getUint32(at + S_ROOT, true) + 4, true), frame = FRAMES_BASE + (entry & ENTRY_FRAME) * FRAME_SIZE;
    const rest = pages.upTo(frame + FRAME_SIZE).subarray(frame + size % FRAME_SIZE, frame + FRAME_SIZE);
    if (size % FRAME_SIZE) expect(rest.findIndex((byte) => byte !== 0), `seed ${seed}: after cut ${cuts} to ${size}, entry ${entry}`).toBe(-1);
    await init.do("dataspaceResize", space, 2n * BigInt(FRAME_SIZE));
  }
  await init.do("signal", stop, 1n);
  expect(await scribbling).toBeGreaterThan(50);
  for (const slot of [space, stop]) { await init.do("capRevoke", slot); await init.do("capDelete", slot); }
  await machine.end(scribbler);
});
