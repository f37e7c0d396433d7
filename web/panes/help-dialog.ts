// The keys of the page, from the one list that also acts on them.

import { keyNames, SHORTCUTS } from "../model/shortcuts.ts";
import { element } from "./element.ts";

export function showHelp(): void {
  const close = () => dialog.close();
  const dialog = element("dialog", { class: "dialog dialog-wide", "aria-labelledby": "help-title" },
    element("h2", { id: "help-title" }, "Keys"),
    element("p", { class: "muted" }, "Terminals keep plain and Ctrl keys for their programs; the page takes Alt and F6. Ctrl+Shift+C copies from a terminal, Ctrl+Shift+V pastes. In the picture, arrow keys go from box to box and Enter opens the details. On a tab, Delete closes the pane."),
    element("div", { class: "help-groups" }, ...(["Panes", "Open", "Page"] as const).map((group) => element("section", {}, element("h3", {}, group),
      element("dl", { class: "keys" }, ...SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ keys, label }) =>
        element("div", {}, element("dt", {}, ...keyNames(keys).map((name) => element("kbd", {}, name))), element("dd", {}, label))))))),
    element("p", { class: "dialog-actions" }, element("button", { type: "button", class: "button button-primary", onclick: close, autofocus: true }, "Close")));
  openDialog(dialog);
}

/** Shows a dialog and takes it out of the document when it is closed; the browser keeps focus inside and gives it back. */
export function openDialog(dialog: HTMLDialogElement): void {
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}
