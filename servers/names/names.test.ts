// The name server through its interface, on the fake machine.

import { beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import { NamesClient } from "../../abi/generated/ts/client/names.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { FakeMachine, type Domain, type Snapshot } from "../../lib/testing/fake-machine.ts";
import { image } from "../../lib/testing/world.ts";

let module: WebAssembly.Module;
beforeAll(async () => { module = await image("names"); });

describe("names", () => {
  let machine: FakeMachine, server: Domain, publisher: Domain, user: Domain, mayPublish: NamesClient, mayLook: NamesClient, before: Snapshot;
  beforeEach(async () => {
    machine = new FakeMachine();
    server = await machine.addServer({ name: "names", module });
    publisher = machine.addClient("publisher");
    user = machine.addClient("user");
    mayPublish = new NamesClient(publisher.kernel, machine.give(publisher, server, { rights: RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE }));
    mayLook = new NamesClient(user.kernel, machine.give(user, server));
    before = machine.snapshot();
  });
  afterEach(() => {
    for (const name of listed()) expect(mayPublish.remove(name).error).toBe(0);
    for (const domain of [publisher, user]) for (const [slot] of domain.table.all()) if (slot > 8) domain.kernel.capDelete(slot);
    machine.assertNothingLeaked(before);
  });
  const listed = (): string[] => {
    const text = mayLook.list(0n);
    return text.error ? [] : new TextDecoder().decode(text.text).split("\n").filter((name) => name);
  };

  test("gives a copy of what was published under a name", () => {
    const notification = publisher.kernel.notificationCreate();
    expect(mayPublish.publish(notification, "clock").error).toBe(0);
    const found = mayLook.lookup(false, "clock");
    if (found.error) throw new Error();
    expect(user.kernel.capInfo(found.object)?.object).toBe(publisher.kernel.capInfo(notification)?.object);
    expect(listed()).toEqual(["clock"]);
  });

  test("does not know names that nobody published", () => {
    expect(mayLook.lookup(false, "nothing").error).toBe(Errors.NotFound);
    expect(mayPublish.remove("nothing").error).toBe(Errors.NotFound);
  });

  test("replaces an older capability of the same name", () => {
    const [first, second] = [publisher.kernel.notificationCreate(), publisher.kernel.notificationCreate()];
    mayPublish.publish(first, "a");
    mayPublish.publish(second, "a");
    const found = mayLook.lookup(true, "a");
    expect(!found.error && user.kernel.capInfo(found.object)?.object).toBe(publisher.kernel.capInfo(second)?.object);
    expect(listed()).toEqual(["a"]);
  });

  test("refuses to publish without the right Manage, or what cannot be copied on", () => {
    const notification = user.kernel.notificationCreate();
    expect(mayLook.publish(notification, "a").error).toBe(Errors.NoRight);
    expect(mayLook.remove("a").error).toBe(Errors.NoRight);
  });

  test("refuses names that are empty, too long or not printable", () => {
    const notification = publisher.kernel.notificationCreate();
    expect(mayPublish.publish(notification, "").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(notification, "x".repeat(64)).error).toBe(Errors.TooLong);
    expect(mayPublish.publish(notification, "a\nb").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(notification, "bad name").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(notification, "n\u00e4me").error).toBe(Errors.BadArgument);
    expect(mayPublish.publish(notification, "x".repeat(63)).error).toBe(0);
  });

  test("answers a waiting lookup when the name is published, also if another waiter has died", async () => {
    const doomed = machine.addClient("doomed");
    void new NamesClient(doomed.kernel, machine.give(doomed, server)).lookupAsync(true, "late");
    const waiting = [mayLook.lookupAsync(true, "late"), mayLook.lookupAsync(true, "late"), mayLook.lookupAsync(true, "other")];
    machine.kill(doomed);
    mayPublish.publish(publisher.kernel.notificationCreate(), "late");
    for (const answer of await Promise.all(waiting.slice(0, 2))) expect(answer.error).toBe(0);
    mayPublish.publish(publisher.kernel.notificationCreate(), "other");
    expect((await waiting[2]!).error).toBe(0);
  });

  test("holds 256 names and no more", () => {
    const notification = publisher.kernel.notificationCreate();
    for (let i = 0; i < 256; i++) expect(mayPublish.publish(notification, `n${i}`).error).toBe(0);
    expect(mayPublish.publish(notification, "one-more").error).toBe(Errors.NoSpace);
    expect(listed()).toHaveLength(256);
  });

  test("lists in parts", () => {
    for (const name of ["alpha", "beta", "gamma"]) mayPublish.publish(publisher.kernel.notificationCreate(), name);
    let text = "";
    for (;;) {
      const part = mayLook.list(BigInt(text.length), 4);
      if (part.error || part.text.length === 0) break;
      text += new TextDecoder().decode(part.text);
    }
    expect(text).toBe("alpha\nbeta\ngamma\n");
  });
});
