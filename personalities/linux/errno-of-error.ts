// What each error of the system is called in WASI. The record is total: a new error in abi/idl/errors.ts does not compile
// until it is mapped here. `generate.ts` turns it into assembly/generated/errno-of.ts.

import type { ErrorName } from "../../abi/idl/errors.ts";
import type * as wasi from "./layout/wasi.ts";

/** The name of an errno constant in layout/wasi.ts. */
export type ErrnoName = Extract<keyof typeof wasi, `E${string}`>;

export const errnoOfError: Readonly<Record<ErrorName, ErrnoName>> = {
  BadHandle: "EBADF",
  BadArgument: "EINVAL",
  NoRight: "EACCES",
  // A file descriptor of a kind that does not speak the interface, such as reading from a directory's handle.
  BadMethod: "ENOTSUP",
  BadMessage: "EPROTO",
  TooLong: "ENAMETOOLONG",
  PeerDied: "EIO",
  Timeout: "ETIMEDOUT",
  Interrupted: "EINTR",
  WouldBlock: "EAGAIN",
  WouldDeadlock: "EDEADLK",
  Canceled: "ECANCELED",
  NoMemory: "ENOMEM",
  // Of a domain's quotas a program can reach only that of capabilities, by opening files.
  QuotaExceeded: "EMFILE",
  TryAgain: "EAGAIN",
  NoSpace: "ENOSPC",
  TooManyOpen: "ENFILE",
  NotFound: "ENOENT",
  Exists: "EEXIST",
  NotDirectory: "ENOTDIR",
  IsDirectory: "EISDIR",
  NotEmpty: "ENOTEMPTY",
  NotLink: "EINVAL",
  LinkLoop: "ELOOP",
  CrossDevice: "EXDEV",
  ReadOnly: "EROFS",
  Busy: "EBUSY",
  AccessDenied: "EACCES",
  TooLarge: "EFBIG",
  NotSeekable: "ESPIPE",
  BrokenPipe: "EPIPE",
  TooManyLinks: "EMLINK",
  BadProgram: "ENOEXEC",
  MissingImport: "ENOEXEC",
  NoProcess: "ESRCH",
  NoChild: "ECHILD",
  NotSupported: "ENOTSUP",
  Unavailable: "EAGAIN",
  Corrupt: "EIO",
  Io: "EIO",
  Fault: "EFAULT",
};
