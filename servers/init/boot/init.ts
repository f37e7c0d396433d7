// Init: from an empty machine to a running system, and then its keeper. Boot steps in order: start all servers; place them; publish
// them; mount and write files; mount what is on disks; serve terminals; when the first has its session, mount what can wait. After that it waits for the ends of servers (fault endpoint) and for signals of
// the console and of its children.

import { ConsoleClient } from "../../../abi/generated/ts/client/console.ts";
import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { NamesClient } from "../../../abi/generated/ts/client/names.ts";
import { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { LABEL_FAULT, LABEL_SIGNAL, RIGHT_ALL, RIGHT_RECEIVE } from "../../../abi/layout/limits.ts";
import type { Incoming, Kernel } from "../../../lib/ts/kernel.ts";
import type { Log } from "../../../lib/ts/log.ts";
import { errorName } from "../../../lib/ts/status.ts";
import { decodeText } from "../../../lib/ts/text.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { DiskMounts } from "./disk-mounts.ts";
import { mountOne, prepareFiles } from "./prepare-files.ts";
import { Sessions } from "./sessions.ts";
import { placeDomain, publishServers, startDomain, startServers, watchDemand, type RunningDomain, type RunningServer } from "./start-servers.ts";

const REASONS = ["it ended", "it was killed", "it trapped", "it is no valid program", "it imports something unknown", "it did not answer"];

/** The administrative name of the VFS's mount table. */
const MOUNT_TABLE = "mount-table";
/** The bit by which the name server tells that a server is wanted that has not been started; the others are the terminals'. */
const WANTED = 1n << 63n;
/** How long terminals wait for disks, in microseconds: a shell that finds its files is better than one at once, and one without them better than none. */
const DISK_PATIENCE = 15_000_000;

export class Init {
  /** Faults and signals arrive here. */
  readonly endpoint: number;
  private readonly notification: number;
  private servers: Map<string, RunningServer> = new Map();
  private sessions: Sessions | undefined;
  private disks: DiskMounts | undefined;
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
    // Placed before they are used: a call into this Worker needs no other one to wake up.
    for (const home of this.domains()) if (home.alive) placeDomain(kernel, home, log);
    publishServers(kernel, this.servers, log);
    prepareFiles(kernel, manifest, this.servers, log);
    watchDemand(kernel, this.servers, this.notification, WANTED, log);
    this.disks = new DiskMounts({ kernel, manifest, vfs: this.slot("vfs"), process: this.slot("process"), notification: this.notification, log });
    if (!this.disks.begin()) this.serveTerminals();
    log.note(`booted ${this.servers.size} servers in ${Number(kernel.monotonic() - begun) / 1e6} ms`);
  }

  private slot(name: string): number { return this.servers.get(name)!.endpoint; }
  /** Microseconds that the next message may be waited for before `lostPatience`; -1: for ever. */
  get patience(): number { return this.sessions ? -1 : DISK_PATIENCE; }

  /** No message has come for as long as `patience` said. */
  lostPatience(): void {
    if (this.sessions) return;
    this.log.warn(`mount ${this.disks?.current}: this takes long; terminals are served meanwhile`);
    this.serveTerminals();
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
    if (!this.sessions) {
      this.reapMounts();
      if (this.disks?.done) this.serveTerminals();
      return;
    }
    this.sessions.signalled(others);
    this.mountLate();
  }

  /** While there are no sessions the programs that mount are init's only children. */
  private reapMounts(): void {
    const process = new ProcessClient(this.kernel, this.slot("process"));
    for (;;) {
      const ended = process.wait(0, false, false);
      if (ended.error || ended.status.pid === 0) return;
      this.disks?.ended(ended.status.pid, ended.status.status);
    }
  }

  /** Mounts that can wait for the first session to be under way: those of servers that are not started at boot. */
  private mountLate(): void {
    const { kernel, log, servers, manifest } = this;
    if (this.late) return;
    this.late = true;
    for (const mount of manifest.mounts) {
      if (mount.disk !== "") continue;
      const { home } = servers.get(mount.server)!;
      if (home.plan.members.every(({ entry }) => entry.start === "boot") || !this.start(home)) continue;
      mountOne(kernel, mount, servers, log);
    }
  }

  /** The VFS's mount table, for those who administer. Its name also says that the mounts are made: the courier waits for it. Whoever the VFS calls (a file system that shows the mounts) must not call it. */
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

  /** All is mounted that is to be there before the first session. */
  private serveTerminals(): void {
    this.publishMountTable();
    const { kernel, manifest, log, notification } = this;
    const console = new ConsoleClient(kernel, this.slot("console"));
    const process = kernel.capMint(this.slot("process"), RIGHT_ALL & ~RIGHT_RECEIVE, 0);
    const told = console.setProcess(process);
    kernel.capDelete(process);
    if (told.error) log.warn(`the console cannot signal: ${errorName(told.error)}`);
    const stray = (pid: number, status: number): void => { this.disks?.ended(pid, status); };
    this.sessions = new Sessions({ kernel, manifest, vfs: this.slot("vfs"), process: this.slot("process"), console: this.slot("console"), notification, log, stray });
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
