// The part that all block drivers share, with a backend that answers at once, one that gives promises, and one that fails.

import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { DiskClient } from "../../abi/generated/ts/client/disk.ts";
import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { RIGHT_ALL, RIGHT_MANAGE, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { DiskError, isDiskName, type DiskBackend, type DiskMedium, type Eventually } from "./disk-backend.ts";
import { DiskDriver } from "./disk-driver.ts";
import { handle } from "./serve.ts";
import { errorNumber } from "./status.ts";
import type { FakeKernel } from "./testing/fake-kernel.ts";
import { FakeMachine } from "./testing/fake-machine.ts";
import { fuzzDispatch } from "./testing/fuzz.ts";

/** A plain store, whose operations take `turns` turns of the event loop each. It sees to it itself that nothing overlaps. */
class PlainDisks implements DiskBackend {
  readonly disks = new Map<string, Uint8Array>();
  readonly open_ = new Set<string>();
  fail: unknown;
  constructor(private readonly turns: () => number) {}

  private later<T>(make: () => T): Eventually<T> {
    const turns = this.turns();
    return turns === 0 ? make() : (async () => { for (let turn = 0; turn < turns; turn++) await Promise.resolve(); return make(); })();
  }
  list = () => this.later(() => [...this.disks].map(([name, { length }]) => ({ name, size: length, flags: 2 })));
  open = (name: string): Eventually<DiskMedium> => this.later(() => {
    const bytes = this.disks.get(name);
    if (!bytes) throw new DiskError("NotFound");
    expect(this.open_.has(name), "opened twice").toBe(false);
    this.open_.add(name);
    let busy = false;
    const alone = <T>(make: () => T): Eventually<T> => {
      expect(busy, "called while it was busy").toBe(false);
      busy = true;
      const made = this.later(() => { busy = false; if (this.fail) throw this.fail; return make(); });
      return made;
    };
    return {
      size: bytes.length, flags: 2,
      read: (offset, length) => alone(() => bytes.slice(offset, offset + length)), write: (offset, data) => alone(() => bytes.set(data, offset)),
      flush: () => alone(() => {}), close: () => alone(() => { this.open_.delete(name); }),
    };
  });
  create = (name: string, size: number) => this.later(() => { if (this.disks.has(name)) throw new DiskError("Exists"); this.disks.set(name, new Uint8Array(size)); });
  remove = (name: string) => this.later(() => { expect(this.open_.has(name)).toBe(false); if (!this.disks.delete(name)) throw new DiskError("NotFound"); });
  createFrom = (name: string, source: string, base: number) => this.later(() => { if (source !== "here" || base === 0) throw new DiskError("BadArgument"); this.disks.set(name, new Uint8Array(512)); });
}

let machine: FakeMachine, kernel: FakeKernel, client: FakeKernel, backend: PlainDisks, driver: DiskDriver, disks: DisksClient;

function start(turns: () => number): void {
  machine = new FakeMachine();
  kernel = machine.domain("driver");
  client = machine.domain("client");
  kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
  backend = new PlainDisks(turns);
  driver = new DiskDriver(kernel, "driver", backend);
  machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, driver, incoming));
  disks = new DisksClient(client, machine.grant(kernel, SLOT_SELF, client, RIGHT_ALL));
}

async function openDisk(name: string, flags = 0): Promise<DiskClient> {
  const opened = await disks.openAsync(flags, name);
  if (opened.error) throw new Error(`open ${name}: ${opened.error}`);
  return new DiskClient(client, opened.disk);
}

const listing = async (): Promise<string> => { const result = await disks.listAsync(0n); return result.error ? `error ${result.error}` : new TextDecoder().decode(result.text); };

describe.each([["at once", () => 0], ["by promises", () => 3]])("a block driver whose backend answers %s", (_, turns) => {
  beforeEach(() => start(turns));

  it("creates, lists, opens, removes; an open disk is busy until its last capability goes", async () => {
    const before = machine.counts();
    expect(await disks.createAsync(4096n, "home")).toEqual({ error: 0 });
    expect((await disks.createAsync(4096n, "home")).error).toBe(errorNumber("Exists"));
    expect(await listing()).toBe("home\t4096\t2\tclosed\t-\n");
    const disk = await openDisk("home"), copy = client.capCopy(disk.cap);
    expect((await disks.openAsync(0, "home")).error).toBe(errorNumber("Busy"));
    expect((await disks.openAsync(1, "home")).error).toBe(errorNumber("Busy"));
    expect((await disks.removeAsync("home")).error).toBe(errorNumber("Busy"));
    expect(await listing()).toBe("home\t4096\t2\topen\t-\n");
    client.capDelete(disk.cap);
    expect((await disks.removeAsync("home")).error).toBe(errorNumber("Busy"));
    client.capDelete(copy);
    const again = await openDisk("home");
    client.capDelete(again.cap);
    expect(await disks.removeAsync("home")).toEqual({ error: 0 });
    expect((await disks.openAsync(0, "home")).error).toBe(errorNumber("NotFound"));
    expect(machine.counts()).toEqual(before);
  });

  it("lets many read a disk at a time that all opened for reading only", async () => {
    await disks.createAsync(1024n, "a");
    const one = await openDisk("a", 1), other = await openDisk("a", 1);
    expect((await disks.openAsync(0, "a")).error).toBe(errorNumber("Busy"));
    expect(await one.infoAsync()).toMatchObject({ error: 0, info: { size: 1024n, sectorSize: 512, flags: 3, transferLimit: 262144 } });
    expect((await one.writeAsync(0n, new Uint8Array(512))).error).toBe(errorNumber("ReadOnly"));
    client.capDelete(one.cap);
    expect((await other.readAsync(0n, 1024)).error).toBe(0);
    client.capDelete(other.cap);
    expect((await (await openDisk("a")).writeAsync(0n, new Uint8Array(512))).error).toBe(0);
  });

  it("reads what was written, whole sectors within the disk only, in the order of the calls", async () => {
    await disks.createAsync(8192n, "a");
    const disk = await openDisk("a"), model = new Uint8Array(8192), sector = fc.nat(17), counts = { reads: 0n, writes: 0n, failures: 0n };
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ write: fc.boolean(), at: sector, length: fc.nat(6), fill: fc.nat(255), off: fc.constantFrom(0, 0, 0, 0, 1, 511) })), async (calls) => {
      // All calls are made before the first answer.
      await Promise.all(calls.map(async ({ write, at, length, fill, off }) => {
        const offset = at * 512 + off, bytes = length * 512 + (off === 511 ? 1 : 0), good = off === 0 && offset + bytes <= 8192;
        counts[write ? "writes" : "reads"]++;
        if (!good) counts.failures++;
        if (write && good) model.fill(fill, offset, offset + bytes);
        const wanted = model.slice(offset, offset + bytes);
        const result = write ? await disk.writeAsync(BigInt(offset), new Uint8Array(bytes).fill(fill)) : await disk.readAsync(BigInt(offset), bytes);
        if (!good) expect(result.error).toBe(errorNumber("BadArgument"));
        else expect(result).toEqual(write ? { error: 0 } : { error: 0, data: wanted });
      }));
    }));
    for (const offset of [1n << 63n, (1n << 64n) - 512n, 8192n]) expect((await disk.readAsync(offset, 512)).error, `${offset}`).toBe(errorNumber("BadArgument"));
    expect(await disk.statisticsAsync()).toMatchObject({ error: 0, statistics: { reads: counts.reads + 3n, writes: counts.writes, failures: counts.failures + 3n, flushes: 0n } });
  });

  it("refuses by the error that the backend throws; anything else is Io and a line in the log", async () => {
    await disks.createAsync(512n, "a");
    const disk = await openDisk("a");
    backend.fail = new DiskError("NoSpace");
    expect((await disk.flushAsync()).error).toBe(errorNumber("NoSpace"));
    backend.fail = new Error("the cable is loose");
    expect((await disk.writeAsync(0n, new Uint8Array(512))).error).toBe(errorNumber("Io"));
    expect(machine.logged.join()).toContain("driver: warning: the cable is loose");
    backend.fail = undefined;
    expect((await disk.flushAsync()).error).toBe(0);
    expect(await disk.statisticsAsync()).toMatchObject({ statistics: { failures: 2n } });
  });

  it("refuses bad names, sizes and flags, and what its backend lacks", async () => {
    for (const name of ["", ".", "..", "a/b", "a b", "ä", "x".repeat(64)]) {
      expect((await disks.createAsync(512n, name)).error, name).toBe(errorNumber("BadArgument"));
      expect((await disks.openAsync(0, name)).error, name).toBe(errorNumber("NotFound"));
    }
    for (const size of [0n, 1n, 513n, (1n << 36n) + 512n, 1n << 63n]) expect((await disks.createAsync(size, "a")).error).toBe(errorNumber("BadArgument"));
    expect((await disks.openAsync(2, "a")).error).toBe(errorNumber("BadArgument"));
    expect((await disks.renameAsync("a", "b")).error).toBe(errorNumber("NotSupported"));
    const weak = new DisksClient(client, client.capMint(disks.cap, RIGHT_ALL & ~RIGHT_MANAGE, 0));
    expect((await weak.listAsync(0n)).error).toBe(errorNumber("NoRight"));
    expect((await weak.openAsync(0, "a")).error).toBe(errorNumber("NoRight"));
  });

  it("keeps the base of a disk only if it was created", async () => {
    const base = client.endpointCreate(), before = machine.counts();
    expect((await disks.createFromAsync(base, "a", "elsewhere")).error).toBe(errorNumber("BadArgument"));
    expect(machine.counts()).toEqual(before);
    expect((await disks.createFromAsync(base, "a", "here")).error).toBe(0);
    expect(machine.counts().caps).toBe(before.caps + 1);
  });

  it("gives the list in parts", async () => {
    for (let number = 0; number < 40; number++) await disks.createAsync(512n, `disk-${number}`);
    const whole = await listing();
    let text = "";
    for (;;) {
      const part = await disks.listAsync(BigInt(text.length), 100);
      if (part.error) throw new Error(`list: ${part.error}`);
      if (part.text.length === 0) break;
      text += new TextDecoder().decode(part.text);
    }
    expect(text).toBe(whole);
  });

  it("survives any message", async () => {
    fuzzDispatch(kernel, driver, [0x3a, 0x3b]);
    // Comes after all that is still under way.
    expect((await disks.createAsync(512n, "after")).error).toBe(0);
  });
});

it("a caller that dies while its disk is being opened leaves it closed", async () => {
  start(() => 3);
  await disks.createAsync(512n, "a");
  const other = machine.domain("other"), slot = machine.grant(kernel, SLOT_SELF, other, RIGHT_WRITE | RIGHT_MANAGE);
  void new DisksClient(other, slot).openAsync(0, "a");
  machine.kill(other.domain);
  expect(await listing()).toContain("open");
  const disk = await openDisk("a");
  expect((await disk.readAsync(0n, 512)).error).toBe(0);
});

it("disk names are letters, digits, dot, underscore and dash", () => {
  expect(["a", "A.img", "x-1_2", "..."].every(isDiskName)).toBe(true);
  expect(["", ".", "..", "a/b", "a\0", "a\n"].some(isDiskName)).toBe(false);
});
