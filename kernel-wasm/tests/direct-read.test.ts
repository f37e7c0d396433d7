// The kernel's short way of reading remembers what it looked up last. That is never the way to anything else than what the slot's capability gives at the moment: not
// after revocation, nor when the same slot, the same Dataspace record, the same nodes or frames are in use again (I10, I21).

import { beforeAll, describe, expect, it } from "vitest";
import { FRAME_SIZE, MARK_DIRTY, MARK_REFERENCED, RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { compileDirect, DirectReader } from "../testing/direct-reader.ts";
import { useMachine } from "../testing/use-machine.ts";
import { REGRANTED, REGRANT_RUN } from "./programs/regrant.ts";

const SECONDS = 5 * runsFactor(), STEPS = 3000 * runsFactor();
const PAGE = BigInt(FRAME_SIZE);
/** In four leaves. */
const PAGES = [0, 1, 2, 255, 256, 257, 699, 69_999];
const filled = (value: number, length = FRAME_SIZE): Uint8Array => new Uint8Array(length).fill(value);

describe("the short way of reading", () => {
  const test = useMachine();
  beforeAll(async () => { await compileDirect(); });

  it("reads what lies in one page that was read before, and leaves all else to the kernel", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(), reader = await DirectReader.of(machine, puppet.number);
    const space = await init.do("dataspaceCreate", 600n * PAGE + 10n), small = await init.do("dataspaceCreate", 100n);
    for (const page of [0n, 1n, 300n, 600n]) await init.do("dataspaceWrite", space, page * PAGE, filled(Number(page & 255n) + 1, 10));
    await init.do("dataspaceWrite", small, 0n, filled(9, 100));
    for (const [slot, at] of [[space, 5], [small, 6]] as const) await init.do("capGrant", puppet.slot, slot, RIGHT_READ, 1, at);
    expect(reader.readNow(5, 0n, 10)).toBeUndefined();
    expect(reader.read(5, 0n, 10)).toEqual(filled(1, 10));
    expect(reader.readNow(5, 0n, 10)).toEqual(filled(1, 10));
    expect(reader.readNow(5, PAGE + 4n, 4)).toEqual(filled(2, 4));
    // Another leaf, another slot.
    expect(reader.readNow(5, 300n * PAGE, 4)).toBeUndefined();
    expect(reader.read(5, 300n * PAGE, 4)).toEqual(filled(45, 4));
    expect(reader.readNow(5, 300n * PAGE, 4)).toEqual(filled(45, 4));
    expect(reader.readNow(6, 0n, 4)).toBeUndefined();
    // A table of depth 0 is walked each time.
    for (let i = 0; i < 2; i++) {
      expect(reader.read(6, 90n, 100)).toEqual(filled(9, 10));
      expect(reader.readNow(6, 90n, 100)).toBeUndefined();
    }
    // Up to the end, and nothing beyond it, before the beginning, across a page or where nothing is.
    for (const read of [(offset: bigint, length: number, at?: number) => reader.read(5, offset, length, at), (offset: bigint, length: number, at?: number) => reader.readNow(5, offset, length, at)]) {
      expect(read(600n * PAGE + 4n, 100)).toEqual(filled(89, 6));
      expect(read(600n * PAGE, 0)).toEqual(new Uint8Array());
      for (const [offset, length] of [[600n * PAGE + 10n, 1], [-1n, 1], [-PAGE, 4], [1n << 62n, 1], [-(1n << 63n), 1], [600n * PAGE - 1n, 2], [601n * PAGE, 1], [2n * PAGE, 1], [300n * PAGE, -1]] as const) {
        expect(read(offset, length), `${offset} ${length}`).toBeUndefined();
      }
      // Into the program's memory only.
      expect(read(600n * PAGE, 4, 65532)).toEqual(filled(89, 4));
      for (const at of [65533, 65536, -4, 2 ** 31 - 1]) expect(read(600n * PAGE, 4, at), `${at}`).toBeUndefined();
    }
    // The page is marked as read by whom it is left to, also when the mark was taken back.
    await init.do("dataspaceMarks", space, 600, 1, MARK_REFERENCED);
    expect(reader.readNow(5, 600n * PAGE, 4)).toBeUndefined();
    expect(reader.read(5, 600n * PAGE, 4)).toBeUndefined();
    for (const slot of [space, small]) { await init.do("capRevoke", slot); await init.do("capDelete", slot); }
    await machine.end(puppet);
  });

  it("gives what the kernel gives, or nothing, whatever has happened since the last time", async () => {
    const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), puppet = await machine.domain(), reader = await DirectReader.of(machine, puppet.number);
    const held = new Map<number, { space: number; rights: number; pages: number }>();
    const drop = async (at: number): Promise<void> => {
      const { space } = held.get(at)!;
      await init.do("capRevoke", space);
      await init.do("capDelete", space);
      held.delete(at);
    };
    let now = 0, short = 0, none = 0, at = 5, offset = 0n;
    for (let step = 0; step < STEPS; step++) {
      if (!random.below(4)) at = random.pick([5, 6, 7]);
      const object = held.get(at);
      if (!object || !random.below(25)) {
        if (object) await drop(at);
        const pages = random.pick([1, 3, 256, 257, 700, 70_000]), space = await init.do("dataspaceCreate", BigInt(pages * FRAME_SIZE - random.below(3) * 100));
        for (const page of PAGES) if (random.below(3) === 0) await init.do("dataspaceWrite", space, BigInt(page % pages) * PAGE, filled(step % 250 + 1));
        const rights = random.below(6) ? RIGHT_READ | RIGHT_WRITE : RIGHT_WRITE | RIGHT_GRANT;
        expect(await init.do("capGrant", puppet.slot, space, rights, 1, at)).toBe(at);
        held.set(at, { space, rights, pages });
        continue;
      }
      const { space, rights, pages } = object, page = random.pick(PAGES) % pages;
      switch (random.below(16)) {
        case 0: await init.do("dataspaceEvict", space, page, 1 + random.below(pages)); break;
        case 1: await init.do("dataspaceResize", space, BigInt(random.below(pages * FRAME_SIZE))); break;
        case 2: await init.do("dataspaceResize", space, BigInt(pages * FRAME_SIZE)); break;
        case 3: await init.do("dataspaceMarks", space, page, 64, random.pick([MARK_REFERENCED, MARK_DIRTY | MARK_REFERENCED])); break;
        case 4: await init.do("dataspaceReclaim", space, page, 1 + random.below(pages)); break;
        case 5: await init.do("dataspaceSupply", space, BigInt(page) * PAGE, filled(step % 250 + 1)); break;
        case 6: case 7: await init.do("dataspaceWrite", space, BigInt(page) * PAGE, filled(step % 250 + 1)); break;
        default:
          offset = BigInt(page) * PAGE + BigInt(random.below(FRAME_SIZE));
      }
      const length = random.below(5) ? random.below(50) : random.below(FRAME_SIZE + 100), first = reader.readNow(at, offset, length), second = reader.read(at, offset, length), third = reader.readNow(at, offset, length);
      const { data } = await init.do("dataspaceRead", space, offset, length);
      for (const got of [first, second, third]) {
        if (got) expect(rights & RIGHT_READ ? got : "no right", `seed ${seed}, step ${step}, slot ${at}, offset ${offset}, length ${length}`).toEqual(data);
      }
      if (first) now++; else if (second) short++; else none++;
    }
    console.log(`short way of reading: seed ${seed}, ${now} with what was remembered, ${short} with a look-up, ${none} left to the kernel`);
    for (const count of [now, short, none]) expect(count).toBeGreaterThan(STEPS / 50);
    for (const slot of [...held.keys()]) await drop(slot);
    await machine.end(puppet);
  });

  it("never shows a byte of what the slot does not name, while others revoke, cut, evict and use it all again", { timeout: SECONDS * 1000 + 60_000 }, async () => {
    const { machine } = test, { init } = machine, seed = seedOfRun(), random = new Random(seed), puppet = await machine.domain(), reader = await DirectReader.of(machine, puppet.number);
    let running = true, reads = 0, remembered = 0;
    const others = await Promise.all([0, 1].map(() => machine.domain(64, 4096)));
    const granting = (init.run("regrant", puppet.slot, SECONDS * 1000, seed) as Promise<number>).finally(() => { running = false; });
    const churning = others.map((other, i) => other.run("stamps", SECONDS * 1000, seed + i, true));
    while (running) {
      for (const slice = performance.now() + 10; performance.now() < slice;) {
        const slot = random.pick(REGRANTED), leaf = random.below(3);
        for (let i = 0; i < 100; i++) {
          const offset = BigInt(leaf * 256 + random.below(REGRANT_RUN)) * PAGE, before = reader.badgeOf(slot);
          const now = reader.readNow(slot, offset, FRAME_SIZE), got = now ?? reader.read(slot, offset, FRAME_SIZE);
          if (!got || !before || reader.badgeOf(slot) !== before) continue;
          reads++;
          if (now) remembered++;
          for (const byte of got) if (byte !== 0 && byte !== before) expect.fail(`seed ${seed}: a byte of ${byte} in Dataspace ${before} at ${offset}`);
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const grants = await granting;
    await Promise.all(churning);
    console.log(`short way of reading: seed ${seed}, ${reads} reads, ${remembered} with what was remembered, of ${grants} Dataspaces`);
    for (const count of [reads, remembered, grants]) expect(count).toBeGreaterThan(100);
    await machine.end(puppet, ...others);
  });

  it("leaves no window open in which freed memory could not be had again", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(), reader = await DirectReader.of(machine, puppet.number);
    const space = await init.do("dataspaceCreate", 2n * PAGE);
    await init.do("dataspaceWrite", space, 0n, filled(1, 2 * FRAME_SIZE));
    await init.do("capGrant", puppet.slot, space, RIGHT_ALL, 1, 5);
    for (const [offset, length] of [[0n, 4], [0n, 4], [9n * PAGE, 4], [-1n, 1], [PAGE, 5000]] as const) {
      reader.readNow(5, offset, length);
      expect(reader.copying, "after readNow").toBe(false);
      reader.read(5, offset, length);
      expect(reader.copying, "after read").toBe(false);
    }
    await init.do("capRevoke", space);
    await init.do("capDelete", space);
    reader.readNow(5, 0n, 4);
    expect(reader.copying).toBe(false);
    await machine.end(puppet);
  });
});
