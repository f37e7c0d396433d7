// The files of the system as a list: walk through directories, add files by the picker or by dropping them anywhere on the page, and
// download them.

import { formatBytes, plural } from "../model/format.ts";
import type { DirectoryEntry } from "../model/machine-api.ts";
import type { PageContext } from "../services/page-context.ts";
import { element, errorText, setText } from "./element.ts";
import type { Pane } from "./pane.ts";

export function filesPane(context: PageContext): Pane {
  const { transfers } = context;
  const picker = element("input", { type: "file", multiple: true, class: "only-spoken", tabindex: -1, "aria-hidden": "true", onchange: () => void upload() });
  const add = element("button", { type: "button", class: "button button-primary", onclick: () => picker.click() }, "Add files");
  const again = element("button", { type: "button", class: "button", onclick: () => void show(transfers.directory.value) }, "Look again");
  const crumbs = element("nav", { class: "crumbs", "aria-label": "Directory" });
  const problem = element("p", { class: "problem", role: "alert" });
  const body = element("tbody");
  const note = element("p", { class: "muted" });
  const root = element("div", { class: "pane pane-files", role: "group", "aria-label": "Files" },
    element("div", { class: "pane-tools" }, add, again, picker, crumbs), problem,
    element("div", { class: "pane-scroll", tabindex: 0, role: "group", "aria-label": "Entries" },
      element("table", { class: "table" }, element("caption", { class: "only-spoken" }, "Entries of the directory"),
        element("thead", {}, element("tr", {}, ...["Name", "Size", ""].map((name) => (name ? element("th", { scope: "col" }, name) : element("td")))) ), body), note));

  async function upload(): Promise<void> {
    const files = [...picker.files ?? []].map((file) => ({ path: file.name, file }));
    picker.value = "";
    setText(problem, (await transfers.upload(files)).join("\n"));
  }

  async function show(path: string): Promise<void> {
    setText(problem, "");
    try {
      const entries = await context.machine.listDirectory(path);
      if (transfers.directory.value !== path) transfers.directory.value = path;
      draw(path, entries);
    } catch (error) {
      setText(problem, errorText(error));
      // A home that does not exist must not be a dead end.
      if (body.children.length === 0 && path !== "/") await show("/");
    }
  }

  function draw(path: string, entries: DirectoryEntry[]): void {
    const parts = path.split("/").filter(Boolean);
    crumbs.replaceChildren(
      element("button", { type: "button", class: "button button-link", onclick: () => void show("/") }, "/"),
      ...parts.map((part, index) => element("button", {
        type: "button", class: "button button-link", "aria-current": index === parts.length - 1 ? "page" : undefined, onclick: () => void show(`/${parts.slice(0, index + 1).join("/")}`),
      }, `${part}${index === parts.length - 1 ? "" : " /"}`)));
    const ordered = [...entries].filter(({ name }) => name !== "." && name !== "..").sort((a, b) => Number(b.kind === "directory") - Number(a.kind === "directory") || a.name.localeCompare(b.name));
    const inside = (name: string) => `${path === "/" ? "" : path}/${name}`;
    const back = parts.length ? [element("tr", {}, element("th", { scope: "row" }, element("button", { type: "button", class: "button button-link", "aria-label": "Directory above", onclick: () => void show(`/${parts.slice(0, -1).join("/")}`) }, "..")), element("td"), element("td"))] : [];
    body.replaceChildren(...back, ...ordered.map(({ name, kind, size }) => element("tr", {},
      element("th", { scope: "row" }, kind === "directory" || kind === "link" ? element("button", { type: "button", class: "button button-link", onclick: () => void (kind === "directory" ? show(inside(name)) : download(inside(name))) }, kind === "directory" ? `${name}/` : `${name} →`) : element("span", { class: "file-name" }, name)),
      element("td", {}, kind === "file" ? formatBytes(size) : kind),
      element("td", { class: "cell-action" }, kind === "file" && element("button", { type: "button", class: "button", "aria-label": `Download ${name}`, onclick: () => void download(inside(name)) }, "Download")))));
    setText(note, `${plural(ordered.length, "entry").replace("entrys", "entries")}. Drop files anywhere on the page to add them here.`);
  }

  async function download(path: string): Promise<void> {
    setText(problem, "");
    try {
      await transfers.download(path);
    } catch (error) {
      setText(problem, errorText(error));
    }
  }

  const stop = transfers.written.subscribe(() => void show(transfers.directory.value));
  return { element: root, focus: () => add.focus(), visible: (visible) => { if (visible) void show(transfers.directory.value); }, dispose: stop };
}
