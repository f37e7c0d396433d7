// The built page (dist/) on a plain static host, for the scenarios of the page: as bare as hosts get, in a sub-folder, with or without
// the isolation headers. `test` has a `site` with the headers and a `bareSite` without; both count requests.
//
//   test("…", async ({ page, site }) => { await openFake(page, site); … });

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";

export interface Site { url: string; requests: { path: string; bytes: number; /** ms since 1970 */ time: number }[]; /** Whether it answers requests for parts with parts. */ ranges: boolean; /** Changes what is sent of a text file. */ rewrite: ((path: string, text: string) => string) | undefined }

const DIST = process.env["GRAILOS_DIST"] ?? fileURLToPath(new URL("../../dist", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".wasm": "application/wasm",
};
const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

async function serve(folder: string, headers: Record<string, string>, use: (site: Site) => Promise<void>): Promise<void> {
  const requests: Site["requests"] = [], site: Site = { url: "", requests, ranges: true, rewrite: undefined };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname);
    const inside = path.startsWith(folder) ? normalize(path.slice(folder.length)) : "../";
    const file = inside.startsWith("..") ? undefined : join(DIST, inside === "." || inside.endsWith("/") ? join(inside, "index.html") : inside);
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (!file || !found?.isFile()) { response.writeHead(404).end(); return; }
    if (site.rewrite && file.endsWith(".js")) {
      response.writeHead(200, { "Content-Type": "text/javascript", ...headers }).end(site.rewrite(path, await readFile(file, "utf8")));
      return;
    }
    const etag = `"${found.size}-${Math.round(found.mtimeMs)}"`;
    if (request.headers["if-none-match"] === etag) { response.writeHead(304, { ETag: etag, ...headers }).end(); return; }
    const range = /^bytes=(\d+)-(\d*)$/.exec(site.ranges ? request.headers.range ?? "" : "");
    const [start, end] = range ? [Number(range[1]), range[2] === "" ? found.size - 1 : Math.min(Number(range[2]), found.size - 1)] : [0, found.size - 1];
    requests.push({ path, bytes: end - start + 1, time: Date.now() });
    response.writeHead(range ? 206 : 200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Length": found.size === 0 ? 0 : end - start + 1, "Accept-Ranges": "bytes", ETag: etag,
      ...(range ? { "Content-Range": `bytes ${start}-${end}/${found.size}` } : {}), ...headers,
    });
    if (found.size === 0) response.end(); else createReadStream(file, { start, end }).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  site.url = `http://localhost:${(server.address() as AddressInfo).port}${folder}`;
  await use(site);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export const test = base.extend<{ site: Site; bareSite: Site }>({
  site: async ({}, use) => serve("/grail/os/", ISOLATION, use),
  bareSite: async ({}, use) => serve("/some/where/", {}, use),
});

/** Opens the page on the made-up system: for what is about the page alone. */
export async function openFake(page: Page, site: Site, fragment = ""): Promise<void> {
  await page.goto(`${site.url}?fake${fragment}`);
  await waitReady(page);
}

/** The prompt and the panes are there. */
export async function waitReady(page: Page): Promise<void> { await expect(page.locator("html[data-state=ready][data-panes=ready]")).toBeAttached({ timeout: 30_000 }); }

/** What axe finds that is serious or worse, as one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

/** The text on the screen of a terminal pane. */
export async function terminalText(page: Page, number: number): Promise<string> {
  return page.getByRole("group", { name: new RegExp(`^Terminal: .* ${number + 1}$`) }).locator(".xterm-rows").innerText();
}
