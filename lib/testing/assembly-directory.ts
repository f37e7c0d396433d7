// A directory client that walks by the AssemblyScript library (lib/assembly/files), for comparing that library with the others: the methods of a
// DirectoryClient, made of calls of the library's module as the client's domain.
//
//   const library = await WalkingLibrary.create(domain);
//   library.directory(slot).stat(true, "a/b")

import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import type { FileFlags, SetTimes } from "../../abi/generated/ts/enums.ts";
import type { ErrorNumber } from "../../abi/generated/ts/errors.ts";
import { readAttributes } from "../../abi/generated/ts/records.ts";
import { compile } from "./compile.ts";
import type { Domain } from "./fake-machine.ts";

/** In the domain's memory: the cache, two paths, an answer. */
const CACHE = 65536, FIRST = 131072, SECOND = 147456, BUFFER = 163840, ROOM = 65536;
type Exports = Record<string, (...args: (number | bigint)[]) => number>;

export class WalkingLibrary {
  private constructor(readonly domain: Domain, private readonly exports: Exports) {}

  static async create(domain: Domain): Promise<WalkingLibrary> {
    const memory = domain.memory = new WebAssembly.Memory({ initial: 16, maximum: 1024, shared: true });
    const module = await compile("lib/assembly/testing/walking-module.ts", { server: false });
    const instance = await WebAssembly.instantiate(module, { kernel: domain.machine.importsOf(domain), env: { memory } });
    return new WalkingLibrary(domain, instance.exports as unknown as Exports);
  }

  directory(cap: number): AssemblyDirectory { return new AssemblyDirectory(this, cap); }

  call(name: string, ...args: (number | bigint)[]): number { return this.exports[name]!(CACHE, ...args); }

  put(text: string, at: number): number {
    const bytes = new TextEncoder().encode(text);
    new Uint8Array(this.domain.memory!.buffer).set(bytes, at);
    return bytes.length;
  }

  get answer(): Uint8Array { return new Uint8Array(this.domain.memory!.buffer, BUFFER, this.domain.machine.registers.get("r0n")).slice(); }
  get words(): bigint[] { return this.domain.machine.registers.words(8); }
  get caps(): number[] { return this.domain.machine.registers.caps(2); }
}

class AssemblyDirectory extends DirectoryClient {
  constructor(private readonly library: WalkingLibrary, cap: number) { super(library.domain.kernel, cap); }

  /** A method with one path. */
  private on(name: string, path: string, before: (number | bigint)[] = [], after: (number | bigint)[] = []): number {
    return this.library.call(name, this.cap, ...before, FIRST, this.library.put(path, FIRST), ...after);
  }
  private done(status: number): { error: 0 } | { error: ErrorNumber } { return status < 0 ? { error: -status as ErrorNumber } : { error: 0 }; }

  override open(flags: FileFlags, mode: number, path: string): ReturnType<DirectoryClient["open"]> {
    const status = this.on("walking_open", path, [flags, mode]);
    if (status < 0) return { error: -status as ErrorNumber };
    const { words, caps: [file = 0, data = 0] } = this.library, [kind = 0n, size = 0n, inode = 0n, created = 0n, mount = 0n] = words;
    return { error: 0, kind: Number(kind), size, inode, created: created !== 0n, mount: Number(mount), file, data };
  }
  override stat(follow: boolean, path: string): ReturnType<DirectoryClient["stat"]> {
    const status = this.on("walking_stat", path, [Number(follow)], [BUFFER, 80]);
    return status < 0 ? { error: -status as ErrorNumber } : { error: 0, attributes: readAttributes(this.library.answer) };
  }
  override makeDirectory(mode: number, path: string): ReturnType<DirectoryClient["makeDirectory"]> { return this.done(this.on("walking_makeDirectory", path, [mode])); }
  override removeDirectory(path: string): ReturnType<DirectoryClient["removeDirectory"]> { return this.done(this.on("walking_removeDirectory", path)); }
  override unlink(path: string): ReturnType<DirectoryClient["unlink"]> { return this.done(this.on("walking_unlink", path)); }
  override rename(target: number, from: string, to: string): ReturnType<DirectoryClient["rename"]> {
    return this.done(this.on("walking_rename", from, [target], [SECOND, this.library.put(to, SECOND)]));
  }
  override link(follow: boolean, target: number, from: string, to: string): ReturnType<DirectoryClient["link"]> {
    return this.done(this.on("walking_link", from, [Number(follow), target], [SECOND, this.library.put(to, SECOND)]));
  }
  override symbolicLink(contents: string, path: string): ReturnType<DirectoryClient["symbolicLink"]> {
    return this.done(this.on("walking_symbolicLink", path, [SECOND, this.library.put(contents, SECOND)]));
  }
  override readLink(path: string): ReturnType<DirectoryClient["readLink"]> {
    const status = this.on("walking_readLink", path, [], [BUFFER, ROOM]);
    return status < 0 ? { error: -status as ErrorNumber } : { error: 0, contents: this.library.answer };
  }
  override setTimes(which: SetTimes, accessed: bigint, modified: bigint, follow: boolean, path: string): ReturnType<DirectoryClient["setTimes"]> {
    return this.done(this.on("walking_setTimes", path, [which, accessed, modified, Number(follow)]));
  }
  override readDirectory(cookie: bigint, room = ROOM): ReturnType<DirectoryClient["readDirectory"]> {
    const status = this.library.call("walking_readDirectory", this.cap, cookie, BUFFER, room);
    return status < 0 ? { error: -status as ErrorNumber } : { error: 0, entries: this.library.answer };
  }
}
