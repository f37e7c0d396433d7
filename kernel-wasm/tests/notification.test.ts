// Notifications: bits add up until somebody takes them all; they can arrive at an endpoint.

import { describe, expect, it } from "vitest";
import { LABEL_SIGNAL, RIGHT_ALL, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { useMachine } from "../testing/use-machine.ts";

const BadHandle = -1, BadArgument = -2, NoRight = -3, Timeout = -17, WouldBlock = -19, Canceled = -21;

describe("notification", () => {
  const test = useMachine();

  it("collects bits, gives them all to one waiter, and times out", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(), note = await init.do("notificationCreate"), theirs = await machine.grant(puppet, note);
    expect(await init.do("wait", note, 0)).toEqual({ status: WouldBlock, bits: 0n });
    expect((await init.do("wait", note, 1000)).status).toBe(Timeout);
    await init.do("signal", note, 1n);
    await init.do("signal", note, -(2n ** 63n));
    expect(await init.do("wait", note, 0)).toEqual({ status: 0, bits: -(2n ** 63n) + 1n });
    const waiting = puppet.do("wait", theirs);
    await init.do("signal", note, 0n);
    await init.do("signal", note, 6n);
    expect(await waiting).toEqual({ status: 0, bits: 6n });
    const waitingAsync = puppet.do("waitAsync", theirs);
    await init.do("signal", note, 8n);
    expect(await waitingAsync).toEqual({ status: 0, bits: 8n });
    expect((await puppet.do("waitAsync", theirs, 1000)).status).toBe(Timeout);
    await machine.end(puppet);
    await init.do("capDelete", note);
  });

  it("refuses handles and rights that are wrong", async () => {
    const { init } = test.machine, note = await init.do("notificationCreate"), endpoint = await init.do("endpointCreate");
    const mute = await init.do("capMint", note, RIGHT_ALL & ~RIGHT_WRITE, 0), deaf = await init.do("capMint", note, RIGHT_ALL & ~RIGHT_RECEIVE, 0);
    expect(await init.do("signal", mute, 1n)).toBe(NoRight);
    expect((await init.do("wait", deaf, 0)).status).toBe(NoRight);
    expect(await init.do("signal", endpoint, 1n)).toBe(BadHandle);
    expect((await init.do("wait", endpoint, 0)).status).toBe(BadHandle);
    expect(await init.do("notificationBind", deaf, endpoint)).toBe(NoRight);
    expect(await init.do("notificationBind", note, note)).toBe(BadHandle);
    expect(await init.do("notificationBind", note, await init.do("capMint", endpoint, RIGHT_READ, 0))).toBe(NoRight);
    await init.do("capRevoke", endpoint);
    for (const slot of [mute, deaf, note, endpoint]) await init.do("capDelete", slot);
  });

  it("bound to an endpoint, arrives there with everything collected so far, and not with the rights of a message", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(), note = await init.do("notificationCreate"), endpoint = await init.do("endpointCreate");
    const theirs = await machine.grant(puppet, note, RIGHT_WRITE), queue = await machine.grant(puppet, endpoint);
    await puppet.do("signal", theirs, 1n);
    expect(await init.do("notificationBind", note, endpoint)).toBe(0);
    expect(await init.do("notificationBind", note, endpoint)).toBe(BadArgument);
    await puppet.do("signal", theirs, 4n);
    expect(await init.do("receive", endpoint)).toMatchObject({ label: LABEL_SIGNAL, rights: 0, words: [5n], reply: 0 });
    const receiving = init.do("receive", endpoint);
    await puppet.do("signal", theirs, 2n);
    expect(await receiving).toMatchObject({ label: LABEL_SIGNAL, words: [2n] });
    expect(await puppet.do("send", queue, LABEL_SIGNAL, { words: [7] }, 0)).toBe(WouldBlock);
    await machine.end(puppet);
    await init.do("capDelete", note); // lives on through the binding, and goes with the endpoint
    await init.do("capDelete", endpoint);
  });

  it("tells its waiters when it goes", async () => {
    const { machine } = test, { init } = machine, puppets = [await machine.domain(), await machine.domain()], note = await init.do("notificationCreate");
    const slots = await Promise.all(puppets.map((puppet) => machine.grant(puppet, note)));
    const waits = puppets.map((puppet, i) => puppet.do("wait", slots[i]!));
    await machine.until(() => puppets.every((puppet) => machine.machine.inspector.domain(puppet.number, 0).activity === "waiting"), "both to wait");
    machine.check();
    await init.do("capRevoke", note);
    await init.do("capDelete", note);
    expect((await Promise.all(waits)).map(({ status }) => status)).toEqual([Canceled, Canceled]);
    await machine.end(...puppets);
  });
});
