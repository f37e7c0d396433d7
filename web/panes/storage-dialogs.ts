// What the storage pane asks a person: for a new disk, an image to bring in, where to mount, a new name, whether to delete; and what it tells when
// another tab has a disk.

import type { VolumeRow } from "../../lib/ts/volume-list.ts";
import type { DiskLine } from "../../lib/ts/disk-access.ts";
import { formatBytes } from "../model/format.ts";
import { driverWords, fullName, isDiskName, isNoLimit, LEAST_SHARE, nameOfFile, PAGE, parseDiskSize, parseShare, shareProblem } from "../model/storage-words.ts";
import type { PageContext } from "../services/page-context.ts";
import { element, errorText, freshId, setText } from "./element.ts";
import { openDialog } from "./help-dialog.ts";
import { showNotice } from "./notices.ts";

interface Form { readonly title: string; readonly text?: string; readonly fields: readonly HTMLElement[]; readonly action: string; readonly danger?: boolean; /** If another tab has a disk: told as a notice, with what can be done. */ busy?(): void; /** Rejects with a sentence. */ act(tell: (text: string) => void): Promise<void> }

function ask({ title, text, fields, action, danger, busy, act }: Form): void {
  const id = freshId("storage"), problem = element("p", { class: "problem", role: "alert" }), progress = element("p", { class: "muted", role: "status" });
  const submit = element("button", { type: "submit", class: `button ${danger ? "button-danger" : "button-primary"}` }, action);
  const form = element("form", { onsubmit: (event: SubmitEvent) => { event.preventDefault(); void run(); } }, ...fields, progress, problem,
    element("p", { class: "dialog-actions" }, element("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Cancel"), submit));
  const dialog = element("dialog", { class: "dialog dialog-small", "aria-labelledby": id }, element("h2", { id }, title), text !== undefined && element("p", { class: "muted" }, text), form);
  async function run(): Promise<void> {
    setText(problem, "");
    submit.disabled = true;
    try {
      await act((told) => setText(progress, told));
      dialog.close();
    } catch (error) {
      if (busy && error instanceof Error && error.name === "Busy") { dialog.close(); busy(); return; }
      setText(progress, "");
      setText(problem, errorText(error));
      submit.disabled = false;
    }
  }
  openDialog(dialog);
}

function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  control.id ||= freshId("field");
  return element("p", { class: "field" }, element("label", { for: control.id }, label), control, hint !== undefined && element("span", { class: "muted" }, hint));
}

const input = (value: string, placeholder = ""): HTMLInputElement => {
  const made = element("input", { class: "input", type: "text", spellcheck: "false", autocomplete: "off", placeholder });
  made.value = value;
  return made;
};
const select = (options: readonly (readonly [string, string])[]): HTMLSelectElement => element("select", { class: "select" }, ...options.map(([value, text]) => element("option", { value }, text)));

/** Those that make disks of their own in this session. */
const kinds = ({ session }: PageContext, ...more: string[]): (readonly [string, string])[] =>
  [...(session.kind === "own" ? ["opfs", "idb"] : []), "ram", ...more].map((driver) => [driver, driverWords(driver).title] as const);

function checkName(name: string): string {
  if (!isDiskName(name)) throw new Error(`“${name}” is no name of a disk: 1 to 63 letters, digits, dots, hyphens and underlines.`);
  return name;
}

/** Types a line into the first shell, where the person sees what is done. */
function typeInShell({ terminals, announcer }: PageContext, line: string): void {
  const terminal = Math.min(...terminals.open, Infinity);
  if (Number.isFinite(terminal)) terminals.type(terminal, line); else announcer.warn(`There is no terminal open. The line was: ${line}`);
}

export function createDisk(context: PageContext, done: () => void): void {
  const kind = select(kinds(context, "overlay", "http")), name = input("", "home"), size = input("64 MiB"), source = input(""), system = select([["", "Nothing: leave it empty"], ["mkfs.ext2", "ext2"], ["mkfs.fat", "FAT"]]);
  const sizeField = field("Size", size, "As 64 MiB or 1 GiB. All of it is taken at once, so that it cannot run out later."), sourceField = field("Disk below", source, "As opfs:home.");
  const systemField = field("File system", system, "Is made by a line that is typed into the first shell.");
  const label = sourceField.querySelector("label")!, hint = sourceField.querySelector("span")!;
  const fit = (): void => {
    const { source: wants } = driverWords(kind.value);
    sizeField.hidden = systemField.hidden = wants !== "size";
    sourceField.hidden = wants === "size";
    setText(label, wants === "disk" ? "Disk below" : "Path on this site");
    setText(hint, wants === "disk" ? "As opfs:home. It is held open for reading as long as the new one exists." : "As images/debian.img.");
  };
  kind.addEventListener("change", fit);
  fit();
  ask({
    title: "New disk", fields: [field("Kind", kind), field("Name", name), sizeField, sourceField, systemField], action: "Create",
    async act() {
      const full = `${kind.value}:${checkName(name.value.trim())}`;
      if (driverWords(kind.value).source !== "size") await context.machine.storage({ kind: "create-disk-from", name: full, source: source.value.trim() });
      else {
        const bytes = parseDiskSize(size.value);
        if (bytes === undefined) throw new Error(`“${size.value}” is no size: as 64 MiB, from 512 bytes to 64 GiB.`);
        await context.machine.storage({ kind: "create-disk", name: full, size: bytes });
        if (system.value) typeInShell(context, `${system.value} ${full}`);
      }
      context.announcer.say(`Created ${full}.`);
      done();
    },
  });
}

export function importDisk(context: PageContext, done: () => void): void {
  const file = element("input", { class: "input", type: "file" }), kind = select(kinds(context)), name = input("");
  file.addEventListener("change", () => { const [chosen] = file.files ?? []; if (chosen && !name.value) name.value = nameOfFile(chosen.name); });
  ask({
    title: "Import an image", text: "A disk with the contents of a file, as mke2fs, mkfs.fat or dd make it.", fields: [field("File", file), field("Kind", kind), field("Name", name)], action: "Import",
    async act(tell) {
      const [chosen] = file.files ?? [], full = `${kind.value}:${checkName(name.value.trim())}`;
      if (!chosen) throw new Error("No file is chosen.");
      await bring(context, full, chosen, tell);
      done();
    },
  });
}

async function bring(context: PageContext, name: string, file: Blob, tell: (text: string) => void): Promise<void> {
  await context.machine.storage({ kind: "import-disk", name, file }, ({ done, total }) => tell(`${formatBytes(done)} of ${formatBytes(total)}`));
  context.announcer.say(`Imported ${name}.`);
}

export function mountDisk(context: PageContext, disk: string, readOnly: boolean, done: () => void): void {
  const path = input(`/mnt/${disk.split(":")[1]}`), type = select([["auto", "As found on the disk"], ["ext2", "ext2"], ["fat", "FAT"]]);
  const only = element("input", { type: "checkbox", checked: readOnly, disabled: readOnly });
  ask({
    title: `Mount ${disk}`, fields: [field("Directory", path, "Is made if it does not exist."), field("File system", type), element("p", { class: "field" }, element("label", {}, only, " Read-only"))], action: "Mount",
    busy: () => tellBusy(context, disk, () => mountDisk(context, disk, readOnly, done), done),
    async act() {
      const mounted = await context.machine.storage({ kind: "mount", disk, path: path.value.trim(), type: type.value as "auto", readOnly: only.checked });
      context.announcer.say(`Mounted ${disk} on ${path.value}${mounted.readOnly ? ", read-only" : ""}.`);
      if (mounted.reason) showNotice("warning", `${disk} is mounted read-only: ${mounted.reason}`);
      done();
    },
  });
}

export function renameDisk(context: PageContext, disk: DiskLine, done: () => void): void {
  const name = input(disk.name);
  ask({
    title: `Rename ${fullName(disk)}`, fields: [field("New name", name)], action: "Rename",
    busy: () => tellBusy(context, fullName(disk), () => renameDisk(context, disk, done), done),
    async act() {
      const to = `${disk.driver}:${checkName(name.value.trim())}`;
      if (to !== fullName(disk)) await context.machine.storage({ kind: "rename-disk", from: fullName(disk), to });
      context.announcer.say(`Renamed to ${to}.`);
      done();
    },
  });
}

export function confirmRemoval(context: PageContext, disk: DiskLine, done: () => void): void {
  ask({
    title: `Delete ${fullName(disk)}?`, text: `${formatBytes(disk.size)} and all that is on it go for ever.`, fields: [], action: "Delete", danger: true,
    busy: () => tellBusy(context, fullName(disk), () => confirmRemoval(context, disk, done), done),
    async act() {
      await context.machine.storage({ kind: "remove-disk", name: fullName(disk) });
      context.announcer.say(`Deleted ${fullName(disk)}.`);
      done();
    },
  });
}

/** The share of the buffer cache that a disk has: typed, or drawn with the slider. */
export async function changeShare(context: PageContext, volume: VolumeRow, done: () => void): Promise<void> {
  const { pages, guaranteed: all } = await context.machine.storage({ kind: "cache" }), others = Math.max(0, all - volume.guaranteed), most = Math.max(LEAST_SHARE, pages - others);
  const size = (count: number): string => formatBytes(count * PAGE);
  const kept = input(size(volume.guaranteed)), limit = input(volume.limit === 0 ? "" : size(volume.limit), "no limit");
  const slider = element("input", { class: "slider", type: "range", min: LEAST_SHARE, max: most, step: LEAST_SHARE, "aria-label": "Kept for it, by slider", "aria-valuetext": size(volume.guaranteed) });
  slider.value = String(volume.guaranteed);
  const show = (count: number): void => { slider.setAttribute("aria-valuetext", size(count)); };
  slider.addEventListener("input", () => { kept.value = size(Number(slider.value)); show(Number(slider.value)); });
  kept.addEventListener("input", () => { const count = parseShare(kept.value); if (count !== undefined) { slider.value = String(count); show(count); } });
  ask({
    title: `Share of ${volume.name} in the buffer cache`, action: "Change",
    fields: [field("Kept for it", kept, `Nobody can take it away. The cache has ${size(pages)}; ${size(others)} are kept for other disks, so ${size(most)} at the most.`), slider, field("At most", limit, "With what it borrows while others do not need it. Empty: as much as is free.")],
    async act() {
      const guaranteed = parseShare(kept.value), bound = isNoLimit(limit.value) ? 0 : parseShare(limit.value);
      if (guaranteed === undefined) throw new Error(`“${kept.value}” is no size: as 8 MiB.`);
      if (bound === undefined) throw new Error(`“${limit.value}” is no size: as 64 MiB, or nothing.`);
      const problem = shareProblem({ guaranteed, limit: bound }, { pages, others });
      if (problem !== undefined) throw new Error(problem);
      await context.machine.storage({ kind: "share", name: volume.name, guaranteed, limit: bound });
      context.announcer.say(`${size(guaranteed)} are kept for ${volume.name} now.`);
      done();
    },
  });
}

/** Another tab has the disk: says which, and offers what can be done all the same. */
export function tellBusy(context: PageContext, disk: string, again: () => void, done: () => void): void {
  const [driver, name = ""] = disk.split(":");
  const copy = { label: "Open a copy in memory", act: () => { notice.close(); void takeCopy(); } };
  const notice = showNotice("warning", `${disk} is in use in another tab or window of this browser. Only one may write it at a time.`,
    { label: "Try again", act: () => { notice.close(); again(); } }, ...(driver === "opfs" ? [copy] : []));
  async function takeCopy(): Promise<void> {
    try {
      const image = await context.keeper.copyOf(name);
      if (!image) throw new Error(`The image of ${disk} could not be read.`);
      const target = `ram:${name.slice(0, 58)}-copy`;
      await bring(context, target, image, () => undefined);
      showNotice("info", `${target} is ${disk} as it was a moment ago, as after a power cut there. What you write to the copy goes when the page is closed.`);
      done();
    } catch (error) { showNotice("error", errorText(error)); }
  }
}
