// What must hold between the parts of a boot manifest. Throws Refused with the line of the part that is wrong.

import type { Manifest, ServerEntry } from "./manifest.ts";
import { findCycle } from "./call-graph.ts";
import { Refused, type Place } from "./yaml-reader.ts";

/** Without these init cannot start a program. */
const NEEDED = ["names", "vfs", "process", "console"] as const;

export function check(manifest: Manifest, images: ReadonlySet<string>): void {
  checkServers(manifest.servers, manifest, images);
  checkMounts(manifest);
  unique(manifest.terminals, ({ number }) => number, "terminal");
  unique(manifest.directories, ({ path }) => path, "directory");
  unique([...manifest.files, ...manifest.links], ({ path }) => path, "path");
  for (const file of manifest.files) {
    if ((file.text === undefined) === (file.base64 === undefined)) fail(file, "a file needs `text` or `base64`, and not both");
    if (file.base64 !== undefined && !isBase64(file.base64)) fail(file, "`base64` is not base64");
  }
  const profiles = manifest.profiles;
  if (profiles.size === 0) fail(manifest, "there is no profile");
  if (!profiles.has(manifest["default-profile"])) fail(manifest, `\`default-profile\`: there is no profile \`${manifest["default-profile"]}\``);
  for (const terminal of manifest.terminals) if (terminal.profile && !profiles.has(terminal.profile)) fail(terminal, `there is no profile \`${terminal.profile}\``);
}

function checkServers(servers: readonly ServerEntry[], manifest: Place, images: ReadonlySet<string>): void {
  unique(servers, ({ name }) => name, "server");
  for (const server of servers) if (server.start === "demand" && (NEEDED as readonly string[]).includes(server.name)) fail(server, `\`${server.name}\` is needed to boot, so it cannot have \`start: demand\``);
  const names = new Set(servers.map(({ name }) => name));
  for (const needed of NEEDED) if (!names.has(needed)) fail(manifest, `the server \`${needed}\` is missing`);
  if (servers[0]?.name !== "names") fail(servers[0] ?? manifest, "`names` must be the first server: the others are given it");
  for (const server of servers) {
    const image = server.image || server.name;
    if (!images.has(image)) fail(server, `there is no image \`${image}\`; there are ${[...images].join(", ")}`);
    for (const called of server.calls) if (!names.has(called)) fail(server, `calls \`${called}\`, which is no server here`);
  }
  // Everyone asks `names`, whether it says so or not.
  const cycle = findCycle(new Map(servers.map(({ name, calls }) => [name, name === "names" ? calls : [...calls, "names"]])));
  if (cycle) fail(servers.find(({ name }) => name === cycle[0])!, `servers must not call each other in a circle: ${cycle.join(" → ")}`);
}

function checkMounts(manifest: Manifest): void {
  const { mounts, servers } = manifest;
  unique(mounts, ({ path }) => path, "mount on");
  if (mounts[0]?.path !== "/") fail(mounts[0] ?? manifest, "the first mount must be `/`");
  for (const mount of mounts) {
    if (!servers.some(({ name }) => name === mount.server)) fail(mount, `there is no server \`${mount.server}\``);
    if (servers.some(({ name, start }) => name === mount.server && start === "demand")) fail(mount, `\`${mount.server}\` is needed for this mount, so it cannot have \`start: demand\``);
    if (mount.path !== "/" && (mount.path.endsWith("/") || mount.path.includes("//"))) fail(mount, `bad path ${mount.path}`);
  }
}

function unique<Item extends Place>(items: readonly Item[], key: (item: Item) => string | number, what: string): void {
  const seen = new Map<string | number, number>();
  for (const item of items) {
    const line = seen.get(key(item));
    if (line !== undefined) fail(item, `${what} \`${key(item)}\` is there already, on line ${line}`);
    seen.set(key(item), item.line);
  }
}

function isBase64(text: string): boolean { return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text) && text.replace(/\s/g, "").length % 4 === 0; }
function fail(place: Place, reason: string): never { throw new Refused(place.line, `${place.where}: ${reason}`); }
