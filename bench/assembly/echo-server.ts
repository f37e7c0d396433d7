// The server side of `ipc`: gives back four words, or takes a range and gives one of the same length. An ordinary server; it runs
// in its own Worker or inline.

import * as kernel from "../../lib/assembly/kernel";
import { BadMethod, BadMessage } from "../../abi/generated/assembly/errors";
import { SHAPE_RECEIVE, SHAPE_SEND, SLOT_SELF, DEFERRED } from "../../abi/layout/limits";
import { serveFirst, serveNext } from "../../lib/assembly/ipc/serve";
import { LABEL_RANGES, LABEL_WORDS } from "./labels";

/** Where a range is put; one call at a time is in here. */
const BUFFER: usize = 4096;
const ROOM: i32 = 65536;

export function init(mode: i32): i32 {
  store<u8>(BUFFER, 0);
  return 0;
}

export function dispatch(label: i32, badge: i32): i32 {
  switch (label) {
    case LABEL_WORDS:
      if (kernel.shape != 4) return BadMessage;
      // The words of the question stay in their registers.
      kernel.answer = 4;
      return 0;
    case LABEL_RANGES: {
      if (kernel.shape != SHAPE_SEND + SHAPE_RECEIVE) return BadMessage;
      const length = min(kernel.s0n, ROOM);
      const fetched = kernel.fetch(0, 0, 0, BUFFER, length);
      if (fetched < 0) return fetched;
      const delivered = kernel.deliver(0, 0, BUFFER, fetched);
      kernel.answer = 0;
      return min(delivered, 0);
    }
    default:
      return label < 256 ? DEFERRED : BadMethod;
  }
}

export function serve(): void {
  let more = serveFirst(SLOT_SELF);
  while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
}
