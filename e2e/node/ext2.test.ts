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
    // The file system hears of files that ended processes had open in a moment: until then it is busy.
    expect(await run("until umount /mnt 2>/tmp/why; do sleep 0.1; done; disk export ram:d /tmp/out")).toEqual({ output: "", status: 0 });
    const image = await courier.read("/tmp/out"), checked = e2fsck(image);
    expect(checked.status, checked.output).toBe(0);
    expect(new TextDecoder().decode(dumpFiles(image, ["/d/moved"])[0])).toBe(`${Array.from({ length: 50000 }, (_, i) => i + 1).join("\n")}\n`);
    expect(await run("mount -t ext2 ram:d /mnt && cmp /mnt/numbers /mnt/d/moved && rm -r /mnt/d /mnt/numbers && until umount /mnt 2>/tmp/why; do sleep 0.1; done")).toEqual({ output: "", status: 0 });
    // A file system of our own making, checked by our own checker before and after.
    expect(await run("disk create ram:own 24M && mkfs.ext2 -q ram:own && mount -t ext2 ram:own /mnt && seq 1 20000 > /mnt/x && sync && until umount /mnt 2>/tmp/why; do sleep 0.1; done")).toEqual({ output: "", status: 0 });
    expect(await run("fsck.ext2 -n ram:own")).toMatchObject({ output: expect.stringMatching(/^ram:own: 1 files, 2 directories/u) });
    // What is no file system says so.
    expect((await run("disk create ram:empty 1M; mount -t ext2 ram:empty /mnt")).output).toBe("mount: ram:empty: no ext2 file system that can be mounted: superblock: magic 0x0, should be 0xef53");
    expect((await run("mount -t minix ram:d /mnt")).output).toContain("no server of file systems of type 'minix'");
    expect(system!.deaths.filter(({ reason }) => reason !== 0)).toEqual([]);
  });

  test("is written by several processes at once, while it is moved between Workers", { timeout: 300_000 }, async () => {
    const { run } = { run: (await boot()).run.bind(system) }, { courier } = system!;
    const script = `me=$1
      for n in 1 2 3 4 5 6 7 8; do
        seq $n $((n * 700)) > /mnt/$me-$n || exit 1
        mkdir -p /mnt/shared/$me && mv /mnt/$me-$n /mnt/shared/$me/$n || exit 2
        seq $n $((n * 700)) | cmp - /mnt/shared/$me/$n || exit 3
        ln /mnt/shared/$me/$n /mnt/shared/all-$me-$n || exit 4
        test $((n % 3)) = 0 && { rm /mnt/shared/$me/$((n - 1)) || exit 5; sync; }
        truncate -s 1000 /mnt/shared/all-$me-$n || exit 6
        test "$(wc -c < /mnt/shared/all-$me-$n)" -eq 1000 || exit 7
        printf end >> /mnt/shared/all-$me-$n || exit 8
      done
    `;
    await courier.write("/tmp/work", new TextEncoder().encode(script));
    expect(await run("disk create ram:c 24M && mkfs.ext2 -q -b 1024 ram:c && mkdir -p /mnt && mount -t ext2 ram:c /mnt && mkdir /mnt/shared")).toEqual({ output: "", status: 0 });
    const places = ["ext2 worker", "cache worker", "ext2 inline", "cache inline"].map((each) => `place ${each}`).join("; ");
    expect(await run(`for i in 1 2 3 4; do sh /tmp/work w$i > /tmp/said-$i 2>&1; echo $? > /tmp/ended-$i; done & for i in 5 6; do { sh /tmp/work w$i > /tmp/said-$i 2>&1; echo $? > /tmp/ended-$i; } & done; ${places}; ${places}; wait`, 240_000)).toMatchObject({ status: 0 });
    expect(await run("cat /tmp/said-* /tmp/ended-*")).toEqual({ output: Array.from({ length: 6 }, () => "0").join("\n"), status: 0 });
    expect(await run("ls /mnt/shared/w1 | wc -l; ls /mnt/shared | wc -l; cat /mnt/shared/all-*-8 | wc -c; until umount /mnt 2>/tmp/why; do sleep 0.1; done")).toMatchObject({ output: expect.stringMatching(/^\s*6\s+54\s+6018$/u) });
    expect(await run("disk export ram:c /tmp/c")).toEqual({ output: "", status: 0 });
    const checked = e2fsck(await courier.read("/tmp/c"));
    expect(checked.status, checked.output).toBe(0);
    expect(system!.deaths.filter(({ reason }) => reason !== 0)).toEqual([]);
  });
});
