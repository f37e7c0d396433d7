// Random sequences of WASI calls, made on our library and on @bjorn3/browser_wasi_shim: the same answers, and the same tree of
// files at the end; except for the deviations listed in shim.ts, where ours must answer as the standard has it.

import fc from "fast-check";
import { expect, test } from "vitest";
import { LinuxWorld } from "../testing/linux-world.ts";
import { Side, commands, type Command, type Result } from "./commands.ts";
import { Shim, anyErrorWillDo, deviations, isComparable, type Deviation } from "./shim.ts";
import { Directory } from "@bjorn3/browser_wasi_shim";

/** Make the calls on both sides and compare. The deviations that showed. */
async function compare(sequence: readonly Command[]): Promise<Set<Deviation>> {
  const seen = new Set<Deviation>();
  const world = await LinuxWorld.create();
  const running = await world.start({});
  const shim = new Shim();
  const theirs = new Side(shim.calls, shim.memory);
  const ours = new Side(running.wasi, running.memory);
  const descriptor = (slot: number): number => theirs.descriptor(slot);
  for (const [index, command] of sequence.entries()) {
    if (!isComparable(command, shim, descriptor)) continue;
    const directory = command.call === "path_open" && (shim.find(command.path) instanceof Directory || (command.oflags & 2) !== 0);
    const context = (): string => `${index}: ${JSON.stringify(command)}`;
    const deviation = deviations.find((one) => one.applies(command, shim, descriptor));
    if (deviation) {
      seen.add(deviation);
      expect(ours.perform(command, directory).errno, `${context()} (${deviation.what})`).toBe(deviation.errno);
      continue;
    }
    const [expected, actual] = [theirs.perform(command, directory), ours.perform(command, directory)];
    if (anyErrorWillDo(command) && expected.errno) expect(actual.errno, context()).not.toBe(0);
    else expect<Result>(actual, context()).toEqual(expected);
  }
  compareTrees(theirs, ours, "");
  world.close();
  return seen;
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

test.each(deviations)("answers as the standard has it where the shim does not: $what", async (deviation) => {
  expect(await compare(deviation.example)).toContain(deviation);
});

test("answers as the shim does", async () => {
  await fc.assert(fc.asyncProperty(commands, async (sequence) => { await compare(sequence); }), { numRuns: Number(process.env["CONFORMANCE_RUNS"] ?? 200) });
}, 600_000);
