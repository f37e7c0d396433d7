// A `volume` for tests that does whatever the contract allows and is worst for its user: at any call and page fault it may write back any
// dirty page and reclaim any clean one. The real cache is gentler, so what holds here holds there.
//
//   const volume = new HostileVolume(machine, disk, random);        disk: a RecordedDisk, say
//   volume.give(client)                                             { volume, image } slots in the client's table
//   volume.most = 10                                                how many objects there may be
//   volume.malice = 0                                               how often it does so: 0 never … 1 at every call

import { dispatchVolume, type VolumeHandlers } from "../../../abi/generated/ts/server/volume.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { FRAME_SIZE, LABEL_ORPHAN, LABEL_PAGE_FAULT, MARK_DIRTY, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../../abi/layout/limits.ts";
import { DiskError } from "../../../lib/ts/disk-backend.ts";
import type { Incoming, Outcome } from "../../../lib/ts/kernel.ts";
import type { Domain, FakeMachine } from "../../../lib/testing/fake-machine.ts";
import type { RecordedDisk } from "../../../lib/testing/recorded-disk.ts";

interface CachedObject { slot: number; places: Map<number, Uint32Array>; blockSize: number }
const SECTOR = 512;
const PER_PAGE = FRAME_SIZE / SECTOR;

export class HostileVolume {
  malice = 0.2;
  /** Objects beyond so many are refused: the file system has to give up others. */
  most = 10_000;
  readonly domain: Domain;
  private readonly objects = new Map<number, CachedObject>();
  private last = 0;
  readonly calls: Record<string, number> = {};

  constructor(private readonly machine: FakeMachine, readonly disk: RecordedDisk, private readonly random: () => number, name = "cache") {
    this.domain = machine.addHandler({ name }, (incoming) => this.receive(incoming));
    const image = this.kernel.dataspaceCreate(BigInt(disk.size));
    this.kernel.dataspaceSetPager(image, SLOT_SELF, 0);
    this.objects.set(0, { slot: image, places: new Map(), blockSize: FRAME_SIZE });
  }

  private get kernel() { return this.domain.kernel; }

  give(client: Domain): { volume: number; image: number } {
    const image = this.domain.table.get(this.objects.get(0)!.slot)!.derive(RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT);
    return { volume: this.machine.give(client, this.domain, { rights: RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE }), image: client.table.insert(image) };
  }

  private receive(incoming: Incoming): Outcome | "deferred" {
    try {
      this.mischief();
      if (incoming.label === LABEL_ORPHAN) return "deferred";
      if (incoming.label === LABEL_PAGE_FAULT) return this.fault(Number(incoming.words[0]!));
      return dispatchVolume(this.handlers, incoming);
    } catch (error) {
      if (error instanceof DiskError) return { status: -Errors[error.error] };
      throw error;
    }
  }

  private fault(page: number): Outcome {
    const offset = page * FRAME_SIZE;
    this.kernel.dataspaceSupply(this.objects.get(0)!.slot, BigInt(offset), this.disk.read(offset, Math.min(FRAME_SIZE, this.disk.size - offset)));
    return { status: 0 };
  }

  /** What a cache may do at any time. */
  private mischief(): void {
    if (this.random() >= this.malice) return;
    for (const [number, { slot }] of this.objects) {
      if (this.random() < 0.3) this.writeBack(number, () => this.random() < 0.5);
      const pages = Math.ceil(Number(this.kernel.dataspaceInfo(slot)!.size) / FRAME_SIZE);
      if (this.random() < 0.3) this.kernel.dataspaceReclaim(slot, 0, pages);
      else this.kernel.dataspaceReclaim(slot, Math.floor(this.random() * pages), 1 + Math.floor(this.random() * 8));
    }
  }

  private pageOf(slot: number, page: number): Uint8Array {
    return this.kernel.dataspaceRead(slot, BigInt(page * FRAME_SIZE), FRAME_SIZE).data;
  }

  private writeBack(number: number, wanted: (page: number) => boolean = () => true): void {
    const { slot, places } = this.objects.get(number)!;
    for (let page = this.kernel.dataspaceNextDirty(slot, 0); page >= 0; page = this.kernel.dataspaceNextDirty(slot, page + 1)) {
      if (!wanted(page)) continue;
      this.kernel.dataspaceMarks(slot, page, 1, MARK_DIRTY);
      const bytes = this.pageOf(slot, page);
      try { this.writePage(number, page, bytes, places.get(page)); } catch (error) {
        // What could not be written stays dirty.
        this.kernel.dataspaceWrite(slot, BigInt(page * FRAME_SIZE), bytes);
        throw error;
      }
    }
  }

  private writePage(number: number, page: number, bytes: Uint8Array, sectors: Uint32Array | undefined): void {
    if (number === 0) { this.disk.write(page * FRAME_SIZE, bytes); return; }
    if (!sectors) throw new Error(`page ${page} of object ${number} is dirty and has no place`);
    const whole = new Uint8Array(FRAME_SIZE);
    whole.set(bytes);
    for (let first = 0; first < PER_PAGE; first++) {
      if (!sectors[first]) continue;
      let count = 1;
      while (first + count < PER_PAGE && sectors[first + count] === sectors[first]! + count) count++;
      this.through(sectors[first]! * SECTOR, whole.subarray(first * SECTOR, (first + count) * SECTOR));
      first += count - 1;
    }
  }

  /** To the disk and to the pages of the image that are present. */
  private through(offset: number, data: Uint8Array): void {
    this.disk.write(offset, data);
    const { slot } = this.objects.get(0)!;
    for (let done = 0; done < data.length;) {
      const at = offset + done, page = Math.floor(at / FRAME_SIZE), step = Math.min(data.length - done, FRAME_SIZE - at % FRAME_SIZE);
      const marks = this.kernel.dataspaceMarks(slot, page, 1, 0);
      if (marks.present & 1n) {
        this.kernel.dataspaceWrite(slot, BigInt(at), data.subarray(done, done + step));
        if (!(marks.dirty & 1n)) this.kernel.dataspaceMarks(slot, page, 1, MARK_DIRTY);
      }
      done += step;
    }
  }

  /** Sector numbers of each page, eight a page. */
  private spread(object: CachedObject, page: number, blockSize: number, places: Uint8Array): number {
    const numbers = new Uint32Array(places.slice().buffer), perPage = FRAME_SIZE / blockSize, count = Math.ceil(numbers.length / perPage);
    object.blockSize = blockSize;
    for (let i = 0; i < count; i++) {
      const sectors = new Uint32Array(PER_PAGE);
      for (let j = 0; j < PER_PAGE; j++) {
        const place = numbers[i * perPage + Math.floor(j * SECTOR / blockSize)] ?? 0;
        if (place) sectors[j] = place + j % (blockSize / SECTOR);
        if (place * SECTOR >= this.disk.size) throw new Error(`a place outside the disk: sector ${place}`);
      }
      object.places.set(page + i, sectors);
    }
    return count;
  }

  private readonly handlers: VolumeHandlers = {
    object: () => {
      if (this.objects.size > this.most) return { error: Errors.TooManyOpen };
      const slot = this.kernel.dataspaceCreate(0n);
      this.objects.set(++this.last, { slot, places: new Map(), blockSize: FRAME_SIZE });
      return { error: 0, object: this.last, dataspace: this.kernel.capCopy(slot) };
    },
    fill: (_, number, page, blockSize, wanted, places) => {
      const object = this.object(number);
      if (!object) return { error: Errors.BadArgument };
      // Pages that are dirty keep what they have; their places are what the caller says.
      const count = this.spread(object, page, blockSize, places), filled = Math.min(count, this.random() < this.malice ? wanted : count);
      for (let i = 0; i < filled; i++) {
        const bytes = new Uint8Array(FRAME_SIZE), sectors = object.places.get(page + i)!;
        for (let j = 0; j < PER_PAGE; j++) if (sectors[j]) bytes.set(this.disk.read(sectors[j]! * SECTOR, SECTOR), j * SECTOR);
        const size = Number(this.kernel.dataspaceInfo(object.slot)!.size), offset = (page + i) * FRAME_SIZE;
        if (offset < size) this.kernel.dataspaceSupply(object.slot, BigInt(offset), bytes.subarray(0, Math.min(FRAME_SIZE, size - offset)));
      }
      return { error: 0, filled };
    },
    map: (_, number, page, blockSize, places) => {
      const object = this.object(number);
      if (!object) return { error: Errors.BadArgument };
      this.spread(object, page, blockSize, places);
      return { error: 0 };
    },
    unmap: (_, number, page) => {
      const object = this.object(number);
      if (object) {
        for (const known of [...object.places.keys()]) if (known >= page) object.places.delete(known);
        this.kernel.dataspaceEvict(object.slot, page, 1 << 24);
      }
      return { error: 0 };
    },
    drop: (_, number) => {
      const object = this.object(number);
      if (object) { this.kernel.dataspaceEvict(object.slot, 0, 1 << 24); this.kernel.capDelete(object.slot); this.objects.delete(number); }
      return { error: 0 };
    },
    writeBack: (_, number) => {
      for (const each of number ? [number] : [...this.objects.keys()].filter((known) => known)) if (this.objects.has(each)) this.writeBack(each);
      return { error: 0 };
    },
    writeThrough: (_, offset, data) => {
      if (this.disk.flags & 1) return { error: Errors.ReadOnly };
      if (offset % 512n || data.length % 512 || Number(offset) + data.length > this.disk.size) return { error: Errors.BadArgument };
      this.through(Number(offset), data);
      return { error: 0 };
    },
    barrier: () => {
      for (const number of this.objects.keys()) this.writeBack(number);
      this.disk.flush();
      return { error: 0 };
    },
    flush: () => { this.disk.flush(); return { error: 0 }; },
    detach: () => {
      for (const number of this.objects.keys()) this.writeBack(number);
      this.disk.flush();
      return { error: 0 };
    },
    abandon: () => ({ error: 0 }),
    statistics: () => ({ error: Errors.NotSupported }),
  };

  private object(number: number): CachedObject | undefined { return number ? this.objects.get(number) : undefined; }
}
