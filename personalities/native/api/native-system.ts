// What a native program sees of the system: descriptors, names, processes, time. Programs and the shell are written against
// this interface only, so that they run on the kernel (kernel-system.ts) and on a table in memory (testing/memory-system.ts).
//
// Everything is synchronous: a call blocks the program's Worker. Errors are returned as Failure; nothing throws but exit().

import type { DomainInfo, CapRow, CallCount, KernelCounts, TraceEvent } from "../../../lib/ts/kernel.ts";
import type { DiskMounted } from "../../../lib/ts/mount-disk.ts";
import type { Disks } from "./disks.ts";
import type { Result } from "./failure.ts";

export type Kind = "unknown" | "regular" | "directory" | "link" | "character" | "block" | "pipe" | "socket";

/** Attributes of a file. Times are nanoseconds since 1970; `blocks` counts 512-byte units in use. */
export interface Stat {
  device: bigint; inode: bigint; kind: Kind; /** Permission bits, 0–0o7777. */ mode: number; links: number; blockSize: number;
  size: number; blocks: number; accessed: bigint; modified: bigint; changed: bigint;
}

export interface Entry { name: string; inode: bigint; kind: Kind }

/** Flags of `open`, as in the `file` interface. */
export const Open = { Read: 1, Write: 2, Append: 4, Create: 8, Exclusive: 16, Truncate: 32, Directory: 64, NoFollow: 128, NonBlocking: 256 } as const;

/** Switches of a terminal, as in the `terminal` interface. */
export const TerminalMode = { Canonical: 1, Echo: 2, Signals: 4, MapCrToNl: 8, MapNlToCrNl: 16, EchoErase: 32, EchoControl: 64 } as const;

export interface Terminal { modes: number; columns: number; rows: number; /** Process group. */ foreground: number; pending: number }

export interface SpawnRequest {
  /** Path of the program, relative to `cwd`. */
  path: string;
  /** argv, the first is the program's name for itself. */
  args: readonly string[];
  env: ReadonlyMap<string, string>;
  /** Child's descriptor → own descriptor. Absent: 0, 1 and 2 as they are. */
  fds?: ReadonlyMap<number, number>;
  /** Process group to join; "new": its own; absent: the caller's. */
  group?: number | "new";
  /** The child asks for interrupts itself (a shell). */
  handlesInterrupt?: boolean;
}

export interface Child { pid: number; group: number }

/** How a process ended or stopped. `reason` says why where it could not be loaded or trapped, else "". */
export interface Ended { pid: number; state: "exited" | "stopped"; status: number; signal: number; reason: string }

export interface ProcessRow {
  pid: number; parent: number; group: number; state: "created" | "starting" | "running" | "stopped" | "exited";
  domain: number; personality: "native" | "linux"; /** ns since 1970 */ started: bigint; status: number; name: string; /** -1: none */ terminal: number;
}

/** Which times to set; "now" is the server's clock. */
export interface Times { accessed?: bigint | "now"; modified?: bigint | "now" }

export interface FileSystemFigures { blockSize: number; blocks: number; free: number; files: number; filesFree: number; readOnly: boolean }

/** The System capability, bound: what `ps`, `caps`, `place` and `trace` use. */
export interface Administration {
  domains(): DomainInfo[];
  caps(domain: number): CapRow[];
  counts(): KernelCounts;
  callCounts(): CallCount[];
  kill(domain: number): Result<0>;
  place(domain: number, placement: "worker" | "inline"): Result<0>;
  setTrace(on: boolean): Result<0>;
  trace(after: bigint): TraceEvent[];
}

/** A remembered descriptor table, working directory and umask. */
export interface Scope { readonly scope: unique symbol }

export interface NativeSystem {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** argv. */
  readonly args: readonly string[];
  /** The environment the process was started with. */
  readonly env: ReadonlyMap<string, string>;

  // Descriptors: small numbers, the lowest free one is taken.
  open(path: string, flags: number, mode?: number): Result<number>;
  close(fd: number): Result<0>;
  /** At most `length` bytes; empty at the end of the file. */
  read(fd: number, length: number): Result<Uint8Array>;
  /** The bytes taken, at least 1 unless data is empty. */
  write(fd: number, data: Uint8Array): Result<number>;
  /** whence 0: from the start, 1: from the position, 2: from the end. The new position. */
  seek(fd: number, offset: number, whence: 0 | 1 | 2): Result<number>;
  fstat(fd: number): Result<Stat>;
  setSize(fd: number, size: number): Result<0>;
  sync(fd: number): Result<0>;
  /** A copy at the lowest free number not below `least`. */
  duplicate(fd: number, least?: number): Result<number>;
  /** Make `to` mean what `from` means. */
  redirect(from: number, to: number): Result<0>;
  isOpen(fd: number): boolean;
  pipe(): Result<{ reader: number; writer: number }>;
  /** An unnamed file that starts with `contents`: for here-documents and captured output. It costs no call until it is given to a child. */
  memoryFile(contents?: Uint8Array): Result<number>;
  /** Remember all descriptors, or the working directory and the umask as well, to return to with `leave`, exactly once. */
  enter(what: "descriptors" | "all"): Scope;
  leave(scope: Scope): void;

  // Names.
  stat(path: string, follow?: boolean): Result<Stat>;
  makeDirectory(path: string, mode?: number): Result<0>;
  removeDirectory(path: string): Result<0>;
  unlink(path: string): Result<0>;
  rename(from: string, to: string): Result<0>;
  link(from: string, to: string): Result<0>;
  symbolicLink(contents: string, path: string): Result<0>;
  readLink(path: string): Result<string>;
  /** All entries, `.` and `..` included, in the server's order. */
  readDirectory(path: string): Result<Entry[]>;
  setMode(path: string, mode: number): Result<0>;
  setTimes(path: string, times: Times, follow?: boolean): Result<0>;
  truncate(path: string, size: number): Result<0>;
  fileSystem(path: string): Result<FileSystemFigures>;
  /** All of the file system that a name is in is on stable storage afterwards. */
  syncFileSystem(path: string): Result<0>;
  /** Lines `source path type flags`. */
  mounts(): Result<string>;
  /** Mount what the name server knows as `source`. `flags`: MountFlags. */
  mount(source: string, path: string, flags: number): Result<0>;
  /** Mount the file system on a disk, DRIVER:NAME. `type`: its server's name, or `auto`. */
  mountDisk(type: string, disk: string, path: string, flags: number): DiskMounted;
  /** Mount a directory on another. */
  bind(from: string, path: string, flags: number): Result<0>;
  /** Change the flags in `mask` of a mount. */
  remount(path: string, flags: number, mask: number): Result<0>;
  unmount(path: string): Result<0>;
  /** Unmount a file system that cannot write what is left: that is lost. */
  abandon(path: string): Result<0>;
  changeDirectory(path: string): Result<0>;
  workingDirectory(): Result<string>;
  umask: number;

  // Processes.
  spawn(request: SpawnRequest): Result<Child>;
  /** A child, or 0 for any. Undefined if `block` is false and none has ended. */
  wait(pid: number, options?: { stopped?: boolean; block?: boolean }): Result<Ended | undefined>;
  signal(target: { pid: number } | { group: number }, signal: number): Result<0>;
  processes(): Result<ProcessRow[]>;
  setGroup(pid: number, group: number): Result<0>;
  /** Whether an interrupt has arrived since the last question (only where the process handles interrupts). */
  interrupted(): boolean;
  exit(status: number): never;

  // Terminals.
  isTerminal(fd: number): boolean;
  terminal(fd: number): Result<Terminal>;
  setTerminalModes(fd: number, modes: number, flush?: boolean): Result<0>;
  setForeground(fd: number, group: number): Result<0>;

  // Time and chance.
  /** ns since 1970. */
  now(): bigint;
  /** ns since boot. */
  monotonic(): bigint;
  /** Interrupted if a signal cut it short. */
  sleep(nanoseconds: bigint): Result<0>;
  random(length: number): Result<Uint8Array>;

  /** Names published at the name server. */
  names(): Result<string[]>;
  administration(): Result<Administration>;
  /** Its methods are refused where the session may not administer. */
  disks(): Disks;
}
