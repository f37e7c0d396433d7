import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeText } from "../../lib/ts/text.ts";
import { parseListing } from "./image-format.ts";
import { CorruptArchive, tarListing } from "./tar.ts";
import { makeTar } from "./testing.ts";

describe("tarListing", () => {
  it("lists files, directories, links and hard links, wherever the data lies", () => {
    const archive = makeTar([
      { path: "./a/", type: "5", mode: 0o755 }, { path: "./a/one", data: "hello", mode: 0o755 }, { path: "a/link", type: "2", target: "one" },
      { path: "a/hard", type: "1", target: "./a/one" }, { path: "/two", data: "x".repeat(700) }, { path: "../evil", data: "x" },
    ]);
    const { entries } = tarListing(archive);
    expect(entries.map(({ path, kind }) => [path, kind])).toEqual([["a", "directory"], ["a/one", "file"], ["a/link", "link"], ["a/hard", "file"], ["two", "file"]]);
    for (const entry of entries) if (entry.kind === "file" && entry.path !== "two") expect(new TextDecoder().decode(archive.subarray(entry.offset, entry.offset + entry.size))).toBe("hello");
    expect(parseListing(JSON.stringify({ version: 1, entries }))).toEqual({ version: 1, entries });
  });

  it.each([["gnu"], ["pax"], ["ustar"]])("agrees with tar --format=%s", (format) => {
    const folder = mkdtempSync(join(tmpdir(), "tar-")), long = "d".repeat(90);
    try {
      mkdirSync(join(folder, "in", long, "deeper"), { recursive: true });
      writeFileSync(join(folder, "in", long, "deeper", "file"), "contents");
      writeFileSync(join(folder, "in", "é"), "ü");
      symlinkSync(`${long}/deeper`, join(folder, "in", "link"));
      execFileSync("tar", [`--format=${format}`, "-cf", join(folder, "out.tar"), "-C", join(folder, "in"), "."]);
      const archive = readFileSync(join(folder, "out.tar")), { entries } = tarListing(archive);
      const file = entries.find(({ path }) => path === `${long}/deeper/file`);
      expect(file?.kind === "file" && archive.subarray(file.offset, file.offset + file.size).toString()).toBe("contents");
      expect(entries.find(({ path }) => path === "link")).toMatchObject({ kind: "link", target: `${long}/deeper` });
      expect(entries.map(({ path }) => path)).toContain("é");
    } finally { rmSync(folder, { recursive: true }); }
  });

  it("keeps names that are no UTF-8 apart, and marks of byte order", () => {
    const names = ["a\udcff", "a\udcfe", "\ufeffa"], pax = (path: string): Uint8Array => {
      const record = encodeText(`00 path=${path}\n`);
      record.set(encodeText(String(record.length)));
      return record;
    };
    const archive = makeTar([...names.map((path) => ({ path, data: "x" })), { path: "long", type: "L", data: encodeText("l\udcc3\0") }, { path: "cut" }, { path: "p", type: "x", data: pax("pax\udc80") }, { path: "cut" },
      { path: "link", type: "2", target: "a\udcff" }]);
    const { entries } = tarListing(archive);
    expect(entries.map(({ path }) => path)).toEqual([...names, "l\udcc3", "pax\udc80", "link"]);
    expect(entries.at(-1)).toMatchObject({ target: "a\udcff" });
    expect(parseListing(JSON.stringify({ version: 1, entries }))).toEqual({ version: 1, entries });
  });

  it("says where an archive is damaged", () => {
    const archive = makeTar([{ path: "one", data: "x".repeat(2000) }, { path: "two", data: "y" }]);
    expect(() => tarListing(archive.subarray(0, 1000))).toThrow(/cut short/);
    expect(() => tarListing(archive.with(3, 1))).toThrow(/bad header at byte 0/);
  });

  it("survives any bytes", () => {
    const archive = makeTar([{ path: "one", data: "x" }, { path: "two", type: "x", data: "11 path=ab\n" }, { path: "three", type: "L", data: "long" }]);
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 20 }), fc.nat(archive.length), (changes, length) => {
      const damaged = archive.slice(0, length);
      for (const [at, byte] of changes) if (at < length) damaged[at] = byte;
      try { tarListing(damaged); } catch (error) { expect(error).toBeInstanceOf(CorruptArchive); }
    }));
  });
});
