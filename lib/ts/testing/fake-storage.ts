// What a browser keeps for a site, in memory: tabs that share it, a quota, and what happens to it when a tab is gone.
//
//   const origin = new FakeOrigin(1 << 20);
//   const disks = new OpfsDisks(origin.tab());

import { StorageFailure, type RecordKey, type StorageDevice, type StoredFile } from "../storage-device.ts";

export class FakeOrigin {
  readonly files = new Map<string, Uint8Array>();
  /** By the key's JSON. */
  readonly records = new Map<string, unknown>();
  /** Holders by lock name; an exclusive one is alone. */
  readonly locks = new Map<string, { shared: boolean; count: number }>();
  readonly opened = new Map<string, number>();
  /** Bytes told by `estimate` on top of what is really left: browsers guess. */
  optimism = 0;
  /** Writes above the quota are said to have been done, and are not (a browser does that). */
  lies = false;
  /** Calls of `change` that are broken off. */
  breakOff = 0;
  /** Times that it was said that something is to be kept. */
  kept = 0;
  constructor(public quota = Infinity) {}

  get usage(): number {
    return [...this.files.values(), ...this.records.values()].reduce<number>((sum, each) => sum + (each instanceof Uint8Array ? each.length : 64), 0);
  }

  /** A tab's device. With `without`, of a browser that lacks it. */
  tab(without?: "files" | "records"): StorageDevice {
    const failure = (reason: StorageFailure["reason"]): StorageFailure => new StorageFailure(reason, reason);
    const device: StorageDevice = {
      files: {
        list: async () => [...this.files].map(([name, { length }]) => ({ name, size: length })),
        open: async (name, how) => {
          if (how === "create") {
            if (this.files.has(name)) throw failure("Exists");
            this.files.set(name, new Uint8Array(0));
          }
          if (!this.files.has(name)) throw failure("NotFound");
          if (this.opened.has(name)) throw failure("Busy");
          this.opened.set(name, 1);
          return this.file(name);
        },
        remove: async (name) => {
          if (this.opened.has(name)) throw failure("Busy");
          if (!this.files.delete(name)) throw failure("NotFound");
        },
        rename: async (from, to) => {
          const bytes = this.files.get(from);
          if (!bytes) throw failure("NotFound");
          if (this.files.has(to)) throw failure("Exists");
          this.files.delete(from);
          this.files.set(to, bytes);
        },
      },
      records: {
        getMany: async (keys) => keys.map((key) => structuredClone(this.records.get(JSON.stringify(key)))),
        names: async () => [...this.records.keys()].map((key) => JSON.parse(key) as RecordKey).filter((key) => typeof key === "string"),
        change: async (set, remove, prefixes = []) => {
          if (this.breakOff > 0) { this.breakOff--; throw failure("Io"); }
          const before = new Map(this.records);
          for (const prefix of prefixes) for (const key of [...this.records.keys()]) if (key.startsWith(`[${JSON.stringify(prefix)},`)) this.records.delete(key);
          for (const key of remove) this.records.delete(JSON.stringify(key));
          for (const [key, value] of set) this.records.set(JSON.stringify(key), structuredClone(value));
          if (this.usage <= this.quota) return;
          this.records.clear();
          for (const [key, value] of before) this.records.set(key, value);
          throw failure("NoSpace");
        },
      },
      lock: async (name, shared) => {
        const held = this.locks.get(name);
        if (held && !(held.shared && shared)) return undefined;
        if (held) held.count++; else this.locks.set(name, { shared, count: 1 });
        return () => {
          const now = this.locks.get(name);
          if (!now) throw new Error(`the lock ${name} was given back twice`);
          if (--now.count === 0) this.locks.delete(name);
        };
      },
      keep: () => { this.kept++; },
      estimate: async () => this.quota === Infinity ? undefined : { quota: this.quota + this.optimism, usage: this.usage },
    };
    return without ? { ...device, [without]: undefined } as unknown as StorageDevice : device;
  }

  private file(name: string): StoredFile {
    const bytes = (): Uint8Array => this.files.get(name)!;
    const resize = (size: number): void => {
      if (this.usage - bytes().length + size > this.quota) {
        if (this.lies) return;
        throw new StorageFailure("NoSpace", "NoSpace");
      }
      const grown = new Uint8Array(size);
      grown.set(bytes().subarray(0, size));
      this.files.set(name, grown);
    };
    return {
      read: (into, at) => { const part = bytes().subarray(at, at + into.length); into.set(part); return part.length; },
      write: (from, at) => { if (at + from.length > bytes().length) resize(at + from.length); if (at + from.length <= bytes().length) bytes().set(from, at); },
      size: () => bytes().length, resize, flush: () => undefined,
      close: () => { this.opened.delete(name); },
    };
  }
}
