// Disks that are files of the site, read in parts as they are needed.

import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import { DiskError, SECTOR, type DiskBackend, type DiskMedium, type DiskRow } from "../../lib/ts/disk-backend.ts";
import { FetchRefused, type Devices, type FetchedPart } from "../../lib/ts/devices.ts";
import { PartCache, PART } from "./part-cache.ts";

export interface HttpSettings {
  /** Bytes of parts that are kept in all. */
  readonly cache: number;
  /** Bytes of the largest image that is taken whole, from a server that knows no ranges. */
  readonly whole: number;
}

interface Image { readonly source: string; readonly size: number; readonly version: string; /** All of it, from a server that knows no ranges. */ readonly whole: Uint8Array | undefined }

/** A request that failed on the way is made again so often. */
const ATTEMPTS = 3, PAUSE = 150;

export class HttpDisks implements DiskBackend {
  private readonly images = new Map<string, Image>();
  /** Path by name of disks that were announced and not yet looked at. */
  private readonly expected = new Map<string, string>();
  private readonly cache: PartCache;

  constructor(private readonly fetch: Devices["fetchPart"], private readonly settings: HttpSettings, private readonly note: (text: string) => void = () => undefined) {
    this.cache = new PartCache(settings.cache);
  }

  /** A disk that is there from the start; the server is asked when it is first used. */
  expect(name: string, source: string): void { this.expected.set(name, source); }

  async list(): Promise<DiskRow[]> {
    // One that cannot be had is not listed; opening it says why.
    for (const name of [...this.expected.keys()]) await this.look(name).catch((error: Error) => this.note(error.message));
    return [...this.images].map(([name, { size, source }]) => ({ name, size: roundUp(size), flags: DiskFlags.ReadOnly, origin: source }));
  }

  async createFrom(name: string, source: string, base: number): Promise<void> {
    if (base !== 0) throw new DiskError("BadArgument", "a disk of the site has no base");
    if (source === "") throw new DiskError("BadArgument", "the path of the image is missing");
    if (this.images.has(name) || this.expected.has(name)) throw new DiskError("Exists");
    await this.add(name, source);
  }

  private async look(name: string): Promise<void> {
    const source = this.expected.get(name);
    if (source === undefined) return;
    await this.add(name, source);
    this.expected.delete(name);
  }

  private async add(name: string, source: string): Promise<void> {
    const part = await this.get(source, 0, PART);
    if (part.size === undefined) throw new DiskError("NotSupported", `${source}: the server does not say how long the file is`);
    if (part.size === 0) throw new DiskError("BadArgument", `${source} is empty`);
    if (part.whole) this.note(`${source}: the server knows no ranges; all ${part.size} bytes are kept in memory`);
    else this.cache.put(source, 0, part.bytes);
    this.images.set(name, { source, size: part.size, version: part.version, whole: part.whole ? part.bytes : undefined });
  }

  async open(name: string): Promise<DiskMedium> {
    await this.look(name);
    const image = this.images.get(name);
    if (!image) throw new DiskError("NotFound");
    return {
      size: roundUp(image.size), flags: DiskFlags.ReadOnly,
      read: (offset, length) => this.read(image, offset, length),
      write() { throw new DiskError("ReadOnly"); },
      flush() {},
      close() {},
    };
  }

  remove(name: string): void {
    if (this.expected.delete(name)) return;
    const image = this.images.get(name);
    if (!image) throw new DiskError("NotFound");
    this.images.delete(name);
    if (![...this.images.values()].some(({ source }) => source === image.source)) this.cache.forget(image.source);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.look(from);
    const image = this.images.get(from);
    if (!image) throw new DiskError("NotFound");
    if (this.images.has(to) || this.expected.has(to)) throw new DiskError("Exists");
    this.images.delete(from);
    this.images.set(to, image);
  }

  private async read(image: Image, offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    // What is after the end of the file, up to a whole sector, is zeros.
    const end = Math.min(offset + length, image.size);
    if (image.whole) { bytes.set(image.whole.subarray(offset, end)); return bytes; }
    const first = Math.floor(offset / PART), last = Math.floor((end - 1) / PART);
    for (let number = first; number <= last;) {
      const known = this.cache.get(image.source, number);
      if (known) { place(known, number); number++; continue; }
      // The absent ones that follow come with the same request.
      let until = number + 1;
      while (until <= last && !this.cache.has(image.source, until)) until++;
      const from = number * PART, wanted = Math.min(until * PART, image.size) - from, part = await this.get(image.source, from, wanted);
      this.compare(image, part);
      const got = part.whole ? part.bytes.subarray(from, from + wanted) : part.bytes;
      if (got.length !== wanted) throw new DiskError("Io", `${image.source}: ${got.length} bytes came instead of ${wanted}`);
      for (; number < until; number++) {
        const piece = got.slice(number * PART - from, Math.min((number + 1) * PART - from, wanted));
        this.cache.put(image.source, number, piece);
        place(piece, number);
      }
    }
    return bytes;

    function place(piece: Uint8Array, number: number): void {
      const at = number * PART, from = Math.max(offset, at), to = Math.min(end, at + piece.length);
      if (from < to) bytes.set(piece.subarray(from - at, to - at), from - offset);
    }
  }

  /** Half of one version and half of another is no image. */
  private compare({ source, size, version }: Image, part: FetchedPart): void {
    if ((part.size ?? size) !== size || part.version !== version) throw new DiskError("Io", `${source} has changed on the server since it was first read: remove the disk and make it again`);
  }

  private async get(source: string, offset: number, length: number): Promise<FetchedPart> {
    for (let attempt = 1; ; attempt++) {
      try { return await this.fetch(source, { offset, length }, this.settings.whole); } catch (error) {
        if (error instanceof FetchRefused && error.status < 500) throw new DiskError(error.status === 404 || error.status === 410 ? "NotFound" : "Io", error.message);
        if (attempt === ATTEMPTS) throw new DiskError("Io", error instanceof Error ? error.message : String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE * attempt));
    }
  }
}

function roundUp(size: number): number { return Math.ceil(size / SECTOR) * SECTOR; }
