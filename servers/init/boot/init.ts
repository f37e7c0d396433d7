// Init: from an empty machine to a running system, and then its keeper. Boot steps in order: start all servers; publish
// them; mount and write files; place servers; serve terminals; when the first has its session, mount what can wait. After that it waits for the ends of servers (fault endpoint) and for signals of
// the console and of its children.

import { ConsoleClient } from "../../../abi/generated/ts/client/console.ts";
import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { NamesClient } from "../../../abi/generated/ts/client/names.ts";
import { LABEL_FAULT, LABEL_SIGNAL, RIGHT_ALL, RIGHT_RECEIVE } from "../../../abi/layout/limits.ts";
import type { Incoming, Kernel } from "../../../lib/ts/kernel.ts";
import type { Log } from "../../../lib/ts/log.ts";
import { errorName } from "../../../lib/ts/status.ts";
import { decodeText } from "../../../lib/ts/text.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { mountOne, prepareFiles } from "./prepare-files.ts";
import { Sessions } from "./sessions.ts";
import { placeDomain, publishServers, startDomain, startServers, watchDemand, type RunningDomain, type RunningServer } from "./start-servers.ts";

const REASONS = ["it ended", "it was killed", "it trapped", "it is no valid program", "it imports something unknown", "it did not answer"];

/** The administrative name of the VFS's mount table. */
const MOUNT_TABLE = "mount-table";
/** The bit by which the name server tells that a server is wanted that has not been started; the others are the terminals'. */
const WANTED = 1n << 63n;

export class Init {
  /** Faults and signals arrive here. */
  readonly endpoint: number;
  private readonly notification: number;
  private servers: Map<string, RunningServer> = new Map();
  private sessions: Sessions | undefined;
  /** The late mounts are made. */
  private late = false;

  constructor(private readonly kernel: Kernel, private readonly manifest: Manifest, private readonly images: Readonly<Record<string, number>>, private readonly log: Log) {
    this.endpoint = kernel.endpointCreate();
    this.notification = kernel.notificationCreate();
    const status = kernel.notificationBind(this.notification, this.endpoint);
    if (status < 0) throw new Error(`cannot bind the notification: ${errorName(status)}`);
  }

  boot(): void {
    const { kernel, manifest, log } = this;
    const begun = kernel.monotonic();
    this.servers = startServers(kernel, manifest.servers, this.images, this.endpoint);
    publishServers(kernel, this.servers, log);
    prepareFiles(kernel, manifest, this.servers, log);
    this.publishMountTable();
    for (const home of this.domains()) if (home.alive) placeDomain(kernel, home, log);
    watchDemand(kernel, this.servers, this.notification, WANTED, log);
    this.serveTerminals();
    log.note(`booted ${this.servers.size} servers in ${Number(kernel.monotonic() - begun) / 1e6} ms`);
  }

  private domains(): Set<RunningDomain> { return new Set([...this.servers.values()].map(({ home }) => home)); }

  /** A message from the endpoint. */
  handle(incoming: Incoming): void {
    if (incoming.rights === 0 && incoming.label === LABEL_SIGNAL) this.signalled(incoming.words[0] ?? 0n);
    else if (incoming.rights === 0 && incoming.label === LABEL_FAULT) this.serverEnded(incoming);
    for (const slot of incoming.caps) if (slot) this.kernel.capDelete(slot);
    if (incoming.reply) this.kernel.capDelete(incoming.reply);
  }

  private signalled(bits: bigint): void {
    if (bits & WANTED) this.startWanted();
    const others = BigInt.asUintN(63, bits);
    if (!others) return;
    this.sessions?.signalled(others);
    this.mountLate();
  }

  /** Mounts that can wait for the first session to be under way: those of servers that are not started at boot. */
  private mountLate(): void {
    const { kernel, log, servers, manifest } = this;
    if (this.late) return;
    this.late = true;
    for (const mount of manifest.mounts) {
      const { home } = servers.get(mount.server)!;
      if (home.plan.members.every(({ entry }) => entry.start === "boot") || !this.start(home)) continue;
      mountOne(kernel, mount, servers, log);
    }
  }

  /** The VFS's mount table, for those who administer: whoever the VFS calls (a file system that shows the mounts) must not call it. */
  private publishMountTable(): void {
    const { kernel, log, servers } = this, asked = new DirectoryClient(kernel, servers.get("vfs")!.endpoint).mountTable();
    const error = asked.error || new NamesClient(kernel, servers.get("names")!.endpoint).publish(true, asked.table, MOUNT_TABLE).error;
    if (error) log.warn(`cannot publish the mount table: ${errorName(error)}`);
    if (!asked.error) kernel.capDelete(asked.table);
  }

  /** Start the servers that somebody has looked up for the first time; his call waits in the endpoint until they serve. */
  private startWanted(): void {
    const { kernel, log, servers } = this;
    const asked = new NamesClient(kernel, servers.get("names")!.endpoint).wanted();
    if (asked.error) { log.warn(`cannot learn which servers are wanted: ${errorName(asked.error)}`); return; }
    for (const name of decodeText(asked.text).split("\n")) {
      const home = servers.get(name)?.home;
      if (home && !home.slot) this.start(home);
    }
  }

  /** Start a domain that was not started at boot. Whether it is running then. */
  private start(home: RunningDomain): boolean {
    const { kernel, log, servers } = this;
    if (home.slot) return home.alive;
    try {
      startDomain(kernel, home, servers, this.images, this.endpoint);
      placeDomain(kernel, home, log);
      log.note(`started ${home.plan.name}`);
    } catch (error) {
      log.warn(error instanceof Error ? error.message : String(error));
      this.withdraw(home);
      kernel.capRevoke(home.endpoint);
    }
    return home.alive;
  }

  /** Nobody shall find by its name a server that does not serve; who holds its capability gets PeerDied, or learns that it never will. */
  private withdraw({ plan }: RunningDomain): void {
    const names = this.servers.get("names")!;
    if (names.home.alive) for (const { entry } of plan.members) new NamesClient(this.kernel, names.endpoint, 1_000_000).remove(entry.name);
  }

  private serveTerminals(): void {
    const { kernel, manifest, log, notification } = this;
    const slot = (name: string): number => this.servers.get(name)!.endpoint;
    const console = new ConsoleClient(kernel, slot("console"));
    const process = kernel.capMint(slot("process"), RIGHT_ALL & ~RIGHT_RECEIVE, 0);
    const told = console.setProcess(process);
    kernel.capDelete(process);
    if (told.error) log.warn(`the console cannot signal: ${errorName(told.error)}`);
    this.sessions = new Sessions({ kernel, manifest, vfs: slot("vfs"), process: slot("process"), console: slot("console"), notification, log });
    for (const { number, profile } of manifest.terminals) this.sessions.start(number, profile);
    const watching = console.watch(notification);
    if (watching.error) log.warn(`terminals cannot be watched: ${errorName(watching.error)}`);
  }

  private serverEnded(incoming: Incoming): void {
    const home = [...this.domains()].find(({ fault }) => fault === incoming.badge);
    if (!home?.alive) return;
    home.alive = false;
    const [, reason = 0, status = 0] = incoming.words.map(Number), text = decodeText(incoming.ranges[0] ?? new Uint8Array(0));
    for (const { entry } of home.plan.members) this.log.warn(`server ${entry.name} is gone: ${text || REASONS[reason] || `reason ${reason}`} (status ${status})`);
    this.kernel.capDelete(home.slot);
    this.withdraw(home);
  }
}
