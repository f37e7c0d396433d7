// What the confined client and the intruder (crossings.test.ts) are told to try. Read by the AssemblyScript and by the TypeScript compiler:
// integer constants only.

/** To the controller, from the client: what came of the last order (w0 status, w1 own bytes changed that should not have been, w2 bytes that
 *  were delivered, w3 what is left in registers that the answer did not carry). Answered with the next: w0 what, w1 … w7. */
export const NEXT = 0x7200;
/** Call slot w1 with label w2, sending w4 bytes at w3, offering w6 at w5 (-1: none), for w7 microseconds (-1: for ever). */
export const C_CALL = 1;
/** Dataspace in slot w1, at 0, memory w2, address w3, length w4. */
export const C_READ = 2;
export const C_WRITE = 3;
/** As a server would: w1 reply, w2 which or offset, w3 length. */
export const C_FETCH = 4;
export const C_DELIVER = 5;
export const C_REPLY = 6;
export const C_SAVE = 7;
/** capInfo of slot w1. */
export const C_INFO = 8;

/** The client's memory: from BASE on, SIZE bytes, each with a value of its own. The intruder has its buffer and its secret elsewhere. */
export const BASE = 131072;
export const SIZE = 131072;

/** To the intruder: what to do at GO (w0 what, w1 …). */
export const PLAN = 0x7210;
/** Do it: one word comes back. */
export const GO = 0x7211;
/** w0 its status, w1 the first eight bytes of its buffer afterwards, w2 what was left in registers that the message did not carry, w3 more, w4 how often it did
 *  something. */
export const RESULT = 0x7212;
/** Keep the capability c0: its slot. */
export const HOLD_CAP = 0x7213;
export const P_NOTHING = 0;
/** fetch(w1, w2, w3, buffer, w4) and deliver(w1, w2, buffer, w3). */
export const P_FETCH = 1;
export const P_DELIVER = 2;
/** The same after all range registers were set to 1 MiB from 0 on. */
export const P_FORGE_FETCH = 3;
export const P_FORGE_DELIVER = 4;
/** Dataspace in slot w1, at 0, memory w2, address w3 (0: the buffer), length w4. */
export const P_READ = 5;
export const P_WRITE = 6;
/** GO to slot w1, with a range of w3 bytes at w2 (-1: none); w3 of the result: what fetch(0, 0, 0, buffer, 16) gives afterwards. */
export const P_NEST = 7;
/** Save the reply and keep the call; the status is the slot. */
export const P_SAVE = 8;
/** Save the reply, fetch(0, 0, 0, buffer, 16), and answer through what was saved. */
export const P_SAVE_FETCH = 9;
/** reply(w1, 0, 0). */
export const P_REPLY = 10;
export const P_RECEIVE = 11;
export const P_REPLY_RECEIVE = 12;
/** capInfo, capCopy of slot w1. */
export const P_INFO = 13;
export const P_COPY = 14;
/** Deliver 16 bytes, then trap; or recurse until the stack is used up. */
export const P_TRAP = 15;
export const P_RECURSE = 16;
/** Wait on the Notification in slot w1, inside. */
export const P_WAIT = 17;
/** Pass the call on to slot w1, as one with the shape w2 (0: as it is), unless it cannot be passed on. */
export const P_RELAY = 18;
/** Save the reply, pass the call on to slot w1, and answer through what was saved. */
export const P_SAVE_RELAY = 19;
