import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Sequence } from "./sequence.ts";

describe("a sequence", () => {
  it("runs tasks that do not wait at once, and throws what they throw", () => {
    const sequence = new Sequence();
    expect(sequence.run(() => 5)).toBe(5);
    expect(() => sequence.run(() => { throw new Error("no"); })).toThrow("no");
    expect(sequence.run(() => 6)).toBe(6);
  });

  it("starts no task before the one ahead of it has ended, whichever of them wait or fail", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ waits: fc.nat(3), fails: fc.boolean() }), { maxLength: 12 }), async (tasks) => {
      const sequence = new Sequence(), events: string[] = [];
      const results = tasks.map(({ waits, fails }, number) => {
        const end = (): number => {
          events.push(`end ${number}`);
          if (fails) throw new Error(`${number}`);
          return number;
        };
        const start = (): number | Promise<number> => {
          events.push(`start ${number}`);
          if (waits === 0) return end();
          return (async () => { for (let turn = 0; turn < waits; turn++) await Promise.resolve(); return end(); })();
        };
        try { return sequence.run(start); } catch (error) { return Promise.reject(error as Error); }
      });
      const settled = await Promise.allSettled(results);
      expect(events).toEqual(tasks.flatMap((_, number) => [`start ${number}`, `end ${number}`]));
      expect(settled.map(({ status }) => status)).toEqual(tasks.map(({ fails }) => fails ? "rejected" : "fulfilled"));
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
      expect(sequence.idle).toBe(true);
    }));
  });
});
