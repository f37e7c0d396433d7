// A store into the poll words stops code that never enters the kernel, in either of the engine's compilers, soon.

import { Worker } from "node:worker_threads";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { POLL_WORDS, rewrite, setPollWords } from "./index.ts";
import { compileAssemblyScript } from "./testing/compile.ts";

/** Loops without end; word 16 says that they have begun. */
const endless = `
@inline function begin(): void { atomic.store<i32>(16, 1); }
export function registers(): i32 { begin(); let x = 1; while (x != 0) x = x * 1664525 | 1; return x; }
export function memory(): i32 { begin(); while (true) { store<i32>(32, load<i32>(32) + 1); if (load<i32>(64)) return 1; } }
export function nested(): i32 {
  begin();
  let n = 0;
  for (let i: i64 = 0; i >= 0; i++) for (let j = 0; j < 1000000; j++) n += j & 1;
  return n;
}
function fib(n: i32): i32 { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
export function calls(): i32 { begin(); return fib(90 + load<i32>(64)); }
`;

const worker = `
const { parentPort, workerData: { bytes, memory, name } } = require("node:worker_threads");
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
let outcome = "returned";
try { exports[name](); } catch (error) { outcome = error.message; }
parentPort.postMessage(outcome);
`;

/** Milliseconds from the store until the Worker has said that it was stopped. */
async function stop(bytes: Uint8Array, name: string): Promise<number> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 16, shared: true });
  const words = new Int32Array(memory.buffer);
  const thread = new Worker(worker, { eval: true, workerData: { bytes, memory, name } });
  const outcome = new Promise<string>((resolve, reject) => thread.once("message", resolve).once("error", reject));
  while (Atomics.load(words, 4) === 0) await new Promise(setImmediate);
  const start = performance.now();
  setPollWords(memory);
  expect(await outcome).toBe("unreachable");
  const elapsed = performance.now() - start;
  await thread.terminate();
  return elapsed;
}

describe.each([
  ["baseline", ["--liftoff", "--no-wasm-tier-up"]],
  ["optimizing", ["--no-liftoff"]],
])("code of the %s compiler", (_, flags) => {
  it.each(["registers", "memory", "nested", "calls"])("%s", async (name) => {
    flags.forEach(setFlagsFromString);
    const code = await compileAssemblyScript(endless), times = [];
    for (const pollPlace of [0, 1, 2, 8, POLL_WORDS - 1]) times.push(await stop(rewrite(code, { pollPoints: true, pollPlace }), name));
    // The median leaves out what the machine did meanwhile; the bound is generous for a loaded machine.
    expect(times.sort((a, b) => a - b)[2]).toBeLessThan(500);
  });
});

it("has no other places", async () => {
  const code = await compileAssemblyScript(endless);
  for (const pollPlace of [-1, POLL_WORDS, 0.5]) expect(() => rewrite(code, { pollPoints: true, pollPlace })).toThrow(`no poll word ${pollPlace}`);
});
