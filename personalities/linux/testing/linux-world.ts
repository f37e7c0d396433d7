// Linux processes on the fake machine: the file servers of lib/testing/world.ts, a process server and a `random` that are as
// plain as can be, and WASI programs run with the emulation library beside them, all in this thread.
//
//   const world = await LinuxWorld.create();
//   const process = await world.start({ module, args: ["hello"], directory: "/tmp" });
//   process.run()                    // exit status
//   process.stdout.text()
//   process.wasi.fd_close(3)         // or call WASI directly, with a memory of one's own

import { fileURLToPath } from "node:url";
import { dispatchProcess } from "../../../abi/generated/ts/server/process.ts";
import { dispatchRandom } from "../../../abi/generated/ts/server/random.ts";
import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { FileFlags, type Signal } from "../../../abi/generated/ts/enums.ts";
import { DESCRIPTOR_DIRECTORY, DESCRIPTOR_PROGRAM, OBJECT_ENDPOINT, RIGHT_GRANT, RIGHT_READ, SLOT_NAMES, SLOT_ROOT, SLOT_SELF } from "../../../abi/layout/limits.ts";
import { compile } from "../../../lib/testing/compile.ts";
import type { Domain } from "../../../lib/testing/fake-machine.ts";
import { Exit } from "../../../lib/testing/syscalls.ts";
import { World } from "../../../lib/testing/world.ts";
import { importMemory } from "../../../kernel-wasm/rewriter/import-memory.ts";
import { programImports } from "./program-memory.ts";
import { addStream, type Stream } from "./streams.ts";

const REGION_SIZE = 262144;
/** The first bytes of a domain's memory belong to the machine. */
const FIRST_REGION = 65536;
const REGIONS = 128;

export type Wasi = Record<string, (...args: (number | bigint)[]) => number>;

export interface StartOptions {
  /** The program; absent: none, and `memory` is called on by the test itself. */
  module?: Program;
  /** Its bytes, for the library to read; absent: it cannot. */
  bytes?: Uint8Array;
  args?: readonly string[];
  environment?: readonly string[];
  directory?: string;
  input?: string | Uint8Array;
  terminal?: boolean;
  /** More descriptors: number to a capability in the client's table. */
  descriptors?: ReadonlyMap<number, number>;
}

/** A program as the machine makes it ready: its memory is imported. */
export interface Program { readonly module: WebAssembly.Module; readonly memory: { readonly minimum: number; readonly maximum?: number } }

export async function compileProgram(bytes: Uint8Array<ArrayBuffer>): Promise<Program> {
  const { bytes: code, limits } = importMemory(bytes, "machine", "memory");
  if (!limits) throw new Error("the program exports no memory of its own");
  return { module: await WebAssembly.compile(code), memory: limits };
}

export class LinuxProcess {
  instance: WebAssembly.Instance | undefined;
  readonly signals: Signal[] = [];
  constructor(readonly domain: Domain, readonly wasi: Wasi, readonly memory: WebAssembly.Memory, readonly stdin: Stream, readonly stdout: Stream, readonly stderr: Stream) {}

  /** Run the program to its end: the exit status. A trap is thrown. */
  run(): number {
    try {
      (this.instance!.exports["_start"] as () => void)();
      return 0;
    } catch (error) {
      if (error instanceof Exit) return error.status;
      throw error;
    }
  }

  /** The end of the process: the machine takes all its capabilities. */
  end(): void { this.domain.machine.kill(this.domain); }
}

export class LinuxWorld {
  private readonly memory = new WebAssembly.Memory({ initial: 1 + 4 * REGIONS, maximum: 1024, shared: true });
  private regions = 0;
  private readonly processes: LinuxProcess[] = [];
  private readonly heldAtStart: Record<string, number>;
  private constructor(readonly world: World, private readonly library: WebAssembly.Module) { this.heldAtStart = this.held(); }

  static async create(options: Parameters<typeof World.create>[0] = {}): Promise<LinuxWorld> {
    const world = await World.create(options);
    const random = world.machine.addHandler({ name: "random" }, (incoming) => dispatchRandom({
      bytes: (_context, length) => ({ error: 0, data: crypto.getRandomValues(new Uint8Array(length)) }),
    }, incoming));
    world.client.names.publish(false, world.machine.give(world.client.domain, random), "random");
    // It keeps the identity of its Worker in a global, so it is no server by the compiler's check.
    return new LinuxWorld(world, await compile("personalities/linux/assembly/main.ts", { server: false }));
  }

  /** Capabilities to open files, directories and pipes that each server holds. */
  private held(): Record<string, number> {
    this.world.machine.settle();
    const { names, tmpfs, vfs, pipe } = this.world;
    return Object.fromEntries([names, tmpfs, vfs, pipe].map((server) => [server.name, server.table.all().filter(([, cap]) => cap.object.kind === OBJECT_ENDPOINT).length]));
  }

  /** The leak check: end all processes; throws if a server still holds something for them. (What the test itself keeps open it must
   *  delete before.) */
  close(): void {
    for (const process of this.processes) process.end();
    const held = this.held();
    if (JSON.stringify(held) !== JSON.stringify(this.heldAtStart)) throw new Error(`leaked: ${JSON.stringify(this.heldAtStart)} became ${JSON.stringify(held)}`);
  }

  get root(): DirectoryClient { return this.world.root; }

  async start(options: StartOptions): Promise<LinuxProcess> {
    const { machine } = this.world;
    const { module, args = ["program"], environment = [], directory = "/" } = options;
    const domain = machine.addDomain({ name: `process ${this.regions}` });
    domain.memory = this.memory;
    const stdin = addStream(machine, "stdin", options);
    const [stdout, stderr] = options.terminal ? [stdin, stdin] : [addStream(machine, "stdout"), addStream(machine, "stderr")];
    const process = this.serveProcess({ ...options, args, environment, directory }, [stdin, stdout, stderr]);
    machine.give(domain, this.world.names, { slot: SLOT_NAMES });
    machine.give(domain, process.server, { slot: SLOT_SELF });
    machine.give(domain, this.world.vfs, { slot: SLOT_ROOT });

    const { minimum, maximum } = module?.memory ?? { minimum: 8 };
    const memory = domain.programMemory = new WebAssembly.Memory({ initial: minimum, ...(maximum === undefined ? {} : { maximum }) });
    const kernel = machine.importsOf(domain);
    const instance = await WebAssembly.instantiate(this.library, {
      kernel: { ...kernel, dataspaceReadNow: kernel.dataspaceRead! }, env: { memory: this.memory }, program: programImports(memory, this.memory),
    });
    const { init, begin, ...wasi } = instance.exports as unknown as Wasi & { init(base: number, length: number): number; begin(): void };
    const region = FIRST_REGION + this.regions++ % REGIONS * REGION_SIZE;
    const status = init(region, REGION_SIZE);
    if (status < 0) throw new Error(`init failed: ${status}`);
    // As the machine does it: the library first, then the program, whose imports bind to it.
    const imports = (prefix: string): WebAssembly.ModuleImports => Object.fromEntries(Object.keys(wasi).map((name) => [name, wasi[prefix + name] ?? wasi[name]!]));
    const program = module && await WebAssembly.instantiate(module.module, { machine: { memory }, wasi_snapshot_preview1: imports(""), wasi_unstable: imports("unstable_") });
    begin();
    const running = new LinuxProcess(domain, wasi, memory, stdin, stdout, stderr);
    running.instance = program;
    process.raised = (signal) => running.signals.push(signal);
    this.processes.push(running);
    return running;
  }

  private serveProcess(options: StartOptions, streams: readonly Stream[]): { server: Domain; raised: (signal: Signal) => void } {
    const { machine, client } = this.world;
    const text = (strings: readonly string[] = []): Uint8Array => new TextEncoder().encode(strings.map((string) => `${string}\0`).join(""));
    const [args, environment] = [text(options.args), text(options.environment)];
    const descriptors = new Map(streams.map((stream, index) => [index, () => machine.give(server, stream.domain, { rights: 7, badge: 1 })]));
    for (const [number, slot] of options.descriptors ?? []) {
      descriptors.set(number, () => server.table.insert(client.domain.table.get(slot)!.derive()));
    }
    descriptors.set(DESCRIPTOR_DIRECTORY, () => this.directory(server, options.directory ?? "/"));
    if (options.bytes) {
      descriptors.set(DESCRIPTOR_PROGRAM, () => {
        const made = client.kernel.dataspaceCreate(BigInt(options.bytes!.length));
        client.kernel.dataspaceWrite(made, 0n, options.bytes!);
        const slot = server.table.insert(client.domain.table.get(made)!.derive(RIGHT_READ | RIGHT_GRANT));
        client.kernel.capDelete(made);
        return slot;
      });
    }
    const result = { server: undefined as unknown as Domain, raised: (_signal: Signal): void => {} };
    const no = (): { error: typeof Errors.NotSupported } => ({ error: Errors.NotSupported });
    const server: Domain = machine.addHandler({ name: "process server" }, (incoming) => dispatchProcess({
      startup: () => ({
        error: 0, pid: 7, parent: 1, group: 7, argumentsLength: args.length, data: Buffer.concat([args, environment]),
        descriptors: [...descriptors.keys()].reduce((bits, number) => number < 64 ? bits | 1n << BigInt(number) : bits, 0n),
      }),
      take(_context, number) {
        const make = descriptors.get(number);
        return make ? { error: 0, file: make() } : { error: Errors.BadHandle };
      },
      signal(_context, _pid, _group, signal) {
        result.raised(signal);
        return { error: 0 };
      },
      create: no, give: no, start: no, wait: no, exit: no, list: no, waitSignal: no, setGroup: no, system: no,
    }, incoming));
    result.server = server;
    return result;
  }

  /** A handle of a directory, in `owner`'s table. */
  private directory(owner: Domain, path: string): number {
    const opened = this.root.open(FileFlags.Read | FileFlags.Directory, 0, path);
    if (opened.error) throw new Error(`no directory ${path}: ${opened.error}`);
    const cap = this.world.client.domain.table.take(opened.file)!;
    return owner.table.insert(cap);
  }
}

/** A path in the repository. */
export const repository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
