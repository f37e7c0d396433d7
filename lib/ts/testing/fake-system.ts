// The System object of the fake machine: names, kills, placement, and the tables that `ps` and `caps` show. Traces are empty. For tests only.

import { OBJECT_SYSTEM } from "../../../abi/layout/limits.ts";
import type { DomainInfo, SystemCalls } from "../kernel.ts";
import { failure } from "../status.ts";
import type { FakeKernel } from "./fake-kernel.ts";
import type { FakeMachine } from "./fake-machine.ts";
import type { FakeDomain } from "./fake-objects.ts";

export function fakeSystemCalls(machine: FakeMachine, kernel: FakeKernel): SystemCalls {
  const holds = (slot: number): boolean => kernel.capInfo(slot)?.kind === OBJECT_SYSTEM;
  const change = (slot: number, domain: number, act: (found: FakeDomain) => void): number => {
    if (!holds(slot)) return failure("BadHandle");
    const found = machine.domains.find((each) => each.number === domain && each.state !== "dead");
    if (!found) return failure("NotFound");
    act(found);
    return 0;
  };
  return {
    domains: (slot) => holds(slot) ? machine.domains.filter((domain) => domain.state !== "dead").map(describe) : [],
    caps: (slot, domain) => {
      const found = holds(slot) ? machine.domains.find((each) => each.number === domain) : undefined;
      return [...found?.table ?? []].map(([number]) => {
        const info = machine.kernelOf(found!).capInfo(number)!;
        return { slot: number, ...info, owner: domain };
      });
    },
    counts: () => machine.counts(),
    callCounts: () => [],
    setName: (slot, domain, name) => change(slot, domain, (found) => { found.name = name; }),
    kill: (slot, domain) => change(slot, domain, (found) => machine.kill(found)),
    place: (slot, domain, placement) => change(slot, domain, (found) => { found.placement = placement; }),
    setTrace: (slot) => holds(slot) ? 0 : failure("BadHandle"),
    trace: () => [],
  };
}

function describe(domain: FakeDomain): DomainInfo {
  return {
    domain: domain.number, name: domain.name, state: domain.state === "dead" ? "dying" : domain.state, placement: domain.placement, movable: true,
    caps: domain.table.size, capQuota: domain.capQuota, frames: 0, frameQuota: domain.frameQuota, memory: 0, activity: "running", waitsOn: 0,
    calls: 0n, served: 0n, cpuTime: 0n,
  };
}
