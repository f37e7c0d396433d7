// Disks in a key-value store: under a disk's name its size and its chunks' name, under [chunks' name, number] 64 KiB of it. Chunks of
// zeros are not stored.
//
// Writes gather in memory. A flush stores them in one transaction, and is done when the transaction is: so a crash leaves the disk as it was at some flush.

import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import { DiskError, type DiskBackend, type DiskMedium, type DiskRow } from "../../lib/ts/disk-backend.ts";
import { aTurn, expectRoom, lockDisk, stored, withLock } from "../../lib/ts/storage-backend.ts";
import type { StorageDevice, StoredRecords } from "../../lib/ts/storage-device.ts";
import { ChunkMedium } from "./chunk-medium.ts";

export interface DiskRecord { readonly size: number; readonly chunks: string }

export class IdbDisks implements DiskBackend {
  /** `storage`: undefined where the session or the browser has none. `unique`: a name that no chunks have. */
  constructor(private readonly storage: StorageDevice | undefined, private readonly unique: () => string) {}

  async list(): Promise<DiskRow[]> {
    const records = this.storage?.records;
    if (!records) return [];
    return stored(async () => {
      const names = (await records.names()).sort(), found = await records.getMany(names);
      return names.flatMap((name, index) => isRecord(found[index]) ? [{ name, size: found[index].size, flags: DiskFlags.Persistent }] : []);
    });
  }

  async open(name: string, readOnly: boolean): Promise<DiskMedium> {
    const { storage, records } = this.present("Unavailable"), give = await lockDisk(storage, lockName(name), readOnly);
    try {
      const { size, chunks } = await this.find(records, name);
      return new ChunkMedium(records, chunks, size, give);
    } catch (error) {
      give();
      await aTurn();
      throw error;
    }
  }

  async create(name: string, size: number): Promise<void> {
    const { storage, records } = this.present("NotSupported");
    await withLock(storage, lockName(name), async () => {
      if (isRecord((await records.getMany([name]))[0])) throw new DiskError("Exists");
      await expectRoom(storage, size);
      await records.change([[name, { size, chunks: this.unique() } satisfies DiskRecord]], []);
      storage.keep();
    });
  }

  async remove(name: string): Promise<void> {
    const { storage, records } = this.present("NotFound");
    await withLock(storage, lockName(name), async () => {
      const { chunks } = await this.find(records, name);
      await records.change([], [name], [chunks]);
    });
  }

  async rename(from: string, to: string): Promise<void> {
    const { storage, records } = this.present("NotFound");
    await withLock(storage, lockName(from), () => withLock(storage, lockName(to), async () => {
      const record = await this.find(records, from);
      if (isRecord((await records.getMany([to]))[0])) throw new DiskError("Exists");
      await records.change([[to, record]], [from]);
    }));
  }

  private async find(records: StoredRecords, name: string): Promise<DiskRecord> {
    const [record] = await stored(() => records.getMany([name]));
    if (!isRecord(record)) throw new DiskError("NotFound");
    return record;
  }

  private present(error: "Unavailable" | "NotSupported" | "NotFound"): { storage: StorageDevice; records: StoredRecords } {
    const { storage } = this;
    if (!storage?.records) throw new DiskError(error, "this session keeps no disks, or the browser has no IndexedDB");
    return { storage, records: storage.records };
  }
}

/** What is stored may be of another version, or broken. */
function isRecord(value: unknown): value is DiskRecord {
  const { size, chunks } = (value ?? {}) as Partial<DiskRecord>;
  return typeof size === "number" && size > 0 && size % 512 === 0 && typeof chunks === "string";
}

function lockName(disk: string): string { return `idb:${disk}`; }
