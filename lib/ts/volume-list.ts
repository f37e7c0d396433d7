// The buffer cache's list of volumes, as tools and the page read it.

import { CacheClient } from "../../abi/generated/ts/client/cache.ts";
import type { Failure } from "../../abi/generated/ts/message.ts";
import type { Kernel } from "./kernel.ts";
import { decodeText } from "./text.ts";

/** In the order of VolumeStatistics. */
const FIELDS = [
  "pages", "guaranteed", "limit", "dirty", "hits", "misses", "readAhead", "evictions", "writeBacks", "barriers", "diskReads", "diskWrites", "failures", "objects", "borrowed", "lastError", "policy",
] as const;
export type VolumeRow = { readonly name: string } & Readonly<Record<(typeof FIELDS)[number], number>>;

export function listVolumes(kernel: Kernel, cache: number): { error: 0; volumes: VolumeRow[] } | Failure {
  const client = new CacheClient(kernel, cache);
  let text = "";
  for (let position = 0n; ;) {
    const part = client.list(position);
    if (part.error) return part;
    if (part.text.length === 0) return { error: 0, volumes: text.split("\n").filter((line) => line !== "").map(parseLine) };
    text += decodeText(part.text);
    position += BigInt(part.text.length);
  }
}

function parseLine(line: string): VolumeRow {
  const [name = "", ...figures] = line.split(" ");
  return { name, ...Object.fromEntries(FIELDS.map((field, index) => [field, Number(figures[index] ?? 0)])) } as VolumeRow;
}
