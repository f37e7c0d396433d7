// The checker behind fsck.fat: reads all of a volume's metadata and tells what is wrong.
//
//   const report = checkFat(device);              nothing is written
//   repairFat(device, report);                    mends every finding but those of kind "error"
//
// What a crash of servers/fat leaves is never an "error" (see its commit.ts); what each kind means is at Kind.

import * as fat from "../../../../lib/formats/fat.ts";
import { AllocationTable, isEnd } from "./allocation-table.ts";
import { clusterOf, readListing, type Entry, type Listing, type Moving, type Slot } from "./directory-slots.ts";
import { BadBootSector, clusterStart, isCluster, readGeometry, type Geometry } from "./geometry.ts";
import type { SectorDevice } from "../sector-device.ts";

/** error: data or structure is damaged. lost: clusters in use that no file needs. leftover: parts of a long name without an entry. mirror: the FATs
 *  differ. moving: a file without a name, as a rename was on its way. count: FSInfo is wrong. dirty: not unmounted cleanly. */
export type Kind = "error" | "lost" | "leftover" | "mirror" | "moving" | "count" | "dirty";
export interface Finding { kind: Kind; text: string }

export interface Report {
  geometry: Geometry | undefined;
  findings: Finding[];
  files: number;
  directories: number;
  used: number;
  /** For repairFat. */
  lost: number[];
  /** Last cluster that a file needs. */
  excess: number[];
  leftovers: Slot[];
  moving: Moving[];
  free: number;
}

/** So many findings are told one by one. */
const TOLD = 200;

export function checkFat(device: SectorDevice): Report {
  const report: Report = { geometry: undefined, findings: [], files: 0, directories: 0, used: 0, lost: [], excess: [], leftovers: [], moving: [], free: 0 };
  try {
    report.geometry = readGeometry(device);
  } catch (error) {
    if (!(error instanceof BadBootSector)) throw error;
    report.findings.push({ kind: "error", text: error.message });
    return report;
  }
  new Checker(device, report.geometry, report).run();
  return report;
}

class Checker {
  private readonly table: AllocationTable;
  /** By cluster: the number of the chain that has it, 0 for none. */
  private readonly owners: Uint32Array;
  private readonly names = ["nobody"];
  /** Clusters behind the ends of files. They have an owner while the tree is walked: another chain that leads there is crossed with theirs. */
  private readonly unneeded: number[] = [];

  constructor(private readonly device: SectorDevice, private readonly geometry: Geometry, private readonly report: Report) {
    this.table = AllocationTable.read(device, geometry, geometry.active);
    this.owners = new Uint32Array(geometry.clusters + 2);
  }

  private tell(kind: Kind, text: string): void { if (this.report.findings.length < TOLD) this.report.findings.push({ kind, text }); }

  run(): void {
    this.checkTables();
    const { geometry } = this;
    const root = geometry.type === 32 ? this.chain(geometry.rootCluster, "/") : [];
    this.walk(root, geometry.type === 32 ? undefined : { start: geometry.rootStart, bytes: geometry.rootEntries * 32 });
    for (const cluster of this.unneeded) this.owners[cluster] = 0;
    this.checkMoving();
    this.checkSpace();
  }

  private checkTables(): void {
    const { geometry, table } = this;
    if ((table.raw(0) & 255) !== geometry.media) this.tell("error", `FAT entry 0 is 0x${table.raw(0).toString(16)}, its low byte should be BPB_Media (0x${geometry.media.toString(16)})`);
    for (let copy = 0; copy < geometry.fats && geometry.mirrored; copy++) {
      const at = copy === geometry.active ? -1 : table.difference(AllocationTable.read(this.device, geometry, copy));
      if (at >= 0) this.tell("mirror", `FAT ${copy + 1} differs from FAT ${geometry.active + 1}, first at cluster ${at}`);
    }
    const clean = geometry.type === 16 ? fat.CLEAN_16 : fat.CLEAN_32;
    if (geometry.type !== 12 && !(table.raw(1) & clean)) this.tell("dirty", "the volume was not unmounted cleanly");
  }

  /** The clusters of a chain as far as it is whole; they are its own from here on. */
  private chain(first: number, name: string): number[] {
    const clusters: number[] = [], owner = this.names.push(name) - 1;
    for (let cluster = first; ;) {
      if (!isCluster(this.geometry, cluster)) { this.tell("error", `${name}: cluster ${clusters.at(-1) ?? "number"} leads to ${cluster}, should be 2 to ${this.geometry.clusters + 1} or an end`); break; }
      const other = this.owners[cluster]!;
      if (other) { this.tell("error", other === owner ? `${name}: its chain comes back to cluster ${cluster}` : `${name}: cluster ${cluster} belongs to ${this.names[other]} as well`); break; }
      const entry = this.table.get(cluster);
      if (entry === fat.ENTRY_FREE || entry === fat.ENTRY_BAD) { this.tell("error", `${name}: its chain leads into cluster ${cluster}, which is ${entry ? "bad" : "free"}`); break; }
      this.owners[cluster] = owner;
      clusters.push(cluster);
      if (isEnd(entry)) break;
      cluster = entry;
    }
    return clusters;
  }

  private *slots(clusters: readonly number[], fixed: { start: number; bytes: number } | undefined): Generator<Slot> {
    const parts = fixed ? [fixed] : clusters.map((cluster) => ({ start: clusterStart(this.geometry, cluster), bytes: this.geometry.clusterBytes }));
    for (const { start, bytes } of parts) {
      const data = this.device.read(start, Math.ceil(bytes / 512) * 512);
      for (let at = 0; at < bytes; at += 32) yield { bytes: data.subarray(at, at + 32), offset: start + at };
    }
  }

  /** The whole tree, without recursion: names may be nested as deep as a disk allows. */
  private walk(rootClusters: number[], fixed: { start: number; bytes: number } | undefined): void {
    const waiting = [{ path: "", own: 0, parent: 0, listing: readListing(this.slots(rootClusters, fixed), this.geometry.type), clusters: rootClusters, root: true }];
    for (let at = waiting.pop(); at; at = waiting.pop()) {
      const { path, listing } = at;
      this.report.directories++;
      this.report.leftovers.push(...listing.leftovers);
      for (const _ of listing.leftovers) this.tell("leftover", `${path || "/"}: part of a long name without its entry`);
      this.report.moving.push(...listing.moving);
      if (at.clusters.length * this.geometry.clusterBytes > fat.MAX_DIRECTORY_BYTES) this.tell("error", `${path || "/"}: ${at.clusters.length} clusters, more than a directory may have`);
      this.checkDots(at.root, path, listing, at.own, at.parent);
      this.checkNames(path, listing, at.root);
      for (const entry of listing.entries) {
        const below = `${path}/${entry.name}`;
        if (!(entry.attributes & fat.ATTRIBUTE_DIRECTORY)) { this.checkFile(below, entry); continue; }
        if (entry.size !== 0) this.tell("error", `${below}: DIR_FileSize of a directory is ${entry.size}, should be 0`);
        const clusters = this.chain(entry.cluster, below);
        // A chain that is another's is not walked again, so this ends.
        if (clusters.length > 0) waiting.push({ path: below, own: entry.cluster, parent: at.root ? 0 : at.own, listing: readListing(this.slots(clusters, undefined), this.geometry.type, entry.cluster), clusters, root: false });
      }
    }
  }

  private checkDots(root: boolean, path: string, listing: Listing, own: number, parent: number): void {
    if (root) { if (listing.dots.length > 0) this.tell("error", `/: has ${listing.dots.map(({ entry }) => entry.short).join(" and ")}, should have none`); return; }
    for (const [index, name, cluster] of [[0, ".", own], [1, "..", parent]] as const) {
      const found = listing.dots[index];
      if (found?.index !== index || found.entry.short !== name) this.tell("error", `${path}: slot ${index} is not \`${name}\``);
      else if (found.entry.cluster !== cluster) this.tell("error", `${path}: \`${name}\` leads to cluster ${found.entry.cluster}, should be ${cluster}`);
    }
    if (listing.dots.length > 2) this.tell("error", `${path}: has ${listing.dots.length} entries that start with a dot, should have 2`);
  }

  private checkNames(path: string, listing: Listing, root: boolean): void {
    const seen = new Map<string, string>();
    for (const entry of listing.entries) {
      for (const name of new Set([entry.name.toUpperCase(), entry.short.toUpperCase()])) {
        const other = seen.get(name);
        if (other !== undefined) this.tell("error", `${path || "/"}: \`${entry.name}\` and \`${other}\` have the same name`);
        seen.set(name, entry.name);
      }
      if (/[\x00-\x1f"*/:<>?\\|\x7f]/.test(entry.name) || /[\x00-\x1f"*/:<>?\\|\x7f]/.test(entry.short)) this.tell("error", `${path || "/"}: ${JSON.stringify(entry.name)} has a character that is not allowed`);
    }
    if (!root && listing.labels.length > 0) this.tell("error", `${path}: has a volume label, which only / may have`);
    if (listing.labels.length > 1) this.tell("error", `${path || "/"}: has ${listing.labels.length} volume labels, should have one at the most`);
  }

  private checkFile(path: string, { cluster, size }: Entry): void {
    this.report.files++;
    const needed = Math.ceil(size / this.geometry.clusterBytes);
    const clusters = cluster === 0 ? [] : this.chain(cluster, path);
    if (clusters.length < needed) this.tell("error", `${path}: DIR_FileSize is ${size}, should be at most the ${clusters.length * this.geometry.clusterBytes} bytes of its ${clusters.length} clusters`);
    if (clusters.length > needed) {
      this.tell("lost", `${path}: ${clusters.length - needed} clusters more than its ${size} bytes need`);
      if (needed > 0) this.report.excess.push(clusters[needed - 1]!);
      this.unneeded.push(...clusters.slice(needed));
    }
  }

  /** Deleted entries of files that were being renamed count only if nobody else has the clusters. */
  private checkMoving(): void {
    this.report.moving = this.report.moving.filter(({ cluster, slot }) => {
      if (!isCluster(this.geometry, cluster) || this.owners[cluster] || this.table.get(cluster) === fat.ENTRY_FREE) return false;
      this.tell("moving", `a file at cluster ${cluster} was being renamed; its old entry is at byte ${slot.offset}`);
      this.chain(cluster, "(being renamed)");
      return true;
    });
  }

  private checkSpace(): void {
    const { geometry, report } = this;
    for (let cluster = 2; cluster < geometry.clusters + 2; cluster++) {
      const entry = this.table.get(cluster);
      if (entry === fat.ENTRY_FREE) report.free++;
      else if (this.owners[cluster]) report.used++;
      else if (entry !== fat.ENTRY_BAD) report.lost.push(cluster);
    }
    if (report.lost.length > 0) this.tell("lost", `${report.lost.length} clusters are in use and belong to no file, the first is ${report.lost[0]}`);
    if (!geometry.infoStart) return;
    const bytes = this.device.read(geometry.infoStart, 512), info = new DataView(bytes.buffer, bytes.byteOffset, 512);
    if (info.getUint32(0, true) !== fat.FSINFO_LEAD_SIGNATURE || info.getUint32(fat.FSINFO_STRUCTURE_AT, true) !== fat.FSINFO_STRUCTURE_SIGNATURE) { this.tell("error", "the FSInfo sector has not its signatures"); return; }
    const free = info.getUint32(fat.FSINFO_FREE_AT, true);
    if (free !== fat.FSINFO_UNKNOWN && free !== report.free) this.tell("count", `FSI_Free_Count is ${free}, should be ${report.free}`);
  }
}

/** Mend what checkFat found, except errors: the caller tells those. */
export function repairFat(device: SectorDevice, report: Report): void {
  const { geometry } = report;
  if (!geometry) return;
  const table = AllocationTable.read(device, geometry, geometry.active);
  for (const moving of report.moving) giveBackName(device, moving, geometry);
  for (const slot of report.leftovers) patch(device, slot.offset, Uint8Array.of(fat.SLOT_FREE));
  const broken = report.findings.some(({ kind }) => kind === "error");
  // In a damaged tree a cluster that seems lost may be the rest of a damaged file.
  if (!broken) {
    for (const cluster of report.excess) table.set(cluster, fat.ENTRY_END);
    for (const cluster of report.lost) table.set(cluster, fat.ENTRY_FREE);
    clearEmptyFiles(device, report, geometry);
    if (geometry.type !== 12) table.set(1, table.raw(1) | (geometry.type === 16 ? fat.CLEAN_16 : fat.CLEAN_32));
    const free = report.free + report.lost.length;
    if (geometry.infoStart) patch(device, geometry.infoStart + fat.FSINFO_FREE_AT, Uint8Array.of(free & 255, free >> 8 & 255, free >> 16 & 255, free >>> 24));
  }
  table.write(device);
  device.flush();
}

/** Files of no bytes must have no first cluster; those that had lose it together with their clusters. */
function clearEmptyFiles(device: SectorDevice, report: Report, geometry: Geometry): void {
  const lost = new Set(report.lost);
  if (lost.size === 0) return;
  const waiting: Iterable<Slot>[] = [slotsOf(device, geometry, geometry.type === 32 ? geometry.rootCluster : 0)];
  for (let slots = waiting.pop(); slots; slots = waiting.pop()) {
    for (const entry of readListing(slots, geometry.type).entries) {
      if (entry.attributes & fat.ATTRIBUTE_DIRECTORY) waiting.push(slotsOf(device, geometry, entry.cluster));
      else if (entry.size === 0 && lost.has(entry.cluster)) {
        patch(device, entry.offset + fat.SLOT_CLUSTER_LOW, new Uint8Array(2));
        if (geometry.type === 32) patch(device, entry.offset + fat.SLOT_CLUSTER_HIGH, new Uint8Array(2));
      }
    }
  }
}

/** The slots of a directory whose chain is known to be whole; 0 is the root of FAT12 and FAT16. */
function* slotsOf(device: SectorDevice, geometry: Geometry, first: number): Generator<Slot> {
  const table = first === 0 ? undefined : AllocationTable.read(device, geometry, geometry.active);
  for (let cluster = first; ; cluster = table!.get(cluster)) {
    if (table && isEnd(cluster)) return;
    const start = table ? clusterStart(geometry, cluster) : geometry.rootStart, bytes = table ? geometry.clusterBytes : geometry.rootEntries * 32;
    const data = device.read(start, bytes);
    for (let at = 0; at < bytes; at += 32) yield { bytes: data.subarray(at, at + 32), offset: start + at };
    if (!table) return;
  }
}

function giveBackName(device: SectorDevice, { slot, longSlots, cluster, directory, parent }: Moving, geometry: Geometry): void {
  const dots = clusterStart(geometry, cluster) + fat.SLOT_SIZE;
  // A directory may lead to its new parent already.
  if (directory) {
    patch(device, dots + fat.SLOT_CLUSTER_LOW, Uint8Array.of(parent & 255, parent >> 8 & 255));
    if (geometry.type === 32) patch(device, dots + fat.SLOT_CLUSTER_HIGH, Uint8Array.of(parent >> 16 & 255, parent >>> 24));
  }
  const bytes = slot.bytes.slice();
  bytes[0] = bytes[fat.SLOT_CREATED_TENTHS]!;
  bytes[fat.SLOT_CREATED_TENTHS] = 0;
  bytes[fat.SLOT_CASE] = 0;
  patch(device, slot.offset, bytes);
  if (clusterOf(bytes, geometry.type) === 0) return;
  longSlots.forEach((part, i) => patch(device, part.offset, Uint8Array.of(longSlots.length - i | (i === 0 ? fat.LONG_LAST : 0))));
}

/** Change a few bytes within one sector. */
function patch(device: SectorDevice, offset: number, bytes: Uint8Array): void {
  const start = offset - offset % fat.DISK_SECTOR, sector = device.read(start, fat.DISK_SECTOR);
  sector.set(bytes, offset - start);
  device.write(start, sector);
}
