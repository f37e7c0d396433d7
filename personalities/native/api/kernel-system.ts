// The native system over the kernel: each operation is a call to the server that does the work, found once and remembered. Files are in
// kernel-files.ts, children in kernel-processes.ts. Make one per process with KernelSystem.start(); never share it between Workers.

import { NamesClient } from "../../../abi/generated/ts/client/names.ts";
import { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { RandomClient } from "../../../abi/generated/ts/client/random.ts";
import { DESCRIPTOR_DIRECTORY, SLOT_NAMES, SLOT_ROOT, SLOT_SELF } from "../../../abi/layout/limits.ts";
import { DiskAccess } from "../../../lib/ts/disk-access.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { readListed } from "../../../lib/ts/listed-text.ts";
import { decodeStrings } from "../../../lib/ts/text.ts";
import { listVolumes } from "../../../lib/ts/volume-list.ts";
import { administrationOf } from "./administration.ts";
import { disksOf, type Disks } from "./disks.ts";
import { Failure, type Result } from "./failure.ts";
import { done, KernelFiles } from "./kernel-files.ts";
import { KernelProcesses } from "./kernel-processes.ts";
import type { Administration, Child, Ended, NativeSystem, ProcessRow, SpawnRequest, Terminal } from "./native-system.ts";

export class KernelSystem extends KernelFiles implements NativeSystem {
  private readonly children: KernelProcesses;
  private sleeper = 0;
  private knownDisks: Disks | undefined;

  private constructor(kernel: Kernel, pid: number, directory: number, readonly parent: number, readonly group: number, readonly args: readonly string[], readonly env: ReadonlyMap<string, string>, private readonly processClient: ProcessClient) {
    super(kernel, pid, directory);
    this.children = new KernelProcesses(kernel, processClient);
  }

  /** The system of the calling process, with what it was started with. */
  static start(kernel: Kernel): Result<KernelSystem> {
    const process = new ProcessClient(kernel, SLOT_SELF);
    const startup = process.startup();
    if (startup.error) return Failure.ofNumber(startup.error);
    const args = decodeStrings(startup.data.subarray(0, startup.argumentsLength));
    const env = new Map(decodeStrings(startup.data.subarray(startup.argumentsLength)).map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    }));
    const directory = process.take(DESCRIPTOR_DIRECTORY);
    const system = new KernelSystem(kernel, startup.pid, directory.error ? kernel.capCopy(SLOT_ROOT) : directory.file, startup.parent, startup.group, args, env, process);
    for (let fd = 0; fd < 64; fd++) {
      if (!(startup.descriptors >> BigInt(fd) & 1n)) continue;
      const taken = process.take(fd);
      if (!taken.error) system.descriptors.place(fd, system.inherited(taken.file));
    }
    return system;
  }

  spawn(request: SpawnRequest): Result<Child> {
    const given = new Map<number, number>();
    for (const [fd, own] of request.fds ?? [0, 1, 2].filter((one) => this.isOpen(one)).map((one) => [one, one] as const)) {
      const cap = this.toGive(own);
      if (cap instanceof Failure) return cap;
      given.set(fd, cap);
    }
    return this.children.spawn(request, given, this.directory.cap);
  }

  wait(pid: number, options?: { stopped?: boolean; block?: boolean }): Result<Ended | undefined> { return this.children.wait(pid, options?.stopped ?? false, options?.block ?? true); }
  processes(): Result<ProcessRow[]> { return this.children.list(); }
  interrupted(): boolean { return this.children.interrupted(); }
  setGroup(pid: number, group: number): Result<0> { return done(this.processClient.setGroup(pid, group)); }

  signal(target: { pid: number } | { group: number }, signal: number): Result<0> {
    return done("pid" in target ? this.processClient.signal(target.pid, 0, signal) : this.processClient.signal(0, target.group, signal));
  }

  exit(status: number): never { return this.kernel.exit(status & 255); }

  isTerminal(fd: number): boolean { return this.capability(fd)?.isTerminal ?? false; }

  terminal(fd: number): Result<Terminal> {
    const answer = this.capability(fd)?.terminal.state();
    if (!answer) return new Failure("NotSupported");
    if (answer.error) return Failure.ofNumber(answer.error);
    const { modes, columns, rows, foreground, pending } = answer.state;
    return { modes, columns, rows, foreground, pending };
  }

  setTerminalModes(fd: number, modes: number, flush = false): Result<0> {
    const terminal = this.capability(fd)?.terminal;
    return terminal ? done(terminal.setModes(modes, flush)) : new Failure("NotSupported");
  }

  setForeground(fd: number, group: number): Result<0> {
    const terminal = this.capability(fd)?.terminal;
    return terminal ? done(terminal.setForeground(group)) : new Failure("NotSupported");
  }

  now(): bigint { return this.kernel.wallClock(); }
  monotonic(): bigint { return this.kernel.monotonic(); }

  sleep(nanoseconds: bigint): Result<0> {
    if (this.sleeper === 0) this.sleeper = this.kernel.notificationCreate();
    if (this.sleeper < 0) return Failure.ofNumber(this.sleeper);
    const { status } = this.kernel.wait(this.sleeper, Number((nanoseconds + 999n) / 1000n));
    const failure = status < 0 ? Failure.ofNumber(status) : undefined;
    return failure && failure.error !== "Timeout" ? failure : 0;
  }

  random(length: number): Result<Uint8Array> {
    const answer = this.onServer("random", (server) => new RandomClient(this.kernel, server).bytes(length));
    return "data" in answer ? answer.data : Failure.ofNumber(answer.error);
  }

  names(): Result<string[]> {
    const client = new NamesClient(this.kernel, SLOT_NAMES);
    const { error, text } = readListed((position) => client.list(position));
    return error ? Failure.ofNumber(error) : text.split("\n").filter((name) => name !== "");
  }

  disks(): Disks {
    return this.knownDisks ??= disksOf(new DiskAccess(this.kernel), () => this.onServer("cache", (server) => listVolumes(this.kernel, server)) as ReturnType<typeof listVolumes>);
  }

  administration(): Result<Administration> {
    const answer = this.processClient.system();
    return answer.error ? Failure.ofNumber(answer.error) : administrationOf(this.kernel, answer.system);
  }
}
