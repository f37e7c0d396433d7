// A buffer cache on the real kernel with disks in memory, each of a driver of its own, and domains that use its volumes (programs/cached.ts).

import { expect } from "vitest";
import { RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import type { TestDomain, TestMachine, TestServer } from "../testing/test-machine.ts";
import { DISK, DISK_SIZE, IMAGE, VOLUME } from "./programs/cached.ts";

const DISK_RAM = 19;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const good = (slot: number | undefined): number => { expect(slot).toBeGreaterThan(0); return slot!; };

export interface TestVolume { readonly driver: number; readonly disks: number; readonly disk: number; readonly volume: number; readonly image: number }

export class CacheWorld {
  private constructor(readonly machine: TestMachine, readonly cache: TestServer) {}

  /** `policy`: a ReplacementPolicy; `pages` in all. */
  static async start(machine: TestMachine, placement: "inline" | "worker", policy: number, pages: number): Promise<CacheWorld> {
    const cache = await machine.server("cache", placement);
    expect((await machine.init.do("call", cache.endpoint, 0x3c03, { words: [policy, pages] })).status).toBe(0);
    return new CacheWorld(machine, cache);
  }

  /** A new disk as a volume of the cache. `limit`: its pages, 0 for as many as are free. */
  async attach(name: string, limit = 0): Promise<TestVolume> {
    const { init } = this.machine, driver = good(await init.do("domainCreate", 256, 16, 0, 0)), disks = good(await init.do("endpointCreate"));
    await init.do("capGrant", driver, disks, RIGHT_ALL, 0, SLOT_SELF);
    expect(await init.do("domainStart", driver, 0, DISK_RAM)).toBe(0);
    expect((await init.do("call", disks, 0x3b03, { words: [DISK_SIZE], send: [text("d")] })).status).toBe(0);
    const disk = good((await init.do("call", disks, 0x3b02, { words: [0], send: [text("d")] })).caps[0]);
    const attached = await init.do("call", this.cache.endpoint, 0x3c01, { words: [0, limit], caps: [disk], send: [text(name)] });
    expect(attached.status).toBe(0);
    const [volume, image] = attached.caps as [number, number];
    return { driver, disks, disk, volume, image };
  }

  /** Domains that have the volume, its image and its disk where programs/cached.ts looks for them. */
  async users({ volume, image, disk }: TestVolume, count: number): Promise<TestDomain[]> {
    const users = await Promise.all(Array.from({ length: count }, () => this.machine.domain()));
    for (const user of users) for (const [slot, at] of [[volume, VOLUME], [image, IMAGE], [disk, DISK]] as const) {
      expect(await this.machine.init.do("capGrant", user.slot, slot, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0, at)).toBe(at);
    }
    return users;
  }

  /** Fields of VolumeStatistics by their offset. */
  async figures({ volume }: TestVolume): Promise<(at: number) => number> {
    const { status, data } = await this.machine.init.do("call", volume, 0x3d0a, { receive: 128 });
    expect(status).toBe(0);
    const view = new DataView(data.slice().buffer);
    return (at) => Number(view.getBigUint64(at, true));
  }

  async release({ volume, image, disk }: TestVolume): Promise<void> { for (const slot of [volume, image, disk]) await this.machine.init.do("capDelete", slot); }

  /** The end of everything, so that nothing is leaked. */
  async end(users: readonly TestDomain[], volumes: readonly TestVolume[]): Promise<void> {
    for (const volume of volumes) await this.release(volume);
    await this.machine.end(...users, this.cache, ...volumes.map(({ driver, disks }) => ({ slot: driver, endpoint: disks })));
  }
}
