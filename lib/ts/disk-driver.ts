// A block driver but for its device: the interfaces `disks` (the capability without a badge, with the right Manage) and `disk` (a badge for each open
// disk), their checks, who has what open, the figures. The device is a DiskBackend (disk-backend.ts). In a driver's main.ts:
//
//   serve(kernel, new DiskDriver(kernel, "disk-ram", new RamDisks()));              // a backend that never waits
//   await serveAsync(kernel, new DiskDriver(kernel, "disk-idb", backend));          // one that gives promises
//
// Calls to one disk are done in the order in which they came, as are those to the driver itself; disks do not wait for one another. An open disk
// ends with its last capability; whoever opens it next waits until it is closed.

import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import type { CallContext, Failure } from "../../abi/generated/ts/message.ts";
import type { DiskStatistics } from "../../abi/generated/ts/records.ts";
import type { DisksOpenResult } from "../../abi/generated/ts/client/disks.ts";
import { dispatchDisk, encodeDiskFlush, encodeDiskRead, encodeDiskWrite, type DiskHandlers } from "../../abi/generated/ts/server/disk.ts";
import {
  dispatchDisks, encodeDisksCreate, encodeDisksCreateFrom, encodeDisksList, encodeDisksOpen, encodeDisksRemove, encodeDisksRename, type DisksHandlers,
} from "../../abi/generated/ts/server/disks.ts";
import { LABEL_ORPHAN, RANGE_LIMIT, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE, SLOT_SELF, TRANSFER_LIMIT } from "../../abi/layout/limits.ts";
import { Custody } from "./custody.ts";
import { DiskError, isDiskName, isDiskSize, SECTOR, type DiskBackend, type DiskMedium, type DiskRow, type Eventually } from "./disk-backend.ts";
import type { Incoming, Kernel, Outcome } from "./kernel.ts";
import { Sequence } from "./sequence.ts";
import { answer, isNotice, type Server } from "./serve.ts";
import { failure, refuse, refuseWith } from "./status.ts";
import { encodeText } from "./text.ts";

/** A disk that is open, once or (read-only) more often. */
interface OpenMedium { readonly name: string; readonly medium: DiskMedium; readonly readOnly: boolean; readonly sequence: Sequence; opens: number }
/** What a badge stands for. */
interface OpenDisk { readonly shared: OpenMedium; readonly watched: number; readonly figures: DiskStatistics }

const MAX_OPEN = 256;

export class DiskDriver implements Server {
  readonly custody: Custody;
  private readonly disks = new Map<number, OpenDisk>();
  private readonly media = new Map<string, OpenMedium>();
  private readonly management = new Sequence();
  private lastBadge = 0;
  /** Promises that have not settled: while there are none, the Worker may block. */
  private outstanding = 0;

  /** `name`: what log lines start with. */
  constructor(private readonly kernel: Kernel, private readonly name: string, private readonly backend: DiskBackend) { this.custody = new Custody(kernel); }

  dispatch(incoming: Incoming): Outcome | "deferred" {
    if (isNotice(incoming)) {
      if (incoming.label === LABEL_ORPHAN) this.orphaned(incoming.badge);
      return { status: 0 };
    }
    if (incoming.badge !== 0) return this.disks.has(incoming.badge) ? dispatchDisk(this.diskHandlers, incoming) : { status: failure("BadHandle") };
    return incoming.rights & RIGHT_MANAGE ? dispatchDisks(this.disksHandlers, incoming) : { status: failure("NoRight") };
  }

  waits(): boolean { return this.outstanding > 0; }

  // ---- disks

  private readonly disksHandlers: DisksHandlers = {
    list: (context, position) => this.perform(context, this.management, encodeDisksList, () => eventually(this.backend.list(), (rows) => {
      const text = encodeText(rows.map((row) => this.line(row)).join("")), from = position > BigInt(text.length) ? text.length : Number(position);
      return { error: 0, text: text.subarray(from, from + Math.min(context.room, RANGE_LIMIT)) };
    })),
    open: (context, flags, name) => {
      if (flags & ~DiskFlags.ReadOnly) return refuse("BadArgument");
      return isDiskName(name) ? this.perform(context, this.management, encodeDisksOpen, () => this.open(name, flags !== 0)) : refuse("NotFound");
    },
    create: (context, size, name) => {
      const { backend } = this;
      if (!isDiskName(name) || !isDiskSize(size)) return refuse("BadArgument");
      return this.perform(context, this.management, encodeDisksCreate, () => backend.create ? eventually(backend.create(name, Number(size)), done) : refuse("NotSupported"));
    },
    createFrom: (context, base, name, source) => {
      const { backend, kernel } = this;
      if (!isDiskName(name)) return refuse("BadArgument");
      if (!backend.createFrom) return refuse("NotSupported");
      const kept = this.custody.keep(base);
      const disown = (error: unknown): never => {
        if (kept) kernel.capDelete(kept);
        throw error;
      };
      return this.perform(context, this.management, encodeDisksCreateFrom, () => {
        let made: Eventually<void>;
        try { made = backend.createFrom!(name, source, kept); } catch (error) { return disown(error); }
        return made instanceof Promise ? made.then(done, disown) : done();
      });
    },
    remove: (context, name) => this.perform(context, this.management, encodeDisksRemove, () => {
      const { backend } = this;
      if (this.media.has(name)) return refuse("Busy");
      if (!backend.remove) return refuse("NotSupported");
      return isDiskName(name) ? eventually(backend.remove(name), done) : refuse("NotFound");
    }),
    rename: (context, from, to) => this.perform(context, this.management, encodeDisksRename, () => {
      const { backend } = this;
      if (!isDiskName(to)) return refuse("BadArgument");
      if (this.media.has(from) || this.media.has(to)) return refuse("Busy");
      if (!backend.rename) return refuse("NotSupported");
      return isDiskName(from) ? eventually(backend.rename(from, to), done) : refuse("NotFound");
    }),
  };

  private line({ name, size, flags, origin }: DiskRow): string {
    return `${name}\t${size}\t${flags}\t${this.media.has(name) ? "open" : "closed"}\t${origin || "-"}\n`;
  }

  private open(name: string, readOnly: boolean): Eventually<DisksOpenResult> {
    if (this.disks.size >= MAX_OPEN) return refuse("TooManyOpen");
    const open = this.media.get(name);
    if (open) return open.readOnly && readOnly ? this.hand(open) : refuse("Busy");
    return eventually(this.backend.open(name, readOnly), (medium) => {
      const shared: OpenMedium = { name, medium, readOnly: readOnly || (medium.flags & DiskFlags.ReadOnly) !== 0, sequence: new Sequence(), opens: 0 };
      this.media.set(name, shared);
      const result = this.hand(shared);
      return result.error === 0 ? result : eventually(this.close(shared), () => result);
    });
  }

  private hand(shared: OpenMedium): DisksOpenResult {
    const badge = this.freeBadge(), { kernel } = this;
    const watched = kernel.capMint(SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, badge), disk = watched < 0 ? watched : kernel.capCopy(watched);
    if (disk < 0) {
      if (watched > 0) kernel.capDelete(watched);
      return refuseWith(disk);
    }
    kernel.capWatch(watched);
    shared.opens++;
    this.disks.set(badge, { shared, watched, figures: { reads: 0n, writes: 0n, flushes: 0n, bytesRead: 0n, bytesWritten: 0n, failures: 0n } });
    return { error: 0, disk };
  }

  private freeBadge(): number {
    do this.lastBadge = (this.lastBadge + 1) & 0x7fffffff || 1; while (this.disks.has(this.lastBadge));
    return this.lastBadge;
  }

  /** The last capability of an open disk is gone. */
  private orphaned(badge: number): void {
    const disk = this.disks.get(badge);
    if (!disk) return;
    this.disks.delete(badge);
    this.kernel.capDelete(disk.watched);
    if (--disk.shared.opens > 0) return;
    try {
      const closed = this.management.run(() => disk.shared.opens > 0 ? undefined : this.close(disk.shared));
      if (closed instanceof Promise) {
        this.outstanding++;
        void closed.catch((error: unknown) => this.failed(error)).then(() => { this.outstanding--; });
      }
    } catch (error) { this.failed(error); }
  }

  /** Once what is under way on it has ended. It counts as closed whether or not that works. */
  private close(shared: OpenMedium): Eventually<void> {
    return shared.sequence.run(() => {
      this.media.delete(shared.name);
      return shared.medium.close();
    });
  }

  // ---- disk

  private readonly diskHandlers: DiskHandlers = {
    info: ({ badge }) => {
      const { medium, readOnly } = this.disks.get(badge)!.shared;
      const flags = readOnly ? medium.flags | DiskFlags.ReadOnly : medium.flags;
      return { error: 0, info: { size: BigInt(medium.size), sectorSize: SECTOR, flags, transferLimit: TRANSFER_LIMIT, reserved0: 0, reserved1: 0n } };
    },
    read: (context, offset) => {
      const { shared: { medium, sequence }, figures } = this.disks.get(context.badge)!, { room } = context;
      figures.reads++;
      if (!isSpan(medium, offset, room)) return this.failure(figures, "BadArgument");
      return this.perform(context, sequence, encodeDiskRead, () => eventually(medium.read(Number(offset), room), (data) => {
        if (data.length !== room) throw new Error(`read gave ${data.length} bytes instead of ${room}`);
        figures.bytesRead += BigInt(room);
        return { error: 0, data };
      }), figures);
    },
    write: (context, offset, data) => {
      const { shared: { medium, readOnly, sequence }, figures } = this.disks.get(context.badge)!;
      figures.writes++;
      if (readOnly || !isSpan(medium, offset, data.length)) return this.failure(figures, readOnly ? "ReadOnly" : "BadArgument");
      return this.perform(context, sequence, encodeDiskWrite, () => eventually(medium.write(Number(offset), data), () => {
        figures.bytesWritten += BigInt(data.length);
        return done();
      }), figures);
    },
    flush: (context) => {
      const { shared: { medium, sequence }, figures } = this.disks.get(context.badge)!;
      figures.flushes++;
      return this.perform(context, sequence, encodeDiskFlush, () => eventually(medium.flush(), done), figures);
    },
    statistics: ({ badge }) => ({ error: 0, statistics: this.disks.get(badge)!.figures }),
  };

  // ---- doing things, now or later

  /** Answers with what `task` gives once its turn has come; at once if it never has to wait. */
  private perform<R extends { error: 0 }>(
    context: CallContext, sequence: Sequence, encode: (result: R | Failure) => Outcome, task: () => Eventually<R | Failure>, figures?: DiskStatistics,
  ): R | Failure | "deferred" {
    let made: Eventually<R | Failure>;
    try { made = sequence.run(task); } catch (error) { return this.failed(error, figures); }
    if (!(made instanceof Promise)) return made;
    this.outstanding++;
    void made.catch((error: unknown) => this.failed(error, figures)).then((result) => {
      this.outstanding--;
      answer(this.kernel, context.reply, encode(result));
    });
    return "deferred";
  }

  /** The refusal that an error stands for. */
  private failed(error: unknown, figures?: DiskStatistics): Failure {
    if (error instanceof DiskError) return this.failure(figures, error.error);
    this.kernel.log(`${this.name}: warning: ${error instanceof Error ? error.message : String(error)}`);
    return this.failure(figures, "Io");
  }

  private failure(figures: DiskStatistics | undefined, error: DiskError["error"]): Failure {
    if (figures) figures.failures++;
    return refuse(error);
  }
}

const done = (): { error: 0 } => ({ error: 0 });

/** `then`, for what may not be a promise. */
function eventually<T, R>(value: Eventually<T>, use: (value: T) => R): Eventually<Awaited<R>> {
  return (value instanceof Promise ? value.then(use) : use(value)) as Eventually<Awaited<R>>;
}

function isSpan({ size }: DiskMedium, offset: bigint, length: number): boolean {
  return length <= TRANSFER_LIMIT && length % SECTOR === 0 && offset % BigInt(SECTOR) === 0n && offset <= BigInt(size) && offset + BigInt(length) <= BigInt(size);
}
