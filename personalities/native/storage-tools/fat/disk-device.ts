// A disk that a tool has opened, as a SectorDevice.

import { Failure } from "../../api/failure.ts";
import type { Disk } from "../../api/disks.ts";
import { DeviceError, type SectorDevice } from "./sector-device.ts";

export class DiskDevice implements SectorDevice {
  constructor(private readonly disk: Disk, private readonly problem: (failure: Failure) => string) {}
  get size(): number { return this.disk.size; }
  read(offset: number, length: number): Uint8Array { return this.good(this.disk.read(offset, length)); }
  write(offset: number, data: Uint8Array): void { this.good(this.disk.write(offset, data)); }
  flush(): void { this.good(this.disk.flush()); }
  private good<T>(result: T | Failure): T {
    if (result instanceof Failure) throw new DeviceError(this.problem(result));
    return result;
  }
}
