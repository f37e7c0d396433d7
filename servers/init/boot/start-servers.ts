// Makes the servers of the manifest: a domain and an endpoint each, the capabilities that they find in their slots, their start. All
// are started before any is called, so that their Workers come up together; calls wait in the endpoints until a server receives.

import { RIGHT_ALL, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE, SLOT_NAMES, SLOT_ROOT, SLOT_SELF, SLOT_SYSTEM, FRAME_SIZE } from "../../../abi/layout/limits.ts";
import { NamesClient } from "../../../abi/generated/ts/client/names.ts";
import { formatArguments } from "../../../lib/ts/component.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import type { Log } from "../../../lib/ts/log.ts";
import { errorName } from "../../../lib/ts/status.ts";
import { encodeText } from "../../../lib/ts/text.ts";
import type { ServerEntry } from "../manifest/manifest.ts";
import { planDomains, type DomainPlan } from "../manifest/groups.ts";

/** A domain of the manifest: one server, or several that are linked. */
export interface RunningDomain {
  readonly plan: DomainPlan;
  /** Slot: its endpoint with all rights. */
  readonly endpoint: number;
  /** What its death notice has as badge. */
  readonly fault: number;
  /** Slot of the domain, and its number; 0 while it has not been started. */
  slot: number;
  number: number;
  alive: boolean;
}

export interface RunningServer {
  readonly entry: ServerEntry;
  /** Slot: the endpoint of its domain with all rights; of a linked server, with the badge that tells it from the others. */
  readonly endpoint: number;
  readonly home: RunningDomain;
}

/** What the name server hands out to everyone: to call and to pass on. It is also what servers find the name server by. */
const PUBLIC = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT;
/** What it hands out to those who administer. A server that administers finds the name server by this. */
const ADMINISTRATIVE = PUBLIC | RIGHT_MANAGE;
/** A label that no interface has: any server answers it at once, with an error, as soon as it serves. */
const PING = 0xffff;

/** The most that one domain may have. */
const MOST_CAPABILITIES = 65536;

/** The servers by name. Those with `start: demand` get their endpoint only. `faults`: the endpoint that hears of the domains' ends, with their
 *  `fault` as badge, from 1. Throws if one cannot be made. */
export function startServers(kernel: Kernel, entries: readonly ServerEntry[], images: Readonly<Record<string, number>>, faults: number): Map<string, RunningServer> {
  const servers = new Map<string, RunningServer>();
  for (const [index, plan] of planDomains(entries, Object.keys(images)).entries()) {
    const home: RunningDomain = { plan, endpoint: must(plan.name, kernel.endpointCreate()), fault: index + 1, slot: 0, number: 0, alive: false };
    for (const { entry, badge } of plan.members) {
      servers.set(entry.name, { entry, endpoint: badge === 0 ? home.endpoint : must(entry.name, kernel.capMint(home.endpoint, RIGHT_ALL, badge)), home });
    }
    if (plan.members.some(({ entry }) => entry.start === "boot")) startDomain(kernel, home, servers, images, faults);
  }
  return servers;
}

/** Make a domain and start it. Throws if that cannot be. */
export function startDomain(kernel: Kernel, home: RunningDomain, servers: ReadonlyMap<string, RunningServer>, images: Readonly<Record<string, number>>, faults: number): void {
  const { plan: { name, image, members }, endpoint, fault } = home, entries = members.map(({ entry }) => entry);
  const sum = (of: (entry: ServerEntry) => number): number => entries.reduce((total, entry) => total + of(entry), 0);
  const administers = entries.some(({ administer }) => administer);
  const domain = must(name, kernel.domainCreate(Math.min(sum(({ capabilities }) => capabilities), MOST_CAPABILITIES), Math.ceil(sum(({ memory }) => memory) / FRAME_SIZE), faults, fault));
  const number = kernel.capInfo(domain)!.object;
  kernel.system.setName(SLOT_SYSTEM, number, name);
  must(name, kernel.capGrant(domain, endpoint, RIGHT_ALL, 0, SLOT_SELF));
  const names = name === "names" ? undefined : servers.get("names")?.endpoint;
  if (names !== undefined) must(name, kernel.capGrant(domain, names, administers ? ADMINISTRATIVE : PUBLIC, 0, SLOT_NAMES));
  if (administers) must(name, kernel.capGrant(domain, SLOT_SYSTEM, RIGHT_ALL, 0, SLOT_SYSTEM));
  giveArguments(kernel, entries, domain);
  Object.assign(home, { slot: domain, number, alive: true });
  must(name, kernel.domainStart(domain, 0, images[image]!));
}

/** Publish all servers to those who administer, and the public ones to everyone. Init does this, not the servers, so that it does not matter
 *  which is up first. */
export function publishServers(kernel: Kernel, servers: ReadonlyMap<string, RunningServer>, log: Log): void {
  const names = new NamesClient(kernel, servers.get("names")!.endpoint);
  const publish = (endpoint: number, administrative: boolean, name: string): void => {
    const shown = kernel.capMint(endpoint, administrative ? ADMINISTRATIVE : PUBLIC, 0);
    const error = shown < 0 ? -shown : names.publish(administrative, shown, name).error;
    if (error) log.warn(`cannot publish ${name}: ${errorName(error)}`);
    if (shown > 0) kernel.capDelete(shown);
  };
  for (const { entry, endpoint } of servers.values()) {
    if (entry.name === "names") continue;
    // In this order: an administrator that already waits for the name gets the capability that is meant for it.
    publish(endpoint, true, entry.name);
    if (entry.public) publish(endpoint, false, entry.name);
  }
}

/** Have the name server tell us when somebody wants a server that is not started yet: `bits` of `notification`. */
export function watchDemand(kernel: Kernel, servers: ReadonlyMap<string, RunningServer>, notification: number, bits: bigint, log: Log): void {
  const names = new NamesClient(kernel, servers.get("names")!.endpoint);
  for (const { entry, home } of servers.values()) {
    if (home.slot) continue;
    const { error } = names.watch(notification, bits, entry.name);
    if (error) log.warn(`cannot watch for ${entry.name}: ${errorName(error)}`);
  }
}

/** Move a domain to where the manifest wants it. It can be moved once it serves, so it is asked for a sign of life first. */
export function placeDomain(kernel: Kernel, { plan, endpoint, number }: RunningDomain, log: Log): void {
  const { placement } = plan.head;
  if (placement !== "inline") return;
  kernel.call(endpoint, PING);
  const status = kernel.system.place(SLOT_SYSTEM, number, placement);
  if (status < 0) log.warn(`cannot place ${plan.name} ${placement}: ${errorName(status)}`);
}

function giveArguments(kernel: Kernel, entries: readonly ServerEntry[], domain: number): void {
  const given = Object.fromEntries(entries.flatMap((entry) => [...entry.arguments]));
  if (Object.keys(given).length === 0) return;
  const { name } = entries[0]!, bytes = encodeText(formatArguments(given));
  const dataspace = must(name, kernel.dataspaceCreate(BigInt(bytes.length)));
  must(name, kernel.dataspaceWrite(dataspace, 0n, bytes));
  must(name, kernel.capGrant(domain, dataspace, RIGHT_READ, 0, SLOT_ROOT));
  kernel.capDelete(dataspace);
}

function must(name: string, status: number): number {
  if (status < 0) throw new Error(`cannot make the server ${name}: ${errorName(status)}`);
  return status;
}
