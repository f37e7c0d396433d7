// The numbers of WASI preview 1 (wasi_snapshot_preview1.witx) that the emulation library, its generator and its tests share.
// Read by the AssemblyScript and by the TypeScript compiler: integer constants only.

// errno
export const ESUCCESS = 0;
export const E2BIG = 1;
export const EACCES = 2;
export const EADDRINUSE = 3;
export const EADDRNOTAVAIL = 4;
export const EAFNOSUPPORT = 5;
export const EAGAIN = 6;
export const EALREADY = 7;
export const EBADF = 8;
export const EBADMSG = 9;
export const EBUSY = 10;
export const ECANCELED = 11;
export const ECHILD = 12;
export const ECONNABORTED = 13;
export const ECONNREFUSED = 14;
export const ECONNRESET = 15;
export const EDEADLK = 16;
export const EDESTADDRREQ = 17;
export const EDOM = 18;
export const EDQUOT = 19;
export const EEXIST = 20;
export const EFAULT = 21;
export const EFBIG = 22;
export const EHOSTUNREACH = 23;
export const EIDRM = 24;
export const EILSEQ = 25;
export const EINPROGRESS = 26;
export const EINTR = 27;
export const EINVAL = 28;
export const EIO = 29;
export const EISCONN = 30;
export const EISDIR = 31;
export const ELOOP = 32;
export const EMFILE = 33;
export const EMLINK = 34;
export const EMSGSIZE = 35;
export const EMULTIHOP = 36;
export const ENAMETOOLONG = 37;
export const ENETDOWN = 38;
export const ENETRESET = 39;
export const ENETUNREACH = 40;
export const ENFILE = 41;
export const ENOBUFS = 42;
export const ENODEV = 43;
export const ENOENT = 44;
export const ENOEXEC = 45;
export const ENOLCK = 46;
export const ENOLINK = 47;
export const ENOMEM = 48;
export const ENOMSG = 49;
export const ENOPROTOOPT = 50;
export const ENOSPC = 51;
export const ENOSYS = 52;
export const ENOTCONN = 53;
export const ENOTDIR = 54;
export const ENOTEMPTY = 55;
export const ENOTRECOVERABLE = 56;
export const ENOTSOCK = 57;
export const ENOTSUP = 58;
export const ENOTTY = 59;
export const ENXIO = 60;
export const EOVERFLOW = 61;
export const EOWNERDEAD = 62;
export const EPERM = 63;
export const EPIPE = 64;
export const EPROTO = 65;
export const EPROTONOSUPPORT = 66;
export const EPROTOTYPE = 67;
export const ERANGE = 68;
export const EROFS = 69;
export const ESPIPE = 70;
export const ESRCH = 71;
export const ESTALE = 72;
export const ETIMEDOUT = 73;
export const ETXTBSY = 74;
export const EXDEV = 75;
export const ENOTCAPABLE = 76;

// filetype
export const FILETYPE_UNKNOWN = 0;
export const FILETYPE_BLOCK_DEVICE = 1;
export const FILETYPE_CHARACTER_DEVICE = 2;
export const FILETYPE_DIRECTORY = 3;
export const FILETYPE_REGULAR_FILE = 4;
export const FILETYPE_SOCKET_DGRAM = 5;
export const FILETYPE_SOCKET_STREAM = 6;
export const FILETYPE_SYMBOLIC_LINK = 7;

// fdflags
export const FDFLAGS_APPEND = 1;
export const FDFLAGS_DSYNC = 2;
export const FDFLAGS_NONBLOCK = 4;
export const FDFLAGS_RSYNC = 8;
export const FDFLAGS_SYNC = 16;

// lookupflags
export const LOOKUP_SYMLINK_FOLLOW = 1;

// oflags
export const OFLAGS_CREAT = 1;
export const OFLAGS_DIRECTORY = 2;
export const OFLAGS_EXCL = 4;
export const OFLAGS_TRUNC = 8;

// fstflags
export const FSTFLAGS_ATIM = 1;
export const FSTFLAGS_ATIM_NOW = 2;
export const FSTFLAGS_MTIM = 4;
export const FSTFLAGS_MTIM_NOW = 8;

// whence
export const WHENCE_SET = 0;
export const WHENCE_CUR = 1;
export const WHENCE_END = 2;

// clockid
export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const CLOCK_PROCESS_CPUTIME = 2;
export const CLOCK_THREAD_CPUTIME = 3;

// eventtype
export const EVENTTYPE_CLOCK = 0;
export const EVENTTYPE_FD_READ = 1;
export const EVENTTYPE_FD_WRITE = 2;
export const EVENT_HANGUP = 1;
export const SUBSCRIPTION_CLOCK_ABSTIME = 1;

export const ADVICE_LAST = 5;

// rights: bits of a u64, all within the low 30
export const RIGHT_FD_DATASYNC = 1;
export const RIGHT_FD_READ = 2;
export const RIGHT_FD_SEEK = 4;
export const RIGHT_FD_FDSTAT_SET_FLAGS = 8;
export const RIGHT_FD_SYNC = 16;
export const RIGHT_FD_TELL = 32;
export const RIGHT_FD_WRITE = 64;
export const RIGHT_FD_ADVISE = 128;
export const RIGHT_FD_ALLOCATE = 256;
export const RIGHT_FD_READDIR = 16384;
export const RIGHT_FD_FILESTAT_GET = 2097152;
export const RIGHT_FD_FILESTAT_SET_SIZE = 4194304;
export const RIGHT_FD_FILESTAT_SET_TIMES = 8388608;
export const RIGHT_POLL_FD_READWRITE = 134217728;
/** Bits 0–29: every right there is. */
export const RIGHTS_ALL = 1073741823;
/** The rights that mean something on an open file that is no directory: all fd_* but readdir, and polling. */
export const RIGHTS_FILE = 148898303;
/** The rights that mean something on a directory: path_*, readdir, attributes, sync. */
export const RIGHTS_DIRECTORY = 264240665;

// Sizes of records in the program's memory, in bytes.
export const SIZE_IOVEC = 8;
export const SIZE_FDSTAT = 24;
export const SIZE_FILESTAT = 64;
export const SIZE_PRESTAT = 8;
export const SIZE_DIRENT = 24;
export const SIZE_SUBSCRIPTION = 48;
export const SIZE_EVENT = 32;
