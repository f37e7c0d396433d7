// A key-value store in IndexedDB. Changes are one transaction with strict durability: done means on stable storage, not in the
// browser's buffers.

import { createStore, getMany, keys, type UseStore } from "idb-keyval";
import type { RecordKey, StoredRecords } from "../../../lib/ts/storage-device.ts";
import { storageFailure } from "./storage-failure.ts";

export class Records implements StoredRecords {
  private readonly store: UseStore;
  constructor(private readonly database: string, private readonly name: string) { this.store = createStore(database, name); }

  getMany(wanted: readonly RecordKey[]): Promise<unknown[]> { return this.attempt(() => getMany(wanted as IDBValidKey[], this.store)); }
  names(): Promise<string[]> { return this.attempt(async () => (await keys(this.store)).filter((key) => typeof key === "string")); }

  change(set: readonly (readonly [RecordKey, unknown])[], remove: readonly RecordKey[], prefixes: readonly string[] = []): Promise<void> {
    return this.write((records) => {
      for (const prefix of prefixes) records.delete(IDBKeyRange.bound([prefix, -Infinity], [prefix, Infinity]));
      for (const key of remove) records.delete(key as IDBValidKey);
      for (const [key, value] of set) records.put(value, key as IDBValidKey);
    });
  }

  /** idb-keyval's own writes have the browser's default durability, and that is a buffer. */
  private write(fill: (records: IDBObjectStore) => void): Promise<void> {
    return this.attempt(() => this.store("readonly", ({ transaction: { db } }) => new Promise<void>((resolve, reject) => {
      const transaction = db.transaction(this.name, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("the transaction was broken off"));
      fill(transaction.objectStore(this.name));
    })));
  }

  private async attempt<T>(action: () => Promise<T>): Promise<T> {
    try { return await action(); } catch (error) { throw storageFailure(error, this.database); }
  }
}
