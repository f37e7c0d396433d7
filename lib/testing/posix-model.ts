// A reference model of a POSIX tree as the VFS serves it: as plain as it can be, to be compared with the real servers. Methods
// throw a PosixError with the number of the error that the real call gives. It knows mounts, handles, open files and links;
// it knows no times. A mount may be of a kind of its own (`Kind`): what FAT cannot keep is missing there in the way that servers/fat says.

import { Errors, type ErrorNumber } from "../../abi/generated/ts/errors.ts";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";

export class PosixError extends Error { constructor(readonly number: ErrorNumber) { super(`error ${number}`); } }
const fail = (number: ErrorNumber): never => { throw new PosixError(number); };
const LINK_LIMIT = 40;

/** "fat": no links of either kind, and one permission bit. */
export type Kind = "posix" | "fat";

export class Node {
  links: number;
  #mode: number;
  data = new Uint8Array(0);
  target = "";
  readonly children = new Map<string, Node>();
  /** Of a directory: where it is; undefined for the root of a file system and for a removed directory. */
  parent: Node | undefined;
  removed = false;
  /** The root of the file system mounted here. */
  mounted: Node | undefined;
  /** Of the root of a file system: the directory that it covers. */
  covers: Node | undefined;
  constructor(readonly kind: number, mode: number, readonly device: bigint, readonly on: Kind) {
    this.links = kind === FileKind.Directory ? 2 : 1;
    this.#mode = mode;
  }
  get mode(): number { return this.on === "posix" ? this.#mode : this.isDirectory || this.#mode & 0o200 ? 0o755 : 0o555; }
  set mode(mode: number) { this.#mode = mode; }
  get isDirectory(): boolean { return this.kind === FileKind.Directory; }
  get size(): number { return this.kind === FileKind.SymbolicLink ? new TextEncoder().encode(this.target).length : this.data.length; }
}

export interface OpenFile { node: Node; flags: number; position: number }
interface Place { directory: Node; name: string; slash: boolean }

export class PosixModel {
  readonly root = new Node(FileKind.Directory, 0o755, 1n, "posix");

  /** Mount a new file system on a directory. */
  mount(path: string, device: bigint, kind: Kind = "posix"): void {
    const directory = this.resolve(this.root, path, true);
    directory.mounted = new Node(FileKind.Directory, 0o755, device, kind);
    directory.mounted.covers = directory;
  }

  private resolve(base: Node, path: string, follow: boolean, links = { count: 0 }): Node {
    const { directory, name, slash } = this.place(base, path, links);
    if (name === "" || name === "." || name === "..") return this.enter(directory, name, links);
    const child = directory.children.get(name) ?? fail(Errors.NotFound);
    if (child.kind === FileKind.SymbolicLink && (follow || slash)) {
      if (++links.count > LINK_LIMIT) fail(Errors.LinkLoop);
      return this.resolve(directory, child.target + (slash ? "/" : ""), true, links);
    }
    if (!child.isDirectory && slash) fail(Errors.NotDirectory);
    return this.down(child);
  }

  /** The directory of a path's last component. */
  private place(base: Node, path: string, links = { count: 0 }): Place {
    const parts = path.split("/").filter((part) => part !== "");
    let directory = path.startsWith("/") ? this.down(this.root) : base;
    for (const part of parts.slice(0, -1)) directory = this.enter(directory, part, links);
    return { directory, name: parts.at(-1) ?? "", slash: path.endsWith("/") };
  }

  private enter(directory: Node, name: string, links: { count: number }): Node {
    if (name === "" || name === ".") return directory;
    if (name === "..") return this.up(directory);
    const child = directory.children.get(name) ?? fail(Errors.NotFound);
    if (child.kind === FileKind.SymbolicLink) {
      if (++links.count > LINK_LIMIT) fail(Errors.LinkLoop);
      const found = this.resolve(directory, child.target, true, links);
      return found.isDirectory ? found : fail(Errors.NotDirectory);
    }
    return child.isDirectory ? this.down(child) : fail(Errors.NotDirectory);
  }

  private up(directory: Node): Node {
    if (directory.covers) return this.up(directory.covers);
    if (directory === this.root) return directory;
    return this.down(directory.parent ?? fail(Errors.NotFound));
  }
  private down(node: Node): Node { return node.mounted ? this.down(node.mounted) : node; }

  private newPlace(base: Node, path: string): Place {
    if (path === "") fail(Errors.NotFound);
    return this.place(base, path);
  }

  private addable({ directory, name }: Place): void {
    if (name === "" || name === "." || name === "..") fail(Errors.Exists);
    if (directory.removed) fail(Errors.NotFound);
    if (directory.children.has(name)) fail(Errors.Exists);
  }

  open(base: Node, flags: number, mode: number, path: string): { node: Node; created: boolean } {
    if (flags & FileFlags.Create && flags & FileFlags.Directory) fail(Errors.BadArgument);
    if (path === "") fail(Errors.NotFound);
    const exclusive = Boolean(flags & FileFlags.Create && flags & FileFlags.Exclusive);
    let node: Node | undefined;
    let created = false;
    try {
      node = this.resolve(base, path, !exclusive && !(flags & FileFlags.NoFollow));
    } catch (error) {
      const place = this.creatable(base, path, !exclusive && !(flags & FileFlags.NoFollow));
      if (!(error instanceof PosixError) || error.number !== Errors.NotFound || !(flags & FileFlags.Create) || !place) throw error;
      if (place.slash) fail(Errors.IsDirectory);
      this.addable(place);
      place.directory.children.set(place.name, node = new Node(FileKind.Regular, mode, place.directory.device, place.directory.on));
      created = true;
    }
    if (!created && exclusive) fail(Errors.Exists);
    if (node.isDirectory) {
      if (flags & (FileFlags.Write | FileFlags.Append | FileFlags.Truncate | FileFlags.Create)) fail(Errors.IsDirectory);
      return { node, created };
    }
    if (flags & FileFlags.Directory) fail(Errors.NotDirectory);
    if (node.kind === FileKind.SymbolicLink) fail(Errors.LinkLoop);
    if (!created) {
      if (flags & FileFlags.Read && !(node.mode & 0o400)) fail(Errors.AccessDenied);
      if (flags & (FileFlags.Write | FileFlags.Truncate) && !(node.mode & 0o200)) fail(Errors.AccessDenied);
    }
    if (flags & FileFlags.Truncate) node.data = new Uint8Array(0);
    return { node, created };
  }

  /** Where a missing name would be made: at the end of the symbolic links, if only the last component is missing. */
  private creatable(base: Node, path: string, follow: boolean): Place | undefined {
    const links = { count: 0 };
    try {
      for (let from = base, rest = path; ;) {
        const place = this.place(from, rest, links);
        if (place.name === "" || place.name === "." || place.name === "..") return undefined;
        const child = place.directory.children.get(place.name);
        if (!child) return place;
        if (child.kind !== FileKind.SymbolicLink || !(follow || place.slash) || ++links.count > LINK_LIMIT) return undefined;
        from = place.directory;
        rest = child.target + (place.slash ? "/" : "");
      }
    } catch { return undefined; }
  }

  read(file: OpenFile, position: number, length: number): Uint8Array {
    if (!(file.flags & FileFlags.Read)) fail(Errors.NoRight);
    const at = position === -1 ? file.position : position;
    const data = file.node.data.slice(at, at + length);
    if (position === -1) file.position += data.length;
    return data;
  }

  write(file: OpenFile, position: number, data: Uint8Array): { written: number; size: number } {
    if (!(file.flags & FileFlags.Write)) fail(Errors.NoRight);
    const at = file.flags & FileFlags.Append ? file.node.data.length : position === -1 ? file.position : position;
    if (data.length > 0) {
      const grown = new Uint8Array(Math.max(file.node.data.length, at + data.length));
      grown.set(file.node.data);
      grown.set(data, at);
      file.node.data = grown;
    }
    if (position === -1) file.position = at + data.length;
    return { written: data.length, size: file.node.data.length };
  }

  resize(node: Node, size: number): void {
    const data = new Uint8Array(size);
    data.set(node.data.subarray(0, size));
    node.data = data;
  }

  stat(base: Node, follow: boolean, path: string): Node { return path === "" ? base : this.resolve(base, path, follow); }

  setSize(base: Node, size: number, path: string): void {
    const node = path === "" ? fail(Errors.NotFound) : this.resolve(base, path, true);
    if (node.isDirectory) fail(Errors.IsDirectory);
    this.resize(node, size);
  }

  setMode(base: Node, mode: number, follow: boolean, path: string): void {
    (path === "" ? fail(Errors.NotFound) : this.resolve(base, path, follow)).mode = mode;
  }

  makeDirectory(base: Node, mode: number, path: string): void {
    const place = this.newPlace(base, path);
    this.addable(place);
    const made = new Node(FileKind.Directory, mode, place.directory.device, place.directory.on);
    made.parent = place.directory;
    place.directory.children.set(place.name, made);
    place.directory.links++;
  }

  symbolicLink(base: Node, contents: string, path: string): void {
    if (contents === "") fail(Errors.NotFound);
    const place = this.newPlace(base, path);
    if (place.slash && !["", ".", ".."].includes(place.name) && !place.directory.children.has(place.name)) fail(Errors.NotFound);
    this.addable(place);
    if (place.directory.on === "fat") fail(Errors.NotSupported);
    const made = new Node(FileKind.SymbolicLink, 0o777, place.directory.device, place.directory.on);
    made.target = contents;
    place.directory.children.set(place.name, made);
  }

  readLink(base: Node, path: string): string {
    const node = path === "" ? fail(Errors.NotFound) : this.resolve(base, path, false);
    return node.kind === FileKind.SymbolicLink ? node.target : fail(Errors.NotLink);
  }

  removeDirectory(base: Node, path: string): void {
    const { directory, name } = this.newPlace(base, path);
    if (name === "") fail(Errors.Busy);
    if (name === ".") fail(Errors.BadArgument);
    if (name === "..") fail(Errors.NotEmpty);
    const node = directory.children.get(name) ?? fail(Errors.NotFound);
    if (node.mounted) fail(Errors.Busy);
    if (!node.isDirectory) fail(Errors.NotDirectory);
    if (node.children.size > 0) fail(Errors.NotEmpty);
    directory.children.delete(name);
    this.drop(node, directory);
  }

  unlink(base: Node, path: string): void {
    const { directory, name, slash } = this.newPlace(base, path);
    if (name === "" || name === "." || name === "..") fail(Errors.IsDirectory);
    const node = directory.children.get(name) ?? fail(Errors.NotFound);
    if (node.isDirectory) fail(Errors.IsDirectory);
    if (slash) fail(Errors.NotDirectory);
    directory.children.delete(name);
    this.drop(node, directory);
  }

  private drop(node: Node, directory: Node): void {
    if (!node.isDirectory) { node.links--; return; }
    node.links = 0;
    node.removed = true;
    node.parent = undefined;
    directory.links--;
  }

  link(base: Node, follow: boolean, from: string, target: Node, to: string): void {
    const node = from === "" ? fail(Errors.NotFound) : this.resolve(base, from, follow);
    const place = this.newPlace(target, to);
    if (node.isDirectory) fail(Errors.AccessDenied);
    if (place.name === "" || place.name === "." || place.name === "..") fail(Errors.Exists);
    if (place.slash) fail(place.directory.children.has(place.name) ? Errors.Exists : Errors.NotFound);
    if (place.directory.device !== node.device) fail(Errors.CrossDevice);
    this.addable(place);
    if (place.directory.on === "fat") fail(Errors.NotSupported);
    place.directory.children.set(place.name, node);
    node.links++;
  }

  rename(base: Node, from: string, target: Node, to: string): void {
    const old = this.newPlace(base, from);
    const place = this.newPlace(target, to);
    if (old.directory.device !== place.directory.device) fail(Errors.CrossDevice);
    for (const { name } of [old, place]) if (name === "" || name === "." || name === "..") fail(Errors.Busy);
    const node = old.directory.children.get(old.name);
    if ((old.slash || place.slash) && !(node ?? fail(Errors.NotFound)).isDirectory) fail(Errors.NotDirectory);
    const replaced = place.directory.children.get(place.name);
    if (node?.mounted || replaced?.mounted) fail(Errors.Busy);
    if (old.directory.removed || place.directory.removed || !node) return fail(Errors.NotFound);
    if (node === replaced) return;
    if (node.isDirectory) for (let at: Node | undefined = place.directory; at; at = at.parent) if (at === node) fail(Errors.BadArgument);
    if (replaced) {
      if (node.isDirectory && !replaced.isDirectory) fail(Errors.NotDirectory);
      if (!node.isDirectory && replaced.isDirectory) fail(Errors.IsDirectory);
      if (replaced.children.size > 0) fail(Errors.NotEmpty);
      this.drop(replaced, place.directory);
    }
    old.directory.children.delete(old.name);
    place.directory.children.set(place.name, node);
    if (node.isDirectory && old.directory !== place.directory) {
      node.parent = place.directory;
      old.directory.links--;
      place.directory.links++;
    }
  }

  /** Names and kinds, in no particular order. */
  readDirectory(directory: Node): [string, number][] {
    return directory.removed ? [] : [[".", FileKind.Directory], ["..", FileKind.Directory], ...[...directory.children].map(([name, node]): [string, number] => [name, node.kind])];
  }

  path(directory: Node): string {
    const parts: string[] = [];
    for (let at = directory; ;) {
      while (at.covers) at = at.covers;
      if (at === this.root) return `/${parts.join("/")}`;
      const parent: Node = at.parent ?? fail(Errors.NotFound);
      parts.unshift([...parent.children].find(([, node]) => node === at)![0]);
      at = parent;
    }
  }
}
