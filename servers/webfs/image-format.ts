// The format of `images/index.json`: the tree of files that `webfs` serves, written by the build and read by the server. The
// build makes an ImageIndex and stores it as JSON. Paths in it never start or end with `/` and never contain `.`, `..` or empty parts; parent
// directories may be left out (they are made with mode 0o755).
//
//   { "version": 1, "entries": [
//     { "path": "bin/sh",      "kind": "file", "mode": 493, "text": "#!grail sh\n" },
//     { "path": "bin/python",  "kind": "file", "mode": 493, "url": "images/python.wasm", "size": 26267204 },
//     { "path": "bin/python3", "kind": "link", "target": "python" },
//     { "path": "share/llvm",  "kind": "directory", "tar": "images/llvm.tar", "listing": "images/llvm.tar.json", "size": 29665280 } ] }

/** What every entry has. */
interface Named {
  /** Below the mount, e.g. `bin/sh`. */
  readonly path: string;
  /** Permission bits; absent: 0o644 for files, 0o755 for directories, 0o777 for links. */
  readonly mode?: number;
  /** Modification time in whole seconds since 1970; absent: 0. */
  readonly mtime?: number;
}

/** A file whose contents stand in the index (scripts, configuration). */
export interface TextEntry extends Named { readonly kind: "file"; readonly text: string }

/** A file that is fetched when it is first read. */
export interface FetchedEntry extends Named {
  readonly kind: "file";
  /** Relative to the site's base. */
  readonly url: string;
  /** Exact length in bytes. What arrives with another length is refused (Io). */
  readonly size: number;
}

export interface LinkEntry extends Named { readonly kind: "link"; readonly target: string }

/** A directory, possibly with the contents of a tar archive (uncompressed; ustar, GNU or pax) below it. The archive is fetched when one of its
 *  files is first read; what is in it is learnt from `listing` if there is one (fetched at the first lookup), else from the archive. */
export interface DirectoryEntry extends Named {
  readonly kind: "directory";
  /** Relative to the site's base. */
  readonly tar?: string;
  /** The archive's TarListing, relative to the site's base. */
  readonly listing?: string;
  /** Bytes of the archive, for progress messages. */
  readonly size?: number;
}

export type ImageEntry = TextEntry | FetchedEntry | LinkEntry | DirectoryEntry;

export interface ImageIndex { readonly version: 1; readonly entries: readonly ImageEntry[] }

/** A file of an archive: `size` bytes at `offset` of it. */
export interface ArchivedEntry extends Named { readonly kind: "file"; readonly offset: number; readonly size: number }

/** What `listing` holds: the members of an archive, so that names can be looked up without its 30 MB. Written by `tarListing` (tar.ts). */
export interface TarListing { readonly version: 1; readonly entries: readonly (ArchivedEntry | LinkEntry | Named & { readonly kind: "directory" })[] }

/** Where the server finds the index, relative to the site's base. */
export const INDEX_PATH = "images/index.json";

/** Checks an index that came over the network. Gives what is wrong with it, or the index. */
export function parseIndex(text: string): ImageIndex | { readonly fault: string } {
  return parse(text, checkEntry) as ImageIndex | { fault: string };
}

export function parseListing(text: string): TarListing | { readonly fault: string } {
  return parse(text, checkMember) as TarListing | { fault: string };
}

type Unchecked = Record<string, unknown>;

function parse(text: string, check: (entry: Unchecked) => string): unknown {
  let value: unknown;
  try { value = JSON.parse(text); } catch (error) { return { fault: `not JSON: ${(error as Error).message}` }; }
  const index = value as { version?: unknown; entries?: unknown } | null;
  if (typeof index !== "object" || index === null || index.version !== 1 || !Array.isArray(index.entries)) return { fault: "not a version 1 index" };
  for (const [number, entry] of index.entries.entries()) {
    const fault = typeof entry !== "object" || entry === null ? "not an object" : checkNamed(entry as Unchecked) || check(entry as Unchecked);
    if (fault) return { fault: `entry ${number}: ${fault}` };
  }
  return index;
}

const count = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const optionalCount = (value: unknown): boolean => value === undefined || count(value);

function checkNamed(entry: Unchecked): string {
  const { path } = entry;
  if (typeof path !== "string" || path.split("/").some((part) => part === "" || part === "." || part === "..")) return `bad path ${JSON.stringify(path)}`;
  if (!optionalCount(entry.mode) || !optionalCount(entry.mtime)) return `${path}: bad mode or mtime`;
  return "";
}

function checkEntry(entry: Unchecked): string {
  switch (entry.kind) {
    case "link": return checkLink(entry);
    case "directory": return ["tar", "listing"].every((key) => entry[key] === undefined || typeof entry[key] === "string") && optionalCount(entry.size)
      ? "" : `${entry.path}: bad tar, listing or size`;
    case "file": return typeof entry.text === "string" || (typeof entry.url === "string" && count(entry.size)) ? "" : `${entry.path}: a file needs text, or url and size`;
    default: return `${entry.path}: unknown kind ${JSON.stringify(entry.kind)}`;
  }
}

function checkMember(entry: Unchecked): string {
  switch (entry.kind) {
    case "link": return checkLink(entry);
    case "directory": return "";
    case "file": return count(entry.offset) && count(entry.size) ? "" : `${entry.path}: a member needs offset and size`;
    default: return `${entry.path}: unknown kind ${JSON.stringify(entry.kind)}`;
  }
}

function checkLink(entry: Unchecked): string {
  return typeof entry.target === "string" && entry.target !== "" ? "" : `${entry.path}: a link needs a target`;
}
