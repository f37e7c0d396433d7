// How a thread tells that it may be looking at a frame, a node of a page table or a Dataspace: (1) in memory/frames. Plain stores: there
// they are waited for to become visible. Whatever a trap left behind, odd and even come out right.

import { T_COPYING } from "../../../abi/layout/kernel-memory";
import { me } from "../identity";

@inline export function startCopying(): void { startCopyingAs(me); }
@inline export function stopCopying(): void { stopCopyingAs(me, load<i32>(me + T_COPYING) | 1); }

/** For code that cannot trap in between: what stopCopyingAs wants back. */
@inline export function startCopyingAs(thread: usize): i32 {
  const odd = (load<i32>(thread + T_COPYING) + 1) | 1;
  store<i32>(thread + T_COPYING, odd);
  return odd;
}
@inline export function stopCopyingAs(thread: usize, odd: i32): void { store<i32>(thread + T_COPYING, odd + 1); }
