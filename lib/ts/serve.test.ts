import { beforeEach, describe, expect, it } from "vitest";
import { LABEL_SIGNAL, RIGHT_GRANT, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { Custody } from "./custody.ts";
import { Events } from "./events.ts";
import type { Incoming, Outcome } from "./kernel.ts";
import { answer, handle, isNotice, type Server } from "./serve.ts";
import { serveAsync } from "./serve-async.ts";
import { failure } from "./status.ts";
import type { FakeKernel } from "./testing/fake-kernel.ts";
import { FakeMachine } from "./testing/fake-machine.ts";

const LABEL = 0xf001;
let machine: FakeMachine, kernel: FakeKernel, client: FakeKernel, cap: number, custody: Custody;
const serverOf = (dispatch: Server["dispatch"], rest: Partial<Server> = {}): Server => ({ custody, dispatch, ...rest });
const attach = (server: Server): void => machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, server, incoming));

beforeEach(() => {
  machine = new FakeMachine();
  kernel = machine.domain("server");
  kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
  client = machine.domain("client");
  cap = machine.grant(kernel, SLOT_SELF, client, RIGHT_WRITE | RIGHT_GRANT);
  custody = new Custody(kernel);
});

describe("handle", () => {
  it("answers, deletes what came and was not kept, and keeps what was", () => {
    const kept: number[] = [];
    attach(serverOf((incoming) => { kept.push(custody.keep(incoming.caps[0]!)); return { status: 0 }; }));
    const first = client.notificationCreate(), second = client.notificationCreate(), before = machine.counts().caps;
    expect(client.call(cap, LABEL, { caps: [first, second] }).status).toBe(0);
    expect(machine.counts().caps).toBe(before + 1);
    expect(kernel.capInfo(kept[0]!)).toBeDefined();
  });

  it("turns a bug into Fault, says where, and goes on", () => {
    attach(serverOf((incoming) => { if (incoming.words[0] === 1n) throw new Error("oops"); return { status: 0 }; }));
    const before = machine.counts();
    expect(client.call(cap, LABEL, { words: [1], caps: [client.notificationCreate()] }).status).toBe(failure("Fault"));
    expect(machine.logged.join()).toContain("oops");
    expect(client.call(cap, LABEL, { words: [2] }).status).toBe(0);
    expect(machine.counts().replies).toBe(before.replies);
  });
});

describe("answer", () => {
  it("tells whether the caller was there, and leaks nothing if not", async () => {
    let reply = 0;
    attach(serverOf((incoming) => { reply = incoming.reply; return "deferred"; }));
    const before = machine.counts();
    void client.callAsync(cap, LABEL);
    machine.kill(client.domain);
    expect(answer(kernel, reply, { status: 0, caps: [kernel.notificationCreate()] })).toBe(false);
    expect(machine.counts()).toMatchObject({ notifications: before.notifications, replies: 0 });
  });

  it("does not leave the caller waiting when the outcome cannot be sent", async () => {
    let reply = 0;
    attach(serverOf((incoming) => { reply = incoming.reply; return "deferred"; }));
    const called = client.callAsync(cap, LABEL, { receive: 4 });
    expect(answer(kernel, reply, { status: 0, data: new Uint8Array(5) })).toBe(false);
    expect((await called).status).toBe(failure("Fault"));
  });
});

describe("events", () => {
  it("run in the loop, in order, also those posted by others and those behind one that throws", async () => {
    const events = new Events(kernel), ran: number[] = [];
    let stop = false;
    const loop = serveAsync(kernel, serverOf(() => ({ status: 0 }), { events }), SLOT_SELF, () => stop);
    events.post(() => { ran.push(1); events.post(() => { ran.push(4); stop = true; }); });
    events.post(() => { ran.push(2); throw new Error("event bug"); });
    events.post(() => { ran.push(3); });
    await loop;
    expect(ran).toEqual([1, 2, 3, 4]);
    expect(machine.logged.join()).toContain("event bug");
  });

  it("leave messages to the server while they run", async () => {
    const events = new Events(kernel), labels: number[] = [];
    let stop = false;
    const loop = serveAsync(kernel, serverOf((incoming: Incoming): Outcome => { labels.push(incoming.label); return { status: 0 }; }, { events }), SLOT_SELF, () => stop);
    expect((await client.callAsync(cap, LABEL)).status).toBe(0);
    events.post(() => { stop = true; });
    await loop;
    expect(labels).toEqual([LABEL]);
  });
});

it("idle runs when the server's patience ends", async () => {
  let idled = 0;
  const loop = serveAsync(kernel, serverOf(() => ({ status: 0 }), { patience: () => 50, idle: () => { idled++; } }), SLOT_SELF, () => idled === 2);
  for (let turn = 0; turn < 10; turn++) { machine.advance(50_000n); await Promise.resolve(); }
  await loop;
  expect(idled).toBe(2);
});

it("a notice is known by its rights, not by its label", () => {
  const message = { label: LABEL_SIGNAL, rights: 0 } as Incoming;
  expect([isNotice(message), isNotice({ ...message, rights: RIGHT_WRITE }), isNotice({ ...message, label: LABEL })]).toEqual([true, false, false]);
});
