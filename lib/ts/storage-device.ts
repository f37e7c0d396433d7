// What this browser keeps for the site across reloads, as a device: only the images `disk-opfs` and `disk-idb` are handed it, and only in a
// session that was not opened from a link. All of it belongs to this copy of the site: names are kept apart by its sub-folder.
//
// Failures are StorageFailure, so that a driver need not know a browser's exceptions. What a server left open is closed by the machine
// when its code has left the Worker.

export type StorageReason = "NotFound" | "Exists" | "NoSpace" | "Busy" | "Unavailable" | "Io";

export class StorageFailure extends Error {
  constructor(readonly reason: StorageReason, message: string) { super(message); }
}

/** An open file of the origin's private file system. All calls are synchronous, and throw StorageFailure. */
export interface StoredFile {
  /** Fills `into` from `at`; bytes got, fewer only at the end of the file. */
  read(into: Uint8Array, at: number): number;
  /** All of `from`, or it throws. */
  write(from: Uint8Array, at: number): void;
  size(): number;
  resize(size: number): void;
  /** All that was written is on stable storage when this returns. */
  flush(): void;
  close(): void;
}

export interface StoredFiles {
  list(): Promise<{ name: string; size: number }[]>;
  /** `create`: it must not exist, else it must; `read`: others may have it open to read, too. Patient with a Worker that ended a moment ago and
   *  still has it open. */
  open(name: string, how: "create" | "write" | "read"): Promise<StoredFile>;
  remove(name: string): Promise<void>;
  /** `to` must not exist. */
  rename(from: string, to: string): Promise<void>;
}

export type RecordKey = string | readonly (string | number)[];

/** A key-value store in IndexedDB. */
export interface StoredRecords {
  /** Undefined where there is none. */
  getMany(keys: readonly RecordKey[]): Promise<unknown[]>;
  /** All keys that are strings. */
  names(): Promise<string[]>;
  /** One transaction: all of it is stored, on stable storage, when this resolves, or none. Removes first: `remove` are keys, `prefixes` stand for all
   *  keys [prefix, number]. */
  change(set: readonly (readonly [RecordKey, unknown])[], remove: readonly RecordKey[], prefixes?: readonly string[]): Promise<void>;
}

export interface StorageDevice {
  /** Absent where the browser has none. */
  readonly files?: StoredFiles;
  readonly records?: StoredRecords;
  /** Takes the lock of a name against all other tabs, waiting as long as a Worker may take to die; undefined if another has it. Calling the answer
   *  gives it back. `shared`: others may have it shared too. */
  lock(name: string, shared: boolean): Promise<(() => void) | undefined>;
  /** Something was stored that is to be kept: the page will ask the browser not to throw it away when space is short. */
  keep(): void;
  /** Bytes that the site may store in all and that it stores; undefined if the browser does not say. */
  estimate(): Promise<{ quota: number; usage: number } | undefined>;
}
