// Files in and out, and what the picture, the details and the messages do.

import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { openFake, test } from "./site.ts";

test("a file dropped on the page is in the system, and comes out the same", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+3");
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped bytes"], "dropped.bin"));
    return data;
  });
  await page.locator("body").dispatchEvent("drop", { dataTransfer: transfer });
  const button = page.getByRole("button", { name: "Download dropped.bin" });
  await expect(button).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  expect(await readFile(await download.path(), "utf8")).toBe("dropped bytes");
});

test("a domain is moved and killed from its details, and the picture follows", async ({ page, site }) => {
  await openFake(page, site);
  await page.getByRole("button", { name: /^tmpfs, server/ }).click();
  await page.getByRole("button", { name: "Own Worker", exact: true }).click();
  await expect(page.getByRole("button", { name: /^tmpfs, server, .*own Worker/ })).toBeVisible();
  await page.getByRole("button", { name: "Kill", exact: true }).click();
  await expect(page.getByText("tmpfs is gone.")).toBeVisible();
  await expect(page.locator("#live-polite")).toContainText("tmpfs was killed");
});

test("calls flow along the paths of the picture", async ({ page, site }) => {
  await openFake(page, site);
  await expect(page.locator(".call-path").first()).toBeAttached();
  await expect(page.locator(".call-rate").first()).toHaveText(/\/s$/);
});

test("messages are recorded, filtered and saved as a trace", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+2");
  await page.getByRole("button", { name: "Record" }).click();
  const rows = page.getByRole("group", { name: "List of messages" }).getByRole("row");
  await expect(rows.nth(5)).toBeVisible();
  await page.getByLabel("Message", { exact: true }).selectOption({ label: "fileSystem.lookup" });
  await expect(rows.nth(1)).toContainText("fileSystem.lookup");
  await page.getByRole("button", { name: "Stop" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save trace" }).click()]);
  const { traceEvents } = JSON.parse(await readFile(await download.path(), "utf8")) as { traceEvents: { ph: string; name: string }[] };
  expect(traceEvents.some(({ ph, name }) => ph === "X" && name === "fileSystem.lookup")).toBe(true);
});

test("a terminal whose program ended starts it again on Enter", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.type("exit");
  await page.keyboard.press("Enter");
  await expect(page.locator(".xterm-rows").first()).toContainText("ended with status 0");
  await page.keyboard.press("Enter");
  await expect(page.locator(".xterm-rows").first()).toContainText(/ended with status 0[^]*Made-up shell/);
});
