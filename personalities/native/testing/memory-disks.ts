// Disks of native programs' tests: arrays in memory, drivers `ram`, `overlay` (copies its base) and `http` (knows the paths it is given).

import type { DiskLine } from "../../../lib/ts/disk-access.ts";
import { parseDiskName } from "../../../lib/ts/disk-access.ts";
import type { VolumeRow } from "../../../lib/ts/volume-list.ts";
import type { Disk, Disks } from "../api/disks.ts";
import { Failure, type ErrorName, type Result } from "../api/failure.ts";

interface Kept { bytes: Uint8Array<ArrayBuffer>; opens: number; origin: string; readOnly: boolean }

export class MemoryDisks implements Disks {
  readonly kept = new Map<string, Kept>();
  readonly site = new Map<string, Uint8Array>();
  /** Bytes of all disks; writes above `writable` fail. */
  limit = 1 << 30;
  writable = Infinity;
  administers = true;
  rows: VolumeRow[] = [];

  drivers(): string[] { return this.administers ? ["http", "overlay", "ram"] : []; }

  list(driver: string): Result<DiskLine[]> {
    if (!this.drivers().includes(driver)) return new Failure("NotFound");
    return [...this.kept].flatMap(([full, { bytes, opens, origin, readOnly }]) => {
      const parts = parseDiskName(full)!;
      return parts.driver === driver ? [{ driver, name: parts.name, size: bytes.length, persistent: false, readOnly, open: opens > 0, origin }] : [];
    });
  }

  open(name: string, readOnly: boolean): Result<Disk> {
    const kept = this.kept.get(name);
    if (!kept || !this.administers) return new Failure("NotFound");
    if (kept.opens > 0) return new Failure("Busy");
    kept.opens++;
    let open = true;
    const fits = (offset: number, length: number): boolean => open && offset % 512 === 0 && length % 512 === 0 && offset + length <= kept.bytes.length;
    return {
      cap: 1, size: kept.bytes.length, readOnly: readOnly || kept.readOnly,
      read: (offset, length) => fits(offset, length) ? kept.bytes.slice(offset, offset + length) : new Failure("BadArgument"),
      write: (offset, data) => {
        if (readOnly || kept.readOnly) return new Failure("ReadOnly");
        if (!fits(offset, data.length)) return new Failure("BadArgument");
        if (offset + data.length > this.writable) return new Failure("NoSpace");
        kept.bytes.set(data, offset);
        return 0;
      },
      flush: () => 0,
      close: () => { if (open) kept.opens--; open = false; },
    };
  }

  create(name: string, size: number): Result<0> {
    if ([...this.kept.values()].reduce((sum, { bytes }) => sum + bytes.length, size) > this.limit) return new Failure("NoSpace");
    return this.add(name, ["ram"], new Uint8Array(size), "");
  }

  createFrom(name: string, source: string, base?: Disk): Result<0> {
    const contents = base ? base.read(0, base.size) : this.site.get(source);
    if (contents === undefined) return new Failure("NotFound");
    return contents instanceof Failure ? contents : this.add(name, base ? ["overlay"] : ["http"], contents, source);
  }

  remove(name: string): Result<0> {
    const error = this.refusal(name);
    if (error) return new Failure(error);
    this.kept.delete(name);
    return 0;
  }

  rename(from: string, to: string): Result<0> {
    const error = this.refusal(from), parts = parseDiskName(from)!, target = parseDiskName(to) ? to : `${parts.driver}:${to}`;
    if (error) return new Failure(error);
    if (this.kept.has(target)) return new Failure("Exists");
    this.kept.set(target, this.kept.get(from)!);
    this.kept.delete(from);
    return 0;
  }

  volumes(): Result<VolumeRow[]> { return this.rows; }

  private add(name: string, drivers: readonly string[], bytes: Uint8Array, origin: string): Result<0> {
    if (!this.administers) return new Failure("NotFound");
    if (!drivers.includes(parseDiskName(name)?.driver ?? "")) return new Failure("NotSupported");
    if (this.kept.has(name)) return new Failure("Exists");
    this.kept.set(name, { bytes: Uint8Array.from(bytes), opens: 0, origin, readOnly: name.startsWith("http:") });
    return 0;
  }

  private refusal(name: string): ErrorName | undefined {
    const kept = this.kept.get(name);
    return !kept ? "NotFound" : kept.opens > 0 ? "Busy" : undefined;
  }
}
