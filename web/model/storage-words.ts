// Disks in words, and the figures that the storage pane shows.

import { formatBytes } from "./format.ts";
import type { DiskLine } from "../../lib/ts/disk-access.ts";
import type { DiskMount } from "../../lib/ts/storage-requests.ts";
import type { VolumeRow } from "../../lib/ts/volume-list.ts";

export interface DriverWords { readonly title: string; readonly about: string; /** How a new disk is described. */ readonly source: "size" | "disk" | "path" }

const DRIVERS: Readonly<Record<string, DriverWords>> = {
  opfs: { title: "Kept by this browser", about: "Files of the browser's private file system: there after a reload.", source: "size" },
  idb: { title: "Kept in IndexedDB", about: "For browsers without a private file system; slower.", source: "size" },
  ram: { title: "In memory", about: "Gone when the page is closed or reloaded.", source: "size" },
  overlay: { title: "Laid over another disk", about: "Changes stay in memory; the disk below is not written.", source: "disk" },
  http: { title: "Files of the site", about: "Read-only, fetched in parts as they are needed.", source: "path" },
};
const ORDER = Object.keys(DRIVERS);

export function driverWords(driver: string): DriverWords { return DRIVERS[driver] ?? { title: `Driver ${driver}`, about: "", source: "size" }; }
export function inOrder(drivers: readonly string[]): string[] {
  const rank = (driver: string): number => (ORDER.indexOf(driver) + ORDER.length + 1) % (ORDER.length + 1);
  return [...drivers].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export const fullName = ({ driver, name }: DiskLine): string => `${driver}:${name}`;
export const isDiskName = (name: string): boolean => /^[A-Za-z0-9._-]{1,63}$/.test(name) && name !== "." && name !== "..";
/** A disk's name made of a file's: `my disk.img` → "my-disk". */
export function nameOfFile(file: string): string { return file.replace(/\.(img|iso|raw|bin)$/i, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "").slice(0, 63) || "disk"; }

/** "64 MiB", "1.5G", "4096" in bytes, rounded up to sectors; undefined if it is no size. */
export function parseDiskSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([KMG])(?:i?B)?|B)?\s*$/i.exec(text);
  if (!match) return undefined;
  const bytes = Number(match[1]) * ({ K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[match[2]?.toUpperCase() ?? ""] ?? 1);
  return bytes >= 512 && bytes <= 2 ** 36 ? Math.ceil(bytes / 512) * 512 : undefined;
}

/** Bytes of a page, and the fewest pages that are kept for a volume. */
export const PAGE = 4096, LEAST_SHARE = 64;

/** A share in pages, as "8 MiB" says it; undefined if it is no size. */
export function parseShare(text: string): number | undefined {
  const bytes = parseDiskSize(text);
  return bytes === undefined ? undefined : Math.ceil(bytes / PAGE);
}

/** The most that a limit may be called: nothing, or a word for it. */
export const isNoLimit = (text: string): boolean => /^\s*(no limit|none|)\s*$/i.test(text);

/** What is wrong with shares (pages, limit 0: none) of a volume in a cache of `pages`, of which `others` are kept for the others; undefined if nothing is. */
export function shareProblem({ guaranteed, limit }: { guaranteed: number; limit: number }, { pages, others }: { pages: number; others: number }): string | undefined {
  const size = (count: number): string => formatBytes(count * PAGE);
  if (guaranteed < LEAST_SHARE) return `At least ${size(LEAST_SHARE)} are kept for each disk.`;
  if (guaranteed > pages - others) return `${size(guaranteed)} are too much: the cache has ${size(pages)}, and ${size(others)} are kept for other disks, which leaves ${size(Math.max(0, pages - others))}.`;
  if (limit !== 0 && limit < guaranteed) return `It cannot be kept more (${size(guaranteed)}) than it may hold at the most (${size(limit)}).`;
  return undefined;
}

/** "Mounted on /mnt/home (ext2)", "In use", "Not in use". */
export function stateText(disk: DiskLine, mount: DiskMount | undefined): string {
  return mount ? `Mounted on ${mount.path} (${mount.type}${mount.flags.split(",").includes("ro") ? ", read-only" : ""})` : disk.open ? "In use" : "Not in use";
}

/** Pages of a volume as parts of the bar that stands for the most that any volume may hold: fractions 0–1. */
export interface ShareBar { readonly guaranteedUsed: number; readonly guaranteedFree: number; readonly borrowed: number; readonly limit: number | undefined }

export function shareBar(row: VolumeRow, scale: number): ShareBar {
  const part = (pages: number): number => (scale <= 0 ? 0 : Math.min(1, pages / scale)), own = Math.min(row.pages, row.guaranteed);
  return { guaranteedUsed: part(own), guaranteedFree: part(row.guaranteed - own), borrowed: part(row.borrowed), limit: row.limit > 0 && row.limit <= scale ? part(row.limit) : undefined };
}

/** Pages that the longest bar stands for: room to see what is held, not the limit of a cache that is nearly empty. */
export function shareScale(rows: readonly VolumeRow[]): number {
  const most = Math.max(64, ...rows.flatMap(({ pages, guaranteed }) => [pages * 1.25, guaranteed * 1.25]));
  return 2 ** Math.ceil(Math.log2(most));
}
