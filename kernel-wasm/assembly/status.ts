// The kernel's own statuses: negated numbers of abi/idl/errors.ts.
export const OK: i32 = 0;
export const BAD_HANDLE: i32 = -1;
export const BAD_ARGUMENT: i32 = -2;
export const NO_RIGHT: i32 = -3;
export const BAD_MESSAGE: i32 = -5;
export const TOO_LONG: i32 = -6;
export const PEER_DIED: i32 = -16;
export const TIMEOUT: i32 = -17;
export const INTERRUPTED: i32 = -18;
export const WOULD_BLOCK: i32 = -19;
export const WOULD_DEADLOCK: i32 = -20;
export const CANCELED: i32 = -21;
export const NO_MEMORY: i32 = -32;
export const QUOTA_EXCEEDED: i32 = -33;
export const TRY_AGAIN: i32 = -34;
export const NO_SPACE: i32 = -35;
export const NOT_FOUND: i32 = -48;
export const TOO_LARGE: i32 = -59;
export const NOT_SUPPORTED: i32 = -96;
export const FAULT: i32 = -100;
/** A status of a domain below this is none. */
export const LAST_ERROR: i32 = -255;
/** The call has not finished: the Worker waits on its park word and then finishes it (code with an event loop). */
export const PENDING: i32 = 2;
