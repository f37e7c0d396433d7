// A random workload on an attached volume beside a model of what must be there: creating, writing, truncating, extending, renaming (over files, into other
// directories, of directories), unlinking while open, making and removing directories, and syncing. Each step is checked against the model.
//
//   const workload = new Workload(world, seed);
//   for (…) workload.step();
//   workload.compare();
//
// Every file and directory has an id that stays with it; `onStep` is told which ids a step is about to touch, and how.

import { Errors } from "../../../abi/generated/ts/errors.ts";
import { FileFlags, FileKind } from "../../../abi/generated/ts/enums.ts";
import { good, type OpenedFile } from "../../../lib/testing/files.ts";
import { Random } from "../../../lib/testing/random.ts";
import type { FatWorld } from "./fat-world.ts";

export interface Node { id: number; name: string; parent: Node | undefined; children: Map<string, Node> | undefined; data: Uint8Array; open: OpenedFile | undefined }
export interface Touched { changed?: readonly Node[]; removed?: readonly Node[]; moved?: readonly Node[] }

/** Integers from 0 to below what is asked for, the same on every machine. */
export function randomOf(seed: number): (below: number) => number {
  const random = new Random(seed);
  return (below) => random.below(2 ** 32) % below;
}

const NAMES = ["A.TXT", "B", "c.txt", "Long name number four.text", "ein sehr langer Name mit Umlauten äöü und noch viel mehr, damit er mehrere Sektoren braucht.dat", "漢字", "x.y.z", "READ.ME", "readme.html", `${"long".repeat(40)}.end`];

export class Workload {
  private lastId = 0;
  readonly root: Node = this.node("", undefined, true);
  readonly random: (below: number) => number;
  onStep: (touched: Touched) => void = () => {};
  onSynced: () => void = () => {};
  steps = 0;

  constructor(readonly world: FatWorld, seed: number, private readonly limits = { fileBytes: 20_000, files: 40 }) { this.random = randomOf(seed); }

  private node(name: string, parent: Node | undefined, directory: boolean): Node {
    return { id: ++this.lastId, name, parent, children: directory ? new Map() : undefined, data: new Uint8Array(0), open: undefined };
  }

  static path(node: Node): string { return node.parent ? `${Workload.path(node.parent)}/${node.name}` : ""; }
  static *below(node: Node): Generator<Node> {
    for (const child of node.children?.values() ?? []) { yield child; yield* Workload.below(child); }
  }
  private key(name: string): string { return name.toUpperCase(); }
  private get all(): Node[] { return [...Workload.below(this.root)]; }
  private get files(): Node[] { return this.all.filter((node) => !node.children); }
  private get directories(): Node[] { return [this.root, ...this.all.filter((node) => node.children)]; }
  private pick<T>(list: readonly T[]): T | undefined { return list.length > 0 ? list[this.random(list.length)] : undefined; }
  private inode(node: Node): bigint { return this.world.walk(Workload.path(node)); }
  private bytes(length: number): Uint8Array { const start = this.random(256); return Uint8Array.from({ length }, (_, i) => start + i * 7 + (i >> 8) & 255); }

  step(): void {
    this.steps++;
    const { random } = this;
    const dice = random(100);
    if (dice < 22) this.create(random(5) === 0);
    else if (dice < 50) this.write();
    else if (dice < 58) this.resize();
    else if (dice < 76) this.rename();
    else if (dice < 86) this.remove();
    else if (dice < 90) this.close();
    else if (dice < 94) { good(this.world.fs.sync()); this.onSynced(); }
    else if (dice < 97) this.world.pressure();
    else this.syncFile();
  }

  private create(directory: boolean): void {
    const parent = this.pick(this.directories)!, name = this.pick(NAMES)!;
    if (this.all.length >= this.limits.files) return;
    this.onStep({});
    const result = this.world.fs.create(this.inode(parent), directory ? FileKind.Directory : FileKind.Regular, 0o644, name);
    if (parent.children!.has(this.key(name))) { expectError(result.error, Errors.Exists); return; }
    if (result.error === Errors.NoSpace) return;
    good(result);
    parent.children!.set(this.key(name), this.node(name, parent, directory));
  }

  private opened(node: Node): OpenedFile { return node.open ??= this.world.open(this.inode(node)); }

  private write(): void {
    const node = this.pick(this.files);
    if (!node) return;
    const size = node.data.length, position = this.random(3) === 0 ? size : this.random(Math.min(size + 3000, this.limits.fileBytes)), data = this.bytes(1 + this.random(6000));
    this.onStep({ changed: [node] });
    const file = this.opened(node), result = file.client.write(BigInt(position), data);
    if (result.error === Errors.NoSpace) return;
    const { written } = good(result), grown = new Uint8Array(Math.max(size, position + written));
    grown.set(node.data);
    grown.set(data.subarray(0, written), position);
    node.data = grown;
    if (Number(good(file.client.stat()).attributes.size) !== grown.length) throw new Error(`${Workload.path(node)} has the wrong size`);
  }

  private resize(): void {
    const node = this.pick(this.files);
    if (!node) return;
    const size = this.random(4) === 0 ? 0 : this.random(this.limits.fileBytes);
    this.onStep({ changed: [node] });
    const result = this.opened(node).client.setSize(BigInt(size));
    if (result.error === Errors.NoSpace) return;
    good(result);
    const resized = new Uint8Array(size);
    resized.set(node.data.subarray(0, size));
    node.data = resized;
  }

  private rename(): void {
    const node = this.pick(this.all), to = this.pick(this.directories)!;
    if (!node) return;
    const name = this.pick(NAMES)!, from = node.parent!, old = to.children!.get(this.key(name));
    this.onStep({ moved: [node, ...Workload.below(node)], removed: old && old !== node ? [old] : [] });
    const result = this.world.fs.rename(this.inode(from), this.inode(to), node.name, name);
    const inside = (at: Node | undefined): boolean => at !== undefined && (at === node || inside(at.parent));
    if (result.error === Errors.NoSpace) return;
    const wanted = node.children && inside(to) ? Errors.BadArgument : !old || old === node ? 0
      : node.children && !old.children ? Errors.NotDirectory : !node.children && old.children ? Errors.IsDirectory : old.children && old.children.size > 0 ? Errors.NotEmpty : 0;
    expectError(result.error, wanted);
    if (wanted) return;
    if (old && old !== node) this.orphan(old);
    from.children!.delete(this.key(node.name));
    // A file that takes another's place to the letter takes its entry; in another case it brings its own name.
    node.name = name;
    node.parent = to;
    to.children!.set(this.key(name), node);
  }

  private readonly orphans: OpenedFile[] = [];
  private orphan(node: Node): void {
    if (!node.open) return;
    const { open, data } = node;
    // It lives while it is open.
    if (Buffer.compare(readAll(open, data.length), data) !== 0) throw new Error("an unlinked file that is open has lost its contents");
    if (this.random(2)) { open.close(); return; }
    this.orphans.push(open);
  }

  private remove(): void {
    const node = this.pick(this.all);
    if (!node) return;
    this.onStep({ removed: [node] });
    const result = this.world.fs.unlink(this.inode(node.parent!), node.children !== undefined, node.name);
    expectError(result.error, node.children && node.children.size > 0 ? Errors.NotEmpty : 0);
    if (result.error) return;
    node.parent!.children!.delete(this.key(node.name));
    this.orphan(node);
  }

  private close(): void {
    const node = this.pick(this.files.filter(({ open }) => open));
    node?.open!.close();
    if (node) node.open = undefined;
    this.orphans.pop()?.close();
  }

  private syncFile(): void {
    const node = this.pick(this.files);
    if (!node) return;
    good(this.opened(node).client.sync(false));
    this.onSynced();
  }

  closeAll(): void {
    for (const node of this.all) { node.open?.close(); node.open = undefined; }
    for (const file of this.orphans.splice(0)) file.close();
  }

  /** What must be there: path to contents, undefined for a directory. */
  expected(): Map<string, Uint8Array | undefined> { return new Map(this.all.map((node) => [Workload.path(node), node.children ? undefined : node.data])); }
}

function readAll(file: OpenedFile, size: number): Uint8Array {
  const data = new Uint8Array(size);
  for (let at = 0; at < size;) { const part = file.bytes(BigInt(at), 65536); if (part.length === 0) break; data.set(part, at); at += part.length; }
  return data;
}

function expectError(found: number, wanted: number): void { if (found !== wanted) throw new Error(`error ${found}, should be ${wanted}`); }

/** Throws with the first difference between two trees. */
export function compareTrees(found: Map<string, Uint8Array | undefined>, wanted: Map<string, Uint8Array | undefined>): void {
  for (const [path, data] of wanted) {
    if (!found.has(path)) throw new Error(`${path} is missing`);
    const other = found.get(path);
    if ((data === undefined) !== (other === undefined)) throw new Error(`${path} is of the wrong kind`);
    if (data && other && Buffer.compare(data, other) !== 0) throw new Error(`${path} has other contents: ${other.length} bytes, should be ${data.length}, the first difference at ${data.findIndex((byte, i) => byte !== other[i])}`);
  }
  for (const path of found.keys()) if (!wanted.has(path)) throw new Error(`${path} is there and should not be`);
}
