// What the tools of storage say when something cannot be done, and their statuses.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/ext2.wasm") && existsSync("build/images");
let system: NodeSystem;

describe.skipIf(!built)("storage tools", () => {
  beforeAll(async () => {
    system = await NodeSystem.boot();
    await system.prompt();
    expect(await system.run("for d in a b c; do disk create ram:$d 8M && mkfs.ext2 -q ram:$d || exit 1; done; disk create ram:zeros 1M && disk create overlay:o ram:c && mkdir -p /mnt/a /mnt/b && echo > /tmp/file && mount ram:a /mnt/a")).toEqual({ output: "", status: 0 });
  }, 180_000);
  afterAll(async () => { await system?.stop(); });

  test.each([
    ["umount /mnt/b", 32, "umount: /mnt/b: not mounted"],
    ["umount /tmp/file", 32, "umount: /tmp/file: not mounted"],
    ["umount /mnt/none", 32, "umount: /mnt/none: No such file or directory"],
    ["umount /mnt/b /mnt/none", 32, "umount: /mnt/b: not mounted\numount: /mnt/none: No such file or directory"],
    ["umount /", 32, "umount: /: in use: a file is open there, somebody works in it, or something is mounted below"],
    ["mount -o remount,ro /mnt/b", 32, "mount: /mnt/b: not mounted"],
    ["mount -o remount,ro /mnt/none", 32, "mount: /mnt/none: No such file or directory"],
    ["mount -t ntfs ram:b /mnt/b", 32, "mount: there is no server of file systems of type 'ntfs', or this session may not administer"],
    ["mount ram:none /mnt/b", 32, "mount: ram:none: there is no such disk ('disk list' shows them)"],
    ["mount usb:a /mnt/b", 32, "mount: usb:a: there is no disk driver 'usb'; there are http, idb, opfs, overlay, ram"],
    ["mount -t ext2 'no disk' /mnt/b", 1, "mount: 'no disk' is no name of a disk: DRIVER:NAME, with letters, digits, '.', '_' and '-' (as in ram:scratch)"],
    ["mount ram:a /mnt/b", 32, "mount: ram:a: mounted on /mnt/a"],
    ["mount ram:c /mnt/b", 32, "mount: ram:c: in use, by another program or disk here, or in another tab"],
    ["mount ram:b /mnt/a", 32, "mount: /mnt/a: something is mounted there already"],
    ["mount ram:b /mnt/none", 32, "mount: /mnt/none: No such file or directory"],
    ["mount ram:b /tmp/file", 32, "mount: /tmp/file: Not a directory"],
    ["mount -B /tmp /mnt/a", 32, "mount: /mnt/a: something is mounted there already"],
    ["mount -B /tmp/file /mnt/b", 32, "mount: binding /tmp/file to /mnt/b: Not a directory"],
    ["mount floppy /mnt/b", 32, "mount: /mnt/b: no such directory, or no file system is published as 'floppy'"],
    ["mount -o sideways ram:b /mnt/b", 1, /^mount: unknown option 'sideways'; there are ro, rw, /],
    ["mount -t fat ram:b /mnt/b", 32, /^mount: ram:b: no fat file system that can be mounted: boot sector signature is 0/],
    ["mount ram:zeros /mnt/b", 32, /^mount: ram:zeros: no file system that can be mounted: ext2: .*; fat: boot sector signature is 0/],
    ["mkfs.ext2 ram:a", 1, "mkfs.ext2: ram:a: mounted on /mnt/a"],
    ["mkfs.fat ram:a", 1, "mkfs.fat: ram:a: mounted on /mnt/a"],
    ["mkfs.fat ram:none", 1, "mkfs.fat: ram:none: there is no such disk ('disk list' shows them)"],
    ["fsck.ext2 ram:a", 8, "fsck.ext2: ram:a: mounted on /mnt/a"],
    ["fsck.fat -n ram:a", 8, "fsck.fat: ram:a: mounted on /mnt/a"],
    ["fsck.ext2 ram:none", 8, "fsck.ext2: ram:none: there is no such disk ('disk list' shows them)"],
    ["fsck.fat 'no disk'", 8, /^fsck.fat: 'no disk' is no name of a disk/],
    ["disk remove ram:a", 1, "disk: ram:a: mounted on /mnt/a"],
    ["disk rename ram:a d", 1, "disk: ram:a: mounted on /mnt/a"],
    ["disk export ram:a /tmp/out", 1, "disk: ram:a: mounted on /mnt/a"],
  ])("%s: status %i", async (line, status, text) => {
    expect(await system.run(line)).toEqual({ output: typeof text === "string" ? text : expect.stringMatching(text), status });
  });

  test("leave everything as it was", async () => {
    expect(await system.run("mount | grep -c ram: && echo x > /mnt/a/x && umount /mnt/a && until fsck.ext2 -n ram:a > /tmp/report 2>&1; do sleep 0.1; done && mount ram:b /mnt/b && umount /mnt/b")).toEqual({ output: "1", status: 0 });
    expect(system.deaths.filter(({ reason }) => reason !== 0)).toEqual([]);
  });
});
