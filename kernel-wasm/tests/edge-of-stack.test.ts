// A program that recurses to the end of its stack and then calls the kernel is broken off before the kernel has taken its lock, or not at all: also
// when that is the first call in its Worker that makes page memory grow, or reads the clock, under the lock. (I16)

import { Worker } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import wabt from "wabt";
import { FRAMES_GAP, H_FRAMES_FRESH, H_FRAMES_HELD, H_LOCK } from "../../abi/layout/kernel-memory.ts";
import { FRAME_SIZE, RIGHT_ALL } from "../../abi/layout/limits.ts";
import { TestMachine } from "../testing/test-machine.ts";

const NATIVE_MODULE = 12, SPACE = 7, PAGES = 300, DEEPEST = 40_000, TRAPPED = 2;
const tool = await wabt();
let machine: TestMachine, watcher: Worker;
afterEach(() => stop());

async function start(): Promise<void> {
  machine = await TestMachine.start();
  watcher = watch();
}

async function stop(): Promise<void> {
  await watcher.terminate();
  await machine.stop();
}

/** Were the lock held for ever, the machine's thread, which is this one, would wait for it as well: somebody else has to look. */
function watch(): Worker {
  const { kernelMemory } = machine.machine;
  return new Worker(`const { workerData: { kernelMemory, lock } } = require("node:worker_threads"), words = new Int32Array(kernelMemory.buffer); let last = 0, since = 0;
    setInterval(() => {
      const now = words[lock >> 2]; since = now && now === last ? since + 1 : 0; last = now;
      if (since < 300) return;
      require("node:fs").writeSync(2, "the kernel's lock has been held for 30 s by thread " + ((now & 0xffff) - 1) + "\\n");
      process.kill(process.pid, "SIGKILL");
    }, 100);`, { eval: true, workerData: { kernelMemory, lock: H_LOCK } });
}

/** A program that calls itself `depth` times, by frames of one size, and then does `act`. */
function program(depth: number, act: string): Uint8Array {
  const values = Array.from({ length: 20 }, (_, i) => i);
  const { buffer } = tool.parseWat("deep.wat", `(module (import "env" "memory" (memory 1 1 shared))
    (import "kernel" "dataspaceWrite" (func $write (param i32 i64 i32 i32 i32) (result i32))) (import "kernel" "capDelete" (func $delete (param i32) (result i32)))
    (func $deep (param $n i32) (param $act i32) (param ${values.map(() => "i64").join(" ")}) (result i32)
      (if (result i32) (i32.eqz (local.get $n))
        (then (if (result i32) (local.get $act) (then ${act}) (else (i32.const 0))))
        (else (i32.add (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get $act) ${values.map((i) => `(local.get ${i + 2})`).join(" ")}) (i32.const 0)))))
    (func (export "main") (result i32) (local $i i32)
      (loop $warm (drop (call $deep (i32.const 500) (i32.const 0) ${values.map(() => "(i64.const 1)").join(" ")}))
        (br_if $warm (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30000))))
      (i32.and (call $deep (i32.const ${depth}) (i32.const 1) ${values.map(() => "(i64.const 1)").join(" ")}) (i32.const 255))))`, { threads: true } as never).toBinary({});
  return new Uint8Array(buffer);
}

/** `last`: the program's capability is the only one. */
async function run(depth: number, act: string, space: number, last = false): Promise<{ reason: number; status: number }> {
  const { init } = machine, code = program(depth, act), slot = await init.do("dataspaceCreate", BigInt(code.length)), before = machine.deaths.length;
  await init.do("dataspaceWrite", slot, 0n, code);
  const domain = await init.do("domainCreate", 64, 64, 0, 0);
  expect(await init.do("capGrant", domain, space, RIGHT_ALL, 0, SPACE)).toBe(SPACE);
  if (last) await init.do("capDelete", space);
  expect(await init.do("domainStart", domain, slot, NATIVE_MODULE)).toBe(0);
  await machine.until(() => machine.deaths.length > before, "its end");
  for (const each of [domain, slot]) await init.do("capDelete", each);
  return machine.deaths.at(-1)!;
}

/** The depth from which on the stack does not suffice for writing to a page that is there. */
async function edge(): Promise<number> {
  const present = await machine.init.do("dataspaceCreate", BigInt(FRAME_SIZE));
  await machine.init.do("dataspaceWrite", present, 0n, new Uint8Array(8));
  let low = 100, high = DEEPEST;
  while (high - low > 1) {
    const middle = (low + high) >> 1, { reason } = await run(middle, WRITE, present);
    if (reason === 0) low = middle; else { expect(reason).toBe(TRAPPED); high = middle; }
  }
  await machine.init.do("capDelete", present);
  return low;
}

const WRITE = `(call $write (i32.const ${SPACE}) (i64.const 0) (i32.const 0) (i32.const 4096) (i32.const 8))`, DELETE = `(call $delete (i32.const ${SPACE}))`;

it("a program at the end of its stack writes to a page for which page memory must grow", { timeout: 300_000 }, async () => {
  await start();
  const { init } = machine, { inspector } = machine.machine, last = await edge(), fill = await init.do("dataspaceCreate", BigInt(FRAMES_GAP * FRAME_SIZE));
  for (let page = 0; inspector.u32(H_FRAMES_FRESH) < FRAMES_GAP; page++) await init.do("dataspaceWrite", fill, BigInt(page * FRAME_SIZE), new Uint8Array(1));
  for (let depth = last + 30; inspector.u32(H_FRAMES_HELD) === FRAMES_GAP; depth -= 12) {
    const space = await init.do("dataspaceCreate", BigInt(FRAME_SIZE));
    await run(depth, WRITE, space);
    await init.do("capDelete", space);
    expect(inspector.u32(H_LOCK)).toBe(0);
    expect(depth).toBeGreaterThan(last - 1600);
  }
  machine.check();
});

// A Worker that has read the clock once has the code for it: so each depth gets a machine of its own.
it("a program at the end of its stack ends a Dataspace of many pages", { timeout: 300_000 }, async () => {
  await start();
  const last = await edge(), reasons = new Set<number>();
  for (let depth = last + 10; depth > last - 300; depth -= 30) {
    await stop();
    await start();
    const { init } = machine, space = await init.do("dataspaceCreate", BigInt(PAGES * FRAME_SIZE));
    await init.do("dataspaceWrite", space, 0n, new Uint8Array(PAGES * FRAME_SIZE).fill(1));
    reasons.add((await run(depth, DELETE, space, true)).reason);
    expect(machine.machine.inspector.u32(H_LOCK)).toBe(0);
    machine.check();
  }
  expect([...reasons].sort()).toEqual([0, TRAPPED]);
});
