import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fit, follow, MOST_SPAN, LEAST_SPAN, pan, positionOf, ticks, timeAt, zoom } from "./timeline-view.ts";

const window = fc.record({ start: fc.double({ min: 0, max: 1e9, noNaN: true }), span: fc.double({ min: LEAST_SPAN, max: MOST_SPAN, noNaN: true }) });
const part = fc.double({ min: 0, max: 1, noNaN: true });

describe("the timeline's window", () => {
  it("keeps what is under the pointer in its place when it zooms", () => {
    fc.assert(fc.property(window, fc.double({ min: 0.1, max: 10, noNaN: true }), part, (view, factor, fraction) => {
      const before = timeAt(view, fraction * 1000, 1000);
      const after = positionOf(zoom(view, factor, fraction), before, 1000);
      expect(Math.abs(after - fraction * 1000)).toBeLessThan(1);
    }));
  });
  it("stays within its least and most span", () => {
    fc.assert(fc.property(window, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (view, factor) => {
      const { span } = zoom(view, factor);
      expect(span >= LEAST_SPAN && span <= MOST_SPAN).toBe(true);
    }));
  });
  it("moves without changing its span", () => fc.assert(fc.property(window, part, (view, fraction) => { expect(pan(view, fraction).span).toBe(view.span); })));
  it("shows all when fitted, and the newest at the right when it follows", () => {
    const view = fit(1000, 2000);
    expect(positionOf(view, 1000, 100)).toBeGreaterThan(0);
    expect(positionOf(view, 2000, 100)).toBeLessThan(100);
    expect(positionOf(follow(view, 9000), 9000, 100)).toBeCloseTo(97);
  });
  it("has grid lines at round steps within it", () => {
    fc.assert(fc.property(window, fc.integer({ min: 2, max: 20 }), (view, most) => {
      const { step, times } = ticks(view, most);
      expect(times.length).toBeLessThanOrEqual(most + 1);
      expect(String(step / 10 ** Math.floor(Math.log10(step) + 1e-9))).toMatch(/^(1|2|5)/);
      for (const time of times) expect(time >= view.start - step * 1e-6 && time <= view.start + view.span + step * 1e-6).toBe(true);
    }));
  });
});
