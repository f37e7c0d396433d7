import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { begin, formatArguments } from "./component.ts";
import { SLOT_ROOT } from "../../abi/layout/limits.ts";
import { decodeEntries, encodeEntries, type Entry } from "./directory-entries.ts";
import { decodeEnded, decodeRows, encodeEnded, encodeRows } from "./process-records.ts";
import { decodeStrings, decodeText, decodeTextLosslessly, decodeTextStrictly, encodeStrings, encodeText, encodeTextWithin } from "./text.ts";
import { FakeMachine } from "./testing/fake-machine.ts";

const text = fc.string({ unit: "grapheme", maxLength: 80 }).filter((each) => !each.includes("\0") && each.isWellFormed());
const u32 = fc.nat(0xffffffff), u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe("text", () => {
  it("comes out of shared memory as a copy", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(5));
    shared.set(encodeText("hello"));
    expect([decodeText(shared), decodeTextStrictly(shared)]).toEqual(["hello", "hello"]);
  });
  it("that is no UTF-8 is no name, and shows as U+FFFD", () => {
    expect([decodeTextStrictly(Uint8Array.of(0xff)), decodeText(Uint8Array.of(0xff))]).toEqual([undefined, "\ufffd"]);
  });
  it("goes through a string without loss, whatever the bytes", () => {
    // Runs of valid text, of bytes, and of what is nearly a character: too long, a surrogate, beyond the last, cut short.
    const nearly = fc.constantFrom([0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xed, 0xb2, 0x80], [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5], [0xe2, 0x82], [0xf0, 0x9f, 0x8e]);
    const part = fc.oneof(text.map((each) => [...encodeText(each)]), fc.array(fc.nat(255), { maxLength: 6 }), nearly);
    fc.assert(fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const bytes = Uint8Array.from(parts.flat()), decoded = decodeTextLosslessly(bytes);
      expect([...encodeText(decoded)]).toEqual([...bytes]);
      // What the host's decoder takes for characters is kept as such.
      expect([...decoded].filter((one) => one.isWellFormed()).join("")).toBe(decodeText(bytes).replaceAll("\ufffd", ""));
      if (decodeTextStrictly(bytes) !== undefined) expect(decoded).toBe(decodeTextStrictly(bytes));
      else expect(decoded.isWellFormed()).toBe(false);
    }));
    // What is no escape is as the host's encoder has it, beside an escape as elsewhere.
    fc.assert(fc.property(fc.array(fc.oneof(text, fc.constantFrom("\ud800", "\udc00", "\udbff", "\udd00", "\u{1f381}", "\u07ff\u0800\uffff\u{10ffff}")), { maxLength: 8 }).map((parts) => parts.join("")), (each) => {
      expect([...encodeText(`\udcff ${each}`)]).toEqual([0xff, 0x20, ...new TextEncoder().encode(each)]);
    }));
    // Of any length.
    for (const unit of ["a\udcff", "\u{1f381}\udc80", "\u{1f381}ü\udcc3", "\u{1f381}\u{1f381}\u{1f381}"]) {
      for (let shift = 0; shift < 4; shift++) {
        const long = `\udcfe${"x".repeat(shift)}${unit.repeat(10_000)}`;
        expect(decodeTextLosslessly(encodeText(long)) === long, `${JSON.stringify(unit)} ${shift}`).toBe(true);
      }
    }
    expect(decodeTextLosslessly(Uint8Array.of(0x61, 0xff, 0xc3, 0xbc, 0xc3))).toBe("a\udcff\u00fc\udcc3");
  });
  it("is cut between characters only", () => {
    fc.assert(fc.property(text, fc.nat(60), (each, limit) => {
      const bytes = encodeTextWithin(each, limit);
      expect(bytes.length).toBeLessThanOrEqual(limit);
      expect(each.startsWith(decodeTextStrictly(bytes)!)).toBe(true);
      expect(encodeText(each).length - bytes.length <= 3 || bytes.length > limit - 4).toBe(true);
    }));
  });
  it("lists of strings come back", () => {
    fc.assert(fc.property(fc.array(text), (strings) => { expect(decodeStrings(encodeStrings(strings))).toEqual(strings); }));
    expect(decodeStrings(encodeText("a\0b"))).toEqual(["a", "b"]);
  });
});

describe("records with text", () => {
  it("directory entries come back, as many as fit, whole", () => {
    const entry: fc.Arbitrary<Entry> = fc.record({ inode: u64, kind: fc.nat(7), name: text, next: u64 });
    fc.assert(fc.property(fc.array(entry, { maxLength: 12 }), fc.nat(2000), (entries, room) => {
      const bytes = encodeEntries(entries, room), back = decodeEntries(bytes);
      expect(bytes.length).toBeLessThanOrEqual(room);
      expect(back).toEqual(entries.slice(0, back.length));
      if (back.length < entries.length) expect(encodeEntries(entries.slice(0, back.length + 1), 1e6).length).toBeGreaterThan(room);
    }));
  });
  it("decoding survives any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(decodeEntries(bytes).length * 24).toBeLessThanOrEqual(bytes.length);
      decodeEnded(bytes);
      decodeRows(bytes);
    }));
  });
  it("ends and rows of processes come back", () => {
    const ended = fc.record({ pid: u32, state: fc.nat(4), status: fc.integer(), signal: fc.nat(64), reason: text });
    fc.assert(fc.property(ended, (each) => {
      const back = decodeEnded(encodeEnded(each))!;
      expect({ ...back, reason: "" }).toEqual({ ...each, reason: "" });
      expect(each.reason.startsWith(back.reason)).toBe(true);
    }));
    const row = fc.record({
      pid: u32, parent: u32, group: u32, state: fc.nat(4), domain: u32, personality: fc.nat(1), started: u64, status: fc.integer(), terminal: u32,
      name: fc.string({ maxLength: 20, unit: "grapheme-ascii" }),
    });
    fc.assert(fc.property(fc.array(row, { maxLength: 5 }), fc.nat(800), (rows, room) => {
      expect(decodeRows(encodeRows(rows, room))).toEqual(rows.slice(0, Math.floor(room / 112)));
    }));
  });
});

it("a component finds the arguments that init wrote", () => {
  const kernel = new FakeMachine().domain("server"), bytes = encodeText(formatArguments({ seed: "a=b", size: 3, on: true }));
  const dataspace = kernel.dataspaceCreate(BigInt(bytes.length));
  kernel.dataspaceWrite(dataspace, 0n, bytes);
  kernel.capMove(dataspace, SLOT_ROOT);
  expect([...begin(kernel, "server", { mode: "fresh" }).arguments]).toEqual([["seed", "a=b"], ["size", "3"], ["on", "true"]]);
});
