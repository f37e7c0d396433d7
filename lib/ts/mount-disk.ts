// Mounting a file system that is on a disk: what `mount -t TYPE DRIVER:NAME PATH` and the page do. The disk is opened at its driver, taken into
// the buffer cache, attached to the server that knows the type, and mounted; whoever did it keeps nothing. The unmount undoes all of it.
//
//   const mounted = mountDisk(kernel, { type: "ext2", disk: "ram:scratch", path: "/mnt", directory, flags: 0 });
//   if (mounted.error) mounted.step says which step failed, mounted.reason what the file system's server says about it
//
// SLOT_NAMES must be administrative, and `directory` have the right Manage.

import { CacheClient } from "../../abi/generated/ts/client/cache.ts";
import type { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileSystemsClient } from "../../abi/generated/ts/client/file-systems.ts";
import { NamesClient } from "../../abi/generated/ts/client/names.ts";
import { VolumeClient } from "../../abi/generated/ts/client/volume.ts";
import { MountFlags } from "../../abi/generated/ts/enums.ts";
import type { ErrorNumber } from "../../abi/generated/ts/errors.ts";
import { SLOT_NAMES } from "../../abi/layout/limits.ts";
import { DiskAccess } from "./disk-access.ts";
import type { Kernel } from "./kernel.ts";
import { errorNumber } from "./status.ts";
import { decodeText } from "./text.ts";

export interface DiskMount {
  /** The server of file systems: `ext2`, `fat`; `auto`: the first of those that there are to recognize what is on the disk. */
  readonly type: string;
  /** DRIVER:NAME. */
  readonly disk: string;
  readonly path: string;
  readonly directory: DirectoryClient;
  /** MountFlags. */
  readonly flags: number;
}

export type MountStep = "disk" | "cache" | "type" | "attach" | "mount";
/** `reason`: what is wrong with the file system, or why it became read-only; empty if there is nothing to say. */
export type DiskMounted = { readonly error: 0; readonly readOnly: boolean; readonly reason: string } | { readonly error: ErrorNumber; readonly step: MountStep; readonly reason: string };

const NAME_LIMIT = 63;
/** What `auto` tries, in this order. */
const TYPES = ["ext2", "fat"];

export function mountDisk(kernel: Kernel, { type, disk, path, directory, flags: wanted }: DiskMount): DiskMounted {
  const held: number[] = [], keep = (cap: number): number => { held.push(cap); return cap; };
  const failed = (step: MountStep, error: number, reason = ""): DiskMounted => ({ error: error as ErrorNumber, step, reason });
  try {
    const names = new NamesClient(kernel, SLOT_NAMES), types = type === "auto" ? TYPES : [type];
    const servers = types.flatMap((name): [string, number][] => { const found = names.lookup(false, name); return found.error ? [] : [[name, keep(found.object)]]; });
    if (servers.length === 0) return failed("type", errorNumber("NotFound"));
    const opened = new DiskAccess(kernel).open(disk, (wanted & MountFlags.ReadOnly) !== 0);
    if (opened.error) return failed("disk", opened.error);
    keep(opened.disk.cap);
    const cache = names.lookup(false, "cache");
    if (cache.error) return failed("cache", cache.error);
    const taken = new CacheClient(kernel, keep(cache.object)).attach(opened.disk.cap, 0, 0, disk.slice(0, NAME_LIMIT));
    if (taken.error) return failed("cache", taken.error);
    keep(taken.volume);
    keep(taken.image);
    const readOnly = wanted & MountFlags.ReadOnly || opened.disk.readOnly ? MountFlags.ReadOnly : 0, reasons: string[] = [];
    let error = 0;
    for (const [name, server] of servers) {
      const fileSystems = new FileSystemsClient(kernel, server), attached = fileSystems.attach(readOnly, taken.size, taken.volume, taken.image);
      const said = fileSystems.reason(), reason = said.error ? "" : decodeText(said.text);
      if (attached.error) {
        error ||= attached.error;
        if (reason !== "") reasons.push(servers.length > 1 ? `${name}: ${reason}` : reason);
        continue;
      }
      const root = keep(attached.root), flags = wanted | readOnly | (attached.readOnly ? MountFlags.ReadOnly : 0);
      let mounted = directory.mount(flags, root, path, `${disk} ${name}`);
      // A file system in which clients cannot walk for themselves is mounted with the protocol that all have.
      const without = flags & ~MountFlags.ClientSide, note = mounted.error === errorNumber("NotSupported") && without !== flags ? `${name} does not have the third protocol` : "";
      if (note !== "") mounted = directory.mount(without, root, path, `${disk} ${name}`);
      if (mounted.error) {
        // Now, not when the servers hear that nobody has it any more: the disk may be wanted at once.
        new FileSystemClient(kernel, root).detach();
        return failed("mount", mounted.error);
      }
      return { error: 0, readOnly: attached.readOnly, reason: [reason, note].filter((each) => each !== "").join("; ") };
    }
    new VolumeClient(kernel, taken.volume).detach();
    return failed("attach", error, reasons.join("; "));
  } finally { for (const cap of held) kernel.capDelete(cap); }
}
