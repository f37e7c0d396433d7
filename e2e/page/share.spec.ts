// A session goes into a link and comes out of it; a broken link is refused in words; a link touches nothing that is stored.

import { expect, type Page } from "@playwright/test";
import { openFake, terminalText, test, waitReady } from "./site.ts";

async function makeLink(page: Page): Promise<string> {
  await page.keyboard.press("Alt+3");
  await page.locator('input[type="file"]').setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("shared text\n") });
  await expect(page.getByRole("button", { name: "Download note.txt" })).toBeVisible();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByLabel("Commands, one per line").fill("cat /home/user/note.txt\necho done");
  return page.getByLabel("The link").inputValue();
}

test("files and commands are replayed by whoever opens the link", async ({ page, site, browser }) => {
  await openFake(page, site);
  const link = await makeLink(page);
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(link.replace("#", "?fake#"));
  await waitReady(other);
  await expect(other.getByText("This session comes from a link that carries 1 file, 2 commands.")).toBeVisible();
  await expect.poll(() => terminalText(other, 0)).toMatch(/shared text[^]*done/);
  // Neither preferences nor a layout: no database at all.
  await other.getByRole("button", { name: /^Theme/ }).click();
  expect(await other.evaluate(async () => [...(await indexedDB.databases()).map(({ name }) => name), ...await caches.keys()])).toEqual([]);
  await other.getByRole("button", { name: "Leave it for a plain session" }).click();
  await waitReady(other);
  await expect(other.getByText("This session comes from a link")).toBeHidden();
  await context.close();
});

test("a link leaves the choices of the person who opens it alone", async ({ page, site }) => {
  await openFake(page, site);
  await page.getByRole("button", { name: "Theme: system" }).click();
  const chosen = await page.getByRole("button", { name: /^Theme/ }).innerText();
  const link = await makeLink(page);
  await page.goto("about:blank");
  await page.goto(link.replace("#", "?fake#"));
  await waitReady(page);
  await expect(page.getByRole("button", { name: "Theme: system" })).toBeVisible();
  await page.getByRole("button", { name: "Theme: system" }).click();
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.goto("about:blank");
  await openFake(page, site);
  await expect(page.getByRole("button", { name: chosen })).toBeVisible();
});

for (const [what, fragment, reason] of [
  ["cut off", "#g1=q1ZKzs8rSUwuUbKKjtVRykxRslIyUNJRKskvSczRL0stKs7Mz1OyMtJRKk7NS04FKrK0qAUA", /changed on the way|end is missing/],
  ["of strange letters", "#g1=!!!", /do not belong there/],
  ["too long", `#g1=${"A".repeat(70_000)}`, /65536/],
  ["of another version", "#g9=AAAA", /another version/],
] as const) {
  test(`a link that is ${what} gets a clear message and a plain boot`, async ({ page, site }) => {
    await openFake(page, site, fragment);
    await expect(page.getByRole("alert").filter({ hasText: "The link could not be opened" })).toContainText(reason);
    await expect.poll(() => terminalText(page, 0)).toContain("$");
    expect(new URL(page.url()).hash).toBe("");
  });
}

test("a link with a manifest that is refused says the line and offers a plain start", async ({ page, site }) => {
  await openFake(page, site);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText("Boot manifest", { exact: true }).click();
  await page.getByLabel("Empty: the built-in one").fill("servers:\n  broken: {}\n");
  const link = await page.getByLabel("The link").inputValue();
  await page.goto("about:blank");
  await page.goto(link.replace("#", "?fake#"));
  await expect(page.getByText(/line 2: unknown server/)).toBeVisible();
  await page.getByRole("button", { name: "Start without the link" }).click();
  await waitReady(page);
});
