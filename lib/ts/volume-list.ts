// The buffer cache's list of volumes, as tools and the page read it.

import { CacheClient } from "../../abi/generated/ts/client/cache.ts";
import type { Failure } from "../../abi/generated/ts/message.ts";
import type { Kernel } from "./kernel.ts";
import { readListed } from "./listed-text.ts";

/** In the order of VolumeStatistics. */
const FIELDS = [
  "pages", "guaranteed", "limit", "dirty", "hits", "misses", "readAhead", "evictions", "writeBacks", "barriers", "diskReads", "diskWrites", "failures", "objects", "borrowed", "lastError", "policy",
] as const;
export type VolumeRow = { readonly name: string } & Readonly<Record<(typeof FIELDS)[number], number>>;

export function listVolumes(kernel: Kernel, cache: number): { error: 0; volumes: VolumeRow[] } | Failure {
  const client = new CacheClient(kernel, cache), { error, text } = readListed((position) => client.list(position));
  return error ? { error } : { error, volumes: text.split("\n").filter((line) => line !== "").map(parseLine) };
}

function parseLine(line: string): VolumeRow {
  const [name = "", ...figures] = line.split(" ");
  return { name, ...Object.fromEntries(FIELDS.map((field, index) => [field, Number(figures[index] ?? 0)])) } as VolumeRow;
}
