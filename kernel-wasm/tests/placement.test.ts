// A server called inline and in its Worker: the same answers, and what happens when either side dies, traps, hangs or is moved.

import { describe, expect, it } from "vitest";
import { D_LOCK, D_THREAD, DOMAIN_SIZE, DOMAINS, H_LOCK, T_DEPTH, THREAD_SIZE, THREADS } from "../../abi/layout/kernel-memory.ts";
import { FAULT_HANG, FAULT_TRAP, RIGHT_ALL } from "../../abi/layout/limits.ts";
import { Random, runsFactor, seedOfRun } from "../../lib/testing/random.ts";
import { withKernelLock } from "../testing/kernel-lock.ts";
import type { TestDomain, TestServer } from "../testing/test-machine.ts";
import { useMachine } from "../testing/use-machine.ts";
import type { CallerReport } from "./programs/callers.ts";
import * as A from "./server/labels.ts";

const BadMessage = -5, PeerDied = -16, Timeout = -17, WouldDeadlock = -20, Canceled = -21;

describe("placement", () => {
  const test = useMachine({ servers: { actor: "kernel-wasm/tests/server/assembly/actor.ts" } });
  const both = ["worker", "inline"] as const;

  const capTo = (client: TestDomain, server: TestServer): Promise<number> => test.machine.grant(client, server.endpoint);
  const call = async (client: TestDomain, cap: number, label: number, words: (number | bigint)[] = []): Promise<{ status: number; words: bigint[] }> => client.do("call", cap, label, { words });
  /** Make `server` keep a capability of init's: the slot there. */
  const keep = async (server: TestServer, slot: number): Promise<number> => {
    const { words, status } = await test.machine.init.do("call", server.endpoint, A.KEEP, { caps: [slot] });
    expect(status).toBe(0);
    return Number(words[0]);
  };

  for (const placement of both) {
    it(`${placement}: words, ranges and capabilities come back, and only one thread is inside`, async () => {
      const { machine } = test, server = await machine.server("actor", placement), clients = await Promise.all([0, 1, 2].map(() => machine.domain()));
      const reports = await Promise.all(clients.map(async (client, i) => client.run("echoes", await capTo(client, server), 400, i) as Promise<CallerReport>));
      for (const report of reports) expect(report).toEqual({ answered: 400, failed: {}, wrong: [] });
      expect((await machine.init.do("call", server.endpoint, A.COUNTS)).words.slice(0, 2)).toEqual([1200n, 0n]);
      machine.check();
      await machine.end(server, ...clients);
    });

    it(`${placement}: answers that come later reach their callers, and a caller that gave up gets none`, async () => {
      const { machine } = test, server = await machine.server("actor", placement), clients = await Promise.all([0, 1, 2].map(() => machine.domain()));
      const caps = await Promise.all(clients.map((client) => capTo(client, server)));
      const waiting = clients.map((client, i) => client.do(i === 1 ? "callAsync" : "call", caps[i]!, A.SAVE));
      await machine.until(() => machine.counts().replies === 3, "three replies to be saved");
      machine.check();
      expect((await machine.init.do("call", server.endpoint, A.RELEASE, { words: [9] })).words).toEqual([3n]);
      expect((await Promise.all(waiting)).map(({ status, words }) => [status, ...words])).toEqual([[0, 9n], [0, 9n], [0, 9n]]);
      expect((await clients[0]!.do("call", caps[0]!, A.SAVE, {}, 5000)).status).toBe(Timeout);
      expect(await call(clients[0]!, caps[0]!, A.ECHO, [1])).toMatchObject({ status: 0, words: [2n] });
      await machine.init.do("call", server.endpoint, A.RELEASE, { words: [1] });
      const saved = clients[2]!.do("call", caps[2]!, A.SAVE);
      await machine.until(() => machine.counts().replies === 1, "a reply to be saved");
      await machine.end(server);
      expect((await saved).status).toBe(PeerDied);
      await machine.end(...clients);
    });

    it(`${placement}: a trap or the end of the server gives its callers PeerDied, and the next call too`, async () => {
      const { machine } = test;
      for (const label of [A.TRAP, A.OVERFLOW, A.SAVE_AND_TRAP, A.EXIT]) {
        const server = await machine.server("actor", placement), clients = [await machine.domain(), await machine.domain()];
        const caps = await Promise.all(clients.map((client) => capTo(client, server)));
        const saved = clients[1]!.do("call", caps[1]!, A.SAVE);
        await machine.until(() => machine.counts().replies > 0, "a reply to be saved");
        machine.deaths.length = 0;
        expect((await call(clients[0]!, caps[0]!, label)).status).toBe(PeerDied);
        expect((await saved).status).toBe(PeerDied);
        expect((await call(clients[0]!, caps[0]!, A.ECHO)).status).toBe(PeerDied);
        // The number's last holder may be told of late: its reason is another.
        const trapped = label === A.TRAP;
        await machine.until(() => machine.deaths.some(({ domain, reason }) => domain === server.number && (!trapped || reason === FAULT_TRAP)), trapped ? "its trap to be told" : "its death to be told");
        machine.check();
        await machine.end(server, ...clients);
      }
    });

    it(`${placement}: a status that is none, a reply dropped, a call after saving: refused, and nothing is lost`, async () => {
      const { machine } = test, server = await machine.server("actor", placement), client = await machine.domain(), cap = await capTo(client, server);
      for (const bad of [2, 3, 100, -2000, -256, 2 ** 31 - 1]) expect((await call(client, cap, A.STATUS, [bad])).status).toBe(BadMessage);
      expect((await call(client, cap, A.STATUS, [-99])).status).toBe(-99);
      expect((await call(client, cap, A.STATUS, [1])).status).toBe(Canceled);
      const dropped = await call(client, cap, A.SAVE_AND_DROP);
      expect(dropped.status === Canceled || (dropped.status === 0 && dropped.words[0] === 5n)).toBe(true);
      const other = await machine.server("actor"), kept = await keep(server, other.endpoint);
      const after = await call(client, cap, A.SAVE_AND_CALL, [kept]);
      expect(after).toMatchObject({ status: 0, words: [placement === "inline" ? BigInt(WouldDeadlock) : 0n] });
      expect(await call(client, cap, A.ECHO, [3])).toMatchObject({ status: 0, words: [4n] });
      machine.check();
      await machine.end(server, other, client);
    });
  }

  it("servers call on, both inline, one or none; coming back in is refused", async () => {
    const { machine } = test, client = await machine.domain();
    for (const first of both) for (const second of both) {
      const a = await machine.server("actor", first), b = await machine.server("actor", second), cap = await capTo(client, a);
      const toB = await keep(a, b.endpoint), toA = await keep(b, a.endpoint);
      expect(await client.run("nested", cap, toB, 100)).toEqual({ answered: 100, failed: {}, wrong: [] });
      // client -> a -> b -> a, and a -> a
      expect((await client.do("call", cap, A.FORWARD, { words: [toB, toA] })).status, `${first} ${second}`)
        .toBe(first === "inline" && second === "worker" ? 0 : WouldDeadlock); // there another thread comes in, and nobody holds the lock
      expect(await call(client, cap, A.NESTED, [2, A.ECHO, 1])).toMatchObject({ status: WouldDeadlock });
      expect(await client.run("nested", cap, toB, 10)).toEqual({ answered: 10, failed: {}, wrong: [] });
      machine.check();
      await machine.end(a, b);
    }
    await machine.end(client);
  });

  describe("a call that is passed on with its caller's ranges", () => {
    /** A server that passes calls on to another with `label`. */
    const relaying = async (placements: readonly ["worker" | "inline", "worker" | "inline"], label: number): Promise<{ first: TestServer; second: TestServer }> => {
      const { machine } = test, first = await machine.server("actor", placements[0]), second = await machine.server("actor", placements[1]);
      const to = await keep(first, second.endpoint);
      expect((await machine.init.do("call", first.endpoint, A.RELAY_TO, { words: [to, label] })).status).toBe(0);
      return { first, second };
    };
    const counts = async (server: TestServer): Promise<bigint[]> => (await test.machine.init.do("call", server.endpoint, A.COUNTS)).words;

    for (const placements of [["inline", "inline"], ["inline", "worker"], ["worker", "inline"], ["worker", "worker"]] as const) {
      it(`${placements.join(" to ")}: is answered as if it had gone there, and copied by nobody in between if both are inline`, async () => {
        const { machine } = test, { first, second } = await relaying(placements, A.ECHO), clients = await Promise.all([0, 1, 2].map(() => machine.domain()));
        const reports = await Promise.all(clients.map(async (client, i) => client.run("echoes", await capTo(client, first), 300, i + 10, A.RELAY) as Promise<CallerReport>));
        for (const report of reports) expect(report).toEqual({ answered: 300, failed: {}, wrong: [] });
        const both = placements.every((placement) => placement === "inline");
        // What two clients do at the same moment may find a server busy, and goes by the longer way.
        const { 1: violations, 3: relayed } = await counts(first);
        expect(violations).toBe(0n);
        if (both) expect(relayed).toBeGreaterThan(0n); else expect(relayed).toBe(0n);
        expect((await counts(second)).slice(0, 2)).toEqual([relayed, 0n]);
        machine.check();
        await machine.end(first, second, ...clients);
      });
    }

    it("may be answered later", async () => {
      const { machine } = test, { first, second } = await relaying(["inline", "inline"], A.SAVE), client = await machine.domain(), cap = await capTo(client, first);
      const waiting = client.do("call", cap, A.RELAY);
      await machine.until(() => machine.counts().replies === 1, "the reply to be saved");
      machine.check();
      // Nobody is inside either of them meanwhile.
      expect(await machine.init.do("call", first.endpoint, A.ECHO, { words: [1] })).toMatchObject({ status: 0, words: [2n] });
      expect((await machine.init.do("call", second.endpoint, A.RELEASE, { words: [9] })).words).toEqual([1n]);
      expect(await waiting).toMatchObject({ status: 0, words: [9n] });
      expect(await call(client, cap, A.ECHO, [1])).toMatchObject({ status: 0, words: [2n] });
      machine.check();
      await machine.end(first, second, client);
    });

    for (const [what, label, reason] of [["traps", A.TRAP, FAULT_TRAP], ["overflows its stack", A.OVERFLOW, FAULT_TRAP], ["hangs", A.HANG, FAULT_HANG], ["traps with the reply saved", A.SAVE_AND_TRAP, FAULT_TRAP], ["ends", A.EXIT, undefined]] as const) {
      it(`gives PeerDied if the callee ${what}; who passed it on goes on`, async () => {
        const { machine } = test, { first, second } = await relaying(["inline", "inline"], label), clients = [await machine.domain(), await machine.domain()] as const;
        const caps = await Promise.all(clients.map((client) => capTo(client, first)));
        machine.deaths.length = 0;
        expect((await call(clients[0], caps[0]!, A.RELAY)).status).toBe(PeerDied);
        await machine.until(() => machine.deaths.some((death) => death.domain === second.number && (reason === undefined || death.reason === reason)), "the callee's death to be told");
        expect(machine.deaths.some(({ domain }) => domain === first.number)).toBe(false);
        expect(machine.machine.inspector.domainState(first.number)).toBe("running");
        machine.check();
        // Its lock is free, and it passes calls on to nobody and answers others.
        for (const [i, client] of clients.entries()) expect(await call(client, caps[i]!, A.ECHO, [i])).toMatchObject({ status: 0, words: [BigInt(i) + 1n] });
        expect((await counts(first))[1]).toBe(0n);
        await machine.end(first, second, ...clients);
      });
    }

    for (const [how, label] of [["passes a call on", A.RELAY], ["calls on", A.NESTED]] as const) {
      it(`who ${how} to one that saves the reply, and dies before that has come back, keeps nobody`, async () => {
        const { machine } = test, { init } = machine, { first, second } = await relaying(["inline", "inline"], A.SAVE_AND_WAIT), client = await machine.domain(), cap = await capTo(client, first);
        const space = await init.do("dataspaceCreate", 4096n), slot = await keep(second, space), there = await keep(first, second.endpoint);
        const waiting = client.do("call", cap, label, { words: label === A.RELAY ? [slot] : [there, A.SAVE_AND_WAIT, slot] });
        await machine.until(() => machine.counts().replies === 1, "the reply to be saved");
        await init.do("domainKill", first.slot);
        expect(await init.do("dataspaceWrite", space, 0n, new Uint8Array([1]))).toBe(1);
        expect((await waiting).status).toBe(PeerDied);
        machine.check();
        await machine.until(() => machine.machine.inspector.domainState(first.number) === "unused" || machine.machine.inspector.domain(first.number, 0).name !== "actor", "it to be gone");
        await init.do("capDelete", space);
        await machine.end(first, second, client);
      });
    }

    it("ends with whoever dies, the server in the middle or the caller, while the callee waits", async () => {
      const { machine } = test, { init } = machine;
      for (const victim of ["first", "second", "client"] as const) {
        const { first, second } = await relaying(["inline", "inline"], A.WAIT), never = await init.do("notificationCreate"), slot = await keep(second, never), client = await machine.domain(), other = await machine.domain();
        const caps = [await capTo(client, first), await capTo(other, second)] as const;
        const waiting = client.do("call", caps[0], A.RELAY, { words: [slot, -1] });
        if (victim === "client") void waiting.catch(() => undefined);
        await machine.until(() => machine.machine.inspector.domain(client.number, 0).activity === "waiting", "it to wait inside both");
        machine.check();
        if (victim === "client") await machine.end(client);
        else {
          await init.do("domainKill", (victim === "first" ? first : second).slot);
          if (victim === "first") {
            // It waits in the second one, which lives: the call ends when it comes back.
            await machine.until(() => machine.machine.inspector.domainState(first.number) !== "running", "it to be dead");
            await init.do("signal", never, 1n);
          }
          expect((await waiting).status).toBe(PeerDied);
        }
        machine.check();
        if (victim !== "second") expect(await call(other, caps[1], A.ECHO, [4])).toMatchObject({ status: 0, words: [5n] });
        if (victim === "second") expect(await call(client, caps[0], A.ECHO, [4])).toMatchObject({ status: 0, words: [5n] });
        await init.do("capDelete", never);
        await machine.end(first, second, other, ...victim === "client" ? [] : [client]);
      }
    });
  });

  it("a caller that is killed inside comes out and is gone; the server lives, whatever it waited for", async () => {
    const { machine } = test, { init } = machine, server = await machine.server("actor", "inline"), never = await init.do("notificationCreate"), slot = await keep(server, never);
    for (let i = 0; i < 3; i++) {
      const client = await machine.domain(), cap = await capTo(client, server);
      void client.do("call", cap, A.WAIT, { words: [slot, -1] });
      await machine.until(() => machine.machine.inspector.domain(client.number, 0).activity === "waiting", "it to wait inside");
      machine.check();
      await machine.end(client);
      await machine.until(() => machine.machine.inspector.domainState(client.number) === "unused", "it to be gone");
      expect(machine.machine.inspector.domainState(server.number)).toBe("running");
      expect(await init.do("call", server.endpoint, A.ECHO, { words: [i] })).toMatchObject({ status: 0, words: [BigInt(i) + 1n] });
    }
    await init.do("capDelete", never);
    await machine.end(server);
  });

  it("a server that is killed frees those who wait inside it, or for its lock", async () => {
    const { machine } = test, { init } = machine, server = await machine.server("actor", "inline"), never = await init.do("notificationCreate"), slot = await keep(server, never);
    const clients = await Promise.all([0, 1, 2, 3].map(() => machine.domain())), caps = await Promise.all(clients.map((client) => capTo(client, server)));
    const waiting = clients.slice(0, 2).map((client, i) => client.do("call", caps[i]!, A.WAIT, { words: [slot, -1] }));
    await machine.until(() => clients.slice(0, 2).every((client) => machine.machine.inspector.domain(client.number, 0).activity === "waiting"), "two to wait inside");
    const hanging = clients[2]!.do("call", caps[2]!, A.HANG);
    await machine.until(() => machine.machine.inspector.domain(clients[2]!.number, 0).activity.startsWith("inside"), "one to hang");
    const locked = clients[3]!.do("call", caps[3]!, A.ECHO);
    await init.do("domainKill", server.slot);
    for (const ended of [...waiting, hanging, locked]) expect((await ended).status).toBe(PeerDied);
    machine.check();
    await init.do("capDelete", never);
    await machine.end(server, ...clients);
  });

  it("a server that is killed just as it saves a reply keeps nobody waiting for it", async () => {
    const { machine } = test, { kernelMemory, inspector } = machine.machine, server = await machine.server("actor", "inline"), client = await machine.domain(), cap = await capTo(client, server);
    const words = new Int32Array(kernelMemory.buffer), thread = THREADS + (inspector.u32(DOMAINS + client.number * DOMAIN_SIZE + D_THREAD) - 1) * THREAD_SIZE;
    const spin = (until: () => boolean, what: string): void => { for (const end = performance.now() + 20_000; !until();) if (performance.now() > end) throw new Error(`waited for ${what}`); };
    expect((await call(client, cap, A.ECHO)).status).toBe(0);
    // While we have the kernel lock, nothing else may run in this thread: the machine would wait for it.
    const waiting = withKernelLock(kernelMemory, () => {
      const saving = client.do("call", cap, A.SAVE);
      spin(() => inspector.u32(thread + T_DEPTH) === 1 && Atomics.load(words, H_LOCK >> 2) > 0xffff, "it to want the lock inside");
      // Not told that the lock is free it looks again after a moment, and the kill comes before.
      Atomics.and(words, H_LOCK >> 2, 0xffff);
      return saving;
    });
    machine.machine.kill(server.number);
    const end = performance.now() + 100;
    spin(() => { machine.check(); return performance.now() > end; }, "nothing");
    expect((await waiting).status).toBe(PeerDied);
    await machine.end(server, client);
  });

  it("a server that hangs with a caller inside is ended at the deadline", async () => {
    const { machine } = test, server = await machine.server("actor", "inline"), client = await machine.domain(), cap = await capTo(client, server);
    machine.deaths.length = 0;
    expect((await call(client, cap, A.HANG)).status).toBe(PeerDied);
    await machine.until(() => machine.deaths.some(({ domain, reason }) => domain === server.number && reason === FAULT_HANG), "the hang to be told");
    // The same, while the caller is dead: its Worker is not ended before the server is.
    const second = await machine.server("actor", "inline"), victim = await machine.domain(), to = await capTo(victim, second);
    void victim.do("call", to, A.HANG);
    await machine.until(() => machine.machine.inspector.domain(victim.number, 0).activity.startsWith("inside"), "it to hang");
    await machine.end(victim);
    await machine.until(() => machine.machine.inspector.domainState(second.number) !== "running", "the server to be ended");
    await machine.end(server, client, second);
  });

  const lockOf = ({ number }: TestServer): number => test.machine.machine.inspector.u32(DOMAINS + number * DOMAIN_SIZE + D_LOCK);
  /** Have a server that is in its own Worker hang there, with its lock: `client`'s call, which ends with the server. */
  const hangAtHome = async (client: TestDomain, server: TestServer): Promise<{ hanging: Promise<{ status: number }> }> => {
    const hanging = client.do("call", await capTo(client, server), A.HANG);
    await test.machine.until(() => lockOf(server) !== 0, "it to hang");
    return { hanging };
  };

  it("a server that hangs in its own Worker, and is inline by then, is ended at the deadline: nobody waits for its lock for ever", async () => {
    const { machine } = test, server = await machine.server("actor", "worker"), client = await machine.domain(), other = await machine.domain();
    machine.deaths.length = 0;
    const { hanging } = await hangAtHome(client, server);
    machine.machine.place(server.number, "inline");
    expect((await call(other, await capTo(other, server), A.ECHO)).status).toBe(PeerDied);
    expect((await hanging).status).toBe(PeerDied);
    await machine.until(() => machine.deaths.some(({ domain, reason }) => domain === server.number && reason === FAULT_HANG), "the hang to be told");
    await machine.end(server, client, other);
  });

  it("one whose dead caller waits for the lock of a server that hangs is not ended for it", async () => {
    const { machine } = test, hangs = await machine.server("actor", "worker"), between = await machine.server("actor", "inline"), client = await machine.domain(), other = await machine.domain();
    const kept = await keep(between, hangs.endpoint);
    machine.deaths.length = 0;
    const { hanging } = await hangAtHome(other, hangs);
    machine.machine.place(hangs.number, "inline");
    void client.do("call", await capTo(client, between), A.NESTED, { words: [kept, A.ECHO, 1] });
    const { inspector } = machine.machine;
    await machine.until(() => lockOf(hangs) > 0xffff, "it to wait for the lock");
    await machine.end(client);
    await machine.until(() => inspector.domainState(client.number) === "unused", "it to be gone");
    await machine.until(() => machine.deaths.some(({ domain, reason }) => domain === hangs.number && reason === FAULT_HANG), "the hang to be told");
    expect((await hanging).status).toBe(PeerDied);
    expect(inspector.domainState(between.number)).toBe("running");
    expect(await call(other, await capTo(other, between), A.ECHO, [1])).toMatchObject({ status: 0, words: [2n] });
    await machine.end(hangs, between, other);
  });

  it("moved to and fro while four clients call, loses no call and answers each once", async () => {
    const { machine } = test, seed = seedOfRun(), random = new Random(seed), server = await machine.server("actor"), other = await machine.server("actor");
    const toOther = await keep(server, other.endpoint);
    await machine.init.do("call", server.endpoint, A.RELAY_TO, { words: [toOther, A.ECHO] });
    const clients = await Promise.all([0, 1, 2, 3].map(() => machine.domain()));
    const caps = await Promise.all(clients.map((client) => capTo(client, server))), count = Math.round(3000 * runsFactor());
    const answeredBefore = (await machine.init.do("call", server.endpoint, A.COUNTS)).words[0]!;
    let running = 4;
    const reports = clients.map((client, i) => (i === 2 ? client.run("nested", caps[i]!, toOther, count) : client.run("echoes", caps[i]!, count, seed + i, i === 3 ? A.RELAY : A.ECHO)).finally(() => { running--; }) as Promise<CallerReport>);
    let moves = 0;
    while (running > 0) {
      machine.machine.place(random.pick([server, other]).number, random.pick(both));
      moves++;
      await new Promise((resolve) => setTimeout(resolve, random.below(4)));
    }
    for (const report of await Promise.all(reports)) expect(report, `seed ${seed}`).toEqual({ answered: count, failed: {}, wrong: [] });
    expect(moves).toBeGreaterThan(10);
    const { words } = await machine.init.do("call", server.endpoint, A.COUNTS);
    expect([words[0]! - answeredBefore, words[1]], `seed ${seed}`).toEqual([BigInt(4 * count) + 1n, 0n]);
    const relayed = words[3]!;
    expect(relayed > 0n && relayed < BigInt(count), `seed ${seed}: ${relayed} of ${count} calls passed on`).toBe(true);
    await machine.end(server, other, ...clients);
  });

  it("a Dataspace is read with the capabilities of the server, not of its caller", async () => {
    const { machine } = test, { init } = machine, server = await machine.server("actor", "inline"), client = await machine.domain(), cap = await capTo(client, server);
    const space = await init.do("dataspaceCreate", 50n), slot = await keep(server, space);
    expect(await call(client, cap, A.READ, [slot])).toMatchObject({ status: 0, words: [50n] });
    expect((await client.do("dataspaceRead", slot, 0n, 1)).status).toBe(-1);
    expect((await call(client, cap, A.READ, [slot + 1])).status).toBe(-1);
    await init.do("capDelete", space);
    await machine.end(server, client);
    void RIGHT_ALL;
  });
});
