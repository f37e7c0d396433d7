// The native system on tables in memory, for tests of the shell and of programs without a kernel. Everything runs in one thread: a child
// runs when its parent waits for it, or reads a pipe that is empty. Its terminal, if given, is a script of input and a record of output.

import type { DiskMounted } from "../../../lib/ts/mount-disk.ts";
import { errorNumber } from "../../../lib/ts/status.ts";
import { withArguments } from "../api/derived-system.ts";
import { DescriptorTable, type RememberedTable } from "../api/descriptor-table.ts";
import type { Disks } from "../api/disks.ts";
import { Failure, type Result } from "../api/failure.ts";
import { Open, type Administration, type Child, type Ended, type Entry, type FileSystemFigures, type NativeSystem, type ProcessRow, type Scope, type SpawnRequest, type Stat, type Terminal, type Times } from "../api/native-system.ts";
import { MemoryFile, type OpenFile } from "../api/open-file.ts";
import { ProgramExit, runProgram, type Program } from "../api/program.ts";
import { MemoryDisks } from "./memory-disks.ts";
import { MemoryFiles, type Node } from "./memory-files.ts";
import { MemoryPipe, PipeEnd } from "./memory-pipe.ts";

interface Process { pid: number; parent: number; group: number; name: string; system: MemorySystem; program: Program; state: "ready" | "running" | "done"; ended: Ended | undefined }

export class MemoryWorld {
  readonly files = new MemoryFiles();
  readonly processes = new Map<number, Process>();
  readonly disks = new MemoryDisks();
  /** What was mounted from disks: type, disk, path, flags. */
  readonly mounted: string[] = [];
  private nextPid = 2;
  /** ns; sleeping advances it. */
  clock = 0n;

  constructor(readonly programs: Readonly<Record<string, Program>>) {
    for (const name of Object.keys(programs)) this.write(`/usr/bin/${name}`, `#!grail ${name}\n`, 0o755);
  }

  write(path: string, contents: string | Uint8Array, mode = 0o644): void {
    const file = this.files.open(this.files.root, path, Open.Write | Open.Create | Open.Truncate, mode);
    if (file instanceof Failure) throw new Error(`${path}: ${file.message}`);
    file.write(typeof contents === "string" ? new TextEncoder().encode(contents) : contents);
  }

  read(path: string): string {
    const node = this.files.find(this.files.root, path);
    if (node instanceof Failure) throw new Error(`${path}: ${node.message}`);
    return new TextDecoder().decode(node.data);
  }

  create(parent: number, group: number | "new" | undefined, parentGroup: number, system: (pid: number, group: number) => MemorySystem, name: string, program: Program): Process {
    const pid = this.nextPid++;
    const own = group === "new" ? pid : group ?? parentGroup;
    const process: Process = { pid, parent, group: own, name, system: system(pid, own), program, state: "ready", ended: undefined };
    this.processes.set(pid, process);
    return process;
  }

  /** Run the oldest process that has not run yet, of those wanted. False if there is none. */
  runOne(wanted: (process: Process) => boolean = () => true): boolean {
    const ready = [...this.processes.values()].find((one) => one.state === "ready" && wanted(one));
    if (!ready) return false;
    this.run(ready);
    return true;
  }

  run(process: Process): void {
    process.state = "running";
    const status = runProgram(process.program, process.system);
    process.state = "done";
    process.system.closeAll();
    process.ended ??= { pid: process.pid, state: "exited", status, signal: status === 141 ? 13 : 0, reason: "" };
  }
}

export class MemorySystem implements NativeSystem {
  umask = 0o022;
  readonly descriptors = new DescriptorTable();
  directory: Node;
  /** Interrupts to be noticed. */
  interrupts = 0;

  constructor(readonly world: MemoryWorld, readonly args: readonly string[], readonly env: ReadonlyMap<string, string> = new Map(), readonly pid = 1, readonly parent = 0, readonly group = 1, directory?: Node) {
    this.directory = directory ?? world.files.root;
  }

  closeAll(): void { for (const fd of this.descriptors.numbers()) this.descriptors.close(fd); }

  private on<T>(fd: number, action: (file: OpenFile) => Result<T>): Result<T> {
    const file = this.descriptors.get(fd);
    return file ? action(file) : new Failure("BadHandle");
  }

  open(path: string, flags: number, mode = 0o666): Result<number> {
    const file = this.world.files.open(this.directory, path, flags, mode & ~this.umask);
    return file instanceof Failure ? file : this.descriptors.add(file);
  }
  close(fd: number): Result<0> { return this.descriptors.close(fd); }
  read(fd: number, length: number): Result<Uint8Array> { return this.on(fd, (file) => file.read(length)); }
  write(fd: number, data: Uint8Array): Result<number> { return this.on(fd, (file) => file.write(data)); }
  seek(fd: number, offset: number, whence: 0 | 1 | 2): Result<number> { return this.on(fd, (file) => file.seek(offset, whence)); }
  fstat(fd: number): Result<Stat> { return this.on(fd, (file) => file.stat()); }
  setSize(fd: number, size: number): Result<0> { return this.on(fd, (file) => file.setSize(size)); }
  sync(fd: number): Result<0> { return this.on(fd, (file) => file.sync()); }
  duplicate(fd: number, least = 0): Result<number> { return this.descriptors.duplicate(fd, least); }
  redirect(from: number, to: number): Result<0> { return this.descriptors.redirect(from, to); }
  isOpen(fd: number): boolean { return this.descriptors.get(fd) !== undefined; }
  memoryFile(contents = new Uint8Array(0)): Result<number> { return this.descriptors.add(new MemoryFile(contents)); }

  pipe(): Result<{ reader: number; writer: number }> {
    const pipe = new MemoryPipe((own) => this.world.runOne(({ system }) => system.descriptors.numbers().some((fd) => {
      const file = system.descriptors.get(fd);
      return file instanceof PipeEnd && file.pipe === own && file.which === "writer";
    })));
    const reader = this.descriptors.add(pipe.end("reader"));
    const writer = this.descriptors.add(pipe.end("writer"));
    return reader instanceof Failure ? reader : writer instanceof Failure ? writer : { reader, writer };
  }

  enter(what: "descriptors" | "all"): Scope {
    return { table: this.descriptors.remember(), rest: what === "all" ? { directory: this.directory, umask: this.umask } : undefined } as unknown as Scope;
  }
  leave(scope: Scope): void {
    const { table, rest } = scope as unknown as { table: RememberedTable; rest?: { directory: Node; umask: number } };
    this.descriptors.restore(table);
    if (rest) { this.directory = rest.directory; this.umask = rest.umask; }
  }

  stat(path: string, follow = true): Result<Stat> { const node = this.world.files.find(this.directory, path, follow); return node instanceof Failure ? node : node.stat(); }
  makeDirectory(path: string, mode = 0o777): Result<0> { return this.world.files.makeDirectory(this.directory, path, mode & ~this.umask); }
  removeDirectory(path: string): Result<0> { return this.world.files.remove(this.directory, path, true); }
  unlink(path: string): Result<0> { return this.world.files.remove(this.directory, path, false); }
  rename(from: string, to: string): Result<0> { return this.world.files.rename(this.directory, from, to); }
  link(from: string, to: string): Result<0> { return this.world.files.link(this.directory, from, to); }
  symbolicLink(contents: string, path: string): Result<0> { return this.world.files.symbolicLink(this.directory, contents, path); }
  readLink(path: string): Result<string> {
    const node = this.world.files.find(this.directory, path, false);
    return node instanceof Failure ? node : node.kind === "link" ? node.contents : new Failure("NotLink");
  }
  readDirectory(path: string): Result<Entry[]> { const node = this.world.files.find(this.directory, path); return node instanceof Failure ? node : this.world.files.list(node); }
  setMode(path: string, mode: number): Result<0> {
    const node = this.world.files.find(this.directory, path);
    if (node instanceof Failure) return node;
    node.mode = mode;
    return 0;
  }
  setTimes(path: string, times: Times, follow = true): Result<0> {
    const node = this.world.files.find(this.directory, path, follow);
    if (node instanceof Failure) return node;
    if (times.accessed !== undefined) node.accessed = times.accessed === "now" ? this.now() : times.accessed;
    if (times.modified !== undefined) node.modified = times.modified === "now" ? this.now() : times.modified;
    return 0;
  }
  truncate(path: string, size: number): Result<0> {
    const file = this.world.files.open(this.directory, path, Open.Write, 0);
    return file instanceof Failure ? file : file.setSize(size);
  }
  syncFileSystem(): Result<0> { return 0; }
  fileSystem(): Result<FileSystemFigures> { return { blockSize: 4096, blocks: 1000, free: 400, files: 100, filesFree: 50, readOnly: false }; }
  mounts(): Result<string> { return "tmpfs / tmpfs rw\n"; }
  mount(): Result<0> { return new Failure("NotSupported"); }
  /** Nothing is mounted: the disk must be there, and free. */
  mountDisk(type: string, disk: string, path: string, flags: number): DiskMounted {
    const opened = this.disks().open(disk, false);
    if (opened instanceof Failure) return { error: errorNumber(opened.error), step: "disk", reason: "" };
    opened.close();
    this.world.mounted.push(`${type} ${disk} ${path} ${flags}`);
    return { error: 0, readOnly: false, reason: "" };
  }
  bind(): Result<0> { return new Failure("NotSupported"); }
  remount(): Result<0> { return new Failure("NotSupported"); }
  abandon(): Result<0> { return new Failure("NotSupported"); }
  unmount(): Result<0> { return new Failure("NotSupported"); }
  changeDirectory(path: string): Result<0> {
    const node = this.world.files.find(this.directory, path);
    if (node instanceof Failure) return node;
    if (node.kind !== "directory") return new Failure("NotDirectory");
    this.directory = node;
    return 0;
  }
  workingDirectory(): Result<string> { return this.world.files.path(this.directory); }

  spawn(request: SpawnRequest): Result<Child> {
    const node = this.world.files.find(this.directory, request.path);
    if (node instanceof Failure) return node;
    if (node.kind === "directory") return new Failure("IsDirectory");
    if (!(node.mode & 0o111)) return new Failure("AccessDenied");
    const head = new TextDecoder().decode(node.data.subarray(0, 256));
    const native = /^#!grail (\S+)\n/.exec(head);
    const script = /^#! *(\S+)(?: +(\S+))?\n/.exec(head);
    if (!native && script) return this.spawn({ ...request, path: script[1]!, args: [script[1]!, ...(script[2] ? [script[2]] : []), request.path, ...request.args.slice(1)] });
    const program = native && this.world.programs[native[1]!];
    if (!program) return new Failure("BadProgram");
    const process = this.world.create(this.pid, request.group, this.group, (pid, group) => new MemorySystem(this.world, request.args, request.env, pid, this.pid, group, this.directory), native[1]!, program);
    process.system.umask = this.umask;
    for (const [fd, own] of request.fds ?? [0, 1, 2].map((one) => [one, one] as const)) {
      const file = this.descriptors.get(own);
      if (!file) continue;
      if ("share" in file) (file as { share(): void }).share();
      process.system.descriptors.place(fd, file);
    }
    return { pid: process.pid, group: process.group };
  }

  wait(pid: number, options: { stopped?: boolean; block?: boolean } = {}): Result<Ended | undefined> {
    for (;;) {
      const children = [...this.world.processes.values()].filter((one) => one.parent === this.pid && (pid === 0 || one.pid === pid));
      if (children.length === 0) return new Failure("NoChild");
      const done = children.find((one) => one.ended);
      if (done) { this.world.processes.delete(done.pid); return done.ended; }
      if (options.block === false) return undefined;
      if (!this.world.runOne((one) => children.includes(one))) return new Failure("WouldDeadlock");
    }
  }

  signal(target: { pid: number } | { group: number }, signal: number): Result<0> {
    const targets = [...this.world.processes.values()].filter((one) => ("pid" in target ? one.pid === target.pid : one.group === target.group) && !one.ended);
    if (targets.length === 0) return new Failure("NoProcess");
    if (signal === 0) return 0;
    for (const one of targets) {
      one.state = "done";
      one.ended = { pid: one.pid, state: "exited", status: 128 + signal, signal, reason: "" };
      one.system.closeAll();
    }
    return 0;
  }

  processes(): Result<ProcessRow[]> {
    return [...this.world.processes.values()].map((one) => ({ pid: one.pid, parent: one.parent, group: one.group, state: "running", domain: one.pid + 10, personality: "native", started: 0n, status: 0, name: one.name, terminal: -1 }));
  }
  setGroup(): Result<0> { return 0; }
  interrupted(): boolean { const was = this.interrupts > 0; this.interrupts = 0; return was; }
  exit(status: number): never { throw new ProgramExit(status); }

  isTerminal(fd: number): boolean { return this.descriptors.get(fd) instanceof MemoryTerminal; }
  terminal(fd: number): Result<Terminal> { const file = this.descriptors.get(fd); return file instanceof MemoryTerminal ? file.state : new Failure("NotSupported"); }
  setTerminalModes(fd: number, modes: number): Result<0> { const file = this.descriptors.get(fd); if (!(file instanceof MemoryTerminal)) return new Failure("NotSupported"); file.state.modes = modes; return 0; }
  setForeground(fd: number, group: number): Result<0> { const file = this.descriptors.get(fd); if (!(file instanceof MemoryTerminal)) return new Failure("NotSupported"); file.state.foreground = group; return 0; }

  now(): bigint { return this.world.files.time; }
  monotonic(): bigint { return (this.world.clock += 1000n); }
  sleep(nanoseconds: bigint): Result<0> { this.world.clock += nanoseconds; this.world.files.time += nanoseconds; return 0; }
  random(length: number): Result<Uint8Array> { return Uint8Array.from({ length }, (_, index) => (Number(this.world.clock++) * 7919 + index * 31) & 255); }
  names(): Result<string[]> { return ["vfs", "process"]; }
  administration(): Result<Administration> { return new Failure("NoRight"); }
  disks(): Disks { return this.world.disks; }
}

/** A terminal whose input was typed beforehand, a chunk a read. */
export class MemoryTerminal implements OpenFile {
  readonly kind = "character";
  output = "";
  state: Terminal = { modes: 127, columns: 80, rows: 24, foreground: 1, pending: 0 };
  private readonly decoder = new TextDecoder();

  constructor(private readonly input: string[]) {}

  read(): Result<Uint8Array> { return new TextEncoder().encode(this.input.shift() ?? ""); }
  write(data: Uint8Array): Result<number> { this.output += this.decoder.decode(data, { stream: true }); return data.length; }
  seek(): Result<number> { return new Failure("NotSeekable"); }
  stat(): Result<Stat> { return { device: 0n, inode: 0n, kind: "character", mode: 0o620, links: 1, blockSize: 1024, size: 0, blocks: 0, accessed: 0n, modified: 0n, changed: 0n }; }
  setSize(): Result<0> { return new Failure("NotSupported"); }
  sync(): Result<0> { return 0; }
  release(): void {}
}

export interface RunResult { status: number; output: string; errors: string; bytes: Uint8Array }

/** Run a program to its end; its descriptors are memory files. */
export function runInMemory(world: MemoryWorld, args: readonly string[], options: { input?: string | Uint8Array; env?: ReadonlyMap<string, string>; directory?: string } = {}): RunResult {
  const program = world.programs[args[0]!];
  if (!program) throw new Error(`no program ${args[0]}`);
  const directory = world.files.find(world.files.root, options.directory ?? "/");
  if (directory instanceof Failure) throw new Error(directory.message);
  const system = new MemorySystem(world, args, options.env ?? new Map([["PATH", "/usr/bin"], ["HOME", "/root"]]), 1, 0, 1, directory);
  const input = typeof options.input === "string" ? new TextEncoder().encode(options.input) : options.input ?? new Uint8Array(0);
  const [out, err] = [new MemoryFile(new Uint8Array(0)), new MemoryFile(new Uint8Array(0))];
  system.descriptors.place(0, new MemoryFile(input));
  system.descriptors.place(1, out);
  system.descriptors.place(2, err);
  const status = runProgram(program, withArguments(system, args));
  const bytes = out.contents.slice();
  const errors = new TextDecoder().decode(err.contents);
  while (world.runOne()) { /* what was left in the background */ }
  return { status, output: new TextDecoder().decode(bytes), errors, bytes };
}
