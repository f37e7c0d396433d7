// The pass that makes code stoppable: at each function entry and each loop header it inserts
//
//     i32.const 0 · i32.load offset=WORD · if · unreachable · end        (9 or 10 bytes)
//
// so that a thread which never enters the kernel still traps soon after someone stores a number other than 0 into the poll
// word of its memory 0. The load is not atomic: engines do not hoist loads of a shared memory for ever in practice, as each
// iteration's loop header is where they check for interrupts themselves; a test stops real loops. The code leaves the operand
// stack as it was, so blocks with parameters stay valid, and branches keep their depths.

import { walkInstructions, type Body } from "./code.ts";
import { LOOP } from "./instructions.ts";
import type { Insertions } from "./insertions.ts";
import type { Limits } from "./sections.ts";
import { Writer } from "./writer.ts";

/** How many words there are, one of which a module looks at. Servers that are called in turns, inline, should have different ones: memories begin at multiples
 *  of many pages, and equal places of them push each other out of a processor's first cache. */
export const POLL_WORDS = 15;
/** Address of a poll word in memory 0: 32 bits, 0 while all is well. Servers keep addresses below 1024 free. */
export function pollWord(place: number): number { return 8 + 64 * place; }

/** Stop the code on a memory, whichever word it looks at. */
export function setPollWords(memory: WebAssembly.Memory): void {
  const words = new Int32Array(memory.buffer);
  if (words.length > 0) for (let place = 0; place < POLL_WORDS; place++) Atomics.store(words, pollWord(place) >> 2, 1);
}

function pollCode(memory: Limits, place: number): Uint8Array {
  if (!Number.isInteger(place) || place < 0 || place >= POLL_WORDS) throw new RangeError(`there is no poll word ${place}, only 0 to ${POLL_WORDS - 1}`);
  const zero = memory.wide ? 0x42 : 0x41; // i64.const or i32.const
  const offset = new Writer(2);
  offset.u32(pollWord(place));
  return Uint8Array.of(zero, 0x00, 0x28, 0x02, ...offset.take(), 0x04, 0x40, 0x00, 0x0b);
}

/** Inserts poll points into functions of a module whose memory 0 has these limits. `place`: which of the words they look at. */
export function insertPollPoints(bytes: Uint8Array, memory: Limits, place: number): (body: Body, insertions: Insertions) => void {
  const code = pollCode(memory, place);
  return (body, insertions) => {
    insertions.add(body.instructions, code);
    walkInstructions(bytes, body, (opcode, _start, end) => {
      if (opcode === LOOP) insertions.add(end, code);
    });
  };
}
