// Access handles of files of the browser's origin-private file system.

/** What TypeScript's library does not know yet. */
export interface SyncHandle { read(into: Uint8Array, options: { at: number }): number; write(from: Uint8Array, options: { at: number }): number; truncate(size: number): void; flush(): void; close(): void }

/** The access handle of a file that is made if there is none. */
export async function accessHandle(name: string): Promise<SyncHandle> {
  const file = await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
  return (file as unknown as { createSyncAccessHandle(): Promise<SyncHandle> }).createSyncAccessHandle();
}
