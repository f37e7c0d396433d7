// The copiers and accessors, both kinds where the engine has both, against plain byte arrays.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessorsFor, copierFor, copierKind, type CopierKind } from "./index.ts";

const PAGE = 65536;
const kinds: CopierKind[] = copierKind() === "multi-memory" ? ["multi-memory", "fallback"] : ["fallback"];
const memory = (shared: boolean) => new WebAssembly.Memory({ initial: 1, maximum: 4, shared });
const bytes = (m: WebAssembly.Memory) => new Uint8Array(m.buffer);
const address = fc.oneof(fc.integer({ min: 0, max: PAGE + 8 }), fc.integer({ min: PAGE - 8, max: PAGE }), fc.constant(-1));

describe.each(kinds)("%s", (kind) => {
  describe.each([[false, false], [false, true], [true, false], [true, true]])("a shared %s, b shared %s", (sharedA, sharedB) => {
    it("copies like byte arrays, and traps without copying when out of bounds", () => {
      const a = memory(sharedA);
      const b = memory(sharedB);
      const copier = copierFor(a, b, kind);
      bytes(a).forEach((_, i, all) => (all[i] = i * 7));
      fc.assert(
        fc.property(address, address, fc.integer({ min: 0, max: 300 }), fc.boolean(), (to, from, length, back) => {
          const [source, target] = back ? [b, a] : [a, b];
          const before = bytes(target).slice();
          const run = () => (back ? copier.copyBack(to, from, length) : copier.copy(to, from, length));
          if ((to >>> 0) + length > PAGE || (from >>> 0) + length > PAGE) expect(run).toThrow(WebAssembly.RuntimeError);
          else {
            before.set(bytes(source).subarray(from, from + length), to);
            run();
          }
          expect(Buffer.compare(bytes(target), before)).toBe(0);
        }),
        { numRuns: 200 },
      );
    });

    it("sees a memory that has grown", () => {
      const a = memory(sharedA);
      const b = memory(sharedB);
      const access = accessorsFor(a, b, kind);
      expect(access.size()).toBe(PAGE);
      expect(() => access.load8_u(PAGE)).toThrow(WebAssembly.RuntimeError);
      a.grow(1);
      b.grow(1);
      expect(access.size()).toBe(2 * PAGE);
      access.store32(2 * PAGE - 4, -2);
      access.copyIn(PAGE + 1, 2 * PAGE - 4, 4);
      access.copyOut(PAGE, PAGE + 1, 4);
      expect(access.load32(PAGE)).toBe(-2);
    });
  });

  it("loads and stores every width, unaligned, little-endian", () => {
    const a = memory(true);
    const access = accessorsFor(a, memory(true), kind);
    access.store64(3, 0x8182838485868788n);
    expect([access.load8_u(3), access.load16_u(3), access.load32(3)]).toEqual([0x88, 0x8788, 0x85868788 | 0]);
    expect(access.load64(3)).toBe(BigInt.asIntN(64, 0x8182838485868788n));
    access.store16(4, 0x1ffff);
    access.store8(6, 0x100);
    expect(access.load32(3)).toBe(0x00ffff88);
    expect(() => access.load64(PAGE - 7)).toThrow(WebAssembly.RuntimeError);
    expect(() => access.store16(-1, 0)).toThrow(WebAssembly.RuntimeError);
  });
});
