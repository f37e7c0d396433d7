// The watch ends a server that keeps a thread too long, inside or before its lock, and none that merely was found so before and after a pause.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as L from "../../abi/layout/kernel-memory.ts";
import { INLINE_DEADLINE, watchInline } from "./inline-watch.ts";
import { Inspector } from "./inspect.ts";
import type { KernelExports } from "./worker/kernel-instance.ts";

const SERVER = 3, VISITOR = 5, HOME = 7, WAITERS = 0x10000;
const server = L.DOMAINS + SERVER * L.DOMAIN_SIZE, visitor = L.THREADS + VISITOR * L.THREAD_SIZE;
let words: DataView, ended: string[], stopped: boolean, clock: number;
const set = (address: number, value: number): void => { words.setUint32(address, value, true); };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  const memory = new WebAssembly.Memory({ initial: L.KERNEL_PAGES, maximum: L.KERNEL_PAGES, shared: true }), inspector = new Inspector(memory);
  words = new DataView(memory.buffer);
  ended = [];
  stopped = false;
  set(server + L.D_STATE, L.DOMAIN_RUNNING);
  const kernel = { tidy: () => undefined, fail: (domain: number) => { ended.push(`${domain}: ${inspector.text(domain)}`); set(server + L.D_STATE, L.DOMAIN_DYING); } };
  watchInline(inspector, kernel as unknown as KernelExports, () => stopped, () => undefined);
});
afterEach(() => { stopped = true; vi.useRealTimers(); vi.restoreAllMocks(); });

const pass = (milliseconds: number): void => { for (let passed = 0; passed < milliseconds; passed += 100) { clock += 100; vi.advanceTimersByTime(100); } };
const enter = (): void => { set(visitor + L.T_STATE, L.THREAD_RUNNING); set(visitor + L.T_DEPTH, 1); set(visitor + L.T_INSIDE, server); set(server + L.D_LOCK, VISITOR + 1); };
const lock = (): void => { set(server + L.D_LOCK, HOME + 1 | WAITERS); };

for (const [what, begin] of [["is inside", enter], ["waits for its lock", lock]] as const) {
  test(`a server is ended when one ${what} past the deadline`, () => {
    begin();
    pass(INLINE_DEADLINE - 500);
    expect(ended).toEqual([]);
    pass(2000);
    expect(ended).toEqual([expect.stringContaining(`${SERVER}: kept`)]);
  });

  test(`one that serves others meanwhile is not, though one ${what} at each look`, () => {
    begin();
    for (let i = 1; i < 20; i++) { set(server + L.D_SERVED, i); pass(1000); }
    expect(ended).toEqual([]);
  });

  test(`a pause of the machine is no hang, though one ${what} before and after`, () => {
    begin();
    pass(1000);
    clock += 3_600_000;
    pass(1000);
    expect(ended).toEqual([]);
  });
}

test("nobody waits for the lock: whoever holds it may take its time", () => {
  set(server + L.D_LOCK, HOME + 1);
  pass(10 * INLINE_DEADLINE);
  expect(ended).toEqual([]);
});

test("one that is suspended with its lock has the whole time again when it goes on", () => {
  lock();
  set(server + L.D_STATE, L.DOMAIN_SUSPENDED);
  pass(3 * INLINE_DEADLINE);
  set(server + L.D_STATE, L.DOMAIN_RUNNING);
  pass(INLINE_DEADLINE - 500);
  expect(ended).toEqual([]);
  pass(2000);
  expect(ended).toHaveLength(1);
});
