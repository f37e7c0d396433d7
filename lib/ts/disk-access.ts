// Disks by the names that people give them, `DRIVER:NAME` (`ram:scratch`, `opfs:home`), for whoever administers them: the shell's tools and the courier.
//
//   const access = new DiskAccess(kernel);            // SLOT_NAMES must be administrative: drivers are found by administrators only
//   const opened = access.open("opfs:home", true);
//   if (opened.error === 0) { opened.disk.read(0, 1024); opened.disk.close(); }
//
// The driver of `x:` is the server published as `disk-x`. One that died is looked up again the next time.

import { DiskClient } from "../../abi/generated/ts/client/disk.ts";
import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { NamesClient } from "../../abi/generated/ts/client/names.ts";
import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import type { Failure } from "../../abi/generated/ts/message.ts";
import type { DiskStatistics } from "../../abi/generated/ts/records.ts";
import { RANGE_LIMIT, SLOT_NAMES } from "../../abi/layout/limits.ts";
import type { Kernel } from "./kernel.ts";
import { readListed } from "./listed-text.ts";
import { errorNumber, refuse } from "./status.ts";

const PREFIX = "disk-";

export interface DiskLine { readonly driver: string; readonly name: string; readonly size: number; readonly persistent: boolean; readonly readOnly: boolean; readonly open: boolean; /** Empty: none. */ readonly origin: string }
export type Done = { readonly error: 0 } | Failure;

/** Undefined if it is not of the form DRIVER:NAME. */
export function parseDiskName(text: string): { driver: string; name: string } | undefined {
  const parts = /^([a-z][a-z0-9-]{0,57}):([A-Za-z0-9._-]{1,63})$/.exec(text);
  return parts ? { driver: parts[1]!, name: parts[2]! } : undefined;
}

/** An open disk; offsets and lengths are multiples of 512 bytes, lengths as large as you like. Close it. */
export class OpenDisk {
  private readonly client: DiskClient;
  private constructor(private readonly kernel: Kernel, /** The `disk` capability. */ readonly cap: number, readonly size: number, readonly flags: DiskFlags, private readonly step: number) {
    this.client = new DiskClient(kernel, cap);
  }

  /** Takes the capability over, also when it fails. */
  static of(kernel: Kernel, cap: number): { error: 0; disk: OpenDisk } | Failure {
    const asked = new DiskClient(kernel, cap).info();
    if (asked.error) { kernel.capDelete(cap); return asked; }
    const { size, flags, transferLimit } = asked.info;
    // A part of the window is scratch here, so that a whole transfer would not fit.
    return { error: 0, disk: new OpenDisk(kernel, cap, Number(size), flags, Math.min(Math.max(512, transferLimit), RANGE_LIMIT)) };
  }

  get readOnly(): boolean { return (this.flags & DiskFlags.ReadOnly) !== 0; }

  read(offset: number, length: number): { error: 0; data: Uint8Array } | Failure {
    if (length <= this.step) return this.client.read(BigInt(offset), length);
    const data = new Uint8Array(length);
    for (let done = 0; done < length; done += this.step) {
      const part = this.client.read(BigInt(offset + done), Math.min(this.step, length - done));
      if (part.error) return part;
      data.set(part.data, done);
    }
    return { error: 0, data };
  }

  write(offset: number, data: Uint8Array): Done {
    for (let done = 0; done < data.length; done += this.step) {
      const written = this.client.write(BigInt(offset + done), data.subarray(done, done + this.step));
      if (written.error) return written;
    }
    return { error: 0 };
  }

  /** All that was written is on stable storage when this returns. */
  flush(): Done { return this.client.flush(); }
  statistics(): { error: 0; statistics: DiskStatistics } | Failure { return this.client.statistics(); }
  close(): void { this.kernel.capDelete(this.cap); }
}

export class DiskAccess {
  private readonly names: NamesClient;
  private readonly known = new Map<string, DisksClient>();

  constructor(private readonly kernel: Kernel, names = SLOT_NAMES) { this.names = new NamesClient(kernel, names); }

  /** The drivers that this session may administer: `ram`, `opfs` … */
  drivers(): string[] {
    return readListed((position) => this.names.list(position)).text.split("\n").filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)).sort();
  }

  /** The disks of a driver. NotFound: there is no such driver, or the session may not administer it. */
  list(driver: string): { error: 0; disks: DiskLine[] } | Failure {
    return this.at(driver, (disks) => {
      const { error, text } = readListed((position) => disks.list(position));
      return error ? { error } : { error, disks: text.split("\n").filter((line) => line !== "").map((line) => parseLine(driver, line)) };
    }, true);
  }

  open(name: string, readOnly: boolean): { error: 0; disk: OpenDisk } | Failure {
    const opened = this.on(name, (disks, own) => disks.open(readOnly ? DiskFlags.ReadOnly : 0, own));
    return opened.error ? opened : OpenDisk.of(this.kernel, opened.disk);
  }

  create(name: string, size: number): Done { return this.on(name, (disks, own) => disks.create(BigInt(size), own)); }
  /** `base`: an open disk's capability, or 0. */
  createFrom(name: string, source: string, base: number): Done { return this.on(name, (disks, own) => disks.createFrom(base, own, source)); }
  remove(name: string): Done { return this.on(name, (disks, own) => disks.remove(own)); }

  /** `to` is a name of the same driver, with or without it. */
  rename(from: string, to: string): Done {
    const parts = parseDiskName(from), target = parseDiskName(to);
    if (parts && target && parts.driver !== target.driver) return refuse("CrossDevice");
    return this.on(from, (disks, own) => disks.rename(own, target?.name ?? to));
  }

  private on<R extends { error: number }>(name: string, use: (disks: DisksClient, own: string) => R): R | Failure {
    const parts = parseDiskName(name);
    return parts ? this.at(parts.driver, (disks) => use(disks, parts.name)) : refuse("BadArgument");
  }

  private at<R extends { error: number }>(driver: string, use: (disks: DisksClient) => R, replayable = false): R | Failure {
    for (let attempt = 0; ; attempt++) {
      const found = this.driver(driver);
      if (!(found instanceof DisksClient)) return found;
      const result = use(found);
      if (result.error !== errorNumber("PeerDied")) return result;
      // Its successor is found the next time; a call that may have been done is not made again.
      this.known.delete(driver);
      this.kernel.capDelete(found.cap);
      if (!replayable || attempt > 0) return result;
    }
  }

  private driver(name: string): DisksClient | Failure {
    const known = this.known.get(name);
    if (known) return known;
    const found = this.names.lookup(false, `${PREFIX}${name}`);
    if (found.error) return found;
    const client = new DisksClient(this.kernel, found.object);
    this.known.set(name, client);
    return client;
  }
}

function parseLine(driver: string, line: string): DiskLine {
  const [name = "", size = "0", flags = "0", state = "", origin = "-"] = line.split("\t"), bits = Number(flags);
  return { driver, name, size: Number(size), persistent: (bits & DiskFlags.Persistent) !== 0, readOnly: (bits & DiskFlags.ReadOnly) !== 0, open: state === "open", origin: origin === "-" ? "" : origin };
}
