// One of several who use a file system at once, without a VFS: each has names of its own in a directory of its own and in one that all share, does what it likes with
// them, and knows what must be there. Every byte that it writes says whose it is (ownerOf), so another's is recognized wherever it turns up.
//
//   report.tree     what is there at the end: path to contents, none for a directory
//
// `lookAtFiles` reads all there is.

import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { FileSystemClient } from "../../../abi/generated/ts/client/file-system.ts";
import { PathsClient } from "../../../abi/generated/ts/client/paths.ts";
import { FileFlags, FileKind } from "../../../abi/generated/ts/enums.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { Random } from "../../../lib/testing/random.ts";
import { decodeEntries } from "../../../lib/ts/directory-entries.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";

/** Slot: the `fileSystem`, which serves `paths` as well. */
export const FILES = 5;
export const SHARED = "shared";
const LARGEST = 24_000, STEP = 65536, ROOM = 4096;
const NAMES = ["a", "B.TXT", "a long name of thirty-two letters", `${"long".repeat(30)}.end`];
const MODE = 0o644, DEVICE = 1n;

/** What the bytes of a file say: 0 (none), 1–15. */
export const ownerOf = (byte: number): number => byte >> 4;
export const homeOf = (self: number): string => `home${self}`;

export type Tree = [path: string, data: Uint8Array | undefined][];
export interface FileReport { operations: number; wrong: string[]; tree: Tree }

class Complaint extends Error {}
const must = <T extends { error: number }>(result: T, what: string): Extract<T, { error: 0 }> => {
  if (result.error) throw new Complaint(`${what}: error ${result.error}`);
  return result as Extract<T, { error: 0 }>;
};

interface Opened { client: FileClient; file: number; data: number }

class User {
  readonly tree = new Map<string, Uint8Array | undefined>();
  readonly #random: Random;
  readonly #system: FileSystemClient;
  readonly #paths: PathsClient;
  readonly #root: bigint;
  operations = 0;

  constructor(private readonly kernel: Kernel, private readonly self: number, seed: number) {
    this.#random = new Random(seed);
    this.#system = new FileSystemClient(kernel, FILES);
    this.#paths = new PathsClient(kernel, FILES);
    this.#root = must(this.#system.root(), "root").inode;
    this.tree.set(homeOf(self), undefined);
  }

  private below(limit: number): number { return this.#random.below(limit); }
  private files(): string[] { return [...this.tree].flatMap(([path, data]) => data ? [path] : []); }
  /** A name of its own that may be there or not. */
  private name(): string {
    const homes = [...this.tree].flatMap(([path, data]) => data ? [] : [path]), name = this.#random.pick(NAMES);
    return this.below(3) === 0 ? `${SHARED}/${this.self} ${name}` : `${this.#random.pick(homes)}/${name}`;
  }

  /** The directory of a path and its last component: looked up from the root, one after another, as the VFS does. */
  private place(path: string): { directory: bigint; name: string } {
    const parts = path.split("/"), name = parts.pop()!;
    return { directory: parts.reduce((at, part) => must(this.#system.lookup(at, part), `looking up ${part} of ${path}`).inode, this.#root), name };
  }

  private open(path: string, flags: number): Opened {
    if (this.below(2)) {
      const opened = must(this.#paths.open(this.#root, this.#root, flags as FileFlags, MODE, DEVICE, path, ROOM), `opening ${path}`);
      return { client: new FileClient(this.kernel, opened.file), file: opened.file, data: opened.data };
    }
    const { directory, name } = this.place(path);
    let inode = this.#system.lookup(directory, name);
    if (inode.error === Errors.NotFound && flags & FileFlags.Create) inode = { ...must(this.#system.create(directory, FileKind.Regular, MODE, name), `creating ${path}`), kind: FileKind.Regular };
    const opened = must(this.#system.open(must(inode, `looking up ${path}`).inode, flags & ~FileFlags.Create as FileFlags, DEVICE), `opening ${path}`);
    return { client: new FileClient(this.kernel, opened.file), file: opened.file, data: opened.data };
  }
  private close({ file, data }: Opened): void { for (const slot of [file, data]) if (slot) this.kernel.capDelete(slot); }

  private check(opened: Opened, path: string, data: Uint8Array): void {
    const size = Number(must(opened.client.stat(), `stat of ${path}`).attributes.size);
    if (size !== data.length) throw new Complaint(`${path} has ${size} bytes instead of ${data.length}`);
    const at = this.below(data.length + 1), length = Math.min(this.below(9000), data.length - at), wanted = data.subarray(at, at + length);
    // By a call, or without one.
    const found = this.below(2) ? must(opened.client.read(BigInt(at), length), `reading ${path}`).data : this.kernel.dataspaceRead(opened.data, BigInt(at), length).data;
    const wrong = wanted.findIndex((byte, i) => byte !== found[i]);
    if (wrong >= 0 || found.length < wanted.length) throw new Complaint(`${path} of ${data.length} bytes has ${found[wrong]} at ${at + wrong}, not ${wanted[wrong]} (${found.length} of ${wanted.length} bytes read)`);
  }

  private write(): void {
    const path = this.name(), before = this.tree.get(path) ?? new Uint8Array(0), opened = this.open(path, FileFlags.Read | FileFlags.Write | FileFlags.Create);
    const at = this.below(Math.min(before.length + 2000, LARGEST)), bytes = Uint8Array.from({ length: 1 + this.below(7000) }, () => this.self << 4 | this.below(16));
    const { written } = must(opened.client.write(BigInt(at), bytes), `writing ${path}`);
    const data = new Uint8Array(Math.max(before.length, at + written));
    data.set(before);
    data.set(bytes.subarray(0, written), at);
    this.tree.set(path, data);
    this.check(opened, path, data);
    if (this.below(12) === 0) must(opened.client.sync(false), `syncing ${path}`);
    this.close(opened);
  }

  private resize(): void {
    const [path] = [this.#random.pick(this.files())], before = path === undefined ? undefined : this.tree.get(path);
    if (path === undefined || !before) return;
    const size = this.below(LARGEST), opened = this.open(path, FileFlags.Read | FileFlags.Write), data = new Uint8Array(size);
    must(opened.client.setSize(BigInt(size)), `resizing ${path}`);
    data.set(before.subarray(0, size));
    this.tree.set(path, data);
    this.check(opened, path, data);
    this.close(opened);
  }

  private read(): void {
    const path = this.#random.pick(this.files());
    if (path === undefined) return;
    const opened = this.open(path, FileFlags.Read);
    for (let i = 0; i < 3; i++) this.check(opened, path, this.tree.get(path)!);
    this.close(opened);
  }

  private rename(): void {
    const from = this.#random.pick(this.files()), to = this.name();
    if (from === undefined || (this.tree.has(to) && !this.tree.get(to))) return;
    const old = this.place(from), place = this.place(to);
    must(this.#system.rename(old.directory, place.directory, old.name, place.name), `renaming ${from} to ${to}`);
    const data = this.tree.get(from);
    this.tree.delete(from);
    this.tree.set(to, data);
  }

  private remove(): void {
    const path = this.#random.pick(this.files());
    if (path === undefined) return;
    const opened = this.open(path, FileFlags.Read), data = this.tree.get(path)!;
    if (this.below(2)) must(this.#paths.remove(this.#root, this.#root, false, path, ROOM), `removing ${path}`);
    else { const { directory, name } = this.place(path); must(this.#system.unlink(directory, false, name), `unlinking ${path}`); }
    this.tree.delete(path);
    // It lives while it is open.
    this.check(opened, `${path}, removed`, data);
    this.close(opened);
  }

  private directory(): void {
    const path = `${homeOf(this.self)}/dir${this.below(2)}`, used = [...this.tree.keys()].some((each) => each.startsWith(`${path}/`));
    if (!this.tree.has(path)) {
      must(this.#paths.makeDirectory(this.#root, this.#root, 0o755, path, ROOM), `making ${path}`);
      this.tree.set(path, undefined);
      return;
    }
    const { error } = this.#paths.remove(this.#root, this.#root, true, path, ROOM);
    if (error !== (used ? Errors.NotEmpty : 0)) throw new Complaint(`removing the directory ${path}: error ${error}`);
    if (!error) this.tree.delete(path);
  }

  /** Its own names, and no others of its own, are in the shared directory while the others come and go. */
  private list(): void {
    const directory = this.place(`${SHARED}/x`).directory, mine = `${this.self} `, found = list(this.#system, directory).map(({ name }) => name).filter((name) => name.startsWith(mine)).sort();
    const wanted = [...this.tree.keys()].filter((path) => path.startsWith(`${SHARED}/${mine}`)).map((path) => path.slice(SHARED.length + 1)).sort();
    if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Complaint(`${SHARED} lists ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  }

  step(): void {
    this.operations++;
    switch (this.below(16)) {
      case 0: case 1: case 2: case 3: this.write(); break;
      case 4: case 5: this.resize(); break;
      case 6: case 7: this.read(); break;
      case 8: case 9: this.rename(); break;
      case 10: case 11: this.remove(); break;
      case 12: this.directory(); break;
      case 13: case 14: this.list(); break;
      default: if (this.below(4) === 0) must(this.#system.sync(), "sync");
    }
  }
}

/** Entries of a directory but `.` and `..`. */
function list(system: FileSystemClient, directory: bigint): { name: string; inode: bigint; kind: number }[] {
  const all: { name: string; inode: bigint; kind: number }[] = [];
  for (let cookie = 0n; ;) {
    const entries = decodeEntries(must(system.readDirectory(directory, cookie, STEP), "reading a directory").entries);
    if (entries.length === 0) return all.filter(({ name }) => name !== "." && name !== "..");
    all.push(...entries);
    cookie = entries.at(-1)!.next;
  }
}

export function fileUser(kernel: Kernel, self: number, milliseconds: number, seed: number): FileReport {
  const end = performance.now() + milliseconds, user = new User(kernel, self, seed), wrong: string[] = [];
  try {
    while (performance.now() < end) user.step();
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    wrong.push(`user ${self}, operation ${user.operations}: ${error.message}`);
  }
  return { operations: user.operations, wrong, tree: [...user.tree] };
}

/** The whole tree. */
export function lookAtFiles(kernel: Kernel): Tree {
  const system = new FileSystemClient(kernel, FILES), tree: Tree = [];
  const look = (directory: bigint, path: string): void => {
    for (const { name } of list(system, directory)) {
      const below = path === "" ? name : `${path}/${name}`, { inode, kind } = must(system.lookup(directory, name), `looking up ${below}`);
      if (kind === FileKind.Directory) { tree.push([below, undefined]); look(inode, below); continue; }
      const { file, data, size } = must(system.open(inode, FileFlags.Read, DEVICE), `opening ${below}`), contents = new Uint8Array(Number(size));
      for (let at = 0; at < contents.length;) {
        const part = kernel.dataspaceRead(data, BigInt(at), Math.min(STEP, contents.length - at)).data;
        if (part.length === 0) throw new Error(`${below} ends at ${at} of ${contents.length}`);
        contents.set(part, at);
        at += part.length;
      }
      tree.push([below, contents]);
      for (const slot of [file, data]) kernel.capDelete(slot);
    }
  };
  look(must(system.root(), "root").inode, "");
  return tree;
}
