// Finds the program behind a path: opens it in the process's working directory, waits until its contents are there (a file on the network is
// fetched meanwhile; nothing here blocks on that), recognises it, follows `#!`. Ends with what to start or why not. It holds a file open only
// while it works on it; the Dataspace of the program goes to whoever asked.

import { FileKind, FileFlags, PollEvents } from "../../../abi/generated/ts/enums.ts";
import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { DESCRIPTOR_DIRECTORY, FRAME_SIZE } from "../../../abi/layout/limits.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { errorNumber } from "../../../lib/ts/status.ts";
import type { Process } from "../process.ts";
import { recognise } from "./recognise.ts";

export type Loaded =
  | { readonly kind: "linux" | "native"; readonly dataspace: number; readonly arguments: readonly string[] }
  | { readonly kind: "built-in"; readonly name: string; readonly arguments: readonly string[] }
  /** `unrunnable`: the file was found, and is no program: the process ends with status 126 and this reason. */
  | { readonly error: number; readonly unrunnable?: string };

interface Load {
  readonly process: Process; path: string; arguments: readonly string[]; interpreters: number;
  /** Open while its contents are awaited; 0: none. */
  file: number; data: number;
  readonly done: (loaded: Loaded) => void;
}

const MAX_INTERPRETERS = 4;
/** Microseconds that the file servers have for one call. */
const PATIENCE = 30_000_000;
const EXECUTABLE = 0o111;
/** Bytes that are read at once of a program that is not in memory. */
const PIECE = 65536;

export class Loader {
  private readonly waiting = new Set<Load>();
  /** `notification`: its bit 0 is signalled by file servers when contents have arrived; then call `resume`. */
  constructor(private readonly kernel: Kernel, private readonly notification: number) {}

  load(process: Process, path: string, argumentList: readonly string[], done: (loaded: Loaded) => void): void {
    this.open({ process, path, arguments: argumentList, interpreters: 0, file: 0, data: 0, done });
  }

  /** Look again at every file that is awaited. */
  resume(): void {
    for (const load of [...this.waiting]) { this.waiting.delete(load); this.inspect(load); }
  }

  /** The process is gone. */
  cancel(process: Process): void {
    for (const load of [...this.waiting]) if (load.process === process) { this.waiting.delete(load); this.finish(load, { error: errorNumber("NoChild") }); }
  }

  private open(load: Load): void {
    const { process } = load;
    const directory = new DirectoryClient(this.kernel, process.given.get(DESCRIPTOR_DIRECTORY) ?? process.root, PATIENCE);
    let opened = directory.open(FileFlags.Read | FileFlags.NonBlocking, 0, load.path);
    if (opened.error === errorNumber("WouldBlock")) opened = directory.open(FileFlags.Read, 0, load.path);
    if (opened.error) return load.done({ error: opened.error });
    load.file = opened.file;
    load.data = opened.data;
    if (opened.kind === FileKind.Directory) return this.finish(load, { error: errorNumber("IsDirectory") });
    const status = new FileClient(this.kernel, load.file, PATIENCE).stat();
    if (status.error) return this.finish(load, { error: status.error });
    if ((status.attributes.mode & EXECUTABLE) === 0) return this.finish(load, { error: errorNumber("AccessDenied") });
    if (!load.data) return this.finish(load, { error: errorNumber("BadProgram"), unrunnable: "not a regular file" });
    this.inspect(load);
  }

  private inspect(load: Load): void {
    const info = this.kernel.dataspaceInfo(load.data);
    if (!info) return this.finish(load, { error: errorNumber("Io") });
    const size = Number(info.size);
    if (info.present * FRAME_SIZE < size) {
      const polled = new FileClient(this.kernel, load.file, PATIENCE).poll(PollEvents.Readable, this.notification, 1n);
      if (!polled.error && polled.ready & PollEvents.Error) return this.finish(load, { error: errorNumber("Io") });
      if (!polled.error && !(polled.ready & PollEvents.Readable)) { this.waiting.add(load); return; }
    }
    let failed = 0;
    const program = recognise((offset, length) => {
      const { status, data } = this.kernel.dataspaceRead(load.data, BigInt(offset), length);
      if (status < 0) failed = -status;
      return data;
    }, size);
    if (failed) return this.finish(load, { error: failed });
    switch (program.kind) {
      case "linux": case "native": {
        const dataspace = this.gather(load.data, size);
        if (dataspace < 0) return this.finish(load, { error: -dataspace });
        if (dataspace === load.data) load.data = 0;
        return this.finish(load, { kind: program.kind, dataspace, arguments: load.arguments });
      }
      case "built-in": return this.finish(load, { kind: "built-in", name: program.name, arguments: load.arguments });
      case "refused": return this.finish(load, { error: errorNumber(program.error), unrunnable: `${load.path}: ${program.reason}` });
      case "script": {
        this.close(load);
        if (++load.interpreters > MAX_INTERPRETERS) return load.done({ error: errorNumber("BadProgram"), unrunnable: `${load.path}: more than ${MAX_INTERPRETERS} interpreters` });
        load.arguments = [program.interpreter, ...program.argument ? [program.argument] : [], load.path, ...load.arguments.slice(1)];
        load.path = program.interpreter;
        return this.open(load);
      }
    }
  }

  /** The machine compiles what is in memory: read all of it, so that its pager brings what is absent. If even then some pages are not
   *  there (a cache smaller than the program gave them up again), a copy of ours: a Dataspace, or a negated error. */
  private gather(data: number, size: number): number {
    const present = (): boolean => (this.kernel.dataspaceInfo(data)?.present ?? 0) * FRAME_SIZE >= size;
    const each = (take: (offset: bigint, bytes: Uint8Array) => number): number => {
      for (let offset = 0; offset < size; offset += PIECE) {
        const { status, data: bytes } = this.kernel.dataspaceRead(data, BigInt(offset), Math.min(PIECE, size - offset));
        const taken = status < 0 ? status : take(BigInt(offset), bytes);
        if (taken < 0) return taken;
      }
      return 0;
    };
    if (present()) return data;
    const read = each(() => 0);
    if (read < 0 || present()) return read < 0 ? read : data;
    const copy = this.kernel.dataspaceCreate(BigInt(size));
    if (copy < 0) return copy;
    const copied = each((offset, bytes) => {
      const written = this.kernel.dataspaceWrite(copy, offset, bytes);
      return written < bytes.length ? Math.min(written, -errorNumber("NoMemory")) : 0;
    });
    if (copied < 0) this.kernel.capDelete(copy);
    return copied < 0 ? copied : copy;
  }

  private finish(load: Load, loaded: Loaded): void {
    this.close(load);
    load.done(loaded);
  }

  private close(load: Load): void {
    if (load.file) this.kernel.capDelete(load.file);
    if (load.data) this.kernel.capDelete(load.data);
    load.file = load.data = 0;
  }
}
