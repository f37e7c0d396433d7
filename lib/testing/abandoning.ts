// What happens to a mount whose disk takes nothing any more: an unmount is refused, by name of the error and without loss, as long as it could come right; who
// gives it up gets rid of it at once, and of the disk.

import { expect } from "vitest";
import { FileFlags } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { good, openFile, readFile, writeFile } from "./files.ts";
import type { RecordedDisk } from "./recorded-disk.ts";
import type { StorageWorld } from "./storage-world.ts";

/** `change`: what is left to write: the contents of a file that was there, or a new file. The file system is mounted on /mnt. */
export function expectAbandoned({ root, machine }: StorageWorld, disk: RecordedDisk, change: "contents" | "names"): void {
  writeFile(root, "mnt/file", "old text");
  good(root.sync("mnt"));
  disk.fail = (operation) => operation === "read" ? undefined : "Io";
  if (change === "names") writeFile(root, "mnt/new", "text");
  else {
    const file = openFile(root, "mnt/file", FileFlags.Write);
    file.write("new", 0n);
    file.close();
  }
  machine.settle();
  expect(root.unmount("mnt").error).toBe(Errors.Io);
  expect(root.unmount("mnt").error).toBe(Errors.Io);
  expect(readFile(root, "mnt/file")).toBe(change === "names" ? "old text" : "new text");
  const held = openFile(root, "mnt/file", FileFlags.Read);
  expect(root.abandon("mnt").error).toBe(Errors.Busy);
  held.close();
  machine.settle();
  expect([root.abandon("mnt/file").error, root.abandon("mnt/none").error]).toEqual([Errors.BadArgument, Errors.NotFound]);
  expect(disk.closed).toBe(0);
  good(root.abandon("mnt"));
  machine.settle();
  expect([disk.closed, root.abandon("mnt").error]).toEqual([1, Errors.BadArgument]);
}
