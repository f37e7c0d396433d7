// The bytes in a pipe: a ring of RING_SIZE bytes. `head` is where the oldest byte is; both numbers stay below the size.
//
//   | free | oldest .... newest | free |        the filled part may wrap round the end

import * as kernel from "../../../lib/assembly/kernel";

export const RING_SIZE: i32 = 65536;

@unmanaged export class Ring {
  bytes: usize;
  head: i32;
  count: i32;
  @inline get room(): i32 { return RING_SIZE - this.count; }
}

/** Move up to `length` bytes of send range 0 of the call to be answered by `reply`, from `offset` on, into the ring: how many,
 *  or a negated error if none. There must be room. */
export function ringFetch(ring: Ring, reply: i32, offset: i32, length: i32): i32 {
  let done = 0;
  while (done < length) {
    const tail = (ring.head + ring.count) & (RING_SIZE - 1);
    const step = min(length - done, RING_SIZE - tail);
    const got = kernel.fetch(reply, 0, offset + done, ring.bytes + <usize>tail, step);
    if (got < 0) return done ? done : got;
    ring.count += got;
    done += got;
    if (got < step) break;
  }
  return done;
}

/** Give up to `room` bytes to the call to be answered by `reply`: how many, or a negated error, and then none are lost. */
export function ringDeliver(ring: Ring, reply: i32, room: i32): i32 {
  const length = min(room, ring.count);
  const first = min(length, RING_SIZE - ring.head);
  let given = kernel.deliver(reply, 0, ring.bytes + <usize>ring.head, first);
  if (given >= 0 && given == first && length > first) {
    const rest = kernel.deliver(reply, first, ring.bytes, length - first);
    given = rest < 0 ? rest : given + rest;
  }
  if (given > 0) {
    ring.head = (ring.head + given) & (RING_SIZE - 1);
    ring.count -= given;
  }
  return given;
}
