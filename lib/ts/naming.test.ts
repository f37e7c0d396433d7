import { beforeEach, describe, expect, it } from "vitest";
import { ClockClient } from "../../abi/generated/ts/client/clock.ts";
import { Naming } from "./naming.ts";
import { errorNumber, failure } from "./status.ts";
import type { FakeKernel } from "./testing/fake-kernel.ts";
import { FakeMachine } from "./testing/fake-machine.ts";
import { FakeNames } from "./testing/fake-names.ts";

let machine: FakeMachine, names: FakeNames, client: FakeKernel, naming: Naming;
let calls: string[];

/** A clock that answers `wall` with its own number, published. */
function startClock(wall: bigint): FakeKernel {
  const kernel = machine.domain("clock"), endpoint = kernel.endpointCreate();
  machine.attach(kernel, endpoint, (incoming) => { calls.push(`clock ${wall}`); kernel.reply(incoming.reply, { status: 0, words: [wall, 0n] }); });
  names.announce(kernel, endpoint, "clock");
  return kernel;
}
const ask = (): ReturnType<ClockClient["now"]> | { error: number } => naming.call("clock", (cap) => new ClockClient(client, cap).now());

beforeEach(() => {
  machine = new FakeMachine();
  names = new FakeNames(machine);
  client = machine.domain("client");
  names.introduce(client);
  naming = new Naming(client);
  calls = [];
});

describe("naming", () => {
  it("asks the name server once", () => {
    startClock(1n);
    const first = naming.find("clock");
    names.bindings.clear();
    expect(naming.find("clock")).toBe(first);
    expect(naming.find("random", false)).toBe(failure("NotFound"));
  });

  it("repeats a call on the successor of a server that died, once", () => {
    const clock = startClock(1n);
    expect(ask()).toMatchObject({ error: 0, wall: 1n });
    machine.kill(clock.domain);
    const successor = startClock(2n);
    expect(ask()).toMatchObject({ error: 0, wall: 2n });
    machine.kill(successor.domain);
    expect(ask().error).toBe(errorNumber("PeerDied"));
    expect(calls).toEqual(["clock 1", "clock 2"]);
  });

  it("gives back what it forgets", () => {
    startClock(1n);
    const before = machine.counts();
    naming.find("clock");
    naming.forget("clock");
    naming.forget("clock");
    expect(machine.counts()).toEqual(before);
  });
});
