// The pool of servers' memories: none given to two at once, and clean when it is given on.

import fc from "fast-check";
import { expect, test } from "vitest";
import { MEMORY_LIMIT } from "../../lib/assembly/memory/addresses.ts";
import type { Inspector } from "./inspect.ts";
import { ServerMemories } from "./server-memories.ts";

const pool = (): ServerMemories => new ServerMemories({ setServerMemory: () => undefined } as unknown as Inspector);

test("all are given, the first to nobody, and then none", () => {
  const memories = pool(), { length } = memories.memories;
  expect(new Set(Array.from({ length: length - 1 }, (_, at) => memories.take(at + 1)))).toEqual(new Set(Array.from({ length: length - 1 }, (_, at) => at + 1)));
  expect(memories.take(90)).toBe(-1);
});

test("what a memory may grow to stands in it, also after it was cleared", () => {
  const memories = pool(), limit = (index: number): number => new Uint32Array(memories.memories[index]!.buffer)[MEMORY_LIMIT >> 2]!;
  const index = memories.take(1), memory = memories.memories[index]!;
  expect(limit(index)).toBe(1024);
  memory.grow(limit(index) - memory.buffer.byteLength / 65536);
  expect(() => memory.grow(1)).toThrow(RangeError);
  new Uint8Array(memory.buffer).fill(255);
  memories.release(index);
  expect(memories.take(2)).toBe(index);
  expect(limit(index)).toBe(1024);
  expect(new Uint32Array(memory.buffer).filter((word) => word !== 0)).toEqual(new Uint32Array([1024]));
});

test("whoever comes and goes: no two have the same memory, and what one left in it is gone", () => {
  fc.assert(fc.property(fc.array(fc.record({ domain: fc.integer({ min: 1, max: 20 }), leave: fc.boolean() }), { maxLength: 40 }), (steps) => {
    const memories = pool(), has = new Map<number, number>();
    for (const { domain, leave } of steps) {
      const known = has.get(domain);
      if (leave && known !== undefined) { memories.release(known); has.delete(domain); continue; }
      const index = memories.take(domain);
      if (known !== undefined) { expect(index).toBe(known); continue; }
      if (index < 0) { expect(has.size).toBe(memories.memories.length - 1); continue; }
      expect(index).toBeGreaterThan(0);
      expect([...has.values()]).not.toContain(index);
      has.set(domain, index);
      const word = new Int32Array(memories.memories[index]!.buffer);
      expect(word[5]).toBe(0);
      word[5] = domain;
    }
  }), { seed: 20261125, numRuns: 4 });
});
