// The device file system, mounted on /dev: one directory with the character devices. Inode 1 is the directory, inode n + 2 device n. An open device has no
// state but the number of its mount, so its capability's badge says all and nothing is kept for it:
//
//   bits 0–7 inode, 8–30 mount (as `device` in open); badge 0 speaks `fileSystem`

import { dispatchFileSystem, type FileSystemHandlers } from "../../abi/generated/ts/server/file-system.ts";
import { dispatchFile, type FileHandlers } from "../../abi/generated/ts/server/file.ts";
import type { CallContext, Failure } from "../../abi/generated/ts/message.ts";
import type { Attributes } from "../../abi/generated/ts/records.ts";
import { FileKind, PollEvents } from "../../abi/generated/ts/enums.ts";
import { MAX_NAME, RANGE_LIMIT, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import { encodeEntries, type Entry } from "../../lib/ts/directory-entries.ts";
import type { Incoming, Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { isNotice, type Server } from "../../lib/ts/serve.ts";
import { failure, refuse, refuseWith } from "../../lib/ts/status.ts";
import type { CharacterDevice } from "./character-devices.ts";

const ROOT = 1, FIRST = 2;
const INODE = 0xff, MOUNT_SHIFT = 8, MOUNTS = 1n << 22n;
const readOnly = (): Failure => refuse("ReadOnly");

export class DevfsServer implements Server {
  readonly custody: Custody;
  private readonly booted: bigint;
  constructor(private readonly kernel: Kernel, private readonly devices: readonly CharacterDevice[]) {
    this.custody = new Custody(kernel);
    this.booted = kernel.wallClock();
  }

  dispatch(incoming: Incoming): Outcome | "deferred" {
    if (isNotice(incoming)) return { status: 0 };
    if (incoming.badge === 0) return dispatchFileSystem(this.fileSystem, incoming);
    return this.device(incoming.badge & INODE) ? dispatchFile(this.files, incoming) : { status: failure("BadHandle") };
  }

  private readonly fileSystem: FileSystemHandlers = {
    root: () => ({ error: 0, inode: BigInt(ROOT) }),
    lookup: (_context, directory, name) => {
      if (directory !== BigInt(ROOT)) return refuse(this.device(directory) ? "NotDirectory" : "NotFound");
      if (name === "." || name === "..") return { error: 0, inode: BigInt(ROOT), kind: FileKind.Directory };
      const index = this.devices.findIndex((device) => device.name === name);
      return index < 0 ? refuse("NotFound") : { error: 0, inode: BigInt(index + FIRST), kind: FileKind.CharacterDevice };
    },
    readDirectory: (context, directory, cookie) => {
      if (directory !== BigInt(ROOT)) return refuse(this.device(directory) ? "NotDirectory" : "NotFound");
      const rest = this.entries().slice(Number(cookie < 1000n ? cookie : 1000n)), entries = encodeEntries(rest, Math.min(context.room, RANGE_LIMIT));
      return rest.length > 0 && entries.length === 0 ? refuse("BadArgument") : { error: 0, entries };
    },
    stat: (_context, inode) => inode === BigInt(ROOT) || this.device(inode) ? { error: 0, attributes: this.attributes(Number(inode), 0n) } : refuse("NotFound"),
    open: (_context, inode, _flags, device) => {
      if (inode === BigInt(ROOT)) return refuse("IsDirectory");
      if (!this.device(inode)) return refuse("NotFound");
      const file = this.mint(Number(inode) | Number(device < MOUNTS ? device : 0n) << MOUNT_SHIFT);
      return file < 0 ? refuseWith(file) : { error: 0, size: 0n, file, data: 0 };
    },
    status: () => ({ error: 0, status: { blockSize: 4096n, blocks: 0n, free: 0n, files: BigInt(this.devices.length + 1), filesFree: 0n, nameLimit: MAX_NAME, readOnly: 0, reserved0: 0n, reserved1: 0n } }),
    readLink: () => refuse("NotLink"),
    setSize: (_context, inode) => this.device(inode) ? { error: 0 } : refuse("NotFound"),
    setTimes: () => ({ error: 0 }), sync: () => ({ error: 0 }), detach: () => ({ error: 0 }), abandon: () => ({ error: 0 }), hold: () => ({ error: 0 }), release: () => ({ error: 0 }),
    create: readOnly, unlink: readOnly, rename: readOnly, link: readOnly, symbolicLink: readOnly, setMode: readOnly,
  };

  private readonly files: FileHandlers = {
    read: (context) => ({ error: 0, data: this.of(context).read(Math.min(context.room, RANGE_LIMIT)) }),
    write: (context, _position, data) => this.of(context).takes || data.length === 0 ? { error: 0, written: data.length, size: 0n } : refuse("NoSpace"),
    stat: (context) => ({ error: 0, attributes: this.attributes(context.badge & INODE, BigInt(context.badge >>> MOUNT_SHIFT)) }),
    seek: () => ({ error: 0, position: 0n }),
    poll: (_context, events) => ({ error: 0, ready: events & (PollEvents.Readable | PollEvents.Writable) }),
    reopen: (context) => {
      const file = this.mint(context.badge);
      return file < 0 ? refuseWith(file) : { error: 0, file };
    },
    setSize: () => refuse("NotSupported"), setMode: readOnly,
    setTimes: () => ({ error: 0 }), sync: () => ({ error: 0 }), setFlags: () => ({ error: 0 }), close: () => ({ error: 0 }),
  };

  private device(inode: number | bigint): CharacterDevice | undefined { return this.devices[Number(inode) - FIRST]; }
  private of(context: CallContext): CharacterDevice { return this.device(context.badge & INODE)!; }
  private mint(badge: number): number { return this.kernel.capMint(SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, badge); }

  private entries(): Entry[] {
    const names: [string, number, number][] = [[".", ROOT, FileKind.Directory], ["..", ROOT, FileKind.Directory], ...this.devices.map(({ name }, index): [string, number, number] => [name, index + FIRST, FileKind.CharacterDevice])];
    return names.map(([name, inode, kind], index) => ({ name, inode: BigInt(inode), kind, next: BigInt(index + 1) }));
  }

  private attributes(inode: number, device: bigint): Attributes {
    const found = this.device(inode), time = this.booted;
    return {
      device, inode: BigInt(inode), kind: found ? FileKind.CharacterDevice : FileKind.Directory, mode: found?.mode ?? 0o755, links: found ? 1 : 2, blockSize: 4096,
      size: 0n, blocks: 0n, accessed: time, modified: time, changed: time, reserved: 0n,
    };
  }
}
