import { describe, expect, it } from "vitest";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileFlags, FileKind, PollEvents } from "../../abi/generated/ts/enums.ts";
import { decodeEntries, type Entry } from "../../lib/ts/directory-entries.ts";
import { errorNumber, failure } from "../../lib/ts/status.ts";
import { decodeText } from "../../lib/ts/text.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { INDEX_PATH, parseIndex, type ImageEntry } from "./image-format.ts";
import { tarListing } from "./tar.ts";
import { makeTar, Site } from "./testing.ts";

const BIG = new Uint8Array(10_000).map((_, index) => index);
const ENTRIES: ImageEntry[] = [
  { path: "bin/sh", kind: "file", mode: 0o755, mtime: 100, text: "#!grail sh\n" },
  { path: "bin/big", kind: "file", mode: 0o755, url: "images/big.wasm", size: BIG.length },
  { path: "bin/large", kind: "link", target: "big" },
  { path: "share/plain", kind: "directory", tar: "images/plain.tar" },
  { path: "share/listed", kind: "directory", tar: "images/listed.tar", listing: "images/listed.json", size: 4096 },
];
const PLAIN = makeTar([{ path: "include/a.h", data: "int a;" }, { path: "include/b.h", data: "int b;" }]);
const LISTED = makeTar([{ path: "lib/c.h", data: "int c;" }]).slice(0, 4096);
const FILES = { "images/big.wasm": BIG, "images/plain.tar": PLAIN, "images/listed.tar": padTo(LISTED, 4096), "images/listed.json": JSON.stringify(tarListing(LISTED)) };
function padTo(bytes: Uint8Array, length: number): Uint8Array { const padded = new Uint8Array(length); padded.set(bytes); return padded; }
const fetches = (site: Site): string[] => site.fetched.filter((path) => path !== INDEX_PATH);

async function open(site: Site, path: string, flags: number = FileFlags.Read): Promise<{ size: bigint; file: FileClient; data: number }> {
  const opened = await site.fileSystem.openAsync(await site.find(path), flags, 7n);
  if (opened.error) throw new Error(`open ${path}: ${opened.error}`);
  return { size: opened.size, file: new FileClient(site.client, opened.file), data: opened.data };
}
async function list(site: Site, path: string): Promise<Entry[]> {
  const result = await site.fileSystem.readDirectoryAsync(await site.find(path), 0n);
  return result.error ? [] : decodeEntries(result.entries);
}

describe("names", () => {
  it("wait for the index, then are found, with parents that were left out", async () => {
    const site = new Site(ENTRIES, FILES);
    const looking = site.fileSystem.lookupAsync(1n, "bin");
    expect(await looking).toMatchObject({ error: 0, kind: FileKind.Directory });
    expect((await list(site, "bin")).map(({ name, kind }) => [name, kind])).toEqual([[".", 2], ["..", 2], ["sh", 1], ["big", 1], ["large", 3]]);
    expect(await site.find("bin/..")).toBe(1n);
    expect(site.fileSystem.lookup(1n, "none").error).toBe(errorNumber("NotFound"));
    expect(site.fileSystem.lookup(await site.find("bin/sh"), "x").error).toBe(errorNumber("NotDirectory"));
    const link = site.fileSystem.readLink(await site.find("bin/large"));
    expect(link.error ? "" : decodeText(link.contents)).toBe("big");
    expect(site.fileSystem.stat(await site.find("bin/sh"))).toMatchObject({ attributes: { mode: 0o755, size: 11n, modified: 100_000_000_000n, kind: FileKind.Regular } });
  });

  it("are listed in parts, from any cookie", async () => {
    const site = new Site(Array.from({ length: 50 }, (_, index): ImageEntry => ({ path: `file${index}`, kind: "file", text: "" })));
    await site.find("");
    const seen: string[] = [];
    for (let cookie = 0n; ;) {
      const part = await site.fileSystem.readDirectoryAsync(1n, cookie, 100);
      const entries = part.error ? [] : decodeEntries(part.entries);
      if (entries.length === 0) break;
      seen.push(...entries.map(({ name }) => name));
      cookie = entries.at(-1)!.next;
    }
    expect(seen).toEqual([".", "..", ...Array.from({ length: 50 }, (_, index) => `file${index}`)]);
    expect(site.fileSystem.readDirectory(1n, 0n, 8).error).toBe(errorNumber("BadArgument"));
    expect(site.fileSystem.readDirectory(1n, 1n << 40n)).toMatchObject({ error: 0, entries: { length: 0 } });
  });

  it("fail with Io when the index does not come, say why, and come when it does", async () => {
    const site = new Site("<html>not an index</html>");
    expect((await site.fileSystem.lookupAsync(1n, "bin")).error).toBe(errorNumber("Io"));
    expect(site.machine.logged.join()).toContain("not JSON");
    site.files.delete(INDEX_PATH);
    expect((await site.fileSystem.lookupAsync(1n, "bin")).error).toBe(errorNumber("Io"));
    expect(site.machine.logged.join()).toContain("404");
    site.files.set(INDEX_PATH, JSON.stringify({ version: 1, entries: ENTRIES }));
    expect((await site.fileSystem.lookupAsync(1n, "bin")).error).toBe(0);
  });

  it("of an archive come from its listing without fetching it, or from itself", async () => {
    const site = new Site(ENTRIES, FILES);
    expect((await list(site, "share/listed/lib")).map(({ name }) => name)).toEqual([".", "..", "c.h"]);
    expect(fetches(site)).toEqual(["images/listed.json"]);
    expect((await list(site, "share/plain/include")).map(({ name }) => name)).toEqual([".", "..", "a.h", "b.h"]);
    expect(fetches(site)).toEqual(["images/listed.json", "images/plain.tar"]);
  });
});

describe("contents", () => {
  it("are paged in: open does not wait, and all opens share one fetch", async () => {
    const site = new Site(ENTRIES, FILES);
    const one = await open(site, "bin/big"), two = await open(site, "bin/big");
    expect(one.size).toBe(10_000n);
    expect(await one.file.readAsync(9_998n)).toEqual({ error: 0, data: BIG.subarray(9_998) });
    expect(site.client.dataspaceRead(two.data, 4_000n, 200).data).toEqual(BIG.subarray(4_000, 4_200));
    expect(fetches(site)).toEqual(["images/big.wasm"]);
    expect(site.client.dataspaceWrite(one.data, 0n, new Uint8Array(1))).toBe(failure("NoRight"));
  });

  it("of texts are there at once", async () => {
    const site = new Site(ENTRIES, FILES);
    const { data, file } = await open(site, "bin/sh");
    expect(decodeText(site.client.dataspaceRead(data, 0n, 100).data)).toBe("#!grail sh\n");
    expect(file.poll(PollEvents.Readable, 0, 0n)).toEqual({ error: 0, ready: PollEvents.Readable });
  });

  it("of archive members are parts of one fetch", async () => {
    const site = new Site(ENTRIES, FILES);
    const a = await open(site, "share/plain/include/a.h"), b = await open(site, "share/plain/include/b.h"), c = await open(site, "share/listed/lib/c.h");
    const texts = await Promise.all([a, b, c].map(async ({ file }) => { const read = await file.readAsync(0n); return read.error ? "" : decodeText(read.data); }));
    expect(texts).toEqual(["int a;", "int b;", "int c;"]);
    expect(fetches(site).filter((path) => path.endsWith(".tar"))).toEqual(["images/plain.tar", "images/listed.tar"]);
  });

  it("signal a poller when they have come", async () => {
    const site = new Site(ENTRIES, FILES);
    const { file } = await open(site, "bin/big"), notification = site.client.notificationCreate();
    expect(file.poll(PollEvents.Readable, notification, 1n)).toEqual({ error: 0, ready: 0 });
    await site.settle();
    expect(site.client.wait(notification, 0).bits).toBe(1n);
    expect(file.poll(PollEvents.Readable, 0, 0n)).toMatchObject({ ready: PollEvents.Readable });
  });

  it.each([["missing", {}, "404"], ["of another length", { "images/big.wasm": new Uint8Array(3) }, "3 bytes came instead of 10000"]])("that are %s give Io with the reason in the log, and are tried again", async (_name, files, reason) => {
    const site = new Site(ENTRIES, files);
    const { file } = await open(site, "bin/big");
    expect((await file.readAsync(0n)).error).toBe(errorNumber("Io"));
    expect(site.machine.logged.join("\n")).toContain(reason);
    expect(file.poll(PollEvents.Readable, 0, 0n)).toMatchObject({ ready: expect.toSatisfy((ready: number) => (ready & PollEvents.Error) !== 0) });
    site.files.set("images/big.wasm", BIG);
    expect((await file.readAsync(0n)).error).toBe(0);
  });

  it("make room for each other when memory is short, oldest first, and come back when they are read", async () => {
    const site = new Site([1, 2, 3].map((each): ImageEntry => ({ path: `file${each}`, kind: "file", url: `file${each}`, size: 8192 })),
      Object.fromEntries([1, 2, 3].map((each) => [`file${each}`, new Uint8Array(8192).fill(each)])));
    site.machine.frameLimit = 5;
    const read = async (each: number): Promise<number | undefined> => {
      const result = await (await open(site, `file${each}`)).file.readAsync(8191n);
      return result.error ? undefined : result.data[0];
    };
    expect([await read(1), await read(2), await read(3), await read(1)]).toEqual([1, 2, 3, 1]);
    expect(fetches(site)).toEqual(["file1", "file2", "file3", "file1"]);
    site.machine.frameLimit = 1;
    const { file } = await open(site, "file2");
    expect((await file.readAsync(0n)).error).toBe(errorNumber("NoMemory"));
  });

  it("are waited for by open when there are no pagers, unless told not to wait", async () => {
    const site = new Site(ENTRIES, FILES, { eager: "true" });
    const inode = await site.find("bin/big");
    const quick = await site.fileSystem.openAsync(inode, FileFlags.Read | FileFlags.NonBlocking, 1n);
    expect(quick.error || site.client.dataspaceInfo(quick.data)!.present).toBe(0);
    const { data } = await open(site, "bin/big");
    expect(site.client.dataspaceInfo(data)!.present).toBe(3);
  });
});

describe("an open file", () => {
  it("has a position, shared by its copies and not by a reopened one", async () => {
    const site = new Site(ENTRIES, FILES);
    const { file } = await open(site, "bin/sh"), copy = new FileClient(site.client, site.client.capCopy(file.cap)), reopened = file.reopen(FileFlags.Read);
    const text = (client: FileClient, length: number): string => { const read = client.read(-1n, length); return read.error ? `error ${read.error}` : decodeText(read.data); };
    expect([text(file, 2), text(copy, 5)]).toEqual(["#!", "grail"]);
    expect(text(new FileClient(site.client, reopened.error ? 0 : reopened.file), 2)).toBe("#!");
    expect(file.seek(-3n, 2)).toEqual({ error: 0, position: 8n });
    expect(text(copy, 9)).toBe("sh\n");
    expect(text(copy, 9)).toBe("");
    expect(file.seek(-1n, 0).error).toBe(errorNumber("BadArgument"));
    expect(file.stat()).toMatchObject({ attributes: { device: 7n, size: 11n } });
  });

  it("is read-only, like its file system", async () => {
    const site = new Site(ENTRIES, FILES);
    const { file } = await open(site, "bin/sh");
    for (const result of [file.write(0n, new Uint8Array(1)), file.setSize(0n), file.setMode(0), site.fileSystem.create(1n, FileKind.Regular, 0o644, "x"), site.fileSystem.unlink(1n, false, "bin"),
      site.fileSystem.open(await site.find("bin/sh"), FileFlags.Write, 1n)]) expect(result.error).toBe(errorNumber("ReadOnly"));
    expect(site.fileSystem.open(await site.find("bin"), FileFlags.Read, 1n).error).toBe(errorNumber("IsDirectory"));
  });

  it("leaves nothing when its last copy goes, but the contents", async () => {
    const site = new Site(ENTRIES, FILES);
    const first = await open(site, "bin/big");
    await site.settle();
    const close = (opened: { file: FileClient; data: number }): void => { site.client.capDelete(opened.file.cap); site.client.capDelete(opened.data); };
    close(first);
    const before = site.machine.counts();
    const second = await open(site, "bin/big"), copy = site.client.capCopy(second.file.cap);
    close(second);
    expect(new FileClient(site.client, copy).stat().error).toBe(0);
    site.client.capDelete(copy);
    expect(site.machine.counts()).toEqual(before);
  });
});

describe("robustness", () => {
  it("survives any message", async () => {
    const site = new Site(ENTRIES, FILES);
    await open(site, "bin/big");
    await site.settle();
    fuzzDispatch(site.kernel, site.server, [0x20, 0x22]);
    expect((await open(site, "bin/big")).size).toBe(10_000n);
  });

  it("tells strangers nothing by a badge of its own making", () => {
    const site = new Site(ENTRIES, FILES);
    const stray = site.machine.grant(site.kernel, site.kernel.capMint(2, 7, 99), site.client);
    expect(new FileClient(site.client, stray).stat().error).toBe(errorNumber("BadHandle"));
    expect(new FileSystemClient(site.client, stray).root().error).toBe(errorNumber("BadHandle"));
  });

  it.each([["{", "not JSON"], ["{}", "not a version 1 index"], [{ path: "../x", kind: "file", text: "" }, "bad path"], [{ path: "x", kind: "file" }, "a file needs text"], [{ path: "x", kind: "link" }, "a link needs a target"],
    [{ path: "x", kind: "socket" }, "unknown kind"], [{ path: "x", kind: "file", url: "u", size: -1 }, "a file needs text, or url and size"]])("refuses the index %j", (entry, reason) => {
    expect(parseIndex(typeof entry === "string" ? entry : JSON.stringify({ version: 1, entries: [entry] }))).toMatchObject({ fault: expect.stringContaining(reason) });
  });
});
