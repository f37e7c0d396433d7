// ext2 on the real kernel: disk, buffer cache, file system, VFS and programs, each in its domain. Debian's tools look at what was written.

import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { dumpFiles, e2fsck, haveE2fsprogs, mke2fs } from "../../servers/ext2/testing/e2fsprogs.ts";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/ext2.wasm") && existsSync("build/images");
let system: NodeSystem | undefined;
afterEach(async () => { await system?.stop(); system = undefined; });

async function boot(manifest?: string): Promise<NodeSystem> {
  system = await NodeSystem.boot(manifest);
  await system.prompt();
  return system;
}

describe.skipIf(!built || !haveE2fsprogs)("ext2 on a RAM disk", () => {
  test("is mounted, written by programs, read back, and e2fsck finds nothing", { timeout: 180_000 }, async () => {
    const { courier, ...rest } = { courier: (await boot()).courier, run: system!.run.bind(system) }, { run } = rest;
    await courier.write("/tmp/image", mke2fs(["-t", "ext3", "-b", "1024"], 8 << 20));
    expect(await run("disk import /tmp/image ram:d && mkdir /mnt && mount -t ext2 ram:d /mnt && ls /mnt")).toEqual({ output: "lost+found", status: 0 });
    expect(await run("seq 1 50000 > /mnt/numbers && cp /mnt/numbers /mnt/copy && cmp /mnt/numbers /mnt/copy && mkdir /mnt/d && mv /mnt/copy /mnt/d/moved && ln -s d/moved /mnt/link && wc -l < /mnt/link")).toMatchObject({ status: 0 });
    expect((await run("mount")).output).toContain("ram:d on /mnt");
    expect(await run("umount /mnt")).toEqual({ output: "", status: 0 });
    // The disk is free once the file system has written all of it.
    expect(await run("until disk export ram:d /tmp/out 2>/tmp/why; do sleep 0.1; done")).toEqual({ output: "", status: 0 });
    const image = await courier.read("/tmp/out"), checked = e2fsck(image);
    expect(checked.status, checked.output).toBe(0);
    expect(new TextDecoder().decode(dumpFiles(image, ["/d/moved"])[0])).toBe(`${Array.from({ length: 50000 }, (_, i) => i + 1).join("\n")}\n`);
    expect(await run("until mount -t ext2 ram:d /mnt 2>/tmp/why; do sleep 0.1; done; cmp /mnt/numbers /mnt/d/moved && rm -r /mnt/d /mnt/numbers && umount /mnt")).toEqual({ output: "", status: 0 });
    // A file system of our own making, checked by our own checker before and after.
    expect(await run("disk create ram:own 24M && mkfs.ext2 -q ram:own && mount -t ext2 ram:own /mnt && seq 1 20000 > /mnt/x && sync && umount /mnt")).toEqual({ output: "", status: 0 });
    expect(await run("until fsck.ext2 -n ram:own > /tmp/checked; do test $? = 4 && break; sleep 0.1; done; cat /tmp/checked")).toMatchObject({ output: expect.stringMatching(/^ram:own: 1 files, 2 directories/u) });
    // What is no file system says so.
    expect((await run("disk create ram:empty 1M; mount -t ext2 ram:empty /mnt")).output).toBe("mount: ram:empty: no ext2 file system that can be mounted: superblock: magic 0x0, should be 0xef53");
    expect((await run("mount -t minix ram:d /mnt")).output).toContain("no server of file systems of type 'minix'");
    expect(system!.deaths.filter(({ reason }) => reason !== 0)).toEqual([]);
  });
});
