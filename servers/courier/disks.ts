// Disks for the page: what there is, images in and out, mounting. Acts with the courier's administrative names.

import { CacheClient } from "../../abi/generated/ts/client/cache.ts";
import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { MountFlags } from "../../abi/generated/ts/enums.ts";
import { DiskAccess, parseDiskName } from "../../lib/ts/disk-access.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { readListed } from "../../lib/ts/listed-text.ts";
import { mountDisk, type MountStep } from "../../lib/ts/mount-disk.ts";
import type { Naming } from "../../lib/ts/naming.ts";
import { recognizeDisk } from "../../lib/ts/recognize-disk.ts";
import { errorCause, errorName } from "../../lib/ts/status.ts";
import type { CacheCapacity, DiskMount, Progress, StorageAnswer, StorageReport, StorageRequest } from "../../lib/ts/storage-requests.ts";
import { listVolumes, type VolumeRow } from "../../lib/ts/volume-list.ts";
import { Failed } from "./files.ts";

const STEP = 1 << 20, SECTOR = 512;
/** What an error means of a disk, where that is more than its cause. */
const MEANINGS: Readonly<Record<string, string>> = {
  NotFound: "there is no such disk, or no driver for it", Exists: "a disk of that name exists", Busy: "it is in use, here or in another tab",
  NoSpace: "there is no space: the driver's limit or the browser's quota for this site is reached", NotSupported: "disks of this kind cannot do that in this session",
  Unavailable: "disks of this kind cannot be used: the session was opened from a link, or the browser does not offer this storage", BadArgument: "the name or the size is not allowed",
};

const SHARE_MEANINGS: Readonly<Record<string, string>> = {
  NoSpace: "the buffer cache does not have as many pages as would be kept for all disks together", NotFound: "it is not in the buffer cache any more", BadArgument: "it would be kept more than it may hold at the most",
};

const STEPS: Readonly<Record<MountStep, string>> = { disk: "the disk", type: "no server knows such file systems", cache: "the buffer cache", attach: "the file system", mount: "the directory" };

export class Disks {
  private readonly access: DiskAccess;
  constructor(private readonly kernel: Kernel, private readonly naming: Naming) { this.access = new DiskAccess(kernel); }

  /** Between pieces of an image other requests are answered. */
  async perform(request: StorageRequest, progress: (progress: Progress) => void): Promise<StorageAnswer<StorageRequest["kind"]>> {
    const { access } = this;
    switch (request.kind) {
      case "disks": return this.report();
      case "volumes": return this.volumes();
      case "cache": return this.capacity();
      case "create-disk": must(request.name, access.create(request.name, request.size)); return undefined;
      case "create-disk-from": this.createFrom(request.name, request.source); return undefined;
      case "import-disk": await this.import(request.name, request.file, progress); return undefined;
      case "export-disk": return this.export(request.name, progress);
      case "rename-disk": must(request.from, access.rename(request.from, request.to)); return undefined;
      case "remove-disk": must(request.name, access.remove(request.name)); return undefined;
      case "mount": return this.mount(request);
      case "unmount": mustPath(request.path, this.root().unmount(request.path)); return undefined;
      case "share": this.share(request); return undefined;
    }
  }

  private report(): StorageReport {
    const drivers: { driver: string; problem?: string }[] = [], disks = [];
    for (const driver of this.access.drivers()) {
      const listed = this.access.list(driver);
      if (listed.error) drivers.push({ driver, problem: errorCause(listed.error) }); else { drivers.push({ driver }); disks.push(...listed.disks); }
    }
    return { drivers, disks, mounts: this.mounts() };
  }

  private volumes(): readonly VolumeRow[] {
    const cache = this.naming.find("cache", false);
    if (cache < 0) return [];
    const listed = listVolumes(this.kernel, cache);
    return listed.error ? [] : listed.volumes;
  }

  private capacity(): CacheCapacity {
    const { pages, guaranteed } = must("cache", new CacheClient(this.kernel, this.server("cache")).capacity());
    return { pages, guaranteed };
  }

  private share({ name, guaranteed, limit }: Extract<StorageRequest, { kind: "share" }>): void {
    const { error } = new CacheClient(this.kernel, this.server("cache")).share(guaranteed, limit, name);
    if (error) throw new Failed(`The share of ${name} stays as it is: ${SHARE_MEANINGS[errorName(error)] ?? errorCause(error)}.`, errorName(error));
  }

  private mounts(): DiskMount[] {
    const root = this.root(), { text } = mustPath("/", readListed((position) => root.mounts(position)));
    return text.split("\n").flatMap((line) => {
      const [disk = "", path = "", type = "", flags = ""] = line.split(" ").map((word) => word.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))));
      return parseDiskName(disk) ? [{ disk, path, type, flags }] : [];
    });
  }

  private createFrom(name: string, source: string): void {
    if (!parseDiskName(source)) { must(name, this.access.createFrom(name, source, 0)); return; }
    const { disk } = must(source, this.access.open(source, true));
    try { must(name, this.access.createFrom(name, source, disk.cap)); } finally { disk.close(); }
  }

  private async import(name: string, file: Blob, progress: (progress: Progress) => void): Promise<void> {
    if (file.size === 0) throw new Failed("The file is empty.");
    must(name, this.access.create(name, Math.ceil(file.size / SECTOR) * SECTOR));
    const { disk } = must(name, this.access.open(name, false));
    let complete = false;
    try {
      for (let at = 0; at < file.size; at += STEP) {
        const part = new Uint8Array(await file.slice(at, at + STEP).arrayBuffer()), padded = new Uint8Array(Math.ceil(part.length / SECTOR) * SECTOR);
        padded.set(part);
        must(name, disk.write(at, padded));
        progress({ done: at + part.length, total: file.size });
      }
      must(name, disk.flush());
      complete = true;
    } finally {
      disk.close();
      // A disk that has half of the file is worse than none.
      if (!complete) this.access.remove(name);
    }
  }

  private async export(name: string, progress: (progress: Progress) => void): Promise<Blob> {
    const { disk } = must(name, this.access.open(name, true));
    try {
      // Blobs of Blobs: the browser keeps them outside of this Worker's memory.
      const parts: Blob[] = [];
      for (let at = 0; at < disk.size; at += STEP) {
        parts.push(new Blob([must(name, disk.read(at, Math.min(STEP, disk.size - at))).data as Uint8Array<ArrayBuffer>]));
        progress({ done: Math.min(at + STEP, disk.size), total: disk.size });
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      return new Blob(parts, { type: "application/octet-stream" });
    } finally { disk.close(); }
  }

  private mount({ disk, path, type, readOnly }: Extract<StorageRequest, { kind: "mount" }>): { type: string; readOnly: boolean; reason: string } {
    for (let at = path.indexOf("/", 1); ; at = path.indexOf("/", at + 1)) {
      const part = at < 0 ? path : path.slice(0, at), made = this.root().makeDirectory(0o755, part);
      if (made.error && errorName(made.error) !== "Exists") mustPath(part, made);
      if (at < 0) break;
    }
    const known = type === "auto" ? this.recognize(disk) : type;
    const mounted = mountDisk(this.kernel, { type: known, disk, path, directory: this.root(), flags: readOnly ? MountFlags.ReadOnly : 0 });
    if (mounted.error === 0) return { type: known, readOnly: readOnly || mounted.readOnly, reason: mounted.readOnly && !readOnly ? mounted.reason : "" };
    if (mounted.step === "disk") throw failure(disk, mounted.error);
    throw new Failed(`${disk} could not be mounted on ${path}: ${mounted.reason || `${STEPS[mounted.step]}: ${errorCause(mounted.error)}`}.`, errorName(mounted.error));
  }

  private recognize(name: string): string {
    const { disk } = must(name, this.access.open(name, true));
    try {
      return recognizeDisk(disk) ?? (() => { throw new Failed(`There is no file system on ${name} that is known here. Make one in a shell: mkfs.ext2 ${name}.`, "Corrupt"); })();
    } finally { disk.close(); }
  }

  private root(): DirectoryClient { return new DirectoryClient(this.kernel, this.server("vfs")); }

  private server(name: string): number {
    const slot = this.naming.find(name, false);
    if (slot < 0) throw new Failed(`There is no server ${name}.`, errorName(slot));
    return slot;
  }
}

function failure(about: string, error: number): Failed { return new Failed(`${about}: ${MEANINGS[errorName(error)] ?? errorCause(error)}.`, errorName(error)); }

function must<T extends { error: number }>(about: string, result: T): Extract<T, { error: 0 }> {
  if (result.error) throw failure(about, result.error);
  return result as Extract<T, { error: 0 }>;
}

function mustPath<T extends { error: number }>(path: string, result: T): Extract<T, { error: 0 }> {
  if (result.error) throw new Failed(`${path}: ${errorCause(result.error)}.`, errorName(result.error));
  return result as Extract<T, { error: 0 }>;
}
