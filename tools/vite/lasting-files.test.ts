// Which files browsers may keep for ever, on vite's own server.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { preview, type PreviewServer } from "vite";
import { addressWithVersion } from "./file-versions.ts";
import { lastingFiles } from "./lasting-files.ts";

let root = "", server: PreviewServer;

const put = (path: string, text: string): void => { writeFileSync(join(root, "dist", path), text); };
/** Whether it may be kept for ever; undefined if it is not there. */
async function lasts(path: string): Promise<boolean | undefined> {
  const response = await fetch(`http://localhost:${(server.httpServer.address() as AddressInfo).port}/${path}`);
  await response.arrayBuffer();
  return response.ok ? /immutable/.test(response.headers.get("cache-control") ?? "") : undefined;
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "lasting-"));
  for (const folder of ["assets", "wasm", "images"]) mkdirSync(join(root, "dist", folder), { recursive: true });
  put("index.html", "<p>the page</p>");
  put("assets/main-Ab12_-9z.js", "");
  put("wasm/vfs.wasm", "first");
  put("images/index.json", "first");
  put("images/other.json", "first");
  server = await preview({ root, configFile: false, logLevel: "silent", appType: "mpa", preview: { port: 0, host: "localhost" }, plugins: [lastingFiles()] });
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

test("files with a hash in their names last, others do not", async () => {
  expect(await Promise.all(["assets/main-Ab12_-9z.js", "index.html", "wasm/vfs.wasm", "images/index.json"].map(lasts))).toEqual([true, false, false, false]);
});

test.each(["wasm/vfs.wasm", "images/index.json"])("%s lasts if asked for with the version that it has now", async (path) => {
  const first = addressWithVersion(path, "first"), second = addressWithVersion(path, "the second");
  expect([await lasts(first), await lasts(second)]).toEqual([true, false]);
  put(path, "the second");
  expect([await lasts(first), await lasts(second)]).toEqual([false, true]);
});

test("what is not there, and other files, do not last with any version", async () => {
  expect(await lasts(addressWithVersion("wasm/none.wasm", "first"))).toBeUndefined();
  expect(addressWithVersion("images/other.json", "first")).toBe("images/other.json");
  expect(await lasts(addressWithVersion("images/index.json", "first").replace("index", "other"))).toBe(false);
});
