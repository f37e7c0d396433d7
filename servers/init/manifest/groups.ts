// Which servers of a manifest become one domain. A server is a domain of its own, unless it is `linked` with another: then both, and
// whatever else is linked with that one, are one module in one domain, named after all of them (`vfs+tmpfs`).

import { groupImage, membersOf, rootBadge } from "../../../lib/ts/linked.ts";
import type { ServerEntry } from "./manifest.ts";

export interface DomainPlan {
  readonly name: string;
  readonly image: string;
  /** In the order in which the image has them. */
  readonly members: readonly { readonly entry: ServerEntry; /** What a capability to call it has as its badge. */ readonly badge: number }[];
  /** Whose `placement` is the domain's: the one that the others are linked with. */
  readonly head: ServerEntry;
}

export const imageOf = (server: ServerEntry): string => server.image || server.name;

/** The servers that become one domain with `head`, itself first. */
export function linkedWith(head: ServerEntry, servers: readonly ServerEntry[]): readonly ServerEntry[] {
  return [head, ...servers.filter((server) => server.placement === "linked" && server.with === head.name)];
}

/** The domains that a checked manifest asks for, each in the place of its head. `images`: the names of the images there are. */
export function planDomains(servers: readonly ServerEntry[], images: Iterable<string>): DomainPlan[] {
  const known = [...images];
  return servers.filter(({ placement }) => placement !== "linked").map((head) => {
    const group = linkedWith(head, servers);
    if (group.length === 1) return { name: head.name, image: imageOf(head), members: [{ entry: head, badge: 0 }], head };
    const image = groupImage(group.map(imageOf), known)!;
    const members = membersOf(image).map((name, index, all) => ({ entry: group.find((each) => imageOf(each) === name)!, badge: rootBadge(index, all.length) }));
    return { name: members.map(({ entry }) => entry.name).join("+"), image, members, head };
  });
}
