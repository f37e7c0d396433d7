// Page memory begins small and grows: what a thread has just been given behind its old end is there for all others at once, the windows of later threads lie
// between the frames and are nobody's frames, and when there is no more, whoever asks is told so and nothing is lost.

import { expect, it } from "vitest";
import wabt from "wabt";
import { FAR_WINDOWS, FRAMES_BASE, FRAMES_GAP, FRAMES_GAP_END, H_FRAMES_FRESH, MAX_FRAMES, NEAR_THREADS, PAGE_MEMORY_FIRST_PAGES, PAGE_MEMORY_PAGES } from "../../abi/layout/kernel-memory.ts";
import { FRAME_SIZE, MAX_THREADS, WINDOW_SIZE } from "../../abi/layout/limits.ts";
import { Random, seedOfRun } from "../../lib/testing/random.ts";
import { windowOf } from "../machine/page-memory.ts";
import { TestMachine } from "../testing/test-machine.ts";
import { useMachine } from "../testing/use-machine.ts";

const MiB = 1 << 20, NoMemory = -32;
const test = useMachine();

it("the layout leaves no room between windows and frames, and lets none overlap", () => {
  expect(FRAMES_BASE).toBe(NEAR_THREADS * WINDOW_SIZE);
  expect(FRAMES_BASE + FRAMES_GAP * FRAME_SIZE).toBe(FAR_WINDOWS);
  expect(PAGE_MEMORY_FIRST_PAGES * 65536).toBe(FAR_WINDOWS);
  expect(FRAMES_BASE + FRAMES_GAP_END * FRAME_SIZE).toBe(FAR_WINDOWS + (MAX_THREADS - NEAR_THREADS) * WINDOW_SIZE);
  expect(FRAMES_BASE + MAX_FRAMES * FRAME_SIZE).toBe(PAGE_MEMORY_PAGES * 65536);
  const ends = Array.from({ length: MAX_THREADS }, (_, thread) => windowOf(thread)).map((at) => [at, at + WINDOW_SIZE] as const);
  for (const [index, [from, to]] of ends.entries()) {
    expect(to <= FRAMES_BASE || from >= FAR_WINDOWS && to <= FRAMES_BASE + FRAMES_GAP_END * FRAME_SIZE).toBe(true);
    if (index > 0) expect(from).toBeGreaterThanOrEqual(ends[index - 1]![1]);
  }
});

it("others read at once what lies in memory that has just been made larger, until there is no more", { timeout: 180_000 }, async () => {
  const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), size = (): number => machine.machine.pageMemory.buffer.byteLength;
  const readers = await Promise.all([0, 1, 2].map(() => machine.domain(256, 256))), spaces: { slot: number; at: number[]; marks: Map<number, number> }[] = [];
  expect(size()).toBe(FAR_WINDOWS);
  const sizes = new Set<number>();
  let full = false;
  while (!full) {
    const slot = await init.do("dataspaceCreate", BigInt(8 * MiB)), marks = new Map<number, number>(), at: number[] = [];
    spaces.push({ slot, at, marks });
    for (const reader of readers) at.push(await machine.grant(reader, slot));
    for (let part = 0; part < 8 * MiB && !full; part += MiB) {
      const mark = 1 + random.below(255), written = await init.do("dataspaceWrite", slot, BigInt(part), new Uint8Array(MiB).fill(mark));
      if (written !== MiB) { full = true; if (written < 0) { expect(written).toBe(NoMemory); break; } }
      const pages = Math.floor(written / FRAME_SIZE);
      for (let page = 0; page < pages; page++) marks.set(part / FRAME_SIZE + page, mark);
      sizes.add(size());
      // Whatever was written last, and something older.
      await Promise.all(readers.map(async (reader, index) => {
        for (const [in_, page] of [[spaces.length - 1, part / FRAME_SIZE + pages - 1], ...Array.from({ length: 3 }, () => [random.below(spaces.length), random.below(8 * MiB / FRAME_SIZE)])] as [number, number][]) {
          const expected = spaces[in_]!.marks.get(page) ?? 0, { data } = await reader.do("dataspaceRead", spaces[in_]!.at[index]!, BigInt(page * FRAME_SIZE), FRAME_SIZE);
          expect([data.length, data.every((byte) => byte === expected)], `seed ${seed}: page ${page} of ${in_}`).toEqual([FRAME_SIZE, true]);
        }
      }));
    }
  }
  expect(sizes.size, "it grew in steps").toBeGreaterThan(2);
  expect(size()).toBe(128 * MiB);
  expect(machine.machine.inspector.u32(H_FRAMES_FRESH)).toBe((128 * MiB - FRAMES_BASE) / FRAME_SIZE);
  machine.check();
  for (const { slot } of spaces) { await init.do("capRevoke", slot); await init.do("capDelete", slot); }
  await machine.end(...readers);
});

it("a program for whose thread there is no window is refused, and nobody else comes to harm", { timeout: 180_000 }, async () => {
  const own = await TestMachine.start({ pagePages: PAGE_MEMORY_FIRST_PAGES }), { init } = own;
  // It waits for ever.
  const code = new Uint8Array((await wabt()).parseWat("waits.wat", `(module (import "env" "memory" (memory 1 1 shared))
    (func (export "main") (result i32) (memory.atomic.wait32 (i32.const 4096) (i32.const 0) (i64.const -1))))`, { threads: true } as never).toBinary({}).buffer);
  const image = await init.do("dataspaceCreate", BigInt(code.length)), numbers: number[] = [], state = (domain: number): string => own.machine.inspector.domainState(domain), slots = new Map<number, number>();
  const start = async (): Promise<number> => {
    const slot = await init.do("domainCreate", 64, 64, 0, 0), { object } = (await init.do("capInfo", slot))!;
    slots.set(object, slot);
    expect(await init.do("domainStart", slot, image, 12)).toBe(0);
    await own.until(() => state(object) !== "created", "that it runs or is refused");
    return object;
  };
  await init.do("dataspaceWrite", image, 0n, code);
  for (let i = 0; i < 24; i++) numbers.push(await start());
  const running = numbers.filter((domain) => state(domain) === "running");
  expect(running.length).toBeGreaterThan(10);
  expect(running.length).toBeLessThan(NEAR_THREADS);
  expect(own.deaths.length).toBe(numbers.length - running.length);
  for (const { text } of own.deaths) expect(text).toContain("no Worker can be started");
  expect(own.machine.figures().workers).toBeLessThan(NEAR_THREADS);
  // A place that becomes free is taken by the next.
  for (const domain of running.slice(0, 3)) await init.do("domainKill", slots.get(domain)!);
  await own.until(() => own.deaths.length === numbers.length - running.length + 3, "three deaths");
  expect(state(await start())).toBe("running");
  own.check();
  await own.stop();
});
