// A module with poll points does what it did without them, as long as the poll word stays 0.

import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { rewrite } from "./index.ts";
import { compileAssemblyScript } from "./testing/compile.ts";
import { samples } from "./testing/samples.ts";

type Run = (a: number, b: number) => number;
interface Machine { memory: WebAssembly.Memory; exports: Record<string, Run> }

function boot(bytes: Uint8Array<ArrayBuffer>, shared: boolean): Machine {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 16, shared });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, abort() {} } });
  return { memory, exports: instance.exports as unknown as Record<string, Run> };
}

/** What a run shows to the outside: its result or its trap, and the memory. */
function observe(machine: Machine, name: string, a: number, b: number): string {
  let outcome: string;
  try {
    outcome = String(machine.exports[name]!(a, b));
  } catch (error) {
    outcome = (error as Error).message;
  }
  return `${outcome} ${Buffer.from(machine.memory.buffer as ArrayBuffer).toString("latin1")}`;
}

for (const shared of [true, false]) {
  let before: Machine;
  let after: Machine;

  beforeAll(async () => {
    const bytes = await compileAssemblyScript(samples, shared);
    before = boot(bytes, shared);
    after = boot(rewrite(bytes, { pollPoints: true }), shared);
  });

  const names = [...samples.matchAll(/export function (run_\w+)/g)].map((match) => match[1]!);
  it.each(names)(`%s behaves the same on ${shared ? "shared" : "private"} memory`, (name) => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(observe(after, name, a, b) === observe(before, name, a, b)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it(`traps at once when the poll word is set on ${shared ? "shared" : "private"} memory`, () => {
    const word = new Int32Array(after.memory.buffer, 8, 1);
    word[0] = 1;
    for (const name of names) expect(() => after.exports[name]!(1, 1)).toThrow(/unreachable/);
    word[0] = 0;
  });
}
