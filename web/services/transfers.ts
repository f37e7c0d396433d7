// Files between the person's computer and the system: upload from a drop or the file picker, download by path. Remembers what was
// added, so that it can be put into a shared link.

import { plural } from "../model/format.ts";
import type { AddedFile, MachineApi } from "../model/machine-api.ts";
import { Observable } from "../model/observable.ts";
import type { Announcer } from "./announcer.ts";

export interface DroppedFile { path: string; file: File }

export class Transfers {
  /** Files that the person added, newest version of each path. */
  readonly added = new Observable<AddedFile[]>([]);
  /** Where dropped files go. */
  readonly directory = new Observable("/home/user");
  /** Paths written; panes that list directories look again. */
  readonly written = new Observable<string[]>([]);
  #machine: MachineApi;
  #announcer: Announcer;

  constructor(machine: MachineApi, announcer: Announcer, added: AddedFile[] = []) {
    this.#machine = machine;
    this.#announcer = announcer;
    this.added.value = added;
  }

  /** Writes files into the directory. Answers what went wrong, one sentence per file. */
  async upload(files: readonly DroppedFile[]): Promise<string[]> {
    const directory = this.directory.value.replace(/\/$/, "");
    const problems: string[] = [];
    const paths: string[] = [];
    for (const { path, file } of files) {
      const target = `${directory}/${path}`;
      try {
        const data = new Uint8Array(await file.arrayBuffer());
        await this.#machine.writeFile(target, data);
        this.added.value = [...this.added.value.filter((one) => one.path !== target), { path: target, data }];
        paths.push(target);
      } catch (error) {
        problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (paths.length) this.#announcer.say(`Added ${plural(paths.length, "file")} to ${directory || "/"}.`);
    if (problems.length) this.#announcer.warn(`${plural(problems.length, "file")} could not be added. ${problems[0]}`);
    this.written.value = paths;
    return problems;
  }

  /** Hands a file of the system to the browser's downloads. Rejects with a sentence. */
  async download(path: string): Promise<void> {
    const data = await this.#machine.readFile(path);
    saveAs(path.split("/").at(-1) || "file", data, "application/octet-stream");
    this.#announcer.say(`Downloaded ${path}.`);
  }
}

export function saveAs(name: string, data: Uint8Array | string, type: string): void { saveBlob(name, new Blob([data as BlobPart], { type })); }

export function saveBlob(name: string, data: Blob): void {
  const address = URL.createObjectURL(data);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken its own hold of the data when click() returns; some are slower.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** What a drop holds, directories opened, as relative paths. */
export async function filesOfDrop(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null && entry !== undefined);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  return (await Promise.all(entries.map((entry) => filesOfEntry(entry, "")))).flat();
}

async function filesOfEntry(entry: FileSystemEntry, prefix: string): Promise<DroppedFile[]> {
  const path = `${prefix}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: DroppedFile[] = [];
  // readEntries gives at most a hundred at a time, and nothing at the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return found;
    for (const child of part) found.push(...await filesOfEntry(child, `${path}/`));
  }
}
