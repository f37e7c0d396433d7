// The kernel against its reference model (model/kernel-model.ts): random sequences of system calls by 1 to 8 real domains, each outcome
// equal, and in the end nothing left. A sequence that differs is shrunk. GRAIL_RUNS makes it longer, GRAIL_SEED repeats it.

import fc from "fast-check";
import { expect, it } from "vitest";
import { LABEL_ORPHAN, OBJECT_DATASPACE, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, RIGHT_ALL, RIGHT_RECEIVE } from "../../abi/layout/limits.ts";
import { runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import type { TestDomain, TestMachine } from "../testing/test-machine.ts";
import { useMachine } from "../testing/use-machine.ts";
import { Model, OK, type MDomain } from "./model/kernel-model.ts";

const test = useMachine();
const QUOTA = 24;

/** The model, the machine, and which real slot each of the model's names stands for. */
class Pair {
  readonly model: Model;
  readonly slots = new Map<number, number>();
  /** init's slots of the endpoints that it made. */
  readonly roots: number[] = [];
  constructor(readonly machine: TestMachine, readonly puppets: readonly TestDomain[]) { this.model = new Model(puppets.length, QUOTA); }

  /** Each domain gets an endpoint that init made, and all others may call it. */
  async acquaint(): Promise<void> {
    const { init } = this.machine, maker = new Model(1, 1000).domains[0]!;
    for (const index of this.puppets.keys()) {
      const root = this.model.create(maker, OBJECT_ENDPOINT), slot = await init.do("endpointCreate");
      this.roots.push(slot);
      for (const [other, friend] of this.puppets.entries()) {
        const rights = other === index ? RIGHT_ALL : RIGHT_ALL & ~RIGHT_RECEIVE;
        this.same(this.model.derive(maker, root, rights, 0, this.model.domains[other]!), await init.do("capGrant", friend.slot, slot, rights, 0), "acquaint");
      }
    }
  }

  domain(which: number): [MDomain, TestDomain] { const index = which % this.puppets.length; return [this.model.domains[index]!, this.puppets[index]!]; }
  /** One of the domain's capabilities; now and then one that it has not. */
  name(domain: MDomain, which: number): number { const names = [...domain.caps.keys()]; return names.length === 0 || which % 13 === 12 ? -1 : names[which % names.length]!; }
  slot(name: number): number { return this.slots.get(name) ?? 4000; }
  /** A new slot, or the same error on both sides. */
  same(name: number, slot: number, what: string): void {
    if (name > 0) { expect(slot, what).toBeGreaterThan(0); this.slots.set(name, slot); } else expect(slot, what).toBe(name);
  }
}

type Command = fc.AsyncCommand<object, Pair>;
const command = (text: string, run: (pair: Pair) => Promise<void>): Command => ({ check: () => true, run: (_, pair) => run(pair), toString: () => text });
const any = fc.nat(10_000), rights = fc.oneof(fc.constant(RIGHT_ALL), fc.nat(31)), size = fc.oneof(fc.nat(300), fc.nat(3 * 4096));

const create = fc.tuple(any, fc.constantFrom(OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_DATASPACE), size).map(([d, kind, bytes]) => command(`create ${d} ${kind} ${bytes}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), name = pair.model.create(domain, kind, bytes);
  pair.same(name, kind === OBJECT_ENDPOINT ? await puppet.do("endpointCreate") : kind === OBJECT_NOTIFICATION ? await puppet.do("notificationCreate") : await puppet.do("dataspaceCreate", BigInt(bytes)), "create");
}));
const mint = fc.tuple(any, any, rights, fc.constantFrom(0, 0, 5, 9)).map(([d, c, r, badge]) => command(`mint ${d} ${c} ${r} ${badge}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), source = pair.name(domain, c);
  pair.same(pair.model.derive(domain, source, r, badge), await puppet.do("capMint", pair.slot(source), r, badge), "mint");
}));
const move = fc.tuple(any, any).map(([d, c]) => command(`move ${d} ${c}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), source = pair.name(domain, c);
  if (source > 0 && domain.caps.size >= QUOTA) { expect(await puppet.do("capMove", pair.slot(source), -1)).toBe(-33); return; }
  const slot = await puppet.do("capMove", pair.slot(source), -1);
  if (source < 0) expect(slot).toBe(-1); else { expect(slot).toBeGreaterThan(0); pair.slots.set(source, slot); }
}));
const remove = fc.tuple(any, any, fc.boolean()).map(([d, c, all]) => command(`${all ? "revoke" : "delete"} ${d} ${c}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), name = pair.name(domain, c);
  if (all) expect(await puppet.do("capRevoke", pair.slot(name)), "revoke").toBe(pair.model.revoke(domain, name));
  else expect(await puppet.do("capDelete", pair.slot(name)), "delete").toBe(pair.model.delete(domain, name));
}));
const watch = fc.tuple(any, any).map(([d, c]) => command(`watch ${d} ${c}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), name = pair.name(domain, c);
  expect(await puppet.do("capWatch", pair.slot(name)), "watch").toBe(pair.model.watch(domain, name));
}));
const look = fc.tuple(any, any).map(([d, c]) => command(`info ${d} ${c}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), name = pair.name(domain, c), cap = domain.caps.get(name), info = await puppet.do("capInfo", pair.slot(name));
  if (cap) expect(info, "info").toMatchObject({ kind: cap.object.kind, rights: cap.rights, badge: cap.badge }); else expect(info).toBeUndefined();
}));
const signals = fc.tuple(any, any, fc.bigInt({ min: 0n, max: 255n }), fc.boolean()).map(([d, c, bits, take]) => command(`${take ? "wait" : "signal"} ${d} ${c} ${bits}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), name = pair.name(domain, c);
  if (take) expect(await puppet.do("wait", pair.slot(name), 0), "wait").toEqual(pair.model.wait(domain, name));
  else expect(await puppet.do("signal", pair.slot(name), bits), "signal").toBe(pair.model.signal(domain, name, bits));
}));
const contents = fc.tuple(any, any, fc.constantFrom("read", "write", "resize"), size, fc.nat(9000), fc.nat(255)).map(([d, c, what, at, length, byte]) => command(`${what} ${d} ${c} ${at} ${length} ${byte}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), name = pair.name(domain, c), slot = pair.slot(name);
  if (what === "read") expect(await puppet.do("dataspaceRead", slot, BigInt(at), length), "read").toEqual(pair.model.read(domain, name, at, length));
  else if (what === "resize") expect(await puppet.do("dataspaceResize", slot, BigInt(at)), "resize").toBe(pair.model.resize(domain, name, at));
  else { const data = new Uint8Array(length).fill(byte); expect(await puppet.do("dataspaceWrite", slot, BigInt(at), data), "write").toBe(pair.model.write(domain, name, at, data)); }
}));
const paging = fc.tuple(any, any, fc.constantFrom("supply", "marks", "dirty", "reclaim", "evict"), fc.nat(4), fc.nat(4), fc.nat(3), fc.boolean()).map(([d, c, what, page, count, clear, ragged]) => command(`${what} ${d} ${c} ${page} ${count} ${clear} ${ragged}`, async (pair) => {
  const [domain, puppet] = pair.domain(d), name = pair.name(domain, c), slot = pair.slot(name), data = new Uint8Array(count * 4096 + (ragged ? 77 : 0)).fill(page + 1);
  switch (what) {
    case "supply": expect(await puppet.do("dataspaceSupply", slot, BigInt(page * 4096), data), what).toBe(pair.model.supply(domain, name, page, data)); break;
    case "marks": expect(await puppet.do("dataspaceMarks", slot, page, count + 1, clear), what).toEqual(pair.model.marks(domain, name, page, count + 1, clear)); break;
    case "dirty": expect(await puppet.do("dataspaceNextDirty", slot, page), what).toBe(pair.model.nextDirty(domain, name, page)); break;
    default: expect(await puppet.do(what === "evict" ? "dataspaceEvict" : "dataspaceReclaim", slot, page, count), what).toBe(pair.model.evict(domain, name, page, count, what === "reclaim"));
  }
}));
/** A whole call: one domain receives, another calls with a capability, the first answers with one that moves. */
const exchange = fc.tuple(any, any, any, any, any, fc.bigInt({ min: -5n, max: 5n })).map(([s, e, c, carry, give, word]) => command(`exchange ${s} ${e} ${c} ${carry} ${give} ${word}`, async (pair) => {
  const [server, serving] = pair.domain(s), endpoint = pair.name(server, e), held = server.caps.get(endpoint), { model } = pair;
  if (!held || held.object.kind !== OBJECT_ENDPOINT || !(held.rights & RIGHT_RECEIVE)) { expect((await serving.do("receive", pair.slot(endpoint), 0)).status, "receive").toBe(!held || held.object.kind !== OBJECT_ENDPOINT ? -1 : -3); return; }
  // Notices come before messages, and only for those that were not derived from again.
  for (let orphan; (orphan = held.object.orphans.shift());) {
    if (orphan.children.size > 0) { orphan.watched = true; continue; }
    expect(await serving.do("receive", pair.slot(endpoint), 0), "orphan").toMatchObject({ status: 0, label: LABEL_ORPHAN, badge: orphan.badge, rights: 0 });
  }
  expect((await serving.do("receive", pair.slot(endpoint), 0)).status, "no message").toBe(-19);
  const [client, calling] = pair.domain(c), way = [...client.caps.values()].find((cap) => cap.object === held.object);
  if (client === server || !way) return;
  const carried = pair.name(client, carry), sends = carried > 0 && carry % 2 === 0;
  const may = model.mayCall(client, way.name), allowed = may !== OK ? may : sends ? model.mayCarry(client, carried, server) : OK;
  const message = { words: [word], caps: sends ? [pair.slot(carried)] : [] }, slot = pair.slot(endpoint), doing = (text: string): (() => boolean) => () => pair.machine.machine.inspector.domain((text === "receiving" ? serving : calling).number, 0).activity.startsWith(text);
  if (may !== OK) { expect((await calling.do("call", pair.slot(way.name), 0x4000, message)).status, "refused").toBe(may); return; }
  // Either comes first; one that will be refused does not end the receiver's wait, so there the caller does.
  const early = allowed === OK && word >= 0n ? serving.do("receive", slot) : undefined;
  if (early) await pair.machine.until(doing("receiving"), "it to receive");
  const call = calling.do("call", pair.slot(way.name), 0x4000, message);
  if (!early) await pair.machine.until(doing("calling"), "it to call");
  const receiving = early ?? serving.do("receive", slot, 0);
  if (allowed !== OK) {
    expect((await receiving).status, "nothing to receive").toBe(-19);
    expect((await call).status, "refused").toBe(allowed);
    return;
  }
  const got = await receiving;
  expect(got, "received").toMatchObject({ status: 0, label: 0x4000, badge: way.badge, rights: way.rights, words: [word] });
  if (sends) { const there = model.add(server, client.caps.get(carried)!.object, client.caps.get(carried)!.rights, client.caps.get(carried)!.badge, client.caps.get(carried)!); pair.slots.set(there, got.caps[0]!); }
  if (!got.reply) { expect(server.caps.size, "a full table keeps no reply").toBeGreaterThanOrEqual(QUOTA); await serving.do("receive", slot, 0); expect((await call).status, "dropped").toBe(-21); return; }
  const given = pair.name(server, give), gives = given > 0 && give % 3 === 0, cap = server.caps.get(given);
  expect(await serving.do("reply", got.reply, { status: 0, words: [word + 1n], caps: gives ? [pair.slot(given)] : [] }), "reply").toBe(OK);
  const full = gives && client.caps.size >= QUOTA, answer = await call;
  expect(answer.status, "answer").toBe(full ? -33 : OK);
  if (!full) expect(answer.words, "answer").toEqual([word + 1n]);
  if (gives) {
    if (!full) { const moved = model.add(client, cap!.object, cap!.rights, cap!.badge, cap); pair.slots.set(moved, answer.caps[0]!); }
    model.delete(server, given);
  }
}));

it("does what the model does", { timeout: 40_000 * runsFactor() + 60_000 }, async () => {
  const { machine } = test, seed = seedOfRun(), end = performance.now() + 25_000 * runsFactor();
  const commands = fc.commands([create, create, mint, mint, mint, move, remove, remove, watch, look, signals, signals, contents, contents, paging, paging, exchange, exchange, exchange], { maxCommands: 120, size: "max" });
  let runs = 0;
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 8 }), commands, async (count, sequence) => {
    const before = machine.counts(), puppets = await Promise.all(Array.from({ length: count }, () => machine.domain(QUOTA)));
    const pair = new Pair(machine, puppets);
    try {
      await pair.acquaint();
      await fc.asyncModelRun(() => ({ model: {}, real: pair }), sequence);
      machine.check();
      runs++;
    } finally {
      await machine.end(...puppets);
      for (const slot of pair.roots) await machine.init.do("capDelete", slot);
    }
    await machine.settle(before);
  }), { seed: seed | 0, numRuns: Math.round(60 * runsFactor()), interruptAfterTimeLimit: Math.max(1, end - performance.now()), endOnFailure: false });
  console.log(`model: seed ${seed}, ${runs} sequences`);
});
