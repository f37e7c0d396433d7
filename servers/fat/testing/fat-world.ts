// A fat server on the fake machine, with a plain volume or the real buffer cache under it.
//
//   const world = await FatWorld.create(imageBytes);            or: await FatWorld.empty({ pages: 256 }) for a cache of so many pages; world.attach(disk)
//   world.fs            FileSystemClient of the attached volume (undefined if the attach was refused: `error`, `reason`)
//   world.walk("/a/b")  inode of a path

import { FileSystemClient } from "../../../abi/generated/ts/client/file-system.ts";
import { FileSystemsClient } from "../../../abi/generated/ts/client/file-systems.ts";
import { FileFlags, FileKind } from "../../../abi/generated/ts/enums.ts";
import { RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { FakeMachine, type Domain } from "../../../lib/testing/fake-machine.ts";
import { OpenedFile, good, readEntries, type Entry } from "../../../lib/testing/files.ts";
import { PlainVolume } from "../../../lib/testing/plain-volume.ts";
import { RecordedDisk } from "../../../lib/testing/recorded-disk.ts";
import { areLinked } from "../../../lib/testing/linked.ts";
import { StorageWorld } from "../../../lib/testing/storage-world.ts";
import { image } from "../../../lib/testing/world.ts";

const MANAGER = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE;

export class FatWorld {
  disk!: RecordedDisk;
  /** What is killed when the volume is forgotten: the plain volume, or the driver. */
  private below!: Domain;
  private volume: PlainVolume | undefined;
  fs!: FileSystemClient;
  root = 0n;
  error = 0;
  reason = "";
  readOnly = false;

  private constructor(readonly machine: FakeMachine, readonly storage: StorageWorld | undefined, readonly fat: Domain, readonly client: Domain, readonly systems: FileSystemsClient) {}

  static async empty({ pages, capQuota }: { pages?: number; capQuota?: number } = {}): Promise<FatWorld> {
    const storage = pages === undefined ? undefined : await StorageWorld.create({ pages }), machine = storage?.machine ?? new FakeMachine();
    const module = await image("fat");
    const fat = storage && areLinked("cache", "fat") ? machine.member(storage.cacheServer, module) : await machine.addServer({ name: "fat", module, ...(capQuota === undefined ? {} : { capQuota }) });
    const client = storage?.client.domain ?? machine.addClient("client");
    return new FatWorld(machine, storage, fat, client, new FileSystemsClient(client.kernel, machine.give(client, fat, { rights: MANAGER })));
  }

  static async create(bytes: Uint8Array, flags = 0): Promise<FatWorld> { return (await FatWorld.empty()).attach(new RecordedDisk(bytes), flags); }

  attach(disk: RecordedDisk, flags = 0): this {
    this.disk = disk;
    const { volume, image: pages } = this.volumeOf(disk);
    const result = this.systems.attach(flags, BigInt(disk.size), volume, pages);
    this.client.kernel.capDelete(volume);
    this.client.kernel.capDelete(pages);
    this.error = result.error;
    this.reason = new TextDecoder().decode(good(this.systems.reason()).text);
    if (result.error) return this;
    this.readOnly = result.readOnly;
    this.fs = new FileSystemClient(this.client.kernel, result.root);
    this.root = good(this.fs.root()).inode;
    return this;
  }

  private volumeOf(disk: RecordedDisk): { volume: number; image: number } {
    if (this.storage) {
      const { volume, image: pages, driver } = this.storage.attach(disk);
      this.below = driver;
      return { volume: volume.cap, image: pages };
    }
    this.volume = new PlainVolume(this.machine, disk);
    this.below = this.volume.domain;
    return this.volume.give(this.client);
  }

  /** Let the cache do what it may do at any time: give up clean pages, write dirty ones. */
  pressure(): void { this.volume?.reclaim(); this.storage?.tick(); }

  /** Unmount, and forget the volume. */
  detach(): number {
    const { error } = this.fs.detach();
    if (!error) this.forget();
    return error;
  }
  /** After an attach that was refused. */
  forgetRefused(): void { this.machine.settle(); this.machine.kill(this.below); }
  forget(): void {
    this.client.kernel.capDelete(this.fs.cap);
    this.machine.settle();
    this.machine.kill(this.below);
  }

  walk(path: string): bigint { return path.split("/").filter((part) => part).reduce((directory, name) => good(this.fs.lookup(directory, name)).inode, this.root); }
  private split(path: string): [bigint, string] { const at = path.lastIndexOf("/"); return [this.walk(path.slice(0, Math.max(at, 0))), path.slice(at + 1)]; }

  entries(directory: bigint, capacity?: number): Entry[] {
    return readEntries((cookie, room) => this.fs.readDirectory(directory, cookie, room), capacity).filter(({ name }) => name !== "." && name !== "..");
  }
  names(path: string): string[] { return this.entries(this.walk(path)).map(({ name }) => name); }
  open(inode: bigint, flags: number = FileFlags.Read | FileFlags.Write): OpenedFile {
    const { file, data, size } = good(this.fs.open(inode, flags as FileFlags, 7n));
    return new OpenedFile(this.client.kernel, file, data, size, false);
  }
  make(path: string, kind: number = FileKind.Regular, mode = 0o644): bigint { const [directory, name] = this.split(path); return good(this.fs.create(directory, kind as FileKind, mode, name)).inode; }
  makeDirectory(path: string): bigint { return this.make(path, FileKind.Directory); }
  remove(path: string, directory = false): void { const [parent, name] = this.split(path); good(this.fs.unlink(parent, directory, name)); }
  rename(from: string, to: string): void { const [a, x] = this.split(from), [b, y] = this.split(to); good(this.fs.rename(a, b, x, y)); }
  exists(path: string): boolean { try { this.walk(path); return true; } catch { return false; } }

  write(path: string, contents: Uint8Array | string): void {
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    const file = this.open(this.exists(path) ? this.walk(path) : this.make(path), FileFlags.Write | FileFlags.Truncate);
    for (let at = 0; at < bytes.length; at += 65536) file.write(bytes.subarray(at, at + 65536), BigInt(at));
    file.close();
  }

  /** The whole of a file, by `read` calls and by its Dataspace, which must agree. */
  read(path: string): Uint8Array {
    const file = this.open(this.walk(path), FileFlags.Read);
    const bytes = new Uint8Array(Number(file.size)), mapped = this.client.kernel.dataspaceRead(file.data, 0n, bytes.length).data;
    for (let at = 0; at < bytes.length;) {
      const part = file.bytes(BigInt(at), 65536);
      if (part.length === 0) throw new Error(`${path} ends at ${at} of ${bytes.length}`);
      bytes.set(part, at);
      at += part.length;
    }
    file.close();
    if (Buffer.compare(bytes, mapped) !== 0) throw new Error(`${path}: its Dataspace has other bytes`);
    return bytes;
  }

  /** Every file and directory below a path, with the contents of files. */
  tree(path = ""): Map<string, Uint8Array | undefined> {
    const found = new Map<string, Uint8Array | undefined>();
    for (const { name, kind } of this.entries(this.walk(path))) {
      const below = `${path}/${name}`;
      if (kind !== FileKind.Directory) { found.set(below, this.read(below)); continue; }
      found.set(below, undefined);
      for (const [each, contents] of this.tree(below)) found.set(each, contents);
    }
    return found;
  }
}
