// A disk that fails from some moment on, reads included: whoever wants something of it is told Io.

import { expect, test } from "vitest";
import { FileKind } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { good } from "../../lib/testing/files.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { makeFat } from "../../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../../personalities/native/storage-tools/sector-device.ts";
import { FatWorld } from "./testing/fat-world.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 31 + (i >> 8) & 255);

test.each([undefined, 256])("says Io of a disk that has failed, whatever is to be changed, and never that memory ran out (pages of the cache: %s)", async (pages) => {
  const device = new MemoryDevice(new Uint8Array(4 << 20)), world = await FatWorld.empty(pages === undefined ? {} : { pages });
  makeFat(device, { serial: 1, time: 0, type: 16, sectorsPerCluster: 1 });
  world.attach(new RecordedDisk(device.bytes));
  for (let i = 0; i < 40; i++) world.write(`/a file with a long name ${i}`, bytes(i * 1000));
  world.makeDirectory("/from");
  world.makeDirectory("/to");
  for (let i = 0; i < 40; i++) world.write(`/from/another long name ${i}`, bytes(700));
  world.makeDirectory("/from/turned");
  good(world.fs.sync());
  const { fs, root } = world, from = world.walk("/from"), to = world.walk("/to"), files = Array.from({ length: 40 }, (_, i) => world.walk(`/a file with a long name ${i}`)), said = new Set<number>();
  const opened = [0, 1, 30, 39].map((i) => world.open(files[i]!));
  world.pressure();
  world.disk.fail = () => "Io";
  for (let round = 0; round < 20; round++) {
    const results = [
      fs.create(root, FileKind.Regular, 0o644, `made ${round}`), fs.create(to, FileKind.Directory, 0o755, `made ${round}`), fs.rename(from, to, `another long name ${round}`, `moved ${round}`), fs.rename(from, from, `another long name ${round + 20}`, `renamed ${round}`),
      fs.rename(from, to, "turned", "turned"), fs.unlink(from, false, `another long name ${round + 10}`), fs.unlink(root, false, `a file with a long name ${round + 2}`), fs.setMode(files[30]!, 0o444 + (round & 1) * 0o200), fs.sync(),
    ];
    for (const { error } of results) said.add(error);
    for (const file of opened) { said.add(file.client.write(BigInt(round * 20_000), bytes(20_000)).error); said.add(file.client.setSize(BigInt(round * 900)).error); }
    world.pressure();
  }
  expect(said).toContain(Errors.Io);
  expect([...said].filter((error) => ![0, Errors.Io, Errors.ReadOnly, Errors.NotFound].includes(error))).toEqual([]);
});
