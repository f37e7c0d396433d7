// The page on hosts and browsers as they are: no isolation headers, a sub-folder, no network, something missing.

import { expect } from "@playwright/test";
import { openFake, test, waitReady } from "./site.ts";

test("a host without headers: the page isolates itself with one reload", async ({ page, bareSite }) => {
  let loads = 0;
  page.on("load", () => { loads++; });
  await page.goto(bareSite.url);
  await expect.poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
  await expect(page.locator("html")).toHaveAttribute("data-state", /ready|failed/, { timeout: 30_000 });
  expect(loads).toBe(2);
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toBe(`${bareSite.url}service-worker.js`);
});

test("without service workers and headers it says what is missing, and does not reload for ever", async ({ browser, bareSite }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  let loads = 0;
  page.on("load", () => { loads++; });
  await page.goto(bareSite.url);
  await expect(page.getByRole("alert").filter({ hasText: "This browser lacks" })).toBeVisible();
  await expect(page.getByText("Cross-origin isolation", { exact: true })).toBeVisible();
  expect(loads).toBeLessThanOrEqual(2);
  await context.close();
});

for (const [what, spoil, name] of [
  ["Atomics.waitAsync", "delete Atomics.waitAsync", "Atomics.waitAsync"],
  ["shared memory", "delete globalThis.SharedArrayBuffer", "SharedArrayBuffer"],
  ["WebAssembly threads", "WebAssembly.validate = () => false", "WebAssembly threads"],
] as const) {
  test(`a browser without ${what} is told so in words`, async ({ page, site }) => {
    await page.addInitScript(spoil);
    await page.goto(site.url);
    await expect(page.getByRole("alert").filter({ hasText: "This browser lacks one thing" })).toBeVisible();
    await expect(page.getByText(name, { exact: true })).toBeVisible();
  });
}

for (const [how, address] of [["with an error", "./no-such-file.js"], ["with silence", "data:text/javascript,"]] as const) {
  test(`a machine's Worker that the browser fails to start, ${how}, is replaced`, async ({ page, site }) => {
    await page.addInitScript((broken) => {
      const Started = globalThis.Worker, scope = globalThis as unknown as { machines: number };
      scope.machines = 0;
      globalThis.Worker = class extends Started {
        constructor(url: string | URL, options?: WorkerOptions) { super(options?.name === "machine" && ++scope.machines === 1 ? broken : url, options); }
      };
    }, address);
    await page.goto(site.url);
    await waitReady(page);
    // A machine that stands still meanwhile makes the second one silent for too long as well.
    expect(await page.evaluate(() => (globalThis as unknown as { machines: number }).machines)).toBeGreaterThan(1);
  });
}

test("once loaded it opens without a network, panes included", async ({ page, context, bareSite }) => {
  await page.goto(bareSite.url);
  await expect.poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
  await openFake(page, bareSite);
  await expect(page.getByText("Works offline")).toBeVisible({ timeout: 20_000 });
  await context.setOffline(true);
  await page.reload();
  await waitReady(page);
  await page.keyboard.press("Alt+2");
  await expect(page.getByRole("button", { name: "Record" })).toBeVisible();
  await page.keyboard.press("Alt+s");
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("for use without a network no module is fetched again, and those of other versions are forgotten", async ({ page, context, bareSite }) => {
  const keptModules = (): Promise<string[]> => page.evaluate(async () => {
    const kept = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return kept.flat().map(({ url }) => url).filter((url) => /\/wasm\/[^/]+\.wasm/.test(url));
  });
  await page.goto(bareSite.url);
  await waitReady(page);
  await expect(page.getByText("Works offline")).toBeVisible({ timeout: 20_000 });
  const fetched = bareSite.requests.map(({ path }) => path).filter((path) => path.endsWith(".wasm"));
  expect(fetched.length).toBeGreaterThan(5);
  expect(fetched).toEqual([...new Set(fetched)]);
  const kept = await keptModules();
  expect(kept.filter((url) => !/\/wasm\/[\w-]+\.wasm\?v=[0-9a-f]{12}$/.test(url))).toEqual([]);
  const kernel = kept.find((url) => url.includes("/kernel.wasm"))!.split("?")[0]!;
  const others = [kernel, `${kernel}?v=0123456789ab`];
  await page.evaluate(async (urls) => {
    const cache = await caches.open((await caches.keys())[0]!);
    for (const url of urls) await cache.put(url, new Response("of another version"));
  }, others);
  await page.reload();
  await waitReady(page);
  await expect.poll(async () => (await keptModules()).sort(), { timeout: 20_000 }).toEqual(kept.sort());
  await context.setOffline(true);
  await page.reload();
  await waitReady(page);
});

test("choices are kept under the name of the sub-folder", async ({ page, site }) => {
  await openFake(page, site);
  await page.getByRole("button", { name: "Theme: system" }).click();
  const chosen = await page.getByRole("button", { name: /^Theme/ }).innerText();
  await page.reload();
  await expect(page.getByRole("button", { name: chosen })).toBeVisible();
  expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual(["grailos:/grail/os/"]);
});

test("the panes come back where they were", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+Backslash");
  await expect(page.getByRole("tab", { name: "Shell 2" })).toBeVisible();
  await expect.poll(() => page.evaluate(() => new Promise<boolean>((resolve) => {
    const request = indexedDB.open("grailos:/grail/os/");
    request.onsuccess = () => {
      const read = request.result.transaction("preferences").objectStore("preferences").get("preferences");
      read.onsuccess = () => { request.result.close(); resolve(JSON.stringify(read.result ?? "").includes("terminal-1")); };
    };
  }))).toBe(true);
  await page.reload();
  await waitReady(page);
  await expect(page.getByRole("tab", { name: "Shell 2" })).toBeVisible();
  await page.keyboard.press("Alt+Shift+r");
  await expect(page.getByRole("tablist").filter({ has: page.getByRole("tab", { name: "Shell 1" }) }).getByRole("tab", { name: "Shell 2" })).toBeVisible();
});
