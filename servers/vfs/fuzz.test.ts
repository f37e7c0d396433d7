// The file servers under random messages, all together: no trap, no leak, and they still work afterwards.

import { describe, expect, test } from "vitest";
import { directory as directoryInterface } from "../../abi/idl/server/directory.idl.ts";
import { fileSystem } from "../../abi/idl/server/file-system.idl.ts";
import { file } from "../../abi/idl/server/file.idl.ts";
import { names } from "../../abi/idl/server/names.idl.ts";
import { paths } from "../../abi/idl/server/paths.idl.ts";
import { pipe } from "../../abi/idl/server/pipe.idl.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileFlags, MountFlags } from "../../abi/generated/ts/enums.ts";
import { RIGHT_ALL, RIGHT_RECEIVE } from "../../abi/layout/limits.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import type { Domain, FakeMachine } from "../../lib/testing/fake-machine.ts";
import { fuzzServer } from "../../lib/testing/fuzz.ts";
import { good, openDirectory, readFile, writeFile } from "../../lib/testing/files.ts";
import { World } from "../../lib/testing/world.ts";

/** Every flag of a mount. */
const ALL = MountFlags.ReadOnly | MountFlags.Forward | MountFlags.ClientSide | MountFlags.NoData;

const runs = Number(process.env["FUZZ_RUNS"] ?? 300);
const rights = RIGHT_ALL & ~RIGHT_RECEIVE;

describe("random messages", () => {
  test.each([["vfs", [directoryInterface, file]], ["tmpfs", [fileSystem, file, paths]], ["pipe", [pipe, file]], ["names", [names]]] as const)("do not hurt %s", async (target, interfaces) => {
    const world = await World.create();
    const { machine } = world;
    writeFile(world.root, "witness", "still here");
    // Held open, the root cannot be unmounted.
    openDirectory(world.root, "/");
    const before = machine.snapshot();
    const counts = fuzzServer(machine, interfaces, (client) => [machine.give(client, world[target], { rights }), machine.give(client, world[target], { rights }), machine.give(client, world[target], { badge: 65537 })], runs);
    expect(counts.succeeded, JSON.stringify(counts)).toBeGreaterThan(runs);
    cleanUp(world, target);
    if (target !== "tmpfs") expect(readFile(world.root, "witness")).toBe("still here");
    good(world.root.unlink("witness"));
    writeFile(world.root, "witness", "still at work");
    expect(readFile(world.root, "witness")).toBe("still at work");
    machine.assertNothingLeaked(before);
  });
});

/** Undo what random messages may rightfully have left: names, files, mounts, calls whose callers have died. */
function cleanUp({ machine, client, root, tmpfs }: World, target: string): void {
  const { kernel } = client;
  if (target === "names") {
    const own = kernel.notificationCreate();
    void client.names.lookupAsync(true, "sweep").then(() => undefined);
    good(client.names.publish(false, own, "sweep"));
    for (const name of new TextDecoder().decode(good(client.names.list(0n)).text).split("\n")) if (name) good(client.names.remove(name));
    const { object } = client.domain.table.get(own)!;
    for (const [slot, cap] of client.domain.table.all()) if (cap.object === object) kernel.capDelete(slot);
  }
  // Whatever protocol the root was given, and whatever was mounted on it.
  good(root.remount(0, ALL, "/"));
  empty(kernel, root.cap);
  if (target === "tmpfs") releaseAll(machine, client.domain, tmpfs);
  machine.settle();
}

/** Undo holds of any inode, which random messages can take but by their number. The root's handle needs one. */
function releaseAll(machine: FakeMachine, domain: Domain, tmpfs: Domain): void {
  const slot = machine.give(domain, tmpfs);
  const fileSystem = new FileSystemClient(domain.kernel, slot);
  for (let inode = 1n; inode < 100_000n; inode++) while (!fileSystem.release(inode).error);
  good(fileSystem.hold(1n));
  domain.kernel.capDelete(slot);
}

/** Remove all but the witness. Names here can be any bytes, which the stubs do not send. */
function empty(kernel: Kernel, directory: number): void {
  const label = (method: { number: number }): number => directoryInterface.number * 256 + method.number;
  const { methods } = directoryInterface;
  for (let cookie = 0n; ;) {
    const part = rawEntries(kernel.call(directory, label(methods.readDirectory), { words: [cookie], receive: 65536 }).data);
    if (part.length === 0) return;
    for (const { name } of part) {
      if (["", ".", "..", "witness"].includes(new TextDecoder().decode(name))) continue;
      if (kernel.call(directory, label(methods.unlink), { send: [name] }).status === 0) continue;
      const inside = kernel.call(directory, label(methods.open), { words: [FileFlags.Read | FileFlags.Directory, 0], send: [name] });
      if (inside.status < 0) throw new Error(`cannot open what is to be emptied: ${inside.status}`);
      empty(kernel, inside.caps[0]!);
      kernel.capDelete(inside.caps[0]!);
      const removed = kernel.call(directory, label(methods.removeDirectory), { send: [name] }).status;
      if (removed < 0) throw new Error(`cannot remove a directory: ${removed}`);
    }
    cookie = part.at(-1)!.next;
  }
}

function rawEntries(bytes: Uint8Array): { name: Uint8Array; next: bigint }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: { name: Uint8Array; next: bigint }[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at + 20, true);
    entries.push({ next: view.getBigUint64(at + 8, true), name: bytes.slice(at + 24, at + 24 + length) });
    at += 24 + length + 7 & ~7;
  }
  return entries;
}
