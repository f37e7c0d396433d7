// Open files of native programs against a model, on the real VFS and tmpfs, with file systems that give clients a Dataspace to write, one to
// read only, and none.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FileFlags } from "../../../abi/generated/ts/enums.ts";
import { OBJECT_DATASPACE, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { World } from "../../../lib/testing/world.ts";
import { CapabilityFile } from "./capability-file.ts";
import { Failure } from "./failure.ts";

type Calls = Record<string, (...args: number[]) => number>;
const isDataspace = (calls: Calls, slot: number): boolean => (calls["capInfo"]!(slot) & 255) === OBJECT_DATASPACE;
/** The rights that the file system leaves on a Dataspace that it hands out; -1: it hands out none. */
const KINDS: Readonly<Record<string, (rights: number) => number>> = { "may be written": (rights) => rights, "may only be read": (rights) => rights & ~RIGHT_WRITE, "is not handed out": () => -1 };

const step = fc.record({
  what: fc.constantFrom("write", "write", "read", "seek", "end", "size", "cut", "share"), reader: fc.boolean(), at: fc.nat(9000), length: fc.nat(5000), byte: fc.integer({ min: 1, max: 255 }),
});

describe.each(Object.entries(KINDS))("a file whose Dataspace %s", (_kind, rightsOf) => {
  test("is read and written as an array of bytes is", async () => {
    const world = await World.create({
      tmpfs: {
        intercept: (imports) => {
          const calls = imports as Calls;
          return { ...imports, capMint: (source: number, rights: number, badge: number) => {
            const left = isDataspace(calls, source) ? rightsOf(rights) : rights;
            return left < 0 ? 0 : calls["capMint"]!(source, left, badge);
          } };
        },
      },
    });
    const { kernel, root } = world.client;
    const open = (flags: number): CapabilityFile => {
      const opened = root.open(flags, 0o644, "file");
      if (opened.error) throw new Error(`open: ${opened.error}`);
      return new CapabilityFile(kernel, opened.file, opened.data, "regular", flags, false);
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, append) => {
      const writer = open(FileFlags.Write | FileFlags.Create | FileFlags.Truncate | (append ? FileFlags.Append : 0)), reader = open(FileFlags.Read);
      let bytes = new Uint8Array(0), shared = false;
      const positions = { reader: 0, writer: 0 };
      const resize = (size: number): void => { const now = new Uint8Array(size); now.set(bytes.subarray(0, size)); bytes = now; };
      for (const { what, reader: onReader, at, length, byte } of steps) {
        const [file, who] = onReader ? [reader, "reader" as const] : [writer, "writer" as const];
        switch (what) {
          case "write": {
            const data = new Uint8Array(length).fill(byte), start = append ? bytes.length : positions.writer;
            if (length === 0) break;
            expect(writer.write(data)).toBe(length);
            if (start + length > bytes.length) resize(start + length);
            bytes.set(data, start);
            positions.writer = start + length;
            break;
          }
          case "read":
            expect(reader.read(length)).toEqual(bytes.slice(positions.reader, positions.reader + length));
            positions.reader = Math.max(positions.reader, Math.min(positions.reader + length, bytes.length));
            break;
          case "seek": expect(file.seek(at, 0)).toBe(positions[who] = at); break;
          case "end": expect(file.seek(0, 2)).toBe(positions[who] = bytes.length); break;
          case "size": expect((file.stat() as { size: number }).size).toBe(bytes.length); break;
          case "cut": expect(writer.setSize(at)).toBe(0); resize(at); break;
          case "share": if (!shared) { reader.share(); shared = true; } break;
        }
      }
      // Whatever Dataspace it came with, what is open for writing only is not read.
      expect(writer.read(1)).toBeInstanceOf(Failure);
      writer.release();
      reader.release();
    }), { numRuns: Number(process.env["FC_RUNS"] ?? 60) });
    root.unlink("file");
    world.machine.settle();
  });
});
