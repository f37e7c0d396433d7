// For the cache's tests: a world whose cache checks itself, and a file system of the smallest kind over a volume. It keeps its block maps here in the
// test, gives any free block to files and to metadata alike, and knows what everything should contain.

import { Errors } from "../../../abi/generated/ts/errors.ts";
import type { Failure } from "../../../abi/generated/ts/message.ts";
import { FRAME_SIZE, MAP_PATIENCE, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { compile } from "../../../lib/testing/compile.ts";
import { good } from "../../../lib/testing/files.ts";
import type { RecordedDisk } from "../../../lib/testing/recorded-disk.ts";
import { StorageWorld, type Attached, type Shares, type StorageOptions } from "../../../lib/testing/storage-world.ts";

export async function checkedWorld(options: StorageOptions = {}): Promise<StorageWorld> {
  return StorageWorld.create({ ...options, cache: { ...options.cache, module: await compile("servers/cache/assembly/checked.ts") } });
}

/** Throws if the cache's state is broken. */
export function checkInvariants(world: StorageWorld): void {
  const broken = world.machine.asAnotherThread(() => (world.cacheServer.instances[1] as unknown as { brokenInvariant(): number }).brokenInvariant());
  if (broken) throw new Error(`invariant ${broken} of the cache is broken`);
}

/** From now on the cache leaves what it reads ahead to `aheadStep`, as where its home Worker serves. */
export function leaveAhead(world: StorageWorld): void { world.machine.asAnotherThread(() => (world.cacheServer.instances[1] as unknown as { leaveAhead(): number }).leaveAhead()); }
/** The home Worker reads a transfer ahead, if there is something to read. */
export function aheadStep(world: StorageWorld): void { world.machine.asAnotherThread(() => { (world.cacheServer.instances[1] as unknown as { aheadStep(): void }).aheadStep(); }); }

export const places = (sectors: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(sectors).buffer);

export interface MiniFile { object: number; dataspace: number; /** Without Manage. */ weak: number; blocks: number[]; content: Uint8Array }

/** Throws a refusal's error number. */
export class Refused extends Error { constructor(readonly error: number) { super(`error ${error}`); } }
function wanted<T extends { error: 0 }>(result: T | Failure): T {
  if (result.error !== 0) throw new Refused(result.error);
  return result as T;
}

export class MiniFileSystem {
  readonly files: MiniFile[] = [];
  /** Blocks of metadata, by number of block, with what they contain. */
  readonly metadata = new Map<number, Uint8Array>();
  readonly attached: Attached;
  private readonly free: number[];
  /** Called between `map` and the write of a file. Whoever writes to others meanwhile must not run out of blocks or pages. */
  standStill: ((file: MiniFile) => void) | undefined;
  /** Of all files, and it answers nobody: who writes a part of an absent page is told so (PeerDied). */
  private readonly pager: number;

  constructor(readonly world: StorageWorld, readonly disk: RecordedDisk, readonly blockSize: number, shares: Shares = {}) {
    this.attached = world.attach(disk, shares);
    this.pager = this.kernel.endpointCreate();
    // From the second block on (place 0 is none), in an order that mixes neighbours.
    const count = Math.floor(disk.size / blockSize) - 1;
    this.free = Array.from({ length: count }, (_, i) => i + 1).sort((a, b) => (a * 7919 % 101) - (b * 7919 % 101) || a - b);
  }
  private get kernel() { return this.world.client.kernel; }
  private get volume() { return this.attached.volume; }
  private sector(block: number): number { return block * (this.blockSize / 512); }
  private get perPage(): number { return Math.max(1, FRAME_SIZE / this.blockSize); }
  private placesOf(file: MiniFile, page: number, pages: number, blocks = file.blocks): Uint8Array {
    return places(Array.from({ length: pages * this.perPage }, (_, i) => this.sector(blocks[page * this.perPage + i] ?? 0)));
  }

  create(): MiniFile {
    const { object, dataspace } = wanted(this.volume.object()), weak = this.kernel.capMint(dataspace, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0);
    const file = { object, dataspace, weak, blocks: [], content: new Uint8Array(0) };
    this.kernel.dataspaceSetPager(dataspace, this.pager, 1);
    this.files.push(file);
    return file;
  }

  /** `blocks`: those that have contents on the disk. */
  fill(file: MiniFile, page: number, pages: number, ahead = 0, blocks = file.blocks): void {
    const filled = wanted(this.volume.fill(file.object, page, this.blockSize, pages, this.placesOf(file, page, pages + ahead, blocks))).filled;
    if (filled < pages) throw new Error(`${filled} pages were filled, ${pages} were wanted`);
  }

  /** As the contract says: fill what is written in part, map, write, and map again if that took long. */
  write(file: MiniFile, offset: number, data: Uint8Array): void {
    const end = offset + data.length, old = file.content.length, size = Math.max(old, end);
    const needed = Math.ceil(end / this.blockSize), fresh = Array.from({ length: needed }, (_, i) => i).filter((i) => i >= Math.floor(offset / this.blockSize) && !file.blocks[i]);
    if (fresh.length > this.free.length || data.length === 0) return;
    const first = Math.floor(offset / FRAME_SIZE), last = Math.floor((end - 1) / FRAME_SIZE), oldPages = Math.ceil(old / FRAME_SIZE);
    // Contents first: places change only once nothing can fail for want of room.
    for (const page of new Set([first, last])) if (page < oldPages) this.fill(file, page, 1);
    const before = file.blocks.slice();
    for (const i of fresh) { while (file.blocks.length < i) file.blocks.push(0); file.blocks[i] = this.free.pop()!; }
    const started = this.kernel.monotonic(), map = () => this.volume.map(file.object, first, this.blockSize, this.placesOf(file, first, last - first + 1)), mapped = map();
    if (mapped.error) {
      for (const i of fresh) this.free.push(file.blocks[i]!);
      file.blocks.splice(0, file.blocks.length, ...before);
      throw new Refused(mapped.error);
    }
    if (size > old) {
      this.kernel.dataspaceResize(file.dataspace, BigInt(size));
      const content = new Uint8Array(size);
      content.set(file.content);
      file.content = content;
    }
    this.standStill?.(file);
    for (let at = offset; at < end;) {
      const page = Math.floor(at / FRAME_SIZE), step = Math.min(FRAME_SIZE - at % FRAME_SIZE, end - at), part = data.subarray(at - offset, at - offset + step);
      const whole = page >= oldPages || step === FRAME_SIZE, written = this.kernel.dataspaceWrite(whole ? file.dataspace : file.weak, BigInt(at), part);
      if (written === -Errors.PeerDied) {
        this.fill(file, page, 1, 0, before);
        wanted(map());
        continue;
      }
      if (written !== step) throw new Error(`${written} of ${step} bytes were written`);
      at += step;
    }
    file.content.set(data, offset);
    if (this.kernel.monotonic() - started > MAP_PATIENCE) wanted(map());
  }

  /** What the file contains, as its Dataspace says after it was filled. */
  read(file: MiniFile, offset: number, length: number, ahead = 3): Uint8Array {
    const end = Math.min(offset + length, file.content.length);
    if (end <= offset) return new Uint8Array(0);
    const parts: Uint8Array[] = [];
    for (let page = Math.floor(offset / FRAME_SIZE); page * FRAME_SIZE < end; page++) {
      this.fill(file, page, 1, ahead);
      const from = Math.max(offset, page * FRAME_SIZE), to = Math.min(end, (page + 1) * FRAME_SIZE);
      parts.push(this.kernel.dataspaceRead(file.dataspace, BigInt(from), to - from).data);
    }
    return Uint8Array.from(parts.flatMap((part) => [...part]));
  }

  truncate(file: MiniFile, size: number): void {
    if (size >= file.content.length) return;
    // The rest of the last page is zeroed, for which it must be there and have its places.
    if (size % FRAME_SIZE) {
      this.fill(file, Math.floor(size / FRAME_SIZE), 1);
      wanted(this.volume.map(file.object, Math.floor(size / FRAME_SIZE), this.blockSize, this.placesOf(file, Math.floor(size / FRAME_SIZE), 1)));
    }
    good(this.volume.unmap(file.object, Math.ceil(size / FRAME_SIZE)));
    this.kernel.dataspaceResize(file.dataspace, BigInt(size));
    for (const block of file.blocks.splice(Math.ceil(size / this.blockSize))) if (block) this.free.unshift(block);
    file.content = file.content.slice(0, size);
    // The last page's blocks behind the end have no place any more.
    if (size % FRAME_SIZE) wanted(this.volume.map(file.object, Math.floor(size / FRAME_SIZE), this.blockSize, this.placesOf(file, Math.floor(size / FRAME_SIZE), 1)));
  }

  remove(file: MiniFile): void {
    good(this.volume.drop(file.object));
    for (const slot of [file.dataspace, file.weak]) this.kernel.capDelete(slot);
    this.files.splice(this.files.indexOf(file), 1);
    for (const block of file.blocks) if (block) this.free.unshift(block);
  }

  /** Metadata: a block of its own, written through the image. */
  writeMetadata(which: number, fill: number, through: boolean): void {
    const known = [...this.metadata.keys()], block = which % 3 && known.length > 0 ? known[which % known.length]! : this.free.pop();
    if (block === undefined) return;
    const data = new Uint8Array(this.blockSize).fill(fill).map((byte, i) => byte ^ i >> 4), offset = BigInt(block * this.blockSize);
    if (through) {
      const result = this.volume.writeThrough(offset, data);
      if (result.error) { this.metadata.delete(block); throw new Refused(result.error); }
    } else {
      const written = this.kernel.dataspaceWrite(this.attached.image, offset, data);
      if (written !== data.length) { this.metadata.delete(block); throw new Refused(written < 0 ? -written : Errors.NoMemory); }
    }
    this.metadata.set(block, data);
  }

  /** A block of metadata becomes the next one of a file as it is: what was written through the image is the file's now. */
  adopt(which: number, file: MiniFile): void {
    const known = [...this.metadata], entry = known[which % Math.max(known.length, 1)];
    if (!entry || file.content.length % FRAME_SIZE || file.blocks.length * this.blockSize !== file.content.length) return;
    this.metadata.delete(entry[0]);
    file.blocks.push(entry[0]);
    file.content = Uint8Array.from([...file.content, ...entry[1]]);
    this.kernel.dataspaceResize(file.dataspace, BigInt(file.content.length));
  }

  freeMetadata(which: number): void {
    const known = [...this.metadata.keys()], block = known[which % Math.max(known.length, 1)];
    if (block === undefined) return;
    this.metadata.delete(block);
    this.free.push(block);
  }

  readMetadata(which: number): { got: Uint8Array; expected: Uint8Array } | undefined {
    const known = [...this.metadata], entry = known[which % Math.max(known.length, 1)];
    if (!entry) return undefined;
    const { status, data } = this.kernel.dataspaceRead(this.attached.image, BigInt(entry[0] * this.blockSize), this.blockSize);
    if (status !== this.blockSize) throw new Refused(status < 0 ? -status : Errors.NoMemory);
    return { got: data, expected: entry[1] };
  }

  /** Where the disk differs from what everything should contain; empty after a barrier. */
  differences(contents = this.disk.contents): string[] {
    const found: string[] = [];
    const compare = (what: string, block: number, expected: Uint8Array): void => {
      const got = contents.subarray(block * this.blockSize, block * this.blockSize + expected.length);
      if (Buffer.compare(got, expected) !== 0) found.push(`${what} in block ${block}: starts ${got.slice(0, 4)} instead of ${expected.slice(0, 4)}`);
    };
    for (const [block, expected] of this.metadata) compare("metadata", block, expected);
    this.files.forEach((file, number) => file.blocks.forEach((block, i) => {
      if (block) compare(`file ${number} block ${i}`, block, file.content.subarray(i * this.blockSize, (i + 1) * this.blockSize));
    }));
    return found;
  }
}
