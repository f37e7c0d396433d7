// Each policy does what the plain model of it does, reference by reference.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PolicyBench } from "./testing/bench.ts";
import { models } from "./testing/models.ts";
import { traces } from "./testing/traces.ts";

describe.each(models.map((model, kind) => ({ ...model, kind })))("$name", ({ kind, make }) => {
  it("gives up what its model gives up, on any references", async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(24), { maxLength: 300, size: "max" }), async (capacity, pages) => {
      const policy = await PolicyBench.start(kind, capacity), model = make(capacity);
      expect(pages.map((page) => policy.refer(page))).toEqual(pages.map((page) => model.refer(page)));
    }), { numRuns: 60 });
  });

  it.each(traces(32, 4000).map(({ name, pages }) => [name, pages] as const))("gives up what its model gives up, on the trace %s", async (_, pages) => {
    const policy = await PolicyBench.start(kind, 32), model = make(32);
    expect(pages.map((page) => policy.refer(page))).toEqual(pages.map((page) => model.refer(page)));
  });
});

it("a policy can be changed at any time and loses no page by it", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.nat(40), fc.nat(3).map((kind) => -1 - kind)), { maxLength: 200, size: "max" }), async (steps) => {
    const policy = await PolicyBench.start(0, 16), there = new Set<number>();
    for (const step of steps) {
      if (step < 0) { expect(policy.change(-1 - step)).toBe(there.size); continue; }
      const outcome = policy.refer(step);
      expect(outcome === "hit").toBe(there.has(step));
      if (typeof outcome === "number") expect(there.delete(outcome)).toBe(true);
      there.add(step);
    }
  }), { numRuns: 60 });
});

it("scans do not drive out what is used again and again, but for Clock and LRU", async () => {
  const rates = await Promise.all(models.map(async (_, kind) => {
    const { pages } = traces(64, 20_000).find(({ name }) => name === "bursts")!, policy = await PolicyBench.start(kind, 64);
    return pages.filter((page) => policy.refer(page) === "hit").length / pages.length;
  }));
  const [clock, lru, twoQueues, arc] = rates as [number, number, number, number];
  for (const better of [twoQueues, arc]) for (const worse of [clock, lru]) expect(better, `${rates}`).toBeGreaterThan(worse);
});
