// Disks on the real kernel: those that are kept outlive the system, and a session that was opened from a link gets none of them, whatever its
// manifest says. Here they are kept in a folder; in a browser see e2e/page/storage.spec.ts.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

let folder: string, system: NodeSystem | undefined;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "grail-disks-")); });
afterEach(async () => {
  await system?.stop();
  system = undefined;
  rmSync(folder, { recursive: true });
});
const built = existsSync("build/wasm/kernel.wasm") && existsSync("build/images");
const manifest = (): string => readFileSync("servers/init/boot.yaml", "utf8");

async function boot(text?: string, session: "own" | "link" = "own"): Promise<NodeSystem> {
  system = await NodeSystem.boot(text, { disks: folder, session });
  await system.prompt();
  return system;
}

test.skipIf(!built)("a disk is found again by the next system, with what is on it, and can be copied, laid over and removed", { timeout: 120_000 }, async () => {
  const first = await boot();
  expect(await first.run("disk create opfs:home 192K; disk create ram:scratch 64K; disk create opfs:home 64K")).toEqual({ output: "disk: opfs:home: a disk of that name exists", status: 1 });
  await first.run("seq 1 30000 > /tmp/in; disk import /tmp/in opfs:data");
  await first.stop();
  expect(readdirSync(folder).sort()).toEqual(["data.img", "home.img"]);

  const second = await boot();
  const listed = (await second.run("disk list -b")).output;
  expect(listed).toMatch(/opfs:home +196608 +closed +kept/);
  expect(listed).not.toContain("ram:scratch");
  expect((await second.run("disk export opfs:data /tmp/out; seq 1 30000 | cmp -n 168894 - /tmp/out && echo same")).output).toBe("same");
  expect((await second.run("disk create overlay:try opfs:data && disk export overlay:try /tmp/over && cmp /tmp/out /tmp/over && disk list overlay")).output).toMatch(/overlay:try .*opfs:data/);
  expect((await second.run("disk remove opfs:data")).output).toContain("in use");
  expect(await second.run("disk remove overlay:try && disk remove opfs:data && disk rename opfs:home house && disk info opfs:house")).toMatchObject({ status: 0 });
  expect(readdirSync(folder)).toEqual(["house.img"]);
});

test.skipIf(!built)("after sync a system may end at any moment: the next one has all of it", { timeout: 180_000 }, async () => {
  const first = await boot();
  for (const type of ["ext2", "fat"]) {
    expect(await first.run(`disk create opfs:${type} 8M && mkfs.${type} opfs:${type} > /dev/null && mkdir -p /mnt/${type} && mount -t ${type} opfs:${type} /mnt/${type}`)).toMatchObject({ status: 0 });
    expect(await first.run(`cd /mnt/${type} && mkdir d && seq 1 5000 > d/new && mv d/new d/file && cd /`)).toMatchObject({ status: 0 });
  }
  expect(await first.run("sync")).toEqual({ output: "", status: 0 });
  await first.stop();
  const second = await boot();
  for (const type of ["ext2", "fat"]) {
    expect(await second.run(`mkdir -p /mnt/${type} && mount -t ${type} opfs:${type} /mnt/${type} && ls /mnt/${type}/d && seq 1 5000 | cmp - /mnt/${type}/d/file && sync -f /mnt/${type}/d && sync /mnt/${type}/d /mnt/${type}/d/file`))
      .toEqual({ output: "file", status: 0 });
  }
  expect(await second.run("sync -f /mnt/none")).toEqual({ output: "sync: /mnt/none: No such file or directory", status: 1 });
});

test.skipIf(!built)("a file of the site is a read-only disk", { timeout: 120_000 }, async () => {
  const { run } = { run: (await boot()).run.bind(system) }, kernel = readFileSync("build/wasm/kernel.wasm");
  expect((await run("disk create http:k wasm/kernel.wasm && disk export http:k /tmp/k && wc -c < /tmp/k")).output.trim()).toBe(String(Math.ceil(kernel.length / 512) * 512));
  expect(Buffer.compare((await system!.courier.read("/tmp/k")).subarray(0, kernel.length), kernel)).toBe(0);
  expect((await run("disk create http:x wasm/none.wasm")).output).toContain("there is no such disk");
});

test.skipIf(!built)("a session opened from a link has no disk that is kept, whatever its manifest says", { timeout: 120_000 }, async () => {
  await (await boot()).run("disk create opfs:home 64K");
  await system!.stop();
  // Under its own name, under another one, and as one more server from the start.
  const text = manifest().replace("  - name: disk-opfs\n", "  - name: disk-mine\n    image: disk-opfs\n    devices: [storage]\n    public: true\n  - name: disk-opfs\n");
  const { run } = { run: (await boot(text, "link")).run.bind(system) };
  for (const driver of ["opfs", "mine", "idb"]) {
    expect((await run(`disk list ${driver}`)).output).toBe("there are no disks");
    expect((await run(`disk export ${driver}:home /tmp/x`)).output).toContain("opened from a link");
    expect((await run(`disk create ${driver}:new 64K`)).output).toContain("opened from a link");
  }
  expect((await run("disk create ram:a 64K && disk create overlay:b ram:a && disk list")).status).toBe(0);
  expect(readdirSync(folder)).toEqual(["home.img"]);
});
