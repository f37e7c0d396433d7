// An ext2 server on the fake machine, with one volume on a hostile volume (hostile-volume.ts).
//
//   const world = await Ext2World.create(image, { seed, malice, readOnly });
//   world.fs                    FileSystemClient of the volume
//   world.open(inode, flags)    an OpenedFile
//   world.detach()              unmount; world.disk.contents is the image then

import { FileSystemClient } from "../../../abi/generated/ts/client/file-system.ts";
import { FileSystemsClient } from "../../../abi/generated/ts/client/file-systems.ts";
import { RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { FakeMachine, type Domain } from "../../../lib/testing/fake-machine.ts";
import { OpenedFile, good, readEntries, type Entry } from "../../../lib/testing/files.ts";
import { randomNumbers } from "../../../lib/testing/random.ts";
import { RecordedDisk } from "../../../lib/testing/recorded-disk.ts";
import { image as moduleOf } from "../../../lib/testing/world.ts";
import { HostileVolume } from "./hostile-volume.ts";

export interface Ext2Options { seed?: number; malice?: number; readOnly?: boolean; diskReadOnly?: boolean }

export class AttachError extends Error { constructor(readonly error: number, readonly reason: string) { super(`attach failed with error ${error}: ${reason}`); } }

export class Ext2World {
  private constructor(
    readonly machine: FakeMachine, readonly server: Domain, readonly client: Domain, readonly disk: RecordedDisk, readonly volume: HostileVolume,
    readonly fs: FileSystemClient, readonly readOnly: boolean, readonly reason: string,
  ) {}

  static async create(image: Uint8Array, { seed = 1, malice = 0.2, readOnly = false, diskReadOnly = false }: Ext2Options = {}): Promise<Ext2World> {
    const machine = new FakeMachine(), disk = new RecordedDisk(image, diskReadOnly ? 1 : 0);
    const server = await machine.addServer({ name: "ext2", module: await moduleOf("ext2"), memoryPages: 160 });
    const client = machine.addClient("client"), volume = new HostileVolume(machine, disk, randomNumbers(seed));
    volume.malice = malice;
    const given = volume.give(client);
    const manager = new FileSystemsClient(client.kernel, machine.give(client, server, { rights: RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE }));
    const attached = manager.attach(readOnly ? 1 : 0, BigInt(disk.size), given.volume, given.image);
    const reason = new TextDecoder().decode(good(manager.reason()).text);
    for (const slot of [given.volume, given.image]) client.kernel.capDelete(slot);
    if (attached.error) throw new AttachError(attached.error, reason);
    return new Ext2World(machine, server, client, disk, volume, new FileSystemClient(client.kernel, attached.root), attached.readOnly, reason);
  }

  get root(): bigint { return good(this.fs.root()).inode; }

  open(inode: bigint, flags: number): OpenedFile {
    const { file, data, size } = good(this.fs.open(inode, flags, 7n));
    return new OpenedFile(this.client.kernel, file, data, size, false);
  }

  entries(directory: bigint, capacity?: number): Entry[] { return readEntries((cookie, room) => this.fs.readDirectory(directory, cookie, room), capacity); }

  /** All bytes of a file, by way of its Dataspace. */
  contents(inode: bigint): Uint8Array {
    const file = this.open(inode, 1), size = Number(file.size), bytes = new Uint8Array(size);
    try {
      for (let at = 0; at < size;) {
        const { status, data } = this.client.kernel.dataspaceRead(file.data, BigInt(at), Math.min(65536, size - at));
        if (status <= 0) throw new Error(`reading the Dataspace of inode ${inode} at ${at}: ${status}`);
        bytes.set(data, at);
        at += data.length;
      }
    } finally { file.close(); }
    return bytes;
  }

  /** Let six seconds pass: the home Worker commits what is old. */
  tick(): void {
    this.machine.time += 6_000_000_000n;
    this.machine.asAnotherThread(() => (this.server.instances[0] as unknown as { tick(): void }).tick());
  }

  detach(): void { good(this.fs.detach()); }
}
