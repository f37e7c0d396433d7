// Whole files between the page and the VFS.

import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import { errorCause, errorName } from "../../abi/generated/ts/errors.ts";
import { RANGE_LIMIT } from "../../abi/layout/limits.ts";
import { decodeEntries } from "../../lib/ts/directory-entries.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { isModule, isScript } from "../../lib/ts/program-magic.ts";
import { concatenate } from "../../lib/ts/text.ts";
import type { CourierEntry } from "./request.ts";

/** A refusal: a sentence for a person, and the error's name. */
export class Failed extends Error {
  constructor(message: string, readonly error = "") { super(message); }
}

function check<T extends { error: number }>(result: T, what: string): Extract<T, { error: 0 }> {
  if (result.error) throw new Failed(`${what}: ${errorName(result.error)}: ${errorCause(result.error)}`, errorName(result.error));
  return result as Extract<T, { error: 0 }>;
}

export class Files {
  readonly #kernel: Kernel;
  readonly #root: DirectoryClient;
  constructor(kernel: Kernel, root: number) { this.#kernel = kernel; this.#root = new DirectoryClient(kernel, root); }

  /** Write a file, making missing directories; a new one that is a program can be run (what the page brings has no permission bits). Nothing is left of a file that did not fit. */
  write(path: string, data: Uint8Array): void {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
      const made = this.#root.makeDirectory(0o755, path.slice(0, at));
      if (made.error && errorName(made.error) !== "Exists") check(made, path.slice(0, at));
    }
    const opened = check(this.#root.open(FileFlags.Write | FileFlags.Create | FileFlags.Truncate, isModule(data) || isScript(data) ? 0o755 : 0o644, path), path);
    try {
      const file = new FileClient(this.#kernel, opened.file);
      for (let done = 0; done < data.length;) {
        const written = file.write(BigInt(done), data.subarray(done, done + RANGE_LIMIT));
        if (written.error) { this.#root.unlink(path); check(written, path); } else done += written.written;
      }
    } finally { this.#close(opened.file, opened.data); }
  }

  read(path: string): Uint8Array {
    const opened = check(this.#root.open(FileFlags.Read, 0, path), path);
    try {
      if (opened.kind === FileKind.Directory) throw new Failed(`${path}: is a directory`);
      if (opened.data) {
        const { status, data } = this.#kernel.dataspaceRead(opened.data, 0n, Number(opened.size));
        if (status < 0) throw new Failed(`${path}: ${errorName(-status)}`);
        return data;
      }
      const parts: Uint8Array[] = [];
      const file = new FileClient(this.#kernel, opened.file);
      for (let at = 0n; ;) {
        const part = check(file.read(at), path).data;
        if (part.length === 0) break;
        parts.push(part);
        at += BigInt(part.length);
      }
      return concatenate(parts);
    } finally { this.#close(opened.file, opened.data); }
  }

  list(path: string): CourierEntry[] {
    const opened = check(this.#root.open(FileFlags.Read | FileFlags.Directory, 0, path), path);
    try {
      const directory = new DirectoryClient(this.#kernel, opened.file), entries: CourierEntry[] = [];
      for (let cookie = 0n; ;) {
        const batch = decodeEntries(check(directory.readDirectory(cookie), path).entries);
        if (batch.length === 0) break;
        for (const entry of batch) {
          cookie = entry.next;
          if (entry.name === "." || entry.name === "..") continue;
          const found = directory.stat(false, entry.name);
          entries.push({ name: entry.name, kind: kindOf(entry.kind), size: found.error ? 0 : Number(found.attributes.size) });
        }
      }
      return entries.sort((a, b) => a.name < b.name ? -1 : 1);
    } finally { this.#close(opened.file, opened.data); }
  }

  #close(...slots: number[]): void { for (const slot of slots) if (slot) this.#kernel.capDelete(slot); }
}

function kindOf(kind: number): CourierEntry["kind"] {
  switch (kind) {
    case FileKind.Regular: return "file";
    case FileKind.Directory: return "directory";
    case FileKind.SymbolicLink: return "link";
    case FileKind.CharacterDevice: case FileKind.BlockDevice: return "device";
    default: return "other";
  }
}
