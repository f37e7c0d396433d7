// A directory whose paths this side resolves as far as it can (SawMill's third protocol): it knows the mounts, and calls the file system that a path leads to,
// which walks the path and does the work in one call. Where a mount has another protocol, and for what only the VFS can do, it is an ordinary
// DirectoryClient: every method gives what the VFS would have given.
//
//   const mounts = new MountCache(kernel);                       // one for a process
//   new WalkingDirectory(kernel, cap, mounts).open(flags, mode, "a/b")

import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { PathsClient } from "../../../abi/generated/ts/client/paths.ts";
import { FileKind, WalkEnd, WalkMode, type FileFlags, type SetTimes } from "../../../abi/generated/ts/enums.ts";
import type { Failure } from "../../../abi/generated/ts/message.ts";
import { readAttributes, type MountTableEntry } from "../../../abi/generated/ts/records.ts";
import { MAX_PATH } from "../../../abi/layout/limits.ts";
import type { Kernel } from "../kernel.ts";
import { errorNumber, refuse } from "../status.ts";
import { decodeTextLosslessly, encodeText } from "../text.ts";
import type { MountCache } from "./mount-cache.ts";

/** As the VFS has it: links that one walk follows, and bytes of a path with the links put in. */
const LINK_LIMIT = 40, PATH_LIMIT = 16384;
/** How often a walk begins again because a file system was revoked under it. */
const ATTEMPTS = 4;
const CONTENTS = 4096;

/** How a call in one file system ended. */
interface Ended { readonly error: 0; readonly end: WalkEnd; readonly consumed: number; readonly inode: bigint; readonly contents: Uint8Array }
type Result<T> = { readonly mount: MountTableEntry; readonly paths: PathsClient; readonly rest: string; readonly result: T } | Failure;
type Call<T> = (paths: PathsClient, directory: bigint, root: bigint, rest: string, mount: MountTableEntry) => T | Failure;
interface Parent { readonly mount: MountTableEntry; readonly paths: PathsClient; readonly directory: bigint; readonly name: string; readonly slash: boolean }

const gone = (error: number): boolean => error === errorNumber("BadHandle") || error === errorNumber("PeerDied");
const special = (name: string): boolean => name === "" || name === "." || name === "..";

export class WalkingDirectory extends DirectoryClient {
  constructor(kernel: Kernel, cap: number, private readonly cache: MountCache) { super(kernel, cap); }

  /** Walk a path from this directory (or another), calling the file systems that it leads through until one is done with it. Undefined: ask the VFS. */
  private walk<T extends Ended>(path: string, call: Call<T>, from = this.cap): Result<T> | undefined {
    if (path.length > MAX_PATH || encodeText(path).length > MAX_PATH) return undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const walked = this.attempt(path, call, from);
      if (walked !== "again") return walked;
    }
    return undefined;
  }

  private attempt<T extends Ended>(path: string, call: Call<T>, from: number): Result<T> | "again" | undefined {
    const mounts = this.cache;
    const top = mounts.refresh(this.cap) ? mounts.rootMount : undefined;
    const start = top && (path.startsWith("/") ? { mount: top, inode: top.rootInode } : mounts.placeOf(from));
    if (!top || !start) return undefined;
    let { mount, inode } = start, rest = path, links = 0;
    for (;;) {
      const slot = mounts.paths(mount, this.cap);
      if (slot === 0) return undefined;
      const paths = new PathsClient(this.kernel, slot), result = call(paths, inode, mount.rootInode, rest, mount);
      if (result.error) {
        if (!gone(result.error)) return result as Failure;
        mounts.forget(mount);
        return "again";
      }
      const ended = result as T, left = (): string => decodeTextLosslessly(encodeText(rest).subarray(ended.consumed));
      switch (ended.end) {
        case WalkEnd.Done: return { mount, paths, rest, result: ended };
        case WalkEnd.Covered: {
          rest = left();
          inode = ended.inode;
          for (let on = mounts.covering(mount, inode); on; on = mounts.covering(mount, inode)) { mount = on; inode = on.rootInode; }
          break;
        }
        case WalkEnd.Link: {
          if (++links > LINK_LIMIT) return refuse("LinkLoop");
          const contents = decodeTextLosslessly(ended.contents);
          if (contents === "" || contents.includes("\0")) return undefined;
          rest = contents + left();
          if (encodeText(rest).length > PATH_LIMIT) return refuse("TooLong");
          if (contents.startsWith("/")) { mount = top; inode = top.rootInode; } else inode = ended.inode;
          break;
        }
        default: {
          rest = left();
          inode = mount.rootInode;
          for (let up = mounts.find(mount.parent); up && inode === mount.rootInode; up = mounts.find(mount.parent)) { inode = mount.coveredInode; mount = up; }
          // The root of all is its own parent.
          if (inode === mount.rootInode && mount.parent === 0) rest = rest.slice(2);
        }
      }
    }
  }

  /** To the directory that the last component is in. */
  private parent(path: string, from = this.cap): Parent | Failure | undefined {
    const found = this.walk(path, (paths, directory, root, rest) => paths.walk(directory, root, WalkMode.Parent, rest, CONTENTS), from);
    if (!found || !("result" in found)) return found;
    const last = decodeTextLosslessly(encodeText(found.rest).subarray(found.result.consumed)), name = last.replace(/\/+$/, "");
    return { mount: found.mount, paths: found.paths, directory: found.result.inode, name, slash: name.length < last.length };
  }

  private to(path: string, follow: boolean, from = this.cap): Result<Extract<ReturnType<PathsClient["walk"]>, { error: 0 }>> | undefined {
    if (path === "") return undefined;
    return this.walk(path, (paths, directory, root, rest) => paths.walk(directory, root, follow ? WalkMode.LastFollowed : WalkMode.Last, rest, CONTENTS), from);
  }

  override open(flags: FileFlags, mode: number, path: string): ReturnType<DirectoryClient["open"]> {
    const opened = path === "" ? undefined : this.walk(path, (paths, directory, root, rest, { device }) => paths.open(directory, root, flags, mode, device, rest, CONTENTS));
    if (opened && !("result" in opened)) return opened;
    // Directories are the VFS's: it holds them.
    if (!opened || opened.result.kind === FileKind.Directory) {
      const asked = super.open(flags, mode, path);
      if (!asked.error && asked.kind === FileKind.Directory) this.cache.note(this.kernel.capInfo(asked.file)?.badge ?? 0, asked.mount, asked.inode);
      return asked;
    }
    const { kind, size, inode, created, file, data } = opened.result;
    return { error: 0, kind, size, inode, created, mount: opened.mount.id, file, data };
  }

  override stat(follow: boolean, path: string): ReturnType<DirectoryClient["stat"]> {
    const found = this.walk(path, (paths, directory, root, rest) => {
      const answer = paths.stat(directory, root, follow, rest, CONTENTS);
      return answer.error ? answer as Failure : { ...answer, contents: answer.found };
    });
    if (!found) return super.stat(follow, path);
    return "result" in found ? { error: 0, attributes: { ...readAttributes(found.result.contents), device: found.mount.device } } : found;
  }

  override makeDirectory(mode: number, path: string): ReturnType<DirectoryClient["makeDirectory"]> {
    const made = path === "" ? undefined : this.walk(path, (paths, directory, root, rest) => paths.makeDirectory(directory, root, mode, rest, CONTENTS));
    return !made ? super.makeDirectory(mode, path) : "result" in made ? { error: 0 } : made;
  }

  private remove(directoryWanted: boolean, path: string): { error: 0 } | Failure | undefined {
    const removed = path === "" ? undefined : this.walk(path, (paths, directory, root, rest) => paths.remove(directory, root, directoryWanted, rest, CONTENTS));
    return removed && "result" in removed ? { error: 0 } : removed;
  }
  override removeDirectory(path: string): ReturnType<DirectoryClient["removeDirectory"]> { return this.remove(true, path) ?? super.removeDirectory(path); }
  override unlink(path: string): ReturnType<DirectoryClient["unlink"]> { return this.remove(false, path) ?? super.unlink(path); }

  override rename(target: number, from: string, to: string): ReturnType<DirectoryClient["rename"]> {
    const old = from === "" || to === "" ? undefined : this.parent(from);
    const made = old && !("error" in old) ? this.parent(to, target) : undefined;
    if (old && "error" in old) return old;
    if (made && "error" in made) return made;
    // What a final slash demands takes a further look, which the VFS takes.
    if (!old || !made || old.slash || made.slash || old.mount.id !== made.mount.id || special(old.name) || special(made.name)) return super.rename(target, from, to);
    return this.sure(old.paths.rename(old.directory, made.directory, old.name, made.name), () => super.rename(target, from, to));
  }

  override link(follow: boolean, target: number, from: string, to: string): ReturnType<DirectoryClient["link"]> {
    const old = to === "" ? undefined : this.to(from, follow);
    const made = old && "result" in old ? this.parent(to, target) : undefined;
    if (old && !("result" in old)) return old;
    if (made && "error" in made) return made;
    if (!old || !made || made.slash || old.mount.id !== made.mount.id || special(made.name) || old.result.kind === FileKind.Directory) return super.link(follow, target, from, to);
    return this.sure(made.paths.link(old.result.inode, made.directory, made.name), () => super.link(follow, target, from, to));
  }

  override symbolicLink(contents: string, path: string): ReturnType<DirectoryClient["symbolicLink"]> {
    const made = contents === "" || path === "" ? undefined : this.parent(path);
    if (made && "error" in made) return made;
    if (!made || made.slash || special(made.name)) return super.symbolicLink(contents, path);
    return this.sure(made.paths.symbolicLink(made.directory, made.name, contents), () => super.symbolicLink(contents, path));
  }

  override readLink(path: string, ...room: number[]): ReturnType<DirectoryClient["readLink"]> {
    const found = this.to(path, false);
    if (!found) return super.readLink(path, ...room);
    if (!("result" in found)) return found;
    return found.result.kind === FileKind.SymbolicLink ? { error: 0, contents: found.result.contents } : refuse("NotLink");
  }

  /** Walk to what a path names, and change it there. */
  private change(path: string, follow: boolean, change: (paths: PathsClient, inode: bigint) => { error: 0 } | Failure, otherwise: () => { error: 0 } | Failure): { error: 0 } | Failure {
    const found = this.to(path, follow);
    if (!found) return otherwise();
    return "result" in found ? this.sure(change(found.paths, found.result.inode), otherwise) : found;
  }

  override setMode(mode: number, follow: boolean, path: string): ReturnType<DirectoryClient["setMode"]> {
    if (mode > 0o7777) return refuse("BadArgument");
    return this.change(path, follow, (paths, inode) => paths.setMode(inode, mode), () => super.setMode(mode, follow, path));
  }

  override setTimes(which: SetTimes, accessed: bigint, modified: bigint, follow: boolean, path: string): ReturnType<DirectoryClient["setTimes"]> {
    return this.change(path, follow, (paths, inode) => paths.setTimes(inode, which, accessed, modified), () => super.setTimes(which, accessed, modified, follow, path));
  }

  override setSize(size: bigint, path: string): ReturnType<DirectoryClient["setSize"]> {
    const found = this.to(path, true);
    if (!found) return super.setSize(size, path);
    if (!("result" in found)) return found;
    return found.result.kind === FileKind.Directory ? refuse("IsDirectory") : this.sure(found.paths.setSize(found.result.inode, size), () => super.setSize(size, path));
  }

  override readDirectory(cookie: bigint, ...room: number[]): ReturnType<DirectoryClient["readDirectory"]> {
    const place = this.cache.refresh(this.cap) ? this.cache.placeOf(this.cap) : undefined;
    const slot = place ? this.cache.paths(place.mount, this.cap) : 0;
    if (!place || slot === 0) return super.readDirectory(cookie, ...room);
    return this.sure(new PathsClient(this.kernel, slot).readDirectory(place.inode, cookie, ...room), () => super.readDirectory(cookie, ...room));
  }

  /** The answer of a file system; if it has just been revoked, what the VFS says instead. */
  private sure<T extends { error: number }>(answer: T, otherwise: () => T): T { return gone(answer.error) ? otherwise() : answer; }
}
