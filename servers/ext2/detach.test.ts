// An unmount that fails, at whichever of its writes and flushes: the volume goes on being served, and what is synced from then on survives a crash; or it
// is read-only, and says so. On the disk the journal never has something that needs_recovery does not announce.

import { describe, expect, test } from "vitest";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import * as ext2 from "../../lib/formats/ext2.ts";
import { good } from "../../lib/testing/files.ts";
import { failFrom } from "../../lib/testing/recorded-disk.ts";
import { dumpFiles, e2fsck, haveE2fsprogs, mke2fs, repair } from "./testing/e2fsprogs.ts";
import { Ext2World } from "./testing/ext2-world.ts";
import { journalAt, littered } from "./testing/littered.ts";

const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const BEFORE = filled(3000, 1), LEFT = filled(2000, 2), AFTER = filled(2500, 3);
const WRITE = FileFlags.Read | FileFlags.Write;

function make(world: Ext2World, name: string, contents: Uint8Array, sync: boolean): void {
  const file = world.open(good(world.fs.create(world.root, FileKind.Regular, 0o644, name)).inode, WRITE);
  file.write(contents, 0n);
  if (sync) good(file.client.sync(false));
  file.close();
  world.machine.settle();
}

/** Mounted, with one file that is synced and one that the unmount has to write. */
async function used(image: Uint8Array): Promise<Ext2World> {
  const world = await Ext2World.create(image, { malice: 0 });
  expect(world.readOnly, world.reason).toBe(false);
  make(world, "before", BEFORE, true);
  make(world, "left", LEFT, false);
  return world;
}

const isSame = (world: Ext2World, name: string, contents: Uint8Array): boolean => Buffer.compare(world.contents(good(world.fs.lookup(world.root, name)).inode), contents) === 0;

/** X7, whichever of the writes that no flush has followed are there. */
function expectAnnounced({ disk }: Ext2World, from: number, what: string): void {
  const image = disk.imageAt(from), view = new DataView(image.buffer), flagAt = ext2.SUPER_OFFSET + ext2.SB_INCOMPATIBLE, startAt = journalAt(image) + ext2.JS_START;
  const flag = (): number => view.getUint32(flagAt, true) & ext2.INCOMPATIBLE_RECOVER, start = (): number => view.getUint32(startAt);
  let flags = [flag()], starts = [start()];
  for (const event of disk.log.slice(from)) {
    if (event.kind === "flush") { flags = [flag()]; starts = [start()]; continue; }
    image.set(event.data, event.offset);
    flags.push(flag());
    starts.push(start());
    expect(flags.includes(0) && starts.some((each) => each !== 0), `${what}: the journal may start at ${starts.join(" or ")}, and nothing announce it`).toBe(false);
  }
}

/** `theirs`: by e2fsck's replay, too. */
async function expectAfterCrash(crashed: Uint8Array, names: ReadonlyMap<string, Uint8Array>, theirs: boolean, what: string): Promise<void> {
  const world = await Ext2World.create(crashed, { malice: 0 });
  for (const [name, contents] of names) expect(isSame(world, name, contents), `${what}: ${name} after the crash`).toBe(true);
  world.detach();
  const repaired = theirs || world.readOnly ? repair(crashed).image : undefined;
  if (repaired) {
    const dumped = dumpFiles(repaired, [...names.keys()].map((name) => `/${name}`));
    for (const [i, [name, contents]] of [...names].entries()) expect(Buffer.compare(dumped[i]!, contents), `${what}: ${name} after e2fsck`).toBe(0);
  }
  const checked = e2fsck(world.readOnly ? repaired! : world.disk.contents);
  expect(checked.status, `${what}: ${checked.output}`).toBe(0);
}

describe.skipIf(!haveE2fsprogs)("an unmount that fails", () => {
  const image = haveE2fsprogs ? littered(mke2fs(["-t", "ext3", "-b", "1024"], 3 << 20)) : new Uint8Array(0);

  async function outcome(at: number, error: "Io" | "NoSpace", once: boolean): Promise<"writable" | "read-only"> {
    const world = await used(image), { disk } = world, from = disk.log.length, what = `${error} at ${at}${once ? "" : " and ever after"}`;
    failFrom(disk, at, error, once);
    expect(world.fs.detach().error, what).toBe(Errors[error]);
    // A second attempt changes nothing for the worse.
    if (!once) expect(world.fs.detach().error, what).toBe(Errors[error]);
    const refused = once ? 0 : world.fs.create(world.root, FileKind.Regular, 0o644, "none").error;
    disk.fail = undefined;
    expect(isSame(world, "before", BEFORE) && isSame(world, "left", LEFT), what).toBe(true);
    const made = world.fs.create(world.root, FileKind.Regular, 0o644, "after"), names = new Map([["before", BEFORE]]), file = world.open(made.error ? good(world.fs.lookup(world.root, "before")).inode : made.inode, made.error ? FileFlags.Read : WRITE);
    if (made.error) {
      expect([error, made.error, file.client.sync(false).error], what).toEqual(["Io", Errors.ReadOnly, Errors.Io]);
    } else {
      file.write(AFTER, 0n);
      good(file.client.sync(false));
      names.set("left", LEFT).set("after", AFTER);
      expect([0, Errors.NoSpace], what).toContain(refused);
    }
    expectAnnounced(world, from, what);
    await expectAfterCrash(disk.stableImage(disk.log.length), names, once, what);
    if (made.error) return "read-only";
    file.close();
    world.machine.settle();
    world.detach();
    if (once) return "writable";
    const checked = e2fsck(disk.contents);
    expect(checked.status, `${what}, unmounted at last: ${checked.output}`).toBe(0);
    return "writable";
  }

  test("once, or from some write on, leaves a volume that keeps its promises", async () => {
    const world = await used(image), from = world.disk.log.length;
    world.detach();
    const steps = world.disk.log.length - from, found: string[] = [];
    expect(steps).toBeGreaterThan(9);
    for (const error of ["Io", "NoSpace"] as const) for (const once of [true, false]) for (let at = once ? 0 : steps - 7; at < steps; at++) found.push(`${error} ${once ? "once" : "on"}: ${await outcome(at, error, once)}`);
    // (A disk that fails for good is of interest from the checkpoint's end on.) From the journal's reset on the last five can be undone, if the disk works again.
    expect(found.filter((each) => each === "Io once: writable").length).toBe(5);
    expect(new Set(found.filter((each) => !each.startsWith("Io once")))).toEqual(new Set(["Io on: read-only", "NoSpace once: writable", "NoSpace on: writable"]));
  }, 240_000);
});
