// The allocator and the structures built on it, against plain models, in a memory of their own.

import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import { ALLOCATOR_COUNTS, MEMORY_LIMIT } from "./addresses.ts";

interface Library {
  initializeAllocator(): void; allocate(size: number): number; release(block: number): void; freeBytes(): number; heapIsWhole(): number;
  tableCreate(): number; tableHas(table: number, key: number): number; tableAdd(table: number, key: number): void; tableRemove(table: number, key: number): void;
  numbersCreate(): number; numbersAdd(table: number, record: number): number; numbersFind(table: number, number: number): number; numbersRemove(table: number, number: number): void;
  decimal(buffer: number, capacity: number, value: bigint): number;
}

let module: WebAssembly.Module;
beforeAll(async () => { module = await compile("lib/assembly/testing/module.ts"); });

let memory: WebAssembly.Memory, library: Library;
beforeEach(async () => {
  memory = new WebAssembly.Memory({ initial: 32, maximum: 1024, shared: true });
  library = (await WebAssembly.instantiate(module, { env: { memory }, kernel: { monotonic: () => 0n } })).exports as unknown as Library;
  library.initializeAllocator();
});
const bytes = (): Uint8Array => new Uint8Array(memory.buffer);
const counts = (): { blocks: number; bytes: number; mistakes: number } => {
  const [blocks, used, mistakes] = new Uint32Array(memory.buffer, ALLOCATOR_COUNTS, 3);
  return { blocks: blocks!, bytes: used!, mistakes: mistakes! };
};

describe("the allocator", () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 100_000 }), fc.constantFrom(1792, 1793, 4096, 4097, 65536));

  test("gives zeroed blocks that do not overlap, and all memory comes back", () => {
    const whole = library.freeBytes();
    fc.assert(fc.property(fc.array(fc.record({ release: fc.boolean(), size, pick: fc.nat() }), { maxLength: 200, size: "max" }), (steps) => {
      const blocks: { address: number; size: number; mark: number }[] = [];
      const giveBack = (index: number): void => {
        const [block] = blocks.splice(index, 1);
        const contents = bytes().subarray(block!.address, block!.address + block!.size);
        expect(contents.every((byte) => byte === block!.mark), "nobody else wrote into the block").toBe(true);
        library.release(block!.address);
      };
      for (const [i, step] of steps.entries()) {
        if (step.release && blocks.length > 0) { giveBack(step.pick % blocks.length); continue; }
        const address = library.allocate(step.size);
        if (address === 0) continue;
        expect(address % 16).toBe(0);
        const contents = bytes().subarray(address, address + step.size);
        expect(contents.every((byte) => byte === 0), "zeroed").toBe(true);
        const mark = i % 255 + 1;
        contents.fill(mark);
        blocks.push({ address, size: step.size, mark });
        expect(counts().blocks).toBe(blocks.length);
      }
      expect(library.heapIsWhole()).toBe(1);
      while (blocks.length > 0) giveBack(blocks.length - 1);
      expect(library.heapIsWhole()).toBe(1);
      expect(counts()).toEqual({ blocks: 0, bytes: 0, mistakes: 0 });
    }), { numRuns: 200 });
    // At most one page with room stays for each of the 23 sizes.
    expect(whole - library.freeBytes()).toBeLessThanOrEqual(23 * 4096);
  });

  test("says when memory is used up, and has it back afterwards", () => {
    const blocks: number[] = [];
    for (let block = library.allocate(40_000); block; block = library.allocate(40_000)) blocks.push(block);
    expect(blocks.length).toBeGreaterThan(45);
    expect(library.allocate(0x7fffffff)).toBe(0);
    expect(library.allocate(-1)).toBe(0);
    blocks.forEach((block) => library.release(block));
    const large = library.allocate(1_900_000);
    expect(large).not.toBe(0);
    library.release(large);
  });

  test("ignores what is no block of its own, and counts it", () => {
    const [small, large] = [library.allocate(100), library.allocate(10_000)];
    library.release(small);
    library.release(large);
    library.release(0);
    expect(counts().mistakes).toBe(0);
    for (const wrong of [small, large, 8, small + 16, large + 4096, 16384, 0x7fffff00, -16]) library.release(wrong);
    expect(counts()).toEqual({ blocks: 0, bytes: 0, mistakes: 8 });
    expect(library.heapIsWhole()).toBe(1);
  });
});

describe("a memory that may grow", () => {
  const LIMIT = 96, size = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 4000, max: 200_000 }), fc.constantFrom(1 << 20, 1_500_000));

  test("grows when it has to, serves two instances as one heap, and is one whole when all has come back", async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 4, max: 20 }), fc.integer({ min: 0, max: LIMIT }), fc.array(fc.record({ release: fc.boolean(), other: fc.boolean(), size, pick: fc.nat() }), { minLength: 1, maxLength: 120, size: "max" }), async (initial, told, steps) => {
      const grown = new WebAssembly.Memory({ initial, maximum: LIMIT, shared: true });
      new Uint32Array(grown.buffer)[MEMORY_LIMIT >> 2] = told;
      const heaps = await Promise.all([0, 1].map(async () => (await WebAssembly.instantiate(module, { env: { memory: grown }, kernel: { monotonic: () => 0n } })).exports as unknown as Library));
      heaps[0]!.initializeAllocator();
      const whole = heaps[0]!.freeBytes(), blocks: { address: number; size: number; mark: number }[] = [];
      expect(whole).toBeLessThan(Math.max(initial, told) * 65536);
      const giveBack = (index: number, heap: Library): void => {
        const [block] = blocks.splice(index, 1), contents = new Uint8Array(grown.buffer, block!.address, block!.size);
        expect(contents.every((byte) => byte === block!.mark), "nobody else wrote into the block").toBe(true);
        heap.release(block!.address);
      };
      for (const [i, step] of steps.entries()) {
        const heap = heaps[step.other ? 1 : 0]!;
        if (step.release && blocks.length > 0) { giveBack(step.pick % blocks.length, heap); continue; }
        const address = heap.allocate(step.size);
        if (address === 0) continue;
        expect(address + step.size).toBeLessThanOrEqual(grown.buffer.byteLength);
        new Uint8Array(grown.buffer, address, step.size).fill(i % 255 + 1);
        blocks.push({ address, size: step.size, mark: i % 255 + 1 });
      }
      expect(heaps[1]!.heapIsWhole()).toBe(1);
      while (blocks.length > 0) giveBack(blocks.length - 1, heaps[0]!);
      expect(heaps[0]!.heapIsWhole()).toBe(1);
      expect(grown.buffer.byteLength / 65536).toBeLessThanOrEqual(Math.max(initial, told));
      expect(whole - heaps[1]!.freeBytes()).toBeLessThanOrEqual(23 * 4096);
    }), { numRuns: 100 });
  });

  test("can be used up to the last page, and no further", async () => {
    const grown = new WebAssembly.Memory({ initial: 4, maximum: LIMIT, shared: true });
    new Uint32Array(grown.buffer)[MEMORY_LIMIT >> 2] = LIMIT;
    const heap = (await WebAssembly.instantiate(module, { env: { memory: grown }, kernel: { monotonic: () => 0n } })).exports as unknown as Library;
    heap.initializeAllocator();
    const pages = heap.freeBytes() / 4096;
    let count = 0;
    while (heap.allocate(4096)) count++;
    expect(count).toBe(pages);
    expect(grown.buffer.byteLength).toBe(LIMIT * 65536);
    expect(heap.freeBytes()).toBe(0);
    expect(heap.heapIsWhole()).toBe(1);
  });
});

describe("the hash table", () => {
  test("holds what was put in and not taken out", () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 400 }), { maxLength: 600, size: "max" }), (keys) => {
      const table = library.tableCreate();
      const model = new Set<number>();
      for (const key of keys) {
        expect(library.tableHas(table, key) !== 0).toBe(model.has(key));
        if (model.delete(key)) library.tableRemove(table, key);
        else { model.add(key); library.tableAdd(table, key); }
      }
      for (let key = 0; key <= 400; key++) expect(library.tableHas(table, key) !== 0).toBe(model.has(key));
      library.initializeAllocator();
    }), { numRuns: 50 });
  });
});

describe("the table of numbers", () => {
  test("finds a record by its number only, and no number of a removed one", () => {
    fc.assert(fc.property(fc.array(fc.record({ remove: fc.boolean(), pick: fc.nat() }), { maxLength: 300, size: "max" }), (steps) => {
      const table = library.numbersCreate();
      const live = new Map<number, number>();
      const dead: number[] = [];
      for (const [i, { remove, pick }] of steps.entries()) {
        if (remove && live.size > 0) {
          const number = [...live.keys()][pick % live.size]!;
          library.numbersRemove(table, number);
          live.delete(number);
          dead.push(number);
        } else {
          const number = library.numbersAdd(table, i + 1000);
          expect(live.has(number) || number === 0).toBe(false);
          live.set(number, i + 1000);
        }
      }
      for (const [number, record] of live) expect(library.numbersFind(table, number)).toBe(record);
      for (const number of [...dead, 0, -1, 0x7fffffff]) expect(library.numbersFind(table, number)).toBe(0);
      library.initializeAllocator();
    }), { numRuns: 100 });
  });

  test("has room for 65,535 records", () => {
    const table = library.numbersCreate();
    for (let i = 0; i < 65535; i++) expect(library.numbersAdd(table, 1)).not.toBe(0);
    expect(library.numbersAdd(table, 1)).toBe(0);
    library.numbersRemove(table, 77);
    expect(library.numbersAdd(table, 1)).toBe(77 + 65536);
  });
});

describe("text", () => {
  test("has decimal numbers, and stops at the end of its buffer", () => {
    const buffer = library.allocate(64);
    fc.assert(fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), fc.nat({ max: 32 }), (value, capacity) => {
      bytes().fill(0xff, buffer, buffer + 64);
      const length = library.decimal(buffer, capacity, value);
      expect(new TextDecoder().decode(bytes().slice(buffer, buffer + length))).toBe(`[${value}]`.slice(0, capacity));
      expect(bytes()[buffer + capacity]).toBe(0xff);
    }));
  });
});
