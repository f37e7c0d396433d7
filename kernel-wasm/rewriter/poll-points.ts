// The pass that makes code stoppable: at each function entry and each loop header it inserts
//
//     i32.const 0 · i32.load offset=POLL_WORD · if · unreachable · end        (9 bytes)
//
// so that a thread which never enters the kernel still traps soon after someone stores a number other than 0 into the poll
// word of its memory 0. The load is not atomic: engines do not hoist loads of a shared memory for ever in practice, as each
// iteration's loop header is where they check for interrupts themselves; a test stops real loops. The code leaves the operand
// stack as it was, so blocks with parameters stay valid, and branches keep their depths.

import { walkInstructions, type Body } from "./code.ts";
import { LOOP } from "./instructions.ts";
import type { Insertions } from "./insertions.ts";
import type { Limits } from "./sections.ts";

/** Address of the poll word in memory 0: 32 bits, 0 while all is well. Servers keep addresses below 1024 free. */
export const POLL_WORD = 8;

function pollCode(memory: Limits): Uint8Array {
  const zero = memory.wide ? 0x42 : 0x41; // i64.const or i32.const
  return Uint8Array.of(zero, 0x00, 0x28, 0x02, POLL_WORD, 0x04, 0x40, 0x00, 0x0b);
}

/** Inserts poll points into functions of a module whose memory 0 has these limits. */
export function insertPollPoints(bytes: Uint8Array, memory: Limits): (body: Body, insertions: Insertions) => void {
  const code = pollCode(memory);
  return (body, insertions) => {
    insertions.add(body.instructions, code);
    walkInstructions(bytes, body, (opcode, _start, end) => {
      if (opcode === LOOP) insertions.add(end, code);
    });
  };
}
