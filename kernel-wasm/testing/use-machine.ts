// One machine for a test file. After each test the leak check runs: kernel objects are back at their starting counts and every invariant
// holds; so each test ends what it started (`machine.end`, capDelete).
//
//   const test = useMachine();
//   it("...", async () => { const puppet = await test.machine.domain(); ... await test.machine.end(puppet); });

import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { KernelCounts } from "../../lib/ts/kernel.ts";
import { TestMachine } from "./test-machine.ts";

export function useMachine(options: Parameters<typeof TestMachine.start>[0] = {}): { readonly machine: TestMachine } {
  let machine: TestMachine | undefined, before: KernelCounts;
  beforeAll(async () => { machine = await TestMachine.start(options); });
  beforeEach(() => { before = machine!.counts(); });
  afterEach(async () => { await machine!.settle(before); });
  afterAll(async () => { await machine?.stop(); });
  return { get machine() { return machine!; } };
}
