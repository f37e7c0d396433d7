import { beforeEach, describe, expect, it } from "vitest";
import { FAULT_EXIT, LABEL_FAULT, LABEL_ORPHAN, LABEL_PAGE_FAULT, LABEL_SIGNAL, RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import type { Incoming } from "../kernel.ts";
import { failure } from "../status.ts";
import { FakeExit, type FakeKernel } from "./fake-kernel.ts";
import { FakeMachine } from "./fake-machine.ts";

const LABEL = 0xf001;
let machine: FakeMachine, server: FakeKernel, client: FakeKernel, endpoint: number, cap: number;

beforeEach(() => {
  machine = new FakeMachine();
  server = machine.domain("server");
  client = machine.domain("client");
  endpoint = server.endpointCreate();
  cap = machine.grant(server, endpoint, client, RIGHT_WRITE | RIGHT_GRANT);
});

describe("the fake machine", () => {
  it("carries words, data and badge to an attached server, and the answer back", () => {
    machine.attach(server, endpoint, (incoming) => {
      server.reply(incoming.reply, { status: 0, words: [incoming.words[0]! + 1n, incoming.badge], data: incoming.ranges[0]!.toReversed() });
    });
    const badged = server.capMint(endpoint, RIGHT_ALL, 7);
    const own = machine.grant(server, badged, client);
    expect(client.call(own, LABEL, { words: [-3], send: [Uint8Array.of(1, 2)], receive: 8 })).toEqual({ status: 0, words: [-2n, 7n], caps: [], data: Uint8Array.of(2, 1) });
  });

  it("serves a loop on receiveAsync, with answers out of order", async () => {
    const first = client.callAsync(cap, LABEL, { words: [1] }), second = client.callAsync(cap, LABEL, { words: [2] });
    const one = await server.receiveAsync(endpoint), two = await server.receiveAsync(endpoint);
    server.reply(two.reply, { status: 0, words: two.words });
    server.reply(one.reply, { status: 0, words: one.words });
    expect((await first).words).toEqual([1n]);
    expect((await second).words).toEqual([2n]);
    expect(machine.counts().replies).toBe(0);
  });

  it("copies the capabilities of a call and moves those of an answer", () => {
    const before = machine.counts().caps;
    machine.attach(server, endpoint, (incoming) => server.reply(incoming.reply, { status: 0, caps: incoming.caps }));
    const notification = client.notificationCreate();
    const answer = client.call(cap, LABEL, { caps: [notification] });
    expect(answer.caps[0]).not.toBe(notification);
    client.signal(answer.caps[0]!, 4n);
    expect(client.wait(notification).bits).toBe(4n);
    client.capDelete(notification);
    client.capDelete(answer.caps[0]!);
    expect(machine.counts().caps).toBe(before);
  });

  it("reports when the last capability derived from a watched one has gone", () => {
    const seen: Incoming[] = [];
    machine.attach(server, endpoint, (incoming) => { seen.push(incoming); });
    const minted = server.capMint(endpoint, RIGHT_WRITE | RIGHT_GRANT, 9);
    server.capWatch(minted);
    const own = machine.grant(server, minted, client);
    const copy = client.capCopy(own);
    client.capDelete(own);
    expect(seen).toEqual([]);
    client.capDelete(copy);
    expect(seen.map(({ label, badge }) => [label, badge])).toEqual([[LABEL_ORPHAN, 9]]);
  });

  it("answers PeerDied when the server dies or drops the reply", async () => {
    const waiting = client.callAsync(cap, LABEL);
    const incoming = await server.receiveAsync(endpoint);
    const queued = client.callAsync(cap, LABEL);
    server.capDelete(incoming.reply);
    expect((await waiting).status).toBe(failure("PeerDied"));
    machine.kill(server.domain);
    expect((await queued).status).toBe(failure("PeerDied"));
    expect((await client.callAsync(cap, LABEL)).status).toBe(failure("PeerDied"));
  });

  it("reports a child's exit to its fault endpoint", () => {
    const seen: Incoming[] = [];
    machine.attach(server, endpoint, (incoming) => { seen.push(incoming); });
    const child = server.domainCreate(64, 64, endpoint, 5);
    machine.onStart = ({ kernel }) => { try { kernel.exit(3); } catch (error) { if (!(error instanceof FakeExit)) throw error; } };
    expect(server.domainStart(child, 0, 1)).toBe(0);
    expect(seen.map(({ label, badge, words }) => [label, badge, ...words.slice(1)])).toEqual([[LABEL_FAULT, 5, BigInt(FAULT_EXIT), 3n]]);
  });

  it("asks the pager for absent pages", () => {
    const space = server.dataspaceCreate(5000n);
    machine.attach(server, endpoint, (incoming) => {
      expect([incoming.label, incoming.badge]).toEqual([LABEL_PAGE_FAULT, 3]);
      server.dataspaceWrite(space, incoming.words[0]! * 4096n, new Uint8Array(4096).fill(Number(incoming.words[0]) + 1));
      server.reply(incoming.reply, { status: 0 });
    });
    server.dataspaceSetPager(space, endpoint, 3);
    const own = machine.grant(server, space, client, RIGHT_READ);
    expect([...client.dataspaceRead(own, 4095n, 9000).data.subarray(0, 2)]).toEqual([1, 2]);
    expect(client.dataspaceWrite(own, 0n, new Uint8Array(1))).toBe(failure("NoRight"));
  });

  it("delivers signals of a bound notification as messages", () => {
    const seen: Incoming[] = [];
    machine.attach(server, endpoint, (incoming) => { seen.push(incoming); });
    const notification = server.notificationCreate();
    server.notificationBind(notification, endpoint);
    server.signal(notification, 5n);
    expect(seen.map(({ label, words }) => [label, words[0]])).toEqual([[LABEL_SIGNAL, 5n]]);
  });

  it("refuses forged badges, kernel labels and ungranted capabilities", () => {
    expect(client.capMint(cap, RIGHT_ALL, 7)).toBe(failure("NoRight"));
    expect(client.call(cap, LABEL_ORPHAN).status).toBe(failure("BadArgument"));
    const kept = client.capMint(client.notificationCreate(), RIGHT_READ, 0);
    expect(client.call(cap, LABEL, { caps: [kept] }).status).toBe(failure("NoRight"));
  });

  it("keeps virtual time: a call times out when time is advanced", async () => {
    const answer = client.callAsync(cap, LABEL, {}, 10);
    machine.advance(10_000n);
    expect((await answer).status).toBe(failure("Timeout"));
  });
});
