// Where /sys has its figures from. Servers are asked only if they are running (looking one up would start it), for a short time, and never the VFS, which
// calls this server: its mount table is read from the Dataspace that init publishes for administrators.

import { DisksClient } from "../../abi/generated/ts/client/disks.ts";
import { FileSystemsClient } from "../../abi/generated/ts/client/file-systems.ts";
import { MOUNT_TABLE_TEXT, SLOT_SYSTEM } from "../../abi/layout/limits.ts";
import { readMountTableHeader } from "../../abi/generated/ts/records.ts";
import type { CallCount, DomainInfo, Kernel, KernelCounts } from "../../lib/ts/kernel.ts";
import { readListed, type ListedPart } from "../../lib/ts/listed-text.ts";
import { Naming } from "../../lib/ts/naming.ts";
import { errorName } from "../../lib/ts/status.ts";
import { decodeTextLosslessly } from "../../lib/ts/text.ts";
import { listVolumes, type VolumeRow } from "../../lib/ts/volume-list.ts";

/** Microseconds that a server has for an answer. */
const PATIENCE = 2_000_000;
/** Servers of file systems on disks. */
const FILE_SYSTEMS = ["ext2", "fat"];
/** The name under which init publishes the VFS's mount table. */
export const MOUNT_TABLE = "mount-table";
const ATTEMPTS = 8;

export class Sources {
  private readonly naming: Naming;
  constructor(private readonly kernel: Kernel) { this.naming = new Naming(kernel); }

  domains(): DomainInfo[] { return this.kernel.system.domains(SLOT_SYSTEM).filter(({ state }) => state !== "unused"); }
  counts(): KernelCounts { return this.kernel.system.counts(SLOT_SYSTEM); }
  callCounts(): CallCount[] { return this.kernel.system.callCounts(SLOT_SYSTEM); }

  /** Domains that are no processes: those have a number in brackets. Members of a linked group share one. */
  servers(): string[] { return this.domains().map(({ name }) => name).filter((name) => name !== "" && !name.includes("(") && !name.includes("/")).sort(); }

  /** Servers that are running and whose names begin so. */
  running(prefix: string): string[] { return this.servers().flatMap((name) => name.split("+")).filter((name) => name.startsWith(prefix)); }
  fileSystemServers(): string[] { return this.running("").filter((name) => FILE_SYSTEMS.includes(name)); }

  volumes(): VolumeRow[] {
    if (!this.running("cache").includes("cache")) return [];
    const listed = this.naming.call("cache", (cap) => listVolumes(this.kernel, cap));
    return "volumes" in listed ? listed.volumes : [];
  }

  /** A line for each attached volume. */
  attached(server: string): string {
    return this.text((position) => this.naming.call(server, (cap) => new FileSystemsClient(this.kernel, cap, PATIENCE).list(position)) as ListedPart);
  }

  /** A line for each disk of a driver. */
  disks(driver: string): string {
    return this.text((position) => this.naming.call(driver, (cap) => new DisksClient(this.kernel, cap, PATIENCE).list(position)) as ListedPart);
  }

  mounts(): string {
    const table = this.naming.find(MOUNT_TABLE, false);
    if (table < 0) return "";
    // The generation is odd while the VFS writes, and other afterwards.
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = readMountTableHeader(this.kernel.dataspaceRead(table, 0n, 64).data);
      const { data } = this.kernel.dataspaceRead(table, BigInt(MOUNT_TABLE_TEXT), before.textLength);
      const after = readMountTableHeader(this.kernel.dataspaceRead(table, 0n, 64).data);
      if (before.generation % 2 === 0 && after.generation === before.generation) return decodeTextLosslessly(data);
    }
    return "";
  }

  private text(list: (position: bigint) => ListedPart): string {
    const { error, text } = readListed(list);
    return error ? `${text}# ${errorName(error)}\n` : text;
  }
}
