// Mounts on the real kernel: what the tools do with them, what operations cost under each of SawMill's protocols, and what /sys shows.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/vfs.wasm") && existsSync("build/images");
let system: NodeSystem;
const run = async (line: string): Promise<string> => { const { output, status } = await system.run(line); expect(status, `${line}: ${output}`).toBe(0); return output; };

/** What operations cost in calls, by the table of ipccount. Somebody else's calls can be among them, never too few: of some tables the least. */
async function expectCosts(directory: string, expected: Readonly<Record<string, number>>, when: string): Promise<void> {
  const least: Record<string, number> = {};
  let table = "";
  for (let tries = 0; tries < 5; tries++) {
    table = await run(`ipccount -d ${directory} -n 8`);
    for (const operation of Object.keys(expected)) {
      const line = table.split("\n").find((each) => each.startsWith(`${operation} `));
      expect(line, `${operation} in\n${table}`).toBeDefined();
      least[operation] = Math.min(least[operation] ?? Infinity, Number(/\s([\d.]+)(\s|$)/.exec(line!.slice(operation.length))![1]));
    }
    if (Object.entries(expected).every(([operation, calls]) => least[operation] === calls)) return;
  }
  expect(least, `${when}\n${table}`).toEqual(expected);
}

describe.skipIf(!built)("mounts", () => {
  beforeAll(async () => { system = await NodeSystem.boot(); await system.prompt(); }, 120_000);
  afterAll(async () => { await system?.stop(); });

  test("costs of operations are SawMill's (Figure 3), and none with the file's Dataspace", { timeout: 120_000 }, async () => {
    await run("mkdir -p /tmp/m/d");
    for (const [protocol, data, read, open] of [[1, "nodata", 2, 7], [2, "nodata", 1, 7], [2, "data", 0, 7], [3, "nodata", 1, 1], [3, "data", 0, 1]] as const) {
      await run(`mount -o remount,protocol=${protocol},${data} /`);
      expect(await run("mount | head -1")).toBe(`tmpfs on / type tmpfs (rw,protocol=${protocol}${data === "nodata" ? ",nodata" : ""})`);
      await expectCosts("/tmp/m/d", { "read 4 KiB, cached": read, open, unlink: protocol === 3 ? 1 : 6 }, `under ${protocol}, ${data}`);
    }
    await run("mount -o remount,protocol=2 /");
  });

  test.each(["ext2", "fat"])("and so they are on %s, from its buffer cache", { timeout: 180_000 }, async (type) => {
    await run(`disk create ram:${type} 16M && mkfs.${type} ram:${type} > /dev/null && mkdir -p /mnt && mount -t ${type} -o protocol=1 ram:${type} /mnt && mkdir /mnt/d`);
    expect(await run("mount | tail -1")).toBe(`ram:${type} on /mnt type ${type} (rw,protocol=1)`);
    for (const [protocol, data, read, stat] of [[1, "data", 2, 6], [2, "nodata", 1, 6], [2, "data", 0, 6], [3, "nodata", 1, 2], [3, "data", 0, 2]] as const) {
      // The walk begins at the root of all: with the third protocol there, too, a client asks the VFS for nothing.
      await run(`mount -o remount,protocol=${protocol},${data} /mnt && mount -o remount,protocol=${protocol} /`);
      await expectCosts("/mnt/d", { "read 4 KiB, cached": read, stat }, `under ${protocol}, ${data}`);
    }
    expect(await run(`cat /sys/file-systems/${type} /sys/cache/ram:${type}`)).toMatch(/hits \d+/);
    await run("mount -o remount,protocol=2 / && cd /mnt");
    expect((await system.run("umount /mnt; cd")).output).toContain("in use");
    await run(`umount /mnt && disk remove ram:${type}`);
  });

  test("the protocol changes while a program works, and it does not notice", { timeout: 180_000 }, async () => {
    await run("(i=0; while [ $i -lt 60 ]; do echo $i > /tmp/churn; [ $(cat /tmp/churn) = $i ] || exit 1; mv /tmp/churn /tmp/churned; rm /tmp/churned; i=$((i+1)); done; echo done > /tmp/result) & "
      + "while [ ! -e /tmp/result ] && kill -0 $! 2>/dev/null; do for p in 1 3 2; do mount -o remount,protocol=$p /; done; done; wait $!; cat /tmp/result");
    expect(await run("cat /tmp/result")).toBe("done");
  });

  test("a directory is bound, read-only if so wanted, and unbound", async () => {
    await run("mkdir -p /tmp/from /tmp/to && echo text > /tmp/from/file && mount -B -o ro /tmp/from /tmp/to");
    expect(await run("cat /tmp/to/file")).toBe("text");
    expect((await system.run("echo more > /tmp/to/file")).output).toContain("Read-only file system");
    await run("mount -o remount,rw /tmp/to && echo more >> /tmp/to/file && umount /tmp/to");
    expect(await run("cat /tmp/from/file; ls /tmp/to | wc -l")).toMatch(/^text\nmore\n *0$/);
    expect((await system.run("umount /tmp/to")).output).toBe("umount: /tmp/to: not mounted");
    expect((await system.run("cd /usr; umount /usr; cd")).output).toContain("in use");
  });

  test("/sys shows servers, mounts and counts to whoever can read files", async () => {
    expect((await run("ls /sys")).split(/\s+/)).toEqual(["cache", "disks", "file-systems", "kernel", "mounts", "servers"]);
    expect(await run("cat /sys/mounts")).toBe((await run("mount")).replace(/ on (\S+) type (\S+) \((.*)\)/g, " $1 $2 $3"));
    expect(await run("grep -r placement /sys/servers/vfs")).toContain("placement inline");
    await run("place vfs worker");
    expect(await run("grep placement /sys/servers/vfs")).toBe("placement worker");
    await run("place vfs inline");
    expect(await run("cat /sys/kernel/counts")).toMatch(/^domains \d+$/m);
    expect((await system.run("echo x > /sys/mounts")).status).not.toBe(0);
  });

  test("ipccount counts a command by method", async () => {
    expect(await run("ipccount cat /etc/hostname")).toMatch(/cat\(\d+\) +vfs +directory\.open/);
  });
});
