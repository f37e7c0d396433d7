// The system file system, mounted on /sys: read-only, its files made when they are opened. Badge 0 speaks `fileSystem` (to the VFS); an open file has a badge of
// its own and speaks `file`. Inode numbers belong to paths and are kept: a name that comes back has the number that it had.

import { dispatchFileSystem, type FileSystemHandlers } from "../../abi/generated/ts/server/file-system.ts";
import { dispatchFile, type FileHandlers } from "../../abi/generated/ts/server/file.ts";
import type { CallContext, Failure } from "../../abi/generated/ts/message.ts";
import type { FileSystemOpenResult } from "../../abi/generated/ts/client/file-system.ts";
import type { Attributes } from "../../abi/generated/ts/records.ts";
import { FileFlags, FileKind, PollEvents } from "../../abi/generated/ts/enums.ts";
import { LABEL_ORPHAN, MAX_NAME, RANGE_LIMIT, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import { encodeEntries, type Entry } from "../../lib/ts/directory-entries.ts";
import type { Incoming, Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { isNotice, type Server } from "../../lib/ts/serve.ts";
import { failure, refuse, refuseWith } from "../../lib/ts/status.ts";
import { encodeText } from "../../lib/ts/text.ts";
import type { Node } from "./system-tree.ts";

/** Something that was found: where, and what it was then. */
interface Place { readonly inode: number; readonly parent: number; readonly name: string; node: Node }
interface OpenFile { readonly inode: number; readonly device: bigint; readonly bytes: Uint8Array; readonly watched: number; readonly made: bigint; position: bigint }

const ROOT = 1, MAX_OPEN = 4096, MAX_PLACES = 65536, LONGEST = 1n << 62n;
const readOnly = (): Failure => refuse("ReadOnly");

export class SysfsServer implements Server {
  readonly custody: Custody;
  private readonly places = new Map<number, Place>();
  private readonly numbers = new Map<string, number>();
  private readonly opens = new Map<number, OpenFile>();
  private readonly booted: bigint;
  private lastBadge = 0;

  constructor(private readonly kernel: Kernel, root: Node) {
    this.custody = new Custody(kernel);
    this.booted = kernel.wallClock();
    this.places.set(ROOT, { inode: ROOT, parent: ROOT, name: "", node: root });
  }

  dispatch(incoming: Incoming): Outcome | "deferred" {
    if (isNotice(incoming)) {
      if (incoming.label === LABEL_ORPHAN) this.closed(incoming.badge);
      return { status: 0 };
    }
    if (incoming.badge === 0) return dispatchFileSystem(this.fileSystem, incoming);
    return this.opens.has(incoming.badge) ? dispatchFile(this.files, incoming) : { status: failure("BadHandle") };
  }

  // ---- names

  private place(inode: bigint): Place | undefined { return this.places.get(Number(inode)); }

  /** What is in a directory now. Undefined: there is no such directory. */
  private list(directory: bigint): Place[] | Failure {
    const at = this.place(directory);
    if (!at) return refuse("NotFound");
    if (at.node.kind !== "directory") return refuse("NotDirectory");
    return [...at.node.list()].flatMap(([name, node]) => encodeText(name).length > MAX_NAME || name.includes("/") ? [] : this.known(at.inode, name, node) ?? []);
  }

  /** The place of a name; undefined if there are too many. */
  private known(parent: number, name: string, node: Node): Place | undefined {
    const key = `${parent}/${name}`, inode = this.numbers.get(key) ?? this.places.size + 1, place = this.places.get(inode);
    if (place) { place.node = node; return place; }
    if (this.places.size >= MAX_PLACES) return undefined;
    const made = { inode, parent, name, node };
    this.numbers.set(key, inode);
    this.places.set(inode, made);
    return made;
  }

  private readonly fileSystem: FileSystemHandlers = {
    root: () => ({ error: 0, inode: BigInt(ROOT) }),
    lookup: (_context, directory, name) => {
      const listed = this.list(directory);
      if ("error" in listed) return listed;
      const own = this.place(directory)!, found = name === "." ? own : name === ".." ? this.places.get(own.parent) : listed.find((each) => each.name === name);
      return found ? { error: 0, inode: BigInt(found.inode), kind: kindOf(found.node) } : refuse("NotFound");
    },
    readDirectory: (context, directory, cookie) => {
      const listed = this.list(directory);
      if ("error" in listed) return listed;
      const own = this.place(directory)!, all: [string, Place][] = [[".", own], ["..", this.places.get(own.parent)!], ...listed.map((place): [string, Place] => [place.name, place])];
      // A cookie is the inode and two, so it stays right when names come and go; those of `.` and `..` are 1 and 2.
      const next = (index: number, { inode }: Place): bigint => index < 2 ? BigInt(index + 1) : BigInt(inode + 2);
      const entries: Entry[] = all.map(([name, place], index) => ({ name, inode: BigInt(place.inode), kind: kindOf(place.node), next: next(index, place) })).sort((a, b) => a.next < b.next ? -1 : 1);
      const rest = entries.filter((entry) => entry.next > cookie), encoded = encodeEntries(rest, Math.min(context.room, RANGE_LIMIT));
      return rest.length > 0 && encoded.length === 0 ? refuse("BadArgument") : { error: 0, entries: encoded };
    },
    stat: (_context, inode) => {
      const place = this.place(inode);
      return place ? { error: 0, attributes: this.attributes(place, 0n, this.kernel.wallClock(), 0) } : refuse("NotFound");
    },
    open: (_context, inode, flags, device) => this.open(inode, flags, device),
    status: () => ({ error: 0, status: { blockSize: 4096n, blocks: 0n, free: 0n, files: BigInt(this.places.size), filesFree: 0n, nameLimit: MAX_NAME, readOnly: 1, reserved0: 0n, reserved1: 0n } }),
    hold: (_context, inode) => this.place(inode) ? { error: 0 } : refuse("NotFound"),
    release: (_context, inode) => this.place(inode) ? { error: 0 } : refuse("NotFound"),
    readLink: () => refuse("NotLink"), sync: () => ({ error: 0 }), detach: () => ({ error: 0 }), abandon: () => ({ error: 0 }),
    create: readOnly, unlink: readOnly, rename: readOnly, link: readOnly, symbolicLink: readOnly, setMode: readOnly, setTimes: readOnly, setSize: readOnly,
  };

  private open(inode: bigint, flags: number, device: bigint): FileSystemOpenResult {
    const place = this.place(inode);
    if (!place) return refuse("NotFound");
    if (place.node.kind === "directory") return refuse("IsDirectory");
    if (flags & (FileFlags.Write | FileFlags.Append | FileFlags.Truncate)) return refuse("ReadOnly");
    if (this.opens.size >= MAX_OPEN) return refuse("TooManyOpen");
    return this.hand({ inode: place.inode, device, bytes: encodeText(place.node.text()), made: this.kernel.wallClock() });
  }

  private hand(file: Pick<OpenFile, "inode" | "device" | "bytes" | "made">): FileSystemOpenResult {
    const { kernel } = this, badge = this.freeBadge(), watched = kernel.capMint(SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, badge), copy = watched < 0 ? watched : kernel.capCopy(watched);
    if (copy < 0) {
      if (watched > 0) kernel.capDelete(watched);
      return refuseWith(copy);
    }
    kernel.capWatch(watched);
    this.opens.set(badge, { ...file, watched, position: 0n });
    return { error: 0, size: BigInt(file.bytes.length), file: copy, data: 0 };
  }

  private freeBadge(): number {
    do this.lastBadge = this.lastBadge % 0x3fffffff + 1; while (this.opens.has(this.lastBadge));
    return this.lastBadge;
  }

  /** The last capability of an open file is gone. */
  private closed(badge: number): void {
    const open = this.opens.get(badge);
    if (!open) return;
    this.opens.delete(badge);
    this.kernel.capDelete(open.watched);
  }

  // ---- open files

  private of(context: CallContext): OpenFile { return this.opens.get(context.badge)!; }

  private readonly files: FileHandlers = {
    read: (context, position) => {
      const open = this.of(context);
      if (position < -1n || position > LONGEST) return refuse("BadArgument");
      const from = position < 0n ? open.position : position, start = from > BigInt(open.bytes.length) ? open.bytes.length : Number(from);
      const data = open.bytes.subarray(start, start + Math.min(context.room, RANGE_LIMIT));
      if (position < 0n) open.position = from + BigInt(data.length);
      return { error: 0, data };
    },
    stat: (context) => {
      const { inode, device, bytes, made } = this.of(context);
      return { error: 0, attributes: this.attributes(this.places.get(inode)!, device, made, bytes.length) };
    },
    seek: (context, offset, whence) => {
      const open = this.of(context), base = [0n, open.position, BigInt(open.bytes.length)][whence];
      if (base === undefined || base + offset < 0n || base + offset > LONGEST) return refuse("BadArgument");
      open.position = base + offset;
      return { error: 0, position: open.position };
    },
    poll: (_context, events) => ({ error: 0, ready: events & PollEvents.Readable }),
    reopen: (context, flags) => {
      if (flags & (FileFlags.Write | FileFlags.Append)) return refuse("AccessDenied");
      const made = this.hand(this.of(context));
      return made.error ? made as Failure : { error: 0, file: (made as { file: number }).file };
    },
    setFlags: () => ({ error: 0 }), sync: () => ({ error: 0 }), close: () => ({ error: 0 }),
    write: readOnly, setSize: readOnly, setTimes: readOnly, setMode: readOnly,
  };

  private attributes({ inode, node }: Place, device: bigint, modified: bigint, size: number): Attributes {
    return {
      device, inode: BigInt(inode), kind: kindOf(node), mode: node.kind === "directory" ? 0o555 : 0o444, links: node.kind === "directory" ? 2 : 1, blockSize: 4096,
      size: BigInt(size), blocks: 0n, accessed: modified, modified, changed: this.booted, reserved: 0n,
    };
  }
}

function kindOf(node: Node): FileKind { return node.kind === "directory" ? FileKind.Directory : FileKind.Regular; }
