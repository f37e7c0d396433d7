// The disks of the made-up system (fake-machine.ts): nothing of them is stored or measured.

import type { DiskLine } from "../../lib/ts/disk-access.ts";
import type { DiskMount, StorageRequest } from "../../lib/ts/storage-requests.ts";
import type { VolumeRow } from "../../lib/ts/volume-list.ts";

/** Pages of the cache: 256 MiB. */
const CACHE_PAGES = 65536;

export class FakeDisks {
  #disks: DiskLine[] = [
    { driver: "opfs", name: "home", size: 256 << 20, persistent: true, readOnly: false, open: true, origin: "" },
    { driver: "opfs", name: "held-elsewhere", size: 64 << 20, persistent: true, readOnly: false, open: false, origin: "" },
    { driver: "ram", name: "scratch", size: 32 << 20, persistent: false, readOnly: false, open: true, origin: "" },
    { driver: "overlay", name: "try-out", size: 256 << 20, persistent: false, readOnly: false, open: false, origin: "http:debian" },
    { driver: "http", name: "debian", size: 900 << 20, persistent: false, readOnly: true, open: true, origin: "images/debian.img" },
  ];
  #mounts: DiskMount[] = [{ disk: "opfs:home", path: "/mnt/home", type: "ext2", flags: "rw" }, { disk: "ram:scratch", path: "/mnt/scratch", type: "fat", flags: "rw" }];
  #looks = 0;
  readonly #shares = new Map([["opfs:home", { guaranteed: 2048, limit: 4096 }], ["ram:scratch", { guaranteed: 512, limit: 1024 }]]);

  async perform(request: StorageRequest, progress?: (progress: { done: number; total: number }) => void): Promise<unknown> {
    switch (request.kind) {
      case "disks": return { drivers: ["opfs", "idb", "ram", "overlay", "http"].map((driver) => ({ driver })), disks: this.#disks.map((disk) => ({ ...disk })), mounts: [...this.#mounts] };
      case "volumes": return this.#volumes();
      case "create-disk": this.#add(request.name, request.size, ""); return undefined;
      case "create-disk-from": this.#add(request.name, 64 << 20, request.source); return undefined;
      case "import-disk":
        for (let part = 1; part <= 4; part++) { await new Promise((resolve) => setTimeout(resolve, 20)); progress?.({ done: (request.file.size * part) / 4, total: request.file.size }); }
        this.#add(request.name, Math.ceil(request.file.size / 512) * 512, "");
        return undefined;
      case "export-disk": this.#find(request.name); return new Blob([new Uint8Array(1024)]);
      case "rename-disk": { const [driver = "", name = ""] = request.to.split(":"); this.#replace(request.from, { driver, name }); return undefined; }
      case "remove-disk": this.#find(request.name); this.#disks = this.#disks.filter((disk) => `${disk.driver}:${disk.name}` !== request.name); return undefined;
      case "mount":
        if (request.disk === "opfs:held-elsewhere") throw Object.assign(new Error(`${request.disk}: it is in use, here or in another tab.`), { name: "Busy" });
        this.#replace(request.disk, { open: true });
        this.#mounts.push({ disk: request.disk, path: request.path, type: request.type === "auto" ? "ext2" : request.type, flags: request.readOnly ? "ro" : "rw" });
        return { type: "ext2", readOnly: request.readOnly, reason: "" };
      case "unmount": {
        const mount = this.#mounts.find(({ path }) => path === request.path);
        this.#mounts = this.#mounts.filter((one) => one !== mount);
        if (mount) this.#replace(mount.disk, { open: false });
        return undefined;
      }
      case "cache": return { pages: CACHE_PAGES, guaranteed: this.#guaranteed() };
      case "share": {
        const { name, guaranteed, limit } = request;
        if (this.#guaranteed() - this.#share(name).guaranteed + guaranteed > CACHE_PAGES) throw new Error(`The share of ${name} stays as it is: the buffer cache does not have as many pages as would be kept for all disks together.`);
        this.#shares.set(name, { guaranteed, limit });
        return undefined;
      }
    }
  }

  #share(name: string): { guaranteed: number; limit: number } { return this.#shares.get(name) ?? { guaranteed: 64, limit: 0 }; }
  #guaranteed(): number { return this.#mounts.reduce((sum, { disk }) => sum + this.#share(disk).guaranteed, 0); }

  #find(full: string): DiskLine {
    const disk = this.#disks.find(({ driver, name }) => `${driver}:${name}` === full);
    if (!disk) throw Object.assign(new Error(`${full}: there is no such disk.`), { name: "NotFound" });
    return disk;
  }

  #replace(full: string, part: Partial<DiskLine>): void { const disk = this.#find(full); this.#disks = this.#disks.map((one) => (one === disk ? { ...one, ...part } : one)); }

  #add(full: string, size: number, origin: string): void {
    const [driver = "", name = ""] = full.split(":");
    if (this.#disks.some((disk) => disk.driver === driver && disk.name === name)) throw Object.assign(new Error(`${full}: a disk of that name exists.`), { name: "Exists" });
    this.#disks.push({ driver, name, size, persistent: driver === "opfs" || driver === "idb", readOnly: driver === "http", open: false, origin });
  }

  #volumes(): VolumeRow[] {
    const look = ++this.#looks, wave = (period: number, least: number, most: number): number => Math.round(least + ((most - least) * (1 + Math.sin(look / period))) / 2);
    return this.#mounts.map(({ disk }, index) => {
      const pages = index === 0 ? wave(9, 2600, 3400) : wave(5, 300, 700), { guaranteed, limit } = this.#share(disk);
      return {
        name: disk, pages, guaranteed, limit, dirty: wave(4 + index, 0, 220), hits: look * 400, misses: look * 12 + wave(3, 0, 8), readAhead: look * 5, evictions: look * 2,
        writeBacks: look * 20, barriers: look, diskReads: look * 3, diskWrites: look * 4, failures: 0, objects: 12 + index, borrowed: Math.max(0, pages - guaranteed), lastError: 0, policy: 3 * (1 - index),
      };
    });
  }
}
