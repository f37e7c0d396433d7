// Domains: making, starting, ending and how others hear of it; suspending; the limits of the system.

import { describe, expect, it } from "vitest";
import { FAULT_EXIT, FAULT_KILLED, FAULT_TRAP, LABEL_FAULT, MAX_DOMAINS, RIGHT_ALL, RIGHT_MANAGE, RIGHT_READ } from "../../abi/layout/limits.ts";
import { D_THREAD, DOMAIN_SIZE, DOMAINS } from "../../abi/layout/kernel-memory.ts";
import type { TestDomain } from "../testing/test-machine.ts";
import { useMachine } from "../testing/use-machine.ts";

const BadHandle = -1, BadArgument = -2, NoRight = -3, PeerDied = -16, Timeout = -17, TryAgain = -34;

describe("domain", () => {
  const test = useMachine();

  it("sends a notice when it exits, is killed, or throws: badge, number, reason, status and words", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate");
    const one = await machine.domain(64, 64, endpoint, 11), two = await machine.domain(64, 64, endpoint, 12), three = await machine.domain(64, 64, endpoint, 13);
    void one.do("exit", 42);
    expect(await init.do("receive", endpoint)).toMatchObject({ label: LABEL_FAULT, badge: 11, rights: 0, words: [BigInt(one.number), BigInt(FAULT_EXIT), 42n], reply: 0 });
    await init.do("domainKill", two.slot);
    expect(await init.do("receive", endpoint)).toMatchObject({ badge: 12, words: [BigInt(two.number), BigInt(FAULT_KILLED), 137n] });
    void three.run("overflow");
    const fault = await init.do("receive", endpoint);
    expect(fault).toMatchObject({ badge: 13, words: [BigInt(three.number), BigInt(FAULT_TRAP), 139n] });
    expect(new TextDecoder().decode(fault.ranges[0])).toBe("stack overflow");
    await machine.end(one, two, three, { slot: endpoint });
  });

  it("refuses what is wrong, and can be managed only with Manage", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate");
    expect(await init.do("domainCreate", 7, 0, 0, 0)).toBe(BadArgument);
    expect(await init.do("domainCreate", 8, -1, 0, 0)).toBe(BadArgument);
    expect(await init.do("domainCreate", 8, 0, 500, 0)).toBe(BadHandle);
    const domain = await init.do("domainCreate", 64, 64, 0, 0), seen = await init.do("capMint", domain, RIGHT_ALL & ~RIGHT_MANAGE, 0);
    for (const call of ["domainKill", "domainSuspend", "domainResume"] as const) { expect(await init.do(call, seen)).toBe(NoRight); expect(await init.do(call, endpoint)).toBe(BadHandle); }
    expect(await init.do("domainStart", seen, 0, 100)).toBe(NoRight);
    expect(await init.do("domainStart", domain, endpoint, 100)).toBe(BadHandle);
    expect(await init.do("domainSuspend", domain)).toBe(BadArgument);
    expect(await init.do("domainResume", domain)).toBe(BadArgument);
    const space = await init.do("dataspaceCreate", 0n), unreadable = await init.do("capMint", space, RIGHT_ALL & ~RIGHT_READ, 0);
    expect(await init.do("domainStart", domain, unreadable, 100)).toBe(NoRight);
    expect(await init.do("capGrant", seen, endpoint, RIGHT_ALL, 0)).toBe(NoRight);
    expect(await init.do("capGrant", domain, endpoint, RIGHT_ALL, 0, 8)).toBe(BadArgument);
    expect(await init.do("capGrant", domain, endpoint, RIGHT_ALL, 0, 3)).toBe(3);
    expect(await init.do("capGrant", domain, endpoint, RIGHT_ALL, 0, 3)).toBe(BadArgument);
    await init.do("domainKill", domain);
    expect(await init.do("capGrant", domain, endpoint, RIGHT_ALL, 0)).toBe(PeerDied);
    expect(await init.do("domainStart", domain, 0, 100)).toBe(PeerDied);
    await init.do("capRevoke", space);
    for (const slot of [seen, domain, space, endpoint]) await init.do("capDelete", slot);
  });

  it("started on an image that does not exist, or on what is no program, ends with the reason", async () => {
    const { machine } = test, { init } = machine, endpoint = await init.do("endpointCreate");
    const none = await init.do("domainCreate", 64, 64, endpoint, 1);
    await init.do("domainStart", none, 0, 9999);
    const first = await init.do("receive", endpoint);
    expect([first.words[1], first.words[2], new TextDecoder().decode(first.ranges[0])]).toEqual([3n, 126n, "there is no image number 9999"]);
    const space = await init.do("dataspaceCreate", 4n), bad = await init.do("domainCreate", 64, 64, endpoint, 2);
    await init.do("dataspaceWrite", space, 0n, Uint8Array.of(0, 0x61, 0x73, 0x6d));
    await init.do("domainStart", bad, space, 12);
    expect(await init.do("receive", endpoint)).toMatchObject({ badge: 2, words: [expect.anything(), 3n, 126n] });
    await machine.end({ slot: none }, { slot: bad }, { slot: endpoint }, { slot: space });
  });

  it("stops at its next system call while suspended, and goes on", async () => {
    const { machine } = test, { init } = machine, puppet = await machine.domain(), note = await init.do("notificationCreate"), theirs = await machine.grant(puppet, note);
    expect(await init.do("domainSuspend", puppet.slot)).toBe(0);
    expect(await init.do("domainSuspend", puppet.slot)).toBe(BadArgument);
    const signalling = puppet.do("signal", theirs, 1n);
    expect((await init.do("wait", note, 50_000)).status).toBe(Timeout);
    expect(await init.do("domainResume", puppet.slot)).toBe(0);
    expect(await signalling).toBe(0);
    expect((await init.do("wait", note)).bits).toBe(1n);
    await init.do("domainSuspend", puppet.slot);
    void puppet.do("signal", theirs, 1n);
    await machine.end(puppet, { slot: note });
  });

  it("is suspended, and goes on, also when no Worker runs it yet", async () => {
    const { machine } = test, { init } = machine, { inspector } = machine.machine, note = await init.do("notificationCreate");
    let early = 0;
    // The machine sees to a start when it comes to it, so that the order is left to chance: until both have been.
    for (let tries = 0; tries < 8 || (early === 0 && tries < 100); tries++) {
      const created = await init.do("domainCreate", 64, 64, 0, 0);
      // What is not to start at all cannot be suspended, and what was not suspended cannot go on.
      expect(await init.do("domainSuspend", created)).toBe(BadArgument);
      expect(await init.do("domainResume", created)).toBe(BadArgument);
      await machine.end({ slot: created });
      const twice = tries % 2 === 1;
      let at = "";
      const puppet = await machine.domain(64, 64, 0, 0, async (slot) => {
        expect(await init.do("domainSuspend", slot)).toBe(0);
        const { object } = (await init.do("capInfo", slot))!;
        at = inspector.domainState(object);
        if (at === "created") early++;
        expect(await init.do("domainSuspend", slot)).toBe(BadArgument);
        if (twice) expect(await init.do("domainResume", slot)).toBe(0);
      });
      const theirs = await machine.grant(puppet, note), signalling = puppet.do("signal", theirs, 1n);
      if (!twice) {
        expect(inspector.domainState(puppet.number), at).toBe("suspended");
        expect((await init.do("wait", note, 20_000)).status).toBe(Timeout);
        expect(await init.do("domainResume", puppet.slot)).toBe(0);
      }
      expect(await signalling).toBe(0);
      expect((await init.do("wait", note)).bits).toBe(1n);
      expect(inspector.domainState(puppet.number)).toBe("running");
      machine.check();
      await machine.end(puppet);
    }
    expect(early, "suspended before a Worker ran it").toBeGreaterThan(0);
    await machine.end({ slot: note });
  });

  it("can be killed while it waits in every way, by others and by itself", async () => {
    const { machine } = test, { init } = machine, never = await init.do("endpointCreate");
    const victims = await Promise.all([0, 1, 2, 3, 4, 5].map(() => machine.domain()));
    const slots = await Promise.all(victims.map((victim) => machine.grant(victim, never)));
    void victims[0]!.do("call", slots[0]!, 0x1000);
    void victims[1]!.do("send", slots[1]!, 0x1000);
    victims[2]!.do("endpointCreate").then((own) => void victims[2]!.do("receive", own), () => undefined);
    victims[3]!.do("notificationCreate").then((own) => void victims[3]!.do("wait", own), () => undefined);
    void victims[4]!.run("spin");
    void victims[5]!.do("receiveAsync", await victims[5]!.do("endpointCreate"));
    await machine.until(() => machine.machine.inspector.domain(victims[3]!.number, 0).activity === "waiting" && machine.machine.inspector.domain(victims[2]!.number, 0).activity === "receiving", "them to wait");
    machine.check();
    await machine.end(...victims);
    machine.check();
    const last = await machine.domain();
    machine.deaths.length = 0;
    void last.do("exit", 0);
    await machine.until(() => machine.deaths.some(({ domain }) => domain === last.number), "it to exit");
    await machine.end(last, { slot: never });
  });

  it("there are 96: the 97th is told to try again, and each number is used again", async () => {
    const { machine } = test, { init } = machine, start = machine.counts().domains, slots: number[] = [];
    for (let slot: number; (slot = await init.do("domainCreate", 16, 16, 0, 0)) !== TryAgain;) slots.push(slot);
    expect(slots.every((slot) => slot > 0)).toBe(true);
    expect(start + slots.length).toBe(MAX_DOMAINS - 1); // and the machine's own
    machine.check();
    await init.do("capDelete", slots.pop()!);
    await machine.until(() => machine.counts().domains === MAX_DOMAINS - 2, "a number to be free");
    slots.push(await init.do("domainCreate", 16, 16, 0, 0));
    for (const slot of slots) await init.do("capDelete", slot);
  });

  it("processes leave some numbers to servers, which only init makes", async () => {
    const { machine } = test, { init } = machine, parent = await machine.domain(), slots: number[] = [];
    for (let slot: number; (slot = await parent.do("domainCreate", 16, 16, 0, 0)) !== TryAgain;) slots.push(slot);
    expect(slots.length).toBeLessThan(MAX_DOMAINS - 20);
    const own = await init.do("domainCreate", 16, 16, 0, 0);
    expect(own).toBeGreaterThan(0);
    await machine.end(parent, { slot: own });
  });

  it("what a dying parent leaves behind ends with it, generation by generation", async () => {
    const { machine } = test, parent = await machine.domain();
    const endpoint = await parent.do("endpointCreate");
    for (let i = 0; i < 5; i++) {
      const child = await parent.do("domainCreate", 64, 64, endpoint, i);
      await parent.do("domainStart", child, 0, 100 + 10 + i);
    }
    await machine.end(parent);
  });

  it("leaves nothing in its Worker that acts for the one that runs there next: no wait that was not over, no handler", async () => {
    const { machine } = test, threadOf = ({ number }: TestDomain): number => machine.machine.inspector.u32(DOMAINS + number * DOMAIN_SIZE + D_THREAD);
    let same = 0;
    for (let tries = 0; same < 30 && tries < 200; tries++) {
      const first = await machine.domain(), thread = threadOf(first), own = await first.do("endpointCreate");
      void first.do("receiveAsync", own);
      await first.do("capInfo", own);
      machine.deaths.length = 0;
      void first.do("exit", 0);
      await machine.until(() => machine.deaths.some(({ domain }) => domain === first.number), "it to exit");
      const next = await machine.domain(), note = await next.do("notificationCreate"), endpoints = machine.counts().endpoints;
      if (threadOf(next) === thread) same++;
      let acted = false;
      void first.do("endpointCreate").then(() => { acted = true; });
      // Its own waits end.
      for (let i = 0; i < 5; i++) expect((await next.do("wait", note, 500)).status).toBe(Timeout);
      expect((await next.do("waitAsync", note, 500)).status).toBe(Timeout);
      expect([acted, machine.counts().endpoints]).toEqual([false, endpoints]);
      await machine.end(first, next);
    }
    expect(same, "domains that ran in the Worker of the one before").toBe(30);
  });

  it("ends with the last capability to it; those that hold themselves, or each other, end when they are told to", async () => {
    const { machine } = test, { inspector } = machine.machine, alone = await machine.domain(), [one, other] = [await machine.domain(), await machine.domain()];
    const child = await one.do("domainCreate", 64, 64, 0, 0);
    expect(child).toBeGreaterThan(0);
    await machine.grant(alone, alone.slot, 0);
    await machine.grant(one, other.slot);
    await machine.grant(other, one.slot);
    for (const { slot } of [alone, one, other]) await machine.init.do("capDelete", slot);
    // They run on, and nobody outside can tell them anything.
    for (const domain of [alone, one, other]) { await domain.do("capInfo", 1); expect(inspector.domainState(domain.number)).toBe("running"); }
    machine.check();
    machine.machine.kill(alone.number);
    machine.machine.kill(other.number);
    await machine.until(() => [alone, one, other].every(({ number }) => inspector.domainState(number) === "unused"), "all of them to be gone");
  });
});
