// Damaged volumes: boot sectors, FATs and directories in which something is changed at random, and images that are cut. Whatever they say, the server answers:
// it refuses with a reason, or serves what is whole and says Corrupt for the rest. It never traps, never runs on for ever, and (the plain volume sees to it)
// never reads or writes outside the image. GRAIL_MUTATIONS says how many (CI: 500 in all).

import { describe, expect, test } from "vitest";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { parseEntries } from "../../lib/testing/files.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { randomNumbers } from "../../lib/testing/random.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { checkFat, repairFat } from "../../personalities/native/storage-tools/fat/check.ts";
import { clusterStart, readGeometry, type Geometry } from "../../personalities/native/storage-tools/fat/geometry.ts";
import { makeFat, type MakeOptions } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { FatWorld } from "./testing/fat-world.ts";
import { Workload } from "./testing/workload.ts";

const MUTATIONS = Number(process.env["GRAIL_MUTATIONS"] ?? 500);
const KIB = 1024;
const bases: [string, number, Partial<MakeOptions>][] = [
  ["FAT12", 160 * KIB, { type: 12 }], ["FAT16", 2200 * KIB, { type: 16, sectorsPerCluster: 1 }], ["FAT32", 200 * KIB, { type: 32, sectorsPerCluster: 1, fewClusters: true }], ["FAT32 of 8 KiB clusters", 700 * KIB, { type: 32, sectorsPerCluster: 16, fewClusters: true }],
];
const INTERESTING = [0, 1, 2, 3, 5, 0x0f, 0x10, 0x20, 0x2e, 0x40, 0x41, 0x7f, 0x80, 0xd3, 0xe5, 0xf7, 0xf8, 0xff];

/** A volume with work on it, unmounted. */
async function base(size: number, options: Partial<MakeOptions>, seed: number): Promise<Uint8Array> {
  const device = new MemoryDevice(new Uint8Array(size)), world = await FatWorld.empty();
  makeFat(device, { serial: 1, time: 0, ...options });
  world.attach(new RecordedDisk(device.bytes));
  const workload = new Workload(world, seed, { fileBytes: 6000, files: 25 });
  for (let i = 0; i < 150; i++) workload.step();
  workload.closeAll();
  expect(world.detach()).toBe(0);
  return world.disk.contents;
}

type Random = (below: number) => number;

/** Change a few fields, each somewhere that means something. */
function mutate(image: Uint8Array, geometry: Geometry, directories: readonly number[], random: Random): Uint8Array {
  const bytes = image.slice(), put = (at: number, length: number): void => {
    for (let i = 0; i < length && at + i < bytes.length; i++) bytes[at + i] = random(3) === 0 ? random(256) : INTERESTING[random(INTERESTING.length)]!;
  };
  const entryBytes = geometry.type === 32 ? 4 : 2, cluster = (): number => 2 + random(Math.min(geometry.clusters, 120));
  for (let n = 1 + random(4); n > 0; n--) {
    const dice = random(20);
    if (dice < 4) put([11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 24, 32, 36, 40, 42, 44, 48, 50, 82, 510][random(21)]!, 1 + random(2));
    else if (dice < 9) {
      const at = geometry.fatStart + Math.floor(cluster() * geometry.type / 8), value = cluster();
      // Mostly a cluster that is there: loops and crossed chains.
      if (random(3) === 0) put(at, entryBytes);
      else for (let i = 0; i < entryBytes; i++) bytes[at + i] = value >> i * 8 & 255;
      if (random(2)) bytes.copyWithin(at + geometry.fatBytes, at, at + entryBytes);
    } else if (dice < 17) {
      const slot = directories[random(directories.length)]! + random(geometry.clusterBytes / 32) * 32;
      const field = [0, 0, 11, 12, 13, 20, 26, 28, random(32)][random(9)]!;
      if (field === 26 && random(2)) { const value = cluster(); bytes[slot + 26] = value & 255; bytes[slot + 27] = value >> 8; } else put(slot + field, 1 + random(4));
    } else if (dice < 18 && geometry.type !== 12) {
      // Not unmounted cleanly: recovery looks at everything.
      const at = geometry.fatStart + (geometry.type === 32 ? 7 : 3);
      bytes[at] = bytes[at]! & (geometry.type === 32 ? 0xf7 : 0x7f);
    } else if (dice < 19) put(random(bytes.length), 1 + random(8));
    else return bytes.slice(0, Math.max(512, random(bytes.length) & ~511));
  }
  return bytes;
}

/** Where directories are on a whole volume. */
function directoriesOf(bytes: Uint8Array, geometry: Geometry): number[] {
  const found = [geometry.type === 32 ? clusterStart(geometry, geometry.rootCluster) : geometry.rootStart];
  for (let cluster = 2; cluster < geometry.clusters + 2; cluster++) if (bytes[clusterStart(geometry, cluster)] === 0x2e && bytes[clusterStart(geometry, cluster) + 33] === 0x2e) found.push(clusterStart(geometry, cluster));
  return found;
}

/** Do everything that a client can do, and take whatever comes. The counts show that it gets somewhere. */
function exercise(world: FatWorld, random: Random): { files: number; failures: number } {
  const counts = { files: 0, failures: 0 }, { fs, client } = world;
  const waiting: [bigint, number][] = [[world.root, 0]], seen: { directory: bigint; name: string; inode: bigint; kind: number }[] = [];
  for (let at = waiting.shift(); at && seen.length < 150; at = waiting.shift()) {
    const [directory, depth] = at;
    for (let cookie = 0n, rounds = 0; rounds < 50; rounds++) {
      const part = fs.readDirectory(directory, cookie, 2048);
      if (part.error) { counts.failures++; break; }
      const entries = parseEntries(part.entries);
      if (entries.length === 0) break;
      for (const { name, kind } of entries) {
        const found = fs.lookup(directory, name);
        if (found.error) { counts.failures++; continue; }
        if (name === "." || name === "..") continue;
        seen.push({ directory, name, inode: found.inode, kind });
        if (fs.stat(found.inode).error) counts.failures++;
        if (kind === FileKind.Directory && depth < 6) waiting.push([found.inode, depth + 1]);
      }
      if (entries.at(-1)!.next <= cookie) throw new Error("a directory's cookies do not go on");
      cookie = entries.at(-1)!.next;
    }
  }
  for (const { directory, name, inode, kind } of seen) {
    if (kind === FileKind.Directory) continue;
    const opened = fs.open(inode, (FileFlags.Read | (random(2) ? FileFlags.Write : 0)) as FileFlags, 0n);
    if (opened.error) { counts.failures++; continue; }
    const file = new FileClient(client.kernel, opened.file);
    if (file.read(0n, 65536).error) counts.failures++; else counts.files++;
    client.kernel.dataspaceRead(opened.data, opened.size > 5000n ? opened.size - 5000n : 0n, 5000);
    switch (random(8)) {
      case 0: file.write(opened.size > 100_000n ? 0n : opened.size, new Uint8Array(3000)); break;
      case 1: file.setSize(BigInt(random(9000))); break;
      case 2: fs.unlink(directory, false, name); break;
      case 3: fs.rename(directory, world.root, name, `renamed ${random(5)}`); break;
    }
    client.kernel.capDelete(opened.file);
    client.kernel.capDelete(opened.data);
  }
  for (const { directory, name, kind } of seen) {
    if (kind !== FileKind.Directory) continue;
    fs.create(directory, random(2) ? FileKind.Directory : FileKind.Regular, 0o644, `new file ${random(3)}`);
    if (random(3) === 0) fs.rename(directory, world.root, name, `directory ${random(3)}`);
    if (random(3) === 0) fs.unlink(directory, true, name);
  }
  return counts;
}

describe.each(bases)("a damaged %s", (_, size, options) => {
  test("is refused with a reason, or served as far as it is whole", async () => {
    const image = await base(size, options, size), geometry = readGeometry(new MemoryDevice(image)), directories = directoriesOf(image, geometry);
    expect(directories.length).toBeGreaterThan(2);
    let world = await FatWorld.empty(), before = world.machine.snapshot();
    const totals = { refused: 0, readOnly: 0, served: 0, files: 0, failures: 0 };
    for (let i = 0; i < MUTATIONS / bases.length; i++) {
      const numbers = randomNumbers(size + i), random: Random = (below) => Math.floor(numbers() * below), bytes = mutate(image, geometry, directories, random);
      try {
        checker(bytes);
        world.attach(new RecordedDisk(bytes));
        if (world.error) {
          totals.refused++;
          if (world.error !== Errors.Corrupt && world.error !== Errors.NotSupported) throw new Error(`refused with error ${world.error}`);
          if (!/^.+ is -?\d+, should be .+/.test(world.reason)) throw new Error(`refused without a reason: "${world.reason}"`);
          world.forgetRefused();
        } else {
          totals[world.readOnly ? "readOnly" : "served"]++;
          const { files, failures } = exercise(world, random);
          totals.files += files;
          totals.failures += failures;
          world.fs.sync();
          if (world.detach() !== 0) world.forget();
        }
        world.machine.assertNothingLeaked(before);
      } catch (error) { throw new Error(`mutation ${i}`, { cause: error }); }
      if (i % 500 === 499) { world = await FatWorld.empty(); before = world.machine.snapshot(); }
    }
    // It is no test of the first check alone.
    expect(totals.refused).toBeGreaterThan(MUTATIONS / bases.length / 50);
    expect(totals.served).toBeGreaterThan(MUTATIONS / bases.length / 4);
    expect(totals.files).toBeGreaterThan(totals.served);
    expect(totals.failures).toBeGreaterThan(0);
  }, 60_000 + MUTATIONS * 20);
});

/** The checker and its repairs stand them as well; what it mends stays mended. */
function checker(bytes: Uint8Array): void {
  const device = new MemoryDevice(bytes.slice()), report = checkFat(device);
  if (!report.geometry || report.findings.some(({ kind }) => kind === "error")) return;
  repairFat(device, report);
  const left = checkFat(device).findings;
  if (left.length > 0) throw new Error(`after repairs: ${left.map(({ kind, text }) => `${kind}: ${text}`).join("; ")}; before: ${report.findings.map(({ text }) => text).join("; ")}`);
}
