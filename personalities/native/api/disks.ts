// Disks as native programs administer them, by names of the form DRIVER:NAME (`ram:scratch`). Errors are Failures.

import type { DiskAccess, DiskLine, OpenDisk } from "../../../lib/ts/disk-access.ts";
import type { listVolumes, VolumeRow } from "../../../lib/ts/volume-list.ts";
import { Failure, type Result } from "./failure.ts";

/** An open disk: offsets and lengths are multiples of 512 bytes. */
export interface Disk {
  /** The `disk` capability, for those who hand it on; it is gone after `close`. */
  readonly cap: number;
  readonly size: number;
  readonly readOnly: boolean;
  read(offset: number, length: number): Result<Uint8Array>;
  write(offset: number, data: Uint8Array): Result<0>;
  /** All that was written is on stable storage when this returns. */
  flush(): Result<0>;
  close(): void;
}

export interface Disks {
  drivers(): string[];
  list(driver: string): Result<DiskLine[]>;
  open(name: string, readOnly: boolean): Result<Disk>;
  create(name: string, size: number): Result<0>;
  /** `base`: an open disk, for drivers that build on one. */
  createFrom(name: string, source: string, base?: Disk): Result<0>;
  remove(name: string): Result<0>;
  rename(from: string, to: string): Result<0>;
  /** What the buffer cache tells of the disks that are in it. */
  volumes(): Result<VolumeRow[]>;
}

const done = ({ error }: { error: number }): Result<0> => (error ? Failure.ofNumber(error) : 0);

export function disksOf(access: DiskAccess, volumes: () => ReturnType<typeof listVolumes>): Disks {
  return {
    drivers: () => access.drivers(),
    list(driver) { const answer = access.list(driver); return answer.error ? Failure.ofNumber(answer.error) : answer.disks; },
    open(name, readOnly) { const answer = access.open(name, readOnly); return answer.error ? Failure.ofNumber(answer.error) : diskOf(answer.disk); },
    create: (name, size) => done(access.create(name, size)),
    createFrom: (name, source, base) => done(access.createFrom(name, source, base?.cap ?? 0)),
    remove: (name) => done(access.remove(name)),
    rename: (from, to) => done(access.rename(from, to)),
    volumes() { const answer = volumes(); return answer.error ? Failure.ofNumber(answer.error) : answer.volumes; },
  };
}

function diskOf(disk: OpenDisk): Disk {
  return {
    cap: disk.cap, size: disk.size, readOnly: disk.readOnly,
    read(offset, length) { const answer = disk.read(offset, length); return answer.error ? Failure.ofNumber(answer.error) : answer.data; },
    write: (offset, data) => done(disk.write(offset, data)),
    flush: () => done(disk.flush()),
    close: () => disk.close(),
  };
}
