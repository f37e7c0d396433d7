// A small POSIX file system in a table, for tests of native programs without a kernel.

import { Failure, type Result } from "../api/failure.ts";
import { Open, type Entry, type Kind, type Stat } from "../api/native-system.ts";
import type { OpenFile } from "../api/open-file.ts";

export class Node {
  mode: number;
  links = 1;
  data = new Uint8Array(0);
  /** Of a symbolic link. */
  contents = "";
  readonly entries = new Map<string, Node>();
  parent: Node = this;
  accessed: bigint;
  modified: bigint;
  changed: bigint;
  /** A device's behaviour. */
  device: { read(length: number): Uint8Array; write(data: Uint8Array): void } | undefined;

  constructor(readonly kind: Kind, readonly inode: bigint, mode: number, now: bigint) {
    this.mode = mode;
    this.accessed = this.modified = this.changed = now;
  }

  stat(): Stat {
    const size = this.kind === "link" ? this.contents.length : this.data.length;
    return { device: 1n, inode: this.inode, kind: this.kind, mode: this.mode, links: this.kind === "directory" ? 2 + [...this.entries.values()].filter((one) => one.kind === "directory").length : this.links,
      blockSize: 4096, size, blocks: Math.ceil(size / 512), accessed: this.accessed, modified: this.modified, changed: this.changed };
  }
}

export class MemoryFiles {
  private next = 1n;
  /** ns since 1970; advances by a microsecond with every change. */
  time = 1_700_000_000_000_000_000n;
  readonly root: Node;

  constructor() {
    this.root = this.node("directory", 0o755);
    for (const name of ["tmp", "dev", "bin", "usr", "etc", "root"]) this.insert(this.root, name, this.node("directory", 0o755));
    this.insert(this.root.entries.get("usr")!, "bin", this.node("directory", 0o755));
    const nothing = this.node("character", 0o666);
    nothing.device = { read: () => new Uint8Array(0), write: () => {} };
    this.insert(this.root.entries.get("dev")!, "null", nothing);
    const zero = this.node("character", 0o666);
    zero.device = { read: (length) => new Uint8Array(length), write: () => {} };
    this.insert(this.root.entries.get("dev")!, "zero", zero);
  }

  node(kind: Kind, mode: number): Node { return new Node(kind, this.next++, mode, this.tick()); }
  tick(): bigint { return (this.time += 1000n); }

  private insert(directory: Node, name: string, node: Node): void {
    directory.entries.set(name, node);
    if (node.kind === "directory") node.parent = directory;
    directory.modified = directory.changed = this.tick();
  }

  /** The directory that holds the last component, with its name; `node` if it exists. */
  resolve(base: Node, path: string, follow: boolean, depth = 0): Result<{ directory: Node; name: string; node: Node | undefined }> {
    if (depth > 20) return new Failure("LinkLoop");
    if (path === "") return new Failure("NotFound");
    let current = path.startsWith("/") ? this.root : base;
    const parts = path.split("/").filter((part) => part !== "");
    const mustBeDirectory = path.endsWith("/");
    if (parts.length === 0) return { directory: current, name: ".", node: current };
    for (const [index, part] of parts.entries()) {
      if (current.kind !== "directory") return new Failure("NotDirectory");
      const last = index === parts.length - 1;
      const node = part === "." ? current : part === ".." ? current.parent : current.entries.get(part);
      if (node?.kind === "link" && (!last || follow || mustBeDirectory)) {
        const rest = parts.slice(index + 1).join("/");
        return this.resolve(current, rest === "" ? node.contents + (mustBeDirectory ? "/" : "") : `${node.contents}/${rest}`, follow, depth + 1);
      }
      if (last) {
        if (mustBeDirectory && node && node.kind !== "directory") return new Failure("NotDirectory");
        return { directory: current, name: part, node };
      }
      if (!node) return new Failure("NotFound");
      current = node;
    }
    return new Failure("NotFound");
  }

  find(base: Node, path: string, follow = true): Result<Node> {
    const found = this.resolve(base, path, follow);
    return found instanceof Failure ? found : found.node ?? new Failure("NotFound");
  }

  open(base: Node, path: string, flags: number, mode: number): Result<OpenFile & { node: Node }> {
    const found = this.resolve(base, path, !(flags & Open.NoFollow));
    if (found instanceof Failure) return found;
    let { node } = found;
    if (node && flags & Open.Create && flags & Open.Exclusive) return new Failure("Exists");
    if (!node) {
      if (!(flags & Open.Create) || path.endsWith("/")) return new Failure("NotFound");
      node = this.node("regular", mode);
      this.insert(found.directory, found.name, node);
    }
    if (node.kind === "link") return new Failure("LinkLoop");
    if (node.kind === "directory" && flags & Open.Write) return new Failure("IsDirectory");
    if (node.kind !== "directory" && flags & Open.Directory) return new Failure("NotDirectory");
    if (flags & Open.Truncate && node.kind === "regular") { node.data = new Uint8Array(0); node.modified = this.tick(); }
    return new OpenNode(this, node, flags);
  }

  makeDirectory(base: Node, path: string, mode: number): Result<0> {
    const found = this.resolve(base, path.replace(/\/+$/, "") || "/", true);
    if (found instanceof Failure) return found;
    if (found.node) return new Failure("Exists");
    this.insert(found.directory, found.name, this.node("directory", mode));
    return 0;
  }

  remove(base: Node, path: string, directory: boolean): Result<0> {
    const found = this.resolve(base, path, false);
    if (found instanceof Failure) return found;
    const { node } = found;
    if (!node) return new Failure("NotFound");
    if (directory) {
      if (node.kind !== "directory") return new Failure("NotDirectory");
      if (node === this.root || found.name === "." || found.name === "..") return new Failure("BadArgument");
      if (node.entries.size > 0) return new Failure("NotEmpty");
    } else if (node.kind === "directory") return new Failure("IsDirectory");
    found.directory.entries.delete(found.name);
    node.links--;
    found.directory.modified = node.changed = this.tick();
    return 0;
  }

  rename(base: Node, from: string, to: string): Result<0> {
    const source = this.resolve(base, from, false);
    if (source instanceof Failure) return source;
    const target = this.resolve(base, to.replace(/(.)\/+$/, "$1"), false);
    if (target instanceof Failure) return target;
    const { node } = source;
    if (!node) return new Failure("NotFound");
    if (target.node === node) return 0;
    for (let up = target.directory; ; up = up.parent) { if (up === node) return new Failure("BadArgument"); if (up === up.parent) break; }
    if (target.node) {
      if (target.node.kind === "directory") {
        if (node.kind !== "directory") return new Failure("IsDirectory");
        if (target.node.entries.size > 0) return new Failure("NotEmpty");
      } else if (node.kind === "directory") return new Failure("NotDirectory");
      target.node.links--;
    }
    source.directory.entries.delete(source.name);
    this.insert(target.directory, target.name, node);
    return 0;
  }

  link(base: Node, from: string, to: string): Result<0> {
    const node = this.find(base, from, false);
    if (node instanceof Failure) return node;
    if (node.kind === "directory") return new Failure("AccessDenied");
    const target = this.resolve(base, to, false);
    if (target instanceof Failure) return target;
    if (target.node) return new Failure("Exists");
    node.links++;
    this.insert(target.directory, target.name, node);
    return 0;
  }

  symbolicLink(base: Node, contents: string, path: string): Result<0> {
    const target = this.resolve(base, path, false);
    if (target instanceof Failure) return target;
    if (target.node) return new Failure("Exists");
    const node = this.node("link", 0o777);
    node.contents = contents;
    this.insert(target.directory, target.name, node);
    return 0;
  }

  list(node: Node): Result<Entry[]> {
    if (node.kind !== "directory") return new Failure("NotDirectory");
    return [{ name: ".", inode: node.inode, kind: "directory" }, { name: "..", inode: node.parent.inode, kind: "directory" }, ...[...node.entries].map(([name, one]): Entry => ({ name, inode: one.inode, kind: one.kind }))];
  }

  path(node: Node): string {
    let text = "";
    for (let at = node; at.parent !== at; at = at.parent) text = `/${[...at.parent.entries].find(([, one]) => one === at)?.[0] ?? "?"}${text}`;
    return text === "" ? "/" : text;
  }
}

class OpenNode implements OpenFile {
  private position = 0;
  readonly kind: Kind;

  constructor(private readonly files: MemoryFiles, readonly node: Node, private readonly flags: number) { this.kind = node.kind; }

  read(length: number): Result<Uint8Array> {
    if (this.kind === "directory") return new Failure("IsDirectory");
    if (!(this.flags & Open.Read)) return new Failure("BadHandle");
    if (this.node.device) return this.node.device.read(length);
    const data = this.node.data.slice(this.position, this.position + length);
    this.position += data.length;
    return data;
  }

  write(data: Uint8Array): Result<number> {
    if (!(this.flags & Open.Write)) return new Failure("BadHandle");
    if (this.node.device) { this.node.device.write(data); return data.length; }
    if (this.flags & Open.Append) this.position = this.node.data.length;
    const end = this.position + data.length;
    if (end > this.node.data.length) {
      const grown = new Uint8Array(end);
      grown.set(this.node.data);
      this.node.data = grown;
    }
    this.node.data.set(data, this.position);
    this.position = end;
    this.node.modified = this.node.changed = this.files.tick();
    return data.length;
  }

  seek(offset: number, whence: 0 | 1 | 2): Result<number> {
    if (this.node.device) return new Failure("NotSeekable");
    const position = offset + (whence === 0 ? 0 : whence === 1 ? this.position : this.node.data.length);
    return position < 0 ? new Failure("BadArgument") : (this.position = position);
  }

  stat(): Result<Stat> { return this.node.stat(); }
  sync(): Result<0> { return 0; }
  release(): void {}

  setSize(size: number): Result<0> {
    const data = new Uint8Array(size);
    data.set(this.node.data.subarray(0, size));
    this.node.data = data;
    this.node.modified = this.files.tick();
    return 0;
  }
}
