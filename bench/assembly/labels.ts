// What the benchmark's client and the one who gives it work say to each other. Integer constants, read by both compilers.

/** Client to init: w0 nanoseconds that the last job took, w1 wrong answers. Answer: w0 job, w1 repetitions, w2 slot of what to call. */
export const LABEL_JOB = 65281;

// Jobs.
export const JOB_END = 0;
/** Calls with four words each way. */
export const JOB_WORDS = 1;
/** Calls that carry 4 KiB there and 4 KiB back. */
export const JOB_RANGES = 2;
/** Two 4 KiB memory.copy, no call. */
export const JOB_COPY = 3;
/** 4 KiB reads of a file of FILE_PIECES pieces, again and again. */
export const JOB_READ = 4;
/** 4 KiB writes over what is there. */
export const JOB_REWRITE = 5;
/** 4 KiB writes to a file that is cut to nothing before its first piece: each needs room on the disk. */
export const JOB_WRITE = 6;
export const FILE_PIECES = 256;

// Methods of the echo server.
export const LABEL_WORDS = 65025;
export const LABEL_RANGES = 65026;
