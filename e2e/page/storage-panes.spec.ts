// The storage pane and the placement board, on the made-up system: what a person does there, by pointer and by keyboard alone.

import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { openFake, test } from "./site.ts";

test("disks are made, mounted, unmounted, renamed and deleted by keyboard alone", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+6");
  await expect(page.getByRole("button", { name: "New disk" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByLabel("Kind").press("i");
  await page.keyboard.press("Tab");
  await page.keyboard.type("a/b");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "“a/b” is no name of a disk" })).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("work");
  await page.getByLabel("Size").fill("much");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "“much” is no size" })).toBeVisible();
  await page.getByLabel("Size").fill("1 MiB");
  await page.keyboard.press("Enter");
  const mount = page.getByRole("button", { name: /^Mount (ram|idb):work$/ });
  await mount.press("Enter");
  await page.getByLabel("Directory").fill("/mnt/work");
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 MiB · Mounted on /mnt/work (ext2)")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Delete \w+:work$/ })).toBeDisabled();
  await page.getByRole("button", { name: /^Unmount \w+:work$/ }).press("Enter");
  await page.getByRole("button", { name: /^Rename \w+:work$/ }).press("Enter");
  await page.getByLabel("New name").fill("play");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Delete \w+:play$/ }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).press("Enter");
  await expect(page.locator("#live-polite")).toContainText(/Deleted \w+:play/);
  await expect(page.getByRole("button", { name: /:play$/ })).toHaveCount(0);
});

test("an image comes in and goes out", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+6");
  await page.getByRole("button", { name: "Import an image" }).click();
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "my data.img", mimeType: "application/octet-stream", buffer: Buffer.alloc(4096) });
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("my-data");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download opfs:my-data" }).click()]);
  expect(download.suggestedFilename()).toBe("my-data.img");
  expect((await readFile(await download.path())).length).toBeGreaterThan(0);
});

test("a disk that another tab has is told of, with what can be done", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+6");
  await page.getByRole("button", { name: "Mount opfs:held-elsewhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Mount" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "opfs:held-elsewhere is in use in another tab" });
  await expect(notice.getByRole("button", { name: "Open a copy in memory" })).toBeVisible();
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("dialog").getByRole("heading", { name: "Mount opfs:held-elsewhere" })).toBeVisible();
});

test("a server is moved by dragging its card, and back with an arrow key", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+7");
  await page.keyboard.press("Alt+Enter");
  const own = page.getByRole("list", { name: "Own Worker" }), inline = page.getByRole("list", { name: "Inline in its callers" });
  const card = own.getByRole("listitem").filter({ hasText: "vfs" });
  const from = (await card.boundingBox())!, to = (await inline.boundingBox())!;
  await page.mouse.move(from.x + 30, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 40, to.y + 20, { steps: 6 });
  await page.mouse.up();
  await expect(inline.getByText("vfs", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Move vfs to the column Own Worker" }).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(own.getByText("vfs", { exact: true })).toBeVisible();
  // It still has the keyboard.
  await expect(page.getByRole("button", { name: "Move vfs to the column Inline in its callers" })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(own.getByText("vfs", { exact: true })).toBeVisible();
});

test("the throughput is seen to rise when the file servers come nearer", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+7");
  await page.getByRole("button", { name: "Write files" }).click();
  const now = async (): Promise<number> => Number(/now ([\d.]+)/.exec(await page.getByRole("img", { name: /^Throughput/ }).getAttribute("aria-label") ?? "")?.[1] ?? 0);
  await expect.poll(now).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Stop writing" }).click();
  await expect(page.getByRole("button", { name: "Write files" })).toHaveAttribute("aria-pressed", "false");
});
