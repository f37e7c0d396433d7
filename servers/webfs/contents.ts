// Contents of files, each in a Dataspace that is made at the first open and shared by all later ones:
//
//   absent ──load──▶ loading ──▶ present ──(memory is short)──▶ absent
//                       └──────▶ absent again, with the failure told to all who wait
//
// We are the pager of our Dataspaces: who reads an absent page waits until the file is here; open waits for nothing. When
// memory is short, the contents used longest ago are given back. Without pagers (`eager`) open has to wait, and what is open stays.

import { FRAME_SIZE, SLOT_SELF } from "../../abi/layout/limits.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import type { Log } from "../../lib/ts/log.ts";
import { errorName, failure } from "../../lib/ts/status.ts";
import { encodeText } from "../../lib/ts/text.ts";
import type { Archives } from "./archives.ts";
import type { Fetching } from "./fetching.ts";
import type { Inode } from "./tree.ts";

export interface Content {
  readonly inode: Inode;
  /** Slot. */
  readonly dataspace: number;
  state: "absent" | "loading" | "present";
  /** Of the last load: a negated error, or 0. */
  status: number;
  /** Called with the status of the load, once. */
  readonly waiting: ((status: number) => void)[];
  /** Open files on it. */
  opens: number;
  used: number;
}

/** Bytes written to a Dataspace at a time. */
const CHUNK = 262_144;

export class Contents {
  private readonly byInode = new Map<number, Content>();
  private clock = 0;

  constructor(private readonly kernel: Kernel, private readonly fetching: Fetching, private readonly archives: Archives, private readonly log: Log, readonly eager: boolean) {}

  find(inode: number): Content | undefined { return this.byInode.get(inode); }

  /** The content of a file, its Dataspace made if need be; or a negated error. */
  of(inode: Inode): Content | number {
    const known = this.byInode.get(inode.number);
    if (known) { known.used = ++this.clock; return known; }
    const dataspace = this.kernel.dataspaceCreate(BigInt(inode.size));
    if (dataspace < 0) return dataspace;
    const status = this.eager ? 0 : this.kernel.dataspaceSetPager(dataspace, SLOT_SELF, inode.number);
    if (status < 0) { this.kernel.capDelete(dataspace); return status; }
    const content: Content = { inode, dataspace, state: inode.size === 0 ? "present" : "absent", status: 0, waiting: [], opens: 0, used: ++this.clock };
    this.byInode.set(inode.number, content);
    return content;
  }

  /** Make it present; `done` is called at once if it is, else when it has come or failed. */
  load(content: Content, done: (status: number) => void): void {
    if (content.state === "present") { done(0); return; }
    content.waiting.push(done);
    if (content.state === "loading") return;
    content.state = "loading";
    const { source } = content.inode;
    switch (source?.kind) {
      case "text": this.fill(content, encodeText(source.text)); break;
      case "url": this.fetching.get(source.url, content.inode.size, (fetched) => this.fill(content, fetched)); break;
      case "member": this.archives.bytes(source.archive, (fetched) => this.fill(content, "fault" in fetched ? fetched : fetched.subarray(source.offset, source.offset + content.inode.size))); break;
      default: this.finish(content, failure("Io"));
    }
  }

  private fill(content: Content, bytes: Uint8Array | { readonly fault: string }): void {
    if ("fault" in bytes || bytes.length !== content.inode.size) { this.finish(content, failure("Io")); return; }
    for (let at = 0; at < bytes.length;) {
      const written = this.kernel.dataspaceWrite(content.dataspace, BigInt(at), bytes.subarray(at, at + CHUNK));
      if (written > 0) { at += written; continue; }
      if ((written === failure("QuotaExceeded") || written === failure("NoMemory")) && this.giveBack(content)) continue;
      this.log.warn(`no room for ${content.inode.size} bytes: ${errorName(written)}`);
      this.kernel.dataspaceEvict(content.dataspace, 0, pagesOf(content));
      this.finish(content, written < 0 ? written : failure("NoMemory"));
      return;
    }
    this.finish(content, 0);
  }

  private finish(content: Content, status: number): void {
    content.state = status < 0 ? "absent" : "present";
    content.status = status;
    for (const done of content.waiting.splice(0)) done(status);
  }

  /** Frees the frames of the content used longest ago. False if there is none that may go. */
  private giveBack(needy: Content): boolean {
    const candidates = [...this.byInode.values()].filter((content) => content !== needy && content.state === "present" && content.inode.size > 0 && (!this.eager || content.opens === 0));
    const oldest = candidates.sort((a, b) => (a.opens > 0 ? 1 : 0) - (b.opens > 0 ? 1 : 0) || a.used - b.used)[0];
    if (!oldest) return false;
    this.kernel.dataspaceEvict(oldest.dataspace, 0, pagesOf(oldest));
    oldest.state = "absent";
    return true;
  }
}

function pagesOf(content: Content): number { return Math.ceil(content.inode.size / FRAME_SIZE); }
