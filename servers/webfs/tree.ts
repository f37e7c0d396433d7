// The tree of names that webfs serves, by inode number. It only grows: the index fills it, and each archive when its listing has come. An inode's
// number is its place in the order of making, so it stays while the server runs. Knows nothing of contents but where they come from.

import { FileKind } from "../../abi/generated/ts/enums.ts";
import { encodeText } from "../../lib/ts/text.ts";
import type { ArchivedEntry, ImageEntry, TarListing } from "./image-format.ts";

/** Where a file's bytes come from. */
export type Source =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "member"; readonly archive: ArchiveNode; readonly offset: number };

/** An archive below a directory. */
export interface ArchiveNode { readonly tar: string; readonly listing: string | undefined; readonly size: number; readonly inode: Inode; /** Its members are in the tree. */ expanded: boolean }

export interface Inode {
  readonly number: number;
  readonly parent: Inode;
  kind: number;
  mode: number;
  /** Seconds since 1970. */
  mtime: number;
  /** Bytes. */
  size: number;
  readonly children: Map<string, Inode>;
  /** Of a link. */
  target: string;
  source: Source | undefined;
  archive: ArchiveNode | undefined;
}

export const ROOT = 1;

export class Tree {
  private readonly inodes: Inode[] = [];
  readonly root: Inode;

  constructor() {
    this.root = this.make(undefined, FileKind.Directory, 0o755, 0);
  }

  get count(): number { return this.inodes.length; }
  find(number: bigint): Inode | undefined { return number > BigInt(this.inodes.length) ? undefined : this.inodes[Number(number) - 1]; }

  /** Gives the entries that contradict others (a file below a file): they are left out. */
  addIndex(entries: readonly ImageEntry[]): string[] {
    return entries.filter((entry) => !this.add(this.root, entry)).map(({ path }) => path);
  }

  addListing(archive: ArchiveNode, listing: TarListing): string[] {
    archive.expanded = true;
    return listing.entries.filter((entry) => !this.add(archive.inode, entry, archive)).map(({ path }) => path);
  }

  private add(base: Inode, entry: ImageEntry | TarListing["entries"][number], archive?: ArchiveNode): boolean {
    const parts = entry.path.split("/"), name = parts.pop()!;
    let directory = base;
    for (const part of parts) {
      const next = directory.children.get(part) ?? this.child(directory, part, FileKind.Directory, 0o755, entry.mtime ?? 0);
      if (next.kind !== FileKind.Directory) return false;
      directory = next;
    }
    const old = directory.children.get(name);
    const kind = entry.kind === "directory" ? FileKind.Directory : entry.kind === "link" ? FileKind.SymbolicLink : FileKind.Regular;
    if (old && old.kind !== kind) return false;
    const inode = old ?? this.child(directory, name, kind, 0, 0);
    inode.mode = entry.mode ?? (entry.kind === "directory" ? 0o755 : entry.kind === "link" ? 0o777 : 0o644);
    inode.mtime = entry.mtime ?? 0;
    if (entry.kind === "link") { inode.target = entry.target; inode.size = encodeText(entry.target).length; }
    else if (entry.kind === "file") this.addFile(inode, entry, archive);
    else if ("tar" in entry && entry.tar !== undefined) inode.archive = { tar: entry.tar, listing: entry.listing, size: entry.size ?? 0, inode, expanded: false };
    return true;
  }

  private addFile(inode: Inode, entry: ArchivedEntry | Extract<ImageEntry, { kind: "file" }>, archive: ArchiveNode | undefined): void {
    if ("text" in entry) { inode.source = { kind: "text", text: entry.text }; inode.size = encodeText(entry.text).length; }
    else {
      inode.size = entry.size;
      inode.source = "url" in entry ? { kind: "url", url: entry.url } : { kind: "member", archive: archive!, offset: entry.offset };
    }
  }

  private child(parent: Inode, name: string, kind: number, mode: number, mtime: number): Inode {
    const made = this.make(parent, kind, mode, mtime);
    parent.children.set(name, made);
    return made;
  }

  private make(parent: Inode | undefined, kind: number, mode: number, mtime: number): Inode {
    const made = { number: this.inodes.length + 1, kind, mode, mtime, size: 0, children: new Map<string, Inode>(), target: "", source: undefined, archive: undefined } as unknown as Inode & { parent: Inode };
    made.parent = parent ?? made;
    this.inodes.push(made);
    return made;
  }
}
