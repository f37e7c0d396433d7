// What a block driver brings to DiskDriver (disk-driver.ts): where its disks are kept, and how sectors of an open one are read and written.
//
// A method may answer at once or by a promise; it refuses by throwing a DiskError. Anything else that is thrown is a failure of the
// device: the caller gets Io, and the log says what it was. DiskDriver has checked all arguments, and never calls a medium again before its last
// promise has settled; nor a backend. So neither needs locks.

import { DiskFlags } from "../../abi/generated/ts/enums.ts";
import type { ErrorName } from "../../abi/idl/errors.ts";

export const SECTOR = 512;
/** Bytes of the largest disk. */
export const MAX_DISK = 2 ** 36;

export type Eventually<T> = T | Promise<T>;

/** A refusal with an error of the closed list. */
export class DiskError extends Error {
  constructor(readonly error: ErrorName, why = "") { super(why ? `${error}: ${why}` : error); }
}

/** A line of `disks.list`. `origin`: where its contents come from. */
export interface DiskRow { readonly name: string; readonly size: number; readonly flags: DiskFlags; readonly origin?: string }

/** An open disk. */
export interface DiskMedium {
  /** Bytes, a multiple of SECTOR. */
  readonly size: number;
  /** Persistent, ReadOnly: what the disk is, however it was opened. */
  readonly flags: DiskFlags;
  /** Whole sectors within the size: exactly `length` bytes (0 to TRANSFER_LIMIT), which the medium does not change before it was asked twice more. */
  read(offset: number, length: number): Eventually<Uint8Array>;
  /** Whole sectors within the size; `data` is the medium's to keep. Never called if it was opened, or is, read-only. */
  write(offset: number, data: Uint8Array): Eventually<void>;
  /** All that was written before is stable when this is done. */
  flush(): Eventually<void>;
  /** Nobody has it open any more. What was not flushed should still be kept, where the device can. Called once. */
  close(): Eventually<void>;
}

/** The disks of a driver. Names that come in are disk names (isDiskName). What is not offered is absent: NotSupported. */
export interface DiskBackend {
  list(): Eventually<readonly DiskRow[]>;
  /** Throws NotFound, Busy (held elsewhere), Unavailable. Not called again for a name before its medium was closed: read-only opens share it. */
  open(name: string, readOnly: boolean): Eventually<DiskMedium>;
  /** A disk of zeros; `size` is a positive multiple of SECTOR, at most MAX_DISK. Throws Exists, NoSpace. */
  create?(name: string, size: number): Eventually<void>;
  /** `base`: slot of a capability, 0 for none. It is the backend's if this succeeds, and deleted if not. Throws Exists, NotFound, BadArgument. */
  createFrom?(name: string, source: string, base: number): Eventually<void>;
  /** Of a disk that is closed. Throws NotFound. */
  remove?(name: string): Eventually<void>;
  /** Of a disk that is closed. Throws NotFound, Exists. */
  rename?(from: string, to: string): Eventually<void>;
}

/** 1–63 letters, digits, `.`, `_` and `-`; not `.` or `..`. */
export function isDiskName(name: string): boolean { return /^[A-Za-z0-9._-]{1,63}$/.test(name) && name !== "." && name !== ".."; }

export function isDiskSize(size: bigint): boolean { return size > 0n && size <= BigInt(MAX_DISK) && size % BigInt(SECTOR) === 0n; }
