import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallFlow, dotsFor } from "./call-flow.ts";

const call = (count: number, label = 0x2001, from = 1, to = 2) => ({ from, to, label, count });

describe("the call flow", () => {
  it("takes what happened before the first look for history", () => {
    expect(new CallFlow().update([call(500)], 0)).toMatchObject([{ total: 500, fresh: 0, rate: 0, warmth: 0 }]);
  });

  it("adds up fresh calls to exactly what was counted since the first look", () => {
    fc.assert(fc.property(fc.array(fc.nat(1000), { minLength: 1 }), (steps) => {
      const flow = new CallFlow();
      flow.update([call(7)], 0);
      let count = 7;
      let seen = 0;
      steps.forEach((step, index) => { seen += flow.update([call(count += step)], (index + 1) * 250)[0].fresh; });
      expect(seen).toBe(count - 7);
    }));
  });

  it("joins labels of one path and lists the most frequent first", () => {
    const flow = new CallFlow();
    flow.update([], 0);
    const [path] = flow.update([call(3, 0x2001), call(9, 0x2002)], 500);
    expect(path).toMatchObject({ total: 12, fresh: 12, rate: 24, warmth: 1 });
    expect(path.labels.map((one) => one.label)).toEqual([0x2002, 0x2001]);
  });

  it("cools a path that is not used", () => {
    const flow = new CallFlow();
    flow.update([call(0)], 0);
    flow.update([call(1)], 100);
    expect(flow.update([call(1)], 1600)[0].warmth).toBeCloseTo(0.5);
  });

  it("starts over when a count falls, as a domain number was given anew", () => {
    const flow = new CallFlow();
    flow.update([call(100)], 0);
    expect(flow.update([call(4)], 100)[0].fresh).toBe(4);
  });

  it("shows more dots for more calls, up to a limit", () => {
    fc.assert(fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => { if (a <= b) expect(dotsFor(a)).toBeLessThanOrEqual(dotsFor(b)); }));
    expect([dotsFor(0), dotsFor(1), dotsFor(1e9)]).toEqual([0, 1, 8]);
  });
});
