// A tree of files as the VFS serves it and the reference model (posix-model.ts) side by side, for random sequences of calls: a file system is mounted on
// `/` and another on `/mnt`; whatever is called, both answer the same. Clients can be the plain VFS stubs, or either library that walks for itself.
//
//   const directoryOf = await clientOf("typescript", world);
//   fc.assert(fc.property(fc.array(operation), (operations) => {
//     const pair = new Pair(world, directoryOf);
//     for (const each of operations) pair.run(each);
//     pair.compare(); pair.close();
//   }));

import fc from "fast-check";
import { expect } from "vitest";
import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { FileFlags, FileKind } from "../../abi/generated/ts/enums.ts";
import type { Failure } from "../../abi/generated/ts/message.ts";
import { MountCache } from "../ts/files/mount-cache.ts";
import { WalkingDirectory } from "../ts/files/walking-directory.ts";
import { WalkingLibrary } from "./assembly-directory.ts";
import { OpenedFile, good, openDirectory, pathOf, readEntries } from "./files.ts";
import { PosixError, PosixModel, type Kind, type Node, type OpenFile } from "./posix-model.ts";
import type { World } from "./world.ts";

// Few names and short paths, so that most calls meet something that is there.
const name = fc.oneof({ weight: 12, arbitrary: fc.constantFrom("a", "b", "c") }, { weight: 3, arbitrary: fc.constantFrom("mnt", "..") }, { weight: 1, arbitrary: fc.constantFrom(".", "", "d") });
const path = fc.tuple(fc.nat({ max: 3 }), fc.oneof({ weight: 4, arbitrary: fc.array(name, { minLength: 1, maxLength: 2, size: "max" }) }, fc.array(name, { minLength: 1, maxLength: 4, size: "max" })), fc.nat({ max: 15 }))
  .map(([absolute, parts, tail]) => (absolute === 0 ? "/" : "") + parts.join("/") + (tail === 0 ? "/" : ""));
const index = fc.nat({ max: 7 });
const mode = fc.constantFrom(0o644, 0o444, 0o200, 0o755);
const flag = (value: number, weight = 2): fc.Arbitrary<number> => fc.nat({ max: weight }).map((n) => n === 0 ? value : 0);
const flags = fc.tuple(
  fc.constantFrom(FileFlags.Read, FileFlags.Write, FileFlags.Read | FileFlags.Write), flag(FileFlags.Append, 5), flag(FileFlags.Create, 1),
  flag(FileFlags.Exclusive, 4), flag(FileFlags.Truncate, 4), flag(FileFlags.Directory, 6), flag(FileFlags.NoFollow, 5),
).map((all) => all.reduce((sum, value) => sum | value, 0));
const position = fc.oneof(fc.constant(-1), fc.nat({ max: 12_000 }));

const op = <K extends string, T>(kind: K, fields: { [F in keyof T]: fc.Arbitrary<T[F]> }): fc.Arbitrary<{ kind: K } & T> =>
  fc.record({ kind: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<{ kind: K } & T>;
/** One call of a client, by indices into what it has open. */
export const operation = fc.oneof(
  op("open", { base: index, path, flags, mode }), op("openDirectory", { base: index, path }),
  op("write", { file: index, position, length: fc.nat({ max: 9000 }), byte: fc.nat({ max: 255 }) }), op("read", { file: index, position, length: fc.nat({ max: 9000 }) }),
  op("resize", { file: index, size: fc.nat({ max: 12_000 }) }), op("closeFile", { file: index }), op("closeDirectory", { base: index }),
  op("makeDirectory", { base: index, path, mode }), op("makeDirectory", { base: index, path, mode }), op("removeDirectory", { base: index, path }), op("unlink", { base: index, path }),
  op("rename", { base: index, path, target: index, to: path }), op("rename", { base: index, path, target: index, to: path }),
  op("link", { base: index, path, follow: fc.boolean(), target: index, to: path }), op("symbolicLink", { base: index, path, contents: path }),
  op("readLink", { base: index, path }), op("stat", { base: index, path, follow: fc.boolean() }), op("readDirectory", { base: index }), op("path", { base: index }),
  op("setSize", { base: index, path, size: fc.nat({ max: 9000 }) }), op("setMode", { base: index, path, mode, follow: fc.boolean() }),
);
export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** The real system and the model, side by side. */
export class Pair {
  readonly model = new PosixModel();
  readonly bases: { client: DirectoryClient; node: Node }[];
  readonly files: { file: OpenedFile; open: OpenFile }[] = [];
  readonly inodes = new Map<Node, bigint>();

  constructor(private readonly world: Pick<World, "root" | "client">, private readonly directoryOf: (cap: number) => DirectoryClient, mounted: Kind = "posix") {
    this.bases = [{ client: directoryOf(world.root.cap), node: this.model.root }];
    this.model.makeDirectory(this.model.root, 0o755, "mnt");
    this.model.mount("mnt", 2n, mounted);
  }

  run(operation: Operation): void {
    let expected: unknown;
    try { expected = this.onModel(operation); } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      expected = { error: error.number };
    }
    expect(this.onReal(operation, expected), JSON.stringify(operation)).toEqual(expected);
  }

  private base(n: number): { client: DirectoryClient; node: Node } { return this.bases[n % this.bases.length]!; }
  private file(n: number): { file: OpenedFile; open: OpenFile } | undefined { return this.files[n % Math.max(this.files.length, 1)]; }

  private opened: { node: Node; created: boolean } | undefined;

  private onModel(o: Operation): unknown {
    const { model } = this;
    const base = "base" in o ? this.base(o.base).node : model.root;
    const file = "file" in o ? this.file(o.file)?.open : undefined;
    switch (o.kind) {
      case "open": { this.opened = model.open(base, o.flags, o.mode, o.path); return { error: 0, kind: this.opened.node.kind, created: this.opened.created, size: this.opened.node.isDirectory ? 0 : this.opened.node.size }; }
      case "openDirectory": { this.opened = model.open(base, FileFlags.Read | FileFlags.Directory, 0, o.path); return { error: 0 }; }
      case "write": return file && { error: 0, ...model.write(file, o.position, new Uint8Array(o.length).fill(o.byte)) };
      case "read": return file && { error: 0, data: model.read(file, o.position, o.length) };
      case "resize": { if (file) { if (!(file.flags & FileFlags.Write)) return { error: 3 }; model.resize(file.node, o.size); } return file && { error: 0 }; }
      case "closeFile": case "closeDirectory": return undefined;
      case "makeDirectory": model.makeDirectory(base, o.mode, o.path); break;
      case "removeDirectory": model.removeDirectory(base, o.path); break;
      case "unlink": model.unlink(base, o.path); break;
      case "rename": model.rename(base, o.path, this.base(o.target).node, o.to); break;
      case "link": model.link(base, o.follow, o.path, this.base(o.target).node, o.to); break;
      case "symbolicLink": model.symbolicLink(base, o.contents, o.path); break;
      case "readLink": return { error: 0, contents: model.readLink(base, o.path) };
      case "stat": return { error: 0, ...this.describe(model.stat(base, o.follow, o.path)) };
      case "readDirectory": return { error: 0, entries: model.readDirectory(base).sort() };
      case "path": return { error: 0, path: model.path(base) };
      case "setSize": model.setSize(base, o.size, o.path); break;
      case "setMode": model.setMode(base, o.mode, o.follow, o.path); break;
    }
    return { error: 0 };
  }

  private describe(node: Node): object {
    return { node, kind: node.kind, mode: node.mode, links: node.links, device: node.device, ...(node.isDirectory ? {} : { size: BigInt(node.size) }) };
  }

  private onReal(o: Operation, expected: unknown): unknown {
    const base = "base" in o ? this.base(o.base).client : this.world.root;
    const at = "file" in o ? this.file(o.file) : undefined;
    switch (o.kind) {
      case "open": return this.open(base.open(o.flags, o.mode, o.path), o.flags, base, expected);
      case "openDirectory": {
        const result = base.open(FileFlags.Read | FileFlags.Directory, 0, o.path);
        if (!result.error) this.bases.push({ client: this.directoryOf(result.file), node: this.opened!.node });
        return { error: result.error };
      }
      case "write": {
        const result = at?.file.client.write(BigInt(o.position), new Uint8Array(o.length).fill(o.byte));
        return result && (result.error ? { error: result.error } : { error: 0, written: result.written, size: Number(result.size) });
      }
      case "read": {
        const result = at?.file.client.read(BigInt(o.position), o.length);
        if (at && result && !result.error && at.file.data && o.position >= 0) {
          expect(at.file.kernel.dataspaceRead(at.file.data, BigInt(o.position), o.length).data, "the Dataspace has the same bytes").toEqual(result.data);
        }
        return result;
      }
      case "resize": return at && { error: at.file.client.setSize(BigInt(o.size)).error };
      case "closeFile": { if (at) { at.file.close(); this.files.splice(this.files.indexOf(at), 1); } return undefined; }
      case "closeDirectory": {
        const closed = this.bases[o.base % this.bases.length]!;
        if (closed !== this.bases[0]) { this.world.client.kernel.capDelete(closed.client.cap); this.bases.splice(this.bases.indexOf(closed), 1); }
        return undefined;
      }
      case "makeDirectory": return base.makeDirectory(o.mode, o.path);
      case "removeDirectory": return base.removeDirectory(o.path);
      case "unlink": return base.unlink(o.path);
      case "rename": return base.rename(this.base(o.target).client.cap, o.path, o.to);
      case "link": return base.link(o.follow, this.base(o.target).client.cap, o.path, o.to);
      case "symbolicLink": return base.symbolicLink(o.contents, o.path);
      case "readLink": { const result = base.readLink(o.path); return result.error ? { error: result.error } : { error: 0, contents: new TextDecoder().decode(result.contents) }; }
      case "stat": {
        const result = base.stat(o.follow, o.path);
        if (result.error) return { error: result.error };
        const node = (expected as { node?: Node }).node;
        if (node) this.sameInode(node, result.attributes.inode);
        const { kind, mode, links, device, size } = result.attributes;
        return { error: 0, node, kind, mode, links, device, ...(kind === FileKind.Directory ? {} : { size }) };
      }
      case "readDirectory": return { error: 0, entries: readEntries((cookie, capacity) => base.readDirectory(cookie, capacity), 100).map((entry) => [entry.name, entry.kind]).sort() };
      case "path": { const result = base.path(); return result.error ? { error: result.error } : { error: 0, path: new TextDecoder().decode(result.path) }; }
      case "setSize": return base.setSize(BigInt(o.size), o.path);
      case "setMode": return base.setMode(o.mode, o.follow, o.path);
    }
  }

  private open(result: ReturnType<DirectoryClient["open"]>, flags: number, base: DirectoryClient, expected: unknown): unknown {
    if (result.error) return { error: result.error };
    if ((expected as Failure).error) return result;
    const { kind, created, size, file, data } = result;
    const node = this.opened!.node;
    this.sameInode(node, result.inode);
    if (kind === FileKind.Directory) this.bases.push({ client: this.directoryOf(file), node });
    else this.files.push({ file: new OpenedFile(base.kernel, file, data, size, created), open: { node, flags, position: 0 } });
    return { error: 0, kind, created, size: Number(size) };
  }

  private sameInode(node: Node, inode: bigint): void {
    expect(this.inodes.get(node) ?? inode, "one inode number for one inode").toBe(inode);
    this.inodes.set(node, inode);
  }

  /** Whether the trees are the same, all the way down. */
  compare(client = this.bases[0]!.client, node = this.model.root): void {
    const entries = readEntries((cookie, capacity) => client.readDirectory(cookie, capacity));
    expect(entries.map((entry): [string, number] => [entry.name, entry.kind]).sort(), this.model.path(node)).toEqual(this.model.readDirectory(node).sort());
    expect(pathOf(client)).toBe(this.model.path(node));
    expect(good(client.stat(true, "")).attributes).toMatchObject({ links: node.links, mode: node.mode, device: node.device });
    for (const [child, below] of node.children) {
      if (!below.isDirectory) {
        expect(good(client.stat(false, child)).attributes).toMatchObject({ kind: below.kind, links: below.links, size: BigInt(below.size), mode: below.mode });
        continue;
      }
      const inside = openDirectory(client, child);
      this.compare(inside, below.mounted ?? below);
      client.kernel.capDelete(inside.cap);
    }
  }

  close(): void {
    for (const { file } of this.files) file.close();
    for (const { client } of this.bases.slice(1)) client.kernel.capDelete(client.cap);
    this.empty(this.world.root, "/");
    for (const root of ["/", "/mnt"]) good(this.world.root.setMode(0o755, true, root));
  }

  private empty(client: DirectoryClient, path: string): void {
    for (const { name, kind } of readEntries((cookie, capacity) => client.readDirectory(cookie, capacity))) {
      if (name === "." || name === "..") continue;
      if (kind === FileKind.Directory) {
        const inside = openDirectory(client, name);
        this.empty(inside, `${path}${name}/`);
        client.kernel.capDelete(inside.cap);
        if (path === "/" && name === "mnt") continue;
        good(client.removeDirectory(name));
      } else good(client.unlink(name));
    }
  }
}

/** Who walks: the VFS alone, or a client library that knows the third protocol. */
export type Client = "vfs" | "typescript" | "assembly";

export async function clientOf(kind: Client, { client }: Pick<World, "client">): Promise<(cap: number) => DirectoryClient> {
  const { kernel, domain } = client;
  if (kind === "vfs") return (cap) => new DirectoryClient(kernel, cap);
  if (kind === "typescript") {
    const cache = new MountCache(kernel);
    return (cap) => new WalkingDirectory(kernel, cap, cache);
  }
  const library = await WalkingLibrary.create(domain);
  return (cap) => library.directory(cap);
}
