// All of the page can be done with the keyboard.

import { expect } from "@playwright/test";
import { openFake, seriousFindings, terminalText, test } from "./site.ts";

test("the first terminal has the keyboard when the prompt is there", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.type("echo from the keyboard");
  await page.keyboard.press("Enter");
  await expect.poll(() => terminalText(page, 0)).toMatch(/\nfrom the keyboard/);
});

test("shells open, split and close", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+t");
  await expect(page.getByRole("tab", { name: "Shell 2" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.type("echo second");
  await page.keyboard.press("Enter");
  await expect.poll(() => terminalText(page, 1)).toMatch(/\nsecond/);
  await page.keyboard.press("Alt+Minus");
  await expect(page.getByRole("tab", { name: "Shell 3" })).toBeVisible();
  await expect(page.getByRole("tabpanel").filter({ has: page.locator(".pane-terminal") })).toHaveCount(2);
  await page.keyboard.press("Alt+w");
  await expect(page.getByRole("tab", { name: "Shell 3" })).toBeHidden();
  await page.keyboard.press("Alt+p");
  await expect(page.getByRole("tab", { name: /^Python \d$/ })).toBeVisible();
});

test("F6 goes round the panes and back to the terminal", async ({ page, site }) => {
  await openFake(page, site);
  await expect(page.locator("[data-domain]").first()).toBeVisible();
  const inside = (selector: string) => page.waitForFunction((wanted) => document.activeElement?.closest(wanted) !== null, selector);
  await inside(".pane-terminal");
  await page.keyboard.press("F6");
  await inside(".pane-picture");
  await page.keyboard.press("F6");
  await inside(".pane-welcome");
  await page.keyboard.press("F6");
  await inside(".pane-terminal");
  await page.keyboard.press("Alt+ArrowRight");
  await inside(".pane-picture");
});

test("arrows walk through the picture and Enter opens the details", async ({ page, site }) => {
  await openFake(page, site);
  await expect(page.getByRole("button", { name: /^tmpfs,/ })).toBeVisible();
  await page.keyboard.press("Alt+1");
  await expect(page.locator("[data-domain]:focus")).toHaveCount(1);
  await page.keyboard.press("End");
  await expect(page.locator("[data-domain]:focus")).toHaveAttribute("aria-label", /^webfs, server/);
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator("[data-domain]:focus")).toHaveAttribute("aria-label", /^pipe, server/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "pipe" })).toBeFocused();
});

test("a pane moves into the group at its side", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+3");
  await expect(page.getByRole("button", { name: "Add files" })).toBeFocused();
  await page.keyboard.press("Alt+Shift+ArrowUp");
  await expect(page.getByRole("tablist").filter({ has: page.getByRole("tab", { name: "System" }) }).getByRole("tab", { name: "Files" })).toBeVisible();
});

test("terminals tell a screen reader what they show, if asked", async ({ page, site }) => {
  await openFake(page, site);
  await page.keyboard.press("Alt+r");
  await page.keyboard.type("echo spoken");
  await page.keyboard.press("Enter");
  await expect(page.locator(".xterm-accessibility-tree").getByText("spoken", { exact: true })).toBeAttached();
  expect(await seriousFindings(page)).toEqual([]);
});

test("the menu opens, moves and closes by keys", async ({ page, site }) => {
  await openFake(page, site);
  await page.getByRole("button", { name: "Open" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "New shell" })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Welcome and tour" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Open" })).toBeFocused();
  await expect(page.getByRole("menu")).toBeHidden();
});
