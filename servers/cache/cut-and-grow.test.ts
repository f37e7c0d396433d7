// What is cut off a file does not come back when the file grows again: not after its pages were given up and read again, and not after a crash. On every file
// system that lives on the cache, whatever is cut and however it grows; the disk is full of other bytes before (I20 in docs/invariants.md).

import { describe, expect, test } from "vitest";
import { FileFlags } from "../../abi/generated/ts/enums.ts";
import { good, openFile, type OpenedFile } from "../../lib/testing/files.ts";
import { randomNumbers } from "../../lib/testing/random.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { StorageWorld } from "../../lib/testing/storage-world.ts";
import { makeExt2 } from "../../personalities/native/storage-tools/ext2/make.ts";
import { makeFat } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice, type SectorDevice } from "../../personalities/native/storage-tools/sector-device.ts";

const { Read, Write, Create } = FileFlags;
const PAGE = 4096, SIZE = 8 << 20, ROUNDS = Number(process.env["GRAIL_CUTS"] ?? 10);
const KINDS: readonly [string, string, (device: SectorDevice) => void][] = [
  ["ext2 of 1 KiB blocks", "ext2", (device) => { makeExt2(device, { blockSize: 1024 }); }], ["ext2 of 4 KiB blocks", "ext2", (device) => { makeExt2(device, { blockSize: 4096 }); }],
  ["FAT of 512-byte clusters", "fat", (device) => { makeFat(device, { serial: 1, time: 0, type: 16, sectorsPerCluster: 1 }); }],
  ["FAT of 16 KiB clusters", "fat", (device) => { makeFat(device, { serial: 1, time: 0, type: 12, sectorsPerCluster: 32 }); }],
];

async function mounted(server: string, disk: RecordedDisk): Promise<StorageWorld> {
  const world = await StorageWorld.create({ pages: 128 });
  good(world.root.makeDirectory(0o755, "mnt"));
  expect((await world.mount(server, disk, "/mnt")).readOnly).toBe(false);
  return world;
}

/** The whole of a file, by its Dataspace. */
function contents(world: StorageWorld, file: OpenedFile): Uint8Array {
  const size = Number(good(file.client.stat()).attributes.size), all = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const { data } = world.client.kernel.dataspaceRead(file.data, BigInt(at), Math.min(65536, size - at));
    if (data.length === 0) throw new Error(`nothing at ${at} of ${size}`);
    all.set(data, at);
    at += data.length;
  }
  return all;
}

/** More is read than the cache has room for, after all that is dirty was written. */
function pressure(world: StorageWorld): void {
  world.tick(40_000_000_000n);
  const other = openFile(world.root, "/mnt/other", Read);
  contents(world, other);
  other.close();
}

describe.each(KINDS)("%s", (_name, server, make) => {
  test("gives zeros where a file was cut and grew again, out of the cache, from the disk and after a crash", async () => {
    const device = new MemoryDevice(new Uint8Array(SIZE).fill(0xee)), random = randomNumbers(SIZE), below = (limit: number): number => Math.floor(random() * limit);
    make(device);
    let disk = new RecordedDisk(device.bytes), world = await mounted(server, disk);
    const write = (path: string, bytes: Uint8Array): void => {
      const file = openFile(world.root, path, Read | Write | Create);
      for (let at = 0; at < bytes.length; at += 65536) file.write(bytes.subarray(at, at + 65536), BigInt(at));
      good(file.client.sync(false));
      file.close();
    };
    write("/mnt/other", new Uint8Array(200 * PAGE).fill(0xbb));
    for (let round = 0; round < ROUNDS; round++) {
      const size = PAGE + below(6 * PAGE), cut = below(size), grown = cut + 1 + below(5 * PAGE), wanted = new Uint8Array(grown).fill(0xaa, 0, cut), what = `round ${round}: ${size} bytes cut to ${cut}, grown to ${grown}`;
      write("/mnt/file", new Uint8Array(size).fill(0xaa));
      if (below(2)) pressure(world);
      let file = openFile(world.root, "/mnt/file", Read | Write);
      good(file.client.setSize(BigInt(cut)));
      switch (below(4)) {
        case 0: pressure(world); break;
        case 1: good(file.client.sync(false)); pressure(world); break;
        case 2: {
          // The world stops: what was flushed is there, of the rest any part.
          good(file.client.sync(false));
          disk = new RecordedDisk(disk.crashImage(disk.log.length, random));
          world = await mounted(server, disk);
          file = openFile(world.root, "/mnt/file", Read | Write);
          break;
        }
      }
      if (below(2)) good(file.client.setSize(BigInt(grown)));
      else {
        file.write(new Uint8Array([0x77]), BigInt(grown - 1));
        wanted[grown - 1] = 0x77;
      }
      for (const [when, first] of [["at once", () => undefined], ["after it was given up", () => { pressure(world); }]] as const) {
        first();
        const found = contents(world, file), at = found.findIndex((byte, i) => byte !== wanted[i]);
        expect(at < 0 ? "as it should be" : `${found[at]} at ${at}`, `${what}, ${when}`).toBe("as it should be");
      }
      good(file.client.setSize(0n));
      file.close();
    }
    world.unmount("/mnt");
  }, 180_000);
});
