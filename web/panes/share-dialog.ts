// Makes a link of this session: which added files, which commands, which boot manifest. Shows how long the link gets, and refuses one
// that would not arrive.

import { formatBytes, plural } from "../model/format.ts";
import type { AddedFile } from "../model/machine-api.ts";
import { encodeShareLink, FRAGMENT_LIMIT } from "../model/share-link.ts";
import type { PageContext } from "../services/page-context.ts";
import { element, errorText, setText } from "./element.ts";
import { openDialog } from "./help-dialog.ts";

export function showShare(context: PageContext): void {
  let files: { file: AddedFile; chosen: boolean }[] = context.transfers.added.value.map((file) => ({ file, chosen: true }));
  const list = element("ul", { class: "share-files" });
  const path = element("input", { id: "share-path", class: "input", type: "text", placeholder: "/home/user/hello.c", spellcheck: "false", autocomplete: "off" });
  const addPath = element("button", { type: "button", class: "button", onclick: () => void addFile() }, "Add");
  const commands = element("textarea", { id: "share-commands", class: "input", rows: 4, spellcheck: "false", oninput: () => make() });
  const manifest = element("textarea", { id: "share-manifest", class: "input", rows: 6, spellcheck: "false", oninput: () => make() });
  const size = element("p", { class: "muted", role: "status" });
  const problem = element("p", { class: "problem", role: "alert" });
  const address = element("input", { id: "share-link", class: "input share-link", type: "text", readonly: true, onfocus: () => address.select() });
  const copy = element("button", { type: "button", class: "button button-primary", onclick: () => void copyLink() }, "Copy the link");
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "share-title" },
    element("h2", { id: "share-title" }, "Share this session"),
    element("p", { class: "muted" }, "Whoever opens the link boots the same system with these files and sees these commands typed. Nothing is sent anywhere: all of it is in the link. It reads and changes nothing that is stored in the other person's browser."),
    element("h3", {}, "Files"), list,
    element("p", { class: "field-row" }, element("label", { for: "share-path" }, "A file of the system"), path, addPath),
    element("p", { class: "field" }, element("label", { for: "share-commands" }, "Commands, one per line"), commands),
    element("details", { class: "share-manifest" }, element("summary", {}, "Boot manifest"),
      element("p", { class: "field" }, element("label", { for: "share-manifest" }, "Empty: the built-in one"), manifest)),
    element("p", { class: "field" }, element("label", { for: "share-link" }, "The link"), address), size, problem,
    element("p", { class: "dialog-actions" }, element("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Close"), copy));
  commands.value = context.session.shared?.commands.join("\n") ?? "";
  manifest.value = context.session.manifest ?? "";

  function drawFiles(): void {
    list.replaceChildren(...files.map((entry) => element("li", {}, element("label", {},
      element("input", { type: "checkbox", checked: entry.chosen, onchange: (event: Event) => { entry.chosen = (event.target as HTMLInputElement).checked; make(); } }),
      ` ${entry.file.path} (${formatBytes(entry.file.data.length)})`))));
    if (files.length === 0) list.append(element("li", { class: "muted" }, "No file was added to this session. Files of the system can be added below."));
    make();
  }

  async function addFile(): Promise<void> {
    setText(problem, "");
    const wanted = path.value.trim();
    try {
      const file = { path: wanted, data: await context.machine.readFile(wanted) };
      files = [...files.filter((entry) => entry.file.path !== wanted), { file, chosen: true }];
      path.value = "";
      drawFiles();
    } catch (error) {
      setText(problem, errorText(error));
    }
  }

  function make(): void {
    const chosen = files.filter((entry) => entry.chosen).map((entry) => entry.file);
    const lines = commands.value.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "");
    const encoded = encodeShareLink({ ...(manifest.value.trim() ? { manifest: manifest.value } : {}), files: chosen, commands: lines });
    copy.disabled = !encoded.ok;
    setText(problem, encoded.ok ? "" : encoded.reason);
    address.value = encoded.ok ? new URL(`./${encoded.fragment}`, location.href).href : "";
    setText(size, encoded.ok ? `${plural(chosen.length, "file")}, ${plural(lines.length, "command")}: ${address.value.length} characters of at most ${FRAGMENT_LIMIT}.` : "");
  }

  async function copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(address.value);
      setText(size, "Copied.");
    } catch {
      address.select();
      setText(size, "This browser does not let the page copy. The link is selected: Ctrl+C copies it.");
    }
  }

  path.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); void addFile(); } });
  drawFiles();
  openDialog(dialog);
}
