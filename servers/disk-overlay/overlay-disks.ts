// Disks over other disks: what is written stays here, in memory; all else is read from the base. The base is never written, and open as long as the
// overlay exists.

import { DiskClient } from "../../abi/generated/ts/client/disk.ts";
import { OBJECT_ENDPOINT, RANGE_LIMIT, SLOT_SELF } from "../../abi/layout/limits.ts";
import { DiskError, MAX_DISK, SECTOR, type DiskBackend, type DiskMedium, type DiskRow } from "../../lib/ts/disk-backend.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { errorName } from "../../lib/ts/status.ts";
import { Changes } from "./changes.ts";

interface Overlay { readonly origin: string; readonly size: number; readonly base: number; readonly changes: Changes }

/** Microseconds that a base may take for one read: it may have to fetch. */
const BASE_PATIENCE = 120_000_000;

export class OverlayDisks implements DiskBackend {
  private readonly overlays = new Map<string, Overlay>();
  private used = 0;

  /** `memory`: bytes of changes of all overlays. */
  constructor(private readonly kernel: Kernel, private readonly memory: number) {}

  list(): DiskRow[] { return [...this.overlays].map(([name, { size, origin }]) => ({ name, size, flags: 0, origin })); }

  createFrom(name: string, source: string, base: number): void {
    if (this.overlays.has(name)) throw new DiskError("Exists");
    const info = base ? this.kernel.capInfo(base) : undefined;
    if (info?.kind !== OBJECT_ENDPOINT) throw new DiskError("BadArgument", "an overlay needs an open disk as its base");
    // One thread cannot wait for itself.
    if (info.object === this.kernel.capInfo(SLOT_SELF)?.object) throw new DiskError("NotSupported", "an overlay cannot be the base of another");
    const asked = new DiskClient(this.kernel, base, BASE_PATIENCE).info();
    if (asked.error) throw new DiskError("BadArgument", `the base does not answer as a disk: ${errorName(asked.error)}`);
    const size = Number(asked.info.size);
    if (size <= 0 || size > MAX_DISK || size % SECTOR !== 0 || asked.info.sectorSize !== SECTOR) throw new DiskError("NotSupported", `the base has ${size} bytes in sectors of ${asked.info.sectorSize}`);
    this.overlays.set(name, { origin: source, size, base, changes: new Changes(size, (offset, length) => this.readBase(base, offset, length), (bytes) => this.take(bytes)) });
  }

  open(name: string): DiskMedium {
    const overlay = this.overlays.get(name);
    if (!overlay) throw new DiskError("NotFound");
    const { changes, size } = overlay;
    return { size, flags: 0, read: (offset, length) => changes.read(offset, length), write: (offset, data) => changes.write(offset, data), flush() {}, close() {} };
  }

  remove(name: string): void {
    const overlay = this.overlays.get(name);
    if (!overlay) throw new DiskError("NotFound");
    this.overlays.delete(name);
    this.used -= overlay.changes.bytes;
    this.kernel.capDelete(overlay.base);
  }

  rename(from: string, to: string): void {
    const overlay = this.overlays.get(from);
    if (!overlay) throw new DiskError("NotFound");
    if (this.overlays.has(to)) throw new DiskError("Exists");
    this.overlays.delete(from);
    this.overlays.set(to, overlay);
  }

  private readBase(base: number, offset: number, length: number): Uint8Array {
    if (length > RANGE_LIMIT) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; done += RANGE_LIMIT) bytes.set(this.readBase(base, offset + done, Math.min(RANGE_LIMIT, length - done)), done);
      return bytes;
    }
    const { error, ...answer } = new DiskClient(this.kernel, base, BASE_PATIENCE).read(BigInt(offset), length);
    const data = "data" in answer ? answer.data : undefined;
    if (error || !data) throw new DiskError("Io", `the base cannot be read: ${errorName(error)}`);
    if (data.length !== length) throw new DiskError("Io", `the base gave ${data.length} bytes instead of ${length}`);
    return data;
  }

  private take(bytes: number): void {
    if (this.used + bytes > this.memory) throw new DiskError("NoSpace", `overlays may change ${this.memory} bytes in all`);
    this.used += bytes;
  }
}
