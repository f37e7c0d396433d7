// Disks, the buffer cache and file systems on the fake machine, beside the servers of World (names, tmpfs at /, vfs, pipe).
//
//   const world = await StorageWorld.create();                         with options { pages } of the cache, and those of World
//   const disk = new RecordedDisk(imageBytes);                          recorded-disk.ts: the write log, crash images, failures
//   const attached = world.attach(disk, { name: "home" });              disk -> cache: { volume: VolumeClient, image: slot, size, flags }
//   await world.mount("ext2", disk, "/mnt");                            starts servers/ext2 (once), attaches the disk to it and mounts it: uses world.root
//   world.tick(6_000_000_000n);                                         the cache's home Worker does its round after so many ns
//   world.unmount("/mnt");                                              and everything is written; world.release(attached) drops what attach gave
//
// A crash test: mount, work, remember `disk.log.length` at each fsync; then for any `at`: mount `new RecordedDisk(disk.crashImage(at, random))` in a fresh
// world (worlds are cheap: modules are compiled once) and look. The fake machine has one thread: `machine.interleave` lets others in at calls.

import { CacheClient } from "../../abi/generated/ts/client/cache.ts";
import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { FileSystemsClient } from "../../abi/generated/ts/client/file-systems.ts";
import { VolumeClient } from "../../abi/generated/ts/client/volume.ts";
import { RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import type { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { DiskDriver } from "../ts/disk-driver.ts";
import type { Incoming, Outcome } from "../ts/kernel.ts";
import type { Domain, FakeMachine, ServerOptions } from "./fake-machine.ts";
import { good } from "./files.ts";
import { areLinked } from "./linked.ts";
import type { RecordedDisk } from "./recorded-disk.ts";
import { World, image as moduleOf, type Client } from "./world.ts";

const MANAGER = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE;

export interface Attached { readonly volume: VolumeClient; readonly image: number; readonly size: bigint; readonly flags: number; readonly driver: Domain }
export interface Shares { name?: string; guaranteed?: number; limit?: number }
export interface StorageOptions { /** Pages of the cache in all. */ pages?: number; cache?: Partial<ServerOptions>; tmpfs?: Partial<ServerOptions> }

/** A domain that serves the disk as a block driver would, under the name "disk". */
export function recordedDiskDomain(machine: FakeMachine, disk: RecordedDisk, name = "disk-recorded"): Domain {
  let driver: DiskDriver | undefined;
  const domain = machine.addHandler({ name }, (incoming: Incoming, kernel): Outcome | "deferred" => {
    driver ??= new DiskDriver(kernel, name, { list: () => [{ name: "disk", size: disk.size, flags: disk.flags }], open: () => disk });
    driver.custody.begin(incoming);
    const outcome = driver.dispatch(incoming);
    driver.custody.end();
    return outcome;
  });
  return domain;
}

export class StorageWorld {
  private lastName = 0;
  private readonly fileSystems = new Map<string, Domain>();
  private constructor(readonly world: World, readonly cacheServer: Domain, readonly cache: CacheClient) {}

  static async create({ pages, cache: cacheOptions, ...options }: StorageOptions = {}): Promise<StorageWorld> {
    const world = await World.create(options), { machine, client } = world;
    const server = await machine.addServer({ ...cacheOptions, name: "cache", module: cacheOptions?.module ?? await moduleOf("cache") });
    const cache = new CacheClient(client.kernel, machine.give(client.domain, server, { rights: MANAGER }));
    if (pages !== undefined) good(cache.configure(0, pages));
    return new StorageWorld(world, server, cache);
  }

  get machine(): FakeMachine { return this.world.machine; }
  get root(): DirectoryClient { return this.world.root; }
  get client(): Client { return this.world.client; }

  /** Open the disk at a driver of its own and take it into the cache. */
  attach(disk: RecordedDisk, { name = `disk${++this.lastName}`, guaranteed = 0, limit = 0 }: Shares = {}): Attached {
    const { machine, client } = this, driver = recordedDiskDomain(machine, disk, `disk-${name}`);
    const disks = machine.give(client.domain, driver, { rights: MANAGER });
    const opened = good(new DisksClient(client.kernel, disks).open(0, "disk")).disk, made = this.cache.attach(opened, guaranteed, limit, name);
    for (const slot of [disks, opened]) client.kernel.capDelete(slot);
    const { volume, image, size, flags } = good(made);
    return { volume: new VolumeClient(client.kernel, volume), image, size, flags, driver };
  }

  /** Drop the client's capabilities to a volume: if nobody else has any, it ends. */
  release({ volume, image }: Attached): void {
    for (const slot of [volume.cap, image]) this.client.kernel.capDelete(slot);
    this.machine.settle();
  }

  /** The server of file systems named so (servers/NAME), started on first use. */
  async server(name: string, options: Partial<ServerOptions> = {}): Promise<Domain> {
    const known = this.fileSystems.get(name);
    if (known) return known;
    const module = await moduleOf(name);
    const domain = areLinked("cache", name) ? this.machine.member(this.cacheServer, module) : await this.machine.addServer({ ...options, name, module });
    this.fileSystems.set(name, domain);
    return domain;
  }

  /** Attach a disk to the cache, the volume to a server of file systems, and mount it. The client keeps nothing but the mount. */
  async mount(server: string, disk: RecordedDisk, path: string, flags = 0, shares: Shares = {}): Promise<{ readOnly: boolean; driver: Domain }> {
    const { client, machine } = this, manager = machine.give(client.domain, await this.server(server), { rights: MANAGER }), attached = this.attach(disk, shares);
    const fileSystems = new FileSystemsClient(client.kernel, manager), made = fileSystems.attach(flags, attached.size, attached.volume.cap, attached.image);
    const reason = new TextDecoder().decode(good(fileSystems.reason()).text);
    client.kernel.capDelete(manager);
    this.release(attached);
    if (made.error) throw new Error(`attaching to ${server} failed with error ${made.error}: ${reason}`);
    const mounted = this.root.mount(made.readOnly ? flags | 1 : flags, made.root, path, server);
    client.kernel.capDelete(made.root);
    good(mounted);
    return { readOnly: made.readOnly, driver: attached.driver };
  }

  unmount(path: string): void {
    good(this.root.unmount(path));
    this.machine.settle();
  }

  /** Let `time` ns pass, in seconds, with the cache's rounds. */
  tick(time = 1_000_000_000n): void {
    for (const end = this.machine.time + time; this.machine.time < end;) {
      this.machine.time += 1_000_000_000n;
      // The round runs in the home Worker, inside no call.
      const { tick, tick_cache } = this.cacheServer.instances[0] as unknown as Record<"tick" | "tick_cache", (() => void) | undefined>;
      this.machine.asAnotherThread(() => (tick ?? tick_cache)!());
    }
    this.machine.settle();
  }
}

