// Boot manifests that mount what is on disks: made where they are not, found again, refused in words; whatever happens to one, the rest boots.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/ext2.wasm") && existsSync("build/images");
const DEFAULT = readFileSync("servers/init/boot.yaml", "utf8");
const withMounts = (...mounts: string[]): string => DEFAULT.replace("server: devfs }\n", `server: devfs }\n${mounts.map((mount) => `  - { ${mount} }\n`).join("")}`);

let system: NodeSystem | undefined, folder = "";
afterEach(async () => { await system?.stop(); system = undefined; if (folder) rmSync(folder, { recursive: true, force: true }); folder = ""; });
const run = (line: string): Promise<{ output: string; status: number }> => system!.run(line);
/** What init said of disks. */
const said = (): string[] => system!.log.filter((line) => line.includes(" on /")).map((line) => line.replace(/^.*init: /, ""));

describe.skipIf(!built)("a boot manifest with disks", () => {
  test("has them made, mounted as it says, and there before the first prompt", { timeout: 180_000 }, async () => {
    system = await NodeSystem.boot(withMounts(
      "path: /mnt/a, disk: ram:a, type: ext2, create: 8 MiB, protocol: 3", "path: /mnt/a/below, disk: ram:b, type: fat, create: 4 MiB, protocol: 1", "path: /mnt/o, disk: overlay:o, from: ram:c, read-only: true",
    ));
    await system.prompt();
    expect(await run("mount | grep /mnt")).toEqual({ output: "ram:a on /mnt/a type ext2 (rw,protocol=3)\nram:b on /mnt/a/below type fat (rw,protocol=1)", status: 0 });
    expect(await run("echo text > /mnt/a/file && echo TEXT > /mnt/a/below/file && cat /mnt/a/file /mnt/a/below/FILE")).toEqual({ output: "text\nTEXT", status: 0 });
    expect(said()).toEqual(["mounted ram:a on /mnt/a", "mounted ram:b on /mnt/a/below", "warning: mount overlay:o on /mnt/o: ram:c: there is no such disk ('disk list' shows them)"]);
    expect(await run("umount /mnt/a/below /mnt/a && until fsck.ext2 -n ram:a > /tmp/report 2>&1; do sleep 0.1; done; ls -A /.mount-output")).toMatchObject({ output: "ls: cannot access '/.mount-output': No such file or directory" });
    expect(system.deaths.filter(({ reason }) => reason !== 0)).toEqual([]);
  });

  test("finds kept disks again, says what is wrong with one, and boots", { timeout: 240_000 }, async () => {
    folder = mkdtempSync(join(tmpdir(), "grailos-boot-disks-"));
    const manifest = withMounts("path: /home/user, disk: opfs:home, type: ext2, create: 8 MiB", "path: /mnt/absent, disk: opfs:absent", "path: /mnt/zeros, disk: opfs:zeros");
    system = await NodeSystem.boot(manifest, { disks: folder });
    await system.prompt();
    // The session begins in what is mounted.
    expect(await run("pwd && echo kept > file && sync file && disk create opfs:zeros 64K && ls -1")).toEqual({ output: "/home/user\nfile\nlost+found", status: 0 });
    expect(said()).toEqual(["mounted opfs:home on /home/user", ...["absent", "zeros"].map((name) => `warning: mount opfs:${name} on /mnt/${name}: opfs:${name}: there is no such disk ('disk list' shows them)`)]);
    // It is not unmounted: as if the browser had been killed.
    await system.stop();
    system = await NodeSystem.boot(manifest, { disks: folder });
    await system.prompt();
    expect(await run("cat file && mount | grep opfs")).toEqual({ output: "kept\nopfs:home on /home/user type ext2 (rw,protocol=2)", status: 0 });
    expect(said()).toEqual(["mounted opfs:home on /home/user", expect.stringContaining("opfs:absent: there is no such disk"), expect.stringMatching(/^warning: mount opfs:zeros on \/mnt\/zeros: opfs:zeros: no file system that can be mounted: ext2: .*; fat: boot sector signature is 0/)]);
  });

  test("in a session that was opened from a link gets disks in memory only", { timeout: 180_000 }, async () => {
    folder = mkdtempSync(join(tmpdir(), "grailos-boot-disks-"));
    system = await NodeSystem.boot(withMounts("path: /mnt/kept, disk: opfs:home, type: ext2, create: 8 MiB", "path: /mnt/idb, disk: idb:home", "path: /mnt/ram, disk: ram:a, type: ext2, create: 8 MiB"), { disks: folder, session: "link" });
    await system.prompt();
    expect(await run("echo text > /mnt/ram/file && cat /mnt/ram/file && mount | grep -c '^[a-z]*:'")).toEqual({ output: "text\n1", status: 0 });
    expect(said()).toEqual([
      "warning: mount opfs:home on /mnt/kept: opfs:home: the driver 'opfs' does not do that (a session opened from a link keeps no disks)",
      expect.stringMatching(/^warning: mount idb:home on \/mnt\/idb: idb:home: .*the session was opened from a link/), "mounted ram:a on /mnt/ram",
    ]);
  });
});
