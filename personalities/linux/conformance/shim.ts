// @bjorn3/browser_wasi_shim as an oracle: one side of the differential test, and the list of what it gets wrong.

import { Directory, File, Inode, OpenDirectory, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";
import type { Wasi } from "../testing/linux-world.ts";
import * as wasi from "../layout/wasi.ts";
import type { Command } from "./commands.ts";

const stream = (): OpenFile => new OpenFile(new File([]));

export class Shim {
  readonly memory = new WebAssembly.Memory({ initial: 8 });
  private readonly host = new WASI([], [], [stream(), stream(), stream(), new PreopenDirectory("/", new Map())], { debug: false });
  constructor() { (this.host as unknown as { inst: unknown }).inst = { exports: { memory: this.memory } }; }

  get calls(): Wasi { return this.host.wasiImport as unknown as Wasi; }

  /** What a path names, `.` and `//` and a trailing slash seen through. */
  find(path: string): Inode | undefined {
    let at: Inode | undefined = (this.host.fds[3] as PreopenDirectory).dir;
    for (const name of names(path)) at = at instanceof Directory ? at.contents.get(name) : undefined;
    return at;
  }
  isDirectory(descriptor: number): boolean { return this.host.fds[descriptor] instanceof OpenDirectory; }
  isFile(descriptor: number): boolean { return this.host.fds[descriptor] instanceof OpenFile; }
}

const names = (path: string): string[] => path.split("/").filter((name) => name !== "" && name !== ".");
const pathsOf = (command: Command): string[] => [..."path" in command ? [command.path] : [], ..."to" in command && typeof command.to === "string" ? [command.to] : []];
/** Both sides turn such a path down by its text alone. */
const refused = (path: string): boolean => path.startsWith("/") || path.includes("\0") || path.includes("..");
const within = (inner: string, outer: string): boolean => names(inner).length > names(outer).length && names(outer).every((name, i) => names(inner)[i] === name);

/** Where the shim breaks a specification. Ours must answer `errno` and change nothing; the shim is not asked, so that its state
 *  stays right. */
export interface Deviation {
  readonly what: string;
  readonly clause: string;
  readonly errno: number;
  /** Calls of which the last is one where it shows. */
  readonly example: readonly Command[];
  applies(command: Command, shim: Shim, descriptor: (slot: number) => number): boolean;
}

const directory: Command = { call: "path_create_directory", path: "a" };
const file: Command = { call: "path_open", path: "b", oflags: wasi.OFLAGS_CREAT };
const open: Command = { call: "path_open", path: "a", oflags: 0 };

export const deviations: readonly Deviation[] = [
  {
    what: "the empty path names the directory itself", clause: "POSIX 4.16 pathname resolution: a null pathname shall not be successfully resolved",
    errno: wasi.ENOENT, example: [{ call: "path_filestat_get", path: "" }],
    applies: (command) => pathsOf(command)[0] === "",
  },
  {
    what: "a name may have any length", clause: "POSIX 4.16, NAME_MAX and PATH_MAX: ENAMETOOLONG", errno: wasi.ENAMETOOLONG,
    example: [{ call: "path_filestat_get", path: "x".repeat(5000) }],
    applies: (command) => (pathsOf(command)[0] ?? "").length > 4096,
  },
  {
    what: "path_open with O_CREAT | O_DIRECTORY makes a directory", clause: "POSIX open leaves it unspecified; Linux open(2): EINVAL", errno: wasi.EINVAL,
    example: [{ call: "path_open", path: "a", oflags: wasi.OFLAGS_CREAT | wasi.OFLAGS_DIRECTORY }],
    applies: (command) => command.call === "path_open" && (command.oflags & 3) === 3 && !refused(command.path),
  },
  {
    what: "path_open truncates a directory", clause: "POSIX open: EISDIR", errno: wasi.EISDIR,
    example: [directory, { call: "path_open", path: "a", oflags: wasi.OFLAGS_TRUNC }],
    applies: (command, shim) => command.call === "path_open" && (command.oflags & (wasi.OFLAGS_TRUNC | wasi.OFLAGS_CREAT)) !== 0 && (command.oflags & wasi.OFLAGS_EXCL) === 0
      && !refused(command.path) && shim.find(command.path) instanceof Directory,
  },
  {
    what: "path_create_directory of a name that exists succeeds", clause: "POSIX mkdir: EEXIST", errno: wasi.EEXIST,
    example: [directory, { call: "path_create_directory", path: "a" }],
    applies: (command, shim) => command.call === "path_create_directory" && !refused(command.path) && shim.find(command.path) !== undefined,
  },
  {
    what: "path_link replaces the new name", clause: "POSIX link: EEXIST", errno: wasi.EEXIST,
    example: [file, directory, { call: "path_link", path: "b", to: "a" }],
    applies: (command, shim) => command.call === "path_link" && !refused(command.path) && !refused(command.to) && shim.find(command.path) instanceof File && shim.find(command.to) !== undefined,
  },
  {
    what: "path_rename lets a directory replace the one that holds it", clause: "POSIX rename: ENOTEMPTY", errno: wasi.ENOTEMPTY,
    example: [directory, { call: "path_create_directory", path: "a/b" }, { call: "path_rename", path: "a/b", to: "a" }],
    applies: (command, shim) => command.call === "path_rename" && shim.find(command.path) instanceof Directory && within(command.path, command.to),
  },
  {
    what: "fd_readdir of a file is not supported rather than wrong", clause: "POSIX fdopendir: ENOTDIR", errno: wasi.ENOTDIR,
    example: [file, { call: "fd_readdir", slot: 0 }],
    applies: (command, shim, descriptor) => command.call === "fd_readdir" && shim.isFile(descriptor(command.slot)),
  },
  {
    what: "fd_pread takes a negative offset from the end", clause: "POSIX pread: EINVAL", errno: wasi.EINVAL,
    example: [file, { call: "fd_pread", slot: 0, lengths: [1], offset: -1 }],
    applies: (command, shim, descriptor) => command.call === "fd_pread" && command.offset < 0 && (shim.isFile(descriptor(command.slot)) || shim.isDirectory(descriptor(command.slot))),
  },
  {
    what: "reading a directory is EBADF, or nothing", clause: "POSIX read: EISDIR", errno: wasi.EISDIR,
    example: [directory, open, { call: "fd_read", slot: 0, lengths: [1], offset: 0 }],
    applies: (command, shim, descriptor) => (command.call === "fd_read" || command.call === "fd_pread") && shim.isDirectory(descriptor(command.slot)),
  },
  {
    what: "writing nothing to a directory succeeds", clause: "POSIX write: EBADF, a directory is not open for writing", errno: wasi.EBADF,
    example: [directory, open, { call: "fd_write", slot: 0, pieces: [], offset: 0 }],
    applies: (command, shim, descriptor) => (command.call === "fd_write" || command.call === "fd_pwrite") && command.pieces.length === 0 && shim.isDirectory(descriptor(command.slot)),
  },
  {
    what: "fd_allocate of no bytes succeeds", clause: "POSIX posix_fallocate: EINVAL if len is zero", errno: wasi.EINVAL,
    example: [file, { call: "fd_allocate", slot: 0, size: 0 }],
    applies: (command, shim, descriptor) => command.call === "fd_allocate" && command.size === 0 && shim.isFile(descriptor(command.slot)),
  },
];

/** Sequences that mean different things by design or leave the shim in a state that no file system has; they are tried elsewhere. */
export function isComparable(command: Command, shim: Shim, descriptor: (slot: number) => number): boolean {
  const [path = "", to = ""] = pathsOf(command);
  switch (command.call) {
    // O_EXCL without O_CREAT is undefined; so is what a trailing slash does to a file that is made.
    case "path_open": return !(command.oflags & wasi.OFLAGS_EXCL && !(command.oflags & wasi.OFLAGS_CREAT)) && !(command.oflags & wasi.OFLAGS_CREAT && path.endsWith("/") && !(shim.find(path) instanceof Directory));
    // The shim closes a descriptor that is renumbered to itself.
    case "fd_renumber": return descriptor(command.slot) !== descriptor(command.to);
    case "path_create_directory": return !(path.endsWith("/") && shim.find(path) instanceof File);
    // POSIX leaves the last component `.` to the system.
    case "path_remove_directory":
    case "path_unlink_file": return names(path).length > 0 || refused(path) || path === "";
    case "path_rename":
    case "path_link":
      // The shim knows no trailing slash in a new name, and takes a name from its own second name.
      return names(path).length > 0 && names(to).length > 0 && ![path, to].some((text) => refused(text) || text.endsWith("/") || text.length > 4096)
        && (shim.find(path) === undefined || shim.find(path) !== shim.find(to) || command.call === "path_link");
    default: return true;
  }
}

/** Whether only that both fail can be compared: there are several reasons, and POSIX does not say which counts. */
export function anyErrorWillDo(command: Command): boolean {
  return (command.call === "path_rename" || command.call === "path_link");
}
