// Every way across a protection boundary that must be impossible, tried. docs/concepts/protected-shared-library.md lists them: its table says what is tried and
// what comes of it, and is read here, so that a row without an attempt fails, and an attempt without a row. Wherever it makes sense it is tried
// with the server placed inline and in its own Worker. After each attempt the client's memory is as it was.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import wabt from "wabt";
import { FAULT_MISSING_IMPORT, NOT_RELAYED, RIGHT_ALL, SHAPE_RECEIVE, SHAPE_SEND } from "../../abi/layout/limits.ts";
import { errorName } from "../../lib/ts/status.ts";
import { SITE, testModule } from "../testing/modules.ts";
import { TestMachine, type TestServer } from "../testing/test-machine.ts";
import * as O from "./server/crossing-labels.ts";

const NATIVE = 12, CONTROL = 5, SERVER = 6, SPACE = 7, FAR = 0x7fff0000, LENGTH = 100, AT = O.BASE + 5000, TO = O.BASE + 60000, EVER = -1n;
const PAGE = "docs/concepts/protected-shared-library.md";
const value = (address: number): bigint => BigInt((address * 7 + (address >> 8) + 3) & 255);
/** The client's eight bytes at an address, as a word; and the intruder's buffer as it was. */
const own = (address: number): bigint => BigInt.asIntN(64, Array.from({ length: 8 }, (_, i) => value(address + i) << BigInt(8 * i)).reduce((a, b) => a | b));
const UNTOUCHED = BigInt.asIntN(64, 0xaaaaaaaaaaaaaaaan);

interface Done { status: number; delivered: bigint; left: bigint }
interface Tried { status: number; first: bigint; left: bigint; more: bigint }

/** A client and two intruders, of which the first may call the second and the second the first. */
class Stage {
  readonly #machine: TestMachine;
  readonly #slots: number[] = [];
  #domain = 0; #control = 0; #pending = 0;
  servers!: readonly [TestServer, TestServer];
  /** Where the first keeps its capability to the second, a Dataspace and a Notification; where the second keeps that to the first. */
  second = 0; space = 0; bell = 0; first = 0; ring = 0;
  constructor(machine: TestMachine) { this.#machine = machine; }

  static async set(machine: TestMachine, placement: "worker" | "inline"): Promise<Stage> {
    const stage = new Stage(machine), { init } = machine;
    stage.servers = [await machine.server("intruder", placement), await machine.server("intruder", placement)];
    const [one, two] = stage.servers, keep = async (server: TestServer, slot: number): Promise<number> => Number((await init.do("call", server.endpoint, O.HOLD_CAP, { caps: [slot] })).words[0]);
    const space = await init.do("dataspaceCreate", 4096n);
    stage.ring = await init.do("notificationCreate");
    await init.do("dataspaceWrite", space, 0n, new Uint8Array(4096).fill(0x77));
    stage.second = await keep(one, two.endpoint);
    stage.space = await keep(one, space);
    stage.bell = await keep(one, stage.ring);
    stage.first = await keep(two, one.endpoint);
    const code = new Uint8Array(readFileSync(`${SITE}/${await testModule("confined", "kernel-wasm/tests/server/assembly/confined.ts")}`)), program = await init.do("dataspaceCreate", BigInt(code.length));
    await init.do("dataspaceWrite", program, 0n, code);
    stage.#domain = await init.do("domainCreate", 64, 64, 0, 0);
    stage.#control = await init.do("endpointCreate");
    for (const [slot, at] of [[stage.#control, CONTROL], [one.endpoint, SERVER], [space, SPACE]] as const) expect(await init.do("capGrant", stage.#domain, slot, RIGHT_ALL & ~8, 0, at)).toBe(at);
    expect(await init.do("domainStart", stage.#domain, program, NATIVE)).toBe(0);
    stage.#slots.push(space, stage.ring, program, stage.#control);
    stage.#pending = (await init.do("receive", stage.#control)).reply;
    return stage;
  }

  /** Have the client do something, and see that its memory is as it was. */
  async client(what: number, ...words: (number | bigint)[]): Promise<Done> { await this.begin(what, ...words); return this.finish(); }
  async begin(what: number, ...words: (number | bigint)[]): Promise<void> { expect(await this.#machine.init.do("reply", this.#pending, { status: 0, words: [what, ...words] })).toBe(0); }
  async finish(): Promise<Done> {
    const { reply, words: [status, changed, delivered, left] } = await this.#machine.init.do("receive", this.#control);
    this.#pending = reply;
    expect(changed, "bytes of the client's memory that were changed").toBe(0n);
    expect(left, "registers that nobody sent").toBe(0n);
    return { status: Number(status), delivered: delivered!, left: left! };
  }

  /** The client calls the first server: `sends` and `offers` bytes at AT and TO. */
  call({ sends = -1, offers = -1, timeout = EVER }: { sends?: number; offers?: number; timeout?: bigint } = {}): Promise<Done> { return this.client(O.C_CALL, SERVER, O.GO, AT, sends, TO, offers, timeout); }
  async plan(server: 0 | 1, ...words: (number | bigint)[]): Promise<void> { expect((await this.#machine.init.do("call", this.servers[server].endpoint, O.PLAN, { words: [...words, 0, 0, 0, 0].slice(0, 5) })).status).toBe(0); }
  async tried(server: 0 | 1): Promise<Tried> {
    const { status, words: [of, first, left, more] } = await this.#machine.init.do("call", this.servers[server].endpoint, O.RESULT);
    expect(status).toBe(0);
    expect(left, "registers that nobody sent").toBe(0n);
    return { status: Number(of), first: first!, left: left!, more: more! };
  }

  /** The first server's home Worker tries something: what came of it. A message that wants no answer is received by nobody else. */
  async home(...plan: number[]): Promise<string> {
    const { init } = this.#machine, { endpoint } = this.servers[0], done = async (): Promise<bigint> => (await init.do("call", endpoint, O.RESULT)).words[4]!, before = await done();
    await this.plan(0, ...plan);
    expect(await init.do("send", endpoint, O.GO)).toBe(0);
    await expect.poll(done, { timeout: 20_000 }).toBe(before + 1n);
    return bytes((await this.tried(0)).status);
  }

  /** The first server tries something in a call with these ranges: what came of it. */
  async try(plan: (number | bigint)[], ranges: { sends?: number; offers?: number } = {}): Promise<Tried & Done> {
    await this.plan(0, ...plan);
    const done = await this.call(ranges);
    expect(done.status).toBe(0);
    return { ...done, ...await this.tried(0) };
  }

  async end(): Promise<void> {
    const { init } = this.#machine;
    await init.do("capDelete", this.#pending);
    await this.#machine.end({ slot: this.#domain }, ...this.servers);
    for (const slot of this.#slots) { await init.do("capRevoke", slot); await init.do("capDelete", slot); }
  }
}

const bytes = (count: number | bigint): string => count < 0 ? errorName(Number(count)) : `${count} bytes`;
const both = { sends: LENGTH, offers: LENGTH };
/** A fetch that got bytes must have got the caller's own. */
const fetched = ({ status, first }: Tried): string => { expect(first).toBe(status > 0 ? own(AT) : UNTOUCHED); return bytes(status); };
const all = (...outcomes: string[]): string => { expect(new Set(outcomes).size, outcomes.join(", ")).toBe(1); return outcomes[0]!; };

type Attempt = (stage: Stage, machine: TestMachine) => Promise<string>;

const everywhere: Record<string, Attempt> = {
  "client sends from beyond its memory": async (stage) => all(...await each([[FAR, LENGTH], [-16, 64], [AT, -5], [AT, 0x7fffffff]], async ([at, length]) => bytes((await stage.client(O.C_CALL, SERVER, O.GO, at!, length!, 0, -1, EVER)).status))),
  "client offers room beyond its memory": async (stage) => all(...await each([[FAR, LENGTH], [-16, 64], [TO, -5], [TO, 0x7fffffff]], async ([at, length]) => bytes((await stage.client(O.C_CALL, SERVER, O.GO, 0, -1, at!, length!, EVER)).status))),
  "client reads a Dataspace to beyond its memory": async (stage) => bytes((await stage.client(O.C_READ, SPACE, 0, FAR, LENGTH)).status),
  "client writes a Dataspace from beyond its memory": async (stage) => bytes((await stage.client(O.C_WRITE, SPACE, 0, FAR, LENGTH)).status),
  "client names another memory": async (stage) => all(...await each([1, 2, 15, 16, -1, 0x7fffffff], async (memory) => all(bytes((await stage.client(O.C_READ, SPACE, memory, AT, LENGTH)).status), bytes((await stage.client(O.C_WRITE, SPACE, memory, AT, LENGTH)).status)))),
  "client acts as a server": async (stage) => all(...await each([O.C_FETCH, O.C_DELIVER, O.C_REPLY, O.C_SAVE], async (what) => bytes((await stage.client(what, 0, 0, LENGTH)).status))),
  "client answers through a number": async (stage) => {
    await stage.plan(0, O.P_SAVE);
    const saved = (await stage.call({ ...both, timeout: 20_000n })).status, { status: slot } = await stage.tried(0);
    expect([saved, slot > 0]).toEqual([-17, true]);
    return all(...await each([O.C_FETCH, O.C_DELIVER, O.C_REPLY], async (what) => bytes((await stage.client(what, slot, 0, LENGTH)).status)));
  },
  "client names the server's capability": async (stage) => bytes((await stage.client(O.C_INFO, stage.second)).status),
  "client leaves words in registers": async (stage) => { await stage.plan(0, O.P_NOTHING); await stage.call(); return `${(await stage.tried(0)).left === 0n ? 0 : "some"} bytes`; },
  "server leaves words in registers": async (stage) => { await stage.plan(0, O.P_NOTHING); return `${(await stage.call()).left === 0n ? 0 : "some"} bytes`; },
  "server fetches before a range": async (stage) => all(...await each([-1, -4096, -(2 ** 31)], async (offset) => fetched(await stage.try([O.P_FETCH, 0, 0, offset, 64], both)))),
  "server fetches behind a range": async (stage) => all(...await each([LENGTH, LENGTH + 1, 2 ** 31 - 1], async (offset) => fetched(await stage.try([O.P_FETCH, 0, 0, offset, 2 ** 31 - 1], both)))),
  "server fetches more than a range": async (stage) => all(...await each([LENGTH + 1, 65536], async (length) => fetched(await stage.try([O.P_FETCH, 0, 0, 0, length], both)))),
  "server fetches a range that was not sent": async (stage) => fetched(await stage.try([O.P_FETCH, 0, 1, 0, 64], both)),
  "server fetches from the room for the answer": async (stage) => all(...await each([0, 1], async (which) => fetched(await stage.try([O.P_FETCH, 0, which, 0, 64], { offers: LENGTH })))),
  "server fetches a range of no number": async (stage) => all(...await each([2, -1], async (which) => fetched(await stage.try([O.P_FETCH, 0, which, 0, 64], both)))),
  "server delivers into what was sent": async (stage) => bytes((await stage.try([O.P_DELIVER, 0, 0, 64], { sends: LENGTH })).status),
  "server delivers before the room": async (stage) => all(...await each([-1, -4096, -(2 ** 31)], async (offset) => bytes((await stage.try([O.P_DELIVER, 0, offset, 64], both)).status))),
  "server delivers behind the room": async (stage) => all(...await each([LENGTH, 2 ** 31 - 1], async (offset) => { const { status, delivered } = await stage.try([O.P_DELIVER, 0, offset, 64], both); return all(bytes(status), bytes(delivered)); })),
  "server delivers more than the room": async (stage) => { const { status, delivered } = await stage.try([O.P_DELIVER, 0, 0, 65536], both); return all(bytes(status), bytes(delivered)); },
  "server forges the registers of ranges": async (stage) => all(fetched(await stage.try([O.P_FORGE_FETCH, 0, 0, 0, 65536], both)), bytes((await stage.try([O.P_FORGE_DELIVER, 0, 0, 65536], both)).delivered)),
  "server fetches what an earlier call sent": async (stage) => { await stage.try([O.P_NOTHING], both); return all(fetched(await stage.try([O.P_FETCH, 0, 0, 0, 64])), bytes((await stage.try([O.P_DELIVER, 0, 0, 64])).status)); },
  "server uses a reply twice": async (stage, machine) => {
    await stage.plan(0, O.P_SAVE);
    await stage.begin(O.C_CALL, SERVER, O.GO, AT, LENGTH, TO, LENGTH, EVER);
    await machine.until(() => machine.counts().replies === 2, "the reply to be saved");
    const { status: slot } = await stage.tried(0), by = async (...plan: number[]): Promise<string> => { await stage.plan(0, ...plan); await machine.init.do("call", stage.servers[0].endpoint, O.GO); return bytes((await stage.tried(0)).status); };
    expect(await by(O.P_FETCH, slot, 0, 0, 64)).toBe("64 bytes");
    expect(await by(O.P_FETCH, slot, 0, LENGTH, 64)).toBe("0 bytes");
    expect(await by(O.P_DELIVER, slot, LENGTH, 64)).toBe("0 bytes");
    expect(await by(O.P_REPLY, slot)).toBe("0 bytes");
    expect((await stage.finish()).status).toBe(0);
    return all(await by(O.P_FETCH, slot, 0, 0, 64), await by(O.P_DELIVER, slot, 0, 64), await by(O.P_REPLY, slot));
  },
  "server uses the reply of a caller that gave up": async (stage, machine) => {
    await stage.plan(0, O.P_SAVE);
    expect((await stage.call({ ...both, timeout: 20_000n })).status).toBe(-17);
    const { status: slot } = await stage.tried(0), by = async (...plan: number[]): Promise<string> => { await stage.plan(0, ...plan); await machine.init.do("call", stage.servers[0].endpoint, O.GO); return bytes((await stage.tried(0)).status); };
    return all(await by(O.P_FETCH, slot, 0, 0, 64), await by(O.P_DELIVER, slot, 0, 64), await by(O.P_REPLY, slot));
  },
  "server uses the call that it saved": async (stage) => bytes((await stage.try([O.P_SAVE_FETCH], both)).status),
  "server copies a reply": async (stage, machine) => {
    await stage.plan(0, O.P_SAVE);
    expect((await stage.call({ ...both, timeout: 20_000n })).status).toBe(-17);
    const { status: slot } = await stage.tried(0);
    await stage.plan(0, O.P_COPY, slot);
    await machine.init.do("call", stage.servers[0].endpoint, O.GO);
    const copied = bytes((await stage.tried(0)).status);
    await stage.plan(0, O.P_REPLY, slot);
    await machine.init.do("call", stage.servers[0].endpoint, O.GO);
    return copied;
  },
  "server names the client's capability": async (stage) => all(...await each([CONTROL, SERVER], async (slot) => bytes((await stage.try([O.P_INFO, slot], both)).status))),
  "server names the client's memory": async (stage) => all(...await each([1, 2, 15, -1], async (memory) => all(bytes((await stage.try([O.P_READ, stage.space, memory, AT, LENGTH], both)).status), bytes((await stage.try([O.P_WRITE, stage.space, memory, AT, LENGTH], both)).status)))),
  "server reads a Dataspace to beyond its memory": async (stage) => all(bytes((await stage.try([O.P_READ, stage.space, 0, FAR, LENGTH], both)).status), bytes((await stage.try([O.P_WRITE, stage.space, 0, FAR, LENGTH], both)).status)),
  "home Worker fetches without a call": async (stage) => all(...await each([O.P_FETCH, O.P_DELIVER, O.P_REPLY], async (what) => {
    await stage.try([O.P_NOTHING], both);
    return stage.home(what, 0, 0, 0, 64);
  })),
  "inner server fetches the outer call's range": async (stage) => { await stage.plan(1, O.P_FETCH, 0, 0, 0, 64); return nested(stage, fetched); },
  "inner server delivers into the outer call's room": async (stage) => { await stage.plan(1, O.P_DELIVER, 0, 0, 64); return nested(stage, ({ status }) => bytes(status)); },
  "inner server fetches more than its caller sent": async (stage) => {
    await stage.plan(1, O.P_FETCH, 0, 0, 0, 65536);
    // The address is the client's as well: what comes is the outer server's.
    return nested(stage, ({ status, first }) => { expect(first).toBe(0n); return bytes(status); }, AT, LENGTH);
  },
  "inner server calls back": async (stage) => { await stage.plan(1, O.P_NEST, stage.first, -1, 0); return nested(stage, ({ status }) => bytes(status)); },
};

const inlineOnly: Record<string, Attempt> = {
  "server receives on the client's thread": async (stage) => all(...await each([O.P_RECEIVE, O.P_REPLY_RECEIVE], async (what) => bytes((await stage.try([what], both)).status))),
  "home Worker fetches while a client is inside": async (stage, machine) => {
    await stage.plan(0, O.P_WAIT, stage.bell);
    await stage.begin(O.C_CALL, SERVER, O.GO, AT, LENGTH, TO, LENGTH, EVER);
    await machine.until(() => waits(machine), "the client to wait inside");
    const outcomes = await each([O.P_FETCH, O.P_DELIVER, O.P_REPLY], (what) => stage.home(what, 0, 0, 0, 64));
    await machine.init.do("signal", stage.ring, 1n);
    expect((await stage.finish()).status).toBe(0);
    return all(...outcomes);
  },
};

const relayed: Record<string, Attempt> = {
  "callee of a relayed call fetches before a range": async (stage) => all(...await each([-1, -4096, -(2 ** 31)], async (offset) => { await stage.plan(1, O.P_FETCH, 0, 0, offset, 64); return passedOn(stage, fetched); })),
  "callee of a relayed call fetches more than a range": async (stage) => { await stage.plan(1, O.P_FETCH, 0, 0, 0, 65536); return passedOn(stage, fetched); },
  "callee of a relayed call delivers behind the room": async (stage) => all(...await each([LENGTH, 2 ** 31 - 1], async (offset) => { await stage.plan(1, O.P_DELIVER, 0, offset, 64); return passedOn(stage, ({ status }) => bytes(status)); })),
  "callee of a relayed call forges the registers of ranges": async (stage) => {
    await stage.plan(1, O.P_FORGE_FETCH, 0, 0, 0, 65536);
    const got = await passedOn(stage, fetched);
    await stage.plan(1, O.P_FORGE_DELIVER, 0, 0, 65536);
    return all(got, await passedOn(stage, ({ status }) => bytes(status)));
  },
  "callee of a relayed call fetches when it is over": async (stage) => {
    await stage.plan(1, O.P_NOTHING);
    await passedOn(stage, () => "");
    await stage.plan(1, O.P_FETCH, 0, 0, 0, 64);
    return nested(stage, fetched);
  },
  "callee of a relayed call calls back": async (stage) => { await stage.plan(1, O.P_NEST, stage.first, -1, 0); return passedOn(stage, ({ status }) => bytes(status)); },
  "server relays a call and hides a range": async (stage) => all(...await each([1, 1 | SHAPE_SEND, 1 | SHAPE_RECEIVE], async (shape) => notRelayed((await stage.try([O.P_RELAY, stage.second, shape], both)).status))),
  "server relays a call with a range that nobody sent": async (stage) => { await stage.plan(1, O.P_FETCH, 0, 1, 0, 64); return passedOn(stage, fetched, 1 | 2 * SHAPE_SEND | SHAPE_RECEIVE); },
  "server relays through a number": async (stage) => all(...await each([stage.space, stage.second + 100, -1], async (slot) => notRelayed((await stage.try([O.P_RELAY, slot, 0], both)).status))),
  "server relays a call that it saved": async (stage) => { await stage.plan(1, O.P_NOTHING); return notRelayed((await stage.try([O.P_SAVE_RELAY, stage.second], both)).status); },
  "home Worker relays": async (stage) => { await stage.plan(1, O.P_NOTHING); await stage.try([O.P_NOTHING], both); return (await stage.home(O.P_RELAY, stage.second)).replace("1 bytes", "not relayed"); },
};

/** Each on a stage of its own, which it takes down. */
const fatal: Record<string, Attempt> = {
  "server traps with the call half done": async (stage) => { await stage.plan(0, O.P_TRAP); return lost(stage, 16n); },
  "server overflows the stack": async (stage) => { await stage.plan(0, O.P_RECURSE); return lost(stage, 0n); },
  "inner server traps": async (stage) => { await stage.plan(1, O.P_TRAP); return nestedTrap(stage); },
};

const fatalInline: Record<string, Attempt> = {
  "callee of a relayed call traps": async (stage) => {
    await stage.plan(1, O.P_TRAP);
    await stage.plan(0, O.P_RELAY, stage.second, 0);
    const { status } = await stage.call(both);
    await stage.plan(0, O.P_FETCH, 0, 0, 0, 64);
    // The one that passed it on is there, with its lock free and its next call's ranges.
    expect((await stage.call(both)).status).toBe(0);
    expect(fetched(await stage.tried(0))).toBe("64 bytes");
    return bytes(status);
  },
};

async function each<T>(cases: readonly T[], attempt: (one: T) => Promise<string>): Promise<string[]> {
  const outcomes: string[] = [];
  for (const one of cases) outcomes.push(await attempt(one));
  return outcomes;
}

/** The first server calls the second, which does as planned; afterwards the first still has its own call's range. */
async function nested(stage: Stage, outcome: (tried: Tried) => string, at = -1, length = 0): Promise<string> {
  const { status, more, first } = await stage.try([O.P_NEST, stage.second, at, length], both);
  expect(status).toBe(0);
  expect([more, first]).toEqual([16n, own(AT)]);
  return outcome(await stage.tried(1));
}

const notRelayed = (status: number): string => status === NOT_RELAYED ? "not relayed" : bytes(status);

/** The first server passes its call on to the second, which does as planned; afterwards the first still has the call's range. */
async function passedOn(stage: Stage, outcome: (tried: Tried) => string, shape = 0): Promise<string> {
  const { status, more } = await stage.try([O.P_RELAY, stage.second, shape], both);
  expect([status, more]).toEqual([0, 16n]);
  return outcome(await stage.tried(1));
}

async function lost(stage: Stage, _delivered: bigint): Promise<string> {
  const died = await stage.call(both);
  // Its memory, its registers and its own calls are as they were: it goes on, and the server is gone for all calls to come.
  expect((await stage.client(O.C_INFO, SERVER)).status).toBeGreaterThan(0);
  return all(bytes(died.status), bytes((await stage.call(both)).status));
}

async function nestedTrap(stage: Stage): Promise<string> {
  const { status, more, first } = await stage.try([O.P_NEST, stage.second, -1, 0], both);
  expect([more, first], "the outer server's call is untouched").toEqual([16n, own(AT)]);
  expect((await stage.try([O.P_FETCH, 0, 0, 0, 64], both)).status).toBe(64);
  return bytes(status);
}

const waits = (machine: TestMachine): boolean => Array.from({ length: 96 }, (_, number) => number).some((number) => machine.machine.inspector.domainState(number) === "running" && machine.machine.inspector.domain(number, 0).activity.startsWith("waiting"));

/** What a module may not import: none of these is offered. */
const FORBIDDEN = ["(import \"kernel\" \"memory\" (memory 1 65536 shared))", "(import \"env\" \"page\" (memory 1 65536 shared))", "(import \"kernel\" \"table\" (table 1 funcref))",
  ...["boot", "createInit", "setThread", "runDomain", "setMemoryOf", "attach", "detach", "fail", "condemn", "reap", "systemKill", "breakOff", "receiveCancel"].map((name) => `(import "kernel" "${name}" (func))`),
  ...["enter", "map", "leave"].map((name) => `(import "machine" "${name}" (func))`)];

async function missingImports(machine: TestMachine): Promise<string> {
  const { init } = machine, tools = await wabt(), deaths = await init.do("endpointCreate");
  for (const line of FORBIDDEN) {
    const code = tools.parseWat("module", `(module ${line} ${line.includes("(memory") ? "" : "(import \"env\" \"memory\" (memory 1 65536 shared))"} (func (export "main") (result i32) i32.const 0))`, { threads: true }).toBinary({}).buffer;
    const program = await init.do("dataspaceCreate", BigInt(code.length)), domain = await init.do("domainCreate", 64, 64, deaths, 1);
    await init.do("dataspaceWrite", program, 0n, code);
    expect(await init.do("domainStart", domain, program, NATIVE)).toBe(0);
    const death = await init.do("receive", deaths);
    expect(death.words[1], `${line}: ${new TextDecoder().decode(death.ranges[0])}`).toBe(BigInt(FAULT_MISSING_IMPORT));
    for (const slot of [program, domain]) await init.do("capDelete", slot);
  }
  await init.do("capDelete", deaths);
  return "not started";
}

const rows = new Map(readFileSync(PAGE, "utf8").split("\n").map((line) => line.split("|").map((cell) => cell.trim())).filter((cells) => cells.length === 6 && /^`.*`$/.test(cells[4]!))
  .map(([, , name, , outcome]) => [name!, outcome!.replaceAll("`", "")]));
const expected = (name: string): string => { const outcome = rows.get(name); if (!outcome) throw new Error(`${PAGE} has no row "${name}"`); return outcome; };

describe("crossings that must be impossible", () => {
  let machine: TestMachine;
  beforeAll(async () => { machine = await TestMachine.start({ servers: { intruder: "kernel-wasm/tests/server/assembly/intruder.ts" } }); });
  afterAll(async () => { await machine?.stop(); });

  it("are those in the documentation", () => {
    expect(["module imports what is not offered", ...Object.keys({ ...everywhere, ...inlineOnly, ...relayed, ...fatal, ...fatalInline })].sort()).toEqual([...rows.keys()].sort());
  });

  for (const placement of ["inline", "worker"] as const) {
    describe(`server placed ${placement}`, () => {
      let stage: Stage, before: ReturnType<TestMachine["counts"]>;
      beforeAll(async () => { before = machine.counts(); stage = await Stage.set(machine, placement); });
      afterAll(async () => { await stage?.end(); await machine.settle(before); });
      for (const [name, attempt] of Object.entries(placement === "inline" ? { ...everywhere, ...inlineOnly, ...relayed } : everywhere)) it(name, async () => { expect(await attempt(stage, machine)).toBe(expected(name)); machine.check(); });
    });
    for (const [name, attempt] of Object.entries(placement === "inline" ? { ...fatal, ...fatalInline } : fatal)) {
      it(`${placement}: ${name}`, async () => {
        const before = machine.counts(), stage = await Stage.set(machine, placement);
        expect(await attempt(stage, machine)).toBe(expected(name));
        machine.check();
        await stage.end();
        await machine.settle(before);
      });
    }
  }

  it("module imports what is not offered", async () => {
    const before = machine.counts();
    expect(await missingImports(machine)).toBe(expected("module imports what is not offered"));
    await machine.settle(before);
  });
});
