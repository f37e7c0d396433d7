// An open disk of any driver held against an array of bytes: reads, writes and flushes at random places, and closing and opening it again.

import fc from "fast-check";
import { expect } from "vitest";
import type { DiskMedium } from "../disk-backend.ts";

const step = fc.record({ what: fc.constantFrom("read", "write", "write", "flush", "reopen"), at: fc.nat(), sectors: fc.oneof(fc.integer({ min: 1, max: 128 }), fc.integer({ min: 129, max: 512 })), byte: fc.nat(255) });

/** `begin` gives a disk with `contents` and how to open it (again). `lasting`: what was written survives closing. */
export async function expectDisk(begin: () => Promise<{ open(): Promise<DiskMedium>; contents: Uint8Array }>, runs = 40): Promise<void> {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    const { open, contents } = await begin(), model = contents.slice();
    let medium = await open();
    expect(medium.size).toBe(Math.ceil(model.length / 512) * 512);
    for (const { what, at, sectors, byte } of steps) {
      const offset = at % (medium.size / 512) * 512, length = Math.min(sectors * 512, medium.size - offset);
      if (what === "read") expect(Buffer.compare(await medium.read(offset, length), model.subarray(offset, offset + length))).toBe(0);
      else if (what === "write") {
        const data = new Uint8Array(length).map((_, index) => byte && (byte + index) & 255);
        await medium.write(offset, data);
        model.set(data, offset);
      } else if (what === "flush") await medium.flush();
      else { await medium.close(); medium = await open(); }
    }
    for (let offset = 0; offset < medium.size; offset += 65536) {
      const length = Math.min(65536, medium.size - offset);
      expect(Buffer.compare(await medium.read(offset, length), model.subarray(offset, offset + length))).toBe(0);
    }
    await medium.close();
  }), { numRuns: runs });
}
