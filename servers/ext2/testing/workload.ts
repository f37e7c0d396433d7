// A random workload on a file system, beside a model of what it should be; each step is checked. Every file's data is made of units of two
// bytes, [number of the file, version], so that data of another file, or of one that was deleted, is recognized wherever it turns up.
//
//   const work = new Workload(world, random);  work.step(); …  work.verify()  work.finish()
//   work.history                               what a crash may leave (crash.ts)

import { FileFlags, FileKind } from "../../../abi/generated/ts/enums.ts";
import { Errors, type ErrorNumber } from "../../../abi/generated/ts/errors.ts";
import { good, type OpenedFile } from "../../../lib/testing/files.ts";
import type { Ext2World } from "./ext2-world.ts";

export class Node {
  readonly children = new Map<string, Node>();
  data = new Uint8Array(0);
  target = "";
  links: number;
  parent: Node | undefined;
  /** Steps at which its data was changed, and at which it was stable, with what it was then. */
  readonly touched: number[] = [];
  readonly stable: { step: number; data: Uint8Array }[] = [];
  constructor(readonly kind: number, readonly id: number, public inode: bigint) { this.links = kind === FileKind.Directory ? 2 : 1; }
}

/** The names after a step: path -> the node. `event`: how much of the disk's log was written when it was done. */
export interface Snapshot { readonly event: number; readonly names: ReadonlyMap<string, Node>; readonly synced: boolean; readonly what: string }

export interface WorkloadOptions { /** Largest file. */ largest?: number; names?: readonly string[]; /** Of a hundred steps, how many sync. */ syncs?: number; /** And how many write a little to a file and sync it. */ records?: number }
interface Handle { file: OpenedFile; node: Node }

export class Workload {
  readonly root: Node;
  readonly history: Snapshot[] = [];
  readonly nodes: Node[] = [];
  private readonly handles: Handle[] = [];
  private version = 0;
  full = 0;

  constructor(readonly world: Ext2World, private readonly random: () => number, private readonly options: WorkloadOptions = {}) {
    this.root = new Node(FileKind.Directory, 0, world.root);
    const found = world.fs.lookup(world.root, "lost+found");
    if (!found.error) { this.child(this.root, "lost+found", new Node(FileKind.Directory, 0, found.inode)); this.root.links++; }
    this.record("start", true);
  }

  private pick<T>(items: readonly T[]): T { return items[Math.floor(this.random() * items.length)]!; }
  private below(limit: number): number { return Math.floor(this.random() * limit); }
  private child(directory: Node, name: string, node: Node): void { directory.children.set(name, node); if (node.kind === FileKind.Directory) node.parent = directory; }

  names(from = this.root, path = "", all = new Map<string, Node>()): Map<string, Node> {
    for (const [name, node] of from.children) {
      all.set(`${path}/${name}`, node);
      if (node.kind === FileKind.Directory) this.names(node, `${path}/${name}`, all);
    }
    return all;
  }

  private record(what: string, synced = false): void { this.history.push({ event: this.world.disk.log.length, names: this.names(), synced, what }); }

  private directories(): Node[] { return [this.root, ...this.names().values()].filter((node) => node.kind === FileKind.Directory); }
  private files(): Node[] { return [...new Set(this.names().values())].filter((node) => node.kind === FileKind.Regular); }
  private name(): string { return this.pick(this.options.names ?? ["a", "b", "c", "d", "e", "name-that-is-a-little-longer", "x".repeat(255)]); }
  private touch(node: Node): void { node.touched.push(this.history.length); }
  private settle(node: Node): void { node.stable.push({ step: this.history.length, data: node.data.slice() }); }

  /** One random operation. A full disk is a legal outcome of whatever needs room. */
  step(): void {
    const dice = this.random() * 100, syncs = this.options.syncs ?? 6;
    const what = dice < syncs ? this.sync() : dice < syncs + (this.options.records ?? 0) ? this.recordOne() : this.pick([
      () => this.create(FileKind.Regular), () => this.create(FileKind.Regular), () => this.create(FileKind.Directory), () => this.link(), () => this.symbolicLink(), () => this.write(), () => this.write(), () => this.write(),
      () => this.write(), () => this.resize(), () => this.rename(), () => this.rename(), () => this.unlink(), () => this.unlink(), () => this.openOne(), () => this.closeOne(), () => this.read(), () => this.setTimes(),
    ])();
    this.record(what, dice < syncs && what === "sync");
  }

  private outcome(error: number, wanted: number, what: string): boolean {
    if (error === Errors.NoSpace && wanted === 0) { this.full++; return false; }
    if (error !== wanted) throw new Error(`${what}: error ${error} instead of ${wanted}`);
    return error === 0;
  }

  private create(kind: number): string {
    const directory = this.pick(this.directories()), name = this.name(), what = `create ${kind} ${name} in ${directory.inode}`;
    const made = this.world.fs.create(directory.inode, kind, 0o644, name);
    if (this.outcome(made.error, directory.children.has(name) ? Errors.Exists : 0, what)) this.add(directory, name, kind, (made as { inode: bigint }).inode);
    return what;
  }

  private add(directory: Node, name: string, kind: number, inode: bigint): Node {
    const node = new Node(kind, kind === FileKind.Regular ? this.nodes.length % 250 + 1 : 0, inode);
    if (kind === FileKind.Directory) directory.links++;
    this.child(directory, name, node);
    this.nodes.push(node);
    this.touch(node);
    return node;
  }

  private link(): string {
    const files = this.files();
    if (files.length === 0) return "nothing";
    const node = this.pick(files), directory = this.pick(this.directories()), name = this.name(), what = `link ${node.inode} as ${name} in ${directory.inode}`;
    if (!this.outcome(this.world.fs.link(node.inode, directory.inode, name).error, directory.children.has(name) ? Errors.Exists : 0, what)) return what;
    directory.children.set(name, node);
    node.links++;
    return what;
  }

  private symbolicLink(): string {
    const directory = this.pick(this.directories()), name = this.name(), target = "t".repeat(1 + this.below(this.random() < 0.5 ? 59 : 900)), what = `symlink ${name} in ${directory.inode}`;
    const made = this.world.fs.symbolicLink(directory.inode, name, target);
    if (this.outcome(made.error, directory.children.has(name) ? Errors.Exists : 0, what)) this.add(directory, name, FileKind.SymbolicLink, (made as { inode: bigint }).inode).target = target;
    return what;
  }

  private handle(): Handle | undefined {
    if (this.handles.length > 0 && this.random() < 0.5) return this.pick(this.handles);
    return this.openNew();
  }

  private openNew(): Handle | undefined {
    const files = this.files();
    if (files.length === 0) return undefined;
    if (this.handles.length >= 6) this.close(this.pick(this.handles));
    const node = this.pick(files), handle = { node, file: this.world.open(node.inode, FileFlags.Read | FileFlags.Write) };
    this.handles.push(handle);
    return handle;
  }

  private openOne(): string { return this.openNew() ? "open" : "nothing"; }
  private closeOne(): string { if (this.handles.length > 0) this.close(this.pick(this.handles)); return "close"; }
  private close(handle: Handle): void { handle.file.close(); this.handles.splice(this.handles.indexOf(handle), 1); }

  private write(): string {
    const handle = this.handle();
    if (!handle) return "nothing";
    const { data } = handle.node, largest = this.options.largest ?? 400_000;
    const length = 1 + this.below(this.random() < 0.6 ? 3000 : 65536), at = this.random() < 0.4 ? data.length : this.below(this.random() < 0.7 ? data.length + 1 : largest);
    return this.writeTo(handle, length, at);
  }

  /** A step of its own is the write: a crash may come between. */
  private recordOne(): string {
    const handle = this.handle();
    if (!handle) return "nothing";
    const { node, file } = handle;
    this.record(this.writeTo(handle, 1 + this.below(this.random() < 0.8 ? 3000 : 20000), this.random() < 0.6 ? node.data.length : this.below(node.data.length + 1)));
    good(file.client.sync(false));
    this.settle(node);
    return `fsync ${node.inode}`;
  }

  private writeTo({ node, file }: Handle, length: number, at: number): string {
    const bytes = new Uint8Array(length), version = ++this.version % 255 + 1, what = `write ${length} at ${at} of ${node.inode} (${node.data.length})`;
    for (let i = 0; i < length; i++) bytes[i] = (at + i) % 2 ? version : node.id;
    this.touch(node);
    const result = file.client.write(BigInt(at), bytes);
    if (!this.outcome(result.error, 0, what)) {
      // What was zeroed or allocated on the way does not show, but that the file may have grown up to where the write was to go.
      const size = Number(good(this.world.fs.stat(node.inode)).attributes.size);
      if (size !== node.data.length && size > at) throw new Error(`${what}: failed and the file is ${size} long`);
      node.data = resized(node.data, size);
      return what;
    }
    const written = (result as { written: number }).written;
    if (written < length) this.full++;
    node.data = resized(node.data, Math.max(node.data.length, at + written));
    node.data.set(bytes.subarray(0, written), at);
    if (Number((result as { size: bigint }).size) !== node.data.length) throw new Error(`${what}: the size is ${(result as { size: bigint }).size}`);
    return what;
  }

  private resize(): string {
    const handle = this.handle();
    if (!handle) return "nothing";
    const size = this.below(this.random() < 0.7 ? handle.node.data.length + 1 : this.options.largest ?? 400_000), what = `resize ${handle.node.inode} from ${handle.node.data.length} to ${size}`;
    this.touch(handle.node);
    if (this.outcome(handle.file.client.setSize(BigInt(size)).error, 0, what)) handle.node.data = resized(handle.node.data, size);
    return what;
  }

  private read(): string {
    const handle = this.handle();
    if (handle) this.compare(handle.node, handle.file.bytes(0n, 65536), 0);
    return "read";
  }

  private setTimes(): string {
    const files = this.files();
    if (files.length === 0) return "nothing";
    good(this.world.fs.setTimes(this.pick(files).inode, 5, 1_234_567_890_123_456_789n, 1_500_000_000_000_000_001n));
    return "times";
  }

  private entry(): { directory: Node; name: string; node: Node } | undefined {
    const all = this.directories().flatMap((directory) => [...directory.children].filter(([name]) => name !== "lost+found").map(([name, node]) => ({ directory, name, node })));
    return all.length > 0 ? this.pick(all) : undefined;
  }

  private unlink(): string {
    const found = this.entry();
    if (!found) return "nothing";
    const { directory, name, node } = found, isDirectory = node.kind === FileKind.Directory, what = `remove ${name} (${node.inode}) from ${directory.inode}`;
    if (!this.outcome(this.world.fs.unlink(directory.inode, isDirectory, name).error, node.children.size > 0 ? Errors.NotEmpty : 0, what)) return what;
    directory.children.delete(name);
    this.dropped(node, directory);
    return what;
  }

  private dropped(node: Node, directory: Node): void {
    if (node.kind === FileKind.Directory) { node.links = 0; directory.links--; } else node.links--;
  }

  private rename(): string {
    const found = this.entry();
    if (!found) return "nothing";
    const { directory: from, name, node } = found, to = this.pick(this.directories()), other = this.name(), old = to.children.get(other);
    const what = `rename ${name} (${node.inode}) of ${from.inode} to ${other} in ${to.inode}`;
    if (!this.outcome(this.world.fs.rename(from.inode, to.inode, name, other).error, this.renameError(node, to, old), what) || node === old) return what;
    if (old) this.dropped(old, to);
    from.children.delete(name);
    this.child(to, other, node);
    if (node.kind === FileKind.Directory && from !== to) { from.links--; to.links++; }
    return what;
  }

  private renameError(node: Node, to: Node, old: Node | undefined): ErrorNumber | 0 {
    if (node === old) return 0;
    const isDirectory = node.kind === FileKind.Directory;
    if (isDirectory) for (let at: Node | undefined = to; at; at = at.parent) if (at === node) return Errors.BadArgument;
    if (!old) return 0;
    if (isDirectory && old.kind !== FileKind.Directory) return Errors.NotDirectory;
    if (!isDirectory && old.kind === FileKind.Directory) return Errors.IsDirectory;
    return old.children.size > 0 ? Errors.NotEmpty : 0;
  }

  /** Everything, or one file. */
  private sync(): string {
    if (this.random() < 0.5) {
      good(this.world.fs.sync());
      for (const node of [...this.files(), ...this.handles.map((each) => each.node)]) this.settle(node);
      return "sync";
    }
    const handle = this.handle();
    if (!handle) return "nothing";
    good(handle.file.client.sync(false));
    this.settle(handle.node);
    return `fsync ${handle.node.inode}`;
  }

  private compare(node: Node, bytes: Uint8Array, from: number): void {
    const wanted = node.data.subarray(from, from + 65536);
    if (bytes.length !== Math.min(wanted.length, 65536)) throw new Error(`inode ${node.inode}: ${bytes.length} bytes read at ${from} of ${node.data.length}`);
    const at = bytes.findIndex((byte, i) => byte !== wanted[i]);
    if (at >= 0) throw new Error(`inode ${node.inode}: byte ${from + at} is ${bytes[at]} instead of ${wanted[at]}`);
  }

  /** The whole tree, and every file that is open. */
  verify(directory = this.root): void {
    const { world } = this, found = world.entries(directory.inode, 300);
    const names = found.map((each) => each.name).filter((name) => name !== "." && name !== "..").sort();
    const wanted = [...directory.children.keys()].sort();
    if (names.join("|") !== wanted.join("|")) throw new Error(`directory ${directory.inode} has ${names.join(" ")} instead of ${wanted.join(" ")}`);
    for (const [name, node] of directory.children) {
      const { attributes } = good(world.fs.stat(node.inode)), listed = found.find((each) => each.name === name)!;
      if (listed.inode !== node.inode || listed.kind !== node.kind || attributes.kind !== node.kind) throw new Error(`${name} is listed as inode ${listed.inode}, kind ${listed.kind}`);
      if (attributes.links !== node.links) throw new Error(`${name} has ${attributes.links} links instead of ${node.links}`);
      if (node.kind === FileKind.Directory) this.verify(node);
      else if (node.kind === FileKind.SymbolicLink) {
        const text = new TextDecoder().decode(good(world.fs.readLink(node.inode)).contents);
        if (text !== node.target) throw new Error(`link ${name} points to ${text}`);
      } else {
        const bytes = world.contents(node.inode);
        if (bytes.length !== node.data.length) throw new Error(`${name} is ${bytes.length} bytes long instead of ${node.data.length}`);
        for (let at = 0; at < bytes.length; at += 65536) this.compare(node, bytes.subarray(at, at + 65536), at);
      }
    }
    if (directory === this.root) for (const { node, file } of this.handles) for (let at = 0; at < node.data.length; at += 65536) this.compare(node, file.bytes(BigInt(at), 65536), at);
  }

  /** Close what is open. */
  finish(): void { for (const handle of [...this.handles]) this.close(handle); }
}

function resized(data: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  if (size <= data.length) return data.slice(0, size);
  const grown = new Uint8Array(size);
  grown.set(data);
  return grown;
}
