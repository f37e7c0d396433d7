// Two servers that call each other, on the real kernel: by themselves and linked, in Workers and inline. What their clients see is the same.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FRAME_SIZE, RIGHT_ALL, RIGHT_RECEIVE } from "../../../abi/layout/limits.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { TestMachine, type TestServer } from "../../../kernel-wasm/testing/test-machine.ts";
import { linkedServers } from "../../../tools/build/assembly-modules.ts";
import { rootBadge } from "../../ts/linked.ts";
import * as L from "./testing/labels.ts";

const FOLDER = "lib/assembly/linked/testing";
const RIGHTS = RIGHT_ALL & ~RIGHT_RECEIVE;
let machine: TestMachine;
beforeAll(async () => {
  machine = await TestMachine.start({ servers: {
    upper: `${FOLDER}/upper/assembly/main.ts`, lower: `${FOLDER}/lower/assembly/main.ts`, linked: linkedServers("upper+lower", FOLDER), three: linkedServers("upper+middle+lower", FOLDER),
  } });
}, 120_000);
afterAll(() => machine?.stop());

/** The two servers, each by a slot of init's to call it, and their domains. */
interface Pair { readonly upper: number; readonly lower: number; readonly domains: readonly TestServer[]; readonly slots: readonly number[] }

async function start(linked: boolean, placement: "worker" | "inline"): Promise<Pair> {
  const { init } = machine, domains = linked ? [await machine.server("linked", placement)] : [await machine.server("upper", placement), await machine.server("lower", placement)];
  const mint = (of: TestServer, badge: number): Promise<number> => init.do("capMint", of.endpoint, badge ? RIGHT_ALL : RIGHTS, badge);
  const upper = await mint(domains[0]!, 0), lower = await mint(domains.at(-1)!, linked ? rootBadge(1, 2) : 0);
  const pair = { upper, lower, domains, slots: [upper, lower] };
  expect(await call(upper, L.UPPER_SET, [], { caps: [lower] })).toMatchObject({ status: 0 });
  return pair;
}

async function stop({ domains, slots }: Pair): Promise<void> {
  for (const slot of slots) await machine.init.do("capDelete", slot);
  await machine.end(...domains);
}

const call = (slot: number, label: number, words: (number | bigint)[] = [], more: { caps?: number[]; send?: Uint8Array[]; receive?: number } = {}) => machine.init.do("call", slot, label, { words, ...more }, 20_000_000);
const ask = async (slot: number, label: number, words: (number | bigint)[] = [], more = {}): Promise<number[]> => {
  const answer = await call(slot, label, words, more);
  return [answer.status, ...answer.words.map(Number)];
};

const arrangements = [["separate", false], ["linked", true]] as const;
describe.each(arrangements.flatMap(([name, linked]) => (["worker", "inline"] as const).map((placement) => [name, placement, linked] as const)))("%s, %s", (_name, placement, linked) => {
  let pair: Pair, counts: ReturnType<TestMachine["counts"]>;
  beforeAll(async () => { counts = machine.counts(); pair = await start(linked, placement); });
  afterAll(async () => { await stop(pair); await machine.settle(counts); });

  test("ranges and words of a call within a call are its own, and the outer one's come back", async () => {
    for (const length of [0, 1, 2, 7, 100, 4096, 8192]) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
      const answer = await call(pair.upper, L.UPPER_TURN, [length], { send: [data], receive: 16384 });
      expect([answer.status, ...answer.words]).toEqual([0, BigInt(length + 1)]);
      expect(answer.data).toEqual(data.slice().reverse());
      // What does not fit is cut off.
      if (length > 4) expect((await call(pair.upper, L.UPPER_TURN, [1], { send: [data], receive: 3 })).data).toEqual(data.slice().reverse().slice(0, 3));
    }
  });

  test("pages that the other one provides arrive when they are read or written", async () => {
    const SIZE = 5 * FRAME_SIZE + 100, page = (at: number): number => Math.floor(at / FRAME_SIZE);
    const sum = (from: number, to: number, byte: (at: number) => number): number => { let total = 0; for (let at = from; at < to; at++) total += byte(at); return total; };
    for (const [offset, length, bad] of [[0, SIZE, 99], [0, 10, 99], [4000, 200, 99], [2 * FRAME_SIZE, FRAME_SIZE, 99], [4090, 3 * FRAME_SIZE, 2], [SIZE - 50, 400, 99], [SIZE, 10, 99]] as const) {
      const end = Math.min(offset + length, SIZE, bad * FRAME_SIZE), read = Math.max(end - offset, 0);
      expect(await ask(pair.upper, L.UPPER_READ, [offset, length, SIZE, bad]), `read ${length} at ${offset}`).toEqual([0, sum(offset, offset + read, (at) => page(at) + 1), read, 1]);
    }
    expect(await ask(pair.upper, L.UPPER_READ, [FRAME_SIZE, 10, SIZE, 1])).toEqual([0, 0, -Errors.Io, 1]);
    for (const [offset, length] of [[0, 10], [4000, 200], [FRAME_SIZE, FRAME_SIZE], [FRAME_SIZE - 1, 2 * FRAME_SIZE + 2], [SIZE - 30, 30]] as const) {
      expect(await ask(pair.upper, L.UPPER_WRITE, [offset, length, SIZE, 99]), `write ${length} at ${offset}`)
        .toEqual([0, sum(0, SIZE, (at) => at >= offset && at < offset + length ? 0xee : page(at) + 1), length, 1]);
    }
  });

  test("each has badges, and notices of their ends, of its own", async () => {
    const badges = async (): Promise<number[]> => [(await ask(pair.upper, L.UPPER_COUNTS))[2]!, (await ask(pair.lower, L.LOWER_COUNTS))[2]!];
    const before = await badges();
    const [ofLower] = (await call(pair.lower, L.LOWER_MINT, [9])).caps, [ofUpper] = (await call(pair.upper, L.UPPER_MINT, [9])).caps;
    expect([await ask(ofLower!, L.LOWER_BADGE), await ask(ofUpper!, L.UPPER_BADGE), await ask(pair.lower, L.LOWER_BADGE)]).toEqual([[0, 9], [0, 9], [0, 0]]);
    // Neither takes the other's capability for its own.
    expect((await ask(pair.upper, L.UPPER_INFO, [], { caps: [ofUpper] }))).toMatchObject([0, 9, expect.anything(), 1, 0]);
    expect((await ask(pair.upper, L.UPPER_INFO, [], { caps: [ofLower] }))).toMatchObject([0, 9, expect.anything(), 0, 0]);
    await machine.init.do("capDelete", ofLower!);
    await expect.poll(badges).toEqual([before[0], before[1]! + 1]);
    await machine.init.do("capDelete", ofUpper!);
    await expect.poll(badges).toEqual([before[0]! + 1, before[1]! + 1]);
    expect((await ask(pair.lower, L.LOWER_COUNTS))[3]).toBe(9);
  });

  test("a capability that one sends to the other is that one's, and leads back; not into a server that one is inside", async () => {
    const status = async (slot: number, label: number, words: number[], caps: number[] = []): Promise<number> => (await call(slot, label, words, { caps })).status;
    expect(await status(pair.upper, L.UPPER_CALL, [L.LOWER_KEEP, 0, 1])).toBe(0);
    expect(await status(pair.lower, L.LOWER_CALL_KEPT, [0, L.UPPER_BADGE, 0])).toBe(0);
    expect(await status(pair.upper, L.UPPER_CALL, [L.LOWER_CALL_KEPT, L.UPPER_BADGE, 0])).toBe(-Errors.WouldDeadlock);
    // Lower gives itself to upper, whose way to it that is from now on.
    expect(await status(pair.lower, L.LOWER_CALL_KEPT, [0, L.UPPER_SET, 1])).toBe(0);
    expect(await ask(pair.upper, L.UPPER_TURN, [5], { send: [Uint8Array.of(1)], receive: 1 })).toEqual([0, 6]);
    expect(await status(pair.lower, L.LOWER_KEEP, [], [0])).toBe(0);
  });

  test("answers may come later to callers from outside", async () => {
    const client = await machine.domain(), slot = await machine.grant(client, pair.lower, RIGHTS), before = machine.counts().replies;
    const waiting = client.do("call", slot, L.LOWER_HOLD, {});
    await machine.until(() => machine.counts().replies > before, "the reply to be saved");
    expect((await call(pair.lower, L.LOWER_RELEASE)).status).toBe(0);
    expect(await waiting).toMatchObject({ status: 0, words: [77n] });
    if (linked) expect((await call(pair.upper, L.UPPER_CALL, [L.LOWER_HOLD, 0, 0])).status).toBe(-Errors.NotSupported);
    await machine.end(client);
  });

  test("a signal comes to the one that has bound the Notification", async () => {
    const notification = await machine.init.do("notificationCreate");
    expect(await ask(pair.lower, L.LOWER_BIND, [], { caps: [notification] })).toEqual([0]);
    const before = (await ask(pair.lower, L.LOWER_COUNTS))[4]!;
    await machine.init.do("signal", notification, 4n);
    await expect.poll(async () => (await ask(pair.lower, L.LOWER_COUNTS))[4]).toBe(before + 1);
    await machine.init.do("capDelete", notification);
  });

  test("each looks up from waiting when its own time is over, also while the other is called", async () => {
    const timeouts = async (): Promise<number[]> => [(await ask(pair.upper, L.UPPER_COUNTS))[1]!, (await ask(pair.lower, L.LOWER_COUNTS))[1]!];
    const before = await timeouts();
    await expect.poll(async () => { const now = await timeouts(); return now[0]! > before[0]! + 2 && now[1]! > before[1]! + 2; }, { timeout: 20_000 }).toBe(true);
    // Calls of upper do not put off what lower waits for.
    const last = (await timeouts())[1]!;
    // Asking lower does: it is asked when upper has been called for several times as long as it waits.
    const period = 5 * L.LOWER_PATIENCE / 1000;
    await expect.poll(async () => { for (const end = performance.now() + period; performance.now() < end;) await call(pair.upper, L.UPPER_BADGE); return (await timeouts())[1]!; }, { timeout: 20_000, interval: 0 }).toBeGreaterThan(last);
  });

  test("while both are called at once and moved, no call is lost", async () => {
    const clients = [await machine.domain(), await machine.domain(), await machine.domain()];
    let working = true, moves = 0;
    const moving = (async (): Promise<void> => {
      for (; working; moves++) {
        machine.machine.place(pair.domains[moves % pair.domains.length]!.number, (moves / pair.domains.length | 0) % 2 ? "worker" : "inline");
        for (let i = 0; i < 10 && working; i++) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const called = Promise.all(clients.map(async (client, number) => {
      const upper = await machine.grant(client, pair.upper, RIGHTS), lower = await machine.grant(client, pair.lower, RIGHTS);
      for (let round = 0; round < 60; round++) {
        const data = Uint8Array.of(number, round, 3, 4, 5);
        const turned = number === 2 ? await client.do("call", lower, L.LOWER_TURN, { words: [round], send: [data], receive: 8 }) : await client.do("call", upper, L.UPPER_TURN, { words: [round], send: [data], receive: 8 });
        expect([turned.status, ...turned.words]).toEqual([0, BigInt(round + 1)]);
        expect(turned.data).toEqual(data.slice().reverse());
      }
    }));
    await called.finally(() => { working = false; });
    await moving;
    expect(moves).toBeGreaterThan(4);
    for (const { number } of pair.domains) machine.machine.place(number, placement);
    await machine.end(...clients);
  });
});

test.each(["worker", "inline"] as const)("of three in a chain, the middle one has its caller's ranges back when it has called the last, %s", async (placement) => {
  const counts = machine.counts(), server = await machine.server("three", placement);
  const [upper, middle, lower] = await Promise.all([0, 1, 2].map((member) => machine.init.do("capMint", server.endpoint, RIGHT_ALL, rootBadge(member, 3))));
  expect(await call(upper!, L.UPPER_SET, [], { caps: [middle] as number[] })).toMatchObject({ status: 0 });
  expect(await call(middle!, L.UPPER_SET, [], { caps: [lower] as number[] })).toMatchObject({ status: 0 });
  for (const length of [0, 1, 5, 4096]) {
    const data = Uint8Array.from({ length }, (_, i) => i * 5 + 1);
    const { status, words, data: turned } = await call(upper!, L.UPPER_TURN, [length], { send: [data], receive: 8192 });
    expect([status, ...words]).toEqual([0, BigInt(length + 1)]);
    expect(turned).toEqual(data.slice().reverse());
  }
  for (const member of [upper, middle]) expect((await ask(member!, L.UPPER_BADGE))[1]).toBe(0);
  const [minted] = (await call(lower!, L.LOWER_MINT, [2 ** 30 - 1])).caps;
  expect(await ask(minted!, L.LOWER_BADGE)).toEqual([0, 2 ** 30 - 1]);
  expect((await call(lower!, L.LOWER_MINT, [2 ** 30])).status).toBe(-Errors.BadArgument);
  for (const slot of [minted, upper, middle, lower]) await machine.init.do("capDelete", slot!);
  await machine.end(server);
  await machine.settle(counts);
});

test.each(["worker", "inline"] as const)("one that traps takes those with it that it is linked with, %s", async (placement) => {
  const counts = machine.counts(), pair = await start(true, placement);
  expect((await call(pair.lower, L.LOWER_TRAP)).status).toBe(-Errors.PeerDied);
  expect((await call(pair.upper, L.UPPER_BADGE)).status).toBe(-Errors.PeerDied);
  await stop(pair);
  await machine.settle(counts);
});
