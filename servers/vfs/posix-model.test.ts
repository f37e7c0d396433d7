// VFS and tmpfs together against the reference model: random sequences of calls give the same answers, and leave the same tree.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MountFlags } from "../../abi/generated/ts/enums.ts";
import { NOT_RELAYED } from "../../abi/layout/limits.ts";
import type { ServerOptions } from "../../lib/testing/fake-machine.ts";
import { good, openDirectory } from "../../lib/testing/files.ts";
import { Pair, clientOf, operation, type Client } from "../../lib/testing/posix-pair.ts";
import { World } from "../../lib/testing/world.ts";

/** Every flag of a mount. */
const ALL = MountFlags.ReadOnly | MountFlags.Forward | MountFlags.ClientSide | MountFlags.NoData;

const { Forward, ClientSide, NoData } = MountFlags;
/** Flags of the root mount and of the other one, and who walks: the VFS alone, or a client library that knows the third protocol. */
const PROTOCOLS: readonly [string, root: number, other: number, client: Client, vfs?: Partial<ServerOptions>][] = [
  ["the first protocol", Forward, Forward, "vfs"],
  ["the first protocol, by way of the VFS's buffers", Forward, Forward, "vfs", { intercept: (calls) => ({ ...calls, relay: () => NOT_RELAYED }) }],
  ["the second protocol", 0, 0, "vfs"],
  ["the second protocol, without Dataspaces", NoData, NoData, "vfs"],
  ["the third protocol in TypeScript", ClientSide, ClientSide, "typescript"],
  ["the third protocol in AssemblyScript", ClientSide, ClientSide, "assembly"],
  ["the third protocol in TypeScript, without Dataspaces", ClientSide | NoData, ClientSide | NoData, "typescript"],
  ["the third protocol in AssemblyScript, without Dataspaces", ClientSide | NoData, ClientSide | NoData, "assembly"],
  ["the third protocol in TypeScript above the second", ClientSide, 0, "typescript"],
  ["the third protocol in AssemblyScript above the second", ClientSide, 0, "assembly"],
  ["the first protocol above the third", Forward, ClientSide, "typescript"],
  ["the third protocol, of which the client knows nothing", ClientSide, ClientSide, "vfs"],
];

describe("a tree of files", () => {
  test.each(PROTOCOLS)("under %s behaves as the model of POSIX does, and leaves nothing behind", async (_name, rootFlags, flags, client, vfs) => {
    const world = await World.create({ ...vfs && { vfs } });
    const { kernel } = world.client;
    const second = await world.addTmpfs("tmpfs-two");
    good(world.root.makeDirectory(0o755, "mnt"));
    expect(good(world.root.mount(flags, second, "/mnt", "tmpfs")).device).toBe(2n);
    good(world.root.remount(rootFlags, ALL, "/"));
    const directoryOf = await clientOf(client, world);
    // What the cache keeps it has by now.
    for (const path of ["/", "/mnt"]) {
      const inside = openDirectory(world.root, path);
      good(directoryOf(inside.cap).stat(true, "."));
      kernel.capDelete(inside.cap);
    }
    const before = world.machine.snapshot();
    fc.assert(fc.property(fc.array(operation, { maxLength: 80, size: "max" }), (operations) => {
      const pair = new Pair(world, directoryOf);
      try {
        for (const each of operations) pair.run(each);
        pair.compare();
      } finally { pair.close(); }
      world.machine.assertNothingLeaked(before);
    }), { numRuns: Number(process.env["FC_RUNS"] ?? 100) });
  }, 600_000);
});
