// The page on the real system: what only the two together can show. Programs and faults: e2e/system.

import { expect } from "@playwright/test";
import { seriousFindings, terminalText, test, waitReady } from "./site.ts";

test("transfers less than 1.5 MB before the prompt, uncompressed", async ({ page, site }) => {
  await page.goto(site.url);
  await expect(page.locator("html")).toHaveAttribute("data-state", "ready", { timeout: 30_000 });
  // What the panes fetch comes after the prompt.
  const prompt = await page.evaluate(() => performance.timeOrigin + performance.getEntriesByName("prompt")[0]!.startTime);
  const bytes = site.requests.filter(({ time }) => time <= prompt).reduce((sum, request) => sum + request.bytes, 0);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(1_500_000);
});

test("the picture shows each layer and the calls of a command, with no serious finding", async ({ page, site }) => {
  await page.goto(site.url);
  await waitReady(page);
  for (const server of ["init", "names", "vfs", "tmpfs", "console"]) await expect(page.getByRole("button", { name: new RegExp(`^${server}, server`) })).toBeVisible();
  await page.keyboard.type("cat /etc/* | wc -l");
  await page.keyboard.press("Enter");
  await expect.poll(() => terminalText(page, 0)).toMatch(/\n\s*\d+\s*\n/);
  await expect(page.locator(".call-path").first()).toBeAttached();
  expect(await seriousFindings(page)).toEqual([]);
});

test("a file that is added can be read by programs, and theirs can be taken out", async ({ page, site }) => {
  await page.goto(site.url);
  await waitReady(page);
  await page.keyboard.press("Alt+3");
  await expect(page.getByRole("button", { name: "Add files" })).toBeFocused();
  await page.locator('input[type="file"]').setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("from outside\n") });
  await expect(page.getByRole("button", { name: "Download note.txt" })).toBeVisible();
  await page.keyboard.press("Alt+ArrowLeft");
  await page.keyboard.type("cat note.txt && rev note.txt > back.txt");
  await page.keyboard.press("Enter");
  await expect.poll(() => terminalText(page, 0)).toContain("\nfrom outside");
  await page.getByRole("button", { name: "Look again" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download back.txt" }).click()]);
  const stream = await download.createReadStream();
  let text = "";
  for await (const part of stream) text += String(part);
  expect(text).toBe("edistuo morf\n");
});

test("a program that is added can be run as it is", async ({ page, site }) => {
  await page.goto(site.url);
  await waitReady(page);
  await page.keyboard.press("Alt+3");
  const text = (name: string, content: string): { name: string; mimeType: string; buffer: Buffer } => ({ name, mimeType: "", buffer: Buffer.from(content) });
  await page.locator('input[type="file"]').setInputFiles([text("run", "#!/bin/sh\necho ran $((6 * 7))\n"), text("data", "echo no\n")]);
  await expect(page.getByRole("button", { name: "Download data" })).toBeVisible();
  await page.keyboard.press("Alt+ArrowLeft");
  await page.keyboard.type("./run; ./data");
  await page.keyboard.press("Enter");
  await expect.poll(() => terminalText(page, 0)).toMatch(/\nran 42\n[^\n]*\.\/data: Permission denied/);
});

test("a link replays files and commands, and stores nothing", async ({ page, site, browser }) => {
  await page.goto(site.url);
  await waitReady(page);
  await page.keyboard.press("Alt+3");
  await page.locator('input[type="file"]').setInputFiles({ name: "shared.sh", mimeType: "text/plain", buffer: Buffer.from("echo replayed $((6 * 7))\n") });
  await expect(page.getByRole("button", { name: "Download shared.sh" })).toBeVisible();
  await page.keyboard.press("Alt+s");
  await page.getByLabel("Commands, one per line").fill("sh shared.sh");
  const link = await page.getByLabel("The link").inputValue();
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(link);
  await waitReady(other);
  await expect.poll(() => terminalText(other, 0), { timeout: 15_000 }).toContain("replayed 42");
  expect(await other.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual([]);
  await context.close();
});

test("a broken manifest in a link is refused with its line, and a plain start is offered", async ({ page, site }) => {
  await page.goto(site.url);
  await waitReady(page);
  await page.keyboard.press("Alt+s");
  await page.getByText("Boot manifest", { exact: true }).click();
  await page.getByLabel("Empty: the built-in one").fill("servers:\n  - name: names\n    placement: sideways\n");
  const link = await page.getByLabel("The link").inputValue();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByText(/line 3/).first()).toBeVisible({ timeout: 15_000 });
  await page.getByRole("button", { name: "Start without the link" }).click();
  await waitReady(page);
});

test("a process is killed from its details, and its terminal starts it again", async ({ page, site }) => {
  await page.goto(site.url);
  await waitReady(page);
  await page.getByRole("button", { name: /sh.*, process/ }).click();
  await page.getByRole("button", { name: "Kill", exact: true }).click();
  await expect.poll(() => terminalText(page, 0)).toContain("ended with status");
  await page.keyboard.press("Alt+ArrowLeft");
  await page.keyboard.press("Enter");
  await expect.poll(() => terminalText(page, 0)).toMatch(/ended with status[^]*\$\s*$/);
});

test("shells can be opened and closed again and again", async ({ page, site }) => {
  await page.goto(site.url);
  await waitReady(page);
  for (let round = 1; round <= 4; round++) {
    await page.keyboard.press("Alt+t");
    await expect(page.getByRole("tab", { name: `Shell ${round + 1}` })).toBeVisible();
    await expect.poll(() => terminalText(page, round)).toContain("$");
    await page.keyboard.type(`echo round $((${round} * 11))`);
    await page.keyboard.press("Enter");
    await expect.poll(() => terminalText(page, round)).toContain(`\nround ${round * 11}`);
    await page.keyboard.press("Alt+w");
  }
  // What ran in them is hung up and gone.
  await expect(page.getByRole("button", { name: /sh.*, process/ })).toHaveCount(1);
});

test("tmpfs moves to its own Worker and back while it is used", async ({ page, site }) => {
  await page.goto(site.url);
  await waitReady(page);
  await page.keyboard.type("while true; do echo line >> /tmp/lines; done &");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^tmpfs, server/ }).click();
  for (const [button, placed] of [["Own Worker", /^tmpfs, server, .*own Worker/], ["Inline", /^tmpfs, server, .*placed inline/]] as const) {
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect(page.getByRole("button", { name: placed })).toBeVisible();
  }
  await page.keyboard.press("Alt+ArrowLeft");
  await page.keyboard.type("kill %1; uniq /tmp/lines; echo moved");
  await page.keyboard.press("Enter");
  await expect.poll(() => terminalText(page, 0)).toMatch(/\nline\s*\n[^]*moved/);
});
