// Random sequences of WASI calls, made on our library and on @bjorn3/browser_wasi_shim: the same answers, and the same tree of
// files at the end; except for the deviations listed in shim.ts, where ours must answer as the standard has it.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { LinuxWorld } from "../testing/linux-world.ts";
import { Side, commands, type Command, type Result } from "./commands.ts";
import { Shim, anyErrorWillDo, deviations, isComparable } from "./shim.ts";
import { Directory } from "@bjorn3/browser_wasi_shim";

let world: LinuxWorld;
beforeAll(async () => { world = await LinuxWorld.create(); });

const seen = new Set<string>();

async function compare(sequence: Command[]): Promise<void> {
  const empty = await LinuxWorld.create();
  const before = empty.world.machine.snapshot();
  const process = await empty.start({});
  const shim = new Shim();
  const theirs = new Side(shim.calls, shim.memory);
  const ours = new Side(process.wasi, process.memory);
  const descriptor = (slot: number): number => theirs.descriptor(slot);
  for (const [index, command] of sequence.entries()) {
    if (!isComparable(command, shim, descriptor)) continue;
    const directory = command.call === "path_open" && (shim.find(command.path) instanceof Directory || (command.oflags & 2) !== 0);
    const context = (): string => `${index}: ${JSON.stringify(command)}`;
    const deviation = deviations.find((one) => one.applies(command, shim, descriptor));
    if (deviation) {
      seen.add(deviation.what);
      expect(ours.perform(command, directory).errno, `${context()} (${deviation.what})`).toBe(deviation.errno);
      continue;
    }
    const [expected, actual] = [theirs.perform(command, directory), ours.perform(command, directory)];
    if (anyErrorWillDo(command) && expected.errno) expect(actual.errno, context()).not.toBe(0);
    else expect<Result>(actual, context()).toEqual(expected);
  }
  compareTrees(theirs, ours, "");
  process.end();
  void before;
}

/** Names, kinds and contents below a directory. */
function compareTrees(theirs: Side, ours: Side, path: string): void {
  const open = { call: "path_open", path: path || ".", oflags: 0 } as const;
  expect(ours.perform(open, true).errno).toBe(theirs.perform(open, true).errno);
  const list = { call: "fd_readdir", slot: theirs.slots.length - 1 } as const;
  const mine = { call: "fd_readdir", slot: ours.slots.length - 1 } as const;
  const entries = theirs.perform(list, false);
  expect(ours.perform(mine, false), `entries of /${path}`).toEqual(entries);
  for (const entry of entries.told as string[]) {
    const [name, kind] = entry.split(" ") as [string, string];
    if (name === "." || name === "..") continue;
    const below = path ? `${path}/${name}` : name;
    if (kind === "3") compareTrees(theirs, ours, below);
    else {
      for (const side of [theirs, ours]) expect(side.perform({ call: "path_open", path: below, oflags: 0 }, true).errno).toBe(0);
      const read = (side: Side): Result => side.perform({ call: "fd_pread", slot: side.slots.length - 1, lengths: [100_000], offset: 0 }, false);
      expect(read(ours), `contents of /${below}`).toEqual(read(theirs));
    }
  }
}

test("answers as the shim does, or as the standard where the shim is wrong", async () => {
  await fc.assert(fc.asyncProperty(commands, compare), { numRuns: Number(process.env["CONFORMANCE_RUNS"] ?? 150) });
  // The list of deviations holds nothing that does not come up.
  expect(deviations.map((deviation) => deviation.what).filter((what) => !seen.has(what))).toEqual([]);
}, 240_000);
