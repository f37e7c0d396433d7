// The storage device of a browser's Worker. Loaded only by Workers that are handed it.

import type { StorageDevice } from "../../../lib/ts/storage-device.ts";
import { diskDatabase, diskFolder, diskLock, DISKS_FOLDER, DISKS_STORE } from "../../../lib/ts/storage-names.ts";
import { OriginFiles } from "./storage-files.ts";
import { Records } from "./storage-records.ts";

/** Milliseconds that a Worker which is ended (of a page that was reloaded, or a server that was killed) may hold a lock on. */
const LOCK_PATIENCE = 3500;

export interface OpenStorage { readonly device: StorageDevice; /** The server is gone: what it left open is closed. */ close(): void }

/** `keep`: tells the machine. */
export async function openStorage(base: string, keep: () => void): Promise<OpenStorage> {
  const held = new Set<() => void>();
  const remember = (close: () => void): (() => void) => {
    held.add(close);
    return () => { held.delete(close); };
  };
  const directory = await originFolder(base);
  const device: StorageDevice = {
    ...(directory ? { files: new OriginFiles(directory, remember) } : {}),
    ...(typeof indexedDB === "undefined" ? {} : { records: new Records(diskDatabase(base), DISKS_STORE) }),
    async lock(name, shared) {
      const give = await takeLock(diskLock(base, name), shared);
      if (!give) return undefined;
      const forget = remember(give);
      return () => { forget(); give(); };
    },
    keep,
    async estimate() {
      const { quota, usage } = await navigator.storage?.estimate?.() ?? {};
      return quota === undefined || usage === undefined ? undefined : { quota, usage };
    },
  };
  return { device, close() { for (const close of [...held]) { try { close(); } catch { /* Closed already. */ } } held.clear(); } };
}

/** Undefined where the browser has no private file system, or no synchronous access to it, or forbids it (private windows). */
async function originFolder(base: string): Promise<FileSystemDirectoryHandle | undefined> {
  if (typeof FileSystemFileHandle === "undefined" || !("createSyncAccessHandle" in FileSystemFileHandle.prototype)) return undefined;
  try {
    const all = await (await navigator.storage.getDirectory()).getDirectoryHandle(DISKS_FOLDER, { create: true });
    return await all.getDirectoryHandle(diskFolder(base), { create: true });
  } catch {
    return undefined;
  }
}

function takeLock(name: string, shared: boolean): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, { mode: shared ? "shared" : "exclusive", signal: AbortSignal.timeout(LOCK_PATIENCE) }, () => new Promise<void>((give) => resolve(give)))
      .catch((error: Error) => { if (error.name === "TimeoutError" || error.name === "AbortError") resolve(undefined); else reject(error); });
  });
}
