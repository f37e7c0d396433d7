// The buttons of the head line: a menu of what can be opened, share, theme, help.

import { SHORTCUTS, keyNames, type Command } from "../model/shortcuts.ts";
import type { PageContext } from "../services/page-context.ts";
import { element, freshId, setText } from "./element.ts";

const OPEN: readonly Command[] = ["new-shell", "new-python", "show-picture", "show-timeline", "show-files", "show-storage", "show-placement", "show-log", "show-welcome"];
const THEME_TEXT = { system: "Theme: system", dark: "Theme: dark", light: "Theme: light" } as const;

export function fillBar(context: PageContext): void {
  const theme = element("button", { type: "button", class: "button", onclick: () => context.run("theme") });
  context.preferences.current.subscribe(({ theme: choice }) => setText(theme, THEME_TEXT[choice]));
  document.getElementById("bar-actions")!.append(
    openMenu(context),
    element("button", { type: "button", class: "button", onclick: () => context.run("share") }, "Share"),
    theme,
    fontButton(context, -1, "A−", "Smaller terminal text"), fontButton(context, 1, "A+", "Larger terminal text"),
    element("button", { type: "button", class: "button", onclick: () => context.run("help") }, "Help"));
}

function fontButton(context: PageContext, step: number, text: string, label: string): HTMLElement {
  return element("button", { type: "button", class: "button", "aria-label": label, title: label, onclick: () => {
    const fontSize = Math.min(28, Math.max(9, context.preferences.current.value.fontSize + step));
    context.preferences.change({ fontSize });
    context.announcer.say(`Terminal text ${fontSize} pixels.`);
  } }, text);
}

/** A menu button as the ARIA patterns describe it: arrows move, Escape closes, focus returns. */
function openMenu(context: PageContext): HTMLElement {
  const id = freshId("menu");
  const button = element("button", { type: "button", class: "button button-primary", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id, onclick: () => toggle() }, "Open ▾");
  const items = OPEN.map((command) => {
    const { label, keys } = SHORTCUTS.find((shortcut) => shortcut.command === command)!;
    return element("button", { type: "button", role: "menuitem", class: "menu-item", tabindex: -1, onclick: () => { close(false); context.run(command); } },
      element("span", {}, label), element("span", { class: "menu-keys", "aria-hidden": "true" }, keyNames(keys).join("+")));
  });
  const menu = element("div", { id, class: "menu", role: "menu", "aria-label": "Open", hidden: true }, ...items);
  const holder = element("div", { class: "menu-holder" }, button, menu);

  function toggle(): void { if (menu.hidden) open(); else close(true); }
  function open(): void {
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    items[0].focus();
  }
  function close(refocus: boolean): void {
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (refocus) button.focus();
  }
  holder.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !menu.hidden) { event.preventDefault(); close(true); return; }
    if (menu.hidden) { if (event.key === "ArrowDown") { event.preventDefault(); open(); } return; }
    const index = items.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items[(next + items.length) % items.length].focus();
  });
  holder.addEventListener("focusout", (event) => { if (!holder.contains(event.relatedTarget as Node | null)) close(false); });
  return holder;
}
