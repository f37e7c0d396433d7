// Disks that are files of the origin's private file system, `NAME.img` each: the image itself, so that it survives whatever happens to this system.
//
// A disk is made as `NAME.new` and gets its name when all of it is there, so that a crash in between leaves no half disk; what is left
// over is removed by whoever makes the next one.

import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import { DiskError, SECTOR, type DiskBackend, type DiskMedium, type DiskRow } from "../../lib/ts/disk-backend.ts";
import { aTurn, expectRoom, lockDisk, stored, storedNow, withLock } from "../../lib/ts/storage-backend.ts";
import { StorageFailure, type StorageDevice, type StoredFile, type StoredFiles } from "../../lib/ts/storage-device.ts";
import { diskFile } from "../../lib/ts/storage-names.ts";

/** Bytes of zeros that are written at once: others are served in between. */
const STEP = 1 << 20;
/** Bytes from which a read that goes on where the last ended is one of a stream, and that are then read at once. */
const LARGE = 1 << 17, AHEAD = 1 << 20;
const UNFINISHED = /^(.+)\.new$/;
const FINISHED = /^(.+)\.img$/;

export class OpfsDisks implements DiskBackend {
  /** `storage`: undefined where the session or the browser has none. */
  constructor(private readonly storage: StorageDevice | undefined, private readonly note: (text: string) => void = () => undefined) {}

  async list(): Promise<DiskRow[]> {
    const files = this.storage?.files;
    if (!files) return [];
    return (await stored(() => files.list())).flatMap(({ name, size }) => {
      const disk = FINISHED.exec(name)?.[1];
      return disk === undefined ? [] : [{ name: disk, size: wholeSectors(size), flags: DiskFlags.Persistent }];
    });
  }

  async open(name: string, readOnly: boolean): Promise<DiskMedium> {
    const { storage, files } = this.present("Unavailable"), give = await lockDisk(storage, lockName(name), readOnly);
    try {
      const file = await stored(() => files.open(diskFile(name), readOnly ? "read" : "write"));
      return new FileMedium(file, give);
    } catch (error) {
      give();
      await aTurn();
      throw error;
    }
  }

  async create(name: string, size: number): Promise<void> {
    const { storage, files } = this.present("NotSupported");
    await this.removeUnfinished(storage, files);
    await withLock(storage, lockName(name), async () => {
      if ((await files.list()).some((file) => file.name === diskFile(name))) throw new DiskError("Exists");
      await expectRoom(storage, size);
      await this.write(files, `${name}.new`, size);
      await files.rename(`${name}.new`, diskFile(name));
      storage.keep();
    });
  }

  async remove(name: string): Promise<void> {
    const { storage, files } = this.present("NotFound");
    await withLock(storage, lockName(name), () => files.remove(diskFile(name)));
  }

  async rename(from: string, to: string): Promise<void> {
    const { storage, files } = this.present("NotFound");
    await withLock(storage, lockName(from), () => withLock(storage, lockName(to), () => files.rename(diskFile(from), diskFile(to))));
  }

  /** Zeros are written, not only counted: a file that is merely long may find the device full later. */
  private async write(files: StoredFiles, name: string, size: number): Promise<void> {
    const file = await files.open(name, "create"), zeros = new Uint8Array(Math.min(size, STEP));
    try {
      for (let at = 0; at < size; at += zeros.length) {
        file.write(zeros.subarray(0, Math.min(zeros.length, size - at)), at);
        await aTurn();
      }
      file.flush();
      if (file.size() !== size) throw new DiskError("NoSpace", `${file.size()} of ${size} bytes were kept`);
    } catch (error) {
      file.close();
      await files.remove(name);
      throw error;
    }
    file.close();
  }

  private async removeUnfinished(storage: StorageDevice, files: StoredFiles): Promise<void> {
    for (const { name } of await stored(() => files.list())) {
      const disk = UNFINISHED.exec(name)?.[1];
      if (disk === undefined) continue;
      const give = await storage.lock(lockName(disk), false);
      // Somebody is making it now.
      if (!give) continue;
      try { await files.remove(name); this.note(`removed what was left of making ${disk}`); } catch (error) {
        if (!(error instanceof StorageFailure)) throw error;
      } finally { give(); }
    }
  }

  private present(error: "Unavailable" | "NotSupported" | "NotFound"): { storage: StorageDevice; files: StoredFiles } {
    const { storage } = this;
    if (!storage?.files) throw new DiskError(error, "this session keeps no disks, or the browser has no private file system");
    return { storage, files: storage.files };
  }
}

class FileMedium implements DiskMedium {
  readonly flags = DiskFlags.Persistent;
  readonly size: number;
  /** Where the last read ended. */
  private end = -1;
  private ahead: { readonly offset: number; readonly bytes: Uint8Array } | undefined;
  private buffers: readonly Uint8Array[] = [];
  constructor(private readonly file: StoredFile, private readonly give: () => void) { this.size = wholeSectors(file.size()); }

  read(offset: number, length: number): Uint8Array {
    const inOrder = offset === this.end && length >= LARGE;
    this.end = offset + length;
    const known = this.known(offset, length) ?? (inOrder ? this.readOn(offset, length) : undefined);
    if (known) return known;
    const bytes = new Uint8Array(length);
    const got = storedNow(() => this.file.read(bytes, offset));
    if (got < length) throw new DiskError("Io", `${length} bytes were wanted at ${offset}, and ${got} came`);
    return bytes;
  }

  /** What was read beyond the last read. */
  private known(offset: number, length: number): Uint8Array | undefined {
    const { ahead } = this;
    return ahead && offset >= ahead.offset && offset + length <= ahead.offset + ahead.bytes.length ? ahead.bytes.subarray(offset - ahead.offset, offset - ahead.offset + length) : undefined;
  }

  /** Whoever reads in order goes on: a handle takes hardly longer for four transfers than for one. Undefined if that fails: then what is asked for is read alone. */
  private readOn(offset: number, length: number): Uint8Array | undefined {
    const size = Math.min(AHEAD, this.size - offset);
    if (size <= length) return undefined;
    // In turns: what was given out last stays as it is while it is answered with.
    this.buffers = [this.buffers[1] ?? new Uint8Array(AHEAD), this.buffers[0] ?? new Uint8Array(AHEAD)];
    this.ahead = undefined;
    const bytes = this.buffers[0]!.subarray(0, size);
    try { if (this.file.read(bytes, offset) < size) return undefined; } catch { return undefined; }
    this.ahead = { offset, bytes };
    return bytes.subarray(0, length);
  }

  write(offset: number, data: Uint8Array): void {
    if (this.ahead && offset < this.ahead.offset + this.ahead.bytes.length && this.ahead.offset < offset + data.length) this.ahead = undefined;
    storedNow(() => this.file.write(data, offset));
  }
  flush(): void { storedNow(() => this.file.flush()); }

  async close(): Promise<void> {
    try { storedNow(() => this.file.flush()); } finally {
      this.file.close();
      this.give();
      await aTurn();
    }
  }
}

function lockName(disk: string): string { return `opfs:${disk}`; }
function wholeSectors(size: number): number { return size - size % SECTOR; }
