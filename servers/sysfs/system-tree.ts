// What /sys shows: a tree of directories and of files whose contents are made when they are opened. A directory is listed anew each time, so that servers
// and volumes that come and go are seen.
//
//   /sys/cache/total, VOLUME      /sys/disks/DRIVER      /sys/file-systems/TYPE      /sys/kernel/counts, calls      /sys/mounts      /sys/servers/NAME

import type { VolumeRow } from "../../lib/ts/volume-list.ts";
import type { Sources } from "./sources.ts";

/** A file: its text. */
export type Text = () => string;
/** A directory: what is in it now. */
export type Listing = () => ReadonlyMap<string, Node>;
export type Node = { readonly kind: "file"; readonly text: Text } | { readonly kind: "directory"; readonly list: Listing };

const POLICIES = ["clock", "lru", "2q", "arc"];

const file = (text: Text): Node => ({ kind: "file", text });
const directory = (list: Listing): Node => ({ kind: "directory", list });
const fixed = (nodes: Readonly<Record<string, Node>>): Node => directory(() => new Map(Object.entries(nodes)));
const lines = (rows: Readonly<Record<string, string | number | bigint>>): string => Object.entries(rows).map(([key, value]) => `${key} ${value}\n`).join("");

export function systemTree(sources: Sources): Node {
  return fixed({
    cache: directory(() => new Map([
      ["total", file(() => totals(sources.volumes()))],
      ...sources.volumes().map((volume): [string, Node] => [volume.name, file(() => volumeText(sources.volumes().find(({ name }) => name === volume.name)))]),
    ])),
    disks: directory(() => new Map(sources.running("disk-").map((name): [string, Node] => [name.slice("disk-".length), file(() => sources.disks(name))]))),
    "file-systems": directory(() => new Map(sources.fileSystemServers().map((name): [string, Node] => [name, file(() => sources.attached(name))]))),
    kernel: fixed({ counts: file(() => lines({ ...sources.counts() })), calls: file(() => callsText(sources)) }),
    mounts: file(() => sources.mounts()),
    servers: directory(() => new Map(sources.servers().map((name): [string, Node] => [name, file(() => serverText(sources, name))]))),
  });
}

function volumeText(volume: VolumeRow | undefined): string {
  if (!volume) return "";
  const { name: _name, policy, ...figures } = volume;
  return lines({ ...figures, hitRate: rate(volume.hits, volume.misses), policy: POLICIES[policy] ?? policy });
}

function totals(volumes: readonly VolumeRow[]): string {
  const sum = (of: (volume: VolumeRow) => number): number => volumes.reduce((all, volume) => all + of(volume), 0);
  const hits = sum((volume) => volume.hits), misses = sum((volume) => volume.misses);
  return lines({
    volumes: volumes.length, pages: sum((volume) => volume.pages), dirty: sum((volume) => volume.dirty), hits, misses, hitRate: rate(hits, misses), readAhead: sum((volume) => volume.readAhead),
    evictions: sum((volume) => volume.evictions), writeBacks: sum((volume) => volume.writeBacks), diskReads: sum((volume) => volume.diskReads), diskWrites: sum((volume) => volume.diskWrites), failures: sum((volume) => volume.failures),
  });
}

/** In per cent; `-` before anything was asked for. */
function rate(hits: number, misses: number): string { return hits + misses === 0 ? "-" : `${(100 * hits / (hits + misses)).toFixed(1)}%`; }

/** One line for each path of calls since boot: how many, from whom, to whom. */
function callsText(sources: Sources): string {
  const names = new Map(sources.domains().map(({ domain, name }) => [domain, name]));
  const name = (domain: number): string => names.get(domain) || `domain${domain}`;
  return sources.callCounts().filter(({ count }) => count > 0n).sort((a, b) => a.count < b.count ? 1 : -1).map(({ from, to, count }) => `${count} ${name(from)} ${name(to)}\n`).join("");
}

function serverText(sources: Sources, server: string): string {
  const domains = sources.domains(), own = domains.find(({ name }) => name === server);
  if (!own) return "";
  const names = new Map(domains.map(({ domain, name }) => [domain, name])), paths = sources.callCounts().filter(({ count }) => count > 0n);
  const with_ = (of: (path: { from: number; to: number }) => number, other: (path: { from: number; to: number }) => number, word: string): Record<string, bigint> => {
    const rows = paths.filter((path) => of(path) === own.domain).map((path) => [`${word} ${names.get(other(path)) || `domain${other(path)}`}`, path.count] as const);
    return Object.fromEntries(rows.sort(([a], [b]) => a < b ? -1 : 1));
  };
  return lines({
    domain: own.domain, state: own.state, placement: own.placement, movable: own.movable ? "yes" : "no", activity: own.activity, capabilities: `${own.caps} of ${own.capQuota}`,
    frames: `${own.frames} of ${own.frameQuota}`, memory: own.memory, calls: own.calls, served: own.served,
    ...with_(({ to }) => to, ({ from }) => from, "calledBy"), ...with_(({ from }) => from, ({ to }) => to, "calls"),
  });
}
