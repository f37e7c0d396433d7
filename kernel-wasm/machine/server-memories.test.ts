// The pool of servers' memories: two sizes, none given to two at once, and clean when it is given on.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Inspector } from "./inspect.ts";
import { ServerMemories } from "./server-memories.ts";

const pool = (): ServerMemories => new ServerMemories({ setServerMemory: () => undefined } as unknown as Inspector);

test("a server that needs much gets a large one while there is one, a small server a small one, and either gets the other kind before none", () => {
  const memories = pool(), { length } = memories.memories, size = (index: number): number => memories.memories[index]!.buffer.byteLength;
  const large = memories.memories.filter(({ buffer }) => buffer.byteLength === 64 << 20).length;
  expect(size(memories.take(1, true))).toBeLessThan(64 << 20);
  // The first belongs to the emulation library.
  for (let domain = 2; domain <= large; domain++) expect(size(memories.take(domain, false))).toBe(64 << 20);
  for (let domain = large + 1; domain < length; domain++) expect(memories.take(domain, domain % 2 === 0)).toBeGreaterThan(0);
  expect(memories.take(90, false)).toBe(-1);
  expect(memories.take(90, true)).toBe(-1);
});

test("whoever comes and goes: no two have the same memory, and what one left in it is gone", () => {
  fc.assert(fc.property(fc.array(fc.record({ domain: fc.integer({ min: 1, max: 20 }), small: fc.boolean(), leave: fc.boolean() }), { maxLength: 40 }), (steps) => {
    const memories = pool(), has = new Map<number, number>();
    for (const { domain, small, leave } of steps) {
      const known = has.get(domain);
      if (leave && known !== undefined) { memories.release(known); has.delete(domain); continue; }
      const index = memories.take(domain, small);
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
