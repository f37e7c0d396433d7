// Kea's experiment (paper 4, section 6): a file service (vfs), a file system (fat) and the block layer below it (cache), in domains of their own or
// linked, over a RAM disk in its Worker; and a client that reads and writes a file through all of them, since the VFS forwards every call
// (SawMill's first protocol). Used by the benchmark `placement` and by its test under Node.

import { JOB_END, LABEL_JOB } from "./assembly/labels.ts";
import { CacheClient } from "../abi/generated/ts/client/cache.ts";
import { DirectoryClient } from "../abi/generated/ts/client/directory.ts";
import { DiskClient } from "../abi/generated/ts/client/disk.ts";
import { DisksClient } from "../abi/generated/ts/client/disks.ts";
import { FileClient } from "../abi/generated/ts/client/file.ts";
import { FileSystemsClient } from "../abi/generated/ts/client/file-systems.ts";
import { FileFlags, MountFlags } from "../abi/generated/ts/enums.ts";
import { LABEL_FAULT, RIGHT_ALL, RIGHT_GRANT, RIGHT_RECEIVE, RIGHT_READ, RIGHT_WRITE, SLOT_NAMES, SLOT_SELF } from "../abi/layout/limits.ts";
import { Machine } from "../kernel-wasm/machine/machine.ts";
import type { MachineHost } from "../kernel-wasm/machine/machine-host.ts";
import type { Image } from "../kernel-wasm/machine/worker/messages.ts";
import { Puppet } from "../kernel-wasm/testing/puppet-control.ts";
import type { Kernel } from "../lib/ts/kernel.ts";
import { membersOf, rootBadge } from "../lib/ts/linked.ts";
import { makeFat } from "../personalities/native/storage-tools/fat/make.ts";
import { MemoryDevice } from "../personalities/native/storage-tools/sector-device.ts";

export type Layer = "vfs" | "fat" | "cache";
/** The domains, each by the name of its image: `["vfs", "cache+fat"]`. */
export type Arrangement = readonly string[];

const DISK_SIZE = 32 << 20, SECTOR = 512, CHUNK = 65536;
const CAPS = 4096, FRAMES = 6144, CLIENTS = 4;
const DRIVER = 19, NATIVE_MODULE = 12, FIRST_SERVER = 200, FIRST_PUPPET = 100;
const CALLER = RIGHT_ALL & ~RIGHT_RECEIVE;

export interface LayeredOptions {
  readonly host: MachineHost;
  readonly arrangement: Arrangement;
  /** Site path of an image's module, and of the kernel. */
  readonly module: (image: string) => string;
  /** The client's own module (bench/assembly/file-client.ts). */
  readonly client: Uint8Array;
  readonly say?: (text: string) => void;
}

/** Throws for an answer that is an error. */
async function good<Result extends { error: number }>(what: string, asked: Promise<Result>): Promise<Extract<Result, { error: 0 }>> {
  const answer = await asked;
  if (answer.error) throw new Error(`${what}: error ${answer.error}`);
  return answer as Extract<Result, { error: 0 }>;
}

export class LayeredSystem {
  readonly machine: Machine;
  readonly init: Puppet;
  /** A client's generated stubs with init as the client: their asynchronous halves. */
  readonly kernel: Kernel;
  readonly died: string[] = [];
  readonly #domains = new Map<string, number>();
  readonly #slots = new Map<string, number>();
  root!: DirectoryClient;
  #jobs = 0;
  #reply = 0;
  #client = 0;

  private constructor(machine: Machine, private readonly options: LayeredOptions) {
    this.machine = machine;
    this.init = new Puppet(machine.line("init"), "init");
    this.kernel = { callAsync: (...args: Parameters<Kernel["call"]>) => this.init.do("call", ...args) } as unknown as Kernel;
  }

  static async start(options: LayeredOptions): Promise<LayeredSystem> {
    const { host, arrangement, module } = options;
    const images: Image[] = [
      { number: 1, name: "init", kind: "driver" }, { number: 11, name: "linux", kind: "linux" }, { number: NATIVE_MODULE, name: "native-module", kind: "native-module" }, { number: DRIVER, name: "disk-ram", kind: "driver" },
      ...Array.from({ length: CLIENTS }, (_, i): Image => ({ number: FIRST_PUPPET + i, name: `puppet${i}`, kind: "driver" })),
      ...["tmpfs", ...arrangement].map((name, index): Image => ({ number: FIRST_SERVER + index, name, kind: "server" })),
    ];
    const machine = await Machine.start(host, {
      images, modules: { linux: module("linux"), ...Object.fromEntries(["tmpfs", ...arrangement].map((name) => [name, module(name)])) }, kernel: module("kernel"),
      manifest: "", workersAtBoot: 5 + arrangement.length, spare: 0, pagePages: 2048,
    });
    const system = new LayeredSystem(machine, options);
    machine.onLog = (domain, text) => options.say?.(`domain ${domain}: ${text}`);
    machine.onDied = (died) => { system.died.push(`${died.name}: ${died.reason} ${died.status} ${died.text}`); options.say?.(`${died.name} ended: ${died.reason} ${died.status} ${died.text}`); };
    machine.boot();
    await system.init.up;
    await system.#startServers();
    await system.#mount();
    return system;
  }

  async #ok(call: "domainCreate" | "endpointCreate" | "capGrant" | "capMint" | "domainStart" | "dataspaceCreate" | "dataspaceWrite" | "reply" | "capDelete", ...args: unknown[]): Promise<number> {
    const status = await (this.init.do as (call: string, ...args: unknown[]) => Promise<number>).call(this.init, call, ...args);
    if (status < 0) throw new Error(`${call}: error ${-status}`);
    return status;
  }

  async #startServers(): Promise<void> {
    for (const [index, image] of ["tmpfs", ...this.options.arrangement, "disk-ram"].entries()) {
      const domain = await this.#ok("domainCreate", CAPS, FRAMES, 0, 0), endpoint = await this.#ok("endpointCreate"), members = membersOf(image);
      const number = (await this.init.do("capInfo", domain))!.object;
      this.machine.inspector.setName(number, image);
      await this.#ok("capGrant", domain, endpoint, RIGHT_ALL, 0, SLOT_SELF);
      await this.#ok("domainStart", domain, 0, image === "disk-ram" ? DRIVER : FIRST_SERVER + index);
      this.#domains.set(image, number);
      for (const [member, name] of members.entries()) this.#slots.set(name, await this.#ok("capMint", endpoint, member ? RIGHT_ALL : CALLER, rootBadge(member, members.length)));
    }
  }

  /** Capability to call a server, with the right Manage: init's slot. */
  slot(server: string): number { return this.#slots.get(server)!; }

  async #mount(): Promise<void> {
    const { kernel } = this, image = new MemoryDevice(new Uint8Array(DISK_SIZE));
    makeFat(image, { serial: 1, time: 0, sectorsPerCluster: 8 });
    const disks = new DisksClient(kernel, this.slot("disk-ram"));
    await good("create", disks.createAsync(BigInt(DISK_SIZE), "kea"));
    const { disk } = await good("open", disks.openAsync(0, "kea")), writer = new DiskClient(kernel, disk);
    for (let at = 0; at < DISK_SIZE; at += CHUNK) {
      const bytes = image.bytes.subarray(at, at + CHUNK);
      if (bytes.some((byte) => byte !== 0)) await good("write", writer.writeAsync(BigInt(at), bytes.slice()));
    }
    const attached = await good("attach the disk", new CacheClient(kernel, this.slot("cache")).attachAsync(disk, 0, 0, "kea"));
    const { root } = await good("attach the volume", new FileSystemsClient(kernel, this.slot("fat")).attachAsync(0, attached.size, attached.volume, attached.image));
    this.root = new DirectoryClient(kernel, this.slot("vfs"));
    const bare = await this.#ok("capMint", this.slot("tmpfs"), RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0);
    await good("mount tmpfs", this.root.mountAsync(0, bare, "/", "tmpfs"));
    await good("make /mnt", this.root.makeDirectoryAsync(0o755, "/mnt"));
    await good("mount", this.root.mountAsync(MountFlags.Forward, root, "/mnt", "ram:kea fat"));
    for (const slot of [disk, attached.volume, attached.image, root, bare]) await this.#ok("capDelete", slot);
  }

  /** Where the domains of these servers run from now on. */
  place(placement: "worker" | "inline", ...images: readonly string[]): void {
    for (const image of images.length ? images : this.options.arrangement) this.machine.place(this.#domains.get(image)!, placement);
  }

  // ---- The client of the benchmark: an AssemblyScript program that is given jobs

  /** A file of the mounted file system, by way of the VFS: init's slot. */
  async open(path: string): Promise<number> {
    const opened = await good(`open ${path}`, this.root.openAsync(FileFlags.Read | FileFlags.Write | FileFlags.Create, 0o644, path));
    if (opened.data) { await this.#ok("capDelete", opened.data); throw new Error("the VFS gave out the file's Dataspace: it does not forward"); }
    return opened.file;
  }

  async startClient(path: string): Promise<void> {
    const { client } = this.options, program = await this.#ok("dataspaceCreate", BigInt(client.length));
    for (let at = 0; at < client.length; at += CHUNK) await this.#ok("dataspaceWrite", program, BigInt(at), client.slice(at, at + CHUNK));
    this.#jobs = await this.#ok("endpointCreate");
    const domain = await this.#ok("domainCreate", 64, 256, this.#jobs, 1), file = await this.open(path);
    await this.#ok("capGrant", domain, this.#jobs, RIGHT_WRITE, 0, SLOT_NAMES);
    this.#client = await this.#ok("capGrant", domain, file, RIGHT_READ | RIGHT_WRITE, 0, -1);
    await this.#ok("domainStart", domain, program, NATIVE_MODULE);
    await this.#next();
  }

  /** Waits for the client to ask for work: nanoseconds of the job before. */
  async #next(): Promise<number> {
    const message = await this.init.do("receive", this.#jobs);
    if (message.status < 0 || message.label !== LABEL_JOB) throw new Error(message.label === LABEL_FAULT ? "the client has died" : `the client did not ask for work (${message.status})`);
    this.#reply = message.reply;
    if (message.words[1] !== 0n) throw new Error(`${message.words[1]} wrong answers, the last ${message.words[2]}`);
    return Number(message.words[0]);
  }

  /** Nanoseconds of one repetition of a job, on average over `count`. */
  async run(job: number, count: number): Promise<number> {
    await this.#ok("reply", this.#reply, { status: 0, words: [BigInt(job), BigInt(count), BigInt(this.#client)] });
    return await this.#next() / count;
  }

  async stop(): Promise<void> {
    if (this.#reply) await this.#ok("reply", this.#reply, { status: 0, words: [BigInt(JOB_END), 0n, 0n] }).catch(() => undefined);
    this.machine.stop();
  }

  // ---- Clients of the test: puppets

  /** Another domain with a root directory of its own. */
  async puppet(index: number): Promise<{ puppet: Puppet; kernel: Kernel; root: DirectoryClient }> {
    const domain = await this.#ok("domainCreate", 256, 256, 0, 0), puppet = new Puppet(this.machine.line(`puppet${index}`), `puppet${index}`);
    const slot = await this.#ok("capGrant", domain, this.slot("vfs"), CALLER, 0, -1);
    await this.#ok("domainStart", domain, 0, FIRST_PUPPET + index);
    await puppet.up;
    const kernel = { callAsync: (...args: Parameters<Kernel["call"]>) => puppet.do("call", ...args) } as unknown as Kernel;
    return { puppet, kernel, root: new DirectoryClient(kernel, slot) };
  }

  file(slot: number): FileClient { return new FileClient(this.kernel, slot); }
}
