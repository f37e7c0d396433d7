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

export interface RunningServer {
  readonly entry: ServerEntry;
  /** Slot: the endpoint with all rights. */
  readonly endpoint: number;
  /** Slot of the domain, and its number; 0 while it has not been started. */
  domain: number;
  domainNumber: number;
  alive: boolean;
}

/** What the name server hands out to everyone: to call and to pass on. It is also what servers find the name server by. */
const PUBLIC = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT;
/** What it hands out to those who administer. A server that administers finds the name server by this. */
const ADMINISTRATIVE = PUBLIC | RIGHT_MANAGE;
/** A label that no interface has: any server answers it at once, with an error, as soon as it serves. */
const PING = 0xffff;

/** The servers by name. Those with `start: demand` get their endpoint only. `faults`: the endpoint that hears of their ends, with the index in the
 *  result as badge, from 1. Throws if one cannot be made. */
export function startServers(kernel: Kernel, entries: readonly ServerEntry[], images: Readonly<Record<string, number>>, faults: number): Map<string, RunningServer> {
  const servers = new Map<string, RunningServer>();
  for (const entry of entries) {
    const server: RunningServer = { entry, endpoint: must(entry, kernel.endpointCreate()), domain: 0, domainNumber: 0, alive: false };
    servers.set(entry.name, server);
    if (entry.start === "boot") startServer(kernel, server, servers, images, faults);
  }
  return servers;
}

/** Make a server's domain and start it. Throws if that cannot be. */
export function startServer(kernel: Kernel, server: RunningServer, servers: ReadonlyMap<string, RunningServer>, images: Readonly<Record<string, number>>, faults: number): void {
  const { entry, endpoint } = server;
  const domain = must(entry, kernel.domainCreate(entry.capabilities, Math.ceil(entry.memory / FRAME_SIZE), faults, [...servers.values()].indexOf(server) + 1));
  const domainNumber = kernel.capInfo(domain)!.object;
  kernel.system.setName(SLOT_SYSTEM, domainNumber, entry.name);
  must(entry, kernel.capGrant(domain, endpoint, RIGHT_ALL, 0, SLOT_SELF));
  const names = entry.name === "names" ? undefined : servers.get("names")?.endpoint;
  if (names !== undefined) must(entry, kernel.capGrant(domain, names, entry.administer ? ADMINISTRATIVE : PUBLIC, 0, SLOT_NAMES));
  if (entry.administer) must(entry, kernel.capGrant(domain, SLOT_SYSTEM, RIGHT_ALL, 0, SLOT_SYSTEM));
  if (entry.arguments.size > 0) giveArguments(kernel, entry, domain);
  Object.assign(server, { domain, domainNumber, alive: true });
  must(entry, kernel.domainStart(domain, 0, images[entry.image || entry.name]!));
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
  for (const { entry } of servers.values()) {
    if (entry.start !== "demand") continue;
    const { error } = names.watch(notification, bits, entry.name);
    if (error) log.warn(`cannot watch for ${entry.name}: ${errorName(error)}`);
  }
}

/** Move a server to where the manifest wants it. It can be moved once it serves, so it is asked for a sign of life first. */
export function placeServer(kernel: Kernel, { entry, endpoint, domainNumber }: RunningServer, log: Log): void {
  if (entry.placement === "worker") return;
  kernel.call(endpoint, PING);
  const status = kernel.system.place(SLOT_SYSTEM, domainNumber, entry.placement);
  if (status < 0) log.warn(`cannot place ${entry.name} ${entry.placement}: ${errorName(status)}`);
}

function giveArguments(kernel: Kernel, entry: ServerEntry, domain: number): void {
  const bytes = encodeText(formatArguments(Object.fromEntries(entry.arguments)));
  const dataspace = must(entry, kernel.dataspaceCreate(BigInt(bytes.length)));
  must(entry, kernel.dataspaceWrite(dataspace, 0n, bytes));
  must(entry, kernel.capGrant(domain, dataspace, RIGHT_READ, 0, SLOT_ROOT));
  kernel.capDelete(dataspace);
}

function must(entry: ServerEntry, status: number): number {
  if (status < 0) throw new Error(`cannot make the server ${entry.name}: ${errorName(status)}`);
  return status;
}
