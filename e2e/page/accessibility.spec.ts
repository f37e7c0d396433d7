// The page has no serious finding of axe, dark and light, narrow and wide, in each pane and dialog.

import { expect } from "@playwright/test";
import { openFake, seriousFindings, test } from "./site.ts";

for (const colorScheme of ["dark", "light"] as const) {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport });

      test("the first view", async ({ page, site }) => {
        await openFake(page, site);
        await expect(page.locator("[data-domain]").first()).toBeVisible();
        await expect(page.getByRole("heading", { name: "Welcome to GrailOS" })).toBeVisible();
        expect(await seriousFindings(page)).toEqual([]);
      });

      test("details, messages, files and the table", async ({ page, site }) => {
        await openFake(page, site);
        await page.locator("[data-domain]").nth(3).click();
        await expect(page.getByRole("button", { name: "Kill", exact: true })).toBeVisible();
        expect(await seriousFindings(page)).toEqual([]);
        await page.keyboard.press("Alt+2");
        await page.getByRole("button", { name: "Record" }).click();
        await expect(page.getByRole("group", { name: "List of messages" }).getByRole("row").nth(3)).toBeVisible();
        expect(await seriousFindings(page)).toEqual([]);
        await page.keyboard.press("Alt+3");
        await expect(page.getByRole("button", { name: "Download readme.txt" })).toBeVisible();
        await page.getByRole("button", { name: "As a table" }).click();
        await expect(page.getByRole("button", { name: "tmpfs" })).toBeVisible();
        expect(await seriousFindings(page)).toEqual([]);
      });

      test("storage and placement", async ({ page, site }) => {
        await openFake(page, site);
        await page.keyboard.press("Alt+6");
        await expect(page.getByRole("img", { name: /^Hit rate .* now \d+ %$/ })).toBeVisible();
        expect(await seriousFindings(page)).toEqual([]);
        for (const button of ["New disk", "Mount opfs:held-elsewhere", "Change the share of opfs:home"]) {
          await page.getByRole("button", { name: button }).click();
          await expect(page.getByRole("dialog")).toBeVisible();
          expect(await seriousFindings(page)).toEqual([]);
          await page.keyboard.press("Escape");
        }
        await page.keyboard.press("Alt+7");
        await page.getByRole("button", { name: "Write files" }).click();
        await expect(page.getByRole("img", { name: /^Throughput .* now [\d.]+ MiB/ })).toBeVisible();
        expect(await seriousFindings(page)).toEqual([]);
      });

      test("menu and dialogs", async ({ page, site }) => {
        await openFake(page, site);
        await page.getByRole("button", { name: "Open" }).click();
        expect(await seriousFindings(page)).toEqual([]);
        await page.keyboard.press("Escape");
        for (const keys of ["Alt+h", "Alt+s"]) {
          await page.keyboard.press(keys);
          await expect(page.getByRole("dialog")).toBeVisible();
          expect(await seriousFindings(page)).toEqual([]);
          await page.keyboard.press("Escape");
          await expect(page.getByRole("dialog")).toBeHidden();
        }
      });
    });
  }
}
