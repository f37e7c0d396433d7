// Dataspaces: contents as bytes, pages at every depth of the table, sizes, rights, quota, and pagers.

import { describe, expect, it } from "vitest";
import { FRAME_SIZE, LABEL_PAGE_FAULT, RIGHT_ALL, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { useMachine } from "../testing/use-machine.ts";

const BadHandle = -1, BadArgument = -2, NoRight = -3, PeerDied = -16, QuotaExceeded = -33, TryAgain = -34, TooLarge = -59;
const bytes = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 255);
const MiB = 1n << 20n, GiB = 1n << 30n;

describe("dataspace", () => {
  const test = useMachine();

  it("reads zeros where nothing was written, is clipped at its size, and keeps what is written across pages", async () => {
    const { init } = test.machine, space = await init.do("dataspaceCreate", 10_000n);
    expect(await init.do("dataspaceRead", space, 9_000n, 5000)).toEqual({ status: 1000, data: new Uint8Array(1000) });
    expect(await init.do("dataspaceWrite", space, 4_000n, bytes(5000))).toBe(5000);
    expect(await init.do("dataspaceRead", space, 3_999n, 5002)).toEqual({ status: 5002, data: Uint8Array.of(0, ...bytes(5000), 0) });
    expect(await init.do("dataspaceWrite", space, 9_990n, bytes(100))).toBe(10);
    expect((await init.do("dataspaceRead", space, 10_000n, 1)).status).toBe(0);
    expect((await init.do("dataspaceRead", space, -1n, 1)).status).toBe(BadArgument);
    expect(await init.do("dataspaceInfo", space)).toMatchObject({ size: 10_000n, present: 3 });
    await init.do("capDelete", space);
  });

  it("grows through every depth of its table and keeps what it had", async () => {
    const { machine } = test, { init } = machine, space = await init.do("dataspaceCreate", 64n * GiB);
    const offsets = [0n, 5n * 4096n, MiB - 4096n, MiB, 200n * MiB, 256n * MiB - 100n, 256n * MiB, 3n * GiB + 17n, 64n * GiB - 50n];
    for (const [i, offset] of offsets.entries()) {
      expect(await init.do("dataspaceWrite", space, offset, bytes(50, i))).toBe(50);
      for (const [j, earlier] of offsets.slice(0, i + 1).entries()) expect((await init.do("dataspaceRead", space, earlier, 50)).data).toEqual(bytes(50, j));
    }
    machine.check();
    expect((await init.do("dataspaceInfo", space))!.present).toBe(9);
    await init.do("dataspaceResize", space, 256n * MiB + 10n);
    expect((await init.do("dataspaceInfo", space))!.present).toBe(7);
    await init.do("dataspaceResize", space, 64n * GiB);
    expect((await init.do("dataspaceRead", space, 256n * MiB, 50)).data).toEqual(Uint8Array.of(...bytes(10, 6), ...new Uint8Array(40)));
    expect((await init.do("dataspaceRead", space, 64n * GiB - 50n, 50)).data).toEqual(new Uint8Array(50));
    expect(await init.do("dataspaceEvict", space, 0, 2 ** 30)).toBe(0);
    expect((await init.do("dataspaceInfo", space))!.present).toBe(0);
    await init.do("capDelete", space);
  });

  it("refuses what is wrong, and says why", async () => {
    const { init } = test.machine, space = await init.do("dataspaceCreate", 100n), endpoint = await init.do("endpointCreate");
    const reader = await init.do("capMint", space, RIGHT_READ, 0), writer = await init.do("capMint", space, RIGHT_WRITE, 0);
    expect(await init.do("dataspaceCreate", -1n)).toBe(BadArgument);
    expect(await init.do("dataspaceCreate", 64n * GiB + 1n)).toBe(BadArgument);
    expect(await init.do("dataspaceResize", space, 64n * GiB + 1n)).toBe(TooLarge);
    expect(await init.do("dataspaceResize", space, -1n)).toBe(BadArgument);
    expect(await init.do("dataspaceWrite", reader, 0n, bytes(1))).toBe(NoRight);
    expect((await init.do("dataspaceRead", writer, 0n, 1)).status).toBe(NoRight);
    for (const slot of [reader, writer]) {
      expect(await init.do("dataspaceResize", slot, 1n)).toBe(NoRight);
      expect(await init.do("dataspaceEvict", slot, 0, 1)).toBe(NoRight);
      expect(await init.do("dataspaceSetPager", slot, endpoint, 1)).toBe(NoRight);
    }
    expect(await init.do("dataspaceEvict", space, -1, 1)).toBe(BadArgument);
    expect(await init.do("dataspaceSetPager", space, space, 1)).toBe(BadHandle);
    expect(await init.do("dataspaceWrite", endpoint, 0n, bytes(1))).toBe(BadHandle);
    expect((await init.do("dataspaceRead", endpoint, 0n, 1)).status).toBe(BadHandle);
    expect(await init.do("dataspaceResize", endpoint, 0n)).toBe(BadHandle);
    expect(await init.do("dataspaceInfo", endpoint)).toBeUndefined();
    await init.do("capRevoke", space);
    for (const slot of [space, endpoint]) await init.do("capDelete", slot);
  });

  it("is paid for by its maker, whoever writes; what a dead maker had is freed with the last capability", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(256, 4), bridge = await init.do("endpointCreate"), toInit = await machine.grant(puppet, bridge);
    const space = await puppet.do("dataspaceCreate", MiB);
    const handing = puppet.do("call", toInit, 0x1000, { caps: [space] }), got = await init.do("receive", bridge), mine = got.caps[0]!;
    await init.do("reply", got.reply, { status: 0 });
    await handing;
    expect(await init.do("dataspaceWrite", mine, 0n, bytes(6 * FRAME_SIZE))).toBe(4 * FRAME_SIZE);
    expect(await init.do("dataspaceWrite", mine, 5n * 4096n, bytes(1))).toBe(QuotaExceeded);
    await init.do("dataspaceEvict", mine, 1, 1);
    expect(await init.do("dataspaceWrite", mine, 5n * 4096n, bytes(1))).toBe(1);
    await machine.end(puppet);
    expect((await init.do("dataspaceRead", mine, 0n, 4096)).data).toEqual(bytes(4096));
    expect(await init.do("dataspaceWrite", mine, 4096n, bytes(1))).toBe(QuotaExceeded);
    machine.check();
    for (const slot of [mine, bridge]) await init.do("capDelete", slot);
  });

  it("a domain ends with the last capability to it, also one whose Dataspaces live on", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(), bridge = await init.do("endpointCreate"), toInit = await machine.grant(puppet, bridge);
    const handing = puppet.do("call", toInit, 0x1000, { caps: [await puppet.do("dataspaceCreate", 5n)] }), got = await init.do("receive", bridge);
    await init.do("reply", got.reply, { status: 0 });
    await handing;
    machine.deaths.length = 0;
    await init.do("capDelete", puppet.slot);
    await machine.until(() => machine.deaths.some(({ domain }) => domain === puppet.number), "the domain to end");
    machine.check();
    for (const slot of [got.caps[0]!, bridge]) await init.do("capDelete", slot);
  });

  it("asks its pager for absent pages, with what is wanted, and goes on when they were written", async () => {
    const { machine } = test, { init } = machine, reader = await machine.domain(), pager = await init.do("endpointCreate"), space = await init.do("dataspaceCreate", 5n * 4096n);
    expect(await init.do("dataspaceSetPager", space, pager, 42)).toBe(0);
    const slot = await machine.grant(reader, space, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT);
    const reading = reader.do("dataspaceRead", slot, 4090n, 10_000);
    for (let page = 0; page < 4; page++) {
      const fault = await init.do("receive", pager);
      expect(fault).toMatchObject({ label: LABEL_PAGE_FAULT, badge: 42, rights: 0, words: [BigInt(page), BigInt(4 - page), 0n] });
      expect(await init.do(page % 2 ? "dataspaceSupply" : "dataspaceWrite", space, BigInt(page * 4096), bytes(4096, page))).toBe(4096);
      await init.do("reply", fault.reply, { status: 0 });
    }
    const whole = Uint8Array.of(...[0, 1, 2, 3].flatMap((page) => [...bytes(4096, page)]));
    expect(await reading).toEqual({ status: 10_000, data: whole.subarray(4090, 14_090) });
    // An absent page is asked for before it is written as well; by who manages the Dataspace not.
    await init.do("dataspaceEvict", space, 3, 1);
    const writing = reader.do("dataspaceWrite", slot, 3n * 4096n + 1n, bytes(2 * 4096 - 1, 9));
    for (const page of [3, 4]) {
      const fault = await init.do("receive", pager);
      expect(fault.words).toEqual([BigInt(page), 1n, page === 4 ? 1n : 0n]);
      await init.do("dataspaceSupply", space, BigInt(page) * 4096n, bytes(4096, page));
      await init.do("reply", fault.reply, { status: 0 });
    }
    expect(await writing).toBe(2 * 4096 - 1);
    expect((await reader.do("dataspaceRead", slot, 3n * 4096n, 5)).data).toEqual(Uint8Array.of(3, ...bytes(4, 9)));
    await init.do("dataspaceEvict", space, 1, 1);
    expect(await init.do("dataspaceWrite", space, 4097n, bytes(1, 5))).toBe(1);
    expect((await reader.do("dataspaceRead", slot, 4096n, 3)).data).toEqual(Uint8Array.of(0, 5, 0));
    // A pager that answers and supplies nothing is asked again; not for ever.
    await init.do("dataspaceEvict", space, 0, 1);
    const lied = reader.do("dataspaceRead", slot, 0n, 1);
    let asks = 0;
    for (let got = await init.do("receive", pager, 200_000); got.status === 0; got = await init.do("receive", pager, 200_000)) { asks++; await init.do("reply", got.reply, { status: 0 }); }
    expect([(await lied).status, asks]).toEqual([TryAgain, 1000]);
    // The pager refuses, or dies, or is the reader.
    await init.do("dataspaceEvict", space, 2, 1);
    const refused = reader.do("dataspaceRead", slot, 2n * 4096n, 1), asked = await init.do("receive", pager);
    await init.do("reply", asked.reply, { status: -99 });
    expect((await refused).status).toBe(-99);
    expect((await init.do("dataspaceRead", space, 2n * 4096n, 1)).status).toBe(-20);
    const mortal = await machine.domain(), theirs = await machine.grant(mortal, pager);
    await mortal.do("receive", theirs, 0); // the endpoint is theirs now
    const orphaned = reader.do("dataspaceRead", slot, 2n * 4096n, 1);
    await mortal.do("receive", theirs);
    machine.check();
    await machine.end(mortal);
    expect((await orphaned).status).toBe(PeerDied);
    expect((await reader.do("dataspaceRead", slot, 2n * 4096n, 1)).status).toBe(PeerDied);
    await machine.end(reader);
    for (const cap of [space, pager]) await init.do("capDelete", cap);
    void [RIGHT_ALL, RIGHT_MANAGE];
  });

  it("counts each change of its contents", async () => {
    const { init } = test.machine, space = await init.do("dataspaceCreate", 100n), seen = new Set<bigint>();
    const note = async (): Promise<void> => { const { writes } = (await init.do("dataspaceInfo", space))!; expect(seen.has(writes)).toBe(false); seen.add(writes); };
    await note();
    for (const step of [async () => init.do("dataspaceWrite", space, 0n, bytes(3)), async () => init.do("dataspaceResize", space, 200n), async () => init.do("dataspaceResize", space, 2n)]) { await step(); await note(); }
    expect(Number((await init.do("dataspaceInfo", space))!.written / 1_000_000n)).toBeGreaterThan(Date.now() - 60_000);
    await init.do("capDelete", space);
  });
});
