// What must hold between the parts of a boot manifest. Throws Refused with the line of the part that is wrong.

import type { Manifest, MountEntry, ServerEntry } from "./manifest.ts";
import { findCycle } from "./call-graph.ts";
import { groupImage } from "../../../lib/ts/linked.ts";
import { imageOf, linkedWith } from "./groups.ts";
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
    const image = imageOf(server);
    if (!images.has(image)) fail(server, `there is no image \`${image}\`; there are ${[...images].join(", ")}`);
    for (const called of server.calls) if (!names.has(called)) fail(server, `calls \`${called}\`, which is no server here`);
  }
  checkCalls(servers);
  checkLinked(servers, images);
}

/** No circle: neither among servers nor, as those that are linked are one domain, among domains. */
function checkCalls(servers: readonly ServerEntry[]): void {
  // Everyone asks `names`, whether it says so or not.
  const called = ({ name, calls }: ServerEntry): readonly string[] => name === "names" ? calls : [...calls, "names"];
  const circle = (graph: ReadonlyMap<string, readonly string[]>): void => {
    const cycle = findCycle(graph);
    if (cycle) fail(servers.find(({ name }) => cycle[0]!.split("+").includes(name))!, `servers must not call each other in a circle: ${cycle.join(" → ")}`);
  };
  circle(new Map(servers.map((server) => [server.name, called(server)])));
  const domains = servers.filter(({ placement }) => placement !== "linked").map((head) => linkedWith(head, servers));
  const domainOf = (name: string): string => domains.find((domain) => domain.some((server) => server.name === name))?.map((server) => server.name).join("+") ?? name;
  circle(new Map(domains.map((domain): [string, string[]] => {
    const own = domainOf(domain[0]!.name);
    return [own, domain.flatMap((server) => called(server).map(domainOf)).filter((name) => name !== own)];
  })));
}

function checkLinked(servers: readonly ServerEntry[], images: ReadonlySet<string>): void {
  for (const server of servers) {
    if (server.placement !== "linked") {
      if (server.with) fail(server, "`with` goes with `placement: linked` only");
      continue;
    }
    if (!server.with) fail(server, "a linked server needs `with`: the server that it is to be one module with");
    const head = servers.find(({ name }) => name === server.with);
    if (!head) fail(server, `is linked with \`${server.with}\`, which is no server here`);
    if (head === server) fail(server, "cannot be linked with itself");
    if (head.placement === "linked") fail(server, `is linked with \`${server.with}\`, which is linked with \`${head.with}\` itself: name that one`);
  }
  for (const head of servers) {
    const group = linkedWith(head, servers), second = group[1];
    if (!second) continue;
    if (!groupImage(group.map(imageOf), images)) {
      const built = [...images].filter((image) => image.includes("+"));
      fail(second, `there is no module of ${group.map(imageOf).join(", ")}; there are ${built.join(", ") || "none"}`);
    }
    const owner = new Map<string, string>();
    for (const server of group) {
      for (const argument of server.arguments.keys()) {
        const other = owner.get(argument);
        if (other) fail(server, `the argument \`${argument}\` is given to \`${other}\` too, which is linked with it: linked servers share their arguments`);
        owner.set(argument, server.name);
      }
    }
  }
}

function checkMounts(manifest: Manifest): void {
  const { mounts, servers } = manifest;
  unique(mounts, ({ path }) => path, "mount on");
  if (mounts[0]?.path !== "/") fail(mounts[0] ?? manifest, "the first mount must be `/`");
  for (const mount of mounts) {
    if ((mount.server === "") === (mount.disk === "")) fail(mount, "a mount needs `server` or `disk`, and not both");
    if (mount.disk !== "") checkDisk(mount, servers);
    else {
      for (const key of ["create", "from"] as const) if (mount[key]) fail(mount, `\`${key}\` goes with \`disk\` only`);
      if (mount.type !== "auto") fail(mount, "`type` goes with `disk` only");
      if (!servers.some(({ name }) => name === mount.server)) fail(mount, `there is no server \`${mount.server}\``);
    }
    if (mount.path === "/" && servers.some(({ name, start }) => name === mount.server && start === "demand")) fail(mount, `\`${mount.server}\` is needed to boot, so it cannot have \`start: demand\``);
    if (mount.path !== "/" && (mount.path.endsWith("/") || mount.path.includes("//"))) fail(mount, `bad path ${mount.path}`);
  }
}

/** What is on a disk is mounted by a program, which needs the servers that `mount` at the shell needs. */
function checkDisk(mount: MountEntry, servers: readonly ServerEntry[]): void {
  const needed = (name: string, why: string): ServerEntry => servers.find((server) => server.name === name) ?? fail(mount, `there is no server \`${name}\`, ${why}`);
  const driverOf = (disk: string): ServerEntry => needed(`disk-${disk.slice(0, disk.indexOf(":"))}`, `which has the disk \`${disk}\``);
  if (mount.path === "/") fail(mount, "what is on a disk cannot be the root: the program that mounts it is found there");
  const driver = imageOf(driverOf(mount.disk)), { create, type } = mount, from = String(mount.from);
  needed("cache", "through which disks are read");
  if (type !== "auto") needed(type, "which knows the file system");
  else if (!servers.some(({ name }) => name === "ext2" || name === "fat")) fail(mount, "there is no server `ext2` or `fat` to know the file system");
  if (create !== 0 && from !== "") fail(mount, "`create` makes an empty disk and `from` one with contents: give one of them");
  if (create !== 0) {
    if (driver === "disk-overlay" || driver === "disk-http") fail(mount, `disks of \`${mount.disk.split(":")[0]}\` are made \`from\` something, not by \`create\``);
    if (type === "auto") fail(mount, "`create` needs the `type` of the file system to make: ext2 or fat");
    if (mount["read-only"]) fail(mount, "`create` and `read-only`: nothing could ever be written to it");
    if (create % 512 !== 0 || create > 2 ** 36) fail(mount, `\`create\`: a disk has a multiple of 512 bytes, at most 64 GiB, not ${create}`);
  }
  if (from === "") return;
  if (driver === "disk-overlay") {
    if (!/^[a-z][a-z0-9-]{0,57}:[A-Za-z0-9._-]{1,63}$/.test(from)) fail(mount, `\`from\`: a disk (DRIVER:NAME) expected, to lay \`${mount.disk}\` over, not ${JSON.stringify(from)}`);
    driverOf(from);
  } else if (driver !== "disk-http") fail(mount, `\`from\` is for disks of \`overlay\` (a disk) and \`http\` (a file of the site); \`${mount.disk}\` is made by \`create\``);
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
