// Disks in a browser: kept across reloads and crashes, one tab at a time, never in a session that was opened from a link.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/run/chromium.ts";
import { encodeShareLink } from "../../web/model/share-link.ts";
import { expect, System, test } from "../fixtures/system.ts";

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
    expect((await other.run(`disk remove ${driver}:held`)).output).toBe(`disk: ${driver}:held: in use, here (mounted?) or in another tab`);
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
  await system.load(`./#${encodeShareLink({ files: [], commands: [] })}`);
  await expect(system.page.getByText("This session comes from a link")).toBeVisible();
  for (const driver of ["opfs", "idb"]) {
    expect((await system.run(`disk list ${driver}`)).output).toBe("there are no disks");
    expect((await system.run(`disk create ${driver}:new 64K`)).output).toContain("a session opened from a link keeps no disks");
    expect((await system.run(`disk export ${driver}:private /tmp/x`)).output).toContain("the session was opened from a link");
  }
  expect((await system.run("disk create ram:a 64K && disk create overlay:b ram:a && disk list | wc -l")).output.trim()).toBe("3");
});
