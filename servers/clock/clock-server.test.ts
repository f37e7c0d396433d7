import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ClockClient } from "../../abi/generated/ts/client/clock.ts";
import { handle } from "../../lib/ts/serve.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import type { FakeKernel } from "../../lib/ts/testing/fake-kernel.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { AlarmQueue, type Alarm } from "./alarm-queue.ts";
import { ClockServer } from "./clock-server.ts";

let machine: FakeMachine, kernel: FakeKernel, server: ClockServer, client: FakeKernel, clock: ClockClient;

beforeEach(() => {
  machine = new FakeMachine();
  kernel = machine.domain("clock");
  const endpoint = kernel.endpointCreate();
  server = new ClockServer(kernel);
  machine.attach(kernel, endpoint, (incoming) => handle(kernel, server, incoming));
  client = machine.domain("client");
  clock = new ClockClient(client, machine.grant(kernel, endpoint, client, 7));
});

/** What the serve loop does when nothing arrives. */
function pass(time: bigint): void {
  const end = machine.now + time;
  for (let patience = server.patience(); patience >= 0 && machine.now + BigInt(patience) * 1000n <= end; patience = server.patience()) { machine.advance(BigInt(patience) * 1000n); server.idle(); }
  machine.advance(end - machine.now);
}

describe("the clock", () => {
  it("tells both times", () => {
    machine.advance(5n);
    expect(clock.now()).toEqual({ error: 0, wall: machine.epoch + 5n, monotonic: 5n });
  });

  it("signals alarms in order, not before they are due, and keeps nothing", () => {
    const notification = client.notificationCreate();
    const before = machine.counts();
    expect(clock.alarm(3_000_000n, 2n, notification).error).toBe(0);
    expect(clock.alarm(1_000_000n, 1n, notification).error).toBe(0);
    pass(999_000n);
    expect(client.wait(notification, 0).bits).toBe(0n);
    pass(1_000n);
    expect(client.wait(notification, 0).bits).toBe(1n);
    pass(2_000_000n);
    expect(client.wait(notification, 0).bits).toBe(2n);
    expect(machine.counts()).toEqual(before);
    expect(server.patience()).toBe(-1);
  });

  it("cancels, once", () => {
    const notification = client.notificationCreate();
    const before = machine.counts();
    const set = clock.alarm(1000n, 1n, notification);
    const number = set.error ? 0 : set.alarm;
    expect(clock.cancel(number)).toEqual({ error: 0 });
    expect(clock.cancel(number).error).toBe(errorNumber("NotFound"));
    pass(10_000n);
    expect(client.wait(notification, 0).bits).toBe(0n);
    expect(machine.counts()).toEqual(before);
  });

  it("refuses what is no notification, and the 257th alarm", () => {
    expect(clock.alarm(1n, 1n, client.dataspaceCreate(1n)).error).toBe(errorNumber("BadArgument"));
    const notification = client.notificationCreate();
    for (let count = 0; count < 256; count++) expect(clock.alarm(1n << 60n, 1n, notification).error).toBe(0);
    expect(clock.alarm(1n << 60n, 1n, notification).error).toBe(errorNumber("TooManyOpen"));
  });

  it("survives any message", () => fuzzDispatch(kernel, server, [0x32]));
});

it("an alarm queue gives what a sorted list would", () => {
  fc.assert(fc.property(fc.array(fc.nat(50), { maxLength: 40 }), fc.nat(50), (dues, now) => {
    const queue = new AlarmQueue();
    const alarms = dues.map((due, number): Alarm => ({ number, due: BigInt(due), bits: 1n, notify: 0 }));
    alarms.forEach((alarm) => queue.add(alarm));
    const sorted = alarms.toSorted((a, b) => Number(a.due - b.due));
    expect(queue.takeDue(BigInt(now))).toEqual(sorted.filter((alarm) => alarm.due <= BigInt(now)));
    expect(queue.next).toEqual(sorted.find((alarm) => alarm.due > BigInt(now)));
  }));
});
