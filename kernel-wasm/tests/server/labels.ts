// What the actor does for each label. Read by the AssemblyScript and by the TypeScript compiler: integer constants only.

/** Words back plus one each, the first range back inverted, the capabilities back. */
export const ECHO = 0x7000;
/** Keep the reply for RELEASE. */
export const SAVE = 0x7001;
/** Answer all that were saved, with w0; w0: how many. */
export const RELEASE = 0x7002;
/** Call slot w0 with label w1 and word w2: its status, and its first word. */
export const NESTED = 0x7003;
export const TRAP = 0x7004;
export const HANG = 0x7005;
/** Recurse until the stack overflows. */
export const OVERFLOW = 0x7006;
export const SAVE_AND_TRAP = 0x7007;
/** Save the reply, then answer at once all the same. */
export const SAVE_AND_DROP = 0x7008;
/** Save the reply, try to call slot w0, answer through the saved one with the status of that. */
export const SAVE_AND_CALL = 0x7009;
/** Return w0 as the status. */
export const STATUS = 0x700a;
export const EXIT = 0x700b;
/** Keep the capability c0: its slot. */
export const KEEP = 0x700c;
/** Wait on slot w0 for at most w1 microseconds: the status, and the bits. */
export const WAIT = 0x700d;
/** w0: calls answered, w1: times that two threads were inside, w2: replies saved, w3: calls relayed. */
export const COUNTS = 0x700e;
export const DELETE = 0x700f;
/** Recurse w0 times, then call slot w1: its status. */
export const DEEP = 0x7010;
/** Read 100 bytes of the Dataspace in slot w0. */
export const READ = 0x7011;
/** Call slot w0 with NESTED, to call on its slot w1 with ECHO: the status. */
export const FORWARD = 0x7012;
/** From now on, RELAY makes its calls relayed to slot w0, with label w1. */
export const RELAY_TO = 0x7013;
/** Pass the call on as it is; what cannot be passed on is answered as ECHO is. */
export const RELAY = 0x7014;
/** Save the reply, and leave only when the first byte of the Dataspace in slot w0 is not 0. */
export const SAVE_AND_WAIT = 0x7015;

// The holder's.
/** Make the mutex; c0: what is called while it is held. */
export const HOLD_START = 0x7100;
/** Hold the mutex under the name w0 across a call. */
export const HOLD = 0x7101;
/** w0 times held, w1 ticks of the home Worker, w2, w3 times that the mutex and the lock let two in, w4 the mutex's word. */
export const HOLD_COUNTS = 0x7102;
