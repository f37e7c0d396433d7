// The web file system: read-only, over the image index of the site. Badge 0 speaks `fileSystem` (to the VFS); an open file has a
// badge of its own and speaks `file`. Names wait for the index and for archive listings, contents are contents.ts's.

import { dispatchFileSystem, encodeFileSystemLookup, encodeFileSystemOpen, encodeFileSystemReadDirectory, type FileSystemHandlers } from "../../abi/generated/ts/server/file-system.ts";
import { dispatchFile, encodeFileRead, type FileHandlers } from "../../abi/generated/ts/server/file.ts";
import type { CallContext, Failure } from "../../abi/generated/ts/message.ts";
import type { FileReadResult } from "../../abi/generated/ts/client/file.ts";
import type { FileSystemLookupResult, FileSystemOpenResult, FileSystemReadDirectoryResult } from "../../abi/generated/ts/client/file-system.ts";
import type { Attributes } from "../../abi/generated/ts/records.ts";
import { FileFlags, FileKind, PollEvents } from "../../abi/generated/ts/enums.ts";
import { LABEL_ORPHAN, LABEL_PAGE_FAULT, MAX_NAME, OBJECT_NOTIFICATION, RANGE_LIMIT, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import { encodeEntries, type Entry } from "../../lib/ts/directory-entries.ts";
import type { Events } from "../../lib/ts/events.ts";
import type { Incoming, Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { answer, isNotice, type Server } from "../../lib/ts/serve.ts";
import { failure, refuse, refuseWith } from "../../lib/ts/status.ts";
import { encodeText } from "../../lib/ts/text.ts";
import type { Content, Contents } from "./contents.ts";
import type { Names } from "./names.ts";
import type { Inode } from "./tree.ts";

interface OpenFile {
  readonly content: Content;
  /** Number of the mount, for stat. */
  readonly device: bigint;
  /** Our capability, which those handed out are derived from. */
  readonly watched: number;
  position: bigint;
}

const MAX_OPEN = 16384, BLOCK = 512n, SECOND = 1_000_000_000n, LONGEST = (1n << 62n);
/** Pollers of one file that is not here yet. */
const MAX_POLLERS = 256;
const readOnly = (): Failure => refuse("ReadOnly");

export class WebfsServer implements Server {
  readonly custody: Custody;
  private readonly opens = new Map<number, OpenFile>();
  private readonly polls = new Map<Content, { notify: number; bits: bigint }[]>();
  private lastBadge = 0;

  constructor(private readonly kernel: Kernel, private readonly names: Names, private readonly contents: Contents, readonly events?: Events) { this.custody = new Custody(kernel); }

  dispatch(incoming: Incoming): Outcome | "deferred" {
    if (isNotice(incoming)) return this.notice(incoming);
    if (incoming.badge === 0) return dispatchFileSystem(this.fileSystem, incoming);
    return this.opens.has(incoming.badge) ? dispatchFile(this.files, incoming) : { status: failure("BadHandle") };
  }

  private notice(incoming: Incoming): Outcome | "deferred" {
    if (incoming.label === LABEL_ORPHAN) this.closed(incoming.badge);
    if (incoming.label !== LABEL_PAGE_FAULT) return { status: 0 };
    const content = this.contents.find(incoming.badge);
    if (!content) return { status: failure("Io") };
    this.contents.load(content, (status) => answer(this.kernel, incoming.reply, { status }));
    return "deferred";
  }

  // ---- fileSystem

  private readonly fileSystem: FileSystemHandlers = {
    root: () => ({ error: 0, inode: BigInt(this.names.tree.root.number) }),
    lookup: (context, directory, name) => {
      if (name === "" || name.includes("/") || name.includes("\0")) return refuse("BadArgument");
      if (encodeText(name).length > MAX_NAME) return refuse("TooLong");
      // What is known already needs no listing.
      const child = this.names.tree.find(directory)?.children.get(name);
      if (child) return { error: 0, inode: BigInt(child.number), kind: child.kind };
      return this.inDirectory(context, directory, encodeFileSystemLookup, (inode): FileSystemLookupResult => {
        const found = name === "." ? inode : name === ".." ? inode.parent : inode.children.get(name);
        return found ? { error: 0, inode: BigInt(found.number), kind: found.kind } : refuse("NotFound");
      });
    },
    readDirectory: (context, directory, cookie) => this.inDirectory(context, directory, encodeFileSystemReadDirectory, (inode): FileSystemReadDirectoryResult => {
      const room = Math.min(context.room, RANGE_LIMIT), entries = encodeEntries(entriesOf(inode, cookie), room);
      // Nothing although there is something left: the caller's buffer is too small for one entry.
      return entries.length === 0 && cookie < BigInt(inode.children.size + 2) ? refuse("BadArgument") : { error: 0, entries };
    }),
    stat: (_context, inode) => this.with(inode, (found) => ({ error: 0, attributes: attributesOf(found, 0n) })),
    readLink: (context, inode) => this.with(inode, (found) => {
      if (found.kind !== FileKind.SymbolicLink) return refuse("NotLink");
      const contents = encodeText(found.target);
      return contents.length > context.room ? refuse("BadArgument") : { error: 0, contents };
    }),
    open: (context, inode, flags, device) => this.with(inode, (found) => this.open(context, found, flags, device)),
    status: () => ({
      error: 0,
      status: {
        blockSize: 4096n, blocks: 0n, free: 0n, files: BigInt(this.names.tree.count), filesFree: 0n, nameLimit: MAX_NAME, readOnly: 1, reserved0: 0n, reserved1: 0n,
      },
    }),
    hold: (_context, inode) => this.with(inode, () => ({ error: 0 })),
    release: (_context, inode) => this.with(inode, () => ({ error: 0 })),
    sync: () => ({ error: 0 }),
    detach: () => ({ error: 0 }), abandon: () => ({ error: 0 }),
    create: readOnly, unlink: readOnly, rename: readOnly, link: readOnly, symbolicLink: readOnly, setMode: readOnly, setTimes: readOnly, setSize: readOnly,
  };

  /** Does not wait for the contents, unless it must (contents.ts, `eager`) and may. */
  private open(context: CallContext, inode: Inode, flags: number, device: bigint): FileSystemOpenResult | "deferred" {
    if (inode.kind === FileKind.Directory) return refuse("IsDirectory");
    if (inode.kind !== FileKind.Regular) return refuse("BadArgument");
    if (flags & (FileFlags.Write | FileFlags.Append | FileFlags.Truncate)) return refuse("ReadOnly");
    const content = this.contents.of(inode);
    if (typeof content === "number") return refuseWith(content);
    if (this.contents.eager && content.state !== "present" && !(flags & FileFlags.NonBlocking)) {
      this.contents.load(content, (status) => answer(this.kernel, context.reply, encodeFileSystemOpen(status < 0 ? refuseWith(status) : this.hand(content, device))));
      return "deferred";
    }
    // What is opened is read soon.
    this.contents.load(content, () => {});
    return this.hand(content, device);
  }

  private hand(content: Content, device: bigint): FileSystemOpenResult {
    if (this.opens.size >= MAX_OPEN) return refuse("TooManyOpen");
    const badge = this.freeBadge(), { kernel } = this;
    const watched = kernel.capMint(SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, badge);
    const file = watched < 0 ? watched : kernel.capCopy(watched), data = file < 0 ? file : kernel.capMint(content.dataspace, RIGHT_READ | RIGHT_GRANT, 0);
    if (data < 0) {
      for (const slot of [file, watched]) if (slot > 0) kernel.capDelete(slot);
      return refuseWith(data);
    }
    kernel.capWatch(watched);
    content.opens++;
    this.opens.set(badge, { content, device, watched, position: 0n });
    return { error: 0, size: BigInt(content.inode.size), file, data };
  }

  /** The last capability of an open file is gone. */
  private closed(badge: number): void {
    const open = this.opens.get(badge);
    if (!open) return;
    this.opens.delete(badge);
    this.kernel.capDelete(open.watched);
    open.content.opens--;
  }

  // ---- file

  private readonly files: FileHandlers = {
    read: (context, position) => {
      const open = this.opens.get(context.badge)!, { content } = open;
      if (position < -1n || position > LONGEST) return refuse("BadArgument");
      const from = position < 0n ? open.position : position;
      if (content.state === "present") return this.read(context, open, from, position < 0n);
      this.contents.load(content, (status) => answer(this.kernel, context.reply, encodeFileRead(status < 0 ? refuseWith(status) : this.read(context, open, from, position < 0n))));
      return "deferred";
    },
    stat: (context) => {
      const { content, device } = this.opens.get(context.badge)!;
      return { error: 0, attributes: attributesOf(content.inode, device) };
    },
    seek: (context, offset, whence) => {
      const open = this.opens.get(context.badge)!;
      const base = [0n, open.position, BigInt(open.content.inode.size)][whence];
      if (base === undefined || base + offset < 0n || base + offset > LONGEST) return refuse("BadArgument");
      open.position = base + offset;
      return { error: 0, position: open.position };
    },
    poll: (context, events, notify, bits) => {
      if (notify && this.kernel.capInfo(notify)?.kind !== OBJECT_NOTIFICATION) return refuse("BadArgument");
      const { content } = this.opens.get(context.badge)!;
      if (content.state === "present") return { error: 0, ready: PollEvents.Readable & events };
      if (content.state === "absent" && content.status < 0) {
        // Told once; who asks again has it tried again.
        content.status = 0;
        return { error: 0, ready: PollEvents.Error | PollEvents.Readable & events };
      }
      if (notify && events & PollEvents.Readable) this.poll(content, this.custody.keep(notify), bits);
      return { error: 0, ready: 0 };
    },
    reopen: (context, flags) => {
      if (flags & (FileFlags.Write | FileFlags.Append)) return refuse("AccessDenied");
      const { content, device } = this.opens.get(context.badge)!, made = this.hand(content, device);
      if (made.error !== 0) return made;
      this.kernel.capDelete(made.data);
      return { error: 0, file: made.file };
    },
    setFlags: () => ({ error: 0 }), sync: () => ({ error: 0 }), close: () => ({ error: 0 }),
    write: readOnly, setSize: readOnly, setTimes: readOnly, setMode: readOnly,
  };

  private read(context: CallContext, open: OpenFile, from: bigint, own: boolean): FileReadResult {
    const { status, data } = this.kernel.dataspaceRead(open.content.dataspace, from, Math.min(context.room, RANGE_LIMIT));
    if (status < 0) return refuseWith(status);
    if (own) open.position = from + BigInt(data.length);
    return { error: 0, data };
  }

  private poll(content: Content, notify: number, bits: bigint): void {
    const pollers = this.polls.get(content);
    if (pollers) {
      pollers.push({ notify, bits });
      if (pollers.length > MAX_POLLERS) this.kernel.capDelete(pollers.shift()!.notify);
      return;
    }
    this.polls.set(content, [{ notify, bits }]);
    this.contents.load(content, () => {
      for (const each of this.polls.get(content) ?? []) { this.kernel.signal(each.notify, each.bits); this.kernel.capDelete(each.notify); }
      this.polls.delete(content);
    });
  }

  // ---- names

  private with<Result>(number: bigint, use: (inode: Inode) => Result): Result | Failure {
    const inode = this.names.tree.find(number);
    return inode ? use(inode) : refuse("NotFound");
  }

  /** Answers with `use` on a directory whose entries are known; deferred until they are. */
  private inDirectory<Result>(context: CallContext, number: bigint, encode: (result: Result) => Outcome, use: (inode: Inode) => Result): Result | Failure | "deferred" {
    const inode = this.names.tree.find(number);
    if (!inode) return refuse("NotFound");
    if (inode.kind !== FileKind.Directory) return refuse("NotDirectory");
    if (this.names.isKnown(inode)) return use(inode);
    this.names.learn(inode, (known) => answer(this.kernel, context.reply, known ? encode(use(inode)) : { status: failure("Io") }));
    return "deferred";
  }

  private freeBadge(): number {
    do this.lastBadge = this.lastBadge % 0x7fff_ffff + 1; while (this.opens.has(this.lastBadge));
    return this.lastBadge;
  }
}

function* entriesOf(inode: Inode, cookie: bigint): Generator<Entry> {
  const all: [string, Inode][] = [[".", inode], ["..", inode.parent], ...inode.children];
  for (let index = Number(cookie < BigInt(all.length) ? cookie : BigInt(all.length)); index < all.length; index++) {
    const [name, { number, kind }] = all[index]!;
    yield { inode: BigInt(number), kind, name, next: BigInt(index + 1) };
  }
}

function attributesOf(inode: Inode, device: bigint): Attributes {
  const time = BigInt(inode.mtime) * SECOND, size = BigInt(inode.size);
  return {
    device, inode: BigInt(inode.number), kind: inode.kind, mode: inode.mode, links: 1, blockSize: 4096, size, blocks: (size + BLOCK - 1n) / BLOCK,
    accessed: time, modified: time, changed: time, reserved: 0n,
  };
}
