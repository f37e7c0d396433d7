// ext2 on the real buffer cache, mounted in the VFS, with a cache that is much smaller than the data: what is written is read back, also after
// the volume was unmounted and mounted again, and e2fsck finds nothing.

import { describe, expect, test } from "vitest";
import { FileFlags } from "../../abi/generated/ts/enums.ts";
import { good, openFile } from "../../lib/testing/files.ts";
import { randomNumbers } from "../../lib/testing/random.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { StorageWorld } from "../../lib/testing/storage-world.ts";
import { e2fsck, haveE2fsprogs, mke2fs } from "./testing/e2fsprogs.ts";

const { Read, Write, Create } = FileFlags;

describe.skipIf(!haveE2fsprogs)("on the real cache", () => {
  test.each([1024, 4096])("files of %i byte blocks come back, out of a cache of 256 pages", async (blockSize) => {
    const disk = new RecordedDisk(mke2fs(["-t", "ext3", "-b", String(blockSize)], 24 << 20)), random = randomNumbers(blockSize), files = new Map<string, Uint8Array>();
    for (let round = 0; round < 3; round++) {
      const world = await StorageWorld.create({ pages: 256 }), { kernel } = world.client;
      good(world.root.makeDirectory(0o755, "mnt"));
      expect((await world.mount("ext2", disk, "/mnt")).readOnly).toBe(false);
      for (let step = 0; step < 40; step++) {
        const name = `f${Math.floor(random() * 8)}`, path = `/mnt/${name}`, file = openFile(world.root, path, Read | Write | Create);
        let data = files.get(name) ?? new Uint8Array(0);
        if (random() < 0.7) {
          const at = Math.floor(random() * Math.min(data.length + 5000, 1_500_000)), bytes = new Uint8Array(1 + Math.floor(random() * 65535)).map(() => random() * 256);
          const grown = new Uint8Array(Math.max(data.length, at + bytes.length));
          grown.set(data);
          grown.set(bytes, at);
          data = grown;
          for (let done = 0; done < bytes.length;) done += file.write(bytes.subarray(done), BigInt(at + done));
        } else if (random() < 0.5) {
          const size = Math.floor(random() * data.length);
          good(file.client.setSize(BigInt(size)));
          data = data.slice(0, size);
        }
        files.set(name, data);
        // By the Dataspace, as a client reads.
        for (let at = 0; at < data.length;) {
          const read = kernel.dataspaceRead(file.data, BigInt(at), Math.min(65536, data.length - at));
          expect(read.status, `${path} at ${at}`).toBeGreaterThan(0);
          expect(Buffer.compare(read.data, data.subarray(at, at + read.data.length)), `${path} at ${at}`).toBe(0);
          at += read.data.length;
        }
        file.close();
        if (step % 10 === 9) world.tick(2_000_000_000n);
      }
      world.unmount("/mnt");
      const checked = e2fsck(disk.contents);
      expect(checked.status, checked.output).toBe(0);
    }
  }, 120_000);
});
