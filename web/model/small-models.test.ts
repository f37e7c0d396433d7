import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootFailed, bootStart, bootStep } from "./boot-progress.ts";
import { lacks, type Capabilities } from "./browser-needs.ts";
import { formatBytes, formatCount, formatDuration, plural } from "./format.ts";
import { defaultPreferences, readPreferences, storageName } from "./preferences.ts";
import { commandOf, SHORTCUTS } from "./shortcuts.ts";
import { traceFile } from "./trace-file.ts";

describe("boot progress", () => {
  it("never goes back, nor past one", () => {
    fc.assert(fc.property(fc.array(fc.record({ done: fc.nat(30), total: fc.nat(30), started: fc.boolean() })), (events) => {
      let progress = bootStart;
      for (const { done, total, started } of events) {
        const next = bootStep(progress, started ? { kind: "domain-started", domain: done, name: "vfs" } : { kind: "boot-progress", step: "x", detail: "y", done, total });
        expect(next.fraction).toBeGreaterThanOrEqual(progress.fraction);
        expect(next.fraction).toBeLessThanOrEqual(1);
        progress = next;
      }
    }));
  });
  it("keeps the reason of a failure", () => {
    const failed = bootFailed(bootStart, "line 3: unknown server");
    expect(bootStep(failed, { kind: "boot-progress", step: "a", detail: "b", done: 1, total: 2 })).toBe(failed);
  });
});

describe("what a browser lacks", () => {
  const all: Capabilities = { webAssembly: true, sharedMemory: true, isolation: true, threads: true, waitAsync: true, moduleWorkers: true, bigInt: true };
  it("is nothing if all is there", () => expect(lacks(all)).toEqual([]));
  it("names exactly what is missing, in words", () => {
    fc.assert(fc.property(fc.subarray(Object.keys(all) as (keyof Capabilities)[]), (missing) => {
      const found = lacks({ ...all, ...Object.fromEntries(missing.map((need) => [need, false])) });
      expect(found.map((lack) => lack.need).sort()).toEqual([...missing].sort());
      for (const lack of found) expect(lack.why.length * lack.remedy.length).toBeGreaterThan(0);
    }));
  });
});

describe("shortcuts", () => {
  it("give no key twice and no command twice", () => {
    expect(new Set(SHORTCUTS.map((one) => one.keys)).size).toBe(SHORTCUTS.length);
    expect(new Set(SHORTCUTS.map((one) => one.command)).size).toBe(SHORTCUTS.length);
  });
  it("leave plain and Ctrl keys to the programs", () => {
    fc.assert(fc.property(fc.constantFrom("KeyC", "KeyD", "KeyT", "Enter", "ArrowUp"), fc.boolean(), (code, ctrlKey) => {
      expect(commandOf({ code, ctrlKey, altKey: false, shiftKey: false, metaKey: false })).toBeUndefined();
    }));
    expect(commandOf({ code: "KeyT", ctrlKey: false, altKey: true, shiftKey: false, metaKey: false })).toBe("new-shell");
  });
});

describe("preferences", () => {
  it("come out whole whatever was stored", () => {
    fc.assert(fc.property(fc.anything(), (stored) => {
      const { theme, fontSize, screenReader } = readPreferences(stored);
      expect(["system", "dark", "light"]).toContain(theme);
      expect(fontSize).toBeGreaterThanOrEqual(9);
      expect(typeof screenReader).toBe("boolean");
    }));
    expect(readPreferences({ ...defaultPreferences, theme: "dark" }).theme).toBe("dark");
  });
  it("are kept apart by the page's folder", () => {
    expect(storageName("https://x.example/a/b/?q#f")).toBe("grailos:/a/b/");
    expect(storageName("https://x.example/a/index.html")).toBe("grailos:/a/");
  });
});

describe("figures", () => {
  it("read well", () => {
    expect([formatBytes(0), formatBytes(1536), formatBytes(64 * 1024), formatBytes(3 * 1024 ** 3)]).toEqual(["0 B", "1.5 KiB", "64 KiB", "3 GiB"]);
    expect([formatCount(9999), formatCount(12345), formatCount(2_500_000)]).toEqual(["9999", "12.3k", "2.5M"]);
    expect([formatDuration(0.05), formatDuration(9.51), formatDuration(1500), formatDuration(2e6)]).toEqual(["50 ns", "9.5 µs", "1.5 ms", "2.0 s"]);
    expect([plural(1, "file"), plural(2, "file")]).toEqual(["1 file", "2 files"]);
  });
});

describe("the trace file", () => {
  it("has a complete event per answered call and an instant for the rest", () => {
    const base = { thread: 3, from: 1, to: 2, label: 0x2101, value: 0 };
    const text = traceFile([{ ...base, sequence: 1, time: 100, kind: "call", duration: 9.5, status: 0 }, { ...base, sequence: 2, time: 130, kind: "signal", to: -1 }],
      { domain: (number) => `domain ${number}`, label: () => "file.read" });
    const { traceEvents } = JSON.parse(text) as { traceEvents: { ph: string }[] };
    expect(traceEvents.filter((event) => event.ph === "X")).toEqual([
      { name: "file.read", cat: "call", ts: 0, pid: 1, tid: 3, ph: "X", dur: 9.5, args: { to: "domain 2", value: 0, status: 0 } },
    ]);
    expect(traceEvents.filter((event) => event.ph === "i").length).toBe(1);
    expect(traceEvents.filter((event) => event.ph === "M").length).toBe(2);
  });
});
