import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TraceEvent } from "./machine-api.ts";
import { CAPACITY, Timeline } from "./timeline.ts";

const event = (sequence: number, fields: Partial<TraceEvent> = {}): TraceEvent =>
  ({ sequence, time: sequence * 10, kind: "call", thread: 1, domain: 1, peer: 2, label: 0x2101, value: 0, ...fields });

describe("the timeline", () => {
  it("joins a call with its answer", () => {
    const timeline = new Timeline();
    timeline.add([event(1), event(2, { kind: "receive", thread: 2, domain: 2, peer: 1 }), event(3, { kind: "wake", value: -48 })]);
    expect(timeline.messages()).toMatchObject([{ from: 1, to: 2, kind: "call", duration: 20, status: -48 }]);
  });

  it("answers calls of several threads each with its own", () => {
    const timeline = new Timeline();
    timeline.add([event(1), event(2, { domain: 3, thread: 3 }), event(3, { kind: "wake", thread: 3 }), event(4, { kind: "wake" })]);
    expect(timeline.messages().map(({ from, duration }) => [from, duration])).toEqual([[1, 30], [3, 10]]);
  });

  it("nests inline calls of one thread", () => {
    const timeline = new Timeline();
    timeline.add([
      event(1, { kind: "enter", domain: 2, peer: 1, label: 7 }), event(2, { kind: "enter", domain: 5, peer: 2, label: 8 }), event(3, { kind: "call", domain: 5, peer: 6, label: 9 }),
      event(4, { kind: "wake", label: 9 }), event(5, { kind: "leave", label: 8 }), event(6, { kind: "leave", label: 7, value: -1 }),
    ]);
    expect(timeline.messages().map(({ from, to, label, duration, status }) => [from, to, label, duration, status])).toEqual([[1, 2, 7, 50, -1], [2, 5, 8, 30, 0], [5, 6, 9, 10, 0]]);
  });

  it("ends what was broken off inside with what ends outside", () => {
    const timeline = new Timeline();
    timeline.add([event(1, { kind: "enter", label: 7 }), event(2, { label: 8 }), event(3, { kind: "leave", label: 7 }), event(4, { kind: "wake", label: 8 })]);
    expect(timeline.messages().map(({ duration }) => duration)).toEqual([20, undefined]);
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
