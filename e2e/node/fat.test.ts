// fat on the real kernel: disk, buffer cache, file system, VFS and programs, each in its domain. Debian's tools look at what was written.

import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { copyIn, copyOut, fsckFat, haveDosfstools, mkfsFat } from "../../servers/fat/testing/dosfstools.ts";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/fat.wasm") && existsSync("build/images");
let system: NodeSystem | undefined;
afterEach(async () => { await system?.stop(); system = undefined; });

describe.skipIf(!built || !haveDosfstools)("fat on a RAM disk", () => {
  test("is mounted, written by programs, read back, and fsck.fat finds nothing", { timeout: 180_000 }, async () => {
    system = await NodeSystem.boot();
    await system.prompt();
    const run = (line: string): Promise<{ output: string; status: number }> => system!.run(line), { courier } = system;
    await courier.write("/tmp/image", copyIn(mkfsFat(["-F", "32", "-s", "1"], 34 << 20), new Map([["/From Debian.txt", new TextEncoder().encode("hello\n")]])));
    expect(await run("disk import /tmp/image ram:d && mkdir /mnt && mount -t fat ram:d /mnt && cat '/mnt/from debian.TXT'")).toEqual({ output: "hello", status: 0 });
    expect(await run("seq 1 50000 > /mnt/numbers && cp /mnt/numbers '/mnt/A Copy' && cmp /mnt/numbers '/mnt/a copy' && mkdir /mnt/d && mv '/mnt/A Copy' /mnt/d/moved && wc -l < /mnt/d/moved")).toMatchObject({ status: 0 });
    expect((await run("ln -s x /mnt/link")).status).not.toBe(0);
    expect(await run("umount /mnt")).toEqual({ output: "", status: 0 });
    // The disk is free once the file system has written all of it.
    expect(await run("until disk export ram:d /tmp/out 2>/tmp/why; do sleep 0.1; done")).toEqual({ output: "", status: 0 });
    const image = await courier.read("/tmp/out"), checked = fsckFat(image);
    expect(checked.status, checked.output).toBe(0);
    expect(new TextDecoder().decode(copyOut(image, ["/d/moved"])[0])).toBe(`${Array.from({ length: 50000 }, (_, i) => i + 1).join("\n")}\n`);
    // Our own tools from the shell.
    expect(await run("fsck.fat -n ram:d > /tmp/report; disk create ram:e 8M && mkfs.fat -n HOME ram:e > /tmp/made && mount -t fat ram:e /mnt && echo some > /mnt/some && umount /mnt")).toEqual({ output: "", status: 0 });
    expect(await run("until fsck.fat -n ram:e > /tmp/report 2>&1; do sleep 0.1; done; grep -c '1 files' /tmp/report")).toEqual({ output: "1", status: 0 });
    expect((await run("disk create ram:empty 1M; mount -t fat ram:empty /mnt")).output).toBe("mount: ram:empty: no fat file system that can be mounted: boot sector signature is 0, should be 43605 (0xaa55)");
    expect(system.deaths.filter(({ reason }) => reason !== 0)).toEqual([]);
  });
});
