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

test("a disk's share of the buffer cache is typed or drawn with a slider, and one that is too large is refused in words", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+6");
  const bar = page.getByRole("img", { name: /held, .* guaranteed/ }), share = page.getByRole("button", { name: "Change the share of ram:scratch" });
  // By keyboard alone.
  await share.press("Enter");
  const kept = page.getByLabel("Kept for it", { exact: true }), slider = page.getByRole("slider", { name: "Kept for it, by slider" }), problem = page.getByRole("dialog").getByRole("alert");
  await expect(kept).toBeFocused();
  await expect(page.getByText("The cache has 256 MiB; 8 MiB are kept for other disks, so 248 MiB at the most.")).toBeVisible();
  for (const [text, most, said] of [
    ["much", "", "“much” is no size: as 8 MiB."], ["100 KiB", "", "At least 256 KiB are kept for each disk."], ["249 MiB", "", "249 MiB are too much: the cache has 256 MiB, and 8 MiB are kept for other disks, which leaves 248 MiB."],
    ["8 MiB", "4 MiB", "It cannot be kept more (8 MiB) than it may hold at the most (4 MiB)."], ["8 MiB", "lots", "“lots” is no size: as 64 MiB, or nothing."],
  ] as const) {
    await kept.fill(text);
    await page.getByRole("textbox", { name: "At most" }).fill(most);
    await page.keyboard.press("Enter");
    await expect(problem).toHaveText(said);
  }
  await page.getByRole("textbox", { name: "At most" }).fill("");
  await kept.fill("8 MiB");
  await expect(slider).toHaveValue("2048");
  await page.keyboard.press("Tab");
  await expect(slider).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(kept).toHaveValue("8.3 MiB");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(page.locator("#live-polite")).toContainText("8 MiB are kept for ram:scratch now.");
  await expect(bar.nth(1)).toHaveAttribute("aria-label", /8 MiB guaranteed, no limit/);
  // By mouse.
  await share.click();
  const track = (await slider.boundingBox())!;
  await page.mouse.click(track.x + track.width / 2, track.y + track.height / 2);
  await expect(kept).toHaveValue(/^12\d(\.\d)? MiB$/);
  await page.getByRole("dialog").getByRole("button", { name: "Change" }).click();
  await expect(bar.nth(1)).toHaveAttribute("aria-label", /12\d(\.\d)? MiB guaranteed/);
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

for (const viewport of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
  test(`what is asked for is in view, ${viewport.width} wide`, async ({ page, site }) => {
    await page.setViewportSize(viewport);
    await openFake(page, site);
    await page.keyboard.press("Alt+7");
    await expect(page.getByRole("button", { name: /Own Worker/ }).first()).toBeInViewport({ ratio: 1 });
    await expect(page.getByText("Throughput of writing files")).toBeInViewport();
    await page.keyboard.press("Alt+6");
    await expect.poll(async () => (await page.getByRole("group", { name: "Storage", exact: true }).boundingBox())?.height).toBeGreaterThan(viewport.height / 2);
  });
}
