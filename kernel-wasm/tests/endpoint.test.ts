// Calls, sends and answers between Workers: rendezvous in either order, data, capabilities, timeouts, and every way to end early.

import { describe, expect, it } from "vitest";
import { RIGHT_ALL, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE, SHAPE_CAPS, WINDOW_SIZE } from "../../abi/layout/limits.ts";
import { useMachine } from "../testing/use-machine.ts";

const BadHandle = -1, NoRight = -3, TooLong = -6, PeerDied = -16, Timeout = -17, WouldBlock = -19, WouldDeadlock = -20, Canceled = -21;
const bytes = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 255);

describe("endpoint", () => {
  const test = useMachine();

  it("carries words, two ranges, capabilities, label, badge and rights to a receiver that waits, and one that comes later", async () => {
    const { machine } = test, server = await machine.domain(), client = await machine.domain();
    const endpoint = await server.do("endpointCreate"), note = await client.do("notificationCreate");
    const offered = await server.do("capMint", endpoint, RIGHT_READ | RIGHT_WRITE | 4, 77);
    const bridge = await machine.init.do("endpointCreate"), toInit = await machine.grant(server, bridge);
    const handing = machine.init.do("receive", bridge), handed = server.do("call", toInit, 0x1000, { caps: [offered] });
    const given = await handing;
    const cap = await machine.init.do("capGrant", client.slot, given.caps[0]!, RIGHT_ALL, 0);
    await machine.init.do("reply", given.reply, { status: 0 });
    await handed;
    for (const early of [true, false]) {
      const receiving = early ? server.do("receive", endpoint) : undefined;
      const call = client.do("call", cap, 0x1234, { words: [1, -2n, 3], caps: [note], send: [bytes(5), bytes(70_000, 3)], receive: 100 });
      const got = await (receiving ?? server.do("receive", endpoint));
      expect(got).toMatchObject({ status: 0, label: 0x1234, badge: 77, rights: RIGHT_READ | RIGHT_WRITE | 4, words: [1n, -2n, 3n], room: 100 });
      expect(got.ranges).toEqual([bytes(5), bytes(70_000, 3)]);
      expect(await server.do("signal", got.caps[0]!, 4n)).toBe(0);
      expect(await client.do).toBeDefined();
      const answer = await server.do("endpointCreate");
      expect(await server.do("reply", got.reply, { status: -58, words: [9n], data: bytes(200) })).toBe(0);
      expect(await call).toMatchObject({ status: -58, words: [9n], data: bytes(100) });
      expect(await client.do("wait", note, 0)).toEqual({ status: 0, bits: 4n });
      expect(await server.do("reply", got.reply, { status: 0 })).toBe(BadHandle);
      for (const slot of [got.caps[0]!, answer]) await server.do("capDelete", slot);
    }
    await machine.end(server, client);
    for (const slot of [given.caps[0]!, bridge]) await machine.init.do("capDelete", slot);
  });

  it("answers move capabilities, also those that cannot be copied on", async () => {
    const { machine } = test, client = await machine.domain(12), { init } = machine, endpoint = await init.do("endpointCreate"), cap = await machine.grant(client, endpoint);
    const call = client.do("call", cap, 0x1000), got = await init.do("receive", endpoint);
    const space = await init.do("dataspaceCreate", 5n), weak = await init.do("capMint", space, RIGHT_READ, 0);
    await init.do("reply", got.reply, { status: 0, caps: [weak, 0] });
    const answer = await call;
    expect(await client.do("capInfo", answer.caps[0]!)).toMatchObject({ rights: RIGHT_READ });
    expect(await init.do("capInfo", weak)).toBeUndefined();
    // A full table: the caller gets the error, the answerer keeps nothing.
    while (await client.do("endpointCreate") > 0);
    const second = client.do("call", cap, 0x1000), later = await init.do("receive", endpoint), lost = await init.do("capCopy", space);
    await init.do("reply", later.reply, { status: 0, caps: [lost], words: [1] });
    expect((await second).status).toBe(-33);
    expect(await init.do("capInfo", lost)).toBeUndefined();
    await machine.end(client);
    for (const slot of [space, endpoint]) await init.do("capDelete", slot);
  });

  it("refuses what is wrong: handle, right, shape, length", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate"), client = await machine.domain(), note = await client.do("notificationCreate");
    const mute = await machine.grant(client, endpoint, RIGHT_READ), deaf = await machine.grant(client, endpoint, RIGHT_WRITE);
    const statusOf = async (slot: number, message = {}): Promise<number> => (await client.do("call", slot, 0x1000, message, 1000)).status;
    for (const slot of [0, 199, -1, 70_000, note]) expect(await statusOf(slot)).toBe(BadHandle);
    expect(await statusOf(mute)).toBe(NoRight);
    expect((await client.do("receive", deaf, 0)).status).toBe(NoRight);
    expect((await client.do("receive", note, 0)).status).toBe(BadHandle);
    expect(await statusOf(deaf, { send: [bytes(WINDOW_SIZE)] })).toBe(TooLong);
    expect(await client.do("send", deaf, 0x1000, { send: [bytes(1)] }, 0)).toBe(-5);
    expect(await client.do("send", deaf, 0x1000, {}, 0)).toBe(WouldBlock);
    expect(await client.do("reply", deaf, { status: 0 })).toBe(BadHandle);
    expect((await init.do("call", endpoint, 0x1000)).status).toBe(WouldDeadlock);
    await machine.end(client);
    await init.do("capDelete", endpoint);
    void SHAPE_CAPS;
  });

  it("gives up waiting: to be received, to be answered, to receive", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate"), client = await machine.domain(), cap = await machine.grant(client, endpoint);
    expect((await client.do("call", cap, 0x1000, {}, 2000)).status).toBe(Timeout);
    expect(await client.do("send", cap, 0x1000, {}, 2000)).toBe(Timeout);
    expect((await init.do("receive", endpoint, 2000)).status).toBe(Timeout);
    expect((await init.do("receive", endpoint, 0)).status).toBe(WouldBlock);
    const call = client.do("call", cap, 0x1000, { receive: 10 }, 20_000), got = await init.do("receive", endpoint);
    expect((await call).status).toBe(Timeout);
    expect(await init.do("reply", got.reply, { status: 0, data: bytes(10) })).toBe(Canceled);
    // An answer to the call that gave up is not taken for the next one's.
    const next = client.do("call", cap, 0x2000, { receive: 10 }), later = await init.do("receive", endpoint);
    await init.do("reply", later.reply, { status: 0, words: [8] });
    expect(await next).toMatchObject({ status: 0, words: [8n] });
    await machine.end(client);
    await init.do("capDelete", endpoint);
  });

  it("a send is over when it was received, in order, and wants no answer", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate"), client = await machine.domain(), cap = await machine.grant(client, endpoint);
    const sends = (async () => { const all: number[] = []; for (let i = 0; i < 5; i++) all.push(await client.do("send", cap, 0x1000 + i, { words: [i] })); return all; })();
    for (let i = 0; i < 5; i++) expect(await init.do("receive", endpoint)).toMatchObject({ label: 0x1000 + i, words: [BigInt(i)], reply: 0 });
    expect(await sends).toEqual([0, 0, 0, 0, 0]);
    await machine.end(client);
    await init.do("capDelete", endpoint);
  });

  it("tells callers that are queued, being served or saved when the server dies, when the right to answer is given up, when the endpoint goes", async () => {
    const { machine } = test, clients = [await machine.domain(), await machine.domain(), await machine.domain()], { init } = machine;
    const server = await machine.domain(), endpoint = await init.do("endpointCreate"), own = await machine.grant(server, endpoint);
    const caps = await Promise.all(clients.map((client) => machine.grant(client, endpoint)));
    await server.do("receive", own, 0);
    const calls = clients.map((client, i) => client.do("call", caps[i]!, 0x1000));
    await server.do("receive", own);
    await server.do("receive", own);
    await init.do("domainKill", server.slot);
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([PeerDied, PeerDied, PeerDied]);
    expect((await clients[0]!.do("call", caps[0]!, 0x1000)).status).toBe(PeerDied);
    await machine.end(server);
    await init.do("capDelete", endpoint);

    const other = await init.do("endpointCreate"), cap = await machine.grant(clients[0]!, other);
    const given = clients[0]!.do("call", cap, 0x1000), got = await init.do("receive", other);
    await init.do("capDelete", got.reply);
    expect((await given).status).toBe(Canceled);
    const queued = clients[0]!.do("call", cap, 0x1000);
    await machine.until(() => machine.machine.inspector.domain(clients[0]!.number, 0).activity.startsWith("calling"), "the call to queue");
    await init.do("capRevoke", other);
    await init.do("capDelete", other);
    expect((await queued).status).toBe(Canceled);
    await machine.end(...clients);
  });

  it("an old Reply never answers the next domain that runs on the same thread", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate");
    const first = await machine.domain(), cap = await machine.grant(first, endpoint);
    void first.do("call", cap, 0x1000);
    const got = await init.do("receive", endpoint);
    await machine.end(first);
    for (let i = 0; i < 6; i++) {
      const next = await machine.domain(), again = await machine.grant(next, endpoint);
      const call = next.do("call", again, 0x2000), later = await init.do("receive", endpoint);
      expect(later.label).toBe(0x2000);
      if (i === 5) expect(await init.do("reply", got.reply, { status: 0, words: [666] })).toBe(Canceled);
      await init.do("reply", later.reply, { status: 0, words: [1] });
      expect(await call).toMatchObject({ status: 0, words: [1n] });
      await machine.end(next);
      await machine.until(() => machine.machine.inspector.domainState(next.number) === "unused", "the number to be free");
    }
    await init.do("capDelete", endpoint);
  });

  it("one event loop has one wait: a second one is refused, and receiving goes on across calls", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate"), client = await machine.domain(), cap = await machine.grant(client, endpoint);
    const own = await client.do("endpointCreate");
    const receiving = client.do("receiveAsync", own), calling = client.do("callAsync", cap, 0x1000);
    const got = await init.do("receive", endpoint);
    expect((await client.do("call", cap, 0x1001)).status).toBe(WouldDeadlock);
    expect((await client.do("wait", await client.do("notificationCreate"), 10)).status).toBe(WouldDeadlock);
    machine.check();
    await init.do("reply", got.reply, { status: 0, words: [3] });
    expect((await calling).words).toEqual([3n]);
    const space = await client.do("dataspaceCreate", 10n);
    expect((await client.do("dataspaceRead", space, 0n, 10)).status).toBe(10);
    machine.check();
    void receiving;
    await machine.end(client);
    await init.do("capDelete", endpoint);
    void RIGHT_RECEIVE;
  });
});
