// What a negative status means, in words (abi/idl/errors.ts). For those without words of their own here, the number.

import {
  AccessDenied, BadArgument, BadHandle, BadProgram, BrokenPipe, Exists, Interrupted, Io, IsDirectory, LinkLoop, NoProcess, NoRight, NoSpace, NotDirectory, NotEmpty, NotFound, NotSupported, PeerDied, ReadOnly, TooLong,
  TooManyOpen, TryAgain,
} from "../../../abi/generated/assembly/errors";

export function errorMessage(status: i32): string {
  switch (status) {
    case NotFound: return "No such file or directory";
    case Exists: return "File exists";
    case NotDirectory: return "Not a directory";
    case IsDirectory: return "Is a directory";
    case NotEmpty: return "Directory not empty";
    case AccessDenied: return "Permission denied";
    case NoRight: return "Operation not permitted";
    case ReadOnly: return "Read-only file system";
    case NoSpace: return "No space left on device";
    case LinkLoop: return "Too many levels of symbolic links";
    case TooLong: return "File name too long";
    case TooManyOpen: return "Too many open files";
    case TryAgain: return "Resource temporarily unavailable";
    case BadHandle: return "Bad file descriptor";
    case BadArgument: return "Invalid argument";
    case BadProgram: return "Exec format error";
    case BrokenPipe: return "Broken pipe";
    case Interrupted: return "Interrupted system call";
    case NotSupported: return "Operation not supported";
    case NoProcess: return "No such process";
    case PeerDied: return "Server died";
    case Io: return "Input/output error";
    default: return "Error " + (-status).toString();
  }
}
