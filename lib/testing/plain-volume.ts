// A `volume` of the buffer cache that is as plain as it can be, for tests of file systems that are not about the cache: no eviction unless a test asks
// for it, no order but the caller's, and it throws where a file system breaks the rules of a volume.
//
//   const volume = new PlainVolume(machine, new RecordedDisk(bytes));
//   const { volume: cap, image } = volume.give(domain);      // the two capabilities, in the domain's table
//   volume.reclaim()                                          // give up every clean page, as under pressure

import { dispatchVolume, type VolumeHandlers } from "../../abi/generated/ts/server/volume.ts";
import { Errors, type ErrorNumber } from "../../abi/generated/ts/errors.ts";
import { FRAME_SIZE, LABEL_PAGE_FAULT, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import type { Incoming, Kernel, Outcome } from "../ts/kernel.ts";
import { DiskError } from "../ts/disk-backend.ts";
import type { Domain, FakeMachine } from "./fake-machine.ts";
import type { RecordedDisk } from "./recorded-disk.ts";

interface FileObject { dataspace: number; pages: Map<number, { blockSize: number; places: number[] }> }
const done = { error: 0 } as const;

export class PlainVolume {
  readonly domain: Domain;
  readonly objects = new Map<number, FileObject>();
  private readonly image: number;
  private last = 0;

  constructor(private readonly machine: FakeMachine, readonly disk: RecordedDisk, name = "volume") {
    this.domain = machine.addHandler({ name }, (incoming, kernel) => this.handle(incoming, kernel));
    this.image = this.kernel.dataspaceCreate(BigInt(disk.size));
    this.kernel.dataspaceSetPager(this.image, SLOT_SELF, 0);
  }

  private get bytes(): Uint8Array { return this.disk.contents; }
  private get kernel(): Kernel { return this.domain.kernel; }

  give(to: Domain): { volume: number; image: number } {
    return {
      volume: this.machine.give(to, this.domain, { badge: 1 }),
      image: to.table.insert(this.domain.table.get(this.image)!.derive(RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT)),
    };
  }

  /** Give up every page that is not dirty. */
  reclaim(): void {
    for (const dataspace of [this.image, ...[...this.objects.values()].map((each) => each.dataspace)]) this.kernel.dataspaceReclaim(dataspace, 0, 1 << 20);
  }

  private handle(incoming: Incoming, kernel: Kernel): Outcome | "deferred" {
    if (incoming.label === LABEL_PAGE_FAULT) {
      const page = Number(incoming.words[0]);
      return { status: Math.min(0, kernel.dataspaceSupply(this.image, BigInt(page * FRAME_SIZE), this.pageOf(page * 8, 8))) };
    }
    return dispatchVolume(this.handlers(kernel), incoming);
  }

  private handlers(kernel: Kernel): VolumeHandlers {
    return {
      object: () => {
        const dataspace = kernel.dataspaceCreate(0n);
        this.objects.set(++this.last, { dataspace, pages: new Map() });
        return { ...done, object: this.last, dataspace: kernel.capCopy(dataspace) };
      },
      fill: (_, object, page, blockSize, wanted, places) => {
        const file = this.objects.get(object);
        if (!file) return { error: Errors.BadArgument };
        const pages = this.map(file, page, blockSize, places);
        for (let i = 0; i < pages; i++) {
          const data = new Uint8Array(FRAME_SIZE);
          file.pages.get(page + i)!.places.forEach((place, block) => { if (place) data.set(this.bytes.subarray(place * 512, place * 512 + blockSize), block * blockSize); });
          const size = Number(kernel.dataspaceInfo(file.dataspace)!.size), offset = (page + i) * FRAME_SIZE;
          if (offset < size) kernel.dataspaceSupply(file.dataspace, BigInt(offset), data.subarray(0, Math.min(FRAME_SIZE, size - offset)));
        }
        return { ...done, filled: Math.max(pages, wanted) };
      },
      map: (_, object, page, blockSize, places) => {
        const file = this.objects.get(object);
        if (!file) return { error: Errors.BadArgument };
        this.map(file, page, blockSize, places);
        return done;
      },
      unmap: (_, object, page) => {
        const file = this.objects.get(object)!;
        for (const each of [...file.pages.keys()]) if (each >= page) file.pages.delete(each);
        kernel.dataspaceEvict(file.dataspace, page, (1 << 24) - page);
        return done;
      },
      drop: (_, object) => {
        kernel.dataspaceResize(this.objects.get(object)!.dataspace, 0n);
        kernel.capDelete(this.objects.get(object)!.dataspace);
        this.objects.delete(object);
        return done;
      },
      writeBack: (_, object) => {
        for (const [number, file] of this.objects) {
          if (object !== 0 && object !== number) continue;
          const error = this.writeBack(file);
          if (error) return { error: error as ErrorNumber };
        }
        return done;
      },
      writeThrough: (_, offset, data) => {
        const error = this.write(Number(offset), data);
        if (error) return { error: error as ErrorNumber };
        // Pages of the image that are present get the new bytes, and stay clean.
        for (let page = Math.floor(Number(offset) / FRAME_SIZE); page * FRAME_SIZE < Number(offset) + data.length; page++) this.kernel.dataspaceEvict(this.image, page, 1);
        return done;
      },
      barrier: () => this.attempt(() => { this.disk.flush(); }),
      flush: () => this.attempt(() => { this.disk.flush(); }),
      detach: () => this.attempt(() => { this.disk.flush(); }),
      abandon: () => ({ error: 0 }),
      statistics: () => ({ error: Errors.NotSupported }),
    };
  }

  private pageOf(sector: number, sectors: number): Uint8Array {
    const size = this.bytes.length;
    return this.bytes.slice(Math.min(sector * 512, size), Math.min((sector + sectors) * 512, size));
  }

  private map(file: FileObject, page: number, blockSize: number, places: Uint8Array): number {
    const perPage = Math.max(1, FRAME_SIZE / blockSize);
    const view = new DataView(places.buffer, places.byteOffset, places.length);
    const pages = places.length / 4 / perPage;
    for (let i = 0; i < pages; i++) {
      const list = Array.from({ length: perPage }, (_, block) => view.getUint32((i * perPage + block) * 4, true));
      for (const place of list) if (place * 512 + blockSize > this.bytes.length) throw new Error(`place ${place} is outside the image`);
      file.pages.set(page + i, { blockSize, places: list });
    }
    return pages;
  }

  private writeBack(file: FileObject): number {
    const { kernel } = this;
    const size = Number(kernel.dataspaceInfo(file.dataspace)!.size);
    for (let page = kernel.dataspaceNextDirty(file.dataspace, 0); page >= 0; page = kernel.dataspaceNextDirty(file.dataspace, page + 1)) {
      const where = file.pages.get(page);
      if (!where) throw new Error(`page ${page} is dirty and has no place`);
      kernel.dataspaceMarks(file.dataspace, page, 1, 1);
      const data = new Uint8Array(FRAME_SIZE);
      data.set(kernel.dataspaceRead(file.dataspace, BigInt(page * FRAME_SIZE), Math.min(FRAME_SIZE, size - page * FRAME_SIZE)).data);
      for (const [block, place] of where.places.entries()) {
        const error = place ? this.write(place * 512, data.subarray(block * where.blockSize, (block + 1) * where.blockSize)) : 0;
        if (error) return error;
      }
    }
    return 0;
  }

  private write(offset: number, data: Uint8Array): number {
    if (offset < 0 || offset + data.length > this.bytes.length) throw new Error(`a write of ${data.length} bytes at ${offset} is outside the image`);
    return this.attempt(() => { this.disk.write(offset, data); }).error;
  }

  private attempt(act: () => void): { error: 0 } | { error: ErrorNumber } {
    try { act(); } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      return { error: Errors[error.error] };
    }
    return { error: 0 };
  }
}
