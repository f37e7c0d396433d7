// VFS, ext2 and buffer cache linked into one domain by the manifest: files are written, read and synced on a disk while the whole is moved between its
// Worker and its callers'; Debian's tools find nothing wrong with the disk.

import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { e2fsck, haveE2fsprogs, mke2fs } from "../../servers/ext2/testing/e2fsprogs.ts";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/linked-vfs-ext2-cache.wasm") && existsSync("build/images");
let system: NodeSystem | undefined;
afterEach(async () => { await system?.stop(); system = undefined; });

function linkedManifest(): string {
  // Without sysfs and fat: the VFS calls them and they the cache, which would be a circle now that both are one domain.
  const manifest = readFileSync("servers/init/boot.yaml", "utf8").replace(/  - name: (?:sysfs|fat)\n(?:    .*\n)*/g, "").replace(/.*server: sysfs.*\n/, "").replaceAll("sysfs, ", "").replaceAll(", fat]", "]");
  return ["cache", "ext2"].reduce((text, name) => text.replace(new RegExp(`(  - name: ${name}\\n(?:    .*\\n)*?)    placement: inline\\n`), "$1    placement: linked\n    with: vfs\n"), manifest);
}

describe.skipIf(!built || !haveE2fsprogs)("ext2, cache and VFS in one module", () => {
  test("keep files whole while they are moved, and leave a disk that is sound", { timeout: 180_000 }, async () => {
    const manifest = linkedManifest();
    expect(manifest.match(/with: vfs/g)).toHaveLength(2);
    system = await NodeSystem.boot(manifest);
    await system.prompt();
    const { machine, courier } = system, number = machine.inspector.domains().find(({ name }) => name === "vfs+ext2+cache")!.domain;
    await courier.write("/tmp/image", mke2fs(["-t", "ext3", "-b", "1024"], 8 << 20));
    expect(await system.run("disk import /tmp/image ram:d && mkdir /mnt && mount -t ext2 ram:d /mnt && ls /mnt")).toEqual({ output: "lost+found", status: 0 });
    const running = system.run("i=0; while [ $i -lt 30 ]; do seq 1 $((i * 40)) > /mnt/a$i && cp /mnt/a$i /mnt/b && cmp /mnt/a$i /mnt/b && mv /mnt/b /mnt/c && rm /mnt/a$i || echo lost $i; i=$((i+1)); done; wc -l < /mnt/c; sync");
    let over = false, moves = 0;
    void running.finally(() => { over = true; });
    for (; !over; moves++) {
      machine.place(number, moves % 2 ? "inline" : "worker");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect((await running).output.trim()).toBe("1160");
    expect(moves).toBeGreaterThan(10);
    expect((await system.run("servers")).output).toMatch(/ vfs\+ext2\+cache +(inline|worker) +yes /);
    expect(await system.run("umount /mnt")).toEqual({ output: "", status: 0 });
    expect(await system.run("until disk export ram:d /tmp/out 2>/tmp/why; do sleep 0.1; done")).toEqual({ output: "", status: 0 });
    const checked = e2fsck(await courier.read("/tmp/out"));
    expect(checked.status, checked.output).toBe(0);
    expect(system.deaths.filter(({ reason }) => reason !== 0)).toEqual([]);
  });
});
