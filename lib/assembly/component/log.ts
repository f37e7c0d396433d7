// Log lines of a server, to the machine's log: `TAG WHAT a b`. The constants are packed characters (memory/text.ts).

import * as kernel from "../kernel";
import { allocateRaw, release } from "../memory/allocator";
import { Text } from "../memory/text";

const LINE: i32 = 96;

/** Write a line. Without memory for it, nothing is written. Clobbers no message register that a handler still needs. */
export function log(tag: u64, what: u64, a: i64, b: i64): void {
  const block = allocateRaw(LINE + <i32>offsetof<Text>());
  if (!block) return;
  const text = changetype<Text>(block);
  text.start(block + offsetof<Text>(), LINE);
  text.constant(tag);
  text.byte(0x20);
  text.constant(what);
  text.byte(0x20);
  text.decimal(a);
  text.byte(0x20);
  text.decimal(b);
  kernel.log(text.buffer, text.length);
  release(block);
}
