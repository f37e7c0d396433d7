// Capabilities: what each call allows, and that the tree of what was derived from what reaches everything.

import { describe, expect, it } from "vitest";
import { LABEL_ORPHAN, OBJECT_DATASPACE, OBJECT_ENDPOINT, RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_FIRST_FREE } from "../../abi/layout/limits.ts";
import { useMachine } from "../testing/use-machine.ts";

const BadHandle = -1, BadArgument = -2, NoRight = -3, QuotaExceeded = -33;

describe("capability", () => {
  const test = useMachine();

  it("is copied with the same rights and badge, and the object goes with the last one", async () => {
    const { machine } = test, { init } = machine, before = machine.counts();
    const endpoint = await init.do("endpointCreate"), badged = await init.do("capMint", endpoint, RIGHT_READ | RIGHT_WRITE, 7), copy = await init.do("capCopy", badged);
    expect(await init.do("capInfo", copy)).toMatchObject({ kind: OBJECT_ENDPOINT, rights: RIGHT_READ | RIGHT_WRITE, badge: 7 });
    await init.do("capDelete", endpoint);
    expect(machine.counts().endpoints).toBe(before.endpoints + 1);
    await init.do("capDelete", badged);
    await init.do("capDelete", copy);
    expect(await init.do("capInfo", copy)).toBeUndefined();
    expect(await init.do("capDelete", copy)).toBe(BadHandle);
  });

  it("never gains rights, and keeps a badge once it has one", async () => {
    const { init } = test.machine, root = await init.do("dataspaceCreate", 0n);
    const weak = await init.do("capMint", root, RIGHT_READ, 0), still = await init.do("capMint", weak, RIGHT_ALL, 5);
    expect(await init.do("capInfo", still)).toMatchObject({ kind: OBJECT_DATASPACE, rights: RIGHT_READ, badge: 5 });
    expect(await init.do("capMint", still, RIGHT_ALL, 6)).toBe(NoRight);
    expect(await init.do("dataspaceResize", weak, 1n)).toBe(NoRight);
    expect(await init.do("capRevoke", root)).toBe(0);
    expect(await init.do("capInfo", weak)).toBeUndefined();
    expect(await init.do("capInfo", still)).toBeUndefined();
    await init.do("capDelete", root);
  });

  it("is revoked in every domain, in large numbers, and through what was deleted in between", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(4096);
    const root = await init.do("notificationCreate"), middle = await init.do("capCopy", root);
    const theirs = await init.do("capGrant", puppet.slot, middle, RIGHT_ALL, 0);
    let last = theirs;
    for (let i = 0; i < 300; i++) last = await puppet.do("capCopy", i % 3 ? last : theirs);
    await init.do("capDelete", middle);
    machine.check();
    expect(await puppet.do("capInfo", last)).toBeDefined();
    await init.do("capRevoke", root);
    expect(await puppet.do("capInfo", last)).toBeUndefined();
    expect(await puppet.do("capInfo", theirs)).toBeUndefined();
    await init.do("capDelete", root);
    await machine.end(puppet);
  });

  it("moves with its place in the tree, its watch and its waiting notice", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate");
    const watched = await init.do("capMint", endpoint, RIGHT_ALL, 9);
    expect(await init.do("capWatch", watched)).toBe(0);
    const child = await init.do("capCopy", watched), moved = await init.do("capMove", watched, 5);
    expect(moved).toBe(5);
    expect(await init.do("capInfo", watched)).toBeUndefined();
    machine.check();
    await init.do("capDelete", child);
    expect(await init.do("capMove", 5, 6)).toBe(6);
    machine.check();
    expect(await init.do("receive", endpoint, 0)).toMatchObject({ status: 0, label: LABEL_ORPHAN, badge: 9 });
    const again = await init.do("capCopy", 6);
    await init.do("capRevoke", 6);
    expect(await init.do("capInfo", again)).toBeUndefined();
    expect(await init.do("capMove", 6, 6)).toBe(BadArgument);
    expect(await init.do("capMove", 6, SLOT_FIRST_FREE)).toBe(BadArgument);
    expect(await init.do("capMove", 7, 5)).toBe(BadHandle);
    await init.do("capDelete", 6);
    await init.do("capDelete", endpoint);
  });

  it("tells its endpoint once when the last one derived from a watched one is gone, also by revoking or by a death", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate");
    const orphan = async (): Promise<number> => (await init.do("receive", endpoint, 0)).badge;
    const watched = await init.do("capMint", endpoint, RIGHT_ALL, 3);
    await init.do("capWatch", watched);
    expect((await init.do("receive", endpoint, 0)).status).toBe(-19); // nothing derived yet: nothing to tell
    const puppet = await machine.domain();
    await machine.grant(puppet, watched);
    await machine.end(puppet);
    expect((await init.do("receive", endpoint, 5_000_000)).badge).toBe(3);
    await init.do("capWatch", watched);
    await init.do("capCopy", watched);
    await init.do("capRevoke", watched);
    expect(await orphan()).toBe(3);
    await init.do("capWatch", watched);
    await init.do("capDelete", await init.do("capCopy", watched));
    const rescued = await init.do("capCopy", watched); // derived from again before the notice was taken: no orphan
    expect((await init.do("receive", endpoint, 0)).status).toBe(-19);
    await init.do("capDelete", rescued);
    expect(await orphan()).toBe(3);
    await init.do("capWatch", watched);
    await init.do("capDelete", await init.do("capCopy", watched));
    await init.do("capDelete", watched); // the notice goes with what it is about
    expect((await init.do("receive", endpoint, 0)).status).toBe(-19);
    expect(await init.do("capWatch", endpoint)).toBe(BadArgument);
    await init.do("capDelete", endpoint);
  });

  it("counts against the quota, which only the holder feels", async () => {
    const { machine } = test, puppet = await machine.domain(10), slots: number[] = [];
    for (let slot: number; (slot = await puppet.do("endpointCreate")) > 0;) slots.push(slot);
    expect(slots.length).toBe(10);
    for (const call of ["notificationCreate", "endpointCreate"] as const) expect(await puppet.do(call)).toBe(QuotaExceeded);
    expect(await puppet.do("capCopy", slots[0]!)).toBe(QuotaExceeded);
    expect(await puppet.do("dataspaceCreate", 0n)).toBe(QuotaExceeded);
    expect(await puppet.do("domainCreate", 16, 16, 0, 0)).toBe(QuotaExceeded);
    const own = await machine.init.do("endpointCreate");
    expect(await machine.grant(puppet, own)).toBe(QuotaExceeded);
    // A message that does not fit is refused to its sender; the receiver waits on.
    const receiving = puppet.do("receive", slots[0]!);
    const toPuppet = await machine.init.do("endpointCreate");
    expect(await machine.init.do("call", toPuppet, 0x1000, {}, 0)).toMatchObject({ status: -20 });
    receiving.catch(() => undefined);
    await machine.end(puppet);
    await machine.init.do("capDelete", own);
    await machine.init.do("capDelete", toPuppet);
  });

  it("without Grant does not travel in a message, and not at all as a Reply", async () => {
    const { machine } = test, puppet = await machine.domain(), endpoint = await puppet.do("endpointCreate");
    const server = await machine.init.do("endpointCreate"), toServer = await machine.grant(puppet, server);
    const receiving = machine.init.do("receive", server);
    const kept = await puppet.do("capMint", endpoint, RIGHT_ALL & ~RIGHT_GRANT, 0);
    expect((await puppet.do("call", toServer, 0x1000, { caps: [kept] })).status).toBe(NoRight);
    expect((await puppet.do("call", toServer, 0x1000, { caps: [200] })).status).toBe(BadHandle);
    const answered = puppet.do("call", toServer, 0x1000, { caps: [endpoint, 0, endpoint] });
    const got = await receiving;
    expect(got.caps.map((slot) => slot > 0)).toEqual([true, false, true]);
    expect(await machine.init.do("capCopy", got.reply)).toBe(BadHandle);
    expect(await machine.init.do("capMove", got.reply, 5)).toBe(BadHandle);
    await machine.init.do("reply", got.reply, { status: 0 });
    expect((await answered).status).toBe(0);
    for (const slot of [got.caps[0]!, got.caps[2]!, server]) await machine.init.do("capDelete", slot);
    await machine.end(puppet);
  });
});
