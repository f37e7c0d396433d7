// The name server through its interface, on the fake machine.

import fc from "fast-check";
import { beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import { NamesClient } from "../../abi/generated/ts/client/names.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { RIGHT_ALL, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { FakeMachine, type Domain, type Snapshot } from "../../lib/testing/fake-machine.ts";
import { image } from "../../lib/testing/world.ts";

let module: WebAssembly.Module;
beforeAll(async () => { module = await image("names"); });

describe("names", () => {
  let machine: FakeMachine, server: Domain, publisher: Domain, user: Domain, before: Snapshot;
  let mayPublish: NamesClient, mayLook: NamesClient, mayAdminister: NamesClient;
  beforeEach(async () => {
    machine = new FakeMachine();
    server = await machine.addServer({ name: "names", module });
    publisher = machine.addClient("publisher");
    user = machine.addClient("user");
    mayPublish = new NamesClient(publisher.kernel, machine.give(publisher, server, { rights: RIGHT_ALL }));
    mayLook = new NamesClient(user.kernel, machine.give(user, server));
    mayAdminister = new NamesClient(user.kernel, machine.give(user, server, { rights: RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE }));
    before = machine.snapshot();
  });
  afterEach(() => {
    for (const name of listed()) expect(mayPublish.remove(name).error).toBe(0);
    const kept = [mayPublish, mayLook, mayAdminister].map(({ kernel, cap }) => `${kernel === user.kernel} ${cap}`);
    for (const domain of [publisher, user]) for (const [slot] of domain.table.all()) if (!kept.includes(`${domain === user} ${slot}`)) domain.kernel.capDelete(slot);
    machine.assertNothingLeaked(before);
  });
  const listed = (names = mayAdminister): string[] => {
    const text = names.list(0n);
    return text.error ? [] : new TextDecoder().decode(text.text).split("\n").filter((name) => name);
  };

  test("gives a copy of what was published under a name", () => {
    const notification = publisher.kernel.notificationCreate();
    expect(mayPublish.publish(false, notification, "clock").error).toBe(0);
    const found = mayLook.lookup(false, "clock");
    if (found.error) throw new Error();
    expect(user.kernel.capInfo(found.object)?.object).toBe(publisher.kernel.capInfo(notification)?.object);
    expect(listed()).toEqual(["clock"]);
  });

  test("does not know names that nobody published", () => {
    expect(mayLook.lookup(false, "nothing").error).toBe(Errors.NotFound);
    expect(mayPublish.remove("nothing").error).toBe(Errors.NotFound);
  });

  test("tells who watches a name when it is looked up, once", () => {
    const told = publisher.kernel.notificationCreate(), object = publisher.kernel.notificationCreate();
    const wanted = (): string => { const answer = mayPublish.wanted(); if (answer.error) throw new Error(); return new TextDecoder().decode(answer.text); };
    expect(mayPublish.watch(told, 4n, "disk").error).toBe(Errors.NotFound);
    for (const name of ["disk", "cache"]) mayPublish.publish(true, object, name);
    for (const name of ["disk", "cache"]) expect(mayPublish.watch(told, 4n, name).error).toBe(0);
    expect(mayLook.watch(user.kernel.notificationCreate(), 1n, "disk").error).toBe(Errors.NoRight);
    expect(mayAdminister.wanted().error).toBe(Errors.NoRight);
    // Who may not find it does not wake it.
    expect(mayLook.lookup(false, "disk").error).toBe(Errors.NotFound);
    expect(publisher.kernel.wait(told, 0).status).toBe(-Errors.Timeout);
    for (let time = 0; time < 3; time++) expect(mayAdminister.lookup(false, "disk").error).toBe(0);
    expect(publisher.kernel.wait(told, 0)).toEqual({ status: 0, bits: 4n });
    expect(wanted()).toBe("disk\n");
    expect(wanted()).toBe("");
    expect(mayAdminister.lookup(true, "disk").error).toBe(0);
    expect(publisher.kernel.wait(told, 0).status).toBe(-Errors.Timeout);
  });

  test("tells also who begins to watch a name that was found already", () => {
    const told = publisher.kernel.notificationCreate();
    mayPublish.publish(false, publisher.kernel.notificationCreate(), "early");
    expect(mayLook.lookup(false, "early").error).toBe(0);
    expect(mayPublish.watch(told, 2n, "early").error).toBe(0);
    expect(publisher.kernel.wait(told, 0)).toEqual({ status: 0, bits: 2n });
    const answer = mayPublish.wanted();
    expect(!answer.error && new TextDecoder().decode(answer.text)).toBe("early\n");
  });

  test("replaces an older capability of the same name", () => {
    const [first, second] = [publisher.kernel.notificationCreate(), publisher.kernel.notificationCreate()];
    mayPublish.publish(false, first, "a");
    mayPublish.publish(false, second, "a");
    const found = mayLook.lookup(true, "a");
    expect(!found.error && user.kernel.capInfo(found.object)?.object).toBe(publisher.kernel.capInfo(second)?.object);
    expect(listed()).toEqual(["a"]);
  });

  test("lets nobody publish but the maker of its endpoint, and nothing that cannot be copied on", () => {
    const notification = user.kernel.notificationCreate();
    for (const names of [mayLook, mayAdminister]) {
      expect(names.publish(false, notification, "a").error).toBe(Errors.NoRight);
      expect(names.publish(true, notification, "a").error).toBe(Errors.NoRight);
      expect(names.remove("a").error).toBe(Errors.NoRight);
    }
    expect(listed()).toEqual([]);
  });

  test("shows administrators what is published for them, in place of what is public; others never", () => {
    const { kernel } = publisher, shown = kernel.notificationCreate(), hidden = kernel.notificationCreate(), secret = kernel.notificationCreate();
    const meaning = (names: NamesClient, name: string): number | undefined => {
      const found = names.lookup(false, name);
      return found.error ? undefined : user.kernel.capInfo(found.object)?.object;
    };
    const objectOf = (slot: number): number => kernel.capInfo(slot)!.object;
    const [shownObject, hiddenObject, secretObject] = [shown, hidden, secret].map(objectOf);
    mayPublish.publish(false, shown, "both");
    mayPublish.publish(true, hidden, "both");
    mayPublish.publish(true, secret, "secret");
    expect(["both", "secret"].map((name) => meaning(mayLook, name))).toEqual([shownObject, undefined]);
    expect(["both", "secret"].map((name) => meaning(mayAdminister, name))).toEqual([hiddenObject, secretObject]);
    expect(listed(mayLook)).toEqual(["both"]);
    expect(listed(mayAdminister)).toEqual(["both", "secret"]);
    mayPublish.remove("both");
    expect(listed(mayAdminister)).toEqual(["secret"]);
  });

  test("lets a waiting lookup wait on until there is something that it may have", async () => {
    const waiting = { look: mayLook.lookupAsync(true, "late"), administer: mayAdminister.lookupAsync(true, "late") };
    const hidden = publisher.kernel.notificationCreate(), shown = publisher.kernel.notificationCreate();
    const hiddenObject = publisher.kernel.capInfo(hidden)!.object, shownObject = publisher.kernel.capInfo(shown)!.object;
    mayPublish.publish(true, hidden, "late");
    const first = await waiting.administer;
    expect(!first.error && user.kernel.capInfo(first.object)?.object).toBe(hiddenObject);
    mayPublish.publish(false, shown, "late");
    const second = await waiting.look;
    expect(!second.error && user.kernel.capInfo(second.object)?.object).toBe(shownObject);
  });

  /** Random publishing, removing and looking up against two maps. */
  test("binds as two maps do", () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom("publish", "publish", "remove", "lookup"), fc.boolean(), fc.constantFrom("a", "b", "c")), { maxLength: 60 }), (steps) => {
      for (const name of listed()) mayPublish.remove(name);
      const maps = { everyone: new Map<string, number>(), administrators: new Map<string, number>() };
      for (const [what, administrative, name] of steps) {
        if (what === "publish") {
          const object = publisher.kernel.notificationCreate(), { object: number } = publisher.kernel.capInfo(object)!;
          expect(mayPublish.publish(administrative, object, name).error).toBe(0);
          (administrative ? maps.administrators : maps.everyone).set(name, number);
          publisher.kernel.capDelete(object);
        } else if (what === "remove") {
          const there = [maps.administrators.delete(name), maps.everyone.delete(name)].includes(true);
          expect(mayPublish.remove(name).error).toBe(there ? 0 : Errors.NotFound);
        } else {
          const found = (administrative ? mayAdminister : mayLook).lookup(false, name);
          const expected = (administrative ? maps.administrators.get(name) : undefined) ?? maps.everyone.get(name);
          expect(found.error ? undefined : user.kernel.capInfo(found.object)?.object).toBe(expected);
          if (!found.error) user.kernel.capDelete(found.object);
        }
      }
    }), { numRuns: Number(process.env["FC_RUNS"] ?? 60) });
  });

  test("refuses names that are empty, too long or not printable", () => {
    const notification = publisher.kernel.notificationCreate();
    expect(mayPublish.publish(false, notification, "").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(false, notification, "x".repeat(64)).error).toBe(Errors.TooLong);
    expect(mayPublish.publish(false, notification, "a\nb").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(false, notification, "bad name").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(false, notification, "n\u00e4me").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(false, notification, "x".repeat(63)).error).toBe(0);
  });

  test("answers a waiting lookup when the name is published, also if another waiter has died", async () => {
    const doomed = machine.addClient("doomed");
    void new NamesClient(doomed.kernel, machine.give(doomed, server)).lookupAsync(true, "late");
    const waiting = [mayLook.lookupAsync(true, "late"), mayLook.lookupAsync(true, "late"), mayLook.lookupAsync(true, "other")];
    machine.kill(doomed);
    mayPublish.publish(false, publisher.kernel.notificationCreate(), "late");
    for (const answer of await Promise.all(waiting.slice(0, 2))) expect(answer.error).toBe(0);
    mayPublish.publish(false, publisher.kernel.notificationCreate(), "other");
    expect((await waiting[2]!).error).toBe(0);
  });

  test("holds 256 names and no more", () => {
    const notification = publisher.kernel.notificationCreate();
    for (let i = 0; i < 256; i++) expect(mayPublish.publish(false, notification, `n${i}`).error).toBe(0);
    expect(mayPublish.publish(false, notification, "one-more").error).toBe(Errors.NoSpace);
    expect(listed()).toHaveLength(256);
  });

  test("lists in parts", () => {
    for (const name of ["alpha", "beta", "gamma"]) mayPublish.publish(false, publisher.kernel.notificationCreate(), name);
    let text = "";
    for (;;) {
      const part = mayLook.list(BigInt(text.length), 4);
      if (part.error || part.text.length === 0) break;
      text += new TextDecoder().decode(part.text);
    }
    expect(text).toBe("alpha\nbeta\ngamma\n");
  });
});
