// Disks in a browser: kept across reloads and crashes, one tab at a time, never in a session that was opened from a link.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/run/chromium.ts";
import { encodeShareLink } from "../../web/model/share-link.ts";
import { expect, System, test } from "../fixtures/system.ts";
import { test as siteTest } from "./site.ts";

const FILL = "seq 1 20000 > /tmp/in; truncate -s 131072 /tmp/in";

test("a disk is there after a reload, in the private file system and in IndexedDB", async ({ system }) => {
  for (const driver of ["opfs", "idb"]) {
    expect(await system.run(`${FILL}; disk import /tmp/in ${driver}:kept && disk create ${driver}:empty 64K && disk list ${driver}`)).toMatchObject({ status: 0, output: expect.stringMatching(new RegExp(`${driver}:kept +128K +closed +kept`)) });
  }
  await system.load();
  for (const driver of ["opfs", "idb"]) {
    expect(await system.run(`${FILL}; disk export ${driver}:kept /tmp/out && cmp /tmp/in /tmp/out && echo same`)).toEqual({ output: "same", status: 0 });
    expect(await system.run(`disk rename ${driver}:kept other && disk remove ${driver}:other ${driver}:empty && disk list ${driver}`)).toEqual({ output: "there are no disks", status: 0 });
  }
});

test("a disk is there after the browser was killed", async ({ baseURL }) => {
  const profile = mkdtempSync(join(tmpdir(), "grail-profile-")), executablePath = findChromium();
  const start = async (): Promise<{ context: BrowserContext; system: System }> => {
    const context = await chromium.launchPersistentContext(profile, { baseURL: baseURL!, args: chromiumFlags, ...(executablePath ? { executablePath } : {}) });
    return { context, system: await System.boot(await context.newPage()) };
  };
  const first = await start();
  // Each is flushed when the import ends, and laid over so that it is open when the end comes.
  expect((await first.system.run(`${FILL}; for d in opfs idb; do disk import /tmp/in $d:kept && disk create overlay:$d $d:kept; done; disk list`)).output).toMatch(/opfs:kept +128K +open/);
  const { id } = (await (await first.context.browser()!.newBrowserCDPSession()).send("SystemInfo.getProcessInfo")).processInfo.find(({ type }) => type === "browser")!;
  process.kill(id, "SIGKILL");
  await new Promise((resolve) => first.context.once("close", resolve));

  const second = await start();
  for (const driver of ["opfs", "idb"]) expect(await second.system.run(`${FILL}; disk export ${driver}:kept /tmp/out && cmp /tmp/in /tmp/out && echo same`)).toEqual({ output: "same", status: 0 });
  await second.context.close();
  rmSync(profile, { recursive: true, force: true });
});

test("a disk that another tab has open is refused, and had once it is closed there", async ({ system, context }) => {
  for (const driver of ["opfs", "idb"]) expect((await system.run(`disk create ${driver}:held 64K && disk create overlay:${driver} ${driver}:held`)).status).toBe(0);
  const other = await System.boot(await context.newPage());
  for (const driver of ["opfs", "idb"]) {
    expect((await other.run(`disk remove ${driver}:held`)).output).toBe(`disk: ${driver}:held: in use, by another program or disk here, or in another tab`);
    // Reading is shared.
    expect((await other.run(`disk export ${driver}:held /tmp/x && wc -c < /tmp/x`)).output.trim()).toBe("65536");
  }
  await system.page.close();
  for (const driver of ["opfs", "idb"]) expect(await other.run(`disk remove ${driver}:held`)).toEqual({ output: "", status: 0 });
});

test("a driver that was killed lets go of its disks, and its Worker of their files", async ({ system }) => {
  expect((await system.run("disk create opfs:held 64K && disk create overlay:o opfs:held")).status).toBe(0);
  const other = await System.boot(await system.page.context().newPage());
  await system.kill("disk-opfs");
  expect(await other.run("disk remove opfs:held")).toEqual({ output: "", status: 0 });
});

test("a session that was opened from a link has no disk that is kept, whatever its manifest says", async ({ system }) => {
  for (const driver of ["opfs", "idb"]) expect((await system.run(`disk create ${driver}:private 64K`)).status).toBe(0);
  // The driver under another name, and open to everybody.
  const manifest = readFileSync("servers/init/boot.yaml", "utf8").replace("  - name: disk-opfs\n", "  - name: disk-mine\n    image: disk-opfs\n    devices: [storage]\n    public: true\n  - name: disk-opfs\n");
  for (const session of [{ files: [], commands: [] }, { files: [], commands: [], manifest }]) {
    const link = encodeShareLink(session);
    if (!link.ok) throw new Error(link.reason);
    await system.load(`./${link.fragment}`);
    await expect(system.page.getByText("This session comes from a link")).toBeVisible();
    for (const driver of ["opfs", "idb", ..."manifest" in session ? ["mine"] : []]) {
      expect((await system.run(`disk list ${driver}`)).output).toBe("there are no disks");
      expect((await system.run(`disk create ${driver}:new 64K`)).output).toContain("a session opened from a link keeps no disks");
      expect((await system.run(`disk export ${driver}:private /tmp/x`)).output).toContain("the session was opened from a link");
    }
    expect((await system.run("disk create ram:a 64K && disk create overlay:b ram:a && disk list | wc -l")).output.trim()).toBe("3");
    await system.page.keyboard.press("Alt+6");
    await expect(system.page.getByText("Opened from a link: disks in memory only.")).toBeVisible();
    await system.page.getByRole("button", { name: "New disk" }).click();
    await expect(system.page.getByLabel("Kind").locator("option")).toHaveText(["In memory", "Laid over another disk", "Files of the site"]);
    await system.page.keyboard.press("Escape");
  }
});

test("a disk's share of the buffer cache is changed in the pane, and in force", async ({ system }) => {
  const { page } = system;
  expect((await system.run("for d in a b; do disk create ram:$d 16M && mkfs.ext2 -q ram:$d && mkdir -p /mnt/$d && mount ram:$d /mnt/$d || exit; done")).status).toBe(0);
  await page.keyboard.press("Alt+6");
  const share = page.getByRole("button", { name: "Change the share of ram:a" }), kept = page.getByLabel("Kept for it", { exact: true });
  await share.click();
  await kept.fill("4 GiB");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("4 GiB are too much");
  await kept.fill("16 MiB");
  await page.getByRole("textbox", { name: "At most" }).fill("32 MiB");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("img", { name: /16 MiB guaranteed, at most 32 MiB/ })).toBeVisible();
  expect((await system.run("cat /sys/cache/ram:a | grep -E '^(guaranteed|limit)'")).output).toBe("guaranteed 4096\nlimit 8192");
  // What the pane took for free another took meanwhile.
  await share.click();
  await kept.fill("24 MiB");
  expect((await system.run("umount /mnt/a")).status).toBe(0);
  await page.getByRole("dialog").getByRole("button", { name: "Change" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toHaveText("The share of ram:a stays as it is: it is not in the buffer cache any more.");
});

test("a link can carry a manifest that makes and mounts disks in memory; kept ones are refused there, and the rest boots", async ({ system }) => {
  const manifest = readFileSync("servers/init/boot.yaml", "utf8").replace("server: devfs }\n", `server: devfs }
  - { path: /mnt/kept, disk: opfs:home, type: ext2, create: 8 MiB }
  - { path: /home/user, disk: ram:home, type: ext2, create: 8 MiB, protocol: 3 }
  - { path: /mnt/over, disk: overlay:home, from: ram:other }
`);
  const link = encodeShareLink({ files: [{ path: "/home/user/note.txt", data: Buffer.from("from the link\n") }], commands: [], manifest });
  if (!link.ok) throw new Error(link.reason);
  await system.load(`./${link.fragment}`);
  await expect(system.page.getByText("This session comes from a link")).toBeVisible();
  expect(await system.run("pwd && cat note.txt && mount | grep ^ram && df . | tail -1 | cut -d' ' -f1")).toEqual({ output: "/home/user\nfrom the link\nram:home on /home/user type ext2 (rw,protocol=3)\nram:home", status: 0 });
  await system.page.keyboard.press("Alt+4");
  await expect(system.page.getByText("mount opfs:home on /mnt/kept: opfs:home: the driver 'opfs' does not do that (a session opened from a link keeps no disks)")).toBeVisible();
  await expect(system.page.getByText("mount overlay:home on /mnt/over: ram:other: there is no such disk")).toBeVisible();
});

test("a disk that another tab has is offered as a copy in memory", async ({ system, context }) => {
  expect((await system.run(`${FILL}; disk import /tmp/in opfs:held && disk create overlay:o opfs:held`)).status).toBe(0);
  const other = await System.boot(await context.newPage());
  await other.page.keyboard.press("Alt+6");
  await other.page.getByRole("button", { name: "Delete opfs:held" }).click();
  await expect(other.page.getByRole("dialog")).toBeVisible();
  await other.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  const notice = other.page.getByRole("alert").filter({ hasText: "opfs:held is in use in another tab" });
  await notice.getByRole("button", { name: "Open a copy in memory" }).click();
  await expect(other.page.getByText("ram:held-copy is opfs:held as it was a moment ago")).toBeVisible();
  expect(await other.run(`${FILL}; disk export ram:held-copy /tmp/out && cmp /tmp/in /tmp/out && echo same`)).toEqual({ output: "same", status: 0 });
});

siteTest("a browser without a private file system keeps disks in IndexedDB, and says so of the others", async ({ page, site }) => {
  // As in private windows of some browsers: the Workers of domains find no such thing.
  site.rewrite = (path, text) => (path.includes("/domain-worker") ? `delete globalThis.FileSystemFileHandle;${text}` : text);
  const system = await System.boot(page, site.url);
  expect((await system.run("disk create opfs:a 64K")).output).toContain("the driver 'opfs' does not do that");
  expect(await system.run(`${FILL}; disk import /tmp/in idb:a && disk export idb:a /tmp/out && cmp /tmp/in /tmp/out && echo same`)).toEqual({ output: "same", status: 0 });
});

test("a full quota is NoSpace, and what is there stays", async ({ system }) => {
  const { page } = system, session = await page.context().newCDPSession(page), origin = new URL(page.url()).origin;
  expect((await system.run(`${FILL}; disk import /tmp/in opfs:first`)).status).toBe(0);
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 4 << 20 });
  expect((await system.run("disk create opfs:large 8M")).output).toContain("no space");
  expect((await system.run("disk list opfs")).output).not.toContain("large");
  expect(await system.run(`${FILL}; disk export opfs:first /tmp/out && cmp /tmp/in /tmp/out && echo same`)).toEqual({ output: "same", status: 0 });
  await session.send("Storage.overrideQuotaForOrigin", { origin });
});

siteTest("a file of the site is a disk, from a server with ranges and from one without", async ({ page, site }) => {
  const system = await System.boot(page, site.url);
  // None of them is fetched by the page, so that no cache of the browser answers.
  const expected = (path: string): string => {
    const contents = readFileSync(`dist/${path}`), padded = Buffer.alloc(Math.ceil(contents.length / 512) * 512);
    contents.copy(padded);
    return createHash("md5").update(padded).digest("hex");
  };
  for (const [name, path, ranges] of [["parts", "wasm/bench-read-linked.wasm", true], ["whole", "wasm/sample-show.wasm", false]] as const) {
    site.ranges = ranges;
    expect(await system.run(`disk create http:${name} ${path} && disk export http:${name} /tmp/${name} && md5sum < /tmp/${name}`)).toEqual({ output: `${expected(path)}  -`, status: 0 });
  }
  expect((await system.run("disk list http")).output).toMatch(/http:parts .*read-only +wasm\/bench-read-linked.wasm/);
  expect((await system.run("disk create http:no ../../etc/passwd")).output).toContain("http:no: Input/output error");
  await page.keyboard.press("Alt+4");
  await expect(page.getByText("wasm/sample-show.wasm: the server knows no ranges")).toBeVisible();
  await expect(page.getByText("bench-read-linked.wasm: the server knows no ranges")).toBeHidden();
});
