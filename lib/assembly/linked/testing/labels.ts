// The methods of the two servers with which linking is tested (upper, lower). Integer constants, for both compilers.

// Of lower.
/** w0 + 1; send range 0 is delivered backwards. */
export const LOWER_TURN = 0x7001;
/** A Dataspace of w0 bytes that lower pages: page p holds bytes of p + 1, and pages from w1 on are Io. */
export const LOWER_PAGES = 0x7002;
/** What saveReply gives; answers later by LOWER_RELEASE, if it can be. */
export const LOWER_HOLD = 0x7003;
export const LOWER_RELEASE = 0x7004;
/** Keeps the capability c0 (its slot), in the place of the last one. */
export const LOWER_KEEP = 0x7005;
/** Calls label w1 at the kept capability, with its own SLOT_SELF as capability if w2: its status. */
export const LOWER_CALL_KEPT = 0x7006;
/** w0: timeouts of its own serve loop so far; w1: orphans, w2: the badge of the last, w3: signals. */
export const LOWER_COUNTS = 0x7007;
/** A new capability with the badge w0, watched. */
export const LOWER_MINT = 0x7008;
/** The badge it was called with. */
export const LOWER_BADGE = 0x7009;
/** Trap. */
export const LOWER_TRAP = 0x700a;
/** Bind the Notification c0 to its own endpoint: the status. */
export const LOWER_BIND = 0x700b;

// Of upper.
/** Keeps c0 as the way to lower. */
export const UPPER_SET = 0x7101;
/** As LOWER_TURN (which it answers too), by way of lower: fetches its range only after lower was called with another, and delivers lower's answer. */
export const UPPER_TURN = 0x7102;
/** Reads w1 bytes at w0 of a Dataspace that it gets from lower by LOWER_PAGES (w2 bytes, pages from w3 on are Io): the sum, and what was read. */
export const UPPER_READ = 0x7103;
/** Calls label w0 at lower with word w1 and its own SLOT_SELF as capability, if w2: status, w0, w1. */
export const UPPER_CALL = 0x7104;
/** As LOWER_MINT and LOWER_BADGE, of itself. */
export const UPPER_MINT = 0x7105;
export const UPPER_BADGE = 0x7106;
/** What capInfo says of c0: badge, object number, and whether that is its own endpoint's. */
export const UPPER_INFO = 0x7107;
/** w0: timeouts of its own serve loop so far; w1: orphans, w2: the badge of the last. */
export const UPPER_COUNTS = 0x7108;
/** Writes w1 bytes at w0 of such a Dataspace, and reads the page before and behind. */
export const UPPER_WRITE = 0x7109;

/** Microseconds after which each looks up from waiting. */
export const UPPER_PATIENCE = 30000;
export const LOWER_PATIENCE = 20000;
