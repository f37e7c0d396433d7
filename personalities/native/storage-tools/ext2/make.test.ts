// File systems that mkfs.ext2 makes: e2fsck finds nothing, at all sizes and block sizes, and what was asked for is there.

import { describe, expect, test } from "vitest";
import { debugfs, e2fsck, haveE2fsprogs } from "../../../../servers/ext2/testing/e2fsprogs.ts";
import { CannotMake, MemoryDevice } from "../sector-device.ts";
import { makeExt2, type MakeOptions } from "./make.ts";

const KIB = 1024, MIB = KIB * KIB;
const make = (size: number, options: MakeOptions = {}): Uint8Array => {
  // What was there before must not shine through.
  const bytes = new Uint8Array(size).fill(0xa5);
  makeExt2(new MemoryDevice(bytes), { time: 1_700_000_000, ...options });
  return bytes;
};
const sizes: readonly (readonly [number, MakeOptions])[] = [
  [64 * KIB, {}], [360 * KIB, {}], [1440 * KIB, { label: "floppy" }], [2 * MIB, {}], [3 * MIB + 512, { blockSize: 1024 }], [8 * MIB, { blockSize: 2048 }], [9 * MIB, { blockSize: 1024, inodes: 5000 }], [16 * MIB, {}], [33 * MIB, { blockSize: 1024 }],
  [40 * MIB, { blockSize: 2048, journal: false }], [150 * MIB, {}], [135 * MIB, { blockSize: 4096, label: "sixteen bytes ok" }], [70 * MIB, { blockSize: 1024 }],
];

describe.skipIf(!haveE2fsprogs)("a file system made by mkfs.ext2", () => {
  test.each(sizes)("of %i bytes with %j is clean", (size, options) => {
    const image = make(size, options), checked = e2fsck(image);
    expect(checked.status, checked.output).toBe(0);
    const { output } = debugfs(image, ["stats", "ls -l /"]);
    expect(output).toContain("lost+found");
    expect(output).toMatch(new RegExp(`Filesystem volume name: +${options.label ?? "<none>"}`, "u"));
    if (options.blockSize) expect(output).toMatch(new RegExp(`Block size: +${options.blockSize}`, "u"));
    if (options.inodes) expect(Number(/Inode count: +(\d+)/u.exec(output)![1])).toBeGreaterThanOrEqual(options.inodes);
    expect(output.includes("has_journal")).toBe(options.journal !== false && size / (options.blockSize ?? (size < 16 * MIB ? 1024 : 4096)) >= 2048);
  });
});

test("what cannot be made is refused with the reason", () => {
  expect(() => make(20 * KIB)).toThrow(CannotMake);
  expect(() => make(MIB, { blockSize: 512 })).toThrow("block size 512: it is 1024, 2048 or 4096");
  expect(() => make(MIB, { label: "seventeen bytes !" })).toThrow("longer than 16 bytes");
  expect(() => make(MIB, { inodes: 100_000 })).toThrow("too many");
  expect(() => make(MIB, { inodes: 4090 })).toThrow("do not fit");
});
