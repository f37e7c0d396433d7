// The built-in images: the number that domainStart takes, and how each is run. Numbers are never reused.

import type { Image } from "./worker/messages.ts";

export const IMAGES: readonly Image[] = [
  { number: 1, name: "init", kind: "driver" },
  { number: 2, name: "names", kind: "server" },
  { number: 3, name: "vfs", kind: "server" },
  { number: 4, name: "tmpfs", kind: "server" },
  { number: 5, name: "pipe", kind: "server" },
  { number: 6, name: "process", kind: "driver" },
  { number: 7, name: "console", kind: "driver" },
  { number: 8, name: "clock", kind: "driver" },
  { number: 9, name: "random", kind: "driver" },
  { number: 10, name: "webfs", kind: "driver" },
  { number: 11, name: "linux", kind: "linux" },
  { number: 12, name: "native-module", kind: "native-module" },
  { number: 13, name: "native-programs", kind: "programs" },
  { number: 14, name: "courier", kind: "driver" },
  { number: 15, name: "devfs", kind: "driver" },
  { number: 16, name: "ext2", kind: "server" },
  { number: 17, name: "fat", kind: "server" },
  { number: 18, name: "cache", kind: "server" },
  { number: 19, name: "disk-ram", kind: "driver" },
  { number: 20, name: "disk-opfs", kind: "driver" },
  { number: 21, name: "disk-idb", kind: "driver" },
  { number: 22, name: "disk-http", kind: "driver" },
  { number: 23, name: "disk-overlay", kind: "driver" },
  { number: 24, name: "sysfs", kind: "driver" },
  // Groups of servers that are linked: the image's name is the members' joined by `+`.
  { number: 32, name: "vfs+tmpfs", kind: "server" },
  { number: 33, name: "cache+fat", kind: "server" },
  { number: 34, name: "cache+ext2", kind: "server" },
  { number: 35, name: "vfs+fat+cache", kind: "server" },
  { number: 36, name: "vfs+ext2+cache", kind: "server" },
];

/** Site paths of the modules that the machine compiles at boot. */
export const KERNEL_PATH = "wasm/kernel.wasm";
export const MODULE_PATHS: Readonly<Record<string, string>> = {
  names: "wasm/names.wasm", vfs: "wasm/vfs.wasm", tmpfs: "wasm/tmpfs.wasm", pipe: "wasm/pipe.wasm", linux: "wasm/linux.wasm",
  cache: "wasm/cache.wasm", ext2: "wasm/ext2.wasm", fat: "wasm/fat.wasm",
};
const LINKED_PATHS: Readonly<Record<string, string>> = Object.fromEntries(
  IMAGES.filter(({ name }) => name.includes("+")).map(({ name }) => [name, `wasm/linked-${name.replaceAll("+", "-")}.wasm`]),
);

/** The modules for a boot with this manifest, text or read: those of linked groups only for one that links servers (or talks of it: a
 *  text is not understood here). */
export function modulePaths(manifest: string | object): Readonly<Record<string, string>> {
  const servers = typeof manifest === "string" ? [] : (manifest as { servers?: readonly { placement?: string }[] }).servers ?? [];
  const links = typeof manifest === "string" ? /\blinked\b/.test(manifest) : servers.some(({ placement }) => placement === "linked");
  return links ? { ...MODULE_PATHS, ...LINKED_PATHS } : MODULE_PATHS;
}

interface Server { readonly name: string; readonly image?: string; readonly start?: string; readonly placement?: string }
interface Starts { readonly servers?: readonly Server[]; readonly mounts?: readonly { server: string }[] }

/** The Workers of a boot with this manifest, to its first prompt, in the order in which they are needed: the image whose code each is to load, none
 *  for an AssemblyScript server. A server that is missing here takes a Worker that has then loaded the code of another one for nothing. */
export function workersOf(manifest: object): (string | undefined)[] {
  const { servers = [], mounts = [] } = manifest as Starts, late = new Set(mounts.map(({ server }) => server));
  const own = servers.filter(({ placement }) => placement !== "linked"), atBoot = own.filter(({ start }) => start !== "demand");
  const code = (server: Server): string | undefined => IMAGES.find(({ name, kind }) => kind === "driver" && name === (server.image || server.name))?.name;
  return ["init", ...atBoot.map(code), "programs", ...own.filter((server) => !atBoot.includes(server) && late.has(server.name)).map(code)];
}

/** The emulation library with direct access to the memories that it works on, for engines with multi-memory. */
export const DIRECT_PATH = "wasm/linux-direct.wasm";
