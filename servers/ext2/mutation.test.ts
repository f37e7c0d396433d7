// Damaged images: attaching one, reading all of it and changing it ends in data or an error, never in a trap, a hang or an access outside the
// disk; and whatever happened, the server has nothing left of the volume afterwards. `GRAIL_MUTATIONS=100000 npx vitest run
// servers/ext2/mutation.test.ts` is the long campaign.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileSystemsClient } from "../../abi/generated/ts/client/file-systems.ts";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { FakeMachine } from "../../lib/testing/fake-machine.ts";
import { good, parseEntries } from "../../lib/testing/files.ts";
import { randomNumbers } from "../../lib/testing/random.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { image as moduleOf } from "../../lib/testing/world.ts";
import { haveE2fsprogs, mke2fs } from "./testing/e2fsprogs.ts";
import { Ext2World } from "./testing/ext2-world.ts";
import { HostileVolume } from "./testing/hostile-volume.ts";
import { Targets } from "./testing/mutations.ts";
import { Workload } from "./testing/workload.ts";

const MUTATIONS = Number(process.env["GRAIL_MUTATIONS"] ?? 200), SEED = Number(process.env["GRAIL_MUTATION_SEED"] ?? 1);
/** The most that is looked at of one image: a loop of directories would go on for ever. */
const LOOKS = 400;

/** A tree with everything in it. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "grail-tree-"));
  mkdirSync(join(path, "a/b/c"), { recursive: true });
  writeFileSync(join(path, "a/small"), "small");
  writeFileSync(join(path, "a/b/single"), new Uint8Array(40_000).fill(1));
  writeFileSync(join(path, "double"), new Uint8Array(400_000).fill(2));
  symlinkSync("a/small", join(path, "fast"));
  symlinkSync("x".repeat(200), join(path, "slow"));
  for (let i = 0; i < 60; i++) writeFileSync(join(path, `a/b/c/name-that-makes-the-directory-longer-${i}`), "");
  return path;
}

/** A volume that was not unmounted: its journal is to be replayed, its orphan list is not empty. */
async function crashed(empty: Uint8Array): Promise<Uint8Array> {
  const random = randomNumbers(5), world = await Ext2World.create(empty, { malice: 0.1 }), work = new Workload(world, random, { largest: 60_000 });
  for (let i = 0; i < 120; i++) work.step();
  const inode = good(world.fs.create(world.root, FileKind.Regular, 0o644, "orphan")).inode;
  world.open(inode, FileFlags.Write).write(new Uint8Array(30_000));
  good(world.fs.unlink(world.root, false, "orphan"));
  good(world.fs.sync());
  return world.disk.contents;
}

describe.skipIf(!haveE2fsprogs)("damaged images", () => {
  test(`end in data or errors: ${MUTATIONS} of them`, async () => {
    const path = folder();
    const images = [mke2fs(["-t", "ext2", "-b", "1024"], 3 << 20, path), mke2fs(["-t", "ext3", "-b", "1024", "-g", "1024"], 5 << 20, path), await crashed(mke2fs(["-t", "ext3", "-b", "1024"], 4 << 20))];
    rmSync(path, { recursive: true });
    const targets = images.map((each) => new Targets(each)), random = randomNumbers(SEED);
    const machine = new FakeMachine(), server = await machine.addServer({ name: "ext2", module: await moduleOf("ext2"), memoryPages: 160 });
    const before = [server.table.count, server.heapBlocks()], counts = { attached: 0, refused: 0, readOnly: 0, failed: 0 }, reasons = new Set<string>();
    for (let i = 0; i < MUTATIONS; i++) {
      const { bytes, what } = targets[i % targets.length]!.mutate(random), readOnly = random() < 0.3;
      const client = machine.addClient("client"), disk = new RecordedDisk(bytes), volume = new HostileVolume(machine, disk, random);
      volume.malice = 0.02;
      try {
        const given = volume.give(client), manager = new FileSystemsClient(client.kernel, machine.give(client, server, { rights: RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE }));
        const attached = manager.attach(readOnly ? 1 : 0, BigInt(disk.size), given.volume, given.image), reason = new TextDecoder().decode(good(manager.reason()).text);
        if (attached.error) {
          counts.refused++;
          expect([Errors.Corrupt, Errors.NotSupported, Errors.Io, Errors.NoMemory], reason).toContain(attached.error);
          if (attached.error !== Errors.Io) expect(reason, what).not.toBe("");
          reasons.add(reason.replaceAll(/\d+|0x[\da-f]+/gu, "#"));
        } else {
          counts.attached++;
          if (attached.readOnly) counts.readOnly++;
          const fs = new FileSystemClient(client.kernel, attached.root);
          if (!use(client.kernel, fs, random)) counts.failed++;
          fs.detach();
          if (readOnly) expect(disk.log.filter(({ kind }) => kind === "write"), "a read-only volume was written").toEqual([]);
        }
        machine.kill(client);
        expect([server.table.count, server.heapBlocks()], "the server has given everything back").toEqual(before);
      } catch (error) { throw new Error(`mutation ${i} of seed ${SEED}: ${what}: ${(error as Error).message}; ${server.log.slice(-3).join("; ")}`, { cause: error }); }
      machine.kill(volume.domain);
      machine.domains.splice(machine.domains.indexOf(server) + 1);
      server.log.length = 0;
    }
    // The sample reaches both sides.
    expect(Math.min(counts.attached, counts.refused)).toBeGreaterThan(MUTATIONS / 20);
    expect(reasons.size).toBeGreaterThan(8);
  }, 60_000 + MUTATIONS * 100);
});

/** Look at everything and change some of it: whether all of it succeeded. */
function use(kernel: ConstructorParameters<typeof FileSystemClient>[0], fs: FileSystemClient, random: () => number): boolean {
  let fine = true, looks = 0;
  const ok = <T extends { error: number }>(result: T): T => { if (result.error) fine = false; return result; };
  const queue: bigint[] = [good(fs.root()).inode], seen = new Set<bigint>();
  while (queue.length > 0 && looks < LOOKS) {
    const directory = queue.shift()!;
    if (seen.has(directory)) continue;
    seen.add(directory);
    ok(fs.lookup(directory, ".."));
    for (let cookie = 0n; looks < LOOKS;) {
      const part = ok(fs.readDirectory(directory, cookie, 4096));
      if (part.error || part.entries.length === 0) break;
      const entries = parseEntries(part.entries);
      for (const { name, inode, kind } of entries) {
        if (++looks > LOOKS) break;
        ok(fs.stat(inode));
        if (name === "." || name === "..") continue;
        ok(fs.lookup(directory, name === "" ? "empty" : name));
        if (kind === FileKind.Directory) queue.push(inode);
        else if (kind === FileKind.SymbolicLink) ok(fs.readLink(inode));
        else readFile(kernel, fs, inode, ok);
        if (random() < 0.1 && name !== "") ok(fs.unlink(directory, kind === FileKind.Directory, name));
        else if (random() < 0.05 && name !== "") ok(fs.rename(directory, good(fs.root()).inode, name, `renamed-${looks}`));
        else if (random() < 0.05) ok(fs.setSize(inode, BigInt(Math.floor(random() * 50_000))));
      }
      cookie = entries.at(-1)!.next;
    }
    if (random() < 0.3) {
      const made = ok(fs.create(directory, random() < 0.5 ? FileKind.Directory : FileKind.Regular, 0o644, `made-${looks}`));
      if (!made.error) writeFile(kernel, fs, made.inode, random, ok);
    }
  }
  ok(fs.sync());
  return fine;
}

function readFile(kernel: ConstructorParameters<typeof FileSystemClient>[0], fs: FileSystemClient, inode: bigint, ok: <T extends { error: number }>(result: T) => T): void {
  const opened = ok(fs.open(inode, FileFlags.Read, 0n));
  if (opened.error) return;
  for (const at of [0n, 65_536n, opened.size - 5000n, opened.size]) if (at >= 0n) { kernel.dataspaceRead(opened.data, at, 65_536); ok(new FileClient(kernel, opened.file).read(at, 65_536)); }
  for (const slot of [opened.file, opened.data]) kernel.capDelete(slot);
}

function writeFile(kernel: ConstructorParameters<typeof FileSystemClient>[0], fs: FileSystemClient, inode: bigint, random: () => number, ok: <T extends { error: number }>(result: T) => T): void {
  const opened = fs.open(inode, FileFlags.Write, 0n);
  if (opened.error) return;
  ok(new FileClient(kernel, opened.file).write(BigInt(Math.floor(random() * 300_000)), new Uint8Array(30_000)));
  for (const slot of [opened.file, opened.data]) kernel.capDelete(slot);
}
