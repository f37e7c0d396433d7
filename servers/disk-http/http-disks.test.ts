// Disks that are files of the site, over a made-up server that may know ranges, fail, and change its files.

import { describe, expect, it } from "vitest";
import { FetchRefused, type Devices, type FetchedPart } from "../../lib/ts/devices.ts";
import { HttpDisks } from "./http-disks.ts";
import { PART } from "./part-cache.ts";

class Server {
  readonly files = new Map<string, Uint8Array>();
  ranges = true;
  tellsSize = true;
  version = "1";
  failures = 0;
  readonly requests: { offset: number; length: number }[] = [];
  readonly fetch: Devices["fetchPart"] = async (path, { offset, length }, limit): Promise<FetchedPart> => {
    this.requests.push({ offset, length });
    if (this.failures > 0) { this.failures--; throw new TypeError("network"); }
    const bytes = this.files.get(path);
    if (!bytes) throw new FetchRefused(`${path}: 404`, 404);
    if (!this.ranges && bytes.length > limit) throw new Error("too large");
    return { bytes: this.ranges ? bytes.slice(offset, offset + length) : bytes, whole: !this.ranges, size: this.tellsSize ? bytes.length : undefined, version: this.version };
  };
}

const SIZE = 5 * PART + 700;
const contents = Uint8Array.from({ length: SIZE }, (_, index) => (index * 31 + (index >> 9)) & 255);
const padded = new Uint8Array(Math.ceil(SIZE / 512) * 512);
padded.set(contents);

async function disk(server: Server, cache = 1 << 30, whole = 1 << 30) {
  const notes: string[] = [], disks = new HttpDisks(server.fetch, { cache, whole }, (text) => notes.push(text));
  server.files.set("disk.img", contents);
  await disks.createFrom("site", "disk.img", 0);
  return { disks, notes, medium: await disks.open("site") };
}

describe("a disk of the site", () => {
  it.each([["with ranges", true, 1 << 30], ["with ranges and hardly any cache", true, PART], ["with ranges and no cache", true, 0], ["without ranges", false, 0]])("is the file, padded to a whole sector, from a server %s", async (_, ranges, cache) => {
    const server = new Server();
    server.ranges = ranges;
    const { medium, disks } = await disk(server, cache);
    expect(await disks.list()).toEqual([{ name: "site", size: padded.length, flags: 1, origin: "disk.img" }]);
    for (const [offset, length] of [[0, 512], [PART - 512, 1024], [3 * PART - 512, 65536], [padded.length - 1024, 1024], [padded.length - 65536, 65536], [512, 65536], [0, 512]] as const) {
      expect(Buffer.compare(await medium.read(offset, length), padded.subarray(offset, offset + length))).toBe(0);
    }
  });

  it("asks for each part once, and for neighbours together", async () => {
    const server = new Server(), { medium } = await disk(server);
    await medium.read(2 * PART - 512, 1024);
    await medium.read(2 * PART - 65536, 65536);
    await medium.read(2 * PART, 65536);
    expect(server.requests).toEqual([{ offset: 0, length: PART }, { offset: PART, length: 2 * PART }]);
  });

  it("is taken whole, once, from a server that knows no ranges, and says so", async () => {
    const server = new Server();
    server.ranges = false;
    const { medium, notes } = await disk(server);
    await medium.read(4 * PART, 65536);
    expect(server.requests.length).toBe(1);
    expect(notes).toEqual([expect.stringContaining("knows no ranges")]);
    await expect(new HttpDisks(server.fetch, { cache: 0, whole: 1000 }).createFrom("a", "disk.img", 0)).rejects.toMatchObject({ error: "Io" });
  });

  it("survives requests that fail on the way, and says when it does not", async () => {
    const server = new Server(), { medium } = await disk(server);
    server.failures = 2;
    expect((await medium.read(2 * PART, 512)).length).toBe(512);
    server.failures = 3;
    await expect(Promise.resolve(medium.read(4 * PART, 512))).rejects.toMatchObject({ error: "Io" });
    expect((await medium.read(4 * PART, 512)).length).toBe(512);
  });

  it("never mixes two versions of the file", async () => {
    const server = new Server(), { medium, disks } = await disk(server);
    server.version = "2";
    await expect(Promise.resolve(medium.read(2 * PART, 512))).rejects.toMatchObject({ error: "Io", message: expect.stringContaining("changed on the server") });
    await disks.remove("site");
    await disks.createFrom("site", "disk.img", 0);
    expect((await (await disks.open("site")).read(2 * PART, 512)).length).toBe(512);
  });

  it("is refused with the reason", async () => {
    const server = new Server(), { disks } = await disk(server);
    server.files.set("empty.img", new Uint8Array(0));
    await expect(disks.createFrom("a", "none.img", 0)).rejects.toMatchObject({ error: "NotFound" });
    await expect(disks.createFrom("a", "empty.img", 0)).rejects.toMatchObject({ error: "BadArgument" });
    await expect(disks.createFrom("a", "", 0)).rejects.toMatchObject({ error: "BadArgument" });
    await expect(disks.createFrom("site", "disk.img", 0)).rejects.toMatchObject({ error: "Exists" });
    await expect(disks.open("a")).rejects.toMatchObject({ error: "NotFound" });
    server.tellsSize = false;
    await expect(disks.createFrom("a", "disk.img", 0)).rejects.toMatchObject({ error: "NotSupported" });
  });

  it("that the manifest names is looked at when it is first used", async () => {
    const server = new Server(), disks = new HttpDisks(server.fetch, { cache: 1 << 20, whole: 0 });
    server.files.set("disk.img", contents);
    disks.expect("boot", "disk.img");
    disks.expect("lost", "none.img");
    expect(server.requests.length).toBe(0);
    expect((await (await disks.open("boot")).read(0, 512))).toEqual(padded.slice(0, 512));
    expect((await disks.list()).map(({ name }) => name)).toEqual(["boot"]);
    await expect(disks.open("lost")).rejects.toMatchObject({ error: "NotFound" });
  });
});
