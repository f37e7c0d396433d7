import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TraceEvent } from "./machine-api.ts";
import { CAPACITY, Timeline } from "./timeline.ts";

const event = (sequence: number, fields: Partial<TraceEvent> = {}): TraceEvent =>
  ({ sequence, time: sequence * 10, kind: "call", thread: 1, domain: 1, peer: 2, label: 0x2101, value: 0, ...fields });

describe("the timeline", () => {
  it("joins a call with its answer", () => {
    const timeline = new Timeline();
    timeline.add([event(1), event(2, { kind: "receive", domain: 2, peer: 1 }), event(3, { kind: "reply", domain: 2, peer: 1, value: -48 })]);
    expect(timeline.messages()).toMatchObject([{ from: 1, to: 2, kind: "call", duration: 20, status: -48 }]);
  });

  it("answers calls of several callers each with its own", () => {
    const timeline = new Timeline();
    timeline.add([event(1, { domain: 1 }), event(2, { domain: 3 }), event(3, { kind: "reply", domain: 2, peer: 3 }), event(4, { kind: "reply", domain: 2, peer: 1 })]);
    expect(timeline.messages().map(({ from, duration }) => [from, duration])).toEqual([[1, 30], [3, 10]]);
  });

  it("leaves a call without an answer open", () => {
    const timeline = new Timeline();
    timeline.add([event(1)]);
    expect(timeline.messages()[0].duration).toBeUndefined();
  });

  it("takes each event once, however often it is given", () => {
    fc.assert(fc.property(fc.array(fc.nat(50), { minLength: 1 }), (starts) => {
      const all = Array.from({ length: 60 }, (_, index) => event(index + 1, { kind: "send" }));
      const timeline = new Timeline();
      for (const start of [...starts].sort((a, b) => a - b)) timeline.add(all.slice(0, start + 1));
      timeline.add(all);
      expect(timeline.messages().map((message) => message.sequence)).toEqual(all.map((one) => one.sequence));
      expect(timeline.lost).toBe(0);
    }));
  });

  it("counts what the ring lost", () => {
    const timeline = new Timeline();
    timeline.add([event(5), event(9)]);
    expect(timeline.lost).toBe(3);
  });

  it("keeps the newest and forgets the rest", () => {
    const timeline = new Timeline();
    timeline.add(Array.from({ length: CAPACITY + 10 }, (_, index) => event(index + 1)));
    expect(timeline.length).toBe(CAPACITY);
    expect(timeline.messages()[0].sequence).toBe(11);
  });

  it("filters by domain on either side, by label and by kind", () => {
    const timeline = new Timeline();
    timeline.add([event(1), event(2, { domain: 3, peer: 1 }), event(3, { domain: 4, peer: 5, label: 0x2102, kind: "signal" })]);
    expect(timeline.messages({ domain: 1 }).length).toBe(2);
    expect(timeline.messages({ label: 0x2102 }).length).toBe(1);
    expect(timeline.messages({ kinds: new Set(["signal"]) }).map((one) => one.sequence)).toEqual([3]);
    expect(timeline.messages({}, 2).map((one) => one.sequence)).toEqual([2, 3]);
  });
});
