// Runs the suites of servers on the linked module of a group instead of the servers by themselves, unchanged. In a test file of its own:
//
//   await useLinked("vfs+tmpfs");
//   await import("./vfs.test.ts");
//
// From then on `image(NAME)` of world.ts gives the group's module for each member's name, and a domain made of it looks like that member;
// World puts vfs and tmpfs into one domain.

import { linkedServers } from "../../tools/build/assembly-modules.ts";
import { faultsOf } from "../../tools/build/check-image.ts";
import { compileAssembly } from "../../tools/build/compile-assembly.ts";
import { membersOf, rootBadge } from "../ts/linked.ts";

let group: string | undefined, folder = "servers";
/** Of a module that stands for one member of its group: what capabilities to its domain's endpoint are minted with. */
const rootBadges = new WeakMap<WebAssembly.Module, number>();

/** `from`: folder of the servers. Compiles the module, so that no test's time is spent on that. */
export async function useLinked(name: string, from = "servers"): Promise<void> {
  group = name;
  folder = from;
  await linkedBytes(name, from);
}
/** Whether these servers are in one domain. */
export function areLinked(...names: readonly string[]): boolean { return group !== undefined && names.every((name) => membersOf(group!).includes(name)); }
export function rootBadgeOf(module: WebAssembly.Module): number { return rootBadges.get(module) ?? 0; }

/** The group's module, as the build makes it before poll points are put in; throws if the build would refuse it. */
export async function linkedBytes(name: string, from = "servers"): Promise<Uint8Array<ArrayBuffer>> {
  const module = linkedServers(name, from), bytes = new Uint8Array(await compileAssembly(module)), faults = faultsOf(module, bytes);
  if (faults.length) throw new Error(`${name}: ${faults.join("; ")}`);
  return bytes;
}

const images = new Map<string, Promise<WebAssembly.Module>>();

/** The image of a server that is a member of the group in use: one for each member, made once. */
export async function linkedImage(server: string): Promise<WebAssembly.Module | undefined> {
  if (!areLinked(server)) return undefined;
  const key = `${folder}/${group}/${server}`, image = images.get(key) ?? linkedBytes(group!, folder).then((bytes) => WebAssembly.compile(bytes));
  images.set(key, image);
  const module = await image, members = membersOf(group!);
  rootBadges.set(module, rootBadge(members.indexOf(server), members.length));
  return module;
}
