// Random work on two volumes that share a small cache, by a file system whose contents are known: whatever is given up, written back and read again on the
// way, everything reads as it was written, a barrier puts it on the disk, and a disk that fails loses nothing.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { MAP_PATIENCE } from "../../abi/layout/limits.ts";
import { randomNumbers } from "../../lib/testing/random.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { MiniFileSystem, type MiniFile, Refused, aheadStep, checkInvariants, checkedWorld, leaveAhead } from "./testing/mini-file-system.ts";

const RUNS = Number(process.env["CACHE_RUNS"] ?? 25);
const KINDS = ["write", "write", "write", "read", "read", "create", "truncate", "remove", "metadata", "metadata", "through", "readMetadata", "readMetadata", "freeMetadata", "writeBack", "barrier", "tick", "policy", "share", "fail", "fail", "adopt", "adopt", "align", "ahead", "ahead", "ahead"] as const;
/** What does not wait for the mutex of its volume, or may give up waiting. */
const MEANWHILE: readonly string[] = ["write", "read", "metadata", "through", "readMetadata"];
// Without the bias to small numbers: the cache is to be too small.
const operation = fc.noBias(fc.record({ kind: fc.constantFrom(...KINDS), fs: fc.nat(1), a: fc.nat(1000), b: fc.nat(299_999), c: fc.nat(60_000) }));
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const equal = (got: Uint8Array, expected: Uint8Array): void => { if (Buffer.compare(got, expected) !== 0) expect(got).toEqual(expected); };

function step(fs: MiniFileSystem, { kind, a, b, c }: Operation): void {
  const { world, files } = fs, file = files[a % Math.max(files.length, 1)], { volume } = fs.attached;
  switch (kind) {
    case "create": if (files.length < 6) fs.create(); break;
    case "write": if (file) fs.write(file, b % 220_000, new Uint8Array(c % 50_000).map((_, i) => i * 31 + a + b)); break;
    case "read": if (file) equal(fs.read(file, b % 220_000, c, c % 4 ? 40 : 3), file.content.slice(b % 220_000, b % 220_000 + c)); break;
    case "truncate": if (file) fs.truncate(file, b % Math.max(file.content.length, 1)); break;
    case "remove": if (file && a % 3 === 0) fs.remove(file); break;
    case "metadata": fs.writeMetadata(a, b & 255, false); break;
    case "through": fs.writeMetadata(a, b & 255, true); break;
    case "readMetadata": { const read = fs.readMetadata(a); if (read) equal(read.got, read.expected); break; }
    case "adopt": if (file) fs.adopt(a, file); break;
    case "align": if (file) fs.truncate(file, Math.floor(file.content.length / 4096) * 4096); break;
    case "freeMetadata": fs.freeMetadata(a); break;
    case "writeBack": { const { error } = volume.writeBack(file?.object ?? 0); if (error) throw new Refused(error); break; }
    case "barrier": { const { error } = volume.barrier(); if (error) throw new Refused(error); expect(fs.differences()).toEqual([]); break; }
    case "tick": world.tick(BigInt(a % 8) * 1_000_000_000n); break;
    case "policy": expect(world.cache.configure(a % 4, 0).error).toBe(0); break;
    case "share": expect([0, Errors.NoSpace, Errors.BadArgument]).toContain(world.cache.share(64 + b % 64, c % 3 ? 0 : 64 + c % 300, `v${a % 2}`).error); break;
    case "ahead": aheadStep(world); break;
    case "fail": fs.disk.fail = undefined;
  }
}

/** Runs `operations` over two file systems; with `others`, some of those run "in another thread" while a call to a disk is under way. `home`: what is
 *  read ahead is left to steps between the operations, and others come in while it is read. */
async function run(sizes: readonly number[], operations: readonly Operation[], others: readonly Operation[], seed: number, home = false): Promise<void> {
  const random = randomNumbers(seed), rest = [...others];
  let inside = -1;
  const world = await checkedWorld({
    pages: 136,
    // A thread of the fake machine cannot wait for one that waits for it: it gives up, as a killed client's would.
    cache: { intercept: (calls) => ({ ...calls, wait: (slot: number, timeout: bigint) => inside >= 0 ? -Errors.Interrupted : (calls["wait"] as (slot: number, timeout: bigint) => number)(slot, timeout) }) },
  });
  const systems = sizes.map((size, i) => new MiniFileSystem(world, new RecordedDisk((1 << 20) + 512 * (i + 3)), size, { name: `v${i}` }));
  for (const fs of systems) for (let count = 0; count < 4; count++) fs.create();
  if (home) leaveAhead(world);
  const act = (each: Operation): void => {
    const fs = systems[each.fs]!;
    if (each.kind === "fail" && each.a % 2) {
      const rate = each.b % 3 === 0 ? 1 : 0.2, error = each.a % 4 === 1 ? "Io" as const : "NoSpace" as const;
      fs.disk.fail = (what) => (what === "read" ? random() < rate / 4 : random() < rate) ? error : undefined;
    } else try { step(fs, each); } catch (error) {
      // Only a disk that fails may refuse, or a thread that gives up: its own volume, or one that wants the pages it cannot write.
      if (!(error instanceof Refused) || !(inside >= 0 || systems.some((system) => system.disk.fail))) throw error;
    }
  };
  world.machine.interleave = (server) => {
    if (server !== world.cacheServer || inside >= 0 || (current < 0 && !stepping) || random() < 0.5) return;
    const next = rest.pop();
    if (!next || next.kind === "tick" || next.kind === "ahead" || (stepping && !MEANWHILE.includes(next.kind))) return;
    inside = stepping ? next.fs : 1 - current;
    try { world.machine.asAnotherThread(() => act({ ...next, fs: inside })); } finally { inside = -1; }
  };
  let current = -1, stepping = false;
  for (const each of operations) {
    current = each.kind === "tick" || each.kind === "ahead" ? -1 : each.fs;
    stepping = each.kind === "ahead";
    act(each);
    checkInvariants(world);
  }
  current = -1;
  stepping = false;
  for (const fs of systems) fs.disk.fail = undefined;
  for (const fs of systems) {
    expect(fs.attached.volume.barrier()).toEqual({ error: 0 });
    expect(fs.differences()).toEqual([]);
    for (const file of fs.files) equal(fs.read(file, 0, file.content.length), file.content);
    if (process.env["SHOW"]) console.log(fs.attached.volume.statistics());
  }
}

/** Writers stand still between `map` and their write, some of them for long, while others use other files of the same volume and of another one. What was
 *  written without a record is taken over by the next `fill`, too: so a barrier soon looks at the disk. */
async function runSlowly(sizes: readonly number[], operations: readonly Operation[], seed: number): Promise<void> {
  const random = randomNumbers(seed), below = (limit: number): number => Math.floor(random() * limit), world = await checkedWorld({ pages: 136 });
  const systems = sizes.map((size, i) => new MiniFileSystem(world, new RecordedDisk((1 << 20) + 512 * (i + 3)), size, { name: `v${i}` })), writing = new Set<MiniFile>();
  let storms = 6, slow = false;
  const wait = (): void => { if (slow) world.machine.time += BigInt(below(8 * MAP_PATIENCE)); };
  for (const fs of systems) {
    for (let count = 0; count < 4; count++) fs.create();
    fs.standStill = (file) => {
      if (writing.size > 0) return wait();
      slow = below(3) === 0;
      wait();
      if (storms === 0 || below(2)) return;
      storms--;
      writing.add(file);
      for (let left = 40; left > 0; left--) {
        const other = below(4) ? fs : systems[below(2)]!, next = { kind: below(3) ? "write" : "read", fs: 0, a: below(1000), b: below(300_000), c: below(60_000) } as const;
        // Not to the file that is being written: one writer at a time.
        if (!writing.has(other.files[next.a % Math.max(other.files.length, 1)]!)) step(other, next);
      }
      writing.delete(file);
      wait();
    };
  }
  for (const each of operations.filter(({ kind }) => kind !== "fail" && kind !== "ahead")) {
    const before = storms;
    step(systems[each.fs]!, each);
    checkInvariants(world);
    if (before !== storms) step(systems[each.fs]!, { ...each, kind: "barrier" });
  }
  for (const fs of systems) {
    expect(fs.attached.volume.barrier()).toEqual({ error: 0 });
    expect(fs.differences()).toEqual([]);
    for (const file of fs.files) equal(fs.read(file, 0, file.content.length), file.content);
  }
}

const sizes = fc.tuple(fc.constantFrom(512, 1024, 2048, 4096), fc.constantFrom(512, 4096));
const operations = fc.array(operation, { minLength: 60, maxLength: 160, size: "max" });

test("everything reads as it was written, whatever is given up on the way, and a barrier puts it on the disk", async () => {
  await fc.assert(fc.asyncProperty(sizes, operations, fc.nat(), (both, list, seed) => run(both, list, [], seed)), { numRuns: RUNS, endOnFailure: true });
});

test("… also when the other volume's threads come in while a disk is at work, and take pages", async () => {
  await fc.assert(fc.asyncProperty(sizes, operations, operations, fc.nat(), (both, list, others, seed) => run(both, list, others, seed)), { numRuns: RUNS, endOnFailure: true });
});

test("… also when pages are read ahead between the operations, and while others use the same volume", async () => {
  await fc.assert(fc.asyncProperty(sizes, operations, operations, fc.nat(), (both, list, others, seed) => run(both, list, others, seed, true)), { numRuns: RUNS, endOnFailure: true });
});

test("… also when writers stand still between map and write, for longer than others wait for them", async () => {
  await fc.assert(fc.asyncProperty(sizes, operations, fc.nat(), runSlowly), { numRuns: Math.ceil(RUNS / 2), endOnFailure: true });
});
