// The one closed list of errors. A status that crosses a protection boundary is 0 or one of these, negated
// (-3 is NoRight). Numbers are grouped by cause and never reused.

export interface ErrorDefinition { readonly number: number; readonly cause: string; readonly example: string }

export const errors = {
  // The call itself was wrong: nothing was done.
  BadHandle: { number: 1, cause: "the capability slot is empty or holds another kind of object", example: "reading from file descriptor 7 that was closed" },
  BadArgument: { number: 2, cause: "an argument is outside its documented range", example: "a receive range longer than the transfer window" },
  NoRight: { number: 3, cause: "the capability lacks the right that the call needs", example: "writing to a Dataspace held read-only" },
  BadMethod: { number: 4, cause: "the interface has no method of that number", example: "label 0x21ff sent to a file" },
  BadMessage: { number: 5, cause: "the message has the wrong number of words, capabilities or ranges for its method", example: "open without a path" },
  TooLong: { number: 6, cause: "a range, name or path exceeds its limit", example: "a file name of 300 bytes" },
  // The other side.
  PeerDied: { number: 16, cause: "the domain that would answer has died", example: "the file server was killed during a read" },
  Timeout: { number: 17, cause: "nothing happened within the time given", example: "waiting 5 ms for a signal" },
  Interrupted: { number: 18, cause: "the wait was broken off by a signal", example: "Ctrl-C while reading the terminal" },
  WouldBlock: { number: 19, cause: "the operation would have to wait and was told not to", example: "reading an empty pipe without blocking" },
  WouldDeadlock: { number: 20, cause: "the call re-enters a server that the thread is already inside", example: "a file system calling the VFS that called it" },
  Canceled: { number: 21, cause: "the object was revoked while the call was under way", example: "an endpoint deleted with callers queued" },
  // Resources.
  NoMemory: { number: 32, cause: "memory is used up", example: "no free frame for a page" },
  QuotaExceeded: { number: 33, cause: "the domain has reached its own quota", example: "the 4097th capability" },
  TryAgain: { number: 34, cause: "a system-wide limit is reached for the moment", example: "starting the 97th domain" },
  NoSpace: { number: 35, cause: "the file system is full", example: "writing to a full disk" },
  TooManyOpen: { number: 36, cause: "a table of open objects is full", example: "the 1025th open file of a process" },
  // Names and files.
  NotFound: { number: 48, cause: "the name does not exist", example: "opening /nowhere" },
  Exists: { number: 49, cause: "the name exists already", example: "mkdir of an existing directory" },
  NotDirectory: { number: 50, cause: "a component used as a directory is none", example: "opening /etc/motd/x" },
  IsDirectory: { number: 51, cause: "the object is a directory and must not be", example: "writing to /tmp" },
  NotEmpty: { number: 52, cause: "the directory has entries", example: "rmdir of a full directory" },
  NotLink: { number: 53, cause: "the object is no symbolic link", example: "readlink of a plain file" },
  LinkLoop: { number: 54, cause: "too many symbolic links on the way", example: "a link to itself" },
  CrossDevice: { number: 55, cause: "the two names are on different file systems", example: "rename from /tmp to /disk" },
  ReadOnly: { number: 56, cause: "the file system is read-only", example: "creating a file in /bin" },
  Busy: { number: 57, cause: "the object is in use in a way that forbids the operation", example: "unmounting with files open" },
  AccessDenied: { number: 58, cause: "the permission bits forbid it", example: "executing a file without x" },
  TooLarge: { number: 59, cause: "the file or offset exceeds what the file system can hold", example: "truncate to 2^60" },
  NotSeekable: { number: 60, cause: "the object has no position", example: "seeking a pipe" },
  BrokenPipe: { number: 61, cause: "the pipe has no reader", example: "yes | true" },
  TooManyLinks: { number: 62, cause: "the link count is at its limit", example: "the 65,001st hard link" },
  // Programs.
  BadProgram: { number: 80, cause: "the file is no program that any loader knows", example: "running a picture" },
  MissingImport: { number: 81, cause: "the program imports what the personality does not provide", example: "a module that imports env.foo" },
  NoProcess: { number: 82, cause: "there is no such process", example: "kill 9999" },
  NoChild: { number: 83, cause: "the caller has no such child", example: "waiting for a stranger" },
  // The rest.
  NotSupported: { number: 96, cause: "the object does not offer this operation", example: "truncate on a terminal" },
  Unavailable: { number: 97, cause: "the service is not up yet or is draining", example: "a lookup while the name server restarts" },
  Corrupt: { number: 98, cause: "stored data is inconsistent", example: "an archive with a broken header" },
  Io: { number: 99, cause: "a device failed", example: "the network went away during a fetch" },
  Fault: { number: 100, cause: "an address lies outside the memory it should be in", example: "reading into a buffer past the end" },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorName = keyof typeof errors;
