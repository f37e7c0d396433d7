// A file server for tests: `directory` and `file` on a flat map from absolute path to contents, with mode bits, symbolic
// links and Dataspaces. Directories are given by name. It keeps a list of mounts. No more POSIX than tests of other servers need; the real one is
// servers/vfs.

import type { CallContext } from "../../../abi/generated/ts/message.ts";
import { FileFlags, FileKind, PollEvents } from "../../../abi/generated/ts/enums.ts";
import type { Attributes } from "../../../abi/generated/ts/records.ts";
import { dispatchDirectory, type DirectoryHandlers } from "../../../abi/generated/ts/server/directory.ts";
import { dispatchFile, type FileHandlers } from "../../../abi/generated/ts/server/file.ts";
import { LABEL_ORPHAN, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { Custody } from "../custody.ts";
import type { Incoming } from "../kernel.ts";
import { handle, type Server } from "../serve.ts";
import { errorNumber, refuse } from "../status.ts";
import { encodeText } from "../text.ts";
import type { FakeKernel } from "./fake-kernel.ts";
import type { FakeMachine } from "./fake-machine.ts";

export interface FakeNode { kind: number; mode: number; data: number; size: number; link: string; /** Contents not there yet: poll says no. */ absent: boolean; waiting: { notify: number; bits: bigint }[] }
/** What a badge stands for: an open file or a directory handle. */
interface Open { path: string; node: FakeNode; position: number; flags: number; /** The capability that those handed out are derived from. */ watched: number }

export class FakeFiles implements Server {
  readonly custody: Custody;
  readonly nodes = new Map<string, FakeNode>();
  readonly mounted: string[] = [];
  private readonly opens = new Map<number, Open>();
  private lastBadge = 0;

  constructor(machine: FakeMachine, readonly kernel: FakeKernel = machine.domain("files"), readonly endpoint: number = kernel.endpointCreate()) {
    this.custody = new Custody(this.kernel);
    this.directory("/");
    machine.attach(this.kernel, this.endpoint, (incoming) => handle(this.kernel, this, incoming));
  }

  // ---- what a test puts in

  directory(path: string): void { this.nodes.set(path, this.node(FileKind.Directory, 0o755)); }
  file(path: string, contents: string | Uint8Array, mode = 0o644): FakeNode {
    const node = this.node(FileKind.Regular, mode);
    this.write(node, 0, typeof contents === "string" ? encodeText(contents) : contents);
    this.nodes.set(path, node);
    return node;
  }
  symlink(path: string, target: string): void { this.nodes.set(path, { ...this.node(FileKind.SymbolicLink, 0o777), link: target }); }
  contents(path: string): Uint8Array { const node = this.nodes.get(path)!; return this.kernel.dataspaceRead(node.data, 0n, node.size).data; }
  text(path: string): string { return new TextDecoder().decode(this.contents(path)); }
  /** Contents of a file that was `absent` have come. */
  arrive(path: string): void {
    const node = this.nodes.get(path)!;
    node.absent = false;
    for (const { notify, bits } of node.waiting.splice(0)) { this.kernel.signal(notify, bits); this.kernel.capDelete(notify); }
  }
  get openCount(): number { return this.opens.size; }

  // ---- serving

  dispatch(incoming: Incoming): ReturnType<Server["dispatch"]> {
    if (incoming.label === LABEL_ORPHAN) {
      const open = this.opens.get(incoming.badge);
      if (open) this.kernel.capDelete(open.watched);
      this.opens.delete(incoming.badge);
      return { status: 0 };
    }
    return incoming.label >>> 8 === 0x20 ? dispatchFile(this.files, incoming) : dispatchDirectory(this.directories, incoming);
  }

  private readonly directories: DirectoryHandlers = {
    open: (context, flags, mode, path) => {
      const full = this.resolve(this.base(context), path);
      if (!this.nodes.has(full)) {
        if (!(flags & FileFlags.Create)) return refuse("NotFound");
        if (this.nodes.get(parentOf(full))?.kind !== FileKind.Directory) return refuse("NotFound");
        this.file(full, "", mode);
      }
      const node = this.nodes.get(full)!;
      if (flags & FileFlags.Truncate) { this.kernel.dataspaceResize(node.data, 0n); node.size = 0; }
      return { error: 0, kind: node.kind, size: BigInt(node.size), inode: 1n, created: false, mount: 1, file: this.open(full, node, flags), data: node.data ? this.kernel.capMint(node.data, RIGHT_READ | RIGHT_GRANT, 0) : 0 };
    },
    stat: (context, follow, path) => {
      const node = this.nodes.get(path === "" ? this.base(context) : this.resolve(this.base(context), path, follow));
      return node ? { error: 0, attributes: attributesOf(node) } : refuse("NotFound");
    },
    makeDirectory: (context, _mode, path) => {
      const full = this.resolve(this.base(context), path);
      if (this.nodes.has(full)) return refuse("Exists");
      if (!this.nodes.has(parentOf(full))) return refuse("NotFound");
      this.directory(full);
      return { error: 0 };
    },
    symbolicLink: (context, contents, path) => {
      const full = this.resolve(this.base(context), path, false);
      if (this.nodes.has(full)) return refuse("Exists");
      this.symlink(full, contents);
      return { error: 0 };
    },
    mount: (context, flags, _root, path, source) => {
      if (!(context.rights & RIGHT_MANAGE)) return refuse("NoRight");
      this.mounted.push(`${source} ${path} ${flags}`);
      if (!this.nodes.has(path)) this.directory(path);
      return { error: 0, device: BigInt(this.mounted.length) };
    },
    unlink: (context, path) => this.nodes.delete(this.resolve(this.base(context), path, false)) ? { error: 0 } : refuse("NotFound"),
    path: (context) => ({ error: 0, path: encodeText(this.base(context)) }),
    close: () => ({ error: 0 }),
    removeDirectory: unsupported, rename: unsupported, link: unsupported, readLink: unsupported, readDirectory: unsupported, setMode: unsupported, setTimes: unsupported,
    setSize: unsupported, status: unsupported, sync: unsupported, unmount: unsupported, abandon: unsupported, mounts: unsupported, bind: unsupported, remount: unsupported, where: unsupported, resolve: unsupported,
    mountTable: () => {
      const made = this.kernel.dataspaceCreate(8192n), table = this.kernel.capMint(made, RIGHT_READ | RIGHT_GRANT, 0);
      this.kernel.capDelete(made);
      return { error: 0, table };
    },
  };

  private readonly files: FileHandlers = {
    read: (context, position) => this.with(context, (open) => {
      const { data } = this.kernel.dataspaceRead(open.node.data, position < 0n ? BigInt(open.position) : position, context.room);
      if (position < 0n) open.position += data.length;
      return { error: 0, data };
    }),
    write: (context, position, data) => this.with(context, (open) => {
      const at = open.flags & FileFlags.Append ? open.node.size : position < 0n ? open.position : Number(position);
      this.write(open.node, at, data);
      if (position < 0n) open.position = at + data.length;
      return { error: 0, written: data.length, size: BigInt(open.node.size) };
    }),
    stat: (context) => this.with(context, (open) => ({ error: 0, attributes: attributesOf(open.node) })),
    poll: (context, _events, notify, bits) => this.with(context, ({ node }) => {
      if (!node.absent) return { error: 0, ready: PollEvents.Readable | PollEvents.Writable };
      if (notify) node.waiting.push({ notify: this.custody.keep(notify), bits });
      return { error: 0, ready: 0 };
    }),
    setMode: (context, mode) => this.with(context, ({ node }) => { node.mode = mode; return { error: 0 }; }),
    sync: () => ({ error: 0 }), setFlags: () => ({ error: 0 }), close: () => ({ error: 0 }),
    setSize: unsupported, setTimes: unsupported, seek: unsupported, reopen: unsupported,
  };

  private open(path: string, node: FakeNode, flags: number): number {
    const badge = ++this.lastBadge;
    const watched = this.kernel.capMint(this.endpoint, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, badge);
    this.kernel.capWatch(watched);
    this.opens.set(badge, { path, node, position: 0, flags, watched });
    return this.kernel.capCopy(watched);
  }
  private with<Result>(context: CallContext, use: (open: Open) => Result): Result | { error: 1 } {
    const open = this.opens.get(context.badge);
    return open ? use(open) : { error: errorNumber("BadHandle") as 1 };
  }
  private base(context: CallContext): string { return this.opens.get(context.badge)?.path ?? "/"; }
  private resolve(base: string, path: string, follow = true): string {
    let full = path.startsWith("/") ? path : `${base === "/" ? "" : base}/${path}`;
    for (let hops = 0; follow && hops < 8; hops++) {
      const node = this.nodes.get(full);
      if (node?.kind !== FileKind.SymbolicLink) break;
      full = node.link.startsWith("/") ? node.link : `${parentOf(full) === "/" ? "" : parentOf(full)}/${node.link}`;
    }
    return full;
  }
  private node(kind: number, mode: number): FakeNode {
    return { kind, mode, data: kind === FileKind.Regular ? this.kernel.dataspaceCreate(0n) : 0, size: 0, link: "", absent: false, waiting: [] };
  }
  private write(node: FakeNode, at: number, data: Uint8Array): void {
    node.size = Math.max(node.size, at + data.length);
    this.kernel.dataspaceResize(node.data, BigInt(node.size));
    this.kernel.dataspaceWrite(node.data, BigInt(at), data);
  }
}

const unsupported = (): ReturnType<typeof refuse> => refuse("NotSupported");
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

function attributesOf(node: FakeNode): Attributes {
  return {
    device: 1n, inode: 1n, kind: node.kind, mode: node.mode, links: 1, blockSize: 4096, size: BigInt(node.size), blocks: BigInt(Math.ceil(node.size / 512)),
    accessed: 0n, modified: 0n, changed: 0n, reserved: 0n,
  };
}
