import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VolumeRow } from "../../lib/ts/volume-list.ts";
import type { DomainSnapshot, SystemSnapshot } from "./machine-api.ts";
import { BOARD_HISTORY, niceTop, PlacementBoard, sparkPoints } from "./placement-board.ts";
import { inOrder, isDiskName, isNoLimit, nameOfFile, parseDiskSize, parseShare, shareBar, shareProblem, shareScale } from "./storage-words.ts";
import { HISTORY, VolumeHistory } from "./volume-history.ts";

const row = (part: Partial<VolumeRow>): VolumeRow => ({
  name: "opfs:home", pages: 0, guaranteed: 0, limit: 0, dirty: 0, hits: 0, misses: 0, readAhead: 0, evictions: 0, writeBacks: 0, barriers: 0, diskReads: 0, diskWrites: 0, failures: 0, objects: 1, borrowed: 0, lastError: 0, policy: 0, ...part,
});

describe("sizes and names of disks", () => {
  it.each([["64 MiB", 2 ** 26], ["64m", 2 ** 26], ["1.5G", 1.5 * 2 ** 30], ["1000", 1024], ["512 B", 512], ["64G", 2 ** 36]])("%s is %i bytes", (text, bytes) => expect(parseDiskSize(text)).toBe(bytes));
  it.each(["", "much", "-1", "0", "511", "65G", "1T", "1 2", "1e9"])("%j is no size", (text) => expect(parseDiskSize(text)).toBeUndefined());
  it("any file's name makes a disk's", () => fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => { expect(isDiskName(nameOfFile(name))).toBe(true); })));
  it("known drivers come first, in their order", () => expect(inOrder(["tape", "http", "ram", "opfs"])).toEqual(["opfs", "ram", "http", "tape"]));
});

describe("the bars of the buffer cache", () => {
  it("are never longer than their track, and show all pages held", () => {
    const pages = fc.nat(100_000);
    fc.assert(fc.property(pages, pages, pages, (held, guaranteed, limit) => {
      const one = row({ pages: held, guaranteed, limit, borrowed: Math.max(0, held - guaranteed) }), scale = shareScale([one]), bar = shareBar(one, scale);
      expect(bar.guaranteedUsed + bar.guaranteedFree + bar.borrowed).toBeLessThanOrEqual(1);
      expect(bar.guaranteedUsed + bar.borrowed).toBeCloseTo(held / scale);
      if (bar.limit !== undefined) expect(bar.limit).toBeLessThanOrEqual(1);
    }));
  });
});

describe("shares of the buffer cache", () => {
  it.each([["8 MiB", 2048], ["1 KiB", 1], ["8193", 3], ["1G", 262144], ["much", undefined]])("%s is %s pages", (text, pages) => expect(parseShare(text)).toBe(pages));
  it.each([["", true], [" no limit ", true], ["None", true], ["0", false], ["8 MiB", false]])("%j is no limit: %s", (text, expected) => expect(isNoLimit(text)).toBe(expected));

  it("are refused in words exactly if they are too small, do not fit beside the others', or are above their limit", () => {
    const pages = fc.nat(100_000);
    fc.assert(fc.property(pages, fc.oneof(fc.constant(0), pages), pages, pages, (guaranteed, limit, total, kept) => {
      const others = Math.min(kept, total), problem = shareProblem({ guaranteed, limit }, { pages: total, others });
      expect(problem === undefined).toBe(guaranteed >= 64 && guaranteed + others <= total && (limit === 0 || limit >= guaranteed));
      if (problem !== undefined) expect(problem).toMatch(/(KiB|MiB|GiB)/);
    }));
  });
});

describe("what the buffer cache did over time", () => {
  it("is the share of hits among the pages used since the look before, and nothing where none were", () => {
    const history = new VolumeHistory();
    history.add(0, [row({ hits: 1000, misses: 5, dirty: 3 })]);
    history.add(1, [row({ hits: 1090, misses: 15 }), row({ name: "b", hits: 7, dirty: 4 })]);
    history.add(2, [row({ hits: 1090, misses: 15 }), row({ name: "b", hits: 7 })]);
    // Attached anew.
    history.add(3, [row({ hits: 1, misses: 1 })]);
    expect(history.samples).toEqual([{ time: 0, hitRate: null, dirty: 3 }, { time: 1, hitRate: 90, dirty: 4 }, { time: 2, hitRate: null, dirty: 0 }, { time: 3, hitRate: null, dirty: 0 }]);
    for (let time = 4; time < 300; time++) history.add(time, []);
    expect(history.samples.length).toBe(HISTORY);
  });
});

describe("the placement board", () => {
  const domain = (part: Partial<DomainSnapshot>): DomainSnapshot => ({
    domain: 3, incarnation: 1, name: "vfs", layer: "server", state: "running", placement: "worker", movable: true, memory: 0, caps: 0, capQuota: 0, frames: 0, frameQuota: 0, activity: "", waitsOn: -1, calls: 0, served: 0, ...part,
  });
  const look = (time: number, ...domains: DomainSnapshot[]): SystemSnapshot => ({ time, domains } as unknown as SystemSnapshot);

  it("tells calls a second, and starts over when a domain's number is given anew", () => {
    const board = new PlacementBoard();
    expect(board.update(look(0, domain({ served: 500 })))[0]).toMatchObject({ answered: 0, history: [] });
    expect(board.update(look(2000, domain({ served: 700, calls: 50 })))[0]).toMatchObject({ answered: 100, made: 25, history: [100] });
    // The same look again.
    expect(board.update(look(2000, domain({ served: 700, calls: 50 })))[0]!.history).toEqual([100]);
    expect(board.update(look(3000, domain({ served: 5, incarnation: 2 })))[0]).toMatchObject({ answered: 0, history: [] });
  });

  it("leaves processes out, and puts first what can be moved", () => {
    const cards = new PlacementBoard().update(look(0, domain({ name: "init", movable: false }), domain({ domain: 4, name: "vfs" }), domain({ domain: 5, name: "cat", layer: "process" }), domain({ domain: 6, name: "pipe" })));
    expect(cards.map(({ name }) => name)).toEqual(["pipe", "vfs", "init"]);
  });

  it("draws within its box", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: BOARD_HISTORY }), (history) => {
      const top = niceTop(history);
      expect(top).toBeGreaterThanOrEqual(Math.max(10, ...history));
      for (const point of sparkPoints(history, top, 200, 40).split(" ").filter(Boolean)) {
        const [x, y] = point.split(",").map(Number);
        expect(x).toBeGreaterThanOrEqual(-0.1); expect(x).toBeLessThanOrEqual(200.1);
        expect(y).toBeGreaterThanOrEqual(0); expect(y).toBeLessThanOrEqual(40);
      }
    }));
  });
});
