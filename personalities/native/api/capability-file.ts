// An open file that is a capability of some server. While no other process holds it, its position is kept here and reads of a file
// with a readable Dataspace go straight to the kernel, without a call to any server. Writes always go to the server, which may know the
// Dataspace's writers only by that. Once it is shared (given to a child, or taken from the parent), the server keeps the position.

import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { TerminalClient } from "../../../abi/generated/ts/client/terminal.ts";
import { FileFlags, FileKind } from "../../../abi/generated/ts/enums.ts";
import { RIGHT_READ } from "../../../abi/layout/limits.ts";
import type { Attributes } from "../../../abi/generated/ts/records.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { Failure, type Result } from "./failure.ts";
import type { Kind, Stat } from "./native-system.ts";
import type { OpenFile } from "./open-file.ts";

const SHARED = -1n;

const kinds: Readonly<Record<number, Kind>> = {
  [FileKind.Regular]: "regular", [FileKind.Directory]: "directory", [FileKind.SymbolicLink]: "link", [FileKind.CharacterDevice]: "character",
  [FileKind.BlockDevice]: "block", [FileKind.Pipe]: "pipe", [FileKind.Socket]: "socket",
};

export function kindOf(number: number): Kind { return kinds[number] ?? "unknown"; }

export function statOf(attributes: Attributes): Stat {
  const { device, inode, mode, links, blockSize, accessed, modified, changed } = attributes;
  return { device, inode, mode, links, blockSize, accessed, modified, changed, kind: kindOf(attributes.kind), size: Number(attributes.size), blocks: Number(attributes.blocks) };
}

export class CapabilityFile implements OpenFile {
  readonly file: FileClient;
  private position = 0n;
  private isTerminalKnown: boolean | undefined;
  /** Reads may go to the Dataspace. */
  private readonly readable: boolean;

  constructor(private readonly kernel: Kernel, readonly cap: number, /** 0: none */ private readonly data: number, readonly kind: Kind, private readonly flags: number, private shared: boolean) {
    this.file = new FileClient(kernel, cap);
    if (kind !== "regular") this.shared = true;
    const rights = data === 0 ? 0 : kernel.capInfo(data)?.rights ?? 0;
    this.readable = (flags & FileFlags.Read) !== 0 && (rights & RIGHT_READ) !== 0;
  }

  read(length: number): Result<Uint8Array> {
    if (this.kind === "directory") return new Failure("IsDirectory");
    if (this.readable && !this.shared) {
      const { status, data } = this.kernel.dataspaceRead(this.data, this.position, length);
      if (status < 0) return Failure.ofNumber(status);
      this.position += BigInt(data.length);
      return data;
    }
    const answer = this.file.read(this.shared ? SHARED : this.position, Math.min(length, 65536));
    if (answer.error) return Failure.ofNumber(answer.error);
    if (!this.shared) this.position += BigInt(answer.data.length);
    return answer.data;
  }

  write(data: Uint8Array): Result<number> {
    const chunk = data.length > 65536 ? data.subarray(0, 65536) : data;
    const answer = this.file.write(this.shared ? SHARED : this.position, chunk);
    if (answer.error) return Failure.ofNumber(answer.error);
    if (!this.shared) this.position = this.flags & FileFlags.Append ? answer.size : this.position + BigInt(answer.written);
    return answer.written;
  }

  seek(offset: number, whence: 0 | 1 | 2): Result<number> {
    if (this.shared) {
      const answer = this.file.seek(BigInt(offset), whence);
      return answer.error ? Failure.ofNumber(answer.error) : Number(answer.position);
    }
    let base = 0n;
    if (whence === 1) base = this.position;
    if (whence === 2) {
      const stat = this.stat();
      if (stat instanceof Failure) return stat;
      base = BigInt(stat.size);
    }
    if (base + BigInt(offset) < 0n) return new Failure("BadArgument");
    this.position = base + BigInt(offset);
    return Number(this.position);
  }

  stat(): Result<Stat> {
    const answer = this.file.stat();
    return answer.error ? Failure.ofNumber(answer.error) : statOf(answer.attributes);
  }

  setSize(size: number): Result<0> {
    const answer = this.file.setSize(BigInt(size));
    return answer.error ? Failure.ofNumber(answer.error) : 0;
  }

  sync(): Result<0> {
    const answer = this.kind === "directory" ? new DirectoryClient(this.kernel, this.cap).sync("") : this.file.sync(false);
    return answer.error ? Failure.ofNumber(answer.error) : 0;
  }

  /** From now on another process may move the position: hand it to the server. */
  share(): void {
    if (this.shared) return;
    this.file.seek(this.position, 0);
    this.shared = true;
  }

  get terminal(): TerminalClient { return new TerminalClient(this.kernel, this.cap); }

  get isTerminal(): boolean {
    return (this.isTerminalKnown ??= (this.kind === "character" || this.kind === "unknown") && this.terminal.state().error === 0);
  }

  /** An open file that others may hold is not closed at the server: the kernel tells it when the last capability goes. */
  release(): void {
    if (!this.shared) this.file.close();
    this.kernel.capDelete(this.cap);
    if (this.data !== 0) this.kernel.capDelete(this.data);
  }
}
