// Descriptors and names of a process over the kernel: the half of KernelSystem that concerns files. Paths go to the VFS by way of the working
// directory's capability; open files talk to their own servers.

import { errors } from "../../../abi/idl/errors.ts";
import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { PipeClient } from "../../../abi/generated/ts/client/pipe.ts";
import { MountFlags, SetTimes } from "../../../abi/generated/ts/enums.ts";
import { decodeEntries } from "../../../lib/ts/directory-entries.ts";
import { MAX_PATH, SLOT_ROOT } from "../../../abi/layout/limits.ts";
import { MountCache } from "../../../lib/ts/files/mount-cache.ts";
import { WalkingDirectory } from "../../../lib/ts/files/walking-directory.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { mountDisk, type DiskMounted } from "../../../lib/ts/mount-disk.ts";
import { Naming } from "../../../lib/ts/naming.ts";
import { readListed } from "../../../lib/ts/listed-text.ts";
import { decodeTextLosslessly, encodeText } from "../../../lib/ts/text.ts";
import { CapabilityFile, kindOf, statOf } from "./capability-file.ts";
import { DescriptorTable, type RememberedTable } from "./descriptor-table.ts";
import { Failure, type Result } from "./failure.ts";
import { Open, type Entry, type FileSystemFigures, type Scope, type Stat, type Times } from "./native-system.ts";
import { MemoryFile, type OpenFile } from "./open-file.ts";

const SLASH = 0x2f;

interface WorkingDirectory { cap: number; references: number }
interface KernelScope { table: RememberedTable; rest: { directory: WorkingDirectory; umask: number } | undefined }

/** A client's result as ours. */
export function done(result: { error: number }): Result<0> { return result.error ? Failure.ofNumber(result.error) : 0; }

export class KernelFiles {
  umask = 0o022;
  protected readonly descriptors = new DescriptorTable();
  protected readonly naming: Naming;
  protected directory: WorkingDirectory;
  private temporaries = 0;
  private readonly mountCache: MountCache;

  /** `directory`: capability of the working directory, which becomes ours. */
  protected constructor(readonly kernel: Kernel, readonly pid: number, directory: number) {
    this.naming = new Naming(kernel);
    this.mountCache = new MountCache(kernel);
    this.directory = { cap: directory, references: 1 };
  }

  protected inherited(cap: number): OpenFile { return new CapabilityFile(this.kernel, cap, 0, "unknown", 0, true); }

  private get at(): DirectoryClient { return new WalkingDirectory(this.kernel, this.directory.cap, this.mountCache); }

  /** Call with the directory that a path goes from, and the path. One longer than a message may hold goes by way of directories on it, so that
   *  there is no tree too deep to be listed or removed. */
  private along<T extends { error: number }>(path: string, call: (at: DirectoryClient, path: string) => T, from = this.directory.cap): T | { error: number } {
    const at = new WalkingDirectory(this.kernel, from, this.mountCache), bytes = path.length * 3 > MAX_PATH ? encodeText(path) : undefined;
    const end = bytes && bytes.length > MAX_PATH ? bytes.lastIndexOf(SLASH, MAX_PATH - 1) : 0;
    if (!bytes || end <= 0) return call(at, path);
    const opened = at.open(Open.Read | Open.Directory, 0, decodeTextLosslessly(bytes.subarray(0, end)));
    if (opened.error) return { error: opened.error };
    const rest = decodeTextLosslessly(bytes.subarray(end)).replace(/^\/+/, "");
    const result = this.along(rest || ".", call, opened.file);
    new WalkingDirectory(this.kernel, opened.file, this.mountCache).close();
    this.kernel.capDelete(opened.file);
    return result;
  }

  private on<T>(fd: number, action: (file: OpenFile) => Result<T>): Result<T> {
    const file = this.descriptors.get(fd);
    return file ? action(file) : new Failure("BadHandle");
  }

  /** A call on a server by its name; once more if that has died and another has taken its place. */
  protected onServer<T extends { error: number }>(name: string, call: (server: number) => T): T | { error: number } {
    for (let again = false; ; again = true) {
      const server = this.naming.find(name, false);
      if (server < 0) return { error: -server };
      const result = call(server);
      if (result.error !== errors.PeerDied.number) return result;
      this.naming.forget(name);
      if (again) return result;
    }
  }

  open(path: string, flags: number, mode = 0o666): Result<number> {
    const opened = this.along(path, (at, rest) => at.open(flags, mode & ~this.umask, rest));
    if (!("file" in opened)) return Failure.ofNumber(opened.error);
    return this.descriptors.add(new CapabilityFile(this.kernel, opened.file, opened.data, kindOf(opened.kind), flags, false));
  }

  close(fd: number): Result<0> { return this.descriptors.close(fd); }
  read(fd: number, length: number): Result<Uint8Array> { return this.on(fd, (file) => file.read(length)); }
  write(fd: number, data: Uint8Array): Result<number> { return data.length === 0 ? 0 : this.on(fd, (file) => file.write(data)); }
  seek(fd: number, offset: number, whence: 0 | 1 | 2): Result<number> { return this.on(fd, (file) => file.seek(offset, whence)); }
  fstat(fd: number): Result<Stat> { return this.on(fd, (file) => file.stat()); }
  setSize(fd: number, size: number): Result<0> { return this.on(fd, (file) => file.setSize(size)); }
  sync(fd: number): Result<0> { return this.on(fd, (file) => file.sync()); }
  duplicate(fd: number, least = 0): Result<number> { return this.descriptors.duplicate(fd, least); }
  redirect(from: number, to: number): Result<0> { return this.descriptors.redirect(from, to); }
  isOpen(fd: number): boolean { return this.descriptors.get(fd) !== undefined; }

  pipe(): Result<{ reader: number; writer: number }> {
    const made = this.onServer("pipe", (server) => new PipeClient(this.kernel, server).create());
    if (!("reader" in made)) return Failure.ofNumber(made.error);
    const reader = this.descriptors.add(new CapabilityFile(this.kernel, made.reader, 0, "pipe", Open.Read, true));
    const writer = this.descriptors.add(new CapabilityFile(this.kernel, made.writer, 0, "pipe", Open.Write, true));
    if (reader instanceof Failure) return reader;
    if (writer instanceof Failure) { this.descriptors.close(reader); return writer; }
    return { reader, writer };
  }

  memoryFile(contents = new Uint8Array(0)): Result<number> { return this.descriptors.add(new MemoryFile(contents)); }

  enter(what: "descriptors" | "all"): Scope {
    if (what === "all") this.directory.references++;
    const scope: KernelScope = { table: this.descriptors.remember(), rest: what === "all" ? { directory: this.directory, umask: this.umask } : undefined };
    return scope as unknown as Scope;
  }

  leave(scope: Scope): void {
    const { table, rest } = scope as unknown as KernelScope;
    this.descriptors.restore(table);
    if (!rest) return;
    this.dropDirectory();
    this.directory = rest.directory;
    this.umask = rest.umask;
  }

  private dropDirectory(): void { if (--this.directory.references === 0) this.kernel.capDelete(this.directory.cap); }

  stat(path: string, follow = true): Result<Stat> {
    const answer = this.along(path, (at, rest) => at.stat(follow, rest));
    return "attributes" in answer ? statOf(answer.attributes) : Failure.ofNumber(answer.error);
  }

  makeDirectory(path: string, mode = 0o777): Result<0> { return done(this.along(path, (at, rest) => at.makeDirectory(mode & ~this.umask, rest))); }
  removeDirectory(path: string): Result<0> { return done(this.along(path, (at, rest) => at.removeDirectory(rest))); }
  unlink(path: string): Result<0> { return done(this.along(path, (at, rest) => at.unlink(rest))); }
  rename(from: string, to: string): Result<0> { return this.between(from, to, (at, old, target, made) => at.rename(target.cap, old, made)); }
  link(from: string, to: string): Result<0> { return this.between(from, to, (at, old, target, made) => at.link(false, target.cap, old, made)); }
  private between(from: string, to: string, call: (at: DirectoryClient, from: string, target: DirectoryClient, to: string) => { error: number }): Result<0> {
    return done(this.along(from, (at, old) => this.along(to, (target, made) => call(at, old, target, made))));
  }
  symbolicLink(contents: string, path: string): Result<0> { return done(this.along(path, (at, rest) => at.symbolicLink(contents, rest))); }
  setMode(path: string, mode: number): Result<0> { return done(this.along(path, (at, rest) => at.setMode(mode, true, rest))); }
  truncate(path: string, size: number): Result<0> { return done(this.along(path, (at, rest) => at.setSize(BigInt(size), rest))); }
  abandon(path: string): Result<0> { return this.managing(path, (root, whole) => done(root.abandon(whole))); }
  unmount(path: string): Result<0> { return this.managing(path, (root, whole) => done(root.unmount(whole))); }

  /** Mounts are changed by way of the root directory, as the working directory has no right to do so. */
  private managing<T>(path: string, change: (root: DirectoryClient, path: string) => T): T | Failure {
    const here = path.startsWith("/") || path === "" ? "" : this.workingDirectory();
    return here instanceof Failure ? here : change(new DirectoryClient(this.kernel, SLOT_ROOT), here === "" ? path : `${here}/${path}`);
  }

  readLink(path: string): Result<string> {
    const answer = this.along(path, (at, rest) => at.readLink(rest));
    return "contents" in answer ? decodeTextLosslessly(answer.contents) : Failure.ofNumber(answer.error);
  }

  readDirectory(path: string): Result<Entry[]> {
    const opened = this.along(path, (at, rest) => at.open(Open.Read | Open.Directory, 0, rest));
    if (!("file" in opened)) return Failure.ofNumber(opened.error);
    const directory = new WalkingDirectory(this.kernel, opened.file, this.mountCache);
    const all: Entry[] = [];
    let problem: Failure | undefined;
    for (let cookie = 0n; ;) {
      const part = directory.readDirectory(cookie);
      if (part.error) { problem = Failure.ofNumber(part.error); break; }
      const entries = decodeEntries(part.entries);
      const last = entries.at(-1);
      if (!last) break;
      all.push(...entries.map(({ name, inode, kind }) => ({ name, inode, kind: kindOf(kind) })));
      cookie = last.next;
    }
    directory.close();
    this.kernel.capDelete(opened.file);
    return problem ?? all;
  }

  setTimes(path: string, times: Times, follow = true): Result<0> {
    const which = (times.accessed === undefined ? 0 : times.accessed === "now" ? SetTimes.AccessedNow : SetTimes.Accessed)
      | (times.modified === undefined ? 0 : times.modified === "now" ? SetTimes.ModifiedNow : SetTimes.Modified);
    const value = (time: bigint | "now" | undefined): bigint => (typeof time === "bigint" ? time : 0n);
    return done(this.along(path, (at, rest) => at.setTimes(which, value(times.accessed), value(times.modified), follow, rest)));
  }

  fileSystem(path: string): Result<FileSystemFigures> {
    const answer = this.along(path, (at, rest) => at.status(rest));
    if (!("status" in answer)) return Failure.ofNumber(answer.error);
    const { blockSize, blocks, free, files, filesFree, readOnly } = answer.status;
    return { blockSize: Number(blockSize), blocks: Number(blocks), free: Number(free), files: Number(files), filesFree: Number(filesFree), readOnly: readOnly !== 0 };
  }

  syncFileSystem(path: string): Result<0> { return done(this.along(path, (at, rest) => at.sync(rest))); }

  mounts(): Result<string> {
    const { error, text } = readListed((position) => this.at.mounts(position));
    return error ? Failure.ofNumber(error) : text;
  }

  mount(source: string, path: string, flags: number): Result<0> {
    const found = this.naming.find(source, false);
    if (found < 0) return Failure.ofNumber(found);
    return this.managing(path, (root, whole) => done(root.mount(flags, found, whole, source)));
  }

  mountDisk(type: string, disk: string, path: string, flags: number): DiskMounted {
    const mounted = this.managing(path, (directory, whole) => mountDisk(this.kernel, { type, disk, path: whole, flags, directory }));
    return mounted instanceof Failure ? { error: errors[mounted.error].number, step: "mount", reason: "" } : mounted;
  }

  bind(from: string, path: string, flags: number): Result<0> {
    return this.managing(from, (_, whole) => this.managing(path, (root, place) => done(root.bind(flags, whole, place))));
  }

  remount(path: string, flags: number, mask: number): Result<0> { return this.managing(path, (root, whole) => done(root.remount(flags, mask, whole))); }

  changeDirectory(path: string): Result<0> {
    const opened = this.along(path, (at, rest) => at.open(Open.Read | Open.Directory, 0, rest));
    if (!("file" in opened)) return Failure.ofNumber(opened.error);
    this.dropDirectory();
    this.directory = { cap: opened.file, references: 1 };
    return 0;
  }

  workingDirectory(): Result<string> {
    const answer = this.at.path();
    return answer.error ? Failure.ofNumber(answer.error) : decodeTextLosslessly(answer.path);
  }

  /** The capability of an open file, ready to be held by a child as well. */
  protected toGive(fd: number): Result<number> {
    let file = this.descriptors.get(fd);
    if (!file) return new Failure("BadHandle");
    if (file instanceof MemoryFile) {
      const named = this.nameTemporarily(file);
      if (named instanceof Failure) return named;
      this.descriptors.exchange(file, named);
      file = named;
    }
    if (!(file instanceof CapabilityFile)) return new Failure("NotSupported");
    file.share();
    return file.cap;
  }

  private nameTemporarily(memory: MemoryFile): Result<CapabilityFile> {
    const path = `/tmp/.native-${this.pid}-${this.temporaries++}`;
    const opened = this.at.open(Open.Read | Open.Write | Open.Create | Open.Exclusive, 0o600, path);
    if (opened.error) return Failure.ofNumber(opened.error);
    this.at.unlink(path);
    const file = new CapabilityFile(this.kernel, opened.file, opened.data, "regular", Open.Read | Open.Write, false);
    const contents = memory.contents;
    for (let at = 0; at < contents.length;) {
      const written = file.write(contents.subarray(at));
      if (written instanceof Failure) { file.release(); return written; }
      at += written;
    }
    const position = memory.seek(0, 1);
    if (!(position instanceof Failure)) file.seek(position, 0);
    return file;
  }

  protected capability(fd: number): CapabilityFile | undefined {
    const file = this.descriptors.get(fd);
    return file instanceof CapabilityFile ? file : undefined;
  }
}
