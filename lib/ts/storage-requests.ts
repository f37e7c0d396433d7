// What the page asks of the system's disks by way of the courier, and what it is told. Plain, structured-cloneable data.

import type { DiskLine } from "./disk-access.ts";
import type { VolumeRow } from "./volume-list.ts";

export interface DiskMount { readonly disk: string; readonly path: string; readonly type: string; readonly flags: string }

export interface StorageReport {
  readonly drivers: readonly { readonly driver: string; /** Why its disks cannot be listed. */ readonly problem?: string }[];
  readonly disks: readonly DiskLine[];
  readonly mounts: readonly DiskMount[];
}

/** Names of disks are DRIVER:NAME. */
export type StorageRequest =
  /** All disks: starts drivers that have not been wanted yet. */
  | { readonly kind: "disks" }
  /** What the buffer cache tells of what is mounted; nothing if there is no cache. */
  | { readonly kind: "volumes" }
  | { readonly kind: "create-disk"; readonly name: string; readonly size: number }
  /** How many pages the buffer cache has, and how many of them are kept for volumes. */
  | { readonly kind: "cache" }
  /** Over a disk, or from a file of the site. */
  | { readonly kind: "create-disk-from"; readonly name: string; readonly source: string }
  | { readonly kind: "import-disk"; readonly name: string; readonly file: Blob }
  | { readonly kind: "export-disk"; readonly name: string }
  | { readonly kind: "rename-disk"; readonly from: string; readonly to: string }
  | { readonly kind: "remove-disk"; readonly name: string }
  | { readonly kind: "mount"; readonly disk: string; readonly path: string; readonly type: "ext2" | "fat" | "auto"; readonly readOnly: boolean }
  | { readonly kind: "unmount"; readonly path: string }
  /** Pages of the buffer cache that are kept for a volume, and the most that it may hold (0: as many as are free). */
  | { readonly kind: "share"; readonly name: string; readonly guaranteed: number; readonly limit: number };

export interface CacheCapacity { readonly pages: number; readonly guaranteed: number }
export interface Mounted { readonly type: string; readonly readOnly: boolean; /** Why it became read-only, or empty. */ readonly reason: string }

/** What each request is answered with. */
export interface StorageAnswers {
  "disks": StorageReport;
  "volumes": readonly VolumeRow[];
  "cache": CacheCapacity;
  "export-disk": Blob;
  "mount": Mounted;
}
export type StorageAnswer<Kind extends StorageRequest["kind"]> = Kind extends keyof StorageAnswers ? StorageAnswers[Kind] : undefined;

/** Bytes that are done of those that there are to do: of an import or an export. */
export interface Progress { readonly done: number; readonly total: number }
