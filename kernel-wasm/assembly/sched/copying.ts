// How a thread tells that it may be looking at a frame, a node of a page table or a Dataspace: (1) in memory/frames.
//
//   const copying = startCopying(me);
//   …
//   stopCopying(me, copying);

import { T_COPYING } from "../../../abi/layout/kernel-memory";

// Plain stores: (1) waits for them to become visible. Whatever a trap left behind, odd and even come out right.

@inline export function startCopying(thread: usize): i32 {
  const odd = (load<i32>(thread + T_COPYING) + 1) | 1;
  store<i32>(thread + T_COPYING, odd);
  return odd;
}
@inline export function stopCopying(thread: usize, odd: i32): void { store<i32>(thread + T_COPYING, odd + 1); }
