// Files of the origin's private file system, in one folder, through synchronous access handles (so that a server can read and write without
// its event loop).

import { StorageFailure, type StoredFile, type StoredFiles } from "../../../lib/ts/storage-device.ts";
import { storageFailure } from "./storage-failure.ts";

/** What the types of the DOM lack, as they are those of a page. */
interface SyncHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface Handle extends FileSystemFileHandle { createSyncAccessHandle(options?: { mode: "readwrite" | "read-only" }): Promise<SyncHandle>; move?(name: string): Promise<void> }

/** A Worker that was ended keeps its handles for about two seconds. */
const PATIENCE = 10_000, RETRY = 50;
const COPY_STEP = 1 << 20;

/** `opened`: hears of each file that is opened, to close it when the server is gone. */
export class OriginFiles implements StoredFiles {
  constructor(private readonly directory: FileSystemDirectoryHandle, private readonly opened: (close: () => void) => () => void) {}

  async list(): Promise<{ name: string; size: number }[]> {
    return this.attempt("list", async () => {
      const found: { name: string; size: number }[] = [];
      for await (const [name, handle] of this.directory.entries()) if (handle.kind === "file") found.push({ name, size: (await (handle as FileSystemFileHandle).getFile()).size });
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async open(name: string, how: "create" | "write" | "read"): Promise<StoredFile> {
    if (how === "create" && await this.exists(name)) throw new StorageFailure("Exists", `${name} exists`);
    return this.attempt(name, async () => this.access(name, await this.handle(name, how === "create"), how === "read"));
  }

  async remove(name: string): Promise<void> { await this.patiently(name, () => this.directory.removeEntry(name)); }

  async rename(from: string, to: string): Promise<void> {
    if (await this.exists(to)) throw new StorageFailure("Exists", `${to} exists`);
    await this.attempt(from, async () => {
      const handle = await this.handle(from, false);
      if (handle.move) await this.patiently(from, () => handle.move!(to)); else await this.copy(from, to);
    });
  }

  // Browsers that cannot move a file: the copy is complete and stable before the old one goes.
  private async copy(from: string, to: string): Promise<void> {
    const source = await this.open(from, "read");
    try {
      const target = await this.open(to, "create"), buffer = new Uint8Array(COPY_STEP);
      try {
        for (let at = 0, got; (got = source.read(buffer, at)) > 0; at += got) target.write(buffer.subarray(0, got), at);
        target.flush();
      } catch (error) {
        target.close();
        await this.remove(to);
        throw error;
      }
      target.close();
    } finally { source.close(); }
    await this.remove(from);
  }

  private async exists(name: string): Promise<boolean> {
    try { await this.directory.getFileHandle(name); return true; } catch (error) {
      const failure = storageFailure(error, name);
      if (failure.reason === "NotFound") return false;
      throw failure;
    }
  }

  private async handle(name: string, create: boolean): Promise<Handle> { return await this.directory.getFileHandle(name, { create }) as Handle; }

  private async access(name: string, handle: Handle, shared: boolean): Promise<StoredFile> {
    // Browsers without modes give exclusive access.
    const sync = await this.patiently(name, () => handle.createSyncAccessHandle({ mode: shared ? "read-only" : "readwrite" }));
    const forget = this.opened(() => sync.close());
    return new AccessedFile(name, sync, forget);
  }

  /** Whoever has the file open is dying: what is alive holds the disk's lock, and is told apart by it. */
  private async patiently<T>(name: string, action: () => Promise<T>): Promise<T> {
    const until = performance.now() + PATIENCE;
    for (;;) {
      try { return await action(); } catch (error) {
        const failure = storageFailure(error, name);
        if (failure.reason !== "Busy" || performance.now() > until) throw failure;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }

  private async attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
    try { return await action(); } catch (error) { throw storageFailure(error, what); }
  }
}

class AccessedFile implements StoredFile {
  private known: number;
  constructor(private readonly name: string, private readonly handle: SyncHandle, private readonly forget: () => void) { this.known = handle.getSize(); }

  read(into: Uint8Array, at: number): number { return this.attempt(() => this.handle.read(into, { at })); }

  write(from: Uint8Array, at: number): void {
    this.attempt(() => {
      for (let done = 0; done < from.length;) {
        const written = this.handle.write(from.subarray(done), { at: at + done });
        // Nothing was taken and nothing thrown: what else could it be.
        if (written <= 0) throw new StorageFailure("NoSpace", `${this.name}: the browser took ${done} of ${from.length} bytes`);
        done += written;
      }
      // (1) Chromium 156 has been seen to say that it wrote what a quota forbade, and not to have written it: a file that should have grown is asked.
      const end = at + from.length;
      if (end <= this.known) return;
      this.known = this.handle.getSize();
      if (this.known < end) throw new StorageFailure("NoSpace", `${this.name}: the browser kept ${this.known} of ${end} bytes`);
    });
  }

  size(): number { return this.attempt(() => this.handle.getSize()); }
  resize(size: number): void { this.attempt(() => { this.handle.truncate(size); this.known = this.handle.getSize(); }); }
  flush(): void { this.attempt(() => this.handle.flush()); }
  close(): void {
    this.forget();
    this.handle.close();
  }

  private attempt<T>(action: () => T): T {
    try { return action(); } catch (error) { throw storageFailure(error, this.name); }
  }
}
