// An error of the system as the native API gives it: a value that is returned, never thrown. Test with `instanceof Failure`.
// The messages are those that people know from POSIX systems; the record is total, so a new error of the contract does not
// compile until it has one.

import { errors, type ErrorName } from "../../../abi/idl/errors.ts";

export type { ErrorName };

const messages: Readonly<Record<ErrorName, string>> = {
  BadHandle: "Bad file descriptor",
  BadArgument: "Invalid argument",
  NoRight: "Operation not permitted",
  BadMethod: "Function not implemented",
  BadMessage: "Bad message",
  TooLong: "File name too long",
  PeerDied: "Server died",
  Timeout: "Connection timed out",
  Interrupted: "Interrupted system call",
  WouldBlock: "Resource temporarily unavailable",
  WouldDeadlock: "Resource deadlock avoided",
  Canceled: "Operation canceled",
  NoMemory: "Cannot allocate memory",
  QuotaExceeded: "Quota exceeded",
  TryAgain: "Resource temporarily unavailable",
  NoSpace: "No space left on device",
  TooManyOpen: "Too many open files",
  NotFound: "No such file or directory",
  Exists: "File exists",
  NotDirectory: "Not a directory",
  IsDirectory: "Is a directory",
  NotEmpty: "Directory not empty",
  NotLink: "Invalid argument",
  LinkLoop: "Too many levels of symbolic links",
  CrossDevice: "Invalid cross-device link",
  ReadOnly: "Read-only file system",
  Busy: "Device or resource busy",
  AccessDenied: "Permission denied",
  TooLarge: "File too large",
  NotSeekable: "Illegal seek",
  BrokenPipe: "Broken pipe",
  TooManyLinks: "Too many links",
  BadProgram: "Exec format error",
  MissingImport: "The program imports what this system does not provide",
  NoProcess: "No such process",
  NoChild: "No child processes",
  NotSupported: "Operation not supported",
  Unavailable: "Service unavailable",
  Corrupt: "Structure needs cleaning",
  Io: "Input/output error",
  Fault: "Bad address",
};

const nameOfNumber = new Map<number, ErrorName>(
  (Object.entries(errors) as [ErrorName, { number: number }][]).map(([name, { number }]) => [number, name]),
);

export class Failure {
  constructor(readonly error: ErrorName, /** What is known beyond the error: why a program was refused. */ readonly detail = "") {}

  /** As POSIX's strerror says it: "No such file or directory". */
  get message(): string { return this.detail === "" ? messages[this.error] : this.detail; }

  toString(): string { return this.message; }

  /** From a positive error number, as generated clients give it, or a negated one, as the kernel does. */
  static ofNumber(number: number): Failure { return new Failure(nameOfNumber.get(Math.abs(number)) ?? "Io"); }
}

export type Result<T> = T | Failure;
